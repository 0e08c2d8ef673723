// A pool's data of an earlier version, opened by this one.

import Foundation
import GRDB
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct MigrationTests {
    /// A pool's folder with data of the second version.
    private func folder(_ fill: @escaping @Sendable (Database) throws -> Void) throws -> Folder {
        let folder = try Folder()
        let queue = try DurableDatabase.open(folder.file(SQLiteEngine.fileName), exclusive: true)
        try SQLiteSchema.migrator.migrate(queue, upTo: "2 opening hours")
        try queue.write(fill)
        try queue.close()
        return folder
    }

    @Test func `a register says the same afterwards, under the same number`() async throws {
        let folder = try folder { database in
            try database.execute(
                sql: """
                    INSERT INTO pool (id, incarnation) VALUES (1, 'abc');
                    INSERT INTO register VALUES (1, 7, 14, 1080, 5);
                    INSERT INTO periods VALUES ('sound', 3, 720), ('art', 90, 1080);
                    INSERT INTO houses (station, hours) VALUES ('demo', NULL);
                    INSERT INTO lockers VALUES ('demo', '4', 'Fach 4', 'Locker 4', 'L4');
                    INSERT INTO items VALUES ('saw', 'Säge', 'Saw', 'S1', 'tools', 1, 'demo', '4', 1);
                    INSERT INTO parts VALUES ('saw', 0, 'Koffer', 'Case');
                    INSERT INTO borrowers VALUES ('b-1', 'active', 1830000000000), ('b-2', 'blocked', NULL);
                    """)
            let fingerprint = Data(CardCode.fingerprint(of: SampleHouse.card("1")).bytes)
            try database.execute(sql: "INSERT INTO cards VALUES (?, 'b-1')", arguments: [fingerprint])
        }
        let pool = try await PoolDatabase(SQLiteEngine(folder: folder.path))
        let stored = try #require(try await pool.house())
        #expect(stored.version == RegisterVersion(incarnation: "abc", number: 7))
        let yaml = """
            policy:
              standard: { days: 14, until: "18:00" }
              categories: { art: { days: 90, until: "18:00" }, sound: { days: 3, until: "12:00" } }
              maximum-loans: 5
            stations: [{ id: demo, lockers: [{ id: "4", name: { de: Fach 4, en: Locker 4 }, label: L4 }] }]
            items:
              - id: saw
                name: { de: Säge, en: Saw }
                label: S1
                category: tools
                station: demo
                locker: "4"
                parts: [{ de: Koffer, en: Case }]
            borrowers:
              - { id: b-1, valid-until: 2027-12-28T21:20:00.000Z, cards: [\(SampleHouse.card("1"))] }
              - { id: b-2, standing: blocked }
            """
        let house = try HouseYAML.read(Array(yaml.utf8), name: "house")
        var expected = house
        expected.borrowers[0].borrower.validUntil = WallTime(milliseconds: 1_830_000_000_000)
        #expect(stored.house == expected)
        #expect(try await pool.replace(with: expected).number == 7)
        #expect(try await pool.replace(with: House()).number == 8)
        try await pool.close()
    }

    @Test func `loans keep their places, and can be reported and renewed`() async throws {
        let folder = try folder { database in
            try database.execute(
                sql: """
                    INSERT INTO loans (position, station, id, item, borrower, due, begun, ended, ending, errand) VALUES
                        (3, 'demo', 'x-3', 'saw', 'b-1', 20, 10, NULL, NULL, 'checkout'),
                        (5, 'demo', 'x-5', 'axe', NULL, 40, 30, 50, 'returned', NULL)
                    """)
        }
        let pool = try await PoolDatabase(SQLiteEngine(folder: folder.path))
        let loans = try await pool.loans(LoanQuery(openOnly: false, limit: 10))
        #expect(loans.map(\.position) == [3, 5] && loans.map(\.borrower) == ["b-1", nil])
        #expect(loans.map(\.ending) == [nil, "returned"] && loans.map(\.errand) == ["checkout", nil])
        #expect(loans.allSatisfy { $0.renewals == 0 && !$0.isReported })
        try await pool.engine.write { database in
            try database.execute("UPDATE loans SET errand = 'report', renewals = 1 WHERE position = 3")
        }
        // The control: staff have no loan, so none has their errand.
        await #expect(throws: DatabaseError.self) {
            try await pool.engine.write { try $0.execute("UPDATE loans SET errand = 'service'") }
        }
        try await pool.close()
    }

    @Test func `a pool without a register has none afterwards`() async throws {
        let pool = try await PoolDatabase(SQLiteEngine(folder: try folder { _ in }.path))
        #expect(try await pool.registerVersion() == nil)
        #expect(try await pool.replace(with: House()).number == 1)
        try await pool.close()
    }
}
