// A journal on disk with a conductor over it, the rest of the station being played; and histories to fill it with.

import Foundation
import Glibc
import GRDB
import GuardProtocol
import TestSupport

@testable import MilaStation
@testable import StationCore

/// A journal in a folder of its own.
struct JournalBench {
    static let source = EntrySource(cityDomain: "bench.example", station: id("one"))
    static let lockers = ["1", "2", "3"].map(id) as [LockerID]

    private let folder: Folder
    let path: String

    /// A bench without a journal yet; in another place where one is named.
    init(in place: String? = nil) throws {
        folder = try Folder()
        path = (place ?? folder.path) + "/journal.sqlite"
    }

    func open() throws -> JournalStore.Opened { try JournalStore.open(path, source: Self.source) }

    /// Does something with the open journal, and closes it.
    @discardableResult
    func with<Value>(_ work: (JournalStore) throws -> Value) throws -> Value {
        let store = try open().store
        let value = try work(store)
        try store.close()
        return value
    }

    /// Changes the closed file as nobody should.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    var bytes: Data { FileManager.default.contents(atPath: path) ?? Data() }

    func write(_ bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: path)) }

    /// What stands in the journal's folder.
    var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path.folder).sorted() } }
}

/// A time zone that never changes. The system's zones are no choice where tests run side by side: reading one sets the
/// zone of the whole process.
func benchZone(offsetSeconds: Int32 = 0) throws -> TimeZoneTable {
    guard let zone = TimeZoneTable([TimeZoneTable.Change(from: .earliest, offsetSeconds: offsetSeconds)]) else {
        throw BenchError("a table of one offset is none")
    }
    return zone
}

/// An identifier that a test writes down itself.
func id<Subject>(_ text: String) -> Identifier<Subject> {
    guard let identifier = Identifier<Subject>(text) else { preconditionFailure("'\(text)' is no identifier") }
    return identifier
}

extension JournalStore {
    /// Seals happenings one after another, in one transaction.
    func write(_ happenings: [Happening], urgency: CommitUrgency = .outcome) throws(JournalFault) {
        try commit(sealed(happenings), urgency: urgency)
    }

    /// The entries that these happenings would be.
    func sealed(_ happenings: [Happening]) -> [Entry] {
        var (head, entries) = (head, [Entry]())
        for happening in happenings {
            let moment = Moment(
                monotonic: MonotonicInstant(nanoseconds: 0),
                wall: WallTime(milliseconds: 1_795_000_000_000 + Int64(head.sequence) * 1000), quality: .synchronised)
            let salt = SystemRandomness().salt()
            entries.append(Entry(happening, after: head, at: moment, salt: salt, source: source))
            head = JournalHead(after: entries[entries.count - 1])
        }
        return entries
    }

    /// Every entry, as it was stored.
    func entries() throws -> [Entry] {
        let (epoch, last) = (head.epoch, Int(head.sequence))
        return try read { try JournalReader.entries($0, epoch: epoch, after: 0, limit: last + 1) }
    }

    /// The books as the tables beside the entries have them.
    func books() throws -> BooksState {
        try read { database in
            var state = BooksState(
                loans: Set(try Books.loans(database, where: "'all' = ?", "all").map(BooksState.Line.init)),
                errands: Set(try Books.errands(database)), contents: try Books.contents(database))
            state.suspended = try Books.suspended(database)
            state.conditions = try Books.conditions(database)
            state.places = try Books.places(database).mapValues(\.locker)
            return state
        }
    }
}

/// The books, to be compared.
struct BooksState: Equatable {
    /// A loan as a value in a set.
    struct Line: Hashable {
        var id: EntryNumber, item: ItemID, borrower: BorrowerID, due: WallTime
        var renewals: Int, isReported: Bool
        init(_ loan: Loan) {
            (id, item, borrower, due) = (loan.id, loan.item, loan.borrower, loan.due)
            (renewals, isReported) = (loan.renewals, loan.isReported)
        }
    }

    var loans: Set<Line> = []
    var errands: Set<Errand> = []
    var contents: [LockerID: Content] = [:]
    var suspended: Set<LockerID> = []
    var conditions: [ItemID: Condition] = [:]
    var places: [ItemID: LockerID] = [:]

    /// No loan, no errand, no locker touched.
    static let empty = BooksState()

