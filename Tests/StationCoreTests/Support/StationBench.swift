// A whole station in memory: the conductor over ports that keep everything in one list, in the order in which it was
// done, so that a test can say what came before what.

@testable import StationCore

import GuardProtocol

/// One thing that the conductor did to the world.
enum Step: Equatable {
    case committed([EntryKind], CommitUrgency)
    case opened(EntryNumber, LockerID)
    case closed(EntryNumber, LockerID)
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
    /// Whether there is room for outcomes only, as on a disk that is full but for the ballast.
    var refusesRequests = false
    /// Called in the middle of a commit, to look at the rest of the station.
    var whileCommitting: () -> Void = {}

    init(_ diary: Diary, epoch: Epoch = Epoch(0xe)) {
        self.diary = diary
        head = JournalHead(epoch: epoch, sequence: 0, hash: .none)
    }

    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        whileCommitting()
        if let fault { throw fault }
        if refusesRequests, urgency == .request { throw .full }
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

    func lockersSuspended() throws(JournalFault) -> Set<LockerID> {
        if let fault { throw fault }
        return books.suspended
    }

    /// Wrong PINs in a row, by card.
    private(set) var attempts: [CardDigest: Int] = [:]

    func countPINAttempt(of card: CardDigest) throws(JournalFault) -> Int {
        if let fault { throw fault }
        attempts[card, default: 0] += 1
        return attempts[card] ?? 0
    }

    func clearPINAttempts(of card: CardDigest) throws(JournalFault) {
        if let fault { throw fault }
        attempts[card] = nil
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
    private(set) var suspended: Set<LockerID> = []
    private(set) var conditions: [ItemID: Condition] = [:]
    private(set) var places: [ItemID: LockerID] = [:]
    private(set) var replacedCards: [BorrowerID: EntryHash] = [:]
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
        case .loanRenewed(let id, let due):
            if loans[id] == nil { mistakes.append("\(id): renewed, and was not open") }
            loans[id]?.due = due
            loans[id]?.renewals += 1
        case .loanReported(let id):
            if loans[id] == nil { mistakes.append("\(id): reported, and was not open") }
            loans[id]?.isReported = true
        case .service(let locker, true): suspended.insert(locker)
        case .service(let locker, false): suspended.remove(locker)
        case .condition(let item, let condition): conditions[item] = condition == .sound ? nil : condition
        case .place(let item, let locker, _): places[item] = locker
        case .card(let card):
            guard let borrower = entry.disclosure?.borrower else { return mistakes.append("a card of nobody") }
            replacedCards[borrower] = card
        }
    }
}

