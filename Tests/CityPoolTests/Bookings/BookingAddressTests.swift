// Bookings by address and by command: who may, what is answered, and that a waiting station hears of it.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct BookingAddressTests {
    /// A pool that serves, and a day that is ahead by this machine's clock.
    private func serve(_ engine: Engine) async throws -> (PoolHouse, day: String) {
        let pool = try await BookingHouse(on: engine)
        try await pool.store.close()
        try pool.house.serve()
        let ahead = WallTime(milliseconds: (Int64(Date().timeIntervalSince1970) + 5 * 86_400) * 1000)
        return (pool.house, ahead.civil.date.iso8601)
    }

    private func post(_ house: PoolHouse, _ body: String, token: String? = nil) throws -> Answer {
        try house.ask(
            "POST", "/v1/bookings", token: token ?? house.admin, type: "application/json", body: Array(body.utf8))
    }

    @Test(arguments: Engine.allCases) func `a booking is made, seen, moved and cancelled by its address`(
        _ engine: Engine
    ) async throws {
        let (house, day) = try await serve(engine)
        let made = try post(
            house,
            #"{"borrower":"b-1","category":"tools","station":"demo","from":"\#(day)T10:00Z","until":"\#(day)T14:00+01:00"}"#
        )
        #expect(made.status == 201 && made.fields["location"] == "/v1/bookings/1")
        let booking = try #require(made.json?.object)
        #expect(booking["state"] == .string("booked") && booking["item"] == .string("drill-1"))
        #expect(booking["until"] == .string("\(day)T13:00:00.000Z") && booking["category"] == .string("tools"))
        #expect(try house.ask("GET", "/v1/bookings/1", token: house.admin).json == made.json)
        let moved = try house.ask(
            "PATCH", "/v1/bookings/1", token: house.admin, type: "application/json",
            body: Array(#"{"until":"\#(day)T12:30:00Z"}"#.utf8))
        #expect(moved.status == 200 && moved.json?["until"] == .string("\(day)T12:30:00.000Z"))
        let listed = try house.ask("GET", "/v1/bookings?station=demo&borrower=b-1&limit=1", token: house.admin)
        #expect(listed.json?["bookings"]?.array == [try #require(moved.json)] && listed.json?["next"] == .integer(1))
        let gone = try house.ask("DELETE", "/v1/bookings/1", token: house.admin)
        #expect(gone.json?["state"] == .string("cancelled"))
        #expect(try house.ask("DELETE", "/v1/bookings/1", token: house.admin).problem == "booking-closed")
        #expect(try house.ask("GET", "/v1/bookings", token: house.admin).json?["bookings"]?.array?.isEmpty == true)
        #expect(try house.ask("GET", "/v1/bookings?state=all", token: house.admin).json?["bookings"]?.array?.count == 1)
        house.stop()
    }

    @Test(arguments: Engine.allCases) func `a station that waits hears of a booking`(
        _ engine: Engine
    ) async throws {
        let (house, day) = try await serve(engine)
        let path = "/v1/stations/demo/register"
        let first = try SignedRegister(body: house.ask("GET", path, token: house.tokens["demo"]).body)
        let version = try RegisterSnapshot(JSON(parsing: first.payload)).version
        let wire = try house.connect()
        wire.write(Wire.request("GET", "\(path)?since=\(version)&wait=55", token: house.tokens["demo"]))
        let body = #"{"borrower":"b-1","item":"saw","from":"\#(day)T10:00Z","until":"\#(day)T11:00Z"}"#
        #expect(try post(house, body).status == 201)
        let answer = try SignedRegister(body: try wire.answer().body)
        #expect(try RegisterSnapshot(JSON(parsing: answer.payload)).bookings.map(\.id.text) == ["pool.1"])
        house.stop()
    }

    @Test func `nobody but admins sees a booking or makes one, and nonsense is refused with what is wrong`()
        async throws
    {
        let (house, day) = try await serve(.sqlite)
        let fine = #"{"borrower":"b-1","item":"saw","from":"\#(day)T10:00Z","until":"\#(day)T11:00Z"}"#
        for (token, problem) in [("wrong", "no-token"), (house.tokens["demo"] ?? "", "admins-only")] {
            #expect(try post(house, fine, token: token).problem == problem)
            for (method, path) in [
                ("GET", "/v1/bookings"), ("GET", "/v1/bookings/1"), ("DELETE", "/v1/bookings/1"),
                ("PATCH", "/v1/bookings/1"),
            ] { #expect(try house.ask(method, path, token: token).problem == problem, "\(method) \(path)") }
        }
        #expect(try house.ask("GET", "/v1/bookings/1", token: house.admin).problem == "no-such-booking")
        #expect(try post(house, fine).status == 201, "the control")
        #expect(try post(house, fine).problem == "booking-taken")
        for (body, problem) in [
            ("", "unreadable"), ("[]", "unreadable"), (#"{"borrower":"b-1"}"#, "unreadable"),
            (fine.replacingOccurrences(of: #""item":"saw""#, with: #""room":"4""#), "unreadable"),
            (fine.replacingOccurrences(of: #""item""#, with: #""station":"demo","item""#), "unreadable"),
            (fine.replacingOccurrences(of: #""item""#, with: #""units":2,"item""#), "unreadable"),
            (fine.replacingOccurrences(of: "T10:00Z", with: " 10:00"), "unreadable"),
            (fine.replacingOccurrences(of: "b-1", with: "b-3"), "booking-mistaken"),
            (fine.replacingOccurrences(of: "saw", with: "axe"), "booking-mistaken"),
            (fine.replacingOccurrences(of: "saw", with: String(repeating: "x", count: 5000)), "too-large"),
        ] { #expect(try post(house, body).problem == problem, "\(body.prefix(120))") }
        #expect(try house.ask("POST", "/v1/bookings", token: house.admin, body: []).problem == "wrong-media-type")
        for change in ["{}", #"{"item":"saw"}"#, #"{"from":"soon"}"#] {
            let answer = try house.ask(
                "PATCH", "/v1/bookings/1", token: house.admin, type: "application/json", body: Array(change.utf8))
            #expect(answer.problem == "unreadable", "\(change)")
        }
        for path in ["/v1/bookings/0", "/v1/bookings/x", "/v1/bookings?state=lost", "/v1/bookings?station=a%20b"] {
            #expect(try house.ask("GET", path, token: house.admin).problem == "unreadable", "\(path)")
        }
        house.stop()
    }

    @Test(arguments: Engine.allCases) func `the same by command`(_ engine: Engine) async throws {
        let pool = try await BookingHouse(on: engine)
        try await pool.store.close()
        let house = pool.house
        let time = ["--from", "2099-03-01T10:00Z", "--until", "2099-03-01T12:00Z"]
        // The clock of these tests is no machine's: a booking begins within three years.
        #expect(try house.run(["booking", "add", "--borrower", "b-1", "--item", "saw"] + time).code == 1)
        let day = WallTime(milliseconds: (Int64(Date().timeIntervalSince1970) + 5 * 86_400) * 1000).civil.date.iso8601
        let near = ["--from", "\(day)T10:00Z", "--until", "\(day)T12:00Z"]
        let made = try house.command(["booking", "add", "--borrower", "b-1", "--item", "saw"] + near)
        #expect(made == "1\tbooked\t\(day)T10:00:00.000Z\t\(day)T12:00:00.000Z\tdemo\titem saw\tsaw\tb-1")
        let room = ["booking", "add", "--borrower", "b-2", "--room", "4", "--station", "demo", "--json"] + near
        #expect(try JSON(parsing: house.command(room).utf8)["locker"] == .string("4"))
        let taken = try house.run(["booking", "add", "--borrower", "b-2", "--item", "saw"] + near)
        #expect(taken.code == 1 && taken.errors.contains("item 'saw' is taken from") && taken.output.isEmpty)
        let moved = try house.command(["booking", "change", "1", "--until", "\(day)T13:00Z"])
        #expect(moved.contains("\(day)T13:00:00.000Z"))
        #expect(try house.command(["booking", "list", "--station", "demo"]).split(separator: "\n").count == 2)
        #expect(try house.command(["booking", "cancel", "1"]).hasPrefix("1\tcancelled"))
        #expect(try house.command(["booking", "list"]).hasPrefix("2\t"))
        #expect(try house.command(["booking", "list", "--all", "--borrower", "b-1"]).hasPrefix("1\tcancelled"))
        for wrong in [
            ["booking", "add", "--borrower", "b-1"] + near, ["booking", "change", "2"],
            ["booking", "add", "--borrower", "b 1", "--item", "saw"] + near,
            ["booking", "add", "--borrower", "b-1", "--item", "saw", "--from", "soon", "--until", "later"],
        ] { #expect(try house.run(wrong).code == 2, "\(wrong)") }
    }
}
