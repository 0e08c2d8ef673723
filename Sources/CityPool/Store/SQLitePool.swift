// The pool's database on SQLite: one file, one connection, owned by one process. What the pool said it has, it has
// after a power cut too (`DurableDatabase`). Questions are answered on the database's own queue, one after another.

import Foundation
import GRDB
import Groundwork
import StationCore

/// The pool's database in a folder.
struct SQLitePool: PoolStore {
    let queue: DatabaseQueue

    /// The name of the file within its folder.
    static let fileName = "pool.sqlite"

    /// Opens the database in a folder, or makes folder and database. Nobody else may open it meanwhile.
    ///
    /// Throws: GRDB's `DatabaseError`, with `SQLITE_BUSY` where another process has it open.
    init(folder: String) throws {
        try DurableFile.makeFolder(folder)
        queue = try DurableDatabase.open("\(folder)/\(Self.fileName)", exclusive: true)
        guard try !queue.read(PoolSchema.migrator.hasBeenSuperseded) else { throw NewerDatabase(folder: folder) }
        try PoolSchema.migrator.migrate(queue)
        try queue.write { database in
            try database.execute(
                sql: "INSERT INTO pool (id, incarnation) VALUES (1, ?) ON CONFLICT DO NOTHING",
                arguments: [hexadecimal(Randomness.bytes(8))])
        }
    }

    /// Writes in one transaction, committed and synced when this returns.
    func write<Result: Sendable>(_ change: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        do {
            return try await queue.write(change)
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL: throw StoreFailure.full
            case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB: throw StoreFailure.broken("\(error)")
            default: throw error
            }
        }
    }

    func identity() async throws -> PoolIdentity {
        try await queue.read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT incarnation, key, admin_token FROM pool") else {
                throw StoreDamage(description: "the table 'pool' is empty")
            }
            let key: String? = row["key"]
            let token: [UInt8]? = row.bytes("admin_token")
            return PoolIdentity(
                incarnation: row["incarnation"], key: key.flatMap { NoteKey($0) },
                adminTokenHash: token.flatMap { EntryHash(stored: $0) })
        }
    }

    func adopt(key: NoteKey) async throws {
        try await write { try $0.execute(sql: "UPDATE pool SET key = ?", arguments: [key.description]) }
    }

    func setAdminToken(hash: EntryHash) async throws {
        try await write {
            try $0.execute(sql: "UPDATE pool SET admin_token = ?", arguments: [Data(hash.bytes)])
        }
    }
}

// MARK: - Stations

extension SQLitePool {
    func station(_ id: StationID) async throws -> StationAccount? {
        try await queue.read { database in
            let row = try Row.fetchOne(
                database.cachedStatement(sql: "SELECT source, token, card_key FROM stations WHERE id = ?"),
                arguments: [id.text])
            guard let row else { return nil }
            guard let token = row.bytes("token").flatMap({ EntryHash(stored: $0) }), let cardKey = row.bytes("card_key")
            else { throw StoreDamage(description: "station '\(id)' has no token or card key") }
            return StationAccount(
                id: id, source: EntrySource(stored: row["source"]), cardKey: cardKey, tokenHash: token)
        }
    }

    func station(tokenHash: EntryHash) async throws -> StationID? {
        try await queue.read { database in
            try String.fetchOne(
                database.cachedStatement(sql: "SELECT id FROM stations WHERE token = ?"),
                arguments: [Data(tokenHash.bytes)]
            ).flatMap { StationID($0) }
        }
    }

    func add(_ account: StationAccount) async throws -> Bool {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO stations (id, source, token, card_key) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                    """,
                arguments: [
                    account.id.text, account.source.description, Data(account.tokenHash.bytes), Data(account.cardKey),
                ])
            return database.changesCount == 1
        }
    }

    func setToken(hash: EntryHash, of station: StationID) async throws -> Bool {
        try await write { database in
            try database.execute(
                sql: "UPDATE stations SET token = ? WHERE id = ?", arguments: [Data(hash.bytes), station.text])
            return database.changesCount == 1
        }
    }

    func stations() async throws -> [StationSummary] {
        try await queue.read { database in
            let sql = """
                SELECT id, source, last_contact,
                    (SELECT coalesce(sum(sequence), 0) FROM epochs WHERE station = stations.id) AS entries,
                    (SELECT count(*) FROM entries WHERE station = stations.id AND rejection IS NOT NULL) AS rejected,
                    (SELECT count(*) FROM forks WHERE station = stations.id) AS forks
                FROM stations ORDER BY id
                """
            return try Row.fetchAll(database, sql: sql).compactMap { row in
                guard let id = StationID(row["id"]) else { return nil }
                let contact: Int64? = row["last_contact"]
                return StationSummary(
                    id: id, source: EntrySource(stored: row["source"]), entries: row["entries"],
                    rejected: row["rejected"], forks: row["forks"],
                    lastContact: contact.map { WallTime(milliseconds: $0) })
            }
        }
    }
}

/// A database that a newer pool has changed: this one would not keep what it does not know.
struct NewerDatabase: Error, CustomStringConvertible {
    /// The folder that it is in.
    var folder: String
    /// What to do about it.
    var description: String { "\(folder) was written by a newer city-pool. Install that version again." }
}

/// What the database should never hold.
struct StoreDamage: Error, CustomStringConvertible {
    /// What is wrong.
    var description: String
}

extension Row {
    /// The bytes of a BLOB column; `nil` where it is NULL.
    func bytes(_ column: String) -> [UInt8]? {
        let data: Data? = self[column]
        return data.map { Array($0) }
    }
}
