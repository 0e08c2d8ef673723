// Puts the desk's effects in order: facts are looked up, the desk decides on a copy, the entries are committed, the copy
// is kept, and only then a coil is ordered and people are told. One event is one synchronous step; nothing comes between.

/// Conducts one station: events in, effects out, in the order that the rules S1 and S4 ask for.
public final class Conductor {
    private let ports: StationPorts
    private let codes: CodeReader
    private(set) var desk: Desk
    private var shown: [LampPlace: Signal] = [:]
    /// The codes of the cards whose PINs may be asked for, in memory only and only as long (rule S10).
    private var cards: [CardDigest: Code] = [:]
    /// What was scanned digit by digit from the sheet.
    private var keyed = ""
    /// How many scanned codes nobody knew, since the start. They are counted and not kept (rule S10).
    public private(set) var unknownCodes: UInt64 = 0
    /// What could not be asked when a code was looked up, since ``takeUndecided()`` was last called.
    private var undecided: [any Error] = []

    /// A conductor for a station that starts.
    ///
    /// Writes down that it started, that the outcome of errands which a power cut interrupted is not known, and which
    /// lockers are in doubt. Nothing is opened: a pulse that was cut short is not repeated (rule S3).
    ///
    /// - Parameters:
    ///   - doubted: the lockers whose content nobody knows, because their journal is gone.
    ///   - program: the program's name and version, for the journal.
    ///   - codes: reads what is scanned.
    /// - Throws: ``JournalFault`` where the journal can't be read or written.
    public init(
        ports: StationPorts, setup: DeskSetup, program: String, codes: CodeReader = .standard,
        epoch: Happening? = nil, doubted: [LockerID] = []
    ) throws(JournalFault) {
        self.ports = ports
        self.codes = codes
        desk = Desk(setup: setup)
        var happenings = [epoch, .stationStarted(program: program)].compactMap(\.self)
        happenings += try ports.journal.unfinishedErrands().map(Happening.outcomeUnknown)
        happenings += doubted.map(Happening.contentDoubted)
        try commit(happenings, at: ports.clock.now(), urgency: .outcome)
        desk = Desk(
            setup: setup, inDoubt: try ports.journal.lockersInDoubt(), suspended: try ports.journal.lockersSuspended())
    }

    /// Whether somebody is being served or a door is on its way.
    public var isBusy: Bool { desk.isBusy }

    /// What the clocks say.
    public var moment: Moment { ports.clock.now() }

    /// When a ``DeskEvent/tick`` is due.
    public var nextDeadline: MonotonicInstant? { desk.nextDeadline }

    /// Takes a line from the scanner.
    ///
    /// Throws: ``JournalFault/failed(_:)`` where the process must end.
    public func take(_ line: ScannedLine) throws(JournalFault) {
        let (subject, card) = subject(of: line)
        switch subject {
        case .command(let command, _) where command.digit != nil:
            guard isNumberAsked else { break }
            if let digit = command.digit, keyed.utf8.count < Self.maximumDigits { keyed.append(digit) }
        case .command(.yes, _) where !keyed.isEmpty && isNumberAsked:
            let digits = keyed
            keyed = ""
            try take(.text(digits))
            return
        case .mistyped, .brokenPass, .unreadable, .undecidable, .language, .command(.help, _):
            break  // Between two digits.
        case .nothing, .borrower, .item, .locker, .staffBadge, .command, .number, .pin, .pass, .newCode, .unknown,
            .wrongLayout:
            keyed = ""
        }
        if case .text(let digits) = line, let card = desk.wants.pin, Self.isDigits(digits) {
            try tryPIN(digits, of: card)
            return
        }
        if let card { cards[card.digest] = card.code }
        // A pass is a borrower's, even if staff are still signed in.
        if case .pass = subject {
            try handle(.scanned, facts(with: subject), urgency: .request)
        } else {
            try handle(.scanned, facts(with: subject), urgency: urgency)
        }
    }

    /// Staff open even where the disk is full, from the ballast (rule S8); others can be refused.
    private var urgency: CommitUrgency { desk.isServingStaff ? .outcome : .request }

    /// Whether digits from the sheet would be an answer.
    private var isNumberAsked: Bool { desk.wants.pin != nil || desk.wants.countedPieces != nil }

    /// The most digits that a number or a PIN may have.
    private static let maximumDigits = 12

