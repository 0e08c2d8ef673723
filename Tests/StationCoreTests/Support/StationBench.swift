// A whole station in memory: the conductor over ports that keep everything in one list, in the order in which it was
// done, so that a test can say what came before what.

@testable import StationCore

import GuardProtocol

/// One thing that the conductor did to the world.
enum Step: Equatable {
    case committed([EntryKind], CommitUrgency)
    case opened(EntryNumber, LockerID)
    case showed(LampPlace, LampSignal)
    case told(MessageID)
}

/// The steps of all ports of one station.
final class Diary {
    var steps: [Step] = []
}

final class MemoryJournal: JournalPort {
    /// Where it writes its steps: that of the station which runs on it now.
    var diary: Diary
    let source = EntrySource(cityDomain: "example.org", station: .of("demo"))
    private(set) var head: JournalHead
    private(set) var entries: [Entry] = []
    /// The books as the entries change them.
    private(set) var books = ReplayedBooks()
    /// What the next commits fail with.
    var fault: JournalFault?
    /// Called in the middle of a commit, to look at the rest of the station.
    var whileCommitting: () -> Void = {}

    init(_ diary: Diary, epoch: Epoch = Epoch(0xe)) {
        self.diary = diary
        head = JournalHead(epoch: epoch, sequence: 0, hash: .none)
    }

    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        whileCommitting()
        if let fault { throw fault }
        diary.steps.append(.committed(entries.map(\.kind), urgency))
        for entry in entries {
            books.apply(entry)
            head = JournalHead(after: entry)
        }
        self.entries += entries
    }

    func unfinishedErrands() throws(JournalFault) -> [Errand] {
        if let fault { throw fault }
        return books.errands.values.sorted { ($0.opening, $0.loan) < ($1.opening, $1.loan) }
    }

    func lockersInDoubt() throws(JournalFault) -> Set<LockerID> {
        if let fault { throw fault }
        return Set(books.contents.filter { $0.value == .unverified }.keys)
    }
}

/// The books that replaying entries gives, as the journal's adapter keeps them.
struct ReplayedBooks: Equatable {
    struct ErrandKey: Hashable {
        let loan: EntryNumber
        let purpose: Errand.Purpose
    }
    private(set) var loans: [EntryNumber: Loan] = [:]
    private(set) var contents: [LockerID: Content] = [:]
    private(set) var errands: [ErrandKey: Errand] = [:]
    /// Entries that could not be applied.
    private(set) var mistakes: [String] = []

    mutating func apply(_ entry: Entry) {
        do {
            for change in try entry.fields.changes(kind: entry.kind, number: entry.number) { apply(change, of: entry) }
        } catch {
            mistakes.append("\(entry.number): \(error)")
        }
    }

    private mutating func apply(_ change: LedgerChange, of entry: Entry) {
        switch change {
        case .loanOpened(let id, let item, let due):
            guard let borrower = entry.disclosure?.borrower, loans[id] == nil else {
                return mistakes.append("\(id): no loan")
            }
            loans[id] = Loan(id: id, item: item, borrower: borrower, due: due)
        case .loanClosed(let id):
            if loans.removeValue(forKey: id) == nil { mistakes.append("\(id): closed, and was not open") }
        case .errandBegan(_, let errand): errands[ErrandKey(loan: errand.loan, purpose: errand.purpose)] = errand
        case .errandEnded(let loan, let purpose):
            if errands.removeValue(forKey: ErrandKey(loan: loan, purpose: purpose)) == nil {
                mistakes.append("\(loan): ended, and was not under way")
            }
        case .content(let locker, let content): contents[locker] = content
        }
    }
}

extension ReplayedBooks {
    /// Whether these books say the same as those kept with a pencil.
    func agree(with books: PlainBooks) -> Bool {
        mistakes.isEmpty && loans == Dictionary(uniqueKeysWithValues: books.loans.map { ($0.id, $0) })
            && contents == books.contents
            && Set(errands.values) == Set(books.errands) && errands.count == books.errands.count
    }
}

