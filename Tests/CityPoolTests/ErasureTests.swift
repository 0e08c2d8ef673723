// The pool forgets whose loans were, and what it hands on still verifies.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import CityPool
@testable import PoolIntake

@Suite struct ErasureTests {
    private static let day: Int64 = 86_400_000
    /// When the batches of these tests arrive, years ago, and some days later.
    private let early = WallTime(milliseconds: 1_700_000_000_000)
    private var late: WallTime { early.adding(milliseconds: 10 * Self.day) }

    /// A pool with a station, and what it is asked through.
    private func pool(on engine: Engine) async throws -> (PoolHouse, PoolDatabase, StationAccount) {
        let house = try PoolHouse(on: engine)
        let store = try await PoolDatabase(house.engine())
        return (house, store, try #require(try await store.station(.of("demo"))))
    }

    private func take(_ documents: [[UInt8]], _ store: PoolDatabase, _ account: StationAccount, at time: WallTime)
        async throws
    {
        _ = try await store.take(Arrival.batch(try documents.map { try JSON(parsing: $0) }), of: account, at: time)
    }

    private func stored(_ journal: TestJournal, _ store: PoolDatabase) async throws -> [EntryDocument] {
        let bytes = try await store.entries(of: .of("demo"), epoch: journal.head.epoch, after: 0, limit: 100)
        var verifier = ChainVerifier(source: journal.source, after: nil)
        return try bytes.map { bytes in
            let document = try EntryDocument(parsing: bytes)
            try verifier.take(document)
            return document
        }
    }

    @Test(arguments: Engine.allCases)
    func `whose loans were is erased when they are long over, and the chain still verifies`(
        _ engine: Engine
    ) async throws {
        let (_, store, account) = try await pool(on: engine)
        var journal = TestJournal()
        let returned = journal.checkOut("drill-1", by: "b-1")
        journal.giveBack(returned, "drill-1")
        let open = journal.checkOut("table", by: "b-2")
        journal.write(.itemReceived(item: .of("painting"), .of("b-1")))
        let begun = journal.entries.count
        try await take(journal.documents, store, account, at: early)
        // This one ends later, by the pool's clock. What the station's own said does not count.
        journal.giveBack(open, "table")
        try await take(Array(journal.documents[begun...]), store, account, at: late)
        let lateLoan = journal.checkOut("drill-1", by: "b-3")
        try await take(Array(journal.documents.suffix(2)), store, account, at: late)

        func borrowers() async throws -> [String?] {
            try await store.loans(LoanQuery(openOnly: false, limit: 10)).map(\.borrower)
        }
        #expect(try await !store.erase(before: early))
        #expect(try await borrowers() == ["b-1", "b-2", "b-3"])
        #expect(try await store.erase(before: late))
        #expect(try await !store.erase(before: late), "there is nothing left to do")
        #expect(try await borrowers() == [nil, "b-2", "b-3"])
        var disclosed = try await stored(journal, store).filter { $0.entry.disclosure != nil }.map(\.entry.number)
        #expect(disclosed == [open, lateLoan])

        // Whose loan goes on is known, however late it is.
        #expect(try await store.erase(before: .latest))
        #expect(try await borrowers() == [nil, nil, "b-3"])
        disclosed = try await stored(journal, store).filter { $0.entry.disclosure != nil }.map(\.entry.number)
        #expect(disclosed == [lateLoan])
        // The station sends all of it again: it is known, and stays erased.
        try await take(journal.documents, store, account, at: late)
        #expect(try await borrowers() == [nil, nil, "b-3"])
        #expect(try await stored(journal, store).count { $0.entry.disclosure != nil } == 1)
        try await store.close()
    }

    @Test func `a pool that serves erases what is due, and its files hold nothing of it`() async throws {
        let (house, store, account) = try await pool(on: .sqlite)
        var journal = TestJournal()
        journal.giveBack(journal.checkOut("drill-1", by: "pseudonym-4711"), "drill-1")
        let kept = journal.checkOut("table", by: "pseudonym-4712")
        try await take(journal.documents, store, account, at: early)
        try await store.close()
        func isInFiles(_ text: String) throws -> Bool {
            try FileManager.default.contentsOfDirectory(atPath: house.data).contains { name in
                let data = FileManager.default.contents(atPath: "\(house.data)/\(name)") ?? Data()
                return data.range(of: Data(text.utf8)) != nil
            }
        }
        let disclosure = try #require(journal.entries.first { $0.disclosure != nil }?.disclosure?.text)
        #expect(try isInFiles("pseudonym-4711") && isInFiles(disclosure))
        try house.serve()
        try eventually("it is erased") { try !isInFiles("pseudonym-4711") && !isInFiles(disclosure) }
        let loans = try house.ask("GET", "/v1/loans?state=all", token: house.admin)
        #expect(loans.json?["loans"]?.array?.map { $0["borrower"]?.string } == [nil, "pseudonym-4712"])
        #expect(loans.json?["loans"]?.array?.last?["id"]?.string == kept.description)
    }

    @Test func `what an older pool kept is erased too, when its time is over from the update on`() async throws {
        let (house, store, account) = try await pool(on: .sqlite)
        var journal = TestJournal()
        journal.giveBack(journal.checkOut("drill-1"), "drill-1")
        journal.checkOut("table")
        journal.write(.itemReceived(item: .of("painting"), .of("b-1")))
        journal.write(.staffSignedIn(.of("s-1")))
        try await take(journal.documents, store, account, at: early)
        try await store.close()
        // As the version before left it.
        let queue = try DatabaseQueue(path: house.database)
        try await queue.write { database in
            try database.execute(
                sql: """
                    DROP INDEX closed_loans; ALTER TABLE loans DROP COLUMN closed; DROP TABLE disclosures;
                    DELETE FROM grdb_migrations WHERE identifier LIKE '4 %'
                    """)
        }
        try queue.close()
        let again = try await PoolDatabase(house.engine())
        let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        #expect(try await !again.erase(before: now.adding(milliseconds: -Self.day)))
        #expect(try await again.erase(before: now.adding(milliseconds: Self.day)))
        let disclosed = try await stored(journal, again).filter { $0.entry.disclosure != nil }
        // The open loan's borrower, and staff.
        #expect(disclosed.map(\.entry.kind) == [.checkoutBegun, .staffSignedIn])
        try await again.close()
    }
}
