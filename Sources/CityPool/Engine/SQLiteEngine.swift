// SQLite: one file, one connection, owned by one process. What the pool said it has, it has after a power cut too
// (`DurableDatabase`). Questions are answered on the database's own queue, one after another.

import Foundation
import GRDB
import Groundwork

/// A SQLite database in a folder.
struct SQLiteEngine: DatabaseEngine {
    private let queue: DatabaseQueue

    /// The name of the file within its folder.
    static let fileName = "pool.sqlite"

    /// Opens the database in a folder, or makes folder and database. Nobody else may open it meanwhile.
    ///
    /// Throws: GRDB's `DatabaseError`, with `SQLITE_BUSY` where another process has it open.
    init(folder: String) throws {
        try DurableFile.makeFolder(folder)
        queue = try DurableDatabase.open("\(folder)/\(Self.fileName)", exclusive: true)
        guard try !queue.read(SQLiteSchema.migrator.hasBeenSuperseded) else { throw NewerDatabase(folder: folder) }
        try SQLiteSchema.migrator.migrate(queue)
    }

    func read<Result: Sendable>(
        _ question: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        try await queue.read { try question(SQLiteSession(database: $0)) }
    }

    @discardableResult
    func write<Result: Sendable>(
        _ change: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        do {
            return try await queue.write { try change(SQLiteSession(database: $0)) }
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL: throw StoreFailure.full
            case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB: throw StoreFailure.broken("\(error)")
            default: throw error
            }
        }
    }

    /// The file itself holds nothing of it (`secure_delete`), but the write-ahead log does; SQLite does not sync its new length.
    func scour() async throws {
        do {
            try await queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try DurableFile.sync(queue.path + "-wal")
        } catch let error as DatabaseError {
            throw StoreFailure.broken("\(error)")
        }
    }

    func close() async throws { try queue.close() }
}

/// A database that a newer pool has changed: this one would not keep what it does not know.
struct NewerDatabase: Error, CustomStringConvertible {
    /// The folder that it is in.
    var folder: String
    /// What to do about it.
    var description: String { "\(folder) was written by a newer city-pool. Install that version again." }
}

/// A transaction on the queue's own thread.
private struct SQLiteSession: DatabaseSession {
    let database: Database

    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        let statement = try database.cachedStatement(sql: sql)
        let columns = Dictionary(uniqueKeysWithValues: statement.columnNames.enumerated().map { ($1, $0) })
        let cursor = try Row.fetchCursor(statement, arguments: Self.arguments(values))
        var rows: [SQLRow] = []
        while let row = try cursor.next() {
            rows.append(SQLRow(columns: columns, values: try row.databaseValues.map(Self.value)))
        }
        return rows
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
        try database.cachedStatement(sql: sql).execute(arguments: Self.arguments(values))
        return database.changesCount
    }

    func execute(_ sql: String, each: [[SQLValue]]) throws -> [Int] {
        guard !each.isEmpty else { return [] }
        let statement = try database.cachedStatement(sql: sql)
        return try each.map { values in
            try statement.execute(arguments: Self.arguments(values))
            return database.changesCount
        }
    }

    func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]], onConflict: String?) throws {
        let places = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        let conflict = onConflict.map { " ON CONFLICT \($0)" } ?? ""
        _ = try execute(
            "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))\(conflict)", each: rows)
    }

    /// A transaction that writes is alone anyway.
    func lock(_ name: String) throws {}
    func lock(_ names: Set<String>) throws {}

    private static func arguments(_ values: [SQLValue]) -> StatementArguments {
        StatementArguments(
            values.map { value -> DatabaseValue in
                switch value {
                case .integer(let number): number?.databaseValue ?? .null
                case .text(let text): text?.databaseValue ?? .null
                case .bytes(let bytes): bytes.map { Data($0).databaseValue } ?? .null
                }
            })
    }

    private static func value(_ value: DatabaseValue) throws -> SQLValue {
        switch value.storage {
        case .null: .integer(nil)
        case .int64(let number): .integer(number)
        case .string(let text): .text(text)
        case .blob(let data): .bytes(Array(data))
        case .double: throw StoreDamage(description: "a row holds a fraction")
        }
    }
}