/// Knows the sample house, and has the books read as a pencil kept them.
final class MemoryFacts: FactsPort {
    struct Unreadable: Error, Equatable {}
    /// The code that chooses English.
    static let englishCode = HouseCode.of(.command, "EN1")
    var books = PlainBooks()
    /// How many entries of the journal are in the books.
    var noted = 0
    /// Whether register and journal can be asked.
    var isReadable = true

    func facts(about code: Code, serving: BorrowerID?) throws -> Facts {
        guard isReadable else { throw Unreadable() }
        let served = SampleHouse.borrowers.first { $0.id == serving }.map { books.facts(of: $0) }
        return Facts(subject(of: code), serving: served)
    }

    private func subject(of code: Code) -> Subject {
        let text: String
        switch code {
        case .mistyped: return .mistyped
        case .unknown: return .unknown
        case .label(let label): text = label.text
        case .house(let code):
            if let command = Command(code) { return .command(command) }
            if code == Self.englishCode { return .language(.english) }
            text = code.text
        }
        if let item = SampleHouse.items.first(where: { $0.label == text }) { return .item(books.facts(of: item)) }
        if let locker = SampleHouse.lockers.first(where: { $0.label == text }) { return books.facts(of: locker) }
        let borrower = SampleHouse.borrowers.first { SampleHouse.card(of: $0) == text }
        return borrower.map { .borrower(books.facts(of: $0)) } ?? .unknown
    }
}

final class MemoryGuard: GuardPort {
    private let diary: Diary
    private(set) var orders: [(number: EntryNumber, locker: LockerID, pulse: Duration)] = []

    init(_ diary: Diary) { self.diary = diary }

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        orders.append((number, locker, pulse))
        diary.steps.append(.opened(number, locker))
    }

    func show(_ place: LampPlace, _ signal: LampSignal) { diary.steps.append(.showed(place, signal)) }
}

final class MemoryScreen: ScreenPort {
    private let diary: Diary
    private(set) var told: [Message] = []
    private(set) var languages: [Language?] = []

    init(_ diary: Diary) { self.diary = diary }

    func tell(_ message: Message, in language: Language?) {
        told.append(message)
        languages.append(language)
        diary.steps.append(.told(message.id))
    }
}

final class SteppedClock: ClockPort {
    var moment = Moment(
        monotonic: MonotonicInstant(nanoseconds: 3_600_000_000_000), wall: SampleHouse.noon, quality: .synchronised)

    func now() -> Moment { moment }

    func wait(_ duration: Duration) {
        moment.monotonic = moment.monotonic + duration
        moment.wall = moment.wall.adding(milliseconds: Int64(duration.wholeMilliseconds))
    }
}

/// Salts that count up, so that a journal is the same in every run.
final class CountedSalts: RandomnessPort {
    private(set) var count: UInt8 = 0

    func salt() -> Salt {
        count &+= 1
        return Salt.of(count)
    }
}

/// A conductor with ports in memory.
struct StationBench {
    let diary: Diary
    let journal: MemoryJournal
    let facts = MemoryFacts()
    let coils: MemoryGuard
    let screen: MemoryScreen
    let clock = SteppedClock()
    let salts = CountedSalts()
    let conductor: Conductor

    /// A station that starts; on a journal where one is given, else on a new one. Its guard is there.
    init(
        on journal: MemoryJournal? = nil, epoch: Happening? = nil, doubted: [LockerID] = [], isGuardPresent: Bool = true
    ) throws {
        diary = Diary()
        self.journal = journal ?? MemoryJournal(diary)
        self.journal.diary = diary
        coils = MemoryGuard(diary)
        screen = MemoryScreen(diary)
        let ports = StationPorts(
            journal: self.journal, facts: facts, guardian: coils, screen: screen, clock: clock, randomness: salts)
        conductor = try Conductor(
            ports: ports, setup: SampleHouse.setup, program: "test 1", epoch: epoch, doubted: doubted)
        keepBooks()
        if isGuardPresent { try take(.guardJoined) }
    }

