// The checkers of what the desk lets people do: S6, S7, S8 and S11. What they hold its decisions against are their own rules,
// over the register that is in place and what the witness has read.

@testable import StationCore

/// S6: nobody opens, borrows or signs in who may not.
struct CheckerS6: RuleChecker {
    static let rule = Rule.s6
    /// The entries of one decision: what follows from a line is held against what was so before it.
    private var loansBefore: [EntryNumber: Witness.WitnessedLoan] = [:]
    private var passesBefore: [PassNonce: EntryNumber] = [:]
    /// The passes that were used while the clock was wrong, before their time really began.
    private var usedTooEarly: Set<PassNonce> = []

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .committed(let entries):
            defer { (loansBefore, passesBefore) = (world.witness.loans, world.witness.passes) }
            for entry in entries { if let words = finding(entry, world) { return words } }
            return nil
        case .stationStarting(let isJournalNew):
            if isJournalNew { loansBefore = [:] }
            return nil
        case .recovered:
            (loansBefore, passesBefore) = (world.witness.loans, world.witness.passes)
            return nil
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .told, .stationEnded, .faulted, .stepped,
            .lineTaking,
            .lineTaken, .receipted, .poolApplied, .poolSetAside, .poolTook, .poolRestored, .pulled, .settled:
            return nil
        }
    }

    private mutating func finding(_ entry: Entry, _ world: SimulatedWorld) -> String? {
        let fields = entry.fields
        let place = "entry \(entry.number.sequence), \(entry.kind.rawValue)"
        switch entry.kind {
        case .passAccepted:
            guard let pass = world.visitors.passes.first(where: { $0.nonce == fields.pass }) else {
                return "\(place): a pass that the pool did not give"
            }
            defer { if world.clock.truth < pass.from { usedTooEarly.insert(pass.nonce) } }
            return whyNot(pass, entry, world).map { "\(place): \($0)" }
        case .checkoutBegun, .holdBegun:
            let loan = fields.loan.flatMap { loansBefore[$0] }
            guard let id = entry.disclosure?.borrower ?? loan?.borrower else { return "\(place): for nobody" }
            if let words = whyNot(id, entry, world) { return "\(place): \(words)" }
            guard let item = SampleHouse.items.first(where: { $0.id == fields.item }) else {
                return "\(place): no item"
            }
            if entry.kind == .holdBegun {
                guard let loan else { return "\(place): nobody has the room" }
                return loan.due < entry.time || loan.isReported ? "\(place): the loan of the room is over" : nil
            }
            if !item.isLendable || item.home != nil { return "\(place): \(item.id) is not lent here" }
            if world.witness.lent(item.id) > item.quantity {
                return "\(place): more of \(item.id) is lent than there is"
            }
            if item.category == "events", needsApproval(world), isUnapproved(item.id, entry, world) {
                return "\(place): nobody of the staff agreed"
            }
            return world.isReadable ? nil : "\(place): decided though nothing could be looked up"
        case .returnBegun:
            guard let loan = fields.loan, loansBefore[loan] != nil else { return "\(place): there is no such loan" }
            return nil
        case .loanRenewed:
            guard let loan = fields.loan.flatMap({ loansBefore[$0] }) else { return "\(place): there is no such loan" }
            return whyNot(loan.borrower, entry, world).map { "\(place): \($0)" }
        case .serviceBegun, .serviceSuspended, .serviceResumed, .cardReplaced, .itemPlaced, .stockTaken,
            .returnConfirmed:
            return world.witness.staff == nil && !isLeaving(entry) ? "\(place): no staff are signed in" : nil
        case .staffSignedIn:
            // Typed, or keyed in from the sheet and said yes to.
            let typed: [ScannedLine?] = [.text(SampleHouse.pin), (Command.yes.code?.text).map(ScannedLine.text)]
            return typed.contains(world.witness.line) ? nil : "\(place): without the PIN"
        case .epochOpened, .stationStarted, .stationStopped, .checkoutCompleted, .checkoutFailed, .returnCompleted,
            .returnReported, .itemReceived, .returnFailed, .loanApproved, .partsChecked, .conditionReported,
            .itemChecked,
            .serviceCompleted, .serviceFailed, .staffSignedOut, .pinRefused, .stockDiffers, .borrowerProposed,
            .itemProposed, .outcomeUnknown, .refused, .contentChecked, .contentDoubted, .doorOpenedUnasked,
            .doorLatchedLate, .pulseRepeated, .holdEnded, .sensorDistrusted, .sensorTrusted, .emergencyStopPressed,
            .emergencyStopReleased, .lockerOutOfService, .lockerInService, .guardJoined, .guardLost, .registerApplied:
            return nil
        }
    }

    /// Staff who sign out in the same decision were there when it began.
    private func isLeaving(_ entry: Entry) -> Bool { entry.kind == .stockTaken }

    /// Why a pass should not have counted.
    private func whyNot(_ pass: Pass, _ entry: Entry, _ world: SimulatedWorld) -> String? {
        if !pass.isFor(StationID.of("demo")) { return "a pass for another station" }
        if entry.quality == .unknown { return "a pass, and nobody knows the time" }
        if entry.time < pass.from || entry.time >= pass.until { return "a pass out of its time" }
        if world.station.register.revokedPasses.contains(pass.nonce) { return "a pass that was taken back" }
        if passesBefore[pass.nonce] != nil, !usedTooEarly.contains(pass.nonce) { return "a pass that was used" }
        return nil
    }

    /// Whether a right has expired while nobody vouches for the clock is S12's to say.
    private func whyNot(_ id: BorrowerID, _ entry: Entry, _ world: SimulatedWorld) -> String? {
        guard let borrower = world.station.register.borrowers.first(where: { $0.id == id }) else {
            return "\(id) is unknown"
        }
        if borrower.standing == .blocked { return "\(id) is blocked" }
        let isOver = entry.quality != .unknown && borrower.validUntil.map { $0 < entry.time } == true
        return isOver ? "the right of \(id) is over" : nil
    }

    private func needsApproval(_ world: SimulatedWorld) -> Bool {
        world.station.register.house == SimulatedRegister.ordinary
    }

    private func isUnapproved(_ item: ItemID, _ entry: Entry, _ world: SimulatedWorld) -> Bool {
        world.witness.approvals[item].map { entry.number.sequence - $0.sequence > 3 } ?? true
    }
}

