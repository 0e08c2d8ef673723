// What the journal forgets: borrowers once their loans are over and the time for questions too, entries once the pool has them
// and 90 days have passed. What is left verifies, replays, and can be written on.

import Foundation
import Groundwork
import Logging
import TestSupport
import Testing

@testable import MilaStation
@testable import StationCore

@Suite struct RetentionTests {
    private static let start = WallTime(milliseconds: 1_780_000_000_000)
    private static let hour: Int64 = 3_600_000
    private let folder: Folder
    private let key: SigningKey

    init() throws {
        folder = try Folder()
        key = try SigningKey(file: folder.path + "/station.key", name: JournalBench.source.description)
    }

    // MARK: - Borrowers

    @Test func `a borrower is erased when the loan is over and its time too, and the chain still verifies`() throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        let (first, second) = (try lend("secret-one", in: store, hour: 0), try lend("secret-two", in: store, hour: 1))
        try giveBack(first, in: store, hour: 2)
        try store.write([.pinRefused(.borrower(id("secret-three")))], at: Self.time(3))
        try store.write([.staffSignedIn(id("s-1")), .guardLost], at: Self.time(4))
        try giveBack(second, in: store, hour: 40)
        let untouched = try store.entries()

        // Nothing that the pool has not got, whatever the time.
        #expect(try !store.erase(before: Self.time(1000)))
        try store.remember(acknowledged: store.head.sequence, receipt: "r", setAside: [])
        #expect(try !store.erase(before: Self.time(0)))
        while try store.erase(before: Self.time(30)) {}
        try store.emptyLog()

