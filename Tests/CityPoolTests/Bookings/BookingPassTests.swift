// The passes that the pool gives out for bookings: who gets one, what it says, and that a reader of others reads its picture.

import Foundation
import Glibc
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

private var canRead: Bool { access("/usr/bin/zbarimg", X_OK) == 0 }

@Suite struct BookingPassTests {
    /// A pool that serves, with bookings that are ahead by this machine's clock: of an item, of a locker with one kind of thing
    /// and of one with two, and of a category.
    private func serve(_ engine: Engine) async throws -> (PoolHouse, from: WallTime) {
        let pool = try await BookingHouse(on: engine)
        let today = WallTime(milliseconds: Int64(Date().timeIntervalSince1970) * 1000)
        let from = today.adding(milliseconds: 3 * 86_400_000)
        for (subject, borrower) in [
            (BookingSubject.item("saw"), "b-1"), (.room("4"), "b-2"), (.locker("5"), "b-1"), (.any("seating"), "b-1"),
        ] {
            // The tables of locker 5 are booked with it.
            let start = subject.kind == .category ? from.adding(milliseconds: 86_400_000) : from
            _ = try await pool.store.book(
                BookingRequest(
                    subject: subject, borrower: .of(borrower), from: start, until: start.adding(milliseconds: 3_600_000)
                ),
                at: today)
        }
        try await pool.store.close()
        try pool.house.serve(["--time-zone", "Europe/Berlin"])
        return (pool.house, from)
    }

    private func ask(_ house: PoolHouse, _ number: Int, _ form: String? = nil) throws -> Answer {
        let query = form.map { "?form=\($0)" } ?? ""
        return try house.ask("GET", "/v1/bookings/\(number)/pass\(query)", token: house.admin)
    }

    private func pass(_ answer: Answer) throws -> SignedPass {
        #expect(answer.fields["content-type"] == "text/plain; charset=utf-8")
        return try SignedPass(text: answer.text.trimmingCharacters(in: .newlines))
    }

