// The contract of both engines: what goes in comes back, a transaction is all or nothing, and it shows one state. And that
// the two hold the same tables.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct EngineTests {
    private struct Refusal: Error {}

    private let folder: Folder

    init() throws { folder = try Folder() }

    /// An engine with a table to write into.
    private func engine(_ kind: Engine) async throws -> any DatabaseEngine {
        let engine: any DatabaseEngine
        switch kind {
        case .sqlite: engine = try SQLiteEngine(folder: folder.path)
        case .postgres:
            engine = try await PostgresEngine(PostgresAddress(PostgresCluster.shared.get().makeDatabase()))
        }
        let bytes = kind == .sqlite ? "BLOB" : "BYTEA"
        try await engine.write {
            try $0.execute("CREATE TABLE things (number BIGINT PRIMARY KEY, name TEXT, bytes \(bytes))")
        }
        return engine
    }

    private static let columns = ["number", "name", "bytes"]

    private static let samples: [[SQLValue]] = [
        [.integer(0), .text(""), .bytes([])], [.integer(-1), .text(nil), .bytes(nil)],
        [.integer(.max), .text("Säge 'α' \u{1f6b2} \\ \"\n"), .bytes(Array(0...255))],
        [.integer(.min), .text("{1,NULL}"), .bytes([0])], [.integer(255), .text(" "), .bytes([0x5c, 0x78])],
    ]

    private static func all(_ engine: any DatabaseEngine) async throws -> [[SQLValue]] {
        try await engine.read { database in
            try database.rows("SELECT * FROM things ORDER BY number").map { row in
                let (number, name, bytes): (Int64?, String?, [UInt8]?) = (
                    try row.get("number"), try row.get("name"), try row.get("bytes")
                )
                return [.integer(number), .text(name), .bytes(bytes)]
            }
        }
    }

    private static func sorted(_ rows: [[SQLValue]]) -> [[SQLValue]] {
        rows.sorted { Int64($0[0]) ?? 0 < Int64($1[0]) ?? 0 }
    }

    @Test(arguments: Engine.allCases) func `what goes in comes back, row by row and all at once`(_ kind: Engine)
        async throws
    {
        let engine = try await engine(kind)
        try await engine.write { try $0.insert(into: "things", Self.columns, Self.samples) }
        #expect(try await Self.all(engine) == Self.sorted(Self.samples))
        try await engine.write { database in
            try database.execute("DELETE FROM things")
            for row in Self.samples { try database.execute("INSERT INTO things VALUES (?1, ?2, ?3)", row) }
        }
        #expect(try await Self.all(engine) == Self.sorted(Self.samples))
        // The control: a column of another type is damage, and no crash.
        await #expect(throws: StoreDamage.self) {
            try await engine.read { try $0.row("SELECT name FROM things WHERE number = 0")?.get("name") as Int64? }
        }
        try await engine.close()
    }

    @Test(arguments: Engine.allCases) func `each statement says how many rows it changed`(_ kind: Engine) async throws {
        let engine = try await engine(kind)
        let changed = try await engine.write { database in
            try database.insert(into: "things", Self.columns, Self.samples)
            return try database.execute(
                "UPDATE things SET name = ?1 WHERE number >= ?2",
                each: [0, 255, Int64.max, 1].map { [.text("x"), .integer($0)] })
        }
        #expect(changed == [3, 2, 1, 2])
        let again = try await engine.write { database in
            try database.insert(
                into: "things", Self.columns,
                [[.integer(0), .text("y"), .bytes(nil)], [.integer(7), .text("z"), .bytes(nil)]],
                onConflict: "(number) DO UPDATE SET name = excluded.name")
            return try database.execute("DELETE FROM things WHERE name = 'y' OR name = 'z'")
        }
        #expect(again == 2)
        try await engine.close()
    }

    @Test(arguments: Engine.allCases) func `a transaction that fails leaves nothing`(_ kind: Engine) async throws {
        let engine = try await engine(kind)
        await #expect(throws: Refusal.self) {
            try await engine.write { database in
                try database.insert(into: "things", Self.columns, Self.samples)
                throw Refusal()
            }
        }
        // The second of the same key is refused, in the midst of many.
        await #expect(throws: (any Error).self) {
            try await engine.write { database in
                try database.execute(
                    "INSERT INTO things (number) VALUES (?1)", each: [1, 2, 1, 3].map { [.integer($0)] })
            }
        }
        #expect(try await Self.all(engine).isEmpty)
        // The control: what comes after works, and stays.
        try await engine.write { database in
            try database.execute("INSERT INTO things (number) VALUES (?1)", each: [1, 2, 3].map { [.integer($0)] })
        }
        #expect(try await Self.all(engine).count == 3)
        try await engine.close()
    }

    // MARK: - The tables

    /// The columns of all tables that the pool makes.
    private func columns(_ house: PoolHouse, _ sql: String) throws -> Set<String> {
        Set(try house.rows(sql).filter { !$0.contains("migrations.") && !$0.hasPrefix("sqlite_") })
    }

    @Test func `both engines have the same tables with the same columns`() throws {
        let lite = try columns(
            PoolHouse(),
            "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'")
        let post = try columns(
            PoolHouse(on: .postgres),
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'")
        // PostgreSQL finds a row without a number of its own.
        #expect(lite.subtracting(post) == ["entries.position"])
        #expect(post.subtracting(lite).isEmpty)
        #expect(lite.count > 90)
    }

    @Test func `what comes from stations can be split by station as it is`() throws {
        let house = try PoolHouse(on: .postgres)
        func split(_ table: String) throws {
            _ = try house.rows(
                """
                CREATE TABLE split (LIKE \(table) INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)
                    PARTITION BY HASH (station);
                DROP TABLE split
                """)
        }
        for table in [
            "epochs", "entries", "forks", "loans", "locker_states", "suspended_lockers", "item_states", "proposals",
        ] { try split(table) }
        // The control: a table whose keys lack the station can't be.
        #expect(throws: BenchError.self) { try split("items") }
    }
}