    func scan(_ text: String) throws { try take(.text(text)) }

    func take(_ line: ScannedLine) throws {
        defer { keepBooks() }
        try conductor.take(line)
    }

    func take(_ event: DeskEvent) throws {
        defer { keepBooks() }
        try conductor.take(event)
    }

    /// Nothing was ordered that the guard could carry out.
    struct NoCoilOrdered: Error {}

    /// The guard opens and shuts the locker whose coil was ordered last.
    func openAndShut() throws {
        guard let order = coils.orders.last else { throw NoCoilOrdered() }
        try take(.openingAccepted(sequence: order.number.sequence))
        clock.wait(order.pulse)
        try take(.coilReleased(sequence: order.number.sequence, .complete))
        try take(.doorOpened(order.locker, at: clock.moment.monotonic))
        clock.wait(.seconds(5))
        try take(.doorLatched(order.locker, at: clock.moment.monotonic))
    }

    /// Lets the facts say what the journal holds by now.
    private func keepBooks() {
        for entry in journal.entries.dropFirst(facts.noted) { facts.books.note(entry) }
        facts.noted = journal.entries.count
    }
}

extension PlainBooks {
    /// Notes an entry of the journal: what happened is read back from its members.
    mutating func note(_ entry: Entry) {
        guard let happening = Happening(entry) else { return }
        note(happening, as: entry.number)
    }
}

extension Happening {
    /// What an entry about loans, errands and contents says happened; `nil` for all others.
    init?(_ entry: Entry) {
        let fields = entry.fields
        func errand(_ purpose: Errand.Purpose) -> Errand? {
            guard let loan = fields.loan, let item = fields.item, let opening = fields.opening else { return nil }
            return Errand(purpose: purpose, opening: opening, loan: loan, item: item, locker: fields.locker)
        }
        let failure = fields.reason.flatMap(OpeningFailure.init)
        switch entry.kind {
        case .checkoutBegun:
            guard let item = fields.item, let borrower = entry.disclosure?.borrower, let due = fields.due else {
                return nil
            }
            self = .checkoutBegun(
                item: item, borrower: borrower, locker: fields.locker, due: due, opening: fields.opening)
        case .returnBegun:
            guard let loan = fields.loan, let item = fields.item else { return nil }
            self = .returnBegun(loan: loan, item: item, locker: fields.locker, opening: fields.opening)
        case .checkoutCompleted:
            guard let errand = errand(.checkout) else { return nil }
            self = .checkoutCompleted(errand, nil, content: fields.content)
        case .checkoutFailed:
            guard let errand = errand(.checkout), let failure else { return nil }
            self = .checkoutFailed(errand, failure, content: fields.content)
        case .returnCompleted:
            guard let errand = errand(.giveBack) else { return nil }
            self = .returnCompleted(errand, nil, content: fields.content)
        case .returnFailed:
            guard let errand = errand(.giveBack), let failure else { return nil }
            self = .returnFailed(errand, failure, content: fields.content)
        case .outcomeUnknown:
            guard let purpose = fields.purpose, let errand = errand(purpose) else { return nil }
            self = .outcomeUnknown(errand)
        case .contentChecked:
            guard let locker = fields.locker, let content = fields.content else { return nil }
            self = .contentChecked(locker: locker, content)
        case .contentDoubted:
            guard let locker = fields.locker else { return nil }
            self = .contentDoubted(locker: locker)
        case .doorOpenedUnasked:
            guard let locker = fields.locker else { return nil }
            self = .doorOpenedUnasked(locker: locker, at: WallTime(milliseconds: 0))
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied:
            return nil
        }
    }
}