        let entries = try store.entries()
        func person(_ number: EntryNumber) -> Person? { entries[Int(number.sequence) - 1].disclosure?.person }
        #expect(person(first) == nil && person(second) == .borrower(id("secret-two")), "the second loan is too young")
        #expect(entries.contains { $0.disclosure?.person == .staff(id("s-1")) })
        #expect(entries.map(\.hash) == untouched.map(\.hash))
        var verifier = ChainVerifier(source: JournalBench.source)
        for entry in entries { try verifier.take(EntryDocument(entry: entry, source: JournalBench.source)) }
        #expect(verifier.head == store.head)
        for (name, isThere) in [("secret-one", false), ("secret-two", true), ("secret-three", false)] {
            #expect(try isInFiles(name, bench) == isThere, "\(name)")
        }
        while try store.erase(before: Self.time(1000)) {}
        try store.emptyLog()
        #expect(try !isInFiles("secret-two", bench))
        try store.close()
    }

    @Test func `an open loan keeps its borrower however old it is`() throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        let loan = try lend("b-9", in: store, hour: 0)
        try store.write([.guardLost], at: Self.time(10_000))
        try store.remember(acknowledged: store.head.sequence, receipt: "r", setAside: [])
        while try store.erase(before: Self.time(9_999)) {}
        #expect(try store.entries()[Int(loan.sequence) - 1].disclosure?.borrower == id("b-9"))
        #expect(try store.books().loans.first?.borrower == id("b-9"))
        try store.close()
    }

    // MARK: - Entries

    @Test(arguments: [3, 41, 20_261_121] as [UInt64])
    func `what is left of a trimmed journal verifies and replays to the same books`(seed: UInt64) throws {
        let bench = try JournalBench()
        var store = try bench.open().store
        try fill(store, seed: seed, count: 1500)
        let (whole, books) = (try store.entries(), try store.books())
        let head = store.head
        var image = BooksImage()
        for entry in whole { try image.apply(entry) }
        try store.remember(acknowledged: head.sequence, receipt: "r", setAside: [])
        try forget(store, before: whole[700].time)

        let marks = try store.read(Retention.marks)
        #expect(marks.trimmed == 700, "the entry at the cutoff itself is kept")
        let note = try #require(marks.note.flatMap { SignedNote($0) })
        let trim = try #require(TrimNote(text: note.text))
        #expect(key.noteKey.signed(note))
        #expect(try trim.head == store.start())
        var rest = try store.read(Retention.books)
        #expect(EntryHash(of: rest.json.canonical) == trim.books)
        #expect(try BooksImage(JSON(parsing: rest.json.canonical)) == rest)

        let left = try store.entries()
        #expect(left.map(\.number) == whole.dropFirst(700).map(\.number))
        var verifier = ChainVerifier(source: JournalBench.source, after: trim.head)
        for entry in left {
            try verifier.take(EntryDocument(entry: entry, source: JournalBench.source))
            try rest.apply(entry)
        }
        #expect(verifier.head == head && rest == image)

        // It opens again, and is written on.
        try store.close()
        store = try bench.open().store
        #expect(store.head == head)
        #expect(try store.books() == books)
        try store.write([.guardLost], at: Self.time(5000))
        #expect(try store.entries().last?.previousHash == head.hash)
        try store.close()
        // And whoever changes what was signed for is found out.
        #expect(try verify(bench, key).code == 0)
        let empty = String(decoding: BooksImage().json.canonical, as: UTF8.self)
        try bench.tamper("UPDATE retention SET books = CAST('\(empty)' AS BLOB)")
        #expect(try verify(bench, key).output.contains("are not those that the station signed for"))
        try bench.tamper("UPDATE retention SET hash = zeroblob(32)")
        #expect(try verify(bench, key).code == 1)
    }

    @Test func `entries stay that the pool has not got, that the start checks, or that tell the time`() throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        try fill(store, seed: 7, count: 1000)
        try store.remember(acknowledged: 300, receipt: "r", setAside: [])
        try forget(store, before: Self.time(100_000))
        #expect(try store.read(Retention.marks).trimmed == 300)
        try store.remember(acknowledged: store.head.sequence, receipt: "r", setAside: [])
        try forget(store, before: Self.time(100_000))
        #expect(try store.entries().count == JournalStore.tailCount)
        // From here on nobody knew the time: the last entry that did is the clock's floor.
        let floor = store.head.sequence
        for _ in 0..<600 { try store.write([.guardLost], at: Self.time(0), quality: .unknown) }
        try store.remember(acknowledged: store.head.sequence, receipt: "r", setAside: [])
        try forget(store, before: Self.time(100_000))
        #expect(try store.entries().first.map { $0.number.sequence <= floor } == true)
        #expect(try ClockFloor.read(store, poolTime: nil) > Self.time(900))
        try store.close()
    }

    @Test func `the times of a clock that nobody vouches for make nothing older or younger`() throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        for hour in 0..<200 {
            // Every other hour the clock is wrong, by ten years, or says 1970.
            let wrong = hour % 4 == 1 ? WallTime(milliseconds: 0) : Self.time(87_600)
            try store.write([.guardLost], at: Self.time(Int64(hour)))
            try store.write([.guardJoined], at: wrong, quality: .unknown)
        }
        for hour in 200..<600 { try store.write([.guardLost], at: Self.time(Int64(hour))) }
        try store.remember(acknowledged: store.head.sequence, receipt: "r", setAside: [])
        try forget(store, before: Self.time(100))
        #expect(try store.read(Retention.marks).trimmed == 199, "up to the last sure entry before the hundredth hour")
        try store.close()
    }

    @Test func `a damaged entry stops the trimming, and is kept with all after it`() throws {
        let bench = try JournalBench()
        try bench.with { store in
            try fill(store, seed: 8, count: 800)
            try store.remember(acknowledged: store.head.sequence, receipt: "r", setAside: [])
        }
        try bench.tamper("UPDATE entry SET kind = 'nothing' WHERE sequence = 70")
        try bench.with { store in
            while try store.erase(before: Self.time(10_000)) {}
            #expect(try trim(store, before: Self.time(10_000)))
            #expect(throws: JournalFault.self) { _ = try trim(store, before: Self.time(10_000)) }
            #expect(store.writeFailure == nil, "lending goes on")
            #expect(try store.read(Retention.marks).trimmed == 64)
        }
    }

    // MARK: - In a station

    @Test func `a station forgets by itself, and 'journal verify' says what is gone`() async throws {
        let bench = try JournalBench()
        let now = WallTime(milliseconds: 1_795_000_000_000)  // What the played clock says.
        try bench.with { store in
            for day in (1...400).reversed() {
                try store.write([.guardLost], at: now.adding(milliseconds: -Int64(day) * 24 * Self.hour))
            }
            try store.remember(acknowledged: 400, receipt: "r", setAside: [])
        }
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let loop = StationLoop(log: log, onEntries: { _ in }, onTurn: {}, onFault: { Issue.record("\($0)") })
        try await loop.start {
            let station = try JournalStation(bench)
            return StationLoop.Workplace(conductor: station.conductor, journal: station.journal)
        }
        let service = RetentionService(
            loop: loop, log: log, erasureDays: { 30 }, sign: { [key] in try key.sign($0.text).encoded })
        try await service.forget()
        let trimmed = try await loop.ask { try $0.journal.read(Retention.marks).trimmed }
        // 401 entries with the start's own, of which the last 256 are kept whatever their age.
        #expect(trimmed == 145)
        await loop.finish()

        let fine = try verify(bench, key)
        #expect(
            fine.code == 0 && fine.output.contains("Entries 1 to 145 are no longer kept"),
            "\(fine.output)\(fine.errors)")
        let other = try SigningKey(file: folder.path + "/other.key", name: JournalBench.source.description)
        #expect(try verify(bench, other).output.contains("not signed by the station's key"))
        try bench.tamper("DELETE FROM entry WHERE sequence = 146")
        let cut = try verify(bench, key)
        #expect(cut.code != 0 && (cut.output + cut.errors).contains("146"), "\(cut.output)\(cut.errors)")
    }

    // MARK: - Helpers

    private static func time(_ hour: Int64) -> WallTime { start.adding(milliseconds: hour * Self.hour) }

    private func lend(_ borrower: String, in store: JournalStore, hour: Int64) throws -> EntryNumber {
        try store.lend("saw-\(hour)", to: borrower, due: Self.time(500), at: Self.time(hour))
    }

    private func giveBack(_ loan: EntryNumber, in store: JournalStore, hour: Int64) throws {
        try store.giveBack(loan, "saw-x", at: Self.time(hour))
    }

    /// Writes a random history, an entry an hour.
    private func fill(_ store: JournalStore, seed: UInt64, count: UInt64) throws {
        var history = RandomHistory(seed: seed)
        while store.head.sequence < count {
            let decision = history.decision(at: store.head.next)
            for happening in decision { try store.write([happening], at: Self.time(Int64(store.head.sequence))) }
        }
    }

    private func forget(_ store: JournalStore, before cutoff: WallTime) throws {
        while try store.erase(before: cutoff) {}
        while try trim(store, before: cutoff) {}
    }

    private func trim(_ store: JournalStore, before cutoff: WallTime) throws -> Bool {
        try store.trim(before: cutoff) { try key.sign($0.text).encoded }
    }

    private func verify(_ bench: JournalBench, _ key: SigningKey) throws -> TestProcess.End {
        try TestProcess.run(
            "mila-station", ["journal", "verify", "--database", bench.path, "--key", key.noteKey.description])
    }

    /// Whether a borrower's disclosure stands anywhere in the journal's files, in the clear or as it is stored.
    private func isInFiles(_ name: String, _ bench: JournalBench) throws -> Bool {
        let files = try bench.files.filter { $0.hasPrefix("journal.sqlite") }.map { file in
            FileManager.default.contents(atPath: bench.path.folder + "/" + file) ?? Data()
        }
        // Base64 of a text depends on where in three bytes it begins.
        let forms = (0..<3).map { shift in
            let padded = [UInt8](repeating: 0x41, count: shift) + Array(name.utf8)
            let text = Base64URL.encode(padded)
            return String(text.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(2))
        }
        return files.contains { data in
            (forms + [name]).contains { data.range(of: Data($0.utf8)) != nil }
        }
    }
}