extension ReplayedBooks {
    /// Whether these books say the same as those kept with a pencil.
    func agree(with books: PlainBooks) -> Bool {
        mistakes.isEmpty && loans == Dictionary(uniqueKeysWithValues: books.loans.map { ($0.id, $0) })
            && contents == books.contents && suspended == books.suspended && conditions == books.conditions
            && places == books.places && replacedCards == books.replacedCards
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

    /// The pool's rules, and how fresh its word is.
    var house = HouseFacts()
    /// Wrong PINs in a row, as an earlier run left them.
    var failures: [CardDigest: Int] = [:]
    /// The borrowers that the register has.
    var borrowers = SampleHouse.borrowers
    /// Bookings that the register has.
    var bookings: [Booking] = []

    func circumstances(for wants: Wants) throws -> Facts {
        guard isReadable else { throw Unreadable() }
        let served = borrowers.first { $0.id == wants.borrower }.map { books.facts(of: $0) }
        let pending = SampleHouse.items.first { $0.id == wants.item }.map { facts(of: $0) }
        return Facts(.nothing, serving: served, pending: pending, house: house)
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? {
        borrowers.first { $0.id == id }.map { books.facts(of: $0) }
    }

    func isPIN(_ pin: String, of code: Code) throws -> Bool {
        guard isReadable else { throw Unreadable() }
        return pin == SampleHouse.pin
    }

    func facts(of item: Item) -> ItemFacts { withBookings(books.facts(of: item)) }

    private func withBookings(_ facts: ItemFacts) -> ItemFacts {
        var facts = facts
        facts.bookings = bookings.filter { $0.item == facts.item.id }
        return facts
    }

    private func withBookings(_ report: Report) -> Report {
        if case .item(let facts) = report { .item(withBookings(facts)) } else { report }
    }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        guard isReadable else { throw Unreadable() }
        let text: String
        switch code {
        case .mistyped: return .mistyped
        case .unknown: return .unknown
        case .label(let label): text = label.text
        case .house(let code):
            if let command = Command(code) {
                return .command(command, books.reports(for: command).map { withBookings($0) })
            }
            if code == Self.englishCode { return .language(.english) }
            text = code.text
        }
        if let item = SampleHouse.items.first(where: { $0.label == text }) { return .item(facts(of: item)) }
        if let locker = SampleHouse.lockers.first(where: { $0.label == text }) {
            guard case .locker(_, let items) = books.facts(of: locker) else { return .unknown }
            return .locker(locker, items: items.map { withBookings($0) })
        }
        if let member = SampleHouse.staff.first(where: { SampleHouse.badge(of: $0) == text }) {
            let digest = SampleHouse.digest(of: member.id.text)
            let badge = CardFacts(digest: digest, hasPIN: true, failures: failures[digest] ?? 0)
            return .staffBadge(StaffFacts(staff: member, badge: badge))
        }
        if let borrower = borrowers.first(where: { SampleHouse.card(of: $0) == text }) {
            return wants.newCode == nil ? .borrower(books.facts(ofCardOf: borrower)) : .newCode(.unusable)
        }
        switch wants.newCode {
        case .borrowerCard: return .newCode(.card(EntryHash(of: Array(text.utf8))))
        case .item: return .newCode(.label(text))
        case .locker, nil: return .unknown
        }
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

    func close(_ number: EntryNumber, _ locker: LockerID) { diary.steps.append(.closed(number, locker)) }

    func show(_ place: LampPlace, _ signal: LampSignal) { diary.steps.append(.showed(place, signal)) }
}

final class MemoryScreen: ScreenPort {
    private let diary: Diary
    private(set) var told: [Message] = []
    private(set) var languages: [Language?] = []

    /// Whether what is typed is hidden.
    private(set) var isTypingHidden = false

    init(_ diary: Diary) { self.diary = diary }

    func hideTyping(_ isHidden: Bool) { isTypingHidden = isHidden }

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

    func take(poolTime: WallTime, at instant: MonotonicInstant) {}

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
        var service: Errand? {
            fields.opening.map {
                Errand(purpose: .service, opening: $0, loan: $0, item: nil, locker: fields.locker)
            }
        }
        var staff: StaffID? {
            if case .staff(let staff)? = entry.disclosure?.person { staff } else { nil }
        }
        var attendant: Attendant? {
            switch entry.disclosure?.person {
            case .staff(let staff): .staff(staff)
            case .admin(let admin): .admin(admin, reason: fields.reason.flatMap(OrderReason.init))
            case .borrower, nil: nil
            }
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
            self = .returnBegun(
                loan: loan, item: item, locker: fields.locker, opening: fields.opening,
                isReported: fields.purpose == .report)
        case .returnReported:
            guard let errand = errand(.report) else { return nil }
            self = .returnReported(errand, nil, content: fields.content)
        case .returnConfirmed:
            guard let loan = fields.loan, let item = fields.item, let staff else { return nil }
            self = .returnConfirmed(loan: loan, item: item, locker: fields.locker, staff: staff)
        case .loanRenewed:
            guard let loan = fields.loan, let item = fields.item, let due = fields.due else { return nil }
            self = .loanRenewed(loan: loan, item: item, due: due)
        case .serviceBegun:
            guard let locker = fields.locker, let attendant else { return nil }
            self = .serviceBegun(locker: locker, by: attendant)
        case .serviceCompleted:
            guard let service else { return nil }
            self = .serviceCompleted(service, nil)
        case .serviceFailed:
            guard let service, let failure else { return nil }
            self = .serviceFailed(service, failure)
        case .serviceSuspended:
            guard let locker = fields.locker, let attendant else { return nil }
            self = .serviceSuspended(locker: locker, by: attendant)
        case .serviceResumed:
            guard let locker = fields.locker, let attendant else { return nil }
            self = .serviceResumed(locker: locker, by: attendant)
        case .conditionReported:
            guard let item = fields.item, let condition = fields.reason.flatMap(Condition.init) else { return nil }
            self = .conditionReported(item: item, condition, loan: fields.loan)
        case .itemChecked:
            guard let item = fields.item, let staff else { return nil }
            self = .itemChecked(item: item, staff: staff)
        case .itemPlaced:
            guard let item = fields.item, let locker = fields.locker, let staff else { return nil }
            self = .itemPlaced(
                item: item, locker: locker, registered: fields.reason.flatMap(LockerID.init), staff: staff)
        case .cardReplaced:
            guard let borrower = entry.disclosure?.borrower, let card = fields.card else { return nil }
            self = .cardReplaced(borrower, card: card)
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
            guard let errand = errand(fields.purpose ?? .giveBack), let failure else { return nil }
            self = .returnFailed(errand, failure, content: fields.content)
        case .outcomeUnknown:
            guard let purpose = fields.purpose, let errand = purpose == .service ? service : errand(purpose) else {
                return nil
            }
            self = .outcomeUnknown(errand)
        case .contentChecked:
            guard let locker = fields.locker, let content = fields.content, let attendant else { return nil }
            self = .contentChecked(locker: locker, content, by: attendant)
        case .contentDoubted:
            guard let locker = fields.locker else { return nil }
            self = .contentDoubted(locker: locker)
        case .doorOpenedUnasked:
            guard let locker = fields.locker else { return nil }
            self = .doorOpenedUnasked(locker: locker, at: WallTime(milliseconds: 0))
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied, .loanApproved, .partsChecked, .staffSignedIn,
            .staffSignedOut, .pinRefused, .stockTaken, .stockDiffers, .borrowerProposed, .itemProposed,
            .itemReceived, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted, .sensorTrusted,
            .emergencyStopPressed, .emergencyStopReleased:
            return nil
        }
    }
}
