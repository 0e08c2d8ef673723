// A journal on disk, and what is written to it and read back.

import Foundation
import GRDB
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
            state.passes = PassBook(uses: try Books.passes(database))
            return state
        }
    }
}

extension Happening {
    /// A loan that begins at the first locker.
    static func checkout(of item: String) -> Happening {
        .checkoutBegun(
            item: id(item), borrower: id("b-1"), locker: id("1"),
            due: WallTime(milliseconds: 1_796_000_000_000), opening: nil)
    }
}
