// The desk decides. It is a value: `handle` changes it and returns what it wants done; whoever conducts it works on
// a copy and keeps the copy only when the entries are committed. It has no clock, no store and no door of its own.

/// Decides what the station does about everything that happens to it.
public struct Desk: Equatable, Sendable {
    let setup: DeskSetup
    /// A borrower or a member of staff stands here, never both.
    var session: Session?
    var staff: StaffSession?
    var pinEntry: PINEntry?
    /// Before when no PIN of a card is looked at.
    var pinNotBefore: [CardDigest: MonotonicInstant] = [:]
    /// Until when somebody without a card may scan what they bring back.
    var anonymousReturn: MonotonicInstant?
    var openings: [LockerID: Opening] = [:]
    /// The doors that are held.
    var holds: [LockerID: Hold] = [:]
    /// The doors whose sensors are not believed.
    var distrusted: Set<LockerID> = []
    /// The emergency stops that are pressed.
    var pressedStops: Set<String> = []
    var isGuardPresent = false
    var faults: [LockerID: String] = [:]
    /// The lockers that staff have taken out of service.
    var suspended: Set<LockerID>
    var standingOpen: Set<LockerID> = []
    var inDoubt: Set<LockerID>
    /// The label that was scanned last, unless something else was scanned since.
    var lastLabel: LabelScan?
    /// The language that was asked for since the last session ended.
    var chosenLanguage: Language?

    /// A desk at rest.
    ///
    /// - Parameters:
    ///   - inDoubt: the lockers whose content is unverified, for their lamps.
    ///   - suspended: the lockers that staff have taken out of service.
    public init(setup: DeskSetup, inDoubt: Set<LockerID> = [], suspended: Set<LockerID> = []) {
        self.setup = setup
        self.inDoubt = inDoubt
        self.suspended = suspended
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
        case .inputEnded: endVisit(&decision)
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
        case .sensorUnsteady(let locker, let isUnsteady): sensorUnsteady(locker, isUnsteady, &decision)
        case .emergencyStop(let name, let isPressed): emergencyStop(name, isPressed: isPressed, &decision)
        case .ordered(let order): ordered(order, &decision)
        }
        passTime(&decision)
        serveQueue(&decision)
        return decision.effects
    }

    /// The language that is spoken: the one that was asked for, else the borrower's, else (`nil`) the station's own.
    public var language: Language? { chosenLanguage ?? session?.language }

    /// What the next scan has to be looked up with.
    public var wants: Wants {
        var wants = Wants()
        wants.borrower = session?.borrower
        wants.item = session?.request?.item.id ?? session?.pieces?.item.id
        wants.pin = pinEntry?.card
        wants.countedPieces = (session?.pieces?.item ?? staff?.lastCounted)?.quantity
        wants.isStaffSignedIn = staff != nil
        switch staff?.duty {
        case .replaceCard(nil): wants.isBorrowerWanted = true
        case .replaceCard, .newBorrower: wants.newCode = .borrowerCard
        case .newItem: wants.newCode = .item
        case .open, .suspend, .resume, .mark, .markSound, .place, .confirmReturn, nil: break
        }
        return wants
    }

    /// Whether it is staff who stand here, or want to show that they are.
    public var isServingStaff: Bool {
        switch pinEntry?.purpose {
        case .signIn, .approval: true
        case .borrower, nil: staff != nil
        }
    }

    /// The cards whose PINs may be asked for.
    public var cardsInUse: Set<CardDigest> { Set([session?.card?.digest, pinEntry?.card].compactMap(\.self)) }

    /// How long the PIN that is waited for is not looked at yet.
    public func pinWait(at now: MonotonicInstant) -> Duration {
        guard let pinEntry, let instant = pinNotBefore[pinEntry.card] else { return .zero }
        return instant.duration(since: now)
    }

    /// Whether somebody is being served or a door is on its way.
    public var isBusy: Bool { isVisited || !openings.isEmpty }

    /// Whether somebody is being served.
    private var isVisited: Bool { session != nil || staff != nil || pinEntry != nil }

    /// When something is over by itself and a ``DeskEvent/tick`` is due.
    public var nextDeadline: MonotonicInstant? {
        let isCoilFree = !openings.values.contains(where: \.holdsCoil)
        let doors = openings.values.map { opening in
            guard isCoilFree, case .queued(let askAt) = opening.phase else { return opening.deadline }
            return min(askAt, opening.queueEnds)
        }.min()
        // Whoever is busy at a door is not timed out.
        return openings.isEmpty ? visitEnds : doors
    }

    /// When the visit ends by itself.
    var visitEnds: MonotonicInstant? {
        [
            session.map { $0.lastActivity + setup.sessionTimeout },
            staff.map { $0.lastActivity + setup.sessionTimeout },
            pinEntry?.deadline,
        ].compactMap(\.self).min()
    }

    /// What the lamps show while the desk is in this state.
    public var lamps: [LampPlace: Signal] {
        var lamps: [LampPlace: Signal] = [
            .station: !isGuardPresent || !pressedStops.isEmpty ? .outOfOrder : isVisited ? .serving : .ready
        ]
        for locker in setup.doors.keys { lamps[.locker(locker)] = signal(of: locker) }
        return lamps
    }

    private func signal(of locker: LockerID) -> Signal {
        switch openings[locker]?.phase {
        case .ajar(_, remindAt: nil, _): .shutThisDoor
        case .ajar, .pulsing, .released, .requested: .yours
        case .queued, nil:
            holds[locker] != nil
                ? .yours
                : faults[locker] != nil || suspended.contains(locker)
                    ? .outOfOrder
                    : standingOpen.contains(locker) ? .shutThisDoor : inDoubt.contains(locker) ? .askForHelp : .rest
        }
    }
}
