// PostgreSQL behind the pool: a few connections, each on a thread of its own, because libpq's calls may block and the
// threads of Swift's tasks are too few to wait on. Any number of pools may work on one database; none keeps anything of
// its own.

import Foundation
import NIOConcurrencyHelpers

/// A PostgreSQL database.
final class PostgresEngine: DatabaseEngine {
    /// How many connections a process has at most. A transaction of a batch keeps a server's core busy, and waits for its
    /// disk once: more of them would only wait for each other.
    static let connections = 8
    /// How many questions may wait for a connection.
    static let maximumWaiting = 4096
    /// How often a transaction is tried that others made the server undo.
    static let attempts = 6

    fileprivate typealias Job = @Sendable (PostgresWorker) -> Void

    /// The questions that wait, and who is there to ask them.
    fileprivate struct Line {
        var jobs: [Job] = []
        var next = 0
        var threads = 0
        var busy = 0
        var isClosed = false
    }

    private let address: PostgresAddress
    private let limits: PostgresLimits
    private let line = NIOLockedValueBox(Line())
    private let waiting = DispatchSemaphore(value: 0)
    private let ends = DispatchGroup()

    /// Connects, and brings the tables up to date.
    ///
    /// Throws: ``StoreFailure`` or ``PostgresError`` where that can't be.
    init(_ address: PostgresAddress, limits: PostgresLimits = PostgresLimits()) async throws {
        (self.address, self.limits) = (address, limits)
        do {
            try await run { try $0.transact("BEGIN ISOLATION LEVEL READ COMMITTED", PostgresSchema.migrate) }
        } catch {
            try await close()
            throw error
        }
    }

    deinit { end() }

    func read<Result: Sendable>(
        _ question: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        try await run { try $0.transact("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", question) }
    }

    @discardableResult
    func write<Result: Sendable>(
        _ change: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        // Each statement sees what was committed before it, so that who waited for a lock sees what the other one wrote.
        try await run { try $0.transact("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", change) }
    }

    /// The server cleans up by itself (autovacuum); what its log and its backups hold is its operators' to say.
    func scour() async throws {}

    func close() async throws {
        end()
        await withCheckedContinuation { ended in
            ends.notify(queue: .global()) { ended.resume() }
        }
    }

    /// Lets the threads end when nothing is left to do.
    private func end() {
        let threads = line.withLockedValue { line in
            defer { line.isClosed = true }
            return line.isClosed ? 0 : line.threads
        }
        for _ in 0..<threads { waiting.signal() }
    }

    /// Starts a thread. It holds what it needs and not the engine, which may go before it.
    private func startThread() {
        ends.enter()
        let thread = Thread { [line, waiting, ends, address, limits] in
            let worker = PostgresWorker(address, limits)
            while true {
                waiting.wait()
                guard let job = line.withLockedValue({ $0.take() }) else { break }
                job(worker)
                line.withLockedValue { $0.busy -= 1 }
            }
            worker.disconnect()
            ends.leave()
        }
        thread.name = "postgres"
        thread.start()
    }

    private func run<Result: Sendable>(_ work: @escaping @Sendable (PostgresWorker) throws -> Result) async throws
        -> Result
    {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { answered in
            let needsThread = line.withLockedValue { line in
                line.add { worker in answered.resume(with: Swift.Result { try work(worker) }) }
            }
            guard let needsThread else {
                return answered.resume(throwing: StoreFailure.unavailable("too many questions wait for PostgreSQL"))
            }
            if needsThread { startThread() }
            waiting.signal()
        }
    }
}

extension PostgresEngine.Line {
    /// Appends a job; says whether it needs one more thread, or `nil` where there was no room.
    mutating func add(_ job: @escaping PostgresEngine.Job) -> Bool? {
        guard !isClosed, jobs.count - next < PostgresEngine.maximumWaiting else { return nil }
        jobs.append(job)
        let needsThread = jobs.count - next > threads - busy && threads < PostgresEngine.connections
        if needsThread { threads += 1 }
        return needsThread
    }

    /// The job that waits longest; `nil` where none does, which is so after the end alone.
    mutating func take() -> PostgresEngine.Job? {
        guard next < jobs.count else { return nil }
        let job = jobs[next]
        next += 1
        busy += 1
        if next == jobs.count || next > PostgresEngine.maximumWaiting {
            jobs.removeFirst(next)
            next = 0
        }
        return job
    }
}

/// What a thread has: a connection, or none before the first use and after a loss.
fileprivate final class PostgresWorker {
    private let address: PostgresAddress
    private let limits: PostgresLimits
    private var connection: PostgresConnection?

    init(_ address: PostgresAddress, _ limits: PostgresLimits) { (self.address, self.limits) = (address, limits) }

    func disconnect() { connection = nil }

    /// Does something in a transaction, again where the first one was undone: by another transaction, or because the
    /// connection had been lost or outdated meanwhile.
    func transact<Result>(_ begin: String, _ body: (any DatabaseSession) throws -> Result) throws -> Result {
        var attempt = 1
        while true {
            let wasConnected = connection != nil
            do {
                let connection = try connection ?? PostgresConnection(address, limits)
                self.connection = connection
                defer { if connection.isLost { self.connection = nil } }
                return try connection.transact(begin, body)
            } catch let error as PostgresError {
                let isWorthwhile = error.isConflict || (error.isLoss || error.isOutdated) && wasConnected
                guard isWorthwhile, attempt < PostgresEngine.attempts else { throw error.failure ?? error }
                attempt += 1
                // Two that met do not meet again in step.
                if error.isConflict { usleep(.random(in: 0...(2000 << UInt32(attempt)))) }
            }
        }
    }
}