    /// The books that a full replay of the entries gives.
    init(replaying entries: [Entry]) throws {
        for entry in entries { try take(entry) }
    }

    /// What an entry changes.
    mutating func take(_ entry: Entry) throws {
        for change in try entry.fields.changes(kind: entry.kind, number: entry.number) {
            switch change {
            case .loanOpened(let id, let item, let due):
                guard let borrower = entry.disclosure?.borrower else { throw BenchError("\(id) discloses nobody") }
                loans.insert(Line(Loan(id: id, item: item, borrower: borrower, due: due)))
            case .loanClosed(let id): loans = loans.filter { $0.id != id }
            case .errandBegan(_, let errand): errands.insert(errand)
            case .errandEnded(let loan, let purpose):
                errands = errands.filter { $0.loan != loan || $0.purpose != purpose }
            case .content(let locker, let content): contents[locker] = content
            case .loanRenewed(let id, let due):
                alter(id) {
                    $0.due = due
                    $0.renewals += 1
                }
            case .loanReported(let id): alter(id) { $0.isReported = true }
            case .service(let locker, true): suspended.insert(locker)
            case .service(let locker, false): suspended.remove(locker)
            case .condition(let item, let condition): conditions[item] = condition == .sound ? nil : condition
            case .place(let item, let locker, _): places[item] = locker
            case .card: break
            }
        }
    }

    private mutating func alter(_ loan: EntryNumber, _ change: (inout Line) -> Void) {
        guard var line = loans.first(where: { $0.id == loan }) else { return }
        loans.remove(line)
        change(&line)
        loans.insert(line)
    }

    init(loans: Set<Line> = [], errands: Set<Errand> = [], contents: [LockerID: Content] = [:]) {
        (self.loans, self.errands, self.contents) = (loans, errands, contents)
    }
}

/// What may happen at a station, in an order that could be true; always the same for a seed.
struct RandomHistory {
    private var generator: SeededGenerator
    private var loans: [(id: EntryNumber, item: ItemID, locker: LockerID?)] = []
    private var errands: [Errand] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// The happenings of one decision, the first of which becomes the entry `number`.
    mutating func decision(at number: EntryNumber) -> [Happening] {
        switch UInt64.random(in: 0..<10, using: &generator) {
        case 0...2: checkout(at: number)
        case 3...4: giveBack(at: number)
        case 5...7: outcome()
        case 8: service(at: number)
        default: [other]
        }
    }

    private var locker: LockerID {
        mutating get { JournalBench.lockers.randomElement(using: &generator) ?? JournalBench.lockers[0] }
    }

    private var other: Happening {
        mutating get {
            let choices: [Happening] = [
                .refused(.onLoan, item: id("item-7"), locker: nil), .refused(.unknownCode, item: nil, locker: nil),
                .guardLost, .guardJoined, .stationStarted(program: "bench"), .stationStopped,
                .doorOpenedUnasked(locker: locker, at: WallTime(milliseconds: 1)),
                .lockerOutOfService(locker: locker, reason: "the line is held"), .contentDoubted(locker: locker),
                .staffSignedIn(id("s-1")), .staffSignedOut(id("s-1")), .pinRefused(.borrower(id("b-1"))),
                .borrowerProposed(card: EntryHash(of: [1]), staff: id("s-1")),
                .itemProposed(label: "(8004)1", staff: id("s-1")), .stockTaken(staff: id("s-1"), found: 12),
            ]
            return choices.randomElement(using: &generator) ?? .guardLost
        }
    }

    private mutating func service(at number: EntryNumber) -> [Happening] {
        let (locker, staff, item) = (locker, id("s-1") as StaffID, id("item-1") as ItemID)
        let admin = Attendant.admin(id("town-hall"), reason: OrderReason("the caretaker called"))
        var choices: [[Happening]] = [
            [.contentChecked(locker: locker, .holds, by: admin)],
            [.contentChecked(locker: locker, .empty, by: .staff(staff))],
            [.serviceSuspended(locker: locker, by: .staff(staff))], [.serviceResumed(locker: locker, by: admin)],
            [.conditionReported(item: item, .damaged, loan: nil)], [.itemChecked(item: item, staff: staff)],
            [.itemPlaced(item: item, locker: locker, registered: nil, staff: staff)],
        ]
        if let loan = loans.randomElement(using: &generator) {
            let due = WallTime(milliseconds: 1_797_000_000_000)
            choices.append([.loanRenewed(loan: loan.id, item: loan.item, due: due)])
        }
        if Bool.random(using: &generator) {
            errands.append(Errand(purpose: .service, opening: number, loan: number, item: nil, locker: locker))
            return [.serviceBegun(locker: locker, by: Bool.random(using: &generator) ? admin : .staff(staff))]
        }
        return choices.randomElement(using: &generator) ?? []
    }

