// The recorded days, and how images of each are made and judged.

import Foundation
import StationCore
import TestSupport

@testable import MilaStation

/// A recorded day.
enum CrashDay: String, CaseIterable, Sendable {
    case long, forgetting, full
    case edited = "quarantine-edited"
    case unreadable = "quarantine-unreadable"
    case version1 = "version-1"
    case version2 = "version-2"
    case poolVersion1 = "pool-version-1"
    case poolVersion2 = "pool-version-2"
    /// Of this one images can be made without end.
    case short

    /// Which part of all images is made of it, in thousandths.
    var share: Int {
        switch self {
        case .short: 590
        case .long, .full: 50
        case .forgetting: 90
        case .edited: 40
        case .unreadable: 20
        case .version1, .version2, .poolVersion1, .poolVersion2: 40
        }
    }

    /// What is recorded of it, now.
    func record() async throws -> Recording {
        switch self {
        case .short: try await RecordedDay.shared()
        case .long: try await RecordedDay.long()
        case .full: try await RecordedDay.full()
        case .forgetting: try await RecordedDay.sharedForgetting()
        case .edited: try await RecordedDay.sharedQuarantine()
        case .unreadable: try await RecordedDay.quarantined(.unreadable)
        case .version1: try RecordedMigration.run(from: 1)
        case .version2: try RecordedMigration.run(from: 2)
        case .poolVersion1: try await RecordedPoolMigration.run(from: 1)
        case .poolVersion2: try await RecordedPoolMigration.run(from: 2)
        }
    }

    /// The runs through its images, without the number of these.
    func runs(_ recording: Recording, seed: UInt64) async throws -> [(name: String, run: ImageRun)] {
        switch self {
        case .short, .long, .full:
            let station = try Self.station(recording, seed: seed)
            let pool = try await Self.pool(recording, history: station.history, seed: seed)
            return [("\(rawValue) day, station", station.run), ("\(rawValue) day, pool", pool)]
        case .forgetting, .version1, .version2:
            let source = self == .forgetting ? RecordedDay.source : JournalBench.source
            return [(rawValue, try Self.station(recording, source: source, seed: seed).run)]
        case .edited, .unreadable: return [(rawValue, try Self.quarantine(recording, seed: seed))]
        case .poolVersion1, .poolVersion2:
            return [(rawValue, try await Self.migratedPool(recording, seed: seed))]
        }
    }

    /// A run through the images of a station.
    static func station(
        _ recording: Recording, source: EntrySource = RecordedDay.source, hasty: Promises.Kind? = nil, seed: UInt64
    ) throws -> (run: ImageRun, history: [Entry]) {
        let log = try recording.log("mila-station")
        // What is older than the recording was promised before it.
        let older = try recording.olderEntries(log, "station/journal.sqlite", source: source)
        let check = try StationImageCheck(whole: recording.home, data: "station", source: source, older: older)
        let promises = Promises(log, history: check.history, before: older.count, hasty: hasty)
        return (ImageRun(log: log, promises: promises, check: check, budget: 0, seed: seed), check.history)
    }

    /// A run through the images of a pool.
    static func pool(
        _ recording: Recording, history: [Entry], hasty: Promises.Kind? = nil, seed: UInt64
    ) async throws -> ImageRun {
        let log = try recording.log("city-pool")
        let check = try await PoolImageCheck(
            whole: recording.home, data: "pool", station: id(SampleHouse.station), source: RecordedDay.source,
            history: history)
        let promises = Promises(log, history: history, hasty: hasty)
        return ImageRun(log: log, promises: promises, check: check, budget: 0, seed: seed)
    }

    /// A run through the images of a station that puts its journal aside.
    static func quarantine(_ recording: Recording, isTrusting: Bool = false, seed: UInt64) throws -> ImageRun {
        let log = try recording.log("mila-station")
        let check = try QuarantineImageCheck(
            whole: recording.home, data: "station", source: RecordedDay.source, log: log, isTrusting: isTrusting)
        let promises = Promises(log, history: check.station.history)
        return ImageRun(log: log, promises: promises, check: check, budget: 0, seed: seed)
    }

    /// A run through the images of a pool that brings its tables up to date.
    static func migratedPool(_ recording: Recording, seed: UInt64) async throws -> ImageRun {
        let (log, history) = (try recording.log("city-pool"), try RecordedPoolMigration.history())
        let check = try await PoolImageCheck(
            whole: recording.home, data: "pool", station: id("one"), source: JournalBench.source, history: history,
            keepsRegister: true)
        let promises = Promises(log, history: history, before: history.count, hadKey: true)
        return ImageRun(log: log, promises: promises, check: check, budget: 0, seed: seed)
    }
}
