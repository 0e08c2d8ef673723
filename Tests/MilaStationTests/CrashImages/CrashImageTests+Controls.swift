// A test that can't fail shows nothing: days on which something is lost, and programs that promise too early, are found out.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

extension CrashImageTests {
    private static let seed = UInt64.random(in: 0...UInt64.max)
    private var seed: UInt64 { Self.seed }

    @Test(arguments: ["NORMAL", "OFF"])
    func `with a weaker setting of SQLite entries are lost, and it shows`(synchronous: String) async throws {
        let recording = try await RecordedDay.short(synchronous: synchronous)
        let station = try CrashDay.station(recording, seed: seed)
        let pool = try await CrashDay.pool(recording, history: station.history, seed: seed)
        try await expect(["LOST"], station.run, 1500, "station with \(synchronous)")
        try await expect(["LOST"], pool, 1500, "pool with \(synchronous)")
    }

    @Test(arguments: [Promises.Kind.order, .message])
    func `a station that orders or tells before it commits is found out`(hasty: Promises.Kind) async throws {
        let recording = try await RecordedDay.shared()
        let run = try CrashDay.station(recording, hasty: hasty, seed: seed).run
        try await expect(["LOST"], run, 2500, "hasty \(hasty)")
    }

    @Test func `a pool that gives receipts before it commits is found out`() async throws {
        let recording = try await RecordedDay.shared()
        let history = try CrashDay.station(recording, seed: seed).history
        let run = try await CrashDay.pool(recording, history: history, hasty: .note, seed: seed)
        try await expect(["LOST"], run, 2500, "hasty receipt")
    }

    @Test func `a station that does not make its folder durable is found out`() async throws {
        let recording = try await RecordedDay.shared()
        var (run, history) = try CrashDay.station(recording, seed: seed)
        let index = try #require(run.log.records.firstIndex { $0.operation == .folderSynced && $0.path == "" })
        run.log = run.log.without(index)
        run.promises = Promises(run.log, history: history)
        try await expect(["LOST"], run, 1500, "folder")
    }

    // MARK: - Forgetting

    @Test func `a station that says too early what it has forgotten, or forgets half of it, is found out`()
        async throws
    {
        let recording = try await RecordedDay.sharedForgetting()
        let run = try CrashDay.station(recording, seed: seed).run
        let told = try #require(run.promises.trimmed.firstIndex { $0 > 0 })
        let emptied = try #require(run.log.emptied("station/journal.sqlite-wal").last { $0 < told })

        // Borrowers are erased by then, and nothing of that is written back yet.
        var hasty = run
        hasty.promises = run.promises.withTrimTold(at: emptied - 20)
        try await expect(["BACK: entries", "BACK: a borrower"], hasty, 1500, "told before it is forgotten")
    }

    // MARK: - Quarantine

    @Test func `a station that loses a journal it puts aside is found out`() async throws {
        let recording = try await RecordedDay.sharedQuarantine()
        let whole = try CrashDay.quarantine(recording, seed: seed)
        var careless = whole
        careless.log = whole.log.without(try #require(whole.log.records.firstIndex { $0.operation == .linked }))
        careless.promises = Promises(careless.log, history: [])
        try await expect(["LOST: the damaged journal"], careless, 1000, "quarantine without a second name")
        let trusting = try CrashDay.quarantine(recording, isTrusting: true, seed: seed)
        try await expect(["a locker is trusted"], trusting, 500, "quarantine, lockers are trusted")
    }

    private func expect(_ faults: [String], _ run: ImageRun, _ budget: Int, _ name: String) async throws {
        var run = run
        run.budget = budget
        let report = try await run.report()
        print("crash images, control '\(name)': \(report); seed \(seed)")
        for fault in faults { #expect(report.faults.contains { $0.contains(fault) }, "\(report) \(report.faults)") }
    }
}
