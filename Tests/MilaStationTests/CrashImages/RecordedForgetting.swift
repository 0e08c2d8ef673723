// A day on which a station forgets: its journal is more than half a year old, its clock is sure, and the pool gets all
// entries; then borrowers are erased, the write-ahead log is emptied and entries are trimmed, while people borrow.

import Foundation
import Groundwork
import StationCore
import TestSupport

@testable import MilaStation

/// Whether a time server holds the clock of a station right.
private final class BoardClock {
    var isSure = false
}

extension RecordedDay {
    /// Entries that are older than 90 days.
    static let trimmed = 160

    /// A station starts on its old journal, sends it all to the pool, and forgets at the next start.
    static func forgetting() async throws -> Recording {
        // While nobody vouches for the time, nothing is forgotten.
        let clock = BoardClock()
        let day = try RecordedDay(recorded: [.station], isClockSure: { clock.isSure })
        try day.growOld()
        try await day.open()
        try await soon("the pool has all entries") { try day.acknowledged() >= oldCount }
        try day.close()
        clock.isSure = true
        try await day.open()
        try await day.lend()
        try await soon("entries are trimmed") { try day.isForgotten() }
        try await day.pull()
        try await day.beKilled()
        try await day.bringBack()
        try day.close()
        try day.end()
        return day.recording
    }

    /// Whether the station says, signed, that its old entries are gone.
    private func isForgotten() throws -> Bool {
        try house.run("journal", "verify").output.contains("Entries 1 to \(Self.trimmed) are no longer kept")
    }

    private func acknowledged() throws -> Int {
        let lines = try house.run("journal", "status").output.split(separator: "\n")
        return lines.first { $0.hasPrefix("acknowledged: ") }.flatMap { Int($0.dropFirst(14)) } ?? 0
    }

    // MARK: - The old journal

    static let oldCount = 480
    /// What the station's clock says, which is never less than when the program was released.
    static var now: WallTime {
        max(WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), programReleased)
    }

    /// Loans of each age, and other entries: such that go, such whose borrowers go, and such that are too young.
    private static let ages: [(days: Int64, loans: Int, others: Int, borrower: String)] = [
        (200, 39, 0, "gone"), (60, 20, 200, "gone"), (10, 9, 0, "young"),
    ]

    /// Writes a journal by the product's own code, as if its clock had been that of months ago.
    private func growOld() throws {
        try FileManager.default.createDirectory(
            atPath: house.journal.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let store = try JournalStore.open(house.journal, source: Self.source).store
        func ago(_ days: Int64) -> WallTime { Self.now.adding(milliseconds: -days * 86_400_000) }
        try store.write(
            [.epochOpened(.first, program: "old", predecessor: nil), .stationStarted(program: "old")], at: ago(200))
        // Never brought back: its borrower stays in the books when the entry is gone.
        try store.lend("ladder", to: "kept", due: ago(190), at: ago(200))
        for (days, loans, others, borrower) in Self.ages {
            for number in 0..<loans {
                let item = "saw-\(days)-\(number)"
                let loan = try store.lend(item, to: "\(borrower)-\(days)-\(number)", due: ago(days - 1), at: ago(days))
                try store.giveBack(loan, item, at: ago(days))
            }
            for _ in 0..<others { try store.write([.guardLost], at: ago(days)) }
        }
        while store.head.sequence < Self.oldCount { try store.write([.guardJoined], at: ago(5)) }
        try store.close()
        // The station makes one of its own.
        try FileManager.default.removeItem(atPath: house.journal.folder + "/ballast")
    }
}
