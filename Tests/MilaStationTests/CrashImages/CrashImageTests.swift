// A power cut at any moment of a day at a station: all that the disk may hold then is opened by the real start-up code, and
// has what anybody was told or receipted until then (rules S4 and S5). `docs/crash-images.md` says how it is done.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite(.serialized, .enabled(if: !isSanitized, "a sanitizer's own runtime stands between a program and its recorder"))
struct CrashImageTests {
    @Test func `a first start, a few loans and a cut: all that was told or receipted is there`() async throws {
        try await survives(.short)
    }

    @Test func `a long day whose log is written back: all that was told or receipted is there`() async throws {
        let (log, wal) = (try await survives(.long), "station/journal.sqlite-wal")
        // Beside those with which each start empties it.
        #expect(log.checkpoints(of: wal) > log.emptied(wal).count, "it was never written back because of its size")
    }

    @Test func `a day on which the disk is full: all that was told or receipted is there`() async throws {
        try await survives(.full)
    }

    @Test func `a day on which a station forgets: what is missing it has signed for, and who is erased stays so`()
        async throws
    {
        let day = CrashDay.forgetting
        let run = try await day.runs(try await CrashSeries.recording(of: day), seed: 0)[0].run
        #expect(run.promises.trimmed.last == RecordedDay.trimmed, "an admin was told")
        #expect((run.check as? StationImageCheck)?.forgotten.count == 59, "of so many loans the time is over")
        let told = try #require(run.promises.trimmed.firstIndex { $0 > 0 })
        let started = try #require(run.log.records[..<told].lastIndex { $0.operation == .started })
        let emptied = run.log.emptied("station/journal.sqlite-wal").filter { started..<told ~= $0 }
        #expect(emptied.count == 2, "once when it starts, and once after it erased")
        try await survives(day)
    }

    @Test(arguments: [CrashDay.edited, .unreadable])
    func `a damaged journal is put aside: it is always somewhere whole, and its successor says so`(
        day: CrashDay
    ) async throws {
        try await survives(day)
    }

    @Test(arguments: [CrashDay.version1, .version2])
    func `the start that brings an older journal up to date: no entry of it is lost`(day: CrashDay) async throws {
        try await survives(day)
    }

    @Test(arguments: [CrashDay.poolVersion1, .poolVersion2])
    func `the start that brings an older pool up to date: no entry, no loan and no register is lost`(
        day: CrashDay
    ) async throws {
        try await survives(day)
    }

    /// Goes through images of a day; the log of its first program.
    @discardableResult
    private func survives(_ day: CrashDay) async throws -> RecordedLog {
        let recording = try await CrashSeries.recording(of: day)
        let made = try await CrashSeries().run(day, recording, budget: 24_000 * day.share / 1000)
        #expect(made > 0)
        return try recording.log(day == .poolVersion1 || day == .poolVersion2 ? "city-pool" : "mila-station")
    }
}
