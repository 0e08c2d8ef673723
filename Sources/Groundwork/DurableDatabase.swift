// SQLite as station and pool use it: what was committed survives a power cut. GRDB's WAL mode resets `synchronous`,
// so every setting is made after opening and read back.

public import GRDB

/// Opens SQLite databases that keep what they were told.
public enum DurableDatabase {
    /// What a database that can't be made durable says.
    public struct Unsettled: Error, CustomStringConvertible {
        /// The setting that did not take.
        public var description: String
    }

    /// Opens a database file, or makes it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - exclusive: whether no other process may open it while it is open here.
    ///   - prepare: settings to make before all others, e.g. `page_size` of a new file.
    /// - Throws: GRDB's `DatabaseError`, or ``Unsettled`` where a setting did not take.
    public static func open(
        _ path: String, exclusive: Bool, prepare: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = exclusive ? .timeout(0.5) : .timeout(5)
        configuration.label = "database"
        configuration.prepareDatabase { database in
            if exclusive { try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            try prepare(database)
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { database in
            try settle(database, "journal_mode", "WAL", reads: "wal")
            try settle(database, "synchronous", "FULL", reads: "2")
            try settle(database, "secure_delete", "ON", reads: "1")
            try settle(database, "foreign_keys", "ON", reads: "1")
            if exclusive { try settle(database, "locking_mode", "EXCLUSIVE", reads: "exclusive") }
        }
        return queue
    }

    private static func settle(_ database: Database, _ name: String, _ value: String, reads expected: String) throws {
        try database.execute(sql: "PRAGMA \(name) = \(value)")
        let found = try String.fetchOne(database, sql: "PRAGMA \(name)")
        guard found == expected else {
            throw Unsettled(description: "SQLite did not take \(name) = \(value): it says \(found ?? "nothing")")
        }
    }
}

extension DatabaseQueue {
    /// Reads from a database whose only connection this is: nobody writes meanwhile, so that no transaction is needed.
    ///
    /// GRDB's `read` turns SQLite's `query_only` on and off around itself, and SQLite prepares all statements of a connection
    /// anew after each of the two (`OP_Expire`): that costs more than most of the questions themselves.
    public func look<Value>(_ work: (Database) throws -> Value) rethrows -> Value { try unsafeRead(work) }
}
