// Goes through the images of recorded days, and says what was found: a few thousand with each change, a million by
// `make crashtest`.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

/// Runs through the images of recorded days.
struct CrashSeries {
    private static let environment = ProcessInfo.processInfo.environment
    /// How many images somebody wants, beside those that are made with each change.
    static let wanted = environment["CRASH_IMAGES"].flatMap { Int($0) }
    /// The recording of an earlier run that somebody wants to look at again.
    private static let kept = environment["CRASH_RECORDING"]

    private let seed = environment["CRASH_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)

    /// The days that somebody wants images of.
    static var days: [CrashDay] { CrashDay.allCases.filter { isKept($0) || kept == nil } }

    private static func isKept(_ day: CrashDay) -> Bool {
        kept?.hasSuffix("mila-crash-images-" + day.rawValue) ?? false
    }

    /// A day's recording: one that was kept of an earlier run, or one that is made now.
    static func recording(of day: CrashDay) async throws -> Recording {
        if let kept, isKept(day) { return Recording(kept: kept) }
        return try await day.record()
    }

    /// Goes through about so many images of a day; how many it were.
    func run(
        _ day: CrashDay, _ recording: Recording, budget: Int, isLong: Bool = false
    ) async throws -> Int {
        for (program, data) in [("mila-station", "station"), ("city-pool", "pool")] {
            guard let log = try? recording.log(program) else { continue }
            #expect(try recording.unexplained(log, below: data) == [], "the recorder of \(program) missed something")
        }
        var made = 0
        let runs = try await day.runs(recording, seed: seed)
        for (index, (name, run)) in runs.enumerated() {
            var run = run
            // Two thirds of the station, the rest of the pool.
            run.budget = index == runs.count - 1 ? budget - made : budget * 2 / 3
            made += try await expectNothingLost(run, name, recording, day, isLong)
        }
        return made
    }

    private func expectNothingLost(
        _ run: ImageRun, _ name: String, _ recording: Recording, _ day: CrashDay, _ isLong: Bool
    ) async throws -> Int {
        let began = Date()
        let report = try await run.report(isLong ? ImageProgress(name, goal: run.budget) : nil)
        let words = run.promises.counts.map { "\($0.value) × \($0.key)" }.sorted()
        say(
            "crash images, \(name): \(report); promised: \(words.joined(separator: ", ")); seed \(seed), "
                + "\(Int(Date().timeIntervalSince(began))) s")
        #expect(run.promises.floor.last ?? 0 >= 9)
        guard report.failureCount > 0 else { return report.total }
        let place = try recording.keep(as: day.rawValue, report.failures)
        Issue.record(
            """
            \(report.failures.map(\.text).joined(separator: "\n"))
            Kept in \(place). Again: make crashtest IMAGES=\(run.budget) SEED=\(seed) RECORDING='\(place)'
            """)
        return report.total
    }
}

/// Says something at once, also where standard output is no terminal.
private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

/// `make crashtest`.
@Suite(.enabled(if: CrashSeries.wanted != nil, "somebody has to want it: make crashtest"))
struct CrashSeriesTests {
    @Test func manyImages() async throws {
        let (wanted, began) = (CrashSeries.wanted ?? 0, Date())
        say(
            """
            The power is cut \(wanted) times in recorded days of the real programs, and what is left is opened. It uses two \
            cores and some hundred MB of memory; a failure is kept below /tmp.
            """)
        let series = CrashSeries()
        var made = 0
        for day in CrashSeries.days {
            say("Recording: \(day.rawValue) …")
            let recording = try await CrashSeries.recording(of: day)
            // Images of the short day cost least; it comes last and takes the rest.
            let budget =
                day == CrashSeries.days.last ? wanted - made : min(wanted * day.share / 1000, 6_000)
            made += try await series.run(day, recording, budget: budget, isLong: true)
        }
        say("\(made) images in \(Int(Date().timeIntervalSince(began))) s.")
        #expect(made >= wanted)
    }
}
