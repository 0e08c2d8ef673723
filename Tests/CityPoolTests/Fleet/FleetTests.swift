// A fleet of stations against real pools that are killed every few seconds, on both engines: in the end the ledger equals
// the stations' journals exactly. `make fleet` runs the large one.

import Foundation
import NIOConcurrencyHelpers
import StationCore
import TestSupport
import Testing

@testable import CityPool
@testable import MilaStation

/// Threads for the stations and for what happens to the pools, so that they don't stand in line behind other tests.
private final class FleetExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "fleet", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

@Suite(.serialized) struct FleetTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let stations = environment["FLEET_STATIONS"].flatMap { Int($0) } ?? 8
    private static let entries = environment["FLEET_ENTRIES"].flatMap { Int($0) } ?? 20_000
    private static let seed = environment["FLEET_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999_999)
    /// The large fleet writes to a disk, the small one in memory.
    private static let isSmall = environment["FLEET_ENTRIES"] == nil

    @Test(arguments: Engine.allCases)
    func `the ledger of a fleet equals its journals exactly`(_ engine: Engine) async throws {
        print("fleet: \(Self.stations) stations, \(Self.entries) entries, \(engine), FLEET_SEED=\(Self.seed)")
        let share = Self.entries / Self.stations
        let journals = (0..<Self.stations).map { number in
            FleetJournal(station: "s-\(number)", entries: share, seed: Self.seed &+ UInt64(number) &* 2)
        }
        let pools = try FleetPools(on: engine, inMemory: Self.isSmall)
        let clients = try await pools.join(journals)
        let begin = ContinuousClock.now
        let counts = try await withTaskExecutorPreference(FleetExecutor()) {
            try await sendAll(journals, clients, pools)
        }
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        for client in clients.joined() { try await client.close() }
        let peak = pools.peakMemory
        pools.stop()

        #expect(counts.violations.isEmpty, "\(counts.violations.prefix(5))")
        #expect(pools.kills > 0 && counts.doubled + counts.overtaken + counts.lost + counts.repeated > 0)
        let store = try await pools.database()
        let differences = try await Self.differences(store, journals)
        #expect(differences.isEmpty, "\(differences.prefix(5))")
        try await corrupt(store, journals)
        try await store.close()
        print(
            """
            fleet: \(engine): \(journals.map(\.documents.count).reduce(0, +)) entries, \
            \(journals.map(\.loans.count).reduce(0, +)) loans in \(Int(seconds)) s; \(counts.batches) batches, \
            \(counts.doubled) doubled, \(counts.overtaken) overtaken, \(counts.repeated) sent again, \(counts.lost) answers \
            lost, \(counts.failures) failures; \(pools.kills) pools killed, PostgreSQL restarted \(pools.restarts) times; \
            at most \(peak / 1_048_576) MiB
            """)
    }

    /// Lets all stations send, and hurts the pools meanwhile.
    private func sendAll(
        _ journals: [FleetJournal], _ clients: [[PoolClient]], _ pools: FleetPools
    ) async throws -> FleetCounts {
        let counts = NIOLockedValueBox(FleetCounts())
        let underWay = NIOLockedValueBox(journals.count)
        let total = journals.map(\.documents.count).reduce(0, +)
        let sending = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, journal) in journals.enumerated() {
                    let station = FleetStation(
                        journal, clients: clients[number], counts: counts, seed: Self.seed ^ UInt64(number))
                    group.addTask {
                        defer { underWay.withLockedValue { $0 -= 1 } }
                        try await station.run()
                    }
                }
                try await group.waitForAll()
            }
        }
        var chance = SeededGenerator(seed: Self.seed)
        while underWay.withLockedValue({ $0 }) > 0 {
            let acknowledged = counts.withLockedValue { $0.acknowledged }
            if pools.restarts < 2, acknowledged > total * (pools.restarts + 1) / 3 {
                if pools.engine == .postgres { try pools.restartServer(orderly: pools.restarts == 0) }
            }
            try pools.killOne(&chance)
            try await Task.sleep(for: .milliseconds(500 + chance.number(below: 2500)))
        }
        try await sending.value
        return counts.withLockedValue { $0 }
    }

    // MARK: - What the ledger says

    /// Where the ledger differs from the journals.
    private static func differences(_ store: PoolDatabase, _ journals: [FleetJournal]) async throws -> [String] {
        var differences: [String] = []
        for journal in journals {
            var stored = 0
            while stored <= journal.documents.count {
                let page = try await store.entries(
                    of: journal.station, epoch: journal.epoch, after: UInt64(stored), limit: 1000)
                guard !page.isEmpty else { break }
                if page != Array(journal.documents.dropFirst(stored).prefix(page.count)) {
                    differences.append("\(journal.station): entries after \(stored)")
                }
                stored += page.count
            }
            if stored != journal.documents.count { differences.append("\(journal.station): \(stored) entries") }
            let head = try await store.head(of: journal.station, epoch: journal.epoch)
            if head?.sequence != UInt64(stored) {
                differences.append("\(journal.station): head \(String(describing: head))")
            }
            let loans = try await Self.loans(store, journal.station)
            if loans != journal.loans { differences.append("\(journal.station): \(loans.count) loans") }
        }
        let summaries = try await store.stations()
        if summaries.contains(where: { $0.forks > 0 || $0.rejected > 0 }) { differences.append("forks or rejections") }
        return differences
    }

    private static func loans(_ store: PoolDatabase, _ station: StationID) async throws -> [FleetJournal.Loan] {
        var loans: [FleetJournal.Loan] = []
        var position: Int64 = 0
        while true {
            let query = LoanQuery(station: station, openOnly: false, after: position, limit: 1000)
            let page = try await store.loans(query)
            guard let last = page.last else { return loans }
            position = last.position
            for loan in page {
                guard let id = EntryNumber(loan.id), loan.errand == nil else { throw BenchError("loan \(loan.id)") }
                loans.append(
                    .init(
                        id: id, item: loan.item, borrower: loan.borrower ?? "", begun: loan.begun, due: loan.due,
                        ended: loan.ended, ending: loan.ending, renewals: loan.renewals, isReported: loan.isReported))
            }
        }
    }

    /// The control: a ledger that counts one entry twice, or lacks one, is found.
    private func corrupt(_ store: PoolDatabase, _ journals: [FleetJournal]) async throws {
        let (journal, name) = (journals[0], SQLValue.text(journals[0].station.text))
        let renewed = try #require(journal.loans.last { $0.renewals > 0 })
        for (change, undo) in [
            ("UPDATE loans SET renewals = renewals + 1 WHERE station = ?1 AND id = ?2", "renewals = renewals - 1"),
            (
                "UPDATE loans SET is_reported = 1 - is_reported WHERE station = ?1 AND id = ?2",
                "is_reported = 1 - is_reported"
            ),
        ] {
            let id = SQLValue.text(renewed.id.description)
            try await store.engine.write { try $0.execute(change, [name, id]) }
            #expect(try await Self.differences(store, [journal]).count == 1)
            try await store.engine.write {
                try $0.execute("UPDATE loans SET \(undo) WHERE station = ?1 AND id = ?2", [name, id])
            }
            #expect(try await Self.differences(store, [journal]).isEmpty)
        }
        try await store.engine.write {
            try $0.execute("DELETE FROM entries WHERE station = ?1 AND sequence = 7", [name])
        }
        #expect(try await !Self.differences(store, [journal]).isEmpty)
    }
}
