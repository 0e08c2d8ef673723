// How fast a pool takes entries in, beside bare inserts of the same rows in the same run. A measurement and no test: it runs
// where INGEST_ENTRIES says how many, as `make fleet` does, and fails only where entries are missing in the end.

import Foundation
import GRDB
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite(.serialized) struct IngestBench {
    private static let entries = ProcessInfo.processInfo.environment["INGEST_ENTRIES"].flatMap { Int($0) }
    /// How many stations send at the same time, each over one connection.
    private static let stations = 4

    @Test(.enabled(if: entries != nil), arguments: Engine.allCases)
    func `a backlog goes into a pool as fast as this`(_ engine: Engine) async throws {
        let share = (Self.entries ?? 0) / Self.stations
        let journals = (0..<Self.stations).map {
            FleetJournal(station: "s-\($0)", entries: share, seed: UInt64($0) + 7)
        }
        let cluster = engine == .postgres ? try PostgresCluster(inMemory: false) : nil
        let house = try PoolHouse(
            on: engine, stations: journals.map(\.station.text), admin: false, server: cluster)
        try house.serve()
        let requests = journals.map { journal in
            Self.batches(journal).map { batch in
                (
                    count: batch.count,
                    bytes: Wire.request(
                        "POST", "/v1/stations/\(journal.station)/entries", token: house.tokens[journal.station.text],
                        type: EntryBatch.mediaType, body: EntryBatch.body(Array(batch)).body)
                )
            }
        }
        var stages: [Stage] = []
        var sent = 0
        // Parts of the backlog, small and large: does an entry cost the same in a full ledger as in an empty one?
        for part in Self.parts(requests.map(\.count).max() ?? 0) {
            let some = requests.map { $0[part.clamped(to: $0.indices)] }
            let begin = Stage.Start(house)
            try #require(Self.send(some.map { $0.map(\.bytes) }, to: house.port) == 0)
            let count = some.joined().map(\.count).reduce(0, +)
            sent += count
            stages.append(begin.end(house, entries: count, total: sent))
        }
        let peak = house.process?.peakResidentBytes ?? 0
        #expect(house.stop() == 0)
        let bare = try await Self.bare(engine, journals, cluster)
        let total = Double(sent) / stages.map(\.seconds).reduce(0, +)
        print(
            "ingest: \(engine): \(sent) entries, \(Int(total)) a second; bare inserts \(Int(bare)); ratio \(total / bare)"
        )
        for stage in stages { print("ingest: \(engine): \(stage)") }
        print("ingest: \(engine): at most \(peak / 1_048_576) MiB")
        #expect(try house.rows("SELECT count(*) FROM entries") == ["\(sent)"])
        #expect(try house.rows("SELECT count(*) FROM loans") == ["\(journals.map(\.loans.count).reduce(0, +))"])
    }

    private static func batches(_ journal: FleetJournal) -> [ArraySlice<[UInt8]>] {
        stride(from: 0, to: journal.documents.count, by: EntryBatch.maximumEntries).map { start in
            journal.documents[start..<min(journal.documents.count, start + EntryBatch.maximumEntries)]
        }
    }

    /// The first hundredth, the next tenth, and the rest in five pieces.
    private static func parts(_ count: Int) -> [Range<Int>] {
        let ends = [
            count / 100, count / 10, count * 28 / 100, count * 46 / 100, count * 64 / 100, count * 82 / 100, count,
        ]
        return zip([0] + ends, ends).filter { $0 < $1 }.map { $0..<$1 }
    }

    /// Sends requests over one connection a station, each when the one before is answered; gives how many failed.
    private static func send(_ requests: [[[UInt8]]], to port: Int) -> Int {
        let failures = DispatchGroup()
        let failed = FailureCount()
        for list in requests {
            failures.enter()
            Thread.detachNewThread {
                defer { failures.leave() }
                do {
                    let wire = try Wire(port: port)
                    for request in list {
                        wire.write(request)
                        if try wire.answer().status != 200 { failed.add() }
                    }
                } catch { failed.add() }
            }
        }
        failures.wait()
        return failed.count
    }

    /// Inserts the same rows without a pool: a transaction for as many entries as a batch has, many rows a statement.
    ///
    /// - Returns: how many entries a second.
    private static func bare(_ engine: Engine, _ journals: [FleetJournal], _ cluster: PostgresCluster?) async throws
        -> Double
    {
        let folder = try Folder()
        let database: any DatabaseEngine
        if let cluster {
            database = try await PostgresEngine(PostgresAddress(try cluster.makeDatabase()))
        } else {
            database = try SQLiteEngine(folder: folder.path)
        }
        try await database.write { session in
            for journal in journals {
                let name = journal.station.text
                try session.insert(
                    into: "stations", ["id", "source", "token", "card_key"],
                    [[.text(name), .text(name), .bytes(Array(name.utf8)), .bytes([])]])
            }
        }
        var (entries, seconds) = (0, 0.0)
        for journal in journals {
            var loans = journal.loans[...]
            for batch in batches(journal) {
                // The rows are made before the clock runs.
                let rows = batch.indices.map { index -> [SQLValue] in
                    [
                        .text(journal.station.text), .text(journal.epoch.description), .integer(Int64(index + 1)),
                        .hash(journal.hashes[index]), .bytes(journal.documents[index]), .text(nil),
                    ]
                }
                let begun = loans.prefix { $0.id.sequence <= UInt64(batch.endIndex) }
                loans = loans.dropFirst(begun.count)
                let books = begun.map { loan -> [SQLValue] in
                    [
                        .text(journal.station.text), .text(loan.id.description), .text(loan.item), .text(loan.borrower),
                        .time(loan.due), .time(loan.begun), .time(loan.ended), .text(loan.ending), .text(nil),
                        .integer(Int64(loan.renewals)), .flag(loan.isReported),
                    ]
                }
                let begin = ContinuousClock.now
                try await database.write { session in
                    try insert(
                        session, "entries", ["station", "epoch", "sequence", "hash", "document", "rejection"], rows)
                    try insert(
                        session, "loans",
                        [
                            "station", "id", "item", "borrower", "due", "begun", "ended", "ending", "errand",
                            "renewals",
                            "is_reported",
                        ], books)
                }
                seconds += (ContinuousClock.now - begin) / .seconds(1)
                entries += rows.count
            }
        }
        try await database.close()
        return Double(entries) / seconds
    }

    /// Inserts by a statement of many rows.
    private static func insert(
        _ session: any DatabaseSession, _ table: String, _ columns: [String], _ rows: [[SQLValue]]
    ) throws {
        var rest = rows[...]
        while !rest.isEmpty {
            let some = rest.prefix(100)
            rest = rest.dropFirst(some.count)
            let places = some.indices.map { row in
                let first = (row - some.startIndex) * columns.count
                return "(" + columns.indices.map { "?\(first + $0 + 1)" }.joined(separator: ", ") + ")"
            }
            try session.execute(
                "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES \(places.joined(separator: ", "))",
                some.flatMap { $0 })
        }
    }
}

