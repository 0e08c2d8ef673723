// The pool's own bookings: what can be booked, what becomes of it, and what stations hear of it.

import Foundation
import PoolIntake
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct BookingTests {
    private let now = BookingHouse.now
    private func hour(_ hours: Int) -> WallTime { BookingHouse.hour(hours) }

    // MARK: - Making

    @Test(arguments: Engine.allCases) func `what is taken can't be booked, whoever took it`(_ engine: Engine)
        async throws
    {
        let pool = try await BookingHouse(
            on: engine,
            yaml: BookingHouse.yaml(
                booking: "  - { id: k-1, borrower: b-2, item: saw, from: 2027-03-01T18:00Z, until: 2027-03-01T20:00Z }")
        )
        let store = pool.store
        #expect(try await store.refusal(.init(.item("saw"), 11, 13))?.reason == .taken, "by the house file")
        #expect(try await store.refusal(.init(.item("saw"), 12, 14)) == nil)
        #expect(try await store.refusal(.init(.item("saw"), 9, 10)) == nil)
        // One of twelve tables is out until the sixth hour, and the rest is booked.
        let account = try #require(try await store.station(.of("demo")))
        try await borrow("table", by: "b-2", from: hour(-3), due: hour(6), store, account)
        for _ in 0..<11 { #expect(try await store.refusal(.init(.item("table"), 4, 8)) == nil) }
        #expect(try await store.refusal(.init(.item("table"), 5, 7))?.reason == .taken)
        #expect(try await store.refusal(.init(.item("table"), 6, 7)) == nil)
        // A locker is all that lives in it.
        #expect(try await store.refusal(.init(.locker("5"), 7, 9))?.reason == .taken)
        #expect(try await store.refusal(.init(.locker("5"), 8, 9)) == nil)
        #expect(try await store.refusal(.init(.item("drill-2"), 8, 9))?.reason == .taken)
        #expect(try await store.refusal(.init(.room("spare"), 0, 5)) == nil)
        #expect(try await store.refusal(.init(.locker("spare"), 4, 6))?.reason == .taken)
        #expect(try await store.overbooked().isEmpty)
        try await store.close()
    }

    @Test(arguments: Engine.allCases) func `a booking that makes no sense is refused with what is wrong`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let version = try await pool.store.registerVersion()
        for (request, words) in [
            (BookingRequest(.item("nothing"), 1, 2), "no item 'nothing'"),
            (.init(.item("broken"), 1, 2), "is not lent"),
            (.init(.any("boats"), 1, 2), "nothing of category 'boats'"),
            (.init(.locker("9"), 1, 2), "has no locker '9'"), (.init(.locker("hall"), 1, 2), "more than 100 pieces"),
            (.init(.item("saw"), by: "b-9", 1, 2), "no borrower 'b-9'"),
            (.init(.item("saw"), by: "b-3", 1, 2), "is blocked"),
            (.init(.item("saw"), by: "b-4", 1, 48), "ends before the booking does"),
            (.init(.item("saw"), 2, 2), "ends before it begins"), (.init(.item("saw"), -5, 0), "over already"),
            (.init(.item("saw"), 1, 24 * 367 + 1), "366 days at most"),
            (.init(.item("saw"), 24 * 1097, 24 * 1098), "within 1096 days"),
        ] {
            let refusal = try await pool.store.refusal(request)
            #expect(refusal?.reason == .mistaken && refusal?.description.contains(words) == true, "\(words)")
        }
        #expect(try await pool.store.registerVersion() == version, "nobody is told of nothing")
        #expect(try await pool.store.refusal(.init(.item("saw"), by: "b-4", 1, 20)) == nil, "the control")
        try await pool.store.close()
    }

    @Test func `a borrower has so many bookings ahead, and no more`() async throws {
        let pool = try await BookingHouse(on: .sqlite)
        for index in 0..<BookingRequest.mostOfBorrower {
            _ = try await pool.store.book(.init(.item("saw"), index + 1, index + 2), at: now)
        }
        let last = BookingRequest(.item("table"), 1, 2)
        #expect(try await pool.store.refusal(last)?.description.contains("cancel one first") == true)
        // One of them can still be moved, and what is over counts no longer.
        _ = try await pool.store.change(booking: 200, from: nil, until: hour(300), at: now)
        #expect(try await pool.store.refusal(.init(.item("table"), 5, 6), at: hour(2)) == nil)
        try await pool.store.close()
    }

    // MARK: - Changing

    @Test(arguments: Engine.allCases) func `a booking is changed and cancelled as long as it is not fetched`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let store = pool.store
        let first = try await store.book(.init(.item("saw"), 2, 4), at: now)
        let second = try await store.book(.init(.item("saw"), by: "b-2", 4, 6), at: now)
        #expect(first.number == 1 && second.number == 2 && second.state(at: now) == .booked)
        await #expect(throws: BookingRefusal.self) {
            try await store.change(booking: 1, from: nil, until: hour(5), at: now)
        }
        let moved = try await store.change(booking: 1, from: hour(1), until: nil, at: hour(1))
        #expect(moved.from == hour(1) && moved.until == hour(4) && moved.changed == hour(1))
        #expect(try await store.cancel(booking: 2, at: now).state(at: now) == .cancelled)
        #expect(try await store.change(booking: 1, from: nil, until: hour(6), at: now).until == hour(6))
        for number in [2, 3] as [Int64] {
            await #expect(throws: BookingRefusal.self) { try await store.cancel(booking: number, at: now) }
        }
        // What is over stays as it is.
        await #expect(throws: BookingRefusal.self) { try await store.cancel(booking: 1, at: hour(6)) }
        #expect(try await store.booking(1).state(at: hour(6)) == .expired)
        let open = try await store.bookings(BookingQuery(limit: 10), at: now)
        #expect(open.map(\.number) == [1])
        let all = try await store.bookings(BookingQuery(borrower: .of("b-2"), openOnly: false, limit: 10), at: now)
        #expect(all.map(\.number) == [2])
        #expect(try await store.bookings(BookingQuery(station: .of("other"), limit: 10), at: now).isEmpty)
        try await store.close()
    }

    @Test(arguments: Engine.allCases)
    func `each change gives stations another register, which has what is booked there`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(
            on: engine,
            yaml: BookingHouse.yaml(
                booking: "  - { id: k-1, borrower: b-2, item: saw, from: 2027-03-05T18:00Z, until: 2027-03-05T20:00Z }")
        )
        let store = pool.store
        let account = try #require(try await store.station(.of("demo")))
        var last = try #require(try await store.registerVersion()).number
        func lines(at time: WallTime, isNew: Bool) async throws -> [String] {
            let register = try #require(try await store.stationRegister(at: time))
            #expect((register.version.number > last) == isNew)
            last = register.version.number
            let snapshot = try #require(
                register.house.snapshot(for: account, version: register.version, with: register.bookings))
            // A station can read it.
            #expect(try RegisterSnapshot(try JSON(parsing: snapshot.json.canonical)) == snapshot)
            return snapshot.bookings.map { "\($0.id) \($0.borrower) \($0.item)" }
        }
        let file = "k-1 b-2 saw"
        #expect(try await lines(at: now, isNew: false) == [file])
        _ = try await store.book(.init(.item("saw"), 2, 4), at: now)
        #expect(try await lines(at: now, isNew: true) == [file, "pool.1 b-1 saw"])
        _ = try await store.book(.init(.item("drill-3"), 2, 4), at: now)
        #expect(try await lines(at: now, isNew: true) == [file, "pool.1 b-1 saw"], "it lives elsewhere")
        _ = try await store.book(.init(.room("4"), by: "b-2", 2, 4), at: now)
        _ = try await store.book(.init(.any("tools"), 2, 4), at: now)
        #expect(
            try await lines(at: now, isNew: true)
                == [file, "pool.1 b-1 saw", "pool.3 b-2 drill-1", "pool.4 b-1 drill-2"])
        _ = try await store.cancel(booking: 4, at: now)
        _ = try await store.book(.init(.locker("5"), 2, 4), at: now)
        let whole = try await lines(at: now, isNew: true)
        #expect(whole.count == 3 + 13 && whole.contains("pool.5.13 b-1 table"))
        #expect(Set(whole.map { $0.prefix { $0 != " " } }).count == whole.count, "no name is there twice")
        // What is over is left out, without another version: the desk would not look at it.
        #expect(try await lines(at: hour(4), isNew: false) == [file])
        // Loading the house file again changes nothing of it, and moves what moved.
        let text = BookingHouse.yaml.replacingOccurrences(
            of: "D3, category: tools, station: other", with: "D3, category: tools, station: demo")
        _ = try await store.replace(with: try HouseYAML.read(Array(text.utf8), name: "house"), at: now)
        #expect(try await lines(at: now, isNew: true).prefix(2) == ["pool.1 b-1 saw", "pool.2 b-1 drill-3"])
        #expect(try await store.booking(2).station == .of("demo"))
        try await store.close()
    }

    @Test func `a house file can't give the pool's names`() {
        let text = BookingHouse.yaml(
            booking: "  - { id: pool.7, borrower: b-2, item: saw, from: 2027-03-05T18:00Z, until: 2027-03-05T20:00Z }")
        #expect { try HouseYAML.read(Array(text.utf8), name: "house") } throws: {
            "\($0)".contains("a name that the pool gives to its own bookings")
        }
    }

    // MARK: - Fetching

    private func borrow(
        _ item: String, by borrower: String, from: WallTime, due: WallTime, _ store: PoolDatabase,
        _ account: StationAccount, epoch: UInt64 = 1
    ) async throws {
        var station = BookedStation(epoch: epoch)
        _ = station.lend(item, to: borrower, at: from, due: due)
        try await station.send(to: store, account)
    }

    @Test(arguments: Engine.allCases) func `a booking goes through its states as the station's entries come`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let store = pool.store
        let account = try #require(try await store.station(.of("demo")))
        var station = BookedStation()
        func state(_ number: Int64, at time: WallTime) async throws -> String {
            let booking = try await store.booking(number)
            return booking.state(at: time).rawValue + (booking.isOverdue(at: time) ? "!" : "")
        }
        func version() async throws -> UInt64 { try #require(try await store.registerVersion()).number }

        let saw = try await store.book(.init(.item("saw"), 2, 6), at: now).number
        let late = try await store.book(.init(.item("drill-1"), 2, 6), at: now).number
        let never = try await store.book(.init(.item("table"), by: "b-2", 2, 6), at: now).number
        let hall = try await store.book(.init(.room("4"), by: "b-2", 7, 9), at: now).number

        // Somebody else's loan, and one that is over before the booking begins, fetch nothing.
        _ = station.lend("table", to: "b-1", at: hour(0), due: hour(3))
        let early = station.lend("saw", to: "b-1", at: hour(0), due: hour(7))
        station.takeBack("saw", early, at: hour(1))
        try await station.send(to: store, account)
        #expect(try await state(saw, at: hour(1)) == "booked")
        #expect(try await state(never, at: hour(1)) == "booked")

        // Fetched half an hour before the hour is over, and two hours late; and a door that did not open.
        let failed = station.lend("saw", to: "b-1", at: hour(2), due: hour(6), fails: true)
        try await station.send(to: store, account)
        #expect(try await state(saw, at: hour(2)) == "booked", "\(failed) never left")
        let before = try await version()
        let first = station.lend("saw", to: "b-1", at: hour(3), due: hour(6))
        let second = station.lend("drill-1", to: "b-1", at: hour(4), due: hour(6))
        try await station.send(to: store, account)
        #expect(try await state(saw, at: hour(4)) == "fetched")
        #expect(try await state(late, at: hour(4)) == "fetched-late")
        #expect(try await version() == before + 1, "their passes count no longer")
        await #expect(throws: BookingRefusal.self) { try await store.cancel(booking: saw, at: hour(4)) }
        await #expect(throws: BookingRefusal.self) {
            try await store.change(booking: late, from: nil, until: hour(9), at: hour(4))
        }
        // Out is taken, as long as it is not back.
        #expect(try await store.refusal(.init(.item("saw"), by: "b-2", 5, 6), at: hour(4))?.reason == .taken)
        #expect(try await store.refusal(.init(.item("saw"), by: "b-2", 8, 9), at: hour(7))?.reason == .taken)
        #expect(try await state(saw, at: hour(7)) == "fetched!")

        // Back in time, which frees it at once, and back too late.
        station.takeBack("saw", first, at: hour(5))
        try await station.send(to: store, account, at: hour(5))
        #expect(try await state(saw, at: hour(7)) == "returned")
        #expect(try await version() == before + 2)
        #expect(try await store.refusal(.init(.item("saw"), by: "b-2", 5, 6), at: hour(5)) == nil)
        station.takeBack("drill-1", second, at: hour(8))
        try await station.send(to: store, account, at: hour(8))
        #expect(try await state(late, at: hour(8)) == "returned-late")
        #expect(try await state(never, at: hour(6)) == "expired")

        // What lives in a locker fetches the booking of it; renewed, it is due when the loan is.
        let inHall = station.lend("drill-1", to: "b-2", at: hour(8), due: hour(9))
        station.renew("drill-1", inHall, due: hour(12), at: hour(8))
        station.takeBack("drill-1", inHall, at: hour(11))
        try await station.send(to: store, account)
        #expect(try await state(hall, at: hour(11)) == "returned")
        try await store.close()
    }

    @Test(arguments: Engine.allCases) func `of a category another item than the one that was kept may be taken`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let store = pool.store
        let account = try #require(try await store.station(.of("demo")))
        let booking = try await store.book(.init(.any("tools"), 2, 6), at: now)
        #expect(booking.item == .of("drill-1"))
        let before = try #require(try await store.registerVersion()).number
        var station = BookedStation()
        _ = station.lend("saw", to: "b-1", at: hour(2), due: hour(6))
        try await station.send(to: store, account)
        let fetched = try await store.booking(booking.number)
        #expect(fetched.item == .of("saw") && fetched.state(at: hour(3)) == .fetched)
        #expect(try #require(try await store.registerVersion()).number == before + 1, "the other one is free now")
        #expect(try await store.refusal(.init(.item("drill-1"), by: "b-2", 3, 5)) == nil)
        #expect(try await store.refusal(.init(.item("saw"), by: "b-2", 3, 5))?.reason == .taken)
        try await store.close()
    }

    @Test(arguments: Engine.allCases) func `whose booking it was is erased when it is long over`(_ engine: Engine)
        async throws
    {
        let pool = try await BookingHouse(on: engine)
        let store = pool.store
        let account = try #require(try await store.station(.of("demo")))
        let fetched = try await store.book(.init(.item("saw"), 2, 6), at: now).number
        let cancelled = try await store.book(.init(.item("table"), 500, 600), at: now).number
        let ahead = try await store.book(.init(.item("table"), 500, 600), at: now).number
        _ = try await store.cancel(booking: cancelled, at: hour(1))
        try await borrow("saw", by: "b-1", from: hour(2), due: hour(6), store, account)
        func borrowers() async throws -> [String?] {
            try await store.bookings(BookingQuery(openOnly: false, limit: 10), at: now).map { $0.borrower?.text }
        }
        #expect(try await store.erase(before: hour(1)) == false)
        #expect(try await store.erase(before: hour(400)) == true)
        #expect(try await store.erase(before: hour(400)) == false)
        #expect(fetched == 1 && cancelled == 2 && ahead == 3)
        #expect(try await borrowers() == ["b-1", nil, "b-1"], "the loan is open, and the last one is ahead")
        try await store.close()
    }
}
