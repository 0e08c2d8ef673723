// One trip of a borrower to a door, from the committed order to the latched door. A relay without a sensor knows
// only what it commanded, so every phase says what is sensed and what is assumed.

/// A door that is being opened, with the errands people do behind it.
///
/// Legal transitions:
///
///     queued ──► requested ──► pulsing ──► released ──► ajar ──► (latched: done)
///       │            │            │           ├─► queued   (never opened, and gets one more pulse, by an entry of its own)
///       │            │            │           └─► (never opened: done; where it stood open before: outcome unknown)
///       │            │            └─► ajar   (the sensor is quicker than the pulse)
///       │            │            ├─► (no sensor and pulse over: done, assumed)
///       │            │            └─► (guard gone, or it never says that the pulse is over: outcome unknown)
///       │            ├─► queued   (the coils are busy or resting: nothing moved, so asking again is harmless)
///       │            └─► (refused or unanswered: done)
///       └─► (guard gone, or waited too long: done)
///
/// A pulse that was cut short is never repeated (rule S3): there is no way back from `pulsing`. The door of a room that is
/// lent is held instead: from `requested` to a ``Hold``.
struct Opening: Equatable, Sendable {
    /// How far it has come.
    enum Phase: Equatable, Sendable {
        /// Waits for the coils to be free; the guard is not asked before this instant.
        case queued(askAt: MonotonicInstant)
        /// The guard was asked and has not answered yet.
        case requested(until: MonotonicInstant)
        /// The coil is energised; the guard says before the deadline that it is off again.
        case pulsing(opened: WallTime, until: MonotonicInstant)
        /// The pulse is over; the sensor should say "open" before the deadline.
        case released(until: MonotonicInstant)
        /// The sensor says "open".
        case ajar(opened: WallTime, remindAt: MonotonicInstant?, until: MonotonicInstant)
    }

    /// The committed entry that began it.
    let number: EntryNumber
    /// The committed entry that ordered the present pulse; the guard knows it by this number's sequence.
    var order: EntryNumber
    /// The door.
    let locker: Locker
    /// Whose errands these are.
    let visitor: Visitor
    /// What is done behind the door, in the order in which it was asked for.
    var errands: [PendingErrand]
    /// The language that was spoken when it was asked for: its end may come after the session's.
    let language: Language
    /// Until when it waits for the coils.
    var queueEnds: MonotonicInstant
    /// How far it has come.
    var phase: Phase
    /// Whether the sensor said "open" already when the guard was asked, so that it could not show an opening. It may be
    /// broken, which must not keep the door shut.
    var stoodOpen = false
    /// Whether the present pulse was cut short, so that it says nothing about the lock.
    var wasCutShort = false
    /// Until when the coil is held, where this is the door of a room that somebody has.
    var holdEnds: WallTime?

    /// Whether this is the second pulse.
    var isRepeated: Bool { order != number }

    /// Whether staff or an admin look into the locker.
    var isService: Bool {
        switch visitor {
        case .staff, .admin: true
        case .borrower, .anybody: false
        }
    }

    /// Whether the guard has been asked and a coil is, or may be, energised.
    var holdsCoil: Bool {
        switch phase {
        case .requested, .pulsing: true
        case .queued, .released, .ajar: false
        }
    }

    /// When the phase ends by itself.
    var deadline: MonotonicInstant {
        switch phase {
        case .queued: queueEnds
        case .requested(let until), .pulsing(_, let until), .released(let until): until
        case .ajar(_, let remindAt, let until): remindAt.map { min($0, until) } ?? until
        }
    }
}

/// The door of a room that somebody has: its coil is energised until then, or until the room is given back.
struct Hold: Equatable, Sendable {
    /// The committed entry that ordered it.
    let order: EntryNumber
    /// The loan for which it is held.
    let loan: EntryNumber
    let locker: Locker
    /// When the guard ends it.
    let until: WallTime
    /// Why the guard was asked to end it earlier.
    var closing: HoldEnd?
    /// Whether the sensor last said "open".
    var isDoorOpen = false
}

/// An errand with what people are told about it.
struct PendingErrand: Equatable, Sendable {
    var errand: Errand
    /// What is taken or brought; `nil` for staff, who look.
    var item: Item?
    var due: WallTime?
    /// What the locker holds once the errand is done; `nil` where that stays as it is.
    var contentAfter: Content?
    /// How the parts are checked afterwards.
    var partsCheck = LendingTerms.PartsCheck.none
    /// Whether the loan goes on and its borrower only comes in again.
    var isReentry = false
    /// Whether the borrower took it back when the door was open already.
    var isTakenBack = false

    /// A message about so many of these errands, at a door where there is one.
    func message(_ statement: Statement, _ opening: Opening?, _ count: Int) -> Message {
        Message(statement, item: item, locker: opening?.locker, due: due, language: opening?.language)
            .with { $0.pieces = count }
    }
}