/// How many requests failed, on all threads.
private final class FailureCount: Sendable {
    private let lock = DispatchQueue(label: "failures")
    private nonisolated(unsafe) var number = 0  // read and written on the queue alone

    func add() { lock.sync { number += 1 } }
    var count: Int { lock.sync { number } }
}

/// A part of the backlog.
private struct Stage: CustomStringConvertible {
    struct Start {
        private let begin = ContinuousClock.now
        private let processor: Double

        init(_ house: PoolHouse) { processor = Self.processor(house) }

        func end(_ house: PoolHouse, entries: Int, total: Int) -> Stage {
            Stage(
                entries: entries, total: total, seconds: (ContinuousClock.now - begin) / .seconds(1),
                processor: Self.processor(house) - processor, memory: Self.memory(house))
        }

        /// The seconds of processor that the pool has used.
        private static func processor(_ house: PoolHouse) -> Double {
            let identifier = house.process?.identifier ?? 0
            let fields = fileText("/proc/\(identifier)/stat").split(separator: " ")
            return (13...14).compactMap { fields.count > $0 ? Double(fields[$0]) : nil }.reduce(0, +) / 100
        }

        /// The memory that the pool has now, in MiB.
        private static func memory(_ house: PoolHouse) -> Int {
            let status = fileText("/proc/\(house.process?.identifier ?? 0)/status").split(separator: "\n")
            return (status.first { $0.hasPrefix("VmRSS:") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0) / 1024
        }
    }

    var entries: Int
    var total: Int
    var seconds: Double
    var processor: Double
    var memory: Int

    var description: String {
        let each = processor / Double(entries) * 1e6
        return
            "up to \(total): \(Int(Double(entries) / seconds)) a second, \(Int(each)) µs of the pool's processor each, \(memory) MiB"
    }
}