    private mutating func checkout(at number: EntryNumber) -> [Happening] {
        let item: ItemID = id("item-\(number.sequence)")
        let shelf = Int.random(in: 0..<4, using: &generator) == 0
        let locker = shelf ? nil : locker
        let borrower: BorrowerID = id("b-\(Int.random(in: 1...5, using: &generator))")
        let due = WallTime(milliseconds: 1_796_000_000_000 + Int64(number.sequence))
        let begun = Happening.checkoutBegun(item: item, borrower: borrower, locker: locker, due: due, opening: nil)
        let errand = Errand(purpose: .checkout, opening: number, loan: number, item: item, locker: locker)
        loans.append((number, item, locker))
        // The open shelf has no door to wait for.
        if shelf { return [begun, .checkoutCompleted(errand, nil, content: nil)] }
        errands.append(errand)
        return [begun]
    }

    private mutating func giveBack(at number: EntryNumber) -> [Happening] {
        let free = loans.filter { loan in !errands.contains { $0.loan == loan.id } }
        guard let loan = free.randomElement(using: &generator) else { return [other] }
        let isReported = loan.locker != nil && Int.random(in: 0..<3, using: &generator) == 0
        let begun = Happening.returnBegun(
            loan: loan.id, item: loan.item, locker: loan.locker, opening: nil, isReported: isReported)
        let errand = Errand(
            purpose: isReported ? .report : .giveBack, opening: number, loan: loan.id, item: loan.item,
            locker: loan.locker)
        if loan.locker == nil {
            loans.removeAll { $0.id == loan.id }
            return [begun, .returnCompleted(errand, nil, content: nil)]
        }
        errands.append(errand)
        return [begun]
    }

    private mutating func outcome() -> [Happening] {
        guard let errand = errands.randomElement(using: &generator) else { return [other] }
        errands.removeAll { $0 == errand }
        let door = DoorReport(
            opened: WallTime(milliseconds: 1), latched: WallTime(milliseconds: 2), basis: .sensed)
        switch (Int.random(in: 0..<4, using: &generator), errand.purpose) {
        case (0, _): return [.outcomeUnknown(errand)]
        case (1, .checkout):
            loans.removeAll { $0.id == errand.loan }
            return [.checkoutFailed(errand, .didNotOpen, content: nil)]
        case (1, .giveBack), (1, .report): return [.returnFailed(errand, .leftOpen, content: .unverified)]
        case (1, .service): return [.serviceFailed(errand, .didNotOpen)]
        case (_, .service): return [.serviceCompleted(errand, door)]
        case (_, .report): return [.returnReported(errand, door, content: .unverified)]
        case (_, .checkout): return [.checkoutCompleted(errand, door, content: .empty)]
        case (_, .giveBack):
            loans.removeAll { $0.id == errand.loan }
            return [.returnCompleted(errand, door, content: .holds)]
        }
    }
}

/// A conductor over a real journal; guard, screen, clock and register are played.
struct JournalStation {
    // The journal's folder goes with the bench.
    private let bench: JournalBench
    let opened: JournalStore.Opened
    let conductor: Conductor
    let world: PlayedWorld
    var journal: JournalStore { opened.store }

    /// Opens the journal and starts, as `StationHouse` does.
    init(_ bench: JournalBench) throws {
        self.bench = bench
        opened = try bench.open()
        world = PlayedWorld(journal: opened.store)
        let zone = try benchZone()
        let doors = JournalBench.lockers.map { ($0, DeskSetup.Door(pulse: .milliseconds(20), hasSensor: true)) }
        conductor = try Conductor(
            ports: StationPorts(
                journal: opened.store, facts: world, guardian: world, screen: world, clock: world,
                randomness: SystemRandomness()),
            setup: DeskSetup(doors: Dictionary(uniqueKeysWithValues: doors), zone: zone), program: "bench",
            epoch: opened.newEpoch.map { .epochOpened($0.reason, program: "bench", predecessor: $0.predecessor) },
            doubted: opened.newEpoch?.reason == .quarantined ? JournalBench.lockers : [])
    }

