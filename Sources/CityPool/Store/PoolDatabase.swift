// The pool's database: the answers to the pool's questions, in SQL that both engines understand.

import Foundation
import Groundwork
import StationCore

/// The pool's questions, answered by a database of either kind.
struct PoolDatabase: PoolStore {
    let engine: any DatabaseEngine

    /// The pool on an engine; a new database becomes a new pool.
    init(_ engine: any DatabaseEngine) async throws {
        self.engine = engine
        try await engine.write { database in
            guard try database.rows("SELECT id FROM pool").isEmpty else { return }
            // Where several processes find a new database at once, one of them is first.
            try database.insert(
                into: "pool", ["id", "incarnation"], [[.integer(1), .text(Self.newIncarnation())]],
                onConflict: "DO NOTHING")
        }
    }

    /// Now, as this machine's clock says.
    static var now: WallTime { WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    private static func newIncarnation() -> String { hexadecimal(Randomness.bytes(8)) }

    func close() async throws { try await engine.close() }

    func identity() async throws -> PoolIdentity {
        try await engine.read { database in
            guard let row = try database.row("SELECT incarnation, key, admin_token FROM pool") else {
                throw StoreDamage(description: "the table 'pool' is empty")
            }
            let key: String? = try row.get("key")
            return PoolIdentity(
                incarnation: try row.get("incarnation"), key: key.flatMap { NoteKey($0) },
                adminTokenHash: try row.get("admin_token"))
        }
    }

    func beginIncarnation() async throws -> String {
        let incarnation = Self.newIncarnation()
        try await engine.write { try $0.execute("UPDATE pool SET incarnation = ?1", [.text(incarnation)]) }
        return incarnation
    }

    func adopt(key: NoteKey) async throws {
        try await engine.write { database in
            let adopted = try database.execute(
                "UPDATE pool SET key = ?1 WHERE key IS NULL OR key = ?1", [.text(key.description)])
            guard adopted == 1 else {
                throw StoreDamage(
                    description: "the pool has got another key meanwhile; copy its pool.key to this machine")
            }
        }
    }

    func setAdminToken(hash: EntryHash) async throws {
        try await engine.write { try $0.execute("UPDATE pool SET admin_token = ?1", [.hash(hash)]) }
    }
}

// MARK: - Stations

extension PoolDatabase {
    func station(_ id: StationID) async throws -> StationAccount? {
        try await engine.read { database in
            let row = try database.row("SELECT source, token, card_key FROM stations WHERE id = ?1", [.text(id.text)])
            return try row.map { row in
                StationAccount(
                    id: id, source: EntrySource(stored: try row.get("source")), cardKey: try row.get("card_key"),
                    tokenHash: try row.get("token"))
            }
        }
    }

    func station(tokenHash: EntryHash) async throws -> StationID? {
        try await engine.read { database in
            try database.row("SELECT id FROM stations WHERE token = ?1", [.hash(tokenHash)])
                .flatMap { StationID(try $0.get("id")) }
        }
    }

    func add(_ account: StationAccount) async throws -> Bool {
        try await engine.write { database in
            let added = try database.execute(
                """
                INSERT INTO stations (id, source, token, card_key) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING
                """,
                [
                    .text(account.id.text), .text(account.source.description), .hash(account.tokenHash),
                    .bytes(account.cardKey),
                ])
            return added == 1
        }
    }

    func setToken(hash: EntryHash, of station: StationID) async throws -> Bool {
        try await engine.write { database in
            try database.execute("UPDATE stations SET token = ?1 WHERE id = ?2", [.hash(hash), .text(station.text)])
                == 1
        }
    }

    func stations() async throws -> [StationSummary] {
        try await engine.read { database in
            // A sum has a type of its own in PostgreSQL.
            let sql = """
                SELECT id, source, last_contact,
                    (SELECT CAST(coalesce(sum(sequence), 0) AS BIGINT) FROM epochs WHERE station = stations.id) AS entries,
                    (SELECT count(*) FROM entries WHERE station = stations.id AND rejection IS NOT NULL) AS rejected,
                    (SELECT count(*) FROM forks WHERE station = stations.id) AS forks,
                    (SELECT received FROM reports WHERE station = stations.id) AS last_report,
                    (SELECT key FROM station_keys WHERE station = stations.id ORDER BY since DESC, key LIMIT 1) AS key
                FROM stations ORDER BY id
                """
            return try database.rows(sql).compactMap { row in
                guard let id = StationID(try row.get("id")) else { return nil }
                let key: String? = try row.get("key")
                return StationSummary(
                    id: id, source: EntrySource(stored: try row.get("source")), entries: try row.get("entries"),
                    rejected: try row.get("rejected"), forks: try row.get("forks"),
                    lastContact: try row.get("last_contact"), lastReport: try row.get("last_report"),
                    key: key.flatMap { NoteKey($0) })
            }
        }
    }
}

/// What the database should never hold.
struct StoreDamage: Error, CustomStringConvertible {
    /// What is wrong.
    var description: String
}
