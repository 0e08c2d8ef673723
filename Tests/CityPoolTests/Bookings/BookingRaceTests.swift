// Many who want the same at the same moment: through several connections to one pool, and through two pools on one
// PostgreSQL. Nothing is promised twice; and where the guard is taken away, it is.

import Foundation
import NIOConcurrencyHelpers
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct BookingRaceTests {
    private let now = BookingHouse.now

    /// Pools over the data of a house: two where the engine lets several work on one database.
    private func stores(_ pool: BookingHouse, _ engine: Engine) async throws -> [PoolDatabase] {
        engine == .sqlite ? [pool.store] : [pool.store, try await PoolDatabase(pool.house.engine())]
    }

    /// Has all requests made at once, and gives how many of each subject's were granted.
    private func book(
        _ requests: [BookingRequest], _ stores: [PoolDatabase]
    ) async throws -> [BookingSubject: Int] {
        try await withThrowingTaskGroup(of: BookingSubject?.self) { group in
            for (index, request) in requests.enumerated() {
                let store = stores[index % stores.count]
                group.addTask {
                    let refusal = try await store.refusal(request)
                    guard let refusal else { return request.subject }
                    guard refusal.reason == .taken else { throw refusal }
                    return nil
                }
            }
            var granted: [BookingSubject: Int] = [:]
            for try await subject in group {
                if let subject { granted[subject, default: 0] += 1 }
            }
            return granted
        }
    }

    @Test(arguments: Engine.allCases) func `of many at once as many get it as there are pieces`(_ engine: Engine)
        async throws
    {
        let pool = try await BookingHouse(on: engine)
        let stores = try await stores(pool, engine)
        // Fifty want the saw, fifty any tool of three, fifty one of twelve tables: hours that all have one in common.
        let requests = (0..<150).map { index in
            let (from, borrower) = (10 - index / 3 % 5, index % 2 == 0 ? "b-1" : "b-2")
            let subject: BookingSubject = [.item("saw"), .any("tools"), .item("table")][index % 3]
            return BookingRequest(subject, by: borrower, from, 12 + index / 3 % 7)
        }
        let granted = try await book(requests, stores)
        // The saw is a tool: somebody gets it as such where three of them are first.
        #expect(granted[.item("saw"), default: 0] <= 1)
        #expect(granted[.item("saw"), default: 0] + granted[.any("tools"), default: 0] == 3)
        #expect(granted[.item("table")] == 12)
        #expect(try await pool.store.overbooked().isEmpty)
        for store in stores { try await store.close() }
    }

    @Test(arguments: Engine.allCases) func `bookings that come, move and go at once are never more than there is`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let stores = try await stores(pool, engine)
        let counts = try await withThrowingTaskGroup(of: [Int].self) { group in
            for worker in 0..<8 {
                let store = stores[worker % stores.count]
                group.addTask { try await Self.meddle(store, seed: UInt64(worker) + 1) }
            }
            return try await group.reduce(into: [0, 0, 0, 0]) { sum, more in
                for index in sum.indices { sum[index] += more[index] }
            }
        }
        #expect(counts.allSatisfy { $0 > 20 }, "the control: made, changed, cancelled, refused: \(counts)")
        #expect(try await pool.store.overbooked().isEmpty)
        for store in stores { try await store.close() }
    }

    /// Books, changes and cancels at random; counts what was made, changed, cancelled and refused.
    private static func meddle(_ store: PoolDatabase, seed: UInt64) async throws -> [Int] {
        var generator = SeededGenerator(seed: seed)
        let subjects: [BookingSubject] = [
            .item("saw"), .item("drill-1"), .any("tools"), .any("tools"), .item("table"), .locker("4"), .locker("5"),
            .room("spare"),
        ]
        var (mine, counts): ([Int64], [Int]) = ([], [0, 0, 0, 0])
        for _ in 0..<40 {
            let from = generator.number(below: 60)
            let until = from + 1 + generator.number(below: 12)
            do {
                switch generator.number(below: 4) {
                case 0 where !mine.isEmpty:
                    _ = try await store.change(
                        booking: generator.pick(mine), from: BookingHouse.hour(from), until: BookingHouse.hour(until),
                        at: BookingHouse.now)
                    counts[1] += 1
                case 1 where !mine.isEmpty:
                    let number = mine.remove(at: generator.number(below: mine.count))
                    _ = try await store.cancel(booking: number, at: BookingHouse.now)
                    counts[2] += 1
                default:
                    let request = BookingRequest(generator.pick(subjects), from, until)
                    mine.append(try await store.book(request, at: BookingHouse.now).number)
                    counts[0] += 1
                }
            } catch let refusal as BookingRefusal where refusal.reason == .taken {
                counts[3] += 1
            }
        }
        return counts
    }

    @Test(arguments: Engine.allCases) func `through many connections to a pool that serves, one is first`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        try await pool.store.close()
        try pool.house.serve()
        let (port, admin) = (pool.house.port, pool.house.admin)
        // By the machine's own clock this time is ahead.
        let year = 1 + Calendar(identifier: .gregorian).component(.year, from: Date())
        let body = #"{"borrower":"b-1","item":"saw","from":"\#(year)-01-02T10:00Z","until":"\#(year)-01-02T12:00Z"}"#
        let request = Wire.request(
            "POST", "/v1/bookings", token: admin, type: "application/json", body: Array(body.utf8))
        // All are sent before the first answer is read.
        let wires = try (0..<24).map { _ in try Wire(port: port) }
        for wire in wires { wire.write(request) }
        let answers = try wires.map { try $0.answer() }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.status == 409 && $0.problem == "booking-taken" } == 23)
        pool.house.stop()
    }

    // MARK: - Without the guard

    /// Two want the saw at the same moment, through pools of which each looks before the other one has written.
    private func overbooked(_ pool: BookingHouse, _ engines: [any DatabaseEngine]) async throws -> [String] {
        var stores: [PoolDatabase] = []
        for engine in engines { stores.append(try await PoolDatabase(engine)) }
        let granted = try await book([BookingRequest(.item("saw"), 1, 3), BookingRequest(.item("saw"), 2, 4)], stores)
        #expect(granted[.item("saw")] == 2)
        return try await pool.store.overbooked()
    }

    @Test(arguments: Engine.allCases)
    func `the control: where looking and writing are two transactions, one thing is promised twice`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let meeting = Meeting()
        let found = try await overbooked(
            pool, (0..<2).map { _ in HastyEngine(base: pool.store.engine, meeting: meeting) })
        #expect(found.contains { $0.hasPrefix("saw 2 times") })
        try await pool.store.close()
    }

    @Test func `the control: where two pools on one PostgreSQL take no lock, one thing is promised twice`() async throws
    {
        let pool = try await BookingHouse(on: .postgres)
        let gates = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
        let bases = [try await pool.house.engine(), try await pool.house.engine()]
        let found = try await overbooked(
            pool,
            zip(bases, [gates, gates.reversed()]).map { LocklessEngine(base: $0, mine: $1[0], theirs: $1[1]) })
        #expect(found.contains { $0.hasPrefix("saw 2 times") })
        for base in bases { try await base.close() }
        try await pool.store.close()
    }
}

