// What the pool's books say of renewals, reports, staff at lockers, and the states of items and lockers.

import Foundation
import StationCore
import TestSupport
import Testing

@Suite struct LedgerTests {
    private var kept: PoolHouse?
    private var journal = TestJournal()

    private var house: PoolHouse {
        guard let kept else { preconditionFailure("a test begins on an engine") }
        return kept
    }

    private mutating func begin(on engine: Engine) throws {
        kept = try PoolHouse(on: engine)
        try house.command(["register", "load", try house.folder.write(SampleHouse.yaml, to: "house.yaml")])
        try house.serve()
    }

    private func loan() throws -> JSON? {
        try house.ask("GET", "/v1/loans?state=all", token: house.admin).json?["loans"]?.array?.first
    }

    private func item(_ id: String) throws -> JSON? {
        let items = try house.ask("GET", "/v1/items", token: house.admin).json?["items"]?.array
        return items?.first { $0["id"] == .string(id) }
    }

    @Test(arguments: Engine.allCases) mutating func `a renewed loan is due later, however the batches are cut`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        let loan = journal.checkOut("drill-1")
        let due = [1_900_000_000_000, 1_910_000_000_000].map { WallTime(milliseconds: $0) }
        try house.take(journal.documents)
        #expect(try self.loan()?["renewals"] == .integer(0))
        #expect(try self.loan()?["reported"] == .boolean(false))
        journal.write(.loanRenewed(loan: loan, item: .of("drill-1"), due: due[0]))
        try house.take(journal.documents)
        #expect(try self.loan()?["renewals"] == .integer(1))
        #expect(try self.loan()?["due"] == .string(due[0].iso8601))
        journal.write(.loanRenewed(loan: loan, item: .of("drill-1"), due: due[1]))
        try house.take(journal.documents)
        try house.take(journal.documents)
        #expect(try self.loan()?["renewals"] == .integer(2))
        #expect(try self.loan()?["due"] == .string(due[1].iso8601))
        // The same in one batch, at another station's.
        let other = try PoolHouse(on: engine)
        try other.serve()
        try other.take(journal.documents)
        let same = try other.ask("GET", "/v1/loans", token: other.admin).json?["loans"]?.array?.first
        #expect(try same == self.loan())
    }

    @Test(arguments: Engine.allCases) mutating func `a reported loan is open until staff have seen the item`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        let loan = journal.checkOut("drill-1")
        journal.write(
            .returnBegun(loan: loan, item: .of("drill-1"), locker: .of("4"), opening: nil, isReported: true))
        try house.take(journal.documents)
        #expect(try self.loan()?["errand"] == .string("report"))
        let opening = journal.head.next
        journal.write(
            .returnReported(journal.errand(.report, opening, loan, "drill-1", "4"), nil, content: .unverified))
        try house.take(journal.documents)
        #expect(try self.loan()?["reported"] == .boolean(true))
        #expect(try self.loan()?["errand"] == nil && self.loan()?["ended"] == nil)
        #expect(try item("drill-1")?["lent"] == .integer(1))
        journal.write(
            .returnConfirmed(loan: loan, item: .of("drill-1"), locker: .of("4"), staff: .of("s-1")))
        try house.take(journal.documents)
        #expect(try self.loan()?["ending"] == .string("returned") && self.loan()?["reported"] == .boolean(true))
        #expect(try item("drill-1")?["lent"] == .integer(0))
    }

    @Test(arguments: Engine.allCases) mutating func `staff at a locker begin no loan and end none`(_ engine: Engine)
        throws
    {
        try begin(on: engine)
        journal.serve("4")
        let opening = journal.write(.serviceBegun(locker: .of("5"), by: .staff(.of("s-1"))))
        let errand = Errand(purpose: .service, opening: opening, loan: opening, item: nil, locker: .of("5"))
        journal.write(.serviceFailed(errand, .didNotOpen))
        let lost = journal.write(.serviceBegun(locker: .of("5"), by: .staff(.of("s-1"))))
        let unknown = Errand(purpose: .service, opening: lost, loan: lost, item: nil, locker: .of("5"))
        journal.write(.outcomeUnknown(unknown))
        #expect(try house.take(journal.documents).rejected.isEmpty)
        #expect(house.process?.errors.contains("not open here") == false)
        house.stop()
        #expect(try house.rows("SELECT count(*) FROM loans") == ["0"])
        #expect(try house.rows("SELECT locker, content FROM locker_states") == ["5|unverified"])
    }

    @Test(arguments: Engine.allCases)
    mutating func `a locker is out of service until staff or a new journal say otherwise`(_ engine: Engine) throws {
        try begin(on: engine)
        func suspended() throws -> [JSON?] { try ["drill-1", "table"].map { try item($0)?["suspended"] } }
        journal.write(.serviceSuspended(locker: .of("4"), by: .staff(.of("s-1"))))
        journal.write(.serviceSuspended(locker: .of("5"), by: .staff(.of("s-1"))))
        try house.take(journal.documents)
        #expect(try suspended() == [.boolean(true), .boolean(true)])
        journal.write(.serviceResumed(locker: .of("4"), by: .admin(.of("town-hall"), reason: OrderReason("dry"))))
        try house.take(journal.documents)
        #expect(try suspended() == [nil, .boolean(true)])
        try house.take(TestJournal(epoch: 0xB).documents)
        #expect(try suspended() == [nil, nil])
        // A straggler of the old journal changes nothing.
        journal.write(.serviceSuspended(locker: .of("5"), by: .staff(.of("s-1"))))
        try house.take(journal.documents)
        #expect(try suspended() == [nil, nil])
    }

    @Test(arguments: Engine.allCases)
    mutating func `what is said of an item's state and place stands beside the register`(_ engine: Engine) throws {
        try begin(on: engine)
        #expect(try item("drill-1")?["condition"] == .string("sound"))
        journal.write(.conditionReported(item: .of("drill-1"), .damaged, loan: nil))
        journal.write(.itemPlaced(item: .of("drill-1"), locker: .of("5"), registered: nil, staff: .of("s-1")))
        try house.take(journal.documents)
        let moved = try item("drill-1")
        #expect(moved?["condition"] == .string("damaged") && moved?["placed"] == .string("5"))
        #expect(moved?["locker"] == .string("4"), "the register is the pool's own")
        #expect(moved?["content"] == .string("holds"), "of the locker that it is in")
        journal.write(.itemChecked(item: .of("drill-1"), staff: .of("s-1")))
        try house.take(journal.documents)
        #expect(try item("drill-1")?["condition"] == .string("sound"))
        #expect(try item("drill-1")?["placed"] == .string("5"))
        #expect(try item("drill-1")?["value"] == nil)
    }

    @Test(arguments: Engine.allCases) mutating func `an entry without what its kind needs is set aside`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        journal.write(.conditionReported(item: .of("drill-1"), .damaged, loan: nil))
        let data = JSON.object(["item": .string("drill-1"), "reason": .string("so-so")])
        let documents = [journal.documents[0], journal.documents[1].rehashed("data", data)]
        #expect(try house.take(documents).rejected.map(\.number.sequence) == [2])
        #expect(try item("drill-1")?["condition"] == .string("sound"))
    }
}
