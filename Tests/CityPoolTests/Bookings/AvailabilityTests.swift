// What is available, as JSON and as calendars; the calendars are read by another program too.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct AvailabilityTests {
    private let now = BookingHouse.now
    private func hour(_ hours: Int) -> WallTime { BookingHouse.hour(hours) }

    /// Open on Mondays from 10 to 13 and from 15 to 19 o'clock, and on Fridays; closed on the second of these Mondays.
    private static let yaml = BookingHouse.yaml.replacingOccurrences(
        of: "  - id: other\n",
        with: """
              - id: other
                hours: { mon: "10:00-13:00, 15:00-19:00", fri: "10:00-14:00" }
                closed: [2027-03-08]

            """)

    /// One hour ahead of UTC until 28 March 2027, then two.
    private func berlin() throws -> TimeZoneTable {
        let change = try #require(WallTime(iso8601: "2027-03-28T01:00:00.000Z"))
        return try #require(
            TimeZoneTable([.init(from: .earliest, offsetSeconds: 3600), .init(from: change, offsetSeconds: 7200)]))
    }

    private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(iso8601: text)) }

    private func basis(_ store: PoolDatabase, at time: WallTime) async throws -> AvailabilityBasis {
        try #require(try await store.availability(at: time))
    }

    @Test(arguments: Engine.allCases) func `what is free follows bookings, loans and those that should be back`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let account = try #require(try await pool.store.station(.of("demo")))
        _ = try await pool.store.book(.init(.item("table"), 4, 6), at: now)
        _ = try await pool.store.book(.init(.item("table"), 5, 9), at: now)
        var station = BookedStation()
        _ = station.lend("table", to: "b-2", at: hour(0), due: hour(2))
        try await station.send(to: pool.store, account)
        func spans(_ item: String, at time: WallTime, _ end: WallTime) async throws -> [String] {
            let basis = try await basis(pool.store, at: time)
            let item = try #require(basis.stock.items[.of(item)]).item
            return basis.spans(of: item, in: time..<end).map { span in
                let hours = [span.from, span.until].map { ($0.milliseconds - hour(0).milliseconds) / 3_600_000 }
                return "\(hours[0])-\(hours[1]): \(span.pieces)"
            }
        }
        #expect(
            try await spans("table", at: hour(1), hour(10))
                == ["1-2: 11", "2-4: 12", "4-5: 11", "5-6: 10", "6-9: 11", "9-10: 12"])
        // It should be back by now: nobody counts on it before tomorrow.
        #expect(try await spans("table", at: hour(10), hour(40)) == ["10-34: 11", "34-40: 12"])
        #expect(try await spans("broken", at: hour(1), hour(2)) == ["1-2: 0"])
        #expect(try await spans("saw", at: hour(1), hour(2)) == ["1-2: 1"])
        try await pool.store.close()
    }

    @Test(arguments: Engine.allCases) func `of what is marked as lost nothing is free, until it is found`(
        _ engine: Engine
    ) async throws {
        let pool = try await BookingHouse(on: engine)
        let store = pool.store
        func pieces(_ item: String) async throws -> [Int] {
            let basis = try await basis(store, at: now)
            let item = try #require(basis.stock.items[.of(item)]).item
            return basis.spans(of: item, in: hour(1)..<hour(2)).map(\.pieces)
        }
        for item in ["saw", "drill-1", "table"] {
            #expect(try await store.mark(.of(item), isLost: true, at: now))
            #expect(try await pieces(item) == [0], "\(item)")
        }
        let refusal = try await store.refusal(.init(.item("saw"), 1, 3))
        #expect(refusal?.reason == .mistaken && refusal?.description.contains("marked as lost") == true)
        // One of three tools is left.
        #expect(try await store.book(.init(.any("tools"), 1, 3), at: now).item == .of("drill-2"))
        #expect(try await store.refusal(.init(.any("tools"), 1, 3))?.reason == .taken)
        #expect(try await store.refusal(.init(.any("seating"), 1, 3))?.reason == .mistaken)
        #expect(try await store.mark(.of("saw"), isLost: false, at: now))
        #expect(try await pieces("saw") == [1])
        #expect(try await store.book(.init(.any("tools"), 1, 3), at: now).item == .of("saw"))
        try await store.close()
    }

    @Test func `a day counts as far as the house is open, in local time`() async throws {
        let pool = try await BookingHouse(on: .sqlite, yaml: Self.yaml)
        // From half past twelve on, by local clocks: no longer free all the time that the house is open.
        let from = try #require(WallTime(iso8601: "2027-03-15T11:30:00.000Z"))
        _ = try await pool.store.book(
            .init(
                subject: .item("drill-3"), borrower: .of("b-1"), from: from, until: from.adding(milliseconds: 1_000_000)
            ),
            at: now)
        let basis = try await basis(pool.store, at: now)
        let drill = try #require(basis.stock.items[.of("drill-3")]).item
        let window = DayWindow(first: try date("2027-03-01"), count: 33)
        let days = basis.days(of: drill, at: .of("other"), window, in: try berlin())
        let pieces = Dictionary(uniqueKeysWithValues: days.map { ($0.date.iso8601, $0.pieces) })
        let open = Dictionary(uniqueKeysWithValues: days.map { ($0.date.iso8601, $0.open ?? []) })
        #expect(pieces["2027-03-01"] == 1 && pieces["2027-03-02"] == 0 && pieces["2027-03-05"] == 1)
        #expect(pieces["2027-03-08"] == 0, "the house is closed")
        #expect(pieces["2027-03-15"] == 0, "it is taken in the opening hours")
        #expect(
            open["2027-03-15"]?.map(\.lowerBound.iso8601) == ["2027-03-15T09:00:00.000Z", "2027-03-15T14:00:00.000Z"])
        #expect(open["2027-03-29"]?.first?.lowerBound.iso8601 == "2027-03-29T08:00:00.000Z", "clocks are set forward")
        // A house without hours is always open: the control.
        let always = basis.days(of: drill, at: .of("demo"), window, in: try berlin())
        #expect(always.allSatisfy { $0.open == nil } && always.count { $0.pieces == 0 } == 1)
        try await pool.store.close()
    }

    // MARK: - Addresses

    /// A pool that serves, with bookings that are ahead by this machine's clock.
    private func serve(_ engine: Engine) async throws -> (PoolHouse, from: WallTime) {
        let pool = try await BookingHouse(on: engine, yaml: Self.yaml)
        let today = WallTime(milliseconds: Int64(Date().timeIntervalSince1970) * 1000)
        let from = today.adding(milliseconds: 3 * 86_400_000)
        for item in ["saw", "drill-3"] {
            _ = try await pool.store.book(
                .init(
                    subject: .item(item), borrower: .of("b-1"), from: from, until: from.adding(milliseconds: 3_600_000)),
                at: today)
        }
        _ = try await pool.store.book(
            .init(
                subject: .room("4"), borrower: .of("b-2"), from: from, until: from.adding(milliseconds: 7_200_000)),
            at: today)
        try await pool.store.close()
        try pool.house.serve(["--time-zone", "Europe/Berlin"])
        return (pool.house, from)
    }

    @Test(arguments: Engine.allCases) func `anybody hears what is free, and nobody hears of anybody`(_ engine: Engine)
        async throws
    {
        let (house, from) = try await serve(engine)
        let answer = try house.ask("GET", "/v1/availability?station=demo&category=tools&days=5")
        #expect(answer.status == 200)
        let items = try #require(answer.json?["items"]?.array)
        #expect(items.map { $0["id"]?.string } == ["broken", "drill-1", "drill-2", "saw"])
        let saw = try #require(items.last)
        #expect(saw["free"]?.array?.map { $0["pieces"]?.integer } == [1, 0, 1])
        #expect(saw["free"]?.array?[1]["from"] == .string(from.iso8601))
        #expect(saw["days"]?.array?.count == 5 && saw["terms"]?["days"] == .integer(14))
        #expect(saw["terms"]?["maximum-loans"] == nil)
        #expect(items.first?["free"]?.array?.map { $0["pieces"]?.integer } == [0])
        let page = try house.ask("GET", "/v1/availability?limit=2&days=1")
        #expect(page.json?["next"] == .string("broken"))
        let next = try house.ask("GET", "/v1/availability?limit=1&days=1&after=broken")
        #expect(next.json?["items"]?.array?.first?["id"] == .string("drill-1"))
        for query in [
            "days=0", "days=63", "from=2020-01-01", "from=soon", "station=a%20b", "limit=101", "from=2999-01-01",
        ] {
            #expect(try house.ask("GET", "/v1/availability?\(query)").problem == "unreadable", "\(query)")
        }
        let calendar = try house.ask("GET", "/v1/stations/demo/calendar")
        #expect(calendar.fields["content-type"] == "text/calendar; charset=utf-8")
        for text in [answer.text, calendar.text] {
            #expect(!text.contains("b-1") && !text.contains("b-2") && text.contains("Säge"))
        }
        for path in ["/v1/items/nothing/calendar", "/v1/stations/nothing/calendar", "/v1/items/a%20b/calendar"] {
            #expect(try house.ask("GET", path).problem == "not-found", "\(path)")
        }
        #expect(try house.ask("GET", "/v1/items/saw/calendar?lang=tlh").problem == "unreadable")
        house.stop()
    }

    @Test(.enabled(if: TestTools.areThere, "needs icalendar: `make test`"))
    func `another program reads the calendars, and finds what is in them`() async throws {
        let (house, from) = try await serve(.sqlite)
        func events(_ path: String) throws -> [String] {
            let answer = try house.ask("GET", path)
            #expect(answer.status == 200, "\(answer.text)")
            return try said(answer.body)
        }
        let stamp = CalendarFile.time(from)
        let item = try events("/v1/items/drill-1/calendar")
        let end = CalendarFile.time(from.adding(milliseconds: 7_200_000))
        #expect(item == ["booking-3@pool.potsdam.example \(stamp) \(end) OPAQUE Akkuschrauber: gebucht"])
        let station = try events("/v1/stations/demo/calendar?lang=en")
        #expect(station.count == 2 && station.contains { $0.hasSuffix("OPAQUE Säge: booked") })
        let other = try events("/v1/stations/other/calendar")
        #expect(other.count { $0.hasSuffix("TRANSPARENT geöffnet") } > 20)
        #expect(other.count { $0.hasSuffix("OPAQUE Akkuschrauber: gebucht") } == 1)
        // The names stay the same from one answer to the next.
        #expect(
            try events("/v1/stations/other/calendar").map { $0.prefix { $0 != " " } }
                == other.map { $0.prefix { $0 != " " } })
        house.stop()
    }

    /// What the other program finds in a calendar, an event a line.
    private func said(_ bytes: [UInt8]) throws -> [String] {
        let folder = try Folder()
        let file = folder.file("calendar.ics")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let said = try TestTools.run("calendar_says.py", [file])
        guard said.code == 0 else { throw BenchError(said.text) }
        return said.output.split(separator: "\n").map(String.init)
    }

    // MARK: - The form

    private static let names = [
        "Säge; groß, \"laut\" \\ schnell\nund schwer", String(repeating: "ä", count: 100),
        String(repeating: "🚲", count: 60),
        "a" + String(repeating: "漢", count: 80), "", "BEGIN:VEVENT",
    ]

    private func calendar(_ name: String) -> CalendarFile {
        CalendarFile(
            name: name, at: now,
            events: [
                .init(uid: "one@x", span: .times(hour(1)..<hour(2)), summary: name, isBusy: true),
                .init(uid: "two@x", span: .day(hour(0).civil.date), summary: "geschlossen", isBusy: false),
            ])
    }

    @Test(arguments: names) func `no line is longer than 75 bytes, and no character is cut`(_ name: String) {
        let text = calendar(name).bytes
        let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 75 && !$0.contains("\u{fffd}") && !$0.contains("\n") })
        #expect(lines.last == "" && lines.count { $0 == "BEGIN:VEVENT" } == 2)
    }

    @Test(.enabled(if: TestTools.areThere, "needs icalendar: `make test`"), arguments: names)
    func `whatever somebody calls a thing is read as it was written`(_ name: String) throws {
        let lines = try said(calendar(name).bytes)
        let summary = name.replacingOccurrences(of: "\n", with: "\\n")
        #expect(lines.count == 2 && lines[0] == "one@x 20270301T090000Z 20270301T100000Z OPAQUE \(summary)")
        #expect(lines[1] == "two@x 20270301 20270302 TRANSPARENT geschlossen")
        // The control: a calendar that is cut short is found out.
        #expect(throws: BenchError.self) { try said(Array(calendar(name).bytes.dropLast(20))) }
    }
}
