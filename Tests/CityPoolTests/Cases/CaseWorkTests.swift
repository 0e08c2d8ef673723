// What people do with cases: read them, take them on, close them, and what that does to the ledger and the register.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct CaseWorkTests {
    private let admin: AdminID = .of("town-hall")

    /// A pool to which a conflict came, with the one case that is open.
    private func pool(_ name: String, on engine: Engine) async throws -> (CasePool, PoolCase) {
        let conflict = try #require(Conflict.all.first { $0.name == name })
        let pool = try await CasePool(on: engine)
        try await pool.take(conflict.demo, of: "demo")
        try await pool.take(conflict.other, of: "other")
        return (pool, try #require(try await pool.open().first))
    }

    private func close(_ found: PoolCase, _ action: CaseAction, in pool: CasePool) async throws -> PoolCase {
        try await pool.store.close(
            found.number, CaseClosing(by: admin, action: action, note: "seen"), at: CasePool.now)
    }

    @Test(arguments: Engine.allCases)
    func `what was left elsewhere is accepted there: it lives there, its loan is over, stations hear of it`(
        _ engine: Engine
    ) async throws {
        var demo = TestJournal()
        let loan = demo.checkOut("drill-1")
        let (pool, found) = try await pool("returned elsewhere", on: engine)
        let before = try #require(try await pool.store.registerVersion())
        let closed = try await close(found, .acceptHere, in: pool)
        #expect(closed.state == .closed && closed.action == .acceptHere && closed.closedBy == "town-hall")
        #expect(closed.note == "seen" && closed.closed == CasePool.now && closed.home == "other")
        let stored = try #require(try await pool.store.house())
        #expect(stored.version.number == before.number + 1 && stored.version.incarnation == before.incarnation)
        let place = try #require(stored.house.items.first { $0.item.id == .of("drill-1") })
        #expect(place.station == .of("other") && place.item.locker == nil)
        #expect(try await pool.loans() == ["demo drill-1 returned"])
        #expect(try await pool.store.loans(LoanQuery(openOnly: false, limit: 9)).map(\.settled) == [found.number])
        #expect(try await pool.store.proposals(after: 0, limit: 9).isEmpty)
        // That its own station ends the loan later is no news, and no case.
        demo.confirm(loan, "drill-1")
        try await pool.take(demo.documents, of: "demo")
        #expect(try await pool.open().isEmpty)
        // Lent where it lives now, it is on loan once.
        var other = TestJournal(station: "other")
        other.pause(seconds: 100)
        other.write(.itemReceived(item: .of("drill-1"), nil))
        other.checkOut("drill-1")
        try await pool.take(other.documents, of: "other")
        #expect(try await pool.open().isEmpty)
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases)
    func `what is accepted elsewhere takes its bookings along, and none of their passes opens where it was`(
        _ engine: Engine
    ) async throws {
        let (pool, found) = try await pool("returned elsewhere", on: engine)
        let from = CasePool.now.adding(milliseconds: 86_400_000)
        let booking = try await pool.store.book(
            BookingRequest(
                subject: .item("drill-1"), borrower: .of("b-1"), from: from, until: from.adding(milliseconds: 3_600_000)
            ),
            at: CasePool.now)
        let former = try await pool.store.pass(of: booking.number).nonce
        #expect(booking.station == .of("demo"))
        _ = try await close(found, .acceptHere, in: pool)
        #expect(try await pool.store.booking(booking.number).station == .of("other"))
        #expect(try await pool.store.pass(of: booking.number).nonce != former)
        let register = try #require(try await pool.store.stationRegister(at: CasePool.now))
        #expect(register.revokedPasses == [.of("demo"): [former]])
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases)
    func `of an item that is lent twice the later loan stands`(_ engine: Engine) async throws {
        let (pool, found) = try await pool("lent twice", on: engine)
        let closed = try await close(found, .endOlderLoans, in: pool)
        #expect(closed.action == .endOlderLoans)
        #expect(try await pool.loans().sorted() == ["demo drill-1 returned", "other drill-1 open"])
        // The control: the other station's loan ends as any other, and a new one is no conflict.
        var other = TestJournal(station: "other")
        other.giveBack(other.checkOut("drill-1"), "drill-1")
        try await pool.take(other.documents, of: "other")
        #expect(try await pool.loans().sorted() == ["demo drill-1 returned", "other drill-1 returned"])
        #expect(try await pool.open().isEmpty)
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases)
    func `a loan that a case ends frees what was booked, and stations hear of it`(_ engine: Engine) async throws {
        let pool = try await CasePool(on: engine)
        let start = WallTime(milliseconds: 1_800_000_000_000)
        _ = try await pool.store.book(
            BookingRequest(
                subject: .item("drill-1"), borrower: .of("b-1"), from: start,
                until: CasePool.now.adding(milliseconds: 86_400_000)),
            at: start)
        var (demo, other) = (TestJournal(), TestJournal(station: "other"))
        demo.checkOut("drill-1")
        other.pause(seconds: 100)
        other.checkOut("drill-1")
        try await pool.take(demo.documents, of: "demo")
        try await pool.take(other.documents, of: "other")
        #expect(try await pool.store.booking(1).state(at: CasePool.now) == .fetched)
        let found = try #require(try await pool.open().first)
        let before = try #require(try await pool.store.registerVersion()).number
        _ = try await close(found, .endOlderLoans, in: pool)
        let booking = try await pool.store.booking(1)
        #expect(booking.fetching?.ended != nil && booking.until > CasePool.now)
        #expect(try #require(try await pool.store.registerVersion()).number == before + 1)
        // The control: nothing is booked that the next one ends.
        demo.checkOut("saw")
        demo.checkOut("saw")
        try await pool.take(demo.documents, of: "demo")
        let next = try #require(try await pool.open().first)
        _ = try await close(next, .endOlderLoans, in: pool)
        #expect(try #require(try await pool.store.registerVersion()).number == before + 1)
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases)
    func `an item is marked as lost and found by closing cases`(_ engine: Engine) async throws {
        let (pool, found) = try await pool("lent twice", on: engine)
        #expect(try await close(found, .markLost, in: pool).state == .closed)
        func isLost() async throws -> Bool? {
            try await pool.store.items().first { $0.item.id == .of("drill-1") }?.isLost
        }
        #expect(try await isLost() == true)
        var other = TestJournal(station: "other")
        other.giveBack(other.checkOut("drill-1"), "drill-1")
        try await pool.take(other.documents, of: "other")
        let back = try #require(try await pool.open().first)
        #expect(back.kind == .copyLost && back.station == "other" && back.locker == "4")
        #expect(try await close(back, .markFound, in: pool).action == .markFound)
        #expect(try await isLost() == false)
        // Marked again, and found by command: the case is over too.
        #expect(try await pool.store.mark(.of("drill-1"), isLost: true, at: CasePool.now))
        other.checkOut("drill-1")
        try await pool.take(other.documents, of: "other")
        // The first loan goes on, so it is lent twice again.
        #expect(try await pool.open().map(\.kind) == [.openCirculationExists, .copyLost])
        #expect(try await pool.store.mark(.of("drill-1"), isLost: false, at: CasePool.now))
        #expect(try await pool.open().map(\.kind) == [.openCirculationExists])
        try await pool.store.close()
    }

    @Test func `who closes a case and a batch about the same item wait for each other in no circle`() async throws {
        let (pool, found) = try await pool("lent twice", on: .postgres)
        let closing = Stop(at: "SET closed = ?1, closed_by")
        let taking = Stop(at: "nowhere")
        var stores: [PoolDatabase] = []
        for stop in [closing, taking] {
            stores.append(try await PoolDatabase(StoppingEngine(base: try await pool.house.engine(), stop: stop)))
        }
        let (admin, closer) = (admin, stores[0])
        let before = (closing: closing.transactions, taking: taking.transactions)
        async let closed = closer.close(
            found.number, CaseClosing(by: admin, action: .markLost, note: nil), at: CasePool.now)
        try await soon("the case is closed") { closing.isReached }
        var other = TestJournal(station: "other")
        other.checkOut("drill-1")
        other.checkOut("drill-1")
        let documents = other.documents
        let stations = CaseStations(store: stores[1], accounts: pool.stations.accounts)
        async let taken: Void = stations.take(documents, of: "other")
        let house = pool.house
        try await soon("the batch waits") { try house.isSomebodyWaiting }
        closing.goOn()
        #expect(try await closed.state == .closed)
        try await taken
        #expect(closing.transactions == before.closing + 1 && taking.transactions == before.taking + 1)
        #expect(
            try await pool.openCases().sorted() == [
                "COPY_STATUS_LOST item drill-1", "OPEN_CIRCULATION_EXISTS item drill-1",
            ])
        for store in stores + [pool.store] { try await store.close() }
    }

    @Test(arguments: Engine.allCases)
    func `what can't be done is refused, and the case stays as it is`(_ engine: Engine) async throws {
        let (pool, found) = try await pool("lent twice", on: engine)
        func reason(_ body: () async throws -> PoolCase) async throws -> CaseRefusal.Reason? {
            do { _ = try await body() } catch let refusal as CaseRefusal { return refusal.reason }
            return nil
        }
        #expect(try await reason { try await close(found, .markFound, in: pool) } == .impossible)
        #expect(try await reason { try await pool.store.takeOn(77, by: admin) } == .unknown)
        #expect(try await pool.open() == [found])
        let taken = try await pool.store.takeOn(found.number, by: admin)
        #expect(taken.state == .taken && taken.takenBy == "town-hall")
        #expect(try await close(found, .noted, in: pool).state == .closed)
        #expect(try await pool.loans().allSatisfy { $0.hasSuffix("open") }, "'noted' changes no loan")
        #expect(try await reason { try await close(found, .noted, in: pool) } == .closed)
        #expect(try await reason { try await pool.store.takeOn(found.number, by: admin) } == .closed)
        // Where it goes on, it is another case: of another loan.
        var demo = TestJournal()
        demo.checkOut("drill-1")
        demo.checkOut("drill-1")
        try await pool.take(demo.documents, of: "demo")
        #expect(try await pool.open().map(\.number) != [found.number])
        #expect(try await pool.open().map(\.causes.count) == [3])
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases) func `one of several that live together is not accepted elsewhere`(
        _ engine: Engine
    ) async throws {
        let pool = try await CasePool(on: engine)
        var other = TestJournal(station: "other")
        other.write(.itemReceived(item: .of("table"), nil))
        try await pool.take(other.documents, of: "other")
        let found = try #require(try await pool.open().first)
        await #expect(throws: CaseRefusal.self) { try await close(found, .acceptHere, in: pool) }
        #expect(try await pool.open() == [found], "what could not be done closed nothing")
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases) func `the register settles what it knows by now`(_ engine: Engine) async throws {
        let pool = try await CasePool(on: engine)
        var (demo, other) = (TestJournal(), TestJournal(station: "other"))
        demo.checkOut("ladder", by: "b-9")
        demo.checkOut("drill-1", by: "b-2")
        other.write(.itemReceived(item: .of("saw"), nil))
        try await pool.take(demo.documents, of: "demo")
        try await pool.take(other.documents, of: "other")
        func load(_ yaml: String) async throws -> [String] {
            _ = try await pool.store.replace(with: HouseYAML.read(Array(yaml.utf8), name: "house"))
            return try await pool.open().map(\.kind.rawValue)
        }
        var yaml = CasePool.yaml
        #expect(
            try await load(yaml).sorted()
                == ["ACTOR_USER_NOT_FOUND", "ASSET_COPY_NOT_FOUND", "PATRON_BARRED", "ROUTE_ITEM"])
        yaml += "\n  - { id: b-9 }"
        #expect(try await load(yaml).sorted() == ["ASSET_COPY_NOT_FOUND", "PATRON_BARRED", "ROUTE_ITEM"])
        yaml = yaml.replacing("standing: blocked, ", with: "")
        #expect(try await load(yaml).sorted() == ["ASSET_COPY_NOT_FOUND", "ROUTE_ITEM"])
        yaml = yaml.replacing("S-1, category: tools, station: demo", with: "S-1, category: tools, station: other")
        #expect(try await load(yaml) == ["ASSET_COPY_NOT_FOUND"])
        let ladder = "  - { id: ladder, name: Leiter, label: L-1, category: tools, station: demo }\n"
        yaml = yaml.replacing("borrowers:", with: ladder + "borrowers:")
        #expect(try await load(yaml).isEmpty)
        let all = try await pool.store.cases(CaseQuery(openOnly: false, limit: 9))
        #expect(all.count == 4 && all.allSatisfy { $0.closedBy == nil && $0.action == nil })
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases) func `a closed case forgets whom it was about, an open one does not`(
        _ engine: Engine
    ) async throws {
        let (pool, found) = try await pool("blocked borrower", on: engine)
        while try await pool.store.erase(before: .latest) {}
        #expect(try await pool.open().map(\.borrower) == ["b-2"])
        _ = try await close(found, .noted, in: pool)
        #expect(try await !pool.store.erase(before: CasePool.now), "its time is not over")
        #expect(try await pool.store.erase(before: CasePool.now.adding(milliseconds: 1)))
        let closed = try #require(try await pool.store.poolCase(found.number))
        #expect(closed.borrower == nil && closed.state == .closed)
        #expect(try await !pool.store.erase(before: .latest))
        try await pool.store.close()
        #expect(try pool.house.rows("SELECT count(*) FROM cases WHERE subject LIKE '%b-2%'") == ["0"])
    }

    // MARK: - Asking

    @Test(arguments: Engine.allCases) func `admins see cases and close them, stations don't`(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine, stations: ["demo", "other"])
        try house.serve(["--load", try house.folder.write(SampleHouse.yaml, to: "house.yaml")])
        var (demo, other) = (TestJournal(), TestJournal(station: "other"))
        demo.checkOut("drill-1")
        other.pause(seconds: 100)
        other.write(.itemReceived(item: .of("drill-1"), nil))
        demo.checkOut("table", by: "b-9", locker: "5")
        try house.take(demo.documents)
        try house.take(other.documents, of: "other")
        func ask(_ method: String, _ path: String, _ body: String? = nil, token: String? = nil) throws -> Answer {
            try house.ask(
                method, "/v1/cases\(path)", token: token ?? house.admin, type: body.map { _ in "application/json" },
                body: body.map { Array($0.utf8) })
        }
        let list = try #require(try ask("GET", "").json?["cases"]?.array)
        #expect(list.map { $0["kind"]?.string } == ["ACTOR_USER_NOT_FOUND", "ROUTE_ITEM"])
        #expect(list[0]["borrower"] == .string("b-9") && list[0]["locker"] == nil)
        #expect(list[1]["text"]?["de"] == .string("Akkuschrauber gehört nach demo und steht in other."))
        #expect(list[1]["remedy"]?["en"]?.string?.contains("Bring it to demo") == true)
        #expect(try ask("GET", "?station=other").json?["cases"]?.array?.count == 1)
        let first = try ask("GET", "?limit=1").json
        let next = try #require(first?["next"]?.integer)
        #expect(try ask("GET", "?limit=1&after=\(next)").json?["cases"]?.array == [list[1]])
        let number = try #require(list[1]["number"]?.integer)
        #expect(try ask("GET", "/\(number)").json == list[1])
        #expect(try ask("POST", "/\(number)/take", #"{"by":"schlaatz"}"#).json?["state"] == .string("taken"))
        let said = #"{"by":"schlaatz","action":"accept-here","note":"stays here"}"#
        let closed = try ask("POST", "/\(number)/close", said)
        #expect(closed.status == 200 && closed.json?["closedby"] == .string("schlaatz"))
        #expect(try ask("POST", "/\(number)/close", said).problem == "case-closed")
        let drill = try house.ask("GET", "/v1/items", token: house.admin).json?["items"]?.array?.first
        #expect(drill?["id"] == .string("drill-1") && drill?["station"] == .string("other"))
        #expect(try ask("GET", "?state=all").json?["cases"]?.array?.count == 2)

        let left = try #require(list[0]["number"]?.integer)
        for (body, problem) in [
            (said, "impossible-action"), ("{}", "unreadable"), ("[]", "unreadable"), ("{", "unreadable"),
            (#"{"by":"a b"}"#, "unreadable"), (#"{"by":"a","action":"burn"}"#, "unreadable"),
            (#"{"by":"a","note":"\u0007"}"#, "unreadable"), (#"{"by":"a","door":4}"#, "unreadable"),
        ] {
            #expect(try ask("POST", "/\(left)/close", body).problem == problem, "\(body)")
        }
        for path in ["/0", "/77", "/x"] { #expect(try ask("GET", path).problem == "not-found", "\(path)") }
        #expect(try ask("POST", "/77/close", #"{"by":"a"}"#).problem == "not-found")
        #expect(try ask("GET", "?state=some").problem == "unreadable")
        for (method, path) in [("GET", ""), ("GET", "/\(left)"), ("POST", "/\(left)/take"), ("POST", "/\(left)/close")]
        {
            let body = method == "POST" ? #"{"by":"a"}"# : nil
            #expect(try ask(method, path, body, token: house.tokens["demo"]).problem == "admins-only", "\(path)")
            #expect(try ask(method, path, body, token: "mila-none").problem == "no-token", "\(path)")
        }
        #expect(try ask("GET", "/\(left)").json?["state"] == .string("open"))
    }

    @Test func `cases are listed, shown, taken on and closed by command`() throws {
        let house = try PoolHouse(stations: ["demo", "other"], admin: false)
        try house.serve(["--load", try house.folder.write(SampleHouse.yaml, to: "house.yaml")])
        var other = TestJournal(station: "other")
        other.write(.itemReceived(item: .of("drill-1"), nil))
        try house.take(other.documents, of: "other")
        house.stop()
        let list = try house.command(["case", "list"])
        #expect(list == "1\tROUTE_ITEM\topen\tother\tAkkuschrauber gehört nach demo und steht in other.")
        let shown = try house.command(["case", "show", "1", "--language", "en"])
        #expect(shown.contains("Cordless drill lives at demo and stands in other.") && shown.contains("\nhome\tdemo\n"))
        #expect(shown.hasSuffix("entry\tother\t\(other.entries[1].number)"))
        #expect(try house.command(["case", "take", "1", "--by", "schlaatz"]).contains("\ntaken by\tschlaatz"))
        #expect(try house.run(["case", "close", "1", "--by", "schlaatz", "--action", "mark-found"]).code == 2)
        #expect(try house.run(["case", "close", "1", "--by", "s z"]).code == 2)
        #expect(try house.run(["case", "close", "1", "--by", "s", "--action", "burn"]).code == 2)
        #expect(try house.command(["case", "close", "1", "--by", "schlaatz", "--json"]).contains(#""state":"closed""#))
        #expect(try house.command(["case", "list"]).isEmpty)
        #expect(try house.command(["case", "list", "--all"]).hasPrefix("1\tROUTE_ITEM\tclosed"))
        let gone = try house.run(["case", "show", "9"])
        #expect(gone.code == 2 && gone.errors.contains("there is no case 9"))
    }
}
