// The start of today's pool on the data of an older one, under a recorder.

import Foundation
import GRDB
import Groundwork
import Logging
import StationCore
import TestSupport

@testable import CityPool
@testable import MilaStation

enum RecordedPoolMigration {
    /// The last step of each older version's tables.
    static let steps = ["1 ledger and register", "2 opening hours"]
    /// The number of the register that the older pool handed out.
    static let register: UInt64 = 7

    /// What a station of version 1 wrote, and the older pool took in.
    static func history() throws -> [Entry] {
        let bench = try JournalBench()
        let queue = try DatabaseQueue(path: bench.path)
        try queue.inDatabase { database in
            try database.execute(sql: JournalVersion1.tables)
            try database.execute(sql: JournalVersion1.rows)
        }
        try queue.close()
        return try bench.with { try $0.entries() }
    }

    /// A pool with tables of an older version is served by `city-pool serve`, which then stops.
    static func run(from version: Int) async throws -> Recording {
        let folder = try Folder()
        let (data, today) = (folder.file("data/pool"), folder.file("today"))
        try await fill(today)
        try DurableFile.makeFolder(data)
        try FileManager.default.copyItem(
            atPath: "\(today)/\(PoolKey.fileName)", toPath: "\(data)/\(PoolKey.fileName)")
        let queue = try DurableDatabase.open("\(data)/\(SQLiteEngine.fileName)", exclusive: false)
        try SQLiteSchema.migrator.migrate(queue, upTo: steps[version - 1])
        try await queue.writeWithoutTransaction { database in
            try database.execute(sql: "ATTACH ? AS today", arguments: ["\(today)/\(SQLiteEngine.fileName)"])
            for table in ["pool", "stations", "epochs", "entries", "loans", "locker_states"] {
                let columns = try database.columns(in: table).map(\.name).joined(separator: ", ")
                try database.execute(sql: "INSERT INTO \(table) (\(columns)) SELECT \(columns) FROM today.\(table)")
            }
            try database.execute(
                sql: """
                    INSERT INTO register VALUES (1, \(register), 14, 1080, 5);
                    INSERT INTO periods VALUES ('sound', 3, 720), ('art', 90, 1080);
                    INSERT INTO houses (station) VALUES ('one');
                    INSERT INTO lockers VALUES ('one', '1', 'Fach 1', 'Locker 1', 'L1');
                    INSERT INTO items VALUES ('drill-1', 'Bohrer', 'Drill', 'D1', 'tools', 1, 'one', '1', 1);
                    INSERT INTO borrowers VALUES ('b-1', 'active', 1830000000000), ('b-2', 'blocked', NULL);
                    DETACH today
                    """)
        }
        try queue.close()

        let pool = try TestProcess(
            "city-pool", ["serve", "--data", data, "--port", "0", "--port-file", folder.file("port")], in: folder,
            environment: try Recording.environment(folder, log: "city-pool"))
        try await soon("the pool listens: \(pool.errors)") {
            FileManager.default.fileExists(atPath: folder.file("port"))
        }
        pool.send(signal: SIGTERM)
        let code = pool.wait()
        guard code == 0 else { throw BenchError("the pool left with \(code): \(pool.errors)") }
        return Recording(folder)
    }

    /// A pool of today that has the station's entries.
    private static func fill(_ folder: String) async throws {
        let source = JournalBench.source
        let added = try TestProcess.run(
            "city-pool", ["station", "add", "one", "--city-domain", "bench.example", "--data", folder])
        guard added.code == 0 else { throw BenchError("station add: \(added.errors)") }
        let store = try await PoolDatabase(SQLiteEngine(folder: folder))
        let pool = try await Pool(
            store: store, folder: folder, logger: Logger(label: "pool") { _ in SwiftLogNoOpLogHandler() })
        guard let account = try await store.station(id("one")) else { throw BenchError("there is no station") }
        let documents = try history().map { $0.document(source: source) }
        let answer = try await pool.take(EntryBatch.body(documents).body, of: account)
        guard answer.rejected.isEmpty else { throw BenchError("set aside: \(answer.rejected)") }
        try await store.close()
    }
}
