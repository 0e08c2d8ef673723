// The desk decides. It is a value: `handle` changes it and returns what it wants done; whoever conducts it works on
// a copy and keeps the copy only when the entries are committed. It has no clock, no store and no door of its own.

/// Decides what the station does about everything that happens to it.
public struct Desk: Equatable, Sendable {
    let setup: DeskSetup
    var session: Session?
    var openings: [LockerID: Opening] = [:]
    var isGuardPresent = false
    var faults: [LockerID: String] = [:]
    var standingOpen: Set<LockerID> = []
    var inDoubt: Set<LockerID>
    /// The label that was scanned last, unless something else was scanned since.
    var lastLabel: LabelScan?
    /// The language that was asked for since the last session ended.
    var chosenLanguage: Language?

    /// A desk at rest.
    ///
    /// - Parameter inDoubt: the lockers whose content is unverified, for their lamps.
    public init(setup: DeskSetup, inDoubt: Set<LockerID> = []) {
        self.setup = setup
        self.inDoubt = inDoubt
    }

    /// The answer to an event: what is to be recorded, opened and told.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - facts: what the shell knows about it, looked up just now.
    ///   - occasion: when, and the number of the next entry.
    public mutating func handle(_ event: DeskEvent, _ facts: Facts, at occasion: Occasion) -> [Effect] {
        var decision = Decision(occasion, language: language, ownLanguage: setup.language)
        switch event {
        case .scanned: scanned(facts, &decision)
        case .inputEnded: endSession(telling: .sessionEnded, &decision)
        case .tick: break
        case .guardJoined: guardJoined(&decision)
        case .guardLost: guardLost(&decision)
        case .openingAccepted(let sequence): accepted(sequence, &decision)
        case .openingRefused(let sequence, let refusal): refused(sequence, refusal, &decision)
        case .coilReleased(let sequence, let end): released(sequence, end, &decision)
        case .doorOpened(let locker, let instant): doorOpened(locker, at: instant, &decision)
        case .doorLatched(let locker, let instant): doorLatched(locker, at: instant, &decision)
        case .lockerFault(let locker, let reason): lockerFault(locker, reason, &decision)
        case .lockerWorks(let locker): lockerWorks(locker, &decision)
        case .contentChecked(let locker, let content): contentChecked(locker, content, &decision)
        }
        passTime(&decision)
        serveQueue(&decision)
        return decision.effects
    }

    /// The language that is spoken: the one that was asked for, else the borrower's, else (`nil`) the station's own.
    public var language: Language? { chosenLanguage ?? session?.language }

    /// The borrower whose session is open.
    public var servedBorrower: BorrowerID? { session?.borrower }

    /// Whether somebody is being served or a door is on its way.
    public var isBusy: Bool { session != nil || !openings.isEmpty }

    /// When something is over by itself and a ``DeskEvent/tick`` is due.
    public var nextDeadline: MonotonicInstant? {
        let isCoilFree = !openings.values.contains(where: \.holdsCoil)
        let doors = openings.values.map { opening in
            guard isCoilFree, case .queued(let askAt) = opening.phase else { return opening.deadline }
            return min(askAt, opening.queueEnds)
        }.min()
        // Whoever is busy at a door is not timed out.
        guard let session, openings.isEmpty else { return doors }
        return session.lastActivity + setup.sessionTimeout
    }

    /// What the lamps show while the desk is in this state.
    public var lamps: [LampPlace: Signal] {
        var lamps: [LampPlace: Signal] = [
            .station: !isGuardPresent ? .outOfOrder : session == nil ? .ready : .serving
        ]
        for locker in setup.doors.keys { lamps[.locker(locker)] = signal(of: locker) }
        return lamps
    }

    private func signal(of locker: LockerID) -> Signal {
        switch openings[locker]?.phase {
        case .ajar(_, remindAt: nil, _): .shutThisDoor
        case .ajar, .pulsing, .released, .requested: .yours
        case .queued, nil:
            faults[locker] != nil
                ? .outOfOrder
                : standingOpen.contains(locker) ? .shutThisDoor : inDoubt.contains(locker) ? .askForHelp : .rest
        }
    }
}

/// A borrower at the station, from the card to the end.
struct Session: Equatable, Sendable {
    /// Who it is.
    let borrower: BorrowerID
    /// The language in which the borrower likes to be spoken to, where the register says one.
    let language: Language?
    /// The loans that began in this session: their items are not brought back by scanning them again.
    var begun: Set<EntryNumber> = []
    /// The last scan.
    var lastActivity: MonotonicInstant
}

/// The answer to one event while it is put together.
struct Decision {
    let moment: Moment
    /// The language that is spoken now; `nil` for the station's own. What is told later in the same decision may be for
    /// somebody else.
    var language: Language?
    private let ownLanguage: Language
    private var next: EntryNumber
    private(set) var effects: [Effect] = []

    init(_ occasion: Occasion, language: Language?, ownLanguage: Language) {
        self.language = language
        self.ownLanguage = ownLanguage
        moment = occasion.moment
        next = occasion.next
    }

    /// Records what happened; gives the number that its entry will have.
    @discardableResult
    mutating func record(_ happening: Happening) -> EntryNumber {
        defer { next.sequence += 1 }
        effects.append(.record(happening))
        return next
    }

    /// Whether something was refused.
    var isRefusal: Bool { effects.contains { if case .record(.refused) = $0 { true } else { false } } }

    /// Tells something, in the language that is spoken now unless the message has one of its own.
    mutating func tell(_ message: Message) {
        var message = message
        let spoken = message.language ?? language
        message.language = spoken == ownLanguage ? nil : spoken
        effects.append(.tell(message))
    }

    mutating func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration) {
        effects.append(.open(number, locker, pulse: pulse))
    }

    /// Refuses: the reason goes to the journal and to the borrower, nothing else changes.
    mutating func refuse(_ refusal: Refusal, item: Item? = nil, locker: Locker? = nil, due: WallTime? = nil) {
        record(.refused(refusal, item: item?.id, locker: locker?.id))
        tell(Message(.refused(refusal), item: item, locker: locker, due: due))
    }

    /// The wall time at which a monotonic instant was.
    func wall(at instant: MonotonicInstant) -> WallTime {
        let ago = moment.monotonic.duration(since: instant)
        return moment.wall.adding(milliseconds: -Int64(ago.wholeMilliseconds))
    }
}
