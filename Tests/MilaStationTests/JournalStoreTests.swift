// The journal's file: what it promises of durability, its versions, its books, and files that are not its own.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct JournalStoreTests {
    // MARK: - Durability

    @Test func `an open journal has the settings that keep what it was told`() throws {
        let bench = try JournalBench()
        for _ in 1...2 {  // GRDB undoes some of them in the course of opening: a new file and a found one both count.
            let store = try bench.open().store
            let settings = try store.read { database in
                try ["journal_mode", "synchronous", "locking_mode", "secure_delete", "page_size", "foreign_keys"].map {
                    try String.fetchOne(database, sql: "PRAGMA \($0)")
                }
            }
            #expect(settings == ["wal", "2", "exclusive", "1", "1024", "1"])
            try store.write([.guardJoined])
            try store.close()
        }
    }

    @Test func `a database that does not take the settings is refused`() throws {
        // SQLite keeps no write-ahead log for a database in memory.
        #expect {
            _ = try JournalStore.open(":memory:", source: JournalBench.source)
        } throws: { "\($0)".contains("did not take journal_mode = WAL: it says memory") }
    }

    @Test func `a commit that fails half way leaves nothing`() throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        try store.write([.stationStarted(program: "bench")])
        let (head, books) = (store.head, try store.books())
        let checkout = store.sealed([.checkout(of: "drill")])[0]
        // The second entry has the number of the first: SQLite refuses it when the first is written already.
        #expect {
            try store.commit([checkout, checkout], urgency: .outcome)
        } throws: { if case .failed? = $0 as? JournalFault { true } else { false } }
        #expect(store.head == head)
        #expect(try store.books() == books)
        #expect(try store.entries().count == 1)
        // And nothing of it is in the way of the next.
        try store.commit([checkout], urgency: .outcome)
        #expect(try store.books().loans.count == 1)
        try store.close()
        try bench.with { #expect($0.head == JournalHead(after: checkout)) }
    }

    // MARK: - Versions

    @Test func `a journal of version 1 opens with its entries and books`() throws {
        let bench = try JournalBench()
        let queue = try DatabaseQueue(path: bench.path)
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
            try database.execute(sql: JournalVersion1.tables)
            try database.execute(sql: JournalVersion1.rows)
        }
        try queue.close()

        let opened = try bench.open()
        #expect(opened.newEpoch == nil && opened.quarantine == nil)
        let store = opened.store
        let epoch = try #require(Epoch("659cfcdf1083b77b"))
        func number(_ sequence: UInt64) -> EntryNumber { EntryNumber(epoch: epoch, sequence: sequence) }
        let last = try #require(EntryHash("3a4f336dd0cef04794852dd5af3426c6784b6bc82b7820e1370640c395db18a7"))
        #expect(store.head == JournalHead(epoch: epoch, sequence: 9, hash: last))

        let entries = try store.entries()
        var verifier = ChainVerifier(source: JournalBench.source, after: nil)
        for entry in entries { try verifier.take(EntryDocument(entry: entry, source: JournalBench.source)) }
        #expect(verifier.head == store.head)
        #expect(
            entries.map(\.kind) == [
                .epochOpened, .stationStarted, .guardJoined, .checkoutBegun, .checkoutCompleted, .refused,
                .returnBegun, .contentDoubted, .registerApplied,
            ])
        #expect(entries[3].disclosure?.borrower == id("b-1"))

        let (item, locker): (ItemID, LockerID) = (id("drill-1"), id("1"))
        let due = WallTime(milliseconds: 1_796_000_000_000)
        let loan = Loan(id: number(4), item: item, borrower: id("b-1"), due: due)
        let errand = Errand(purpose: .giveBack, opening: number(7), loan: number(4), item: item, locker: locker)
        let books = BooksState(
            loans: [BooksState.Line(loan)], errands: [errand], contents: [locker: .empty, id("3"): .unverified])
        #expect(try store.books() == books)
        #expect(try books == BooksState(replaying: entries))
        #expect(try store.read(UploadTable.acknowledged) == 3)
        #expect(try store.read(UploadTable.receipt) == "receipt")
        #expect(try store.read(UploadTable.setAside) == 1)

        // And it is written on.
        try store.write([.outcomeUnknown(errand)])
        #expect(try store.lockersInDoubt() == [locker, id("3")])
        try store.close()
    }

    @Test func `a journal that version 2 wrote is read on, with all that staff did`() throws {
        let bench = try JournalBench()
        let queue = try DatabaseQueue(path: bench.path)
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
            try database.execute(sql: JournalVersion2.tables)
            try database.execute(sql: JournalVersion2.rows)
        }
        try queue.close()

        let store = try bench.open().store
        let epoch = try #require(Epoch("b678689a2ff2c932"))
        func number(_ sequence: UInt64) -> EntryNumber { EntryNumber(epoch: epoch, sequence: sequence) }
        let last = try #require(EntryHash("68abd61f9e162391f36a5a53801a3691554e4b0ea6e26972dd0a754207bcc98d"))
        #expect(store.head == JournalHead(epoch: epoch, sequence: 15, hash: last))
        let entries = try store.entries()
        var verifier = ChainVerifier(source: JournalBench.source, after: nil)
        for entry in entries { try verifier.take(EntryDocument(entry: entry, source: JournalBench.source)) }
        #expect(verifier.head == store.head)
        #expect(entries[6].disclosure?.person == .staff(id("s-1")))

        let books = try store.books()
        #expect(try books == BooksState(replaying: entries))
        let loan = try #require(books.loans.first)
        #expect(loan.renewals == 1 && loan.isReported)
        let service = Errand(purpose: .service, opening: number(15), loan: number(15), item: nil, locker: id("3"))
        #expect(books.errands == [service] && books.suspended == [id("2")])
        #expect(books.conditions == [id("drill-1"): .damaged] && books.places == [id("saw-1"): id("3")])
        #expect(try store.read { try Books.borrower(withReplacement: EntryHash(of: [7]), $0) } == id("b-2"))
        #expect(try store.countPINAttempt(of: CardDigest(EntryHash(of: [9]))) == 3)
        try store.clearPINAttempts(of: CardDigest(EntryHash(of: [9])))
        #expect(try store.countPINAttempt(of: CardDigest(EntryHash(of: [9]))) == 1)

        // And it is written on.
        try store.write([.outcomeUnknown(service)])
        #expect(try store.lockersInDoubt().contains(id("3")))
        try store.close()
    }

    @Test func `a journal that version 3 wrote is read on, with what an admin ordered`() throws {
        let bench = try JournalBench()
        let queue = try DatabaseQueue(path: bench.path)
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
            try database.execute(sql: JournalVersion3.tables)
            try database.execute(sql: JournalVersion3.rows)
        }
        try queue.close()

        let store = try bench.open().store
        let entries = try store.entries()
        var verifier = ChainVerifier(source: JournalBench.source, after: nil)
        for entry in entries { try verifier.take(EntryDocument(entry: entry, source: JournalBench.source)) }
        #expect(verifier.head == store.head && store.head.sequence == 16)
        let order = try #require(entries.last)
        #expect(order.disclosure?.person == .admin(id("town-hall")) && order.fields.admin == order.disclosure?.digest)
        #expect(order.fields.reason == "the caretaker called")
        #expect(try store.books().errands.contains { $0.opening == order.number && $0.purpose == .service })
        try store.close()
    }

    @Test func `a journal that version 4 wrote is read on, with the passes that were used`() throws {
        let bench = try JournalBench()
        let queue = try DatabaseQueue(path: bench.path)
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
            try database.execute(sql: JournalVersion4.tables)
            try database.execute(sql: JournalVersion4.rows)
        }
        try queue.close()

        let store = try bench.open().store
        let entries = try store.entries()
        var verifier = ChainVerifier(source: JournalBench.source, after: nil)
        for entry in entries { try verifier.take(EntryDocument(entry: entry, source: JournalBench.source)) }
        #expect(verifier.head == store.head && store.head.sequence == 17)
        let pass = try #require(PassNonce("0123456789abcdef"))
        #expect(entries.last?.fields.pass == pass && entries.last?.fields.booking == id("booking-7"))
        #expect(try store.books() == BooksState(replaying: entries))
        #expect(try store.read { try Books.use(of: pass, $0) }?.loan == entries[1].number)
        try store.close()
    }

    @Test func `the literal tables of each version are those that the migrations made`() throws {
        let (made, literal) = (try DatabaseQueue(), try DatabaseQueue())
        try JournalSchema.migrator.migrate(made, upTo: "1-entries-and-books")
        try literal.inDatabase { try $0.execute(sql: JournalVersion1.tables) }
        let (made2, literal2) = (try DatabaseQueue(), try DatabaseQueue())
        try JournalSchema.migrator.migrate(made2, upTo: "2-staff-and-policy")
        try literal2.inDatabase { try $0.execute(sql: JournalVersion2.tables) }
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'grdb_migrations' ORDER BY name"
        func statements(_ queue: DatabaseQueue) throws -> [String] {
            try queue.read { try String.fetchAll($0, sql: sql) }.map { text in
                text.split(separator: "\n").filter { !$0.contains("--") }.joined(separator: " ")
                    .split(separator: " ").joined(separator: " ")
            }
        }
        let (made3, literal3) = (try DatabaseQueue(), try DatabaseQueue())
        try JournalSchema.migrator.migrate(made3, upTo: "3-admins-and-retention")
        try literal3.inDatabase { try $0.execute(sql: JournalVersion3.tables) }
        let (made4, literal4) = (try DatabaseQueue(), try DatabaseQueue())
        try JournalSchema.migrator.migrate(made4, upTo: "4-passes")
        try literal4.inDatabase { try $0.execute(sql: JournalVersion4.tables) }
        #expect(try statements(made4) == statements(literal4))
        #expect(try statements(made) == statements(literal))
        #expect(try statements(made2) == statements(literal2))
        #expect(try statements(made3) == statements(literal3))
        #expect(
            JournalSchema.migrator.migrations == [
                "1-entries-and-books", "2-staff-and-policy", "3-admins-and-retention", "4-passes",
            ],
            "a new version: give it its own literal tables and rows beside those of the versions before")
    }

    // MARK: - Books

    @Test(arguments: [1, 20_261_121, 77_003] as [UInt64])
    func `the books are what a replay of the entries gives, and a restart reads the same`(seed: UInt64) throws {
        let bench = try JournalBench()
        var store = try bench.open().store
        var history = RandomHistory(seed: seed)
        var most = BooksState()
        for decision in 1...300 {
            try store.write(history.decision(at: store.head.next))
            let books = try store.books()
            most.loans.formUnion(books.loans)
            most.errands.formUnion(books.errands)
            guard decision.isMultiple(of: 50) else { continue }
            #expect(try books == BooksState(replaying: try store.entries()), "seed \(seed), decision \(decision)")
            let head = store.head
            try store.close()
            store = try bench.open().store
            #expect(store.head == head)
            #expect(try store.books() == books)
            #expect(try Set(store.unfinishedErrands()) == books.errands)
            #expect(try store.lockersInDoubt() == Set(books.contents.filter { $0.value == .unverified }.keys))
        }
        // The history was one: it had loans and errands, and not all of them are there at the end.
        #expect(most.loans.count > 50 && most.errands.count > 50)
        #expect(try store.books().loans.count < most.loans.count)
        try store.close()
    }

    @Test func `books that are not what the entries give are told apart`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.checkout(of: "drill")]) }
        for sql in [
            "UPDATE loan SET due = due + 1", "UPDATE loan SET borrower = 'b-9'", "DELETE FROM errand",
            "INSERT INTO content VALUES ('1', 'empty')",
        ] {
            let bytes = bench.bytes
            try bench.tamper(sql)
            let (books, replayed) = try bench.with { (try $0.books(), try BooksState(replaying: try $0.entries())) }
            #expect(books != replayed, "\(sql)")
            try bench.write(bytes)
        }
        let (books, replayed) = try bench.with { (try $0.books(), try BooksState(replaying: try $0.entries())) }
        #expect(books == replayed)
    }

    // MARK: - Files of others

    @Test func `the journal of another station is refused and left as it was`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.guardJoined]) }
        let bytes = bench.bytes
        let other = EntrySource(cityDomain: "bench.example", station: id("two"))
        #expect {
            _ = try JournalStore.open(bench.path, source: other)
        } throws: {
            "\($0)"
                == "the journal belongs to \(JournalBench.source), not to \(other). Give this station its own folder."
        }
        #expect(bench.bytes == bytes)
        #expect(try !bench.files.contains { $0.contains("quarantined") })
    }

    @Test func `a database that a newer program changed is refused and left byte for byte`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.checkout(of: "drill")]) }
        try bench.tamper("INSERT INTO grdb_migrations VALUES ('9-from-the-future'); CREATE TABLE future (a)")
        let (bytes, files) = (bench.bytes, try bench.files)
        #expect {
            _ = try JournalStore.open(bench.path, source: JournalBench.source)
        } throws: {
            "\($0)" == "\(bench.path) was written by a newer mila-station. Install that version again."
        }
        #expect(bench.bytes == bytes)
        #expect(try bench.files == files)
    }

    @Test func `a journal that is in use is refused, and its owner is not disturbed`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let second = try house.run("run")
        #expect(second.code == 70)
        #expect(second.errors.contains("is in use by another process. Stop it first."), "\(second.errors)")
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[5].label.text)
        try eventually("the first one lends on") { house.screen.contains("\"id\":\"taken\"") }
        #expect(try house.run("journal", "status").output.contains("openloans: 1"))
        #expect(house.stop(.station) == 0)
    }
}