    private static func isDigits(_ text: String) -> Bool {
        (1...maximumDigits).contains(text.utf8.count) && text.utf8.allSatisfy(\.isASCIIDigit)
    }

    /// Looks at a PIN, once the attempt is counted where a power cut can't undo it.
    private func tryPIN(_ pin: String, of card: CardDigest) throws(JournalFault) {
        guard let code = cards[card], desk.pinWait(at: ports.clock.now().monotonic) == .zero else {
            try handle(.scanned, facts(with: .pin(.tooSoon)), urgency: urgency)
            return
        }
        let failures = try ports.journal.countPINAttempt(of: card)
        let subject: Subject
        do {
            subject = .pin(try ports.facts.isPIN(pin, of: code) ? .right : .wrong(failures: failures))
        } catch {
            undecided.append(error)
            subject = .undecidable
        }
        try handle(.scanned, facts(with: subject), urgency: urgency)
        if subject == .pin(.right) { try ports.journal.clearPINAttempts(of: card) }
    }

    /// Takes an event that is no scan.
    ///
    /// Throws: ``JournalFault`` where what happened can't be written down: the process must end.
    public func take(_ event: DeskEvent) throws(JournalFault) {
        if event == .guardJoined { shown = [:] }
        try handle(event, .none, urgency: .outcome)
    }

    /// Carries out what an admin orders: gives the number of the entry that says so, or the reason why not.
    ///
    /// Throws: ``JournalFault`` where it can't be written down: the process must end.
    public func carryOut(_ order: AdminOrder) throws(JournalFault) -> Result<EntryNumber, AdminRefusal> {
        let number = ports.journal.head.next
        let refusal = desk.refusal(of: order)
        try take(.ordered(order))
        return refusal.map { .failure(AdminRefusal(reason: $0)) } ?? .success(number)
    }

    /// How far the opening that an entry ordered has come; `nil` where it is over.
    public func progress(of number: EntryNumber) -> OpeningProgress? { desk.progress(of: number) }

    /// The state of a locker; `nil` where the station has no such one.
    public func state(of locker: LockerID) -> LockerState? { desk.state(of: locker) }

    /// Whether the guard answers.
    public var isGuardPresent: Bool { desk.isGuardPresent }

    /// Writes down something that is no decision of the desk.
    ///
    /// Throws: ``JournalFault`` where it can't be written.
    public func record(_ happening: Happening) throws(JournalFault) {
        try commit([happening], at: ports.clock.now(), urgency: .outcome)
    }

    /// Takes the pool's signed word for what time it was at an instant (rule S12).
    public func take(poolTime: WallTime, at instant: MonotonicInstant) {
        ports.clock.take(poolTime: poolTime, at: instant)
    }

    /// The errors that made facts undecidable since the last call, for the log.
    public func takeUndecided() -> [any Error] {
        defer { undecided = [] }
        return undecided
    }

    private func handle(_ event: DeskEvent, _ facts: Facts, urgency: CommitUrgency) throws(JournalFault) {
        let moment = ports.clock.now()
        var decided = desk
        let effects = decided.handle(event, facts, at: Occasion(moment: moment, next: ports.journal.head.next))
        let happenings = effects.compactMap { if case .record(let happening) = $0 { happening } else { nil } }
        do {
            try commit(happenings, at: moment, urgency: urgency)
        } catch .full where urgency == .request {
            cards = cards.filter { desk.cardsInUse.contains($0.key) }
            ports.screen.tell(Message(.refused(.storageFull)), in: desk.language)
            return
        }
        desk = decided
        cards = cards.filter { desk.cardsInUse.contains($0.key) }
        // Before anybody is asked for it.
        ports.screen.hideTyping(desk.wants.pin != nil)
        for effect in effects {
            switch effect {
            case .record: break
            case .open(let number, let locker, let pulse):
                ports.guardian.open(number, locker, pulse: pulse, at: moment.monotonic)
            case .close(let number, let locker): ports.guardian.close(number, locker)
            case .tell(let message): ports.screen.tell(message, in: message.language)
            }
        }
        showLamps()
    }

    private func commit(_ happenings: [Happening], at moment: Moment, urgency: CommitUrgency) throws(JournalFault) {
        guard !happenings.isEmpty else { return }
        var head = ports.journal.head
        var entries: [Entry] = []
        for happening in happenings {
            let entry = Entry(
                happening, after: head, at: moment, salt: ports.randomness.salt(), source: ports.journal.source)
            entries.append(entry)
            head = JournalHead(after: entry)
        }
        try ports.journal.commit(entries, urgency: urgency)
    }