/// S7: a locker in doubt is nobody's next locker.
struct CheckerS7: RuleChecker {
    static let rule = Rule.s7
    private var doubts: [LockerID: String] = [:]
    /// When somebody looked into a locker.
    private var looked: [LockerID: UInt64] = [:]
    /// How long a door may stand open before whoever opened it counts as gone.
    private static let patience: UInt64 = 300_000_000_000

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .committed(let entries):
            defer { doubts = world.witness.doubts }
            for entry in entries {
                if [.contentChecked, .itemPlaced, .returnConfirmed].contains(entry.kind),
                    let locker = entry.fields.locker
                {
                    looked[locker] = world.now
                }
                guard [.checkoutBegun, .returnBegun].contains(entry.kind), let locker = entry.fields.locker,
                    entry.fields.opening == nil
                else { continue }
                if let reason = doubts[locker] {
                    return "entry \(entry.number.sequence) hands out \(locker), which is in doubt: \(reason)"
                }
                if let since = world.doors.openSince(locker), world.now - since > Self.patience,
                    isWatched(locker, since, world)
                {
                    return "entry \(entry.number.sequence) hands out \(locker), whose door nobody has shut"
                }
            }
            return nil
        case .stationStarting(let isJournalNew):
            if isJournalNew { doubts = world.witness.doubts }
            return nil
        case .recovered:
            doubts = world.witness.doubts
            return nil
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .told, .stationEnded, .faulted, .stepped,
            .lineTaking,
            .lineTaken, .receipted, .poolApplied, .poolSetAside, .poolTook, .poolRestored, .pulled, .settled:
            return nil
        }
    }

    /// Whether station and guard could know that a door stands open, and its room is no room where people go in and out.
    private func isWatched(_ locker: LockerID, _ since: UInt64, _ world: SimulatedWorld) -> Bool {
        locker != SampleHouse.locker8.id && world.doors.isSensorHonest(locker) && !world.guardian.isBroken(locker)
            && world.undisturbedSince < since && looked[locker] ?? 0 < since
    }
}

/// S8: staff open whatever network, pool, clock, content or service say, and with a full disk; PIN waits stay short.
struct CheckerS8: RuleChecker {
    static let rule = Rule.s8

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .told(let message):
            guard case .refused(let refusal) = message.id else { return nil }
            if refusal == .pinTooSoon, message.count ?? 0 > 60 {
                return "a PIN has to wait for \(message.count ?? 0) s"
            }
            guard world.witness.staff != nil, case .text(let text)? = world.witness.line,
                let locker = SampleHouse.lockers.first(where: { $0.label == text }),
                SimulatedHouse.lockers.contains(locker.id)
            else { return nil }
            return excuse(refusal, world) ? nil : "staff may not open \(locker.id): \(refusal.rawValue)"
        case .faulted(.full): return "the disk is full, and what happened was not written from the ballast"
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .committed, .recovered, .stationStarting,
            .stationEnded,
            .faulted,
            .stepped, .lineTaking, .lineTaken, .receipted, .poolApplied, .poolSetAside, .poolTook, .poolRestored,
            .pulled,
            .settled:
            return nil
        }
    }

    /// Whether staff can be told this when they want a locker open.
    private func excuse(_ refusal: Refusal, _ world: SimulatedWorld) -> Bool {
        switch refusal {
        case .lockerInUse: true
        case .guardAbsent: world.station.run?.isGreeted != true
        case .undecidable: !world.isReadable
        default: false
        }
    }
}

/// S11: whatever is scanned is answered, with a bounded effort.
struct CheckerS11: RuleChecker {
    static let rule = Rule.s11
    private static let mostAnswers = 64
    /// Where nobody is served there is nothing to end, and nothing to say.
    private static let unanswered = [Command.finish, .cancel].compactMap(\.code?.text).map(ScannedLine.text)
    private static let mostEntries = 64

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        guard case .lineTaken(let line) = sight else { return nil }
        let witness = world.witness
        // Whoever asks for a door hears of it once the guard has accepted.
        let isUnderWay = witness.written > 0 || world.station.file?.books.errands.isEmpty == false
        if witness.answers.isEmpty, !isUnderWay, !Self.unanswered.contains(line) { return "\(line) was not answered" }
        if case .text(let text) = line, text.utf8.count > LineAssembler.maximumBytes {
            return "a line of \(text.utf8.count) bytes"
        }
        let isBounded =
            witness.answers.count <= Self.mostAnswers && witness.written <= Self.mostEntries
            && witness.orders <= SimulatedHouse.lockers.count
        return isBounded ? nil : "\(line): \(witness.answers.count) answers, \(witness.written) entries"
    }
}
