// The start of today's program on the journal of an older one, under a recorder.

import Foundation
import GRDB
import StationCore
import TestSupport

@testable import MilaStation

enum RecordedMigration {
    /// A journal of an older version is opened by `mila-station run`, which then stops.
    static func run(from version: Int) throws -> Recording {
        let house = try DemoStation(
            startsStation: false,
            configuration: {
                // The station whose journal the older versions' rows are.
                $0.replacingOccurrences(of: "id: \(SampleHouse.station)\n", with: "id: one\n")
                    .replacingOccurrences(
                        of: "city-domain: \(SampleHouse.cityDomain)", with: "city-domain: bench.example")
            },
            environment: { part, folder in
                part == .station ? try Recording.environment(folder, log: part.rawValue) : [:]
            })
        try FileManager.default.createDirectory(
            atPath: house.journal.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let queue = try DatabaseQueue(path: house.journal)
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
            try database.execute(sql: version == 1 ? JournalVersion1.tables : JournalVersion2.tables)
            try database.execute(sql: version == 1 ? JournalVersion1.rows : JournalVersion2.rows)
        }
        try queue.close()
        try house.start(.station)
        try eventually("the guard joins: \(house.errors(of: .station))") { house.screen.contains("station-ready") }
        // Once it answers, it also hears signals.
        try eventually("the station answers") { ControlClient.connect(house.controlSocket) != nil }
        let code = house.stop(.station)
        guard code == 0 else { throw BenchError("the station left with \(code ?? 0): \(house.errors(of: .station))") }
        return Recording(house.folder)
    }
}
