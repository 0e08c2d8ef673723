// The journal's file: what it promises of durability, what it does at a full disk, with damage, and with files that are
// not its own.

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
        let checkout = store.sealed([checkout(of: "drill")])[0]
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

    @Test func `the literal tables of each version are those that the migrations made`() throws {
        let (made, literal) = (try DatabaseQueue(), try DatabaseQueue())
        try JournalSchema.migrator.migrate(made, upTo: "1-entries-and-books")
        try literal.inDatabase { try $0.execute(sql: JournalVersion1.tables) }
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'grdb_migrations' ORDER BY name"
        func statements(_ queue: DatabaseQueue) throws -> [String] {
            try queue.read { try String.fetchAll($0, sql: sql) }.map { text in
                text.split(separator: "\n").filter { !$0.contains("--") }.joined(separator: " ")
                    .split(separator: " ").joined(separator: " ")
            }
        }
        #expect(try statements(made) == statements(literal))
        #expect(
            JournalSchema.migrator.migrations == ["1-entries-and-books"],
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
        try bench.with { try $0.write([checkout(of: "drill")]) }
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
        try bench.with { try $0.write([checkout(of: "drill")]) }
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

    // MARK: - Damage

    /// A way to ruin a closed journal.
    enum Damage: CaseIterable {
        case noDatabase, empty, cutInTheMiddle, cutAtOnePage, badLastEntry, lastEntryWithoutSense, headerGone, noEpoch

        func `do`(to bench: JournalBench) throws {
            let bytes = bench.bytes
            switch self {
            case .noDatabase: try bench.write(Data("this is no database, and longer than its header would be".utf8))
            case .empty: try bench.write(Data())
            case .cutInTheMiddle: try bench.write(bytes.prefix(bytes.count / 2 + 100))
            case .cutAtOnePage: try bench.write(bytes.prefix(1024))
            case .badLastEntry:
                try bench.tamper(
                    "UPDATE entry SET time = time + 1 WHERE sequence = (SELECT max(sequence) FROM entry)")
            case .lastEntryWithoutSense:
                try bench.tamper("UPDATE entry SET kind = '?' WHERE sequence = (SELECT max(sequence) FROM entry)")
            case .headerGone: try bench.write(Data(count: 100) + bytes.dropFirst(100))
            case .noEpoch: try bench.tamper("UPDATE journal SET epoch = 'x'")
            }
        }

        /// Whether the entries before the damage can still be told.
        var leavesEntries: Bool { self == .badLastEntry || self == .lastEntryWithoutSense }
    }

    @Test(arguments: Damage.allCases)
    func `a damaged journal is put aside, and the new one doubts every locker`(damage: Damage) throws {
        let bench = try JournalBench()
        var history = RandomHistory(seed: 4)
        let lastGood: EntryNumber = try bench.with { store in
            for _ in 1...40 { try store.write(history.decision(at: store.head.next)) }
            let number = store.head
            try store.write([.guardLost])
            return EntryNumber(epoch: number.epoch, sequence: number.sequence)
        }
        try damage.do(to: bench)
        let ruined = bench.bytes

        let station = try JournalStation(bench)
        let quarantine = try #require(station.opened.quarantine)
        #expect(quarantine.file == bench.path + ".quarantined-1")
        #expect(FileManager.default.contents(atPath: quarantine.file) == ruined)
        #expect(station.journal.head.epoch != lastGood.epoch)
        #expect(try station.journal.lockersInDoubt() == Set(JournalBench.lockers))

        let first = try #require(try station.journal.entries().first)
        #expect(first.kind == .epochOpened && first.fields.reason == "quarantined")
        #expect(first.fields.predecessor == (damage.leavesEntries ? lastGood : nil))
        #expect((first.fields.predecessorHash != nil) == damage.leavesEntries)

        // It goes on, and stays in doubt until somebody has looked.
        try station.conductor.take(.guardJoined)
        try station.scan("card")
        try station.scan("box-1")
        #expect(station.world.told.last == .refused(.lockerUnverified))
        #expect(station.world.ordered.isEmpty)
        try station.conductor.take(.contentChecked(JournalBench.lockers[0], .holds))
        try station.scan("box-1")
        #expect(station.world.ordered.count == 1)
        try station.journal.close()
        #expect(try bench.open().newEpoch == nil)
    }

    @Test func `a journal that is whole is not put aside`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([checkout(of: "drill")]) }
        let station = try JournalStation(bench)
        #expect(station.opened.quarantine == nil && station.opened.newEpoch == nil)
        #expect(try bench.files.contains { $0.contains("quarantined") } == false)
        try station.journal.close()
    }

    @Test func `a second damaged journal does not take the place of the first`() throws {
        let bench = try JournalBench()
        for number in 1...3 {
            try bench.write(Data("no database, number \(number), and long enough to have a header".utf8))
            try JournalStation(bench).journal.close()
        }
        for number in 1...3 {
            let kept = FileManager.default.contents(atPath: bench.path + ".quarantined-\(number)") ?? Data()
            #expect(String(decoding: kept, as: UTF8.self).contains("number \(number),"))
        }
    }

    @Test func `a power cut between putting a journal aside and the new one's first entry changes nothing`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.guardJoined, .guardLost]) }
        try Damage.badLastEntry.do(to: bench)
        // The new journal is there, without an entry.
        try bench.open().store.close()
        let station = try JournalStation(bench)
        #expect(station.opened.newEpoch?.reason == .quarantined)
        #expect(try station.journal.lockersInDoubt() == Set(JournalBench.lockers))
        #expect(try station.journal.entries().first?.kind == .epochOpened)
        try station.journal.close()

        // The old one is aside, and there is no new one yet.
        let bare = try JournalBench()
        try bare.with { try $0.write([.guardJoined, .guardLost]) }
        try Damage.badLastEntry.do(to: bare)
        _ = try Quarantine.putAside(bare.path)
        #expect(try !bare.files.contains("journal.sqlite"))
        let next = try JournalStation(bare)
        #expect(next.opened.newEpoch?.reason == .quarantined)
        #expect(try next.journal.lockersInDoubt() == Set(JournalBench.lockers))
        try next.journal.close()
    }

    @Test func `a power cut while a journal is put aside leaves it whole, or aside with its write-ahead log`() throws {
        // A journal whose entries are in the write-ahead log, as a power cut leaves it.
        let running = try JournalBench()
        let store = try running.open().store
        try store.write([.guardJoined, .guardLost])
        let left = try JournalBench()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: running.path + suffix, toPath: left.path + suffix)
        }
        let log = FileManager.default.contents(atPath: left.path + "-wal") ?? Data()
        #expect(!log.isEmpty)
        try store.close()

        let aside = try Quarantine.putAside(left.path)
        #expect(FileManager.default.contents(atPath: aside + "-wal") == log)
        // The power went when the database's old name was gone and the log's was not.
        try log.write(to: URL(fileURLWithPath: left.path + "-wal"))
        let station = try JournalStation(left)
        #expect(station.opened.newEpoch?.reason == .quarantined)
        #expect(try station.journal.entries().map(\.kind).prefix(2) == [.epochOpened, .stationStarted])
        #expect(FileManager.default.contents(atPath: aside + "-wal") == log)
        try station.journal.close()
    }

    @Test func `a power cut before the first entry of a first journal leaves a first journal`() throws {
        let bench = try JournalBench()
        try bench.open().store.close()
        let station = try JournalStation(bench)
        #expect(station.opened.newEpoch?.reason == .first)
        #expect(try station.journal.entries().first?.fields.reason == "first")
        #expect(try station.journal.lockersInDoubt().isEmpty)
        try station.journal.close()
    }

    @Test func `garbage in any page leads to quarantine or to a station that works`() throws {
        let bench = try JournalBench()
        var history = RandomHistory(seed: 9)
        try bench.with { store in
            for _ in 1...300 { try store.write(history.decision(at: store.head.next)) }
            try store.remember(acknowledged: 3, receipt: "receipt", setAside: [])
        }
        let whole = bench.bytes
        var generator = SeededGenerator(seed: 11)
        var (quarantined, working) = (0, 0)
        for page in 0..<whole.count / 1024 {
            var bytes = whole
            let place = page * 1024..<page * 1024 + 1024
            if page.isMultiple(of: 2) {
                bytes.replaceSubrange(place, with: Data(count: 1024))
            } else {
                for index in place { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
            }
            for file in try bench.files { try FileManager.default.removeItem(atPath: bench.path.folder + "/" + file) }
            try bench.write(bytes)
            var told: [MessageID] = []
            do {
                let station = try JournalStation(bench)
                defer { told = station.world.told }
                if station.opened.quarantine == nil { working += 1 } else { quarantined += 1 }
                try station.conductor.take(.guardJoined)
                try station.scan("card")
                try station.scan("box-1")
                for locker in JournalBench.lockers { try station.conductor.take(.contentChecked(locker, .holds)) }
                try station.scan("box-2")
                try station.passDoor(JournalBench.lockers[1])
                try station.journal.close()
            } catch {
                Issue.record("page \(page): \(error), after \(told)")
            }
        }
        #expect(quarantined > 5 && working > 5)
    }

    @Test func `a damaged journal does not keep a real station from starting, and staff learn of it`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        #expect(house.stop(.station) == 0)
        let old = try #require(
            try rows("SELECT max(sequence) AS last, epoch FROM entry, journal", in: house.journal).first)
        let (last, epoch) = (old["last"] as Int64, old["epoch"] as String)
        let queue = try DatabaseQueue(path: house.journal)
        try queue.write { try $0.execute(sql: "UPDATE entry SET kind = 'guard-lost' WHERE sequence = \(last)") }
        try queue.close()

        try house.start(.station)
        try house.waitUntilReady()
        #expect(house.errors(of: .station).contains("the journal was damaged and put aside"))
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[0].label.text)
        try eventually("the drill is refused") { house.screen.contains("refused-locker-unverified") }
        #expect(!house.trace.contains { $0.line.contains("coil") && $0.value == "1" })
        let status = try house.run("journal", "status").output
        for locker in SampleHouse.lockers { #expect(status.contains(locker.id), "\(status)") }
        #expect(house.stop(.station) == 0)

        let entries = try jsonLines(try house.run("journal", "export").output)
        let data = try #require(entries.first?["data"] as? JSONLine)
        #expect(entries.first?["type"] as? String == "org.milastation.epoch-opened.v1")
        #expect(data["reason"] as? String == "quarantined")
        let before = try #require(Epoch(epoch))
        let predecessor = EntryNumber(epoch: before, sequence: UInt64(last) - 1)
        #expect(data["predecessor"] as? String == predecessor.description)
        #expect(entries.count { $0["type"] as? String == "org.milastation.content-doubted.v1" } == 6)
        #expect(try house.run("journal", "verify").code == 0)
    }

    // MARK: - A full disk

    @Test(.enabled(if: SmallDisk.isPossible, "only root may mount the small file system that this test fills"))
    func `a full disk refuses requests, finishes what is under way, and lends again when it has room`() throws {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let bench = try JournalBench(in: disk.path)
        let station = try JournalStation(bench)
        let ballast = Ballast(path: disk.path + "/ballast")
        #expect(ballast.isAboard)
        try station.conductor.take(.guardJoined)
        try station.scan("card")
        try station.scan("box-1")
        #expect(station.world.ordered.count == 1)

        disk.fill()
        try refuse(station)
        try station.scan("box-2")
        #expect(station.world.told.last == .refused(.storageFull))
        #expect(station.world.ordered.count == 1)
        #expect(ballast.isAboard)

        // What the door did is written, for which the ballast goes overboard.
        for _ in 1...40 {
            try station.conductor.take(.lockerFault(JournalBench.lockers[2], reason: "the line is held"))
        }
        try station.passDoor(JournalBench.lockers[0])
        #expect(station.world.told.last == .taken)
        #expect(!ballast.isAboard)
        #expect(try station.journal.books().loans.count == 1)
        try station.scan("box-2")
        #expect(station.world.told.last == .refused(.storageFull))
        #expect(station.world.ordered.count == 1)

        disk.makeRoom()
        try station.scan("box-2")
        #expect(station.world.ordered.count == 2)
        #expect(ballast.isAboard)
        try station.passDoor(JournalBench.lockers[1])
        #expect(try station.journal.books().loans.count == 2)
        try station.journal.close()
        let (books, replayed) = try bench.with { (try $0.books(), try BooksState(replaying: try $0.entries())) }
        #expect(books == replayed)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root may mount the small file system that this test fills"))
    func `a station that starts on a full disk starts from its ballast`() throws {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let bench = try JournalBench(in: disk.path)
        try JournalStation(bench).journal.close()
        disk.fill()
        let station = try JournalStation(bench)
        #expect(!Ballast(path: disk.path + "/ballast").isAboard)
        try station.conductor.take(.guardJoined)
        try station.scan("card")
        try station.scan("box-1")
        #expect(station.world.told.last == .refused(.storageFull))
        disk.makeRoom()
        try station.scan("box-1")
        #expect(station.world.ordered.count == 1)
        try station.journal.close()
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root may mount the small file system that this test fills"))
    func `without a ballast an outcome does not fit`() throws {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let station = try JournalStation(try JournalBench(in: disk.path))
        try station.conductor.take(.guardJoined)
        disk.fill()
        try refuse(station)
        Ballast(path: disk.path + "/ballast").drop()
        disk.fill()
        #expect(throws: JournalFault.full) {
            for _ in 1...40 {
                try station.conductor.take(.lockerFault(JournalBench.lockers[2], reason: "the line is held"))
                try station.conductor.take(.lockerWorks(JournalBench.lockers[2]))
            }
        }
    }

    /// Scans until the last room of pages that are in use already is used up.
    private func refuse(_ station: JournalStation) throws {
        for _ in 1...60 where station.world.told.last != .refused(.storageFull) { try station.scan("nobody knows") }
        #expect(station.world.told.last == .refused(.storageFull))
    }

    private func checkout(of item: String) -> Happening {
        .checkoutBegun(
            item: id(item), borrower: id("b-1"), locker: id("1"),
            due: WallTime(milliseconds: 1_796_000_000_000), opening: nil)
    }
}
