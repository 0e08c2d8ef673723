// One connection to PostgreSQL, through libpq. All its calls may block, so a connection lives on a thread of its own
// (`PostgresEngine`). Nothing waits for ever: a server that does not answer in time is given up.

import CPostgres
import Glibc
import StationCore

/// How long things may take.
struct PostgresLimits: Sendable {
    /// Reaching the server, in seconds.
    var connect = 10
    /// One statement, as the server counts it, in milliseconds.
    var statement = 30_000
    /// Waiting for a lock, as the server counts it, in milliseconds.
    var lock = 10_000
    /// One answer, as this side counts it, in milliseconds: longer than what the server stops by itself.
    var answer = 40_000
}

/// A connection. It is used by the thread that made it, alone.
final class PostgresConnection {
    private let connection: OpaquePointer
    private let limits: PostgresLimits
    /// The names of the statements that the server knows, by their text.
    private var prepared: [String: String] = [:]
    /// Whether it can't be used any more.
    private(set) var isLost = false

    /// Connects.
    ///
    /// Throws: ``PostgresError`` where the server can't be reached, or is not set up to keep what it is told.
    init(_ address: PostgresAddress, _ limits: PostgresLimits) throws {
        self.limits = limits
        let words = [
            ("connect_timeout", "\(limits.connect)"), ("application_name", "city-pool"),
            ("tcp_user_timeout", "\(limits.answer)"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("dbname", address.text), ("client_encoding", "UTF8"),
        ]
        // C's own array of C's own strings, for the length of the call.
        let (keys, values) = (words.map { strdup($0.0) }, words.map { strdup($0.1) })
        defer { for word in keys + values { free(word) } }
        let opened = PQconnectdbParams(
            keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let opened else { throw PostgresError(nil, "there is no memory for a connection") }
        connection = opened
        guard PQstatus(connection) == CONNECTION_OK else { throw lost() }
        // What the server remarks is nobody's business but its own log's.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        PQsetnonblocking(connection, 1)
        try settle()
    }

    deinit { PQfinish(connection) }

    /// Makes the server keep what it confirms, and end what takes too long.
    private func settle() throws {
        func setting(_ name: String) throws -> String {
            try row("SELECT current_setting(?1) AS setting", [.text(name)])?.get("setting") ?? ""
        }
        guard try setting("server_encoding") == "UTF8" else {
            throw PostgresError(nil, "the database's encoding is not UTF8; make it with: createdb --encoding UTF8")
        }
        guard try setting("fsync") == "on" else {
            throw PostgresError(
                nil, "PostgreSQL runs with fsync off: a power cut takes what it has confirmed. Switch it on")
        }
        if try ["off", "local"].contains(setting("synchronous_commit")) { try execute("SET synchronous_commit = on") }
        try execute("SET statement_timeout = \(limits.statement)")
        try execute("SET lock_timeout = \(limits.lock)")
        try execute("SET idle_in_transaction_session_timeout = \(limits.answer)")
    }

    // MARK: - Transactions

    /// Does something in a transaction.
    ///
    /// Throws: ``StoreFailure/uncertain(_:)`` where nobody knows whether it was committed; after any other error it was not.
    func transact<Result>(_ begin: String, _ body: (any DatabaseSession) throws -> Result) throws -> Result {
        try execute(begin)
        let result: Result
        do { result = try body(self) } catch {
            if (error as? PostgresError)?.isOutdated == true { isLost = true }
            do { if !isLost { try execute("ROLLBACK") } } catch { isLost = true }
            throw error
        }
        do {
            let answer = try run("COMMIT", PostgresParameters([]))
            guard answer.command == "COMMIT" else { throw PostgresError(nil, "the transaction was undone") }
        } catch let error as PostgresError where error.isLoss {
            throw StoreFailure.uncertain("\(error)")
        }
        return result
    }

    // MARK: - Statements

    /// Runs a statement and gives its answer.
    private func run(_ sql: String, _ parameters: PostgresParameters) throws -> PostgresAnswer {
        try send(try prepare(sql, parameters), parameters)
        return try onlyAnswer().checked()
    }

    /// The name under which the server knows a statement. There are as many as the pool's sources have.
    private func prepare(_ sql: String, _ parameters: PostgresParameters) throws -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        let text = sql.replacing("?", with: "$")
        guard PQsendPrepare(connection, name, text, Int32(parameters.types.count), parameters.types) == 1 else {
            throw lost()
        }
        _ = try onlyAnswer().checked()
        prepared[sql] = name
        return name
    }

    private func send(_ name: String, _ parameters: PostgresParameters) throws {
        let sent = parameters.withPointers { pointers, lengths, formats in
            PQsendQueryPrepared(connection, name, Int32(pointers.count), pointers, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
    }

    // MARK: - Waiting

    /// The answer to one statement, and that there is no other.
    private func onlyAnswer() throws -> PostgresAnswer {
        let answer = try self.answer()
        while try next() != nil {}
        return answer
    }

    /// The next answer, which has to come.
    private func answer() throws -> PostgresAnswer {
        guard let answer = try next() else { throw lost() }
        return answer
    }

    /// The next answer; `nil` where a statement has no more.
    private func next() throws -> PostgresAnswer? {
        let deadline = Self.milliseconds + limits.answer
        while true {
            let flushed = PQflush(connection)
            guard flushed >= 0 else { throw lost() }
            guard flushed == 1 || PQisBusy(connection) == 1 else { break }
            let events = Int16(POLLIN) | (flushed == 1 ? Int16(POLLOUT) : 0)
            var wanted = pollfd(fd: PQsocket(connection), events: events, revents: 0)
            let left = deadline - Self.milliseconds
            guard left > 0 else {
                isLost = true
                throw PostgresError(
                    PostgresError.lostState, "the server did not answer within \(limits.answer / 1000) s")
            }
            let count = poll(&wanted, 1, Int32(left))
            guard count >= 0 || errno == EINTR else { throw lost() }
            if count > 0, wanted.revents & ~Int16(POLLOUT) != 0, PQconsumeInput(connection) == 0 { throw lost() }
        }
        let answer = PQgetResult(connection).map { PostgresAnswer($0) }
        if PQstatus(connection) == CONNECTION_BAD { isLost = true }
        return answer
    }

    private static var milliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }

    /// The connection is gone, with the reason that libpq gives.
    private func lost() -> PostgresError {
        isLost = true
        return PostgresError(PostgresError.lostState, String(cString: PQerrorMessage(connection)))
    }
}

extension PostgresConnection: DatabaseSession {
    func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        try run(sql, PostgresParameters(values)).rows()
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { try run(sql, PostgresParameters(values)).changed }

    /// All at once: what the server answers to the first is read when the last is on its way.
    func execute(_ sql: String, each: [[SQLValue]]) throws -> [Int] {
        guard let first = each.first else { return [] }
        let name = try prepare(sql, PostgresParameters(first))
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
        for values in each { try send(name, PostgresParameters(values)) }
        guard PQpipelineSync(connection) == 1 else { throw lost() }
        var changed: [Int] = []
        var failure: (any Error)?
        for _ in each {
            let answer = try onlyAnswer()
            do { changed.append(try answer.checked().changed) } catch { failure = failure ?? error }
        }
        _ = try answer()
        guard PQexitPipelineMode(connection) == 1 else { throw lost() }
        if let failure { throw failure }
        return changed
    }

    /// One statement for all rows: each column travels as an array.
    func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]], onConflict: String?) throws {
        guard let first = rows.first else { return }
        let arrays = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        let names = columns.joined(separator: ", ")
        let conflict = onConflict.map { " ON CONFLICT \($0)" } ?? ""
        let sql = """
            INSERT INTO \(table) (\(names)) SELECT \(names)
            FROM unnest(\(arrays)) WITH ORDINALITY AS given (\(names), place_in_order) ORDER BY place_in_order\(conflict)
            """
        precondition(rows.allSatisfy { $0.count == columns.count }, "a row has one value for each column")
        _ = try run(sql, PostgresParameters(columns: first.indices.map { index in rows.map { $0[index] } }))
    }

    func lock(_ name: String) throws { try lock([name]) }

    func lock(_ names: Set<String>) throws {
        // A hash, because such locks are named by numbers. Two names that share one only wait for each other.
        let numbers = Set(
            names.map { name in EntryHash(of: Array(name.utf8)).bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
            })
        _ = try execute(
            "SELECT pg_advisory_xact_lock(?1) IS NULL AS locked", each: numbers.sorted().map { [.integer($0)] })
    }
}
