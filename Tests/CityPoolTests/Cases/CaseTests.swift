// Conflicts become cases: whichever station is heard first, however the batches are cut, once.

import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct CaseTests {
    /// A way in which the batches of two stations arrive: which one is next.
    private static func ways(_ conflict: Conflict, _ engine: Engine) -> [[(station: String, batch: [[UInt8]])]] {
        func ways(cutInto size: Int, _ chance: inout SeededGenerator) -> [(station: String, batch: [[UInt8]])] {
            var left = [("demo", conflict.demo[...]), ("other", conflict.other[...])]
            var way: [(station: String, batch: [[UInt8]])] = []
            while let place = left.indices.filter({ !left[$0].1.isEmpty }).randomElement(using: &chance) {
                way.append((left[place].0, Array(left[place].1.prefix(size))))
                left[place].1 = left[place].1.dropFirst(size)
            }
            return way
        }
        let (demo, other) = (("demo", conflict.demo), ("other", conflict.other))
        var chance = SeededGenerator(seed: 7)
        // One station after the other, in batches and one by one; then mixed, and each batch twice.
        return [[demo, other], [other, demo]]
            + [
                conflict.demo.map { ("demo", [$0]) } + conflict.other.map { ("other", [$0]) },
                conflict.other.map { ("other", [$0]) } + conflict.demo.map { ("demo", [$0]) },
            ]
            + (0..<(engine == .sqlite ? 12 : 3)).map { round in
                let way = ways(cutInto: 1 + round % 3, &chance)
                return way.flatMap { [$0, $0] }
            }
    }

    @Test(arguments: Engine.allCases, Conflict.all)
    func `in every order of arrival the same cases are open, and the ledger is right`(
        _ engine: Engine, _ conflict: Conflict
    ) async throws {
        for way in Self.ways(conflict, engine) {
            let pool = try await CasePool(on: engine)
            _ = try await pool.store.mark(.of("saw"), isLost: true, at: CasePool.now)
            for (station, batch) in way { try await pool.take(batch, of: station) }
            let order = way.map { "\($0.station)×\($0.batch.count)" }
            #expect(try await pool.findings(conflict) == [], "\(order)")
            // All of it again, as after a lost answer: nothing is new.
            let before = try await pool.store.cases(CaseQuery(openOnly: false, limit: 100))
            try await pool.take(conflict.demo, of: "demo")
            try await pool.take(conflict.other, of: "other")
            #expect(try await pool.store.cases(CaseQuery(openOnly: false, limit: 100)) == before)
            try await pool.store.close()
        }
    }

    @Test func `the check finds each conflict that comes to something else`() async throws {
        for (conflict, next) in zip(Conflict.all, Conflict.all.dropFirst() + Conflict.all.prefix(1)) {
            let pool = try await CasePool(on: .sqlite)
            _ = try await pool.store.mark(.of("saw"), isLost: true, at: CasePool.now)
            try await pool.take(conflict.demo, of: "demo")
            try await pool.take(conflict.other, of: "other")
            #expect(try await !pool.findings(next).isEmpty, "\(conflict.name)")
            try await pool.store.close()
        }
    }

    @Test(arguments: Engine.allCases) func `of two stations' batches at once the second one sees the first`(
        _ engine: Engine
    ) async throws {
        let things = (0..<30).map {
            "  - { id: i-\($0), name: Säge, label: I-\($0), category: tools, station: demo }\n"
        }
        let pool = try await CasePool(
            on: engine, yaml: SampleHouse.yaml.replacing("borrowers:", with: things.joined() + "borrowers:"))
        let stations = pool.stations
        var (demo, other) = (TestJournal(), TestJournal(station: "other"))
        try await pool.take(demo.documents, of: "demo")
        try await pool.take(other.documents, of: "other")
        for item in 0..<30 {
            let (first, second) = (demo.documents.count, other.documents.count)
            demo.checkOut("i-\(item)")
            other.checkOut("i-\(item)")
            let batches = (Array(demo.documents[first...]), Array(other.documents[second...]))
            async let one: Void = stations.take(batches.0, of: "demo")
            async let two: Void = stations.take(batches.1, of: "other")
            _ = try await (one, two)
        }
        let cases = try await pool.open()
        #expect(cases.map(\.item) == (0..<30).map { "i-\($0)" } && cases.allSatisfy { $0.causes.count == 2 })
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases) func `a fork is one case, and is none again when it is sent again`(
        _ engine: Engine
    ) async throws {
        let pool = try await CasePool(on: engine)
        var journal = TestJournal()
        var cloned = journal
        journal.checkOut("drill-1")
        cloned.checkOut("table")
        try await pool.take(journal.documents, of: "demo")
        for _ in 0..<3 { try await pool.take(cloned.documents, of: "demo") }
        let found = try await pool.open()
        #expect(found.map(\.kind) == [.entryForked])
        #expect(found[0].causes.map(\.entry) == cloned.entries[1...].map(\.number.description))
        let number = found[0].number
        _ = try await pool.store.close(number, CaseClosing(by: .of("town-hall")), at: CasePool.now)
        try await pool.take(cloned.documents, of: "demo")
        #expect(try await pool.open().isEmpty)
        // The control: another entry of another history is news.
        cloned.checkOut("painting")
        try await pool.take(cloned.documents, of: "demo")
        #expect(try await pool.open().map(\.kind) == [.entryForked])
        try await pool.store.close()
    }

    @Test func `without a register nothing is held against it`() async throws {
        let house = try PoolHouse(stations: ["demo"], admin: false)
        try house.serve()
        var journal = TestJournal()
        journal.checkOut("drill-1", by: "b-9")
        try house.take(journal.documents)
        house.stop()
        #expect(try house.rows("SELECT count(*) FROM cases") == ["0"])
    }
}
