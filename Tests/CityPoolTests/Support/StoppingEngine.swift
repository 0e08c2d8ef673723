// A database engine whose transactions stop where a test wants it, so that another one meets them there.

import Foundation
import NIOConcurrencyHelpers
import TestSupport

@testable import CityPool

/// Where a transaction stops once, after a statement.
final class Stop: Sendable {
    let text: String
    private let reached = NIOLockedValueBox(false)
    private let begun = NIOLockedValueBox(0)
    private let gate = DispatchSemaphore(value: 0)

    init(at text: String) { self.text = text }

    var isReached: Bool { reached.withLockedValue { $0 } }
    func goOn() { gate.signal() }
    /// How many transactions were begun, those among them that the server undid.
    var transactions: Int { begun.withLockedValue { $0 } }
    func begin() { begun.withLockedValue { $0 += 1 } }

    func pass(_ sql: String) throws {
        let isFirst = reached.withLockedValue { reached in
            defer { reached = reached || sql.contains(text) }
            return !reached && sql.contains(text)
        }
        guard isFirst else { return }
        guard gate.wait(timeout: .now() + patience) == .success else { throw BenchError("nobody let it go on") }
    }
}

/// An engine whose transactions stop.
struct StoppingEngine: DatabaseEngine {
    let base: any DatabaseEngine
    let stop: Stop

    func read<Result: Sendable>(
        _ question: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result { try await base.read(question) }

    func write<Result: Sendable>(
        _ change: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        try await base.write {
            stop.begin()
            return try change(Session(base: $0, stop: stop))
        }
    }

    func scour() async throws { try await base.scour() }
    func close() async throws { try await base.close() }

    private struct Session: DatabaseSession {
        let base: any DatabaseSession
        let stop: Stop

        func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] { try base.rows(sql, values) }
        func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
            let changed = try base.execute(sql, values)
            try stop.pass(sql)
            return changed
        }
        func execute(_ sql: String, each: [[SQLValue]]) throws -> [Int] {
            let changed = try base.execute(sql, each: each)
            if !each.isEmpty { try stop.pass(sql) }
            return changed
        }
        func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]], onConflict: String?) throws {
            try base.insert(into: table, columns, rows, onConflict: onConflict)
        }
        func lock(_ name: String) throws { try base.lock(name) }
        func lock(_ names: Set<String>) throws { try base.lock(names) }
    }
}

extension PoolHouse {
    /// Whether a transaction on this PostgreSQL database waits for another one.
    var isSomebodyWaiting: Bool {
        get throws {
            try rows(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
            ) == ["1"]
        }
    }
}