    private var wants: Wants {
        var wants = desk.wants
        wants.now = ports.clock.now().wall
        return wants
    }

    /// A subject with all that is known around it.
    private func facts(with subject: Subject) -> Facts {
        guard subject.hasCircumstances else { return Facts(subject) }
        do {
            var facts = try ports.facts.circumstances(for: wants)
            facts.subject = subject
            return facts
        } catch {
            undecided.append(error)
            return Facts(.undecidable)
        }
    }

    /// What a line means; with the card's code, where it is a card.
    private func subject(of line: ScannedLine) -> (Subject, card: (digest: CardDigest, code: Code)?) {
        do {
            switch line {
            case .unreadable, .tooLong: return (.unreadable, nil)
            case .accented(let text): return (try isTypedInWrongLayout(text) ? .wrongLayout : .unreadable, nil)
            case .text(let text): return try subject(of: text)
            }
        } catch {
            undecided.append(error)
            return (.undecidable, nil)
        }
    }

    private func subject(of text: String) throws -> (Subject, card: (digest: CardDigest, code: Code)?) {
        let wants = wants
        if let pieces = wants.countedPieces, Self.isDigits(text), let number = Int(text), number < 100_000 {
            // Labels may be short numbers too. One that is too large for an answer is read as a label first.
            guard number > pieces else { return (.number(number), nil) }
            let subject = try subject(of: codes.read(text), wants)
            switch subject {
            case .item, .locker: return (subject, nil)
            case .nothing, .borrower, .staffBadge, .command, .language, .number, .pin, .pass, .brokenPass, .newCode,
                .unknown, .mistyped, .unreadable, .wrongLayout, .undecidable:
                return (.number(number), nil)
            }
        }
        if wants.isBorrowerWanted, let id = BorrowerID(text), let borrower = try ports.facts.borrower(id) {
            return (.borrower(borrower), nil)
        }
        let code = codes.read(text)
        let subject = try subject(of: code, wants)
        switch subject {
        case .borrower(let facts):
            return (subject, facts.card.map { ($0.digest, code) })
        case .staffBadge(let facts): return (subject, (facts.badge.digest, code))
        case .unknown:
            // A PIN or a number that nobody waits for is not counted as a code.
            if try isTypedInWrongLayout(text) { return (.wrongLayout, nil) }
            if wants.pin == nil || !Self.isDigits(text) { unknownCodes += 1 }
            return (subject, nil)
        case .nothing, .item, .locker, .command, .language, .number, .pin, .pass, .brokenPass, .newCode, .mistyped,
            .unreadable, .wrongLayout, .undecidable:
            return (subject, nil)
        }
    }

    private func subject(of code: Code, _ wants: Wants) throws -> Subject {
        if case .house(let house) = code, let command = Command(house), !command.needsBooks {
            return .command(command, [])
        }
        return switch code {
        case .mistyped: .mistyped
        case .brokenPass: .brokenPass
        case .unknown: wants.newCode == nil ? .unknown : .newCode(.unusable)
        case .house, .label, .pass: try ports.facts.subject(of: code, for: wants)
        }
    }

    /// Whether a text that nobody knows is one that the register knows, but typed in the layout of another keyboard.
    private func isTypedInWrongLayout(_ text: String) throws -> Bool {
        try KeyboardLayout.retyped(text).contains { candidate in
            switch try subject(of: codes.read(candidate), Wants()) {
            case .borrower, .item, .locker, .staffBadge, .command, .language, .pass: true
            case .nothing, .number, .pin, .brokenPass, .newCode, .unknown, .mistyped, .unreadable, .undecidable,
                .wrongLayout:
                false
            }
        }
    }

    private func showLamps() {
        let lamps = desk.lamps
        for (place, signal) in lamps where shown[place] != signal { ports.guardian.show(place, signal.lamp) }
        shown = lamps
    }
}

extension Subject {
    /// Whether what it leads to depends on more than itself.
    fileprivate var hasCircumstances: Bool {
        switch self {
        case .command(let command, _): command.needsBooks
        case .item, .locker, .number, .pin, .pass: true
        case .nothing, .borrower, .staffBadge, .language, .brokenPass, .newCode, .unknown, .mistyped, .unreadable,
            .wrongLayout, .undecidable:
            false
        }
    }
}
