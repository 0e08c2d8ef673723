// Puts the desk's effects in order: facts are looked up, the desk decides on a copy, the entries are committed, the copy
// is kept, and only then a coil is ordered and people are told. One event is one synchronous step; nothing comes between.

/// Conducts one station: events in, effects out, in the order that the rules S1 and S4 ask for.
public final class Conductor {
    private let ports: StationPorts
    private let codes: CodeReader
    private var desk: Desk
    private var shown: [LampPlace: Signal] = [:]
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
        desk = Desk(setup: setup, inDoubt: try ports.journal.lockersInDoubt())
    }

    /// Whether somebody is being served or a door is on its way.
    public var isBusy: Bool { desk.isBusy }

    /// When a ``DeskEvent/tick`` is due.
    public var nextDeadline: MonotonicInstant? { desk.nextDeadline }

    /// Takes a line from the scanner.
    ///
    /// Throws: ``JournalFault/failed(_:)`` where the process must end.
    public func take(_ line: ScannedLine) throws(JournalFault) {
        try handle(.scanned, facts(about: line), urgency: .request)
    }

    /// Takes an event that is no scan.
    ///
    /// Throws: ``JournalFault`` where what happened can't be written down: the process must end.
    public func take(_ event: DeskEvent) throws(JournalFault) {
        if event == .guardJoined { shown = [:] }
        try handle(event, .none, urgency: .outcome)
    }

    /// Writes down something that is no decision of the desk.
    ///
    /// Throws: ``JournalFault`` where it can't be written.
    public func record(_ happening: Happening) throws(JournalFault) {
        try commit([happening], at: ports.clock.now(), urgency: .outcome)
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
            ports.screen.tell(Message(.refused(.storageFull)), in: desk.language)
            return
        }
        desk = decided
        for effect in effects {
            switch effect {
            case .record: break
            case .open(let number, let locker, let pulse):
                ports.guardian.open(number, locker, pulse: pulse, at: moment.monotonic)
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

    private func facts(about line: ScannedLine) -> Facts {
        do {
            switch line {
            case .unreadable, .tooLong: return Facts(.unreadable)
            case .accented(let text): return Facts(try isTypedInWrongLayout(text) ? .wrongLayout : .unreadable)
            case .text(let text):
                let facts = try facts(about: codes.read(text))
                guard facts.subject == .unknown else { return facts }
                if try isTypedInWrongLayout(text) { return Facts(.wrongLayout) }
                unknownCodes += 1
                return facts
            }
        } catch {
            undecided.append(error)
            return Facts(.undecidable)
        }
    }

    private func facts(about code: Code) throws -> Facts {
        switch code {
        case .mistyped: Facts(.mistyped)
        case .unknown: Facts(.unknown)
        case .house, .label: try ports.facts.facts(about: code, serving: desk.servedBorrower)
        }
    }

    /// Whether a text that nobody knows is one that the register knows, but typed in the layout of another keyboard.
    private func isTypedInWrongLayout(_ text: String) throws -> Bool {
        try KeyboardLayout.retyped(text).contains { candidate in
            switch try facts(about: codes.read(candidate)).subject {
            case .borrower, .item, .locker, .staffBadge, .command, .language: true
            case .nothing, .unknown, .mistyped, .unreadable, .undecidable, .wrongLayout: false
            }
        }
    }

    private func showLamps() {
        let lamps = desk.lamps
        for (place, signal) in lamps where shown[place] != signal { ports.guardian.show(place, signal.lamp) }
        shown = lamps
    }
}
