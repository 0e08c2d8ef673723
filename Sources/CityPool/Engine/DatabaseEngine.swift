// The seam below the pool's questions: SQL with values goes down, rows come up. SQLite and PostgreSQL are behind it.
// Statements are written once, in the SQL that both understand, with parameters ?1, ?2, …; where the two have no words in
// common, the seam has a question of its own.

/// A database in the midst of a transaction.
protocol DatabaseSession {
    /// The rows that a statement gives.
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]
    /// Runs a statement, and gives how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int
    /// Runs a statement once for each list of values, in order, and gives how many rows each changed.
    @discardableResult
    func execute(_ sql: String, each: [[SQLValue]]) throws -> [Int]
    /// Inserts rows in their order. What is to be done where one is there already follows `onConflict`.
    func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]], onConflict: String?) throws
    /// Waits until no other transaction holds this lock, and holds it until the end of this one.
    func lock(_ name: String) throws
    /// Takes several locks, always in the same order, so that no two transactions wait for each other in a circle.
    func lock(_ names: Set<String>) throws
}

extension DatabaseSession {
    /// The rows that a statement without parameters gives.
    func rows(_ sql: String) throws -> [SQLRow] { try rows(sql, []) }

    /// The first row that a statement gives.
    func row(_ sql: String, _ values: [SQLValue] = []) throws -> SQLRow? { try rows(sql, values).first }

    /// Runs a statement without parameters.
    @discardableResult
    func execute(_ sql: String) throws -> Int { try execute(sql, []) }

    /// Inserts rows, none of which may be there already.
    func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]]) throws {
        try insert(into: table, columns, rows, onConflict: nil)
    }
}

/// A kind of database.
protocol DatabaseEngine: Sendable {
    /// Asks; all that is asked shows one state of the database.
    func read<Result: Sendable>(
        _ question: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result

    /// Writes in one transaction, committed and synced when this returns. `change` may be run again, where the first
    /// transaction was undone.
    ///
    /// Throws: ``StoreFailure`` where the database can't keep it.
    @discardableResult
    func write<Result: Sendable>(
        _ change: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result

    /// Leaves nothing in the files of what was overwritten or deleted, as far as that is the pool's to say.
    ///
    /// Throws: ``StoreFailure`` where the database can't be written.
    func scour() async throws

    /// Ends all connections, when what is under way is finished.
    func close() async throws
}