/// Where two wait for each other.
private actor Meeting {
    private var first: CheckedContinuation<Void, Never>?

    func arrive() async {
        if let other = first {
            first = nil
            other.resume()
        } else {
            await withCheckedContinuation { first = $0 }
        }
    }
}

/// An engine that looks in one transaction, and writes in another what it decided by what it saw.
private struct HastyEngine: DatabaseEngine {
    private struct HasLooked: Error {}

    let base: any DatabaseEngine
    let meeting: Meeting

    func read<Result: Sendable>(
        _ question: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result { try await base.read(question) }

    func write<Result: Sendable>(
        _ change: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        let seen = try await base.read { session in
            let looking = Session(base: session, answers: nil)
            do { _ = try change(looking) } catch is HasLooked {}
            return (rows: looking.seen, isWriting: looking.isWriting)
        }
        guard seen.isWriting else { return try await base.write(change) }
        await meeting.arrive()
        return try await base.write { try change(Session(base: $0, answers: seen.rows)) }
    }

    func scour() async throws { try await base.scour() }
    func close() async throws {}

    /// Remembers what it sees and stops at the first change, or shows what was seen before and lets changes pass.
    private final class Session: DatabaseSession {
        let base: any DatabaseSession
        private var answers: [[SQLRow]]?
        private(set) var seen: [[SQLRow]] = []
        private(set) var isWriting = false

        init(base: any DatabaseSession, answers: [[SQLRow]]?) { (self.base, self.answers) = (base, answers) }

        private func begin() throws {
            isWriting = true
            if answers == nil { throw HasLooked() }
        }

        func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
            if sql.hasPrefix("INSERT") {
                try begin()
            } else if let next = answers?.first {
                answers?.removeFirst()
                return next
            }
            let rows = try base.rows(sql, values)
            seen.append(rows)
            return rows
        }

        func execute(_ sql: String, _ values: [SQLValue]) throws -> Int {
            try begin()
            return try base.execute(sql, values)
        }

        func execute(_ sql: String, each: [[SQLValue]]) throws -> [Int] {
            if !each.isEmpty { try begin() }
            return try base.execute(sql, each: each)
        }

        func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]], onConflict: String?) throws {
            try begin()
            try base.insert(into: table, columns, rows, onConflict: onConflict)
        }

        func lock(_ name: String) throws {}
        func lock(_ names: Set<String>) throws {}
    }
}

/// An engine whose transactions take no lock, and wait before their first row until another one is as far.
private struct LocklessEngine: DatabaseEngine {
    let base: any DatabaseEngine
    let mine: DispatchSemaphore
    let theirs: DispatchSemaphore

    func read<Result: Sendable>(
        _ question: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result { try await base.read(question) }

    func write<Result: Sendable>(
        _ change: @escaping @Sendable (any DatabaseSession) throws -> Result
    ) async throws -> Result {
        try await base.write { try change(Session(base: $0, mine: mine, theirs: theirs)) }
    }

    func scour() async throws { try await base.scour() }
    func close() async throws {}

    private struct Session: DatabaseSession {
        let base: any DatabaseSession
        let mine: DispatchSemaphore
        let theirs: DispatchSemaphore

        func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
            if sql.hasPrefix("INSERT") {
                theirs.signal()
                guard mine.wait(timeout: .now() + patience) == .success else { throw BenchError("nobody else came") }
            }
            return try base.rows(sql, values)
        }

        func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { try base.execute(sql, values) }
        func execute(_ sql: String, each: [[SQLValue]]) throws -> [Int] { try base.execute(sql, each: each) }
        func insert(into table: String, _ columns: [String], _ rows: [[SQLValue]], onConflict: String?) throws {
            try base.insert(into: table, columns, rows, onConflict: onConflict)
        }
        func lock(_ name: String) throws {}
        func lock(_ names: Set<String>) throws {}
    }
}
