// A power cut at any moment of a day at a station: all that the disk may hold then is opened by the real start-up code, and
// has what anybody was told or receipted until then (rules S4 and S5). `docs/crash-images.md` says how it is done.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite(.serialized, .enabled(if: !isSanitized, "a sanitizer's own runtime stands between a program and its recorder"))
struct CrashImageTests {
    // MARK: - What survives

    @Test func `a first start, a few loans and a cut: all that was told or receipted is there`() async throws {
        try await Self.survives("short", share: 0.85) { try await RecordedDay.shared() }
    }

    @Test func `a long day whose log is written back: all that was told or receipted is there`() async throws {
        let recording = try await Self.survives("long", share: 0.05) { try await RecordedDay.long() }
        let log = try recording.log("mila-station")
        #expect(log.checkpoints(of: "station/journal.sqlite-wal") > 0, "it was never written back because of its size")
    }

    @Test(arguments: [1, 2])
    func `the start that brings an older journal up to date: no entry of it is lost`(version: Int) async throws {
        let name = "version-\(version)"
        let before = version == 1 ? 9 : 15
        let recording = try await Self.recording(name) { try RecordedMigration.run(from: version) }
        let log = try recording.log("mila-station")
        #expect(try recording.unexplained(log, below: "station") == [])
        let check = try StationImageCheck(
            whole: recording.home, data: "station", source: JournalBench.source, before: before)
        // What the older version had promised before.
        let promises = Promises(log, history: check.history, before: before)
        let run = ImageRun(log: log, promises: promises, check: check, budget: Self.budget / 20, seed: Self.seed)
        try await Self.expectNothingLost(run, name, recording)
    }

    // MARK: - What does not: the controls

    @Test(arguments: ["NORMAL", "OFF"])
    func `with a weaker setting of SQLite entries are lost, and it shows`(synchronous: String) async throws {
        let recording = try await RecordedDay.short(synchronous: synchronous)
        let station = try Self.stationRun(recording, budget: 1500)
        let pool = try await Self.poolRun(recording, history: station.history, budget: 1500)
        try await expectLoss(station.run, "station with \(synchronous)")
        try await expectLoss(pool, "pool with \(synchronous)")
    }

    @Test(arguments: [Promises.Kind.order, .message])
    func `a station that orders or tells before it commits is found out`(hasty: Promises.Kind) async throws {
        let recording = try await RecordedDay.shared()
        try await expectLoss(try Self.stationRun(recording, budget: 2500, hasty: hasty).run, "hasty \(hasty)")
    }

    @Test func `a pool that gives receipts before it commits is found out`() async throws {
        let recording = try await RecordedDay.shared()
        let history = try Self.stationRun(recording, budget: 0).history
        let run = try await Self.poolRun(recording, history: history, budget: 2500, hasty: .note)
        try await expectLoss(run, "hasty receipt")
    }

    @Test func `a station that does not make its folder durable is found out`() async throws {
        let recording = try await RecordedDay.shared()
        var run = try Self.stationRun(recording, budget: 1500).run
        let index = try #require(run.log.records.firstIndex { $0.operation == .folderSynced && $0.path == "" })
        run.log = run.log.without(index)
        run.promises = Promises(run.log, history: try Self.stationRun(recording, budget: 0).history)
        try await expectLoss(run, "folder")
    }

    private func expectLoss(_ run: ImageRun, _ name: String) async throws {
        let report = try await run.report()
        print("crash images, control '\(name)': \(report)")
        #expect(report.failures.contains { $0.text.contains("LOST") }, "\(report)")
    }

    // MARK: - How

    private static let environment = ProcessInfo.processInfo.environment
    /// About how many images are made in all; `make crashtest` asks for more.
    private static let budget = environment["CRASH_IMAGES"].flatMap { Int($0) } ?? 24_000
    private static let seed = environment["CRASH_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)

    /// A recording that is made now, or one that was kept of an earlier run.
    private static func recording(_ name: String, _ make: () async throws -> Recording) async throws -> Recording {
        if let kept = environment["CRASH_RECORDING"], kept.hasSuffix("-" + name) { return Recording(kept: kept) }
        return try await make()
    }

    /// Goes through the images of a day's two logs.
    @discardableResult
    private static func survives(
        _ name: String, share: Double, _ make: () async throws -> Recording
    ) async throws -> Recording {
        let recording = try await recording(name, make)
        for (program, data) in [("mila-station", "station"), ("city-pool", "pool")] {
            let log = try recording.log(program)
            #expect(try recording.unexplained(log, below: data) == [], "the recorder of \(program) missed something")
        }
        let budget = Int(Double(budget) * share)
        let station = try stationRun(recording, budget: budget * 2 / 3)
        let pool = try await poolRun(recording, history: station.history, budget: budget / 3)
        try await expectNothingLost(station.run, "\(name) day, station", recording)
        try await expectNothingLost(pool, "\(name) day, pool", recording)
        return recording
    }

    private static func expectNothingLost(_ run: ImageRun, _ name: String, _ recording: Recording) async throws {
        let began = Date()
        let report = try await run.report()
        let words = run.promises.counts.map { "\($0.value) × \($0.key)" }.sorted()
        print(
            "crash images, \(name): \(report); promised: \(words.joined(separator: ", ")); seed \(seed), "
                + "\(Int(Date().timeIntervalSince(began))) s")
        #expect(run.promises.floor.last ?? 0 >= 9)
        guard report.failureCount > 0 else { return }
        let place = try recording.keep(as: name, report.failures)
        Issue.record(
            """
            \(report.failures.map(\.text).joined(separator: "\n"))
            Kept in \(place). Again: make crashtest IMAGES=\(budget) SEED=\(seed) RECORDING='\(place)'
            """)
    }

    private static func stationRun(
        _ recording: Recording, budget: Int, hasty: Promises.Kind? = nil
    ) throws -> (run: ImageRun, history: [Entry]) {
        let log = try recording.log("mila-station")
        let check = try StationImageCheck(whole: recording.home, data: "station", source: RecordedDay.source)
        let promises = Promises(log, history: check.history, hasty: hasty)
        return (ImageRun(log: log, promises: promises, check: check, budget: budget, seed: seed), check.history)
    }

    private static func poolRun(
        _ recording: Recording, history: [Entry], budget: Int, hasty: Promises.Kind? = nil
    ) async throws -> ImageRun {
        let log = try recording.log("city-pool")
        let check = try await PoolImageCheck(
            whole: recording.home, data: "pool", station: id(SampleHouse.station), source: RecordedDay.source,
            history: history)
        let promises = Promises(log, history: history, hasty: hasty)
        return ImageRun(log: log, promises: promises, check: check, budget: budget, seed: seed)
    }
}