    /// Scans `card`, or the label `box-N` of the item in locker N.
    func scan(_ text: String) throws { try conductor.take(.text(text)) }

    /// The door that was ordered last opens and falls shut.
    func passDoor(_ locker: LockerID) throws {
        guard let number = world.ordered.last else { throw BenchError("no door was ordered to open") }
        try conductor.take(.openingAccepted(sequence: number.sequence))
        try conductor.take(.doorOpened(locker, at: world.now().monotonic))
        try conductor.take(.coilReleased(sequence: number.sequence, .complete))
        try conductor.take(.doorLatched(locker, at: world.now().monotonic))
    }
}

/// The world around a station: keeps what it was told and ordered to do.
final class PlayedWorld: FactsPort, GuardPort, ScreenPort, ClockPort {
    private let journal: JournalStore
    private(set) var told: [MessageID] = []
    private(set) var ordered: [EntryNumber] = []
    private var nanoseconds: UInt64 = 0

    init(journal: JournalStore) { self.journal = journal }

    /// Forgets what was told and ordered so far.
    func forget() { (told, ordered) = ([], []) }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        guard case .label(let label) = code else { return .unknown }
        let text = label.text
        if text == "card" { return .borrower(try facts(of: id("b-1"))) }
        let locker: LockerID = id(String(text.suffix(1)))
        guard text.hasPrefix("box-"), JournalBench.lockers.contains(locker) else { return .unknown }
        let item = Item(
            id: id(text), name: LocalizedText(text), label: text, category: "tools", locker: locker)
        let (loans, content) = try journal.read { database in
            (try Books.loans(database, where: "item = ?", text), try Books.contents(database)[locker] ?? .holds)
        }
        return .item(
            ItemFacts(
                item: item, locker: Locker(id: locker, name: LocalizedText("Fach"), label: "l"), loans: loans,
                content: content))
    }

    func circumstances(for wants: Wants) throws -> Facts {
        Facts(.nothing, serving: try wants.borrower.map { try facts(of: $0) })
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? { nil }

    func isPIN(_ pin: String, of code: Code) throws -> Bool { false }

    private func facts(of id: BorrowerID) throws -> BorrowerFacts {
        BorrowerFacts(
            borrower: Borrower(id: id, standing: .active),
            loans: try journal.read { try Books.loans($0, where: "borrower = ?", id.text) })
    }

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        ordered.append(number)
    }

    func close(_ number: EntryNumber, _ locker: LockerID) {}

    func show(_ place: LampPlace, _ signal: LampSignal) {}

    func tell(_ message: Message, in language: Language?) { told.append(message.id) }

    func hideTyping(_ isHidden: Bool) {}

    func now() -> Moment {
        nanoseconds += 1_000_000
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: nanoseconds), wall: WallTime(milliseconds: 1_795_000_000_000),
            quality: .synchronised)
    }

    func take(poolTime: WallTime, at instant: MonotonicInstant) {}
}

/// A file system that is small enough to be filled: tmpfs, which only root may mount.
final class SmallDisk {
    private let folder: Folder
    let path: String
    private var filler: String { path + "/filler" }

    init(bytes: Int) throws {
        folder = try Folder()
        path = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            throw BenchError("no tmpfs: errno \(errno)")
        }
    }

    /// Lets the file system go; what is open on it stays readable until it is closed.
    func unmount() { umount2(path, Int32(MNT_DETACH)) }

    /// Whether this machine lets the test mount a file system.
    static let isPossible: Bool = {
        guard let disk = try? SmallDisk(bytes: 1 << 20) else { return false }
        disk.unmount()
        return true
    }()

    /// Fills what is left, to the last byte.
    func fill() {
        let descriptor = Glibc.open(filler, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0o600)
        let block = [UInt8](repeating: 0x66, count: 4096)
        while Glibc.write(descriptor, block, block.count) > 0 {}
        close(descriptor)
    }

    /// Gives back what ``fill()`` took.
    func makeRoom() { unlink(filler) }
}

extension Happening {
    /// A loan that begins at the first locker.
    static func checkout(of item: String) -> Happening {
        .checkoutBegun(
            item: id(item), borrower: id("b-1"), locker: id("1"),
            due: WallTime(milliseconds: 1_796_000_000_000), opening: nil)
    }
}
