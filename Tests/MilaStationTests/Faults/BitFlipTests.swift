// Bits flip in the files of a station that rests: in its database, and in the write-ahead log that a power cut left. Each is
// found at the start or by the scrub, or changes nothing that counts; none makes a book that is silently wrong, or a station
// that can't start. FLIPS tries so many, each time others.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct BitFlipTests {
    private static let chosen = ProcessInfo.processInfo.environment["FLIPS"].flatMap { Int($0) }
    static let flips = chosen ?? 160

    /// What became of a flipped bit.
    enum Verdict: String, CaseIterable {
        /// The start put the journal aside.
        case quarantined
        /// The start did not see it, and the scrub said so.
        case scrubbed
        /// All entries and books are there.
        case harmless
        /// The newest transaction is not there: it looks as if the power had gone in it.
        case torn
        /// Something is wrong and nobody said so.
        case silent
    }

    @Test func `a bit that flips in a database is found, or changes nothing`() throws {
        let resting = try RestingJournal(isClosed: true)
        #expect(resting.log.isEmpty)
        let verdicts = try flip(resting, in: \.database)
        #expect(verdicts[.torn, default: []].isEmpty)
        #expect(verdicts[.quarantined, default: []].count > 5 && verdicts[.harmless, default: []].count > 5)
        print("bit flips in a database: \(summary(verdicts))")
    }

    @Test func `a bit that flips in a write-ahead log is found, or looks like a power cut in the last transaction`()
        throws
    {
        let resting = try RestingJournal(isClosed: false)
        #expect(resting.log.count > 20_000)
        let verdicts = try flip(resting, in: \.log)
        for place in verdicts[.torn, default: []] {
            #expect(place >= resting.lastTransaction, "byte \(place) of the log")
        }
        #expect(verdicts[.quarantined, default: []].count > 5)
        print("bit flips in a write-ahead log: \(summary(verdicts))")
    }

    private func summary(_ verdicts: [Verdict: [Int]]) -> String {
        Verdict.allCases.map { "\(verdicts[$0, default: []].count) \($0.rawValue)" }.joined(separator: ", ")
    }

    /// Flips bits, one at a time, spread over a whole file; the places by what became of them.
    private func flip(
        _ resting: RestingJournal, in file: WritableKeyPath<RestingJournal, Data>
    ) throws -> [Verdict: [Int]] {
        let seed = Self.chosen == nil ? 20_261_130 : UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let count = resting[keyPath: file].count
        var verdicts: [Verdict: [Int]] = [:]
        for number in 0..<Self.flips {
            // Each part of the file gets its share.
            let part =
                count * number / Self.flips..<max(count * (number + 1) / Self.flips, count * number / Self.flips + 1)
            let (byte, bit) = (Int.random(in: part, using: &generator), Int.random(in: 0..<8, using: &generator))
            var flipped = resting
            flipped[keyPath: file][byte] ^= 1 << bit
            do {
                let verdict = try verdict(flipped)
                if verdict == .silent { Issue.record("bit \(bit) of byte \(byte), seed \(seed): silently wrong") }
                verdicts[verdict, default: []].append(byte)
            } catch {
                Issue.record("bit \(bit) of byte \(byte), seed \(seed): \(error)")
            }
        }
        return verdicts
    }

    /// Starts over the files as a station does, and lends.
    private func verdict(_ resting: RestingJournal) throws -> Verdict {
        let bench = try resting.laid()
        let verdict = try look(bench, resting)
        do {
            try work(at: bench)
            return verdict
        } catch let fault as JournalFault {
            // Damage that only writing finds ends the station once, and is put aside at the next start.
            #expect(verdict != .quarantined, "\(fault)")
            let again = try bench.open()
            try again.store.close()
            try #require(again.quarantine != nil, "\(fault)")
            try work(at: bench)
            return .quarantined
        }
    }

    /// The station starts, whatever was found, and staff look into all lockers.
    private func work(at bench: JournalBench) throws {
        let station = try JournalStation(bench)
        try station.conductor.take(.guardJoined)
        for locker in JournalBench.lockers {
            try station.conductor.take(
                .ordered(AdminOrder(.found(.holds), locker, by: id("town-hall"), because: nil)))
        }
        try station.journal.close()
    }

    private func look(_ bench: JournalBench, _ truth: RestingJournal) throws -> Verdict {
        let opened = try bench.open()
        defer { try? opened.store.close() }
        guard opened.quarantine == nil else { return .quarantined }
        let entries: [Entry]
        do {
            entries = try opened.store.entries()
            var replay = BooksReplay(source: JournalBench.source)
            for entry in entries { try replay.take(entry) }
            guard try opened.store.read({ replay.difference(from: try BookTables($0)) }) == nil else {
                return .scrubbed
            }
            guard entries.count == opened.store.head.sequence else { return .scrubbed }
        } catch { return .scrubbed }
        let documents = entries.map { $0.document(source: JournalBench.source) }
        if documents == truth.documents, try opened.store.books() == truth.books { return .harmless }
        return documents == Array(truth.documents.dropLast(truth.lastCount)) ? .torn : .silent
    }

    // MARK: - Controls

    @Test func `SQLite alone takes a flipped bit in its log for the end of it, and the station does not`() throws {
        var resting = try RestingJournal(isClosed: false)
        // In the first frame's page: all transactions are behind it.
        resting.log[32 + 24 + 700] ^= 1
        let plain = try resting.laid()
        let queue = try DatabaseQueue(path: plain.path)
        let left = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") ?? 0 }
        #expect(left == 0, "not even the tables are there, and nobody said so")
        try queue.close()
        #expect(try look(try resting.laid(), resting) == .quarantined)
    }

    @Test func `a log that a power cut tore is not taken for a damaged one`() throws {
        let whole = try RestingJournal(isClosed: false)
        for cut in [whole.lastTransaction + 30, whole.log.count - 600, whole.log.count - 1] {
            var torn = whole
            torn.log = torn.log.prefix(cut)
            #expect(try look(try torn.laid(), whole) == .torn, "cut at \(cut)")
        }
        #expect(try look(try whole.laid(), whole) == .harmless)
    }

    @Test func `a due time that was changed is seen by the scrub and by nothing before it`() throws {
        let resting = try RestingJournal(isClosed: true)
        for sql in [
            "UPDATE loan SET due = due + 1", "UPDATE loan SET borrower = 'b-9'", "UPDATE loan SET renewals = 7",
        ] {
            let bench = try resting.laid()
            try bench.tamper(sql)
            #expect(try bench.open().quarantine == nil)
            #expect(try look(bench, resting) == .scrubbed, "\(sql)")
        }
    }
}