    @Test(arguments: Engine.allCases) func `a pass says what is booked, and the pool's key has signed it`(
        _ engine: Engine
    ) async throws {
        let (house, from) = try await serve(engine)
        let key = try #require(house.key)
        let saw = try pass(ask(house, 1))
        #expect(key.signed(saw) && saw.pass.booking == .of("pool.1"))
        #expect(saw.pass.isFor(StationID.of("demo")) && saw.pass.isFor(BorrowerID.of("b-1")))
        #expect(saw.pass.isFor(Pass.Resource.item(.of("saw"))) && !saw.pass.isFor(StationID.of("other")))
        #expect(saw.pass.from == from && saw.pass.until == from.adding(milliseconds: 3_600_000))
        #expect(try pass(ask(house, 1, "text")) == saw, "it is the same each time")
        #expect(try pass(ask(house, 2)).pass.isFor(Pass.Resource.locker(.of("4"))))
        #expect(try pass(ask(house, 4)).pass.isFor(Pass.Resource.category("seating")))
        #expect(try ask(house, 3).problem == "booking-mistaken", "two kinds of things live in that locker")
        #expect(try ask(house, 9).problem == "no-such-booking")
        #expect(try ask(house, 1, "jpeg").problem == "unreadable")
        #expect(
            try house.ask("GET", "/v1/bookings/1/pass", token: house.tokens["demo"]).problem == "admins-only")
        #expect(try house.ask("GET", "/v1/bookings/1/pass").problem == "no-token")
        let text = try ask(house, 1).text.trimmingCharacters(in: .newlines)
        let log = try #require(house.process).errors
        #expect(!log.contains(text.prefix(40)) && !log.contains(saw.pass.nonce.description))
        // The same by command.
        if engine == .sqlite { house.stop() }
        #expect(try house.command(["booking", "pass", "1"]) == text)
        #expect(try house.command(["booking", "pass", "1", "--form", "svg"]).hasPrefix("<svg "))
        house.stop()
    }

    @Test(arguments: Engine.allCases) func `what is changed or cancelled takes its pass back, at its station`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let (store, now) = (pool.store, BookingHouse.now)
        func revoked(_ station: String, at time: WallTime = BookingHouse.now) async throws -> [PassNonce] {
            let account = StationAccount(
                id: .of(station), source: EntrySource(cityDomain: PoolHouse.city, station: .of(station)),
                cardKey: [UInt8](repeating: 1, count: 32), tokenHash: .none)
            let register = try #require(try await store.stationRegister(at: time))
            let snapshot = try #require(
                register.house.snapshot(
                    for: account, version: register.version, with: register.bookings,
                    revokedPasses: register.revokedPasses[account.id] ?? []))
            #expect(try RegisterSnapshot(try JSON(parsing: snapshot.json.canonical)) == snapshot)
            return snapshot.revokedPasses
        }
        _ = try await store.book(.init(.item("saw"), 2, 4), at: now)
        _ = try await store.book(.init(.item("drill-3"), 2, 4), at: now)
        let first = try await store.pass(of: 1).nonce
        #expect(try await store.pass(of: 1).nonce == first)
        #expect(try await revoked("demo").isEmpty)
        _ = try await store.change(booking: 1, from: nil, until: BookingHouse.hour(5), at: now)
        let second = try await store.pass(of: 1).nonce
        #expect(second != first)
        #expect(try await revoked("demo") == [first])
        // What is refused takes nothing back.
        await #expect(throws: BookingRefusal.self) {
            try await store.change(booking: 1, from: BookingHouse.hour(9), until: BookingHouse.hour(8), at: now)
        }
        #expect(try await store.pass(of: 1).nonce == second)
        _ = try await store.cancel(booking: 1, at: now)
        let third = try await store.pass(of: 2).nonce
        _ = try await store.cancel(booking: 2, at: now)
        #expect(Set(try await revoked("demo")) == [first, second])
        #expect(try await revoked("other") == [third])
        // What counts no longer need not be taken back.
        #expect(try await revoked("demo", at: BookingHouse.hour(4)) == [second])
        let key = try SigningKey(file: "\(pool.house.data)/pool.key", name: "pool.\(PoolHouse.city)")
        let zone = try #require(TimeZoneTable([.init(from: .earliest, offsetSeconds: 3600)]))
        let basis = try await store.pass(of: 1)
        #expect(throws: BookingRefusal.self) { try BookingPass(basis, key: key, zone: zone, at: now) }
        try await store.close()
    }

    @Test(arguments: Engine.allCases)
    func `an item that moves takes along what is still to be fetched, and its former station takes no pass for it`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let (store, now) = (pool.store, BookingHouse.now)
        let account = try #require(try await store.station(.of("demo")))
        let ahead = try await store.book(.init(.item("saw"), by: "b-2", 7, 9), at: now).number
        let over = try await store.book(.init(.item("saw"), 0, 1), at: now).number
        let fetched = try await store.book(.init(.item("saw"), 2, 6), at: now).number
        var station = BookedStation()
        let loan = station.lend("saw", to: "b-1", at: BookingHouse.hour(2), due: BookingHouse.hour(6))
        try await station.send(to: store, account)
        var nonces: [Int64: PassNonce] = [:]
        for number in [ahead, over, fetched] { nonces[number] = try await store.pass(of: number).nonce }
        let text = BookingHouse.yaml.replacingOccurrences(
            of: "S1, category: tools, station: demo", with: "S1, category: tools, station: other")
        _ = try await store.replace(
            with: try HouseYAML.read(Array(text.utf8), name: "house"), at: BookingHouse.hour(3))
        #expect(try await store.booking(ahead).station == .of("other"))
        let former = try #require(nonces[ahead])
        let moved = try await store.pass(of: ahead).nonce
        #expect(moved != former)
        func revoked() async throws -> [StationID: [PassNonce]] {
            try #require(try await store.stationRegister(at: BookingHouse.hour(3))).revokedPasses
        }
        #expect(try await revoked()[.of("demo")]?.contains(former) == true)
        for number in [over, fetched] {
            #expect(try await store.booking(number).station == .of("demo"))
            #expect(try await store.pass(of: number).nonce == nonces[number])
        }
        // Cancelled, it is open nowhere.
        _ = try await store.cancel(booking: ahead, at: BookingHouse.hour(3))
        #expect(try await revoked()[.of("other")] == [moved])
        // The station that lent it says that it is back early, and others hear of it.
        let before = try #require(try await store.registerVersion()).number
        station.takeBack("saw", loan, at: BookingHouse.hour(4))
        try await station.send(to: store, account, at: BookingHouse.hour(4))
        #expect(try await store.booking(fetched).state(at: BookingHouse.hour(4)) == .returned)
        #expect(try #require(try await store.registerVersion()).number == before + 1)
        try await store.close()
    }

    /// The passes that the station `demo` must no longer take, and whether it was told since it was asked last.
    private struct Told {
        let store: PoolDatabase
        var last: UInt64 = 0

        mutating func callAsFunction() async throws -> (passes: Set<PassNonce>, isNew: Bool) {
            let register = try #require(try await store.stationRegister(at: BookingHouse.now))
            defer { last = register.version.number }
            return (Set(register.revokedPasses[.of("demo")] ?? []), register.version.number > last)
        }
    }

    @Test(arguments: Engine.allCases) func `what was fetched with a card is not fetched with the pass once more`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let (store, now) = (pool.store, BookingHouse.now)
        func hour(_ hours: Int) -> WallTime { BookingHouse.hour(hours) }
        let account = try #require(try await store.station(.of("demo")))
        _ = try await store.book(.init(.any("tools"), 2, 6), at: now)
        _ = try await store.book(.init(.room("4"), by: "b-2", 2, 6), at: now)
        _ = try await store.book(.init(.item("table"), 2, 6), at: now)
        var nonces: [PassNonce] = []
        for number in 1...3 { nonces.append(try await store.pass(of: Int64(number)).nonce) }
        var told = Told(store: store)
        #expect(try await told().passes.isEmpty)
        var station = BookedStation()

        // The door stays shut: what the first half of it says is taken back by the second.
        _ = station.lend("saw", to: "b-1", at: hour(2), due: hour(6), fails: true)
        try await station.send(to: store, account, besides: 1)
        #expect(try await told() == ([nonces[0]], true))
        try await station.send(to: store, account)
        #expect(try await told() == ([], true))

        let card = station.lend("saw", to: "b-1", at: hour(3), due: hour(6))
        try await station.send(to: store, account)
        #expect(try await told() == ([nonces[0]], true))
        station.renew("saw", card, due: hour(7), at: hour(3))
        try await station.send(to: store, account)
        #expect(try await told() == ([nonces[0]], false))

        // A room is gone in and out of until it is given back.
        let room = station.lend("drill-1", to: "b-2", at: hour(3), due: hour(6))
        try await station.send(to: store, account)
        #expect(try await told() == ([nonces[0]], false))
        station.takeBack("drill-1", room, at: hour(4))
        try await station.send(to: store, account)
        #expect(try await told() == ([nonces[0], nonces[1]], true))

        // Of a pass that was used its station knows, in however many batches the pool hears of it.
        _ = station.lend("table", to: "b-1", at: hour(4), due: hour(6), with: nonces[2])
        try await station.send(to: store, account, besides: 2)
        #expect(try await told().passes.count == 3)
        try await station.send(to: store, account)
        #expect(try await told() == ([nonces[0], nonces[1]], true))
        try await store.close()
    }

    @Test(arguments: Engine.allCases) func `a pass that fetched something is no news to its station`(_ engine: Engine)
        async throws
    {
        let pool = try await BookingHouse(on: engine)
        let account = try #require(try await pool.store.station(.of("demo")))
        _ = try await pool.store.book(.init(.item("saw"), 2, 6), at: BookingHouse.now)
        let nonce = try await pool.store.pass(of: 1).nonce
        var told = Told(store: pool.store)
        _ = try await told()
        var station = BookedStation()
        _ = station.lend("saw", to: "b-1", at: BookingHouse.hour(2), due: BookingHouse.hour(6), with: nonce)
        try await station.send(to: pool.store, account)
        #expect(try await told() == ([], false))
        #expect(try await pool.store.booking(1).state(at: BookingHouse.hour(3)) == .fetched)
        try await pool.store.close()
    }

    // MARK: - Pictures

    /// What a reader of others finds in an SVG.
    private func read(_ svg: String) throws -> TestProcess.End {
        let folder = try Folder()
        let picture = folder.file("pass.pgm")
        let script = TestTools.package.appendingPathComponent("Tests/svg_draws.py").path
        let drawn = try TestProcess.run("python3", ["-B", script, try folder.write(svg, to: "pass.svg"), picture])
        guard drawn.code == 0 else { throw BenchError(drawn.text) }
        return try TestProcess.run("zbarimg", ["--raw", "-q", "--nodbus", picture])
    }

    @Test(.enabled(if: canRead, "needs zbar-tools: `make test`"))
    func `another program reads the QR code, from the picture and from the page to print`() async throws {
        let (house, from) = try await serve(.sqlite)
        let text = try ask(house, 2).text
        let picture = try ask(house, 2, "svg")
        #expect(picture.fields["content-type"] == "image/svg+xml")
        #expect(try read(picture.text).output == text)
        let page = try ask(house, 2, "page")
        #expect(page.fields["content-type"] == "text/html; charset=utf-8")
        #expect(page.fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(try read(page.text).output == text)
        #expect(page.text.contains("<td>Fach 4</td>") && page.text.contains("demo") && !page.text.contains("b-2"))
        let berlin = try SystemTimeZone.table("Europe/Berlin")
        let hour = berlin.local(from).millisecondOfDay / 3_600_000
        #expect(page.text.contains(", \(hour < 10 ? "0" : "")\(hour):"))
        // The control: a code of which the lower half is missing is not read.
        let torn = picture.text.replacing(/M\d+ (4\d|5\d)h\d+v1h-\d+z/, with: "")
        #expect(torn != picture.text)
        #expect(try read(torn).code != 0)
        house.stop()
    }

    @Test func `a text too long for a code is an error, and names in the page stay text`() throws {
        #expect(throws: QRTrouble.self) { try QRSymbol(String(repeating: "x", count: 3000)) }
        #expect(throws: QRTrouble.self) { try QRSymbol("") }
        // The finder patterns are in three of the corners.
        let symbol = try QRSymbol("MP0123")
        let last = symbol.width - 1
        #expect(symbol.width == 21 && symbol[0, 0] && symbol[0, last] && symbol[last, 0] && !symbol[1, 1])
        #expect(BookingPass.escaped("<b>&\"") == "&lt;b&gt;&amp;&quot;")
    }
}
