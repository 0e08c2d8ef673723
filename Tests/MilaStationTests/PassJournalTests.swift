// What a journal on disk knows of passes: how often each was tried, which it can't know of, and for how long it remembers.

import Foundation
import GRDB
import TestSupport
import Testing

@testable import MilaStation
@testable import StationCore

@Suite struct PassJournalTests {
    private static let noon = WallTime(milliseconds: 1_795_000_000_000)
    private static let day: Int64 = 86_400_000

    /// A loan that begins with a pass, and its number.
    private func begin(
        _ nonce: UInt64, in store: JournalStore, at time: WallTime, quality: ClockQuality = .synchronised
    ) throws -> EntryNumber {
        let loan = store.head.next
        try store.write(
            [
                .checkoutBegun(
                    item: id("drill"), borrower: id("b-1"), locker: id("1"), due: time.adding(milliseconds: Self.day),
                    opening: nil),
                .passAccepted(
                    PassNonce(nonce), booking: id("booking-1"), loan: loan,
                    until: time.adding(milliseconds: Self.day)),
            ], at: time, quality: quality)
        return loan
    }

    private func use(_ nonce: UInt64, _ store: JournalStore) throws -> PassUse? {
        try store.read { try Books.use(of: PassNonce(nonce), $0) }
    }

    @Test func `a pass is used when its loan begins, free when that comes to nothing, and counted`() throws {
        let bench = try JournalBench()
        var store = try bench.open().store
        #expect(try use(1, store) == nil)
        for attempt in 1...3 {
            let loan = try begin(1, in: store, at: Self.noon)
            #expect(try use(1, store)?.loan == loan)
            // A power cut between the two changes nothing.
            try store.close()
            store = try bench.open().store
            #expect(try use(1, store)?.loan == loan)
            let errand = Errand(purpose: .checkout, opening: loan, loan: loan, item: id("drill"), locker: id("1"))
            try store.write([.checkoutFailed(errand, .didNotOpen, content: nil)], at: Self.noon)
            let left = try #require(try use(1, store))
            #expect(left.loan == nil && left.attempts == attempt)
        }
        #expect(try store.books() == BooksState(replaying: store.entries()))
        try store.close()
    }

    @Test func `it is forgotten 90 days after its end, by a clock that was right, in tables and replays alike`() throws
    {
        let bench = try JournalBench()
        let store = try bench.open().store
        _ = try begin(1, in: store, at: Self.noon)
        let late = Self.noon.adding(milliseconds: 91 * Self.day)
        _ = try begin(2, in: store, at: late, quality: .holdover)
        #expect(try use(1, store) != nil)
        _ = try begin(3, in: store, at: late)
        #expect(try use(1, store) != nil, "on its last day")
        _ = try begin(4, in: store, at: late.adding(milliseconds: 1))
        #expect(try use(1, store) == nil)
        #expect(try use(2, store) != nil)
        #expect(try store.books() == BooksState(replaying: store.entries()))
        var image = BooksImage()
        for entry in try store.entries() { try image.apply(entry) }
        #expect(image.passes.uses.count == 3)
        #expect(try BooksImage(JSON(parsing: image.json.canonical)) == image)
        try store.close()
    }

    @Test func `a use that somebody took out of the tables is found by the scrub`() throws {
        let bench = try JournalBench()
        try bench.with { _ = try begin(1, in: $0, at: Self.noon) }
        func difference() throws -> String? {
            try bench.with { store in
                var replay = BooksReplay(source: JournalBench.source)
                for entry in try store.entries() { try replay.take(entry) }
                return try store.read { replay.difference(from: try BookTables($0)) }
            }
        }
        #expect(try difference() == nil)
        for change in ["UPDATE pass SET loan = NULL", "UPDATE pass SET attempts = 2", "DELETE FROM pass"] {
            try bench.tamper(change)
            #expect(try difference() == "other passes were used than the entries say", "\(change)")
        }
    }

    /// Journals, and the time before which they know nothing of passes: as hours after their first entry.
    static let beginnings: [(reason: EpochReason, clocks: [ClockQuality], isTrimmed: Bool, unknownBefore: Int64)] = [
        (.first, [.synchronised, .synchronised], false, 0),
        (.first, [.unknown, .synchronised], false, 1),
        (.quarantined, [.synchronised, .synchronised], false, 0),
        (.forked, [.unknown, .unknown, .holdover, .synchronised], false, 2),
        (.quarantined, [.unknown, .unknown], false, 100),
        (.first, [.synchronised, .unknown, .synchronised], true, 2),
    ]

    @Test(arguments: beginnings.indices)
    func `a journal knows since when it knows of passes, whatever was before it`(
        _ index: Int
    ) throws {
        let row = Self.beginnings[index]
        func hour(_ number: Int64) -> WallTime { Self.noon.adding(milliseconds: number * 3_600_000) }
        let bench = try JournalBench()
        try bench.with { store in
            for (number, clock) in row.clocks.enumerated() {
                let happening =
                    number == 0
                    ? Happening.epochOpened(row.reason, program: "bench", predecessor: nil) : .guardJoined
                try store.write([happening], at: hour(Int64(number)), quality: clock)
            }
        }
        if row.isTrimmed { try bench.tamper("DELETE FROM entry WHERE sequence = 1") }
        let queue = try DatabaseQueue(path: bench.path)
        let known = try queue.read { try JournalReader.passesUnknownBefore($0, hour(100)) }
        #expect(known == hour(row.unknownBefore))
        try queue.close()
    }
}