/// The files of a journal that nobody has open, and what is in them.
struct RestingJournal {
    var database: Data
    /// The write-ahead log; empty where the station was stopped in good order.
    var log = Data()
    /// The entries, and the books that they give.
    let documents: [[UInt8]]
    let books: BooksState
    /// How many entries the last transaction has, and where it begins in the log.
    private(set) var lastCount = 0
    private(set) var lastTransaction = 0

    /// A journal with a history; closed, or as a power cut leaves it: all of it in the log.
    init(isClosed: Bool) throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        var history = RandomHistory(seed: 20)
        for _ in 0..<60 { try store.write(history.decision(at: store.head.next)) }
        // Loans that are open, so that there are books to be damaged.
        try store.write([.checkout(of: "drill"), .checkout(of: "saw")])
        let log = bench.path + "-wal"
        lastTransaction = Self.file(log).count
        try store.write([.guardJoined, .guardLost])
        lastCount = 2
        (documents, books) = (
            try store.entries().map { $0.document(source: JournalBench.source) }, try store.books()
        )
        if isClosed { try store.close() }
        (database, self.log) = (bench.bytes, Self.file(log))
        if !isClosed { try store.close() }
    }

    private static func file(_ path: String) -> Data { FileManager.default.contents(atPath: path) ?? Data() }

    /// The files in a folder of their own.
    func laid() throws -> JournalBench {
        let bench = try JournalBench()
        try bench.write(database)
        if !log.isEmpty { try log.write(to: URL(fileURLWithPath: bench.path + "-wal")) }
        return bench
    }
}
