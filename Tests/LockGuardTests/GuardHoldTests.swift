// The real `lock-guard` with coils that are held, with emergency stops, and with contacts that bounce or flutter.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

extension GuardProcessTests {
    /// A lock on the main supply, and a door strike on one of its own.
    private func room(cap: UInt32 = 60_000) -> LineTable {
        var table = House.table()
        table.supplies.append(Supply(name: "strikes", maximumCoils: 1))
        table.lockers[1].opener = .hold
        table.lockers[1].supply = "strikes"
        table.lockers[1].capMilliseconds = cap
        return table
    }

    @Test("a strike is held until the station closes it, and lockers open meanwhile")
    func hold() throws {
        let house = try House(room())
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, locker: 1, pulse: 60_000)
        #expect(try station.accepted(1) != nil)
        station.open(2, pulse: 50)
        #expect(try station.released(2)?.why == .elapsed)
        #expect(house.level("K2") == "1")
        station.send(.close(7, locker: 1))
        station.send(.close(1, locker: 1))
        #expect(try station.released(1)?.why == .closed)
        #expect(house.level("K2") == "0")
        #expect(house.trace.orders(to: "sim/K2").map(\.active) == [false, true, false])
        _ = process
    }

    @Test("a hold is over at its time, whatever the station does, and with the station")
    func holdEnds() throws {
        let house = try House(room(cap: 400))
        let process = try house.startGuard()
        var station: StationPeer? = try house.station()
        station?.open(1, locker: 1, pulse: 401)
        #expect(try station?.refusal(1) == .beyondCap)
        station?.open(2, locker: 1, pulse: 400)
        #expect(try station?.released(2)?.why == .elapsed)
        station?.open(3, locker: 1, pulse: 400)
        #expect(try station?.accepted(3) != nil)
        station = nil
        // The trace is written after the line: it tells that both are done.
        try eventually("the strike is locked") { house.trace.orders(to: "sim/K2").last?.active == false }
        #expect(house.level("K2") == "0")
        #expect(house.trace.findings(caps: house.caps, budget: 2, tolerance: lateness).isEmpty)
        _ = process
    }

    @Test("an emergency stop is told at once, and again to the next station")
    func emergencyStop() throws {
        var table = House.table()
        table.watched = [WatchedLine(name: "stop", sensor: SensorLine(LineAddress(chip: "sim", line: "E1")))]
        let house = try House(table)
        let process = try house.startGuard()
        try write("0", to: house.input("E1"))
        /// Whether the stop is told so; what it was before may be told first.
        func isTold(_ station: StationPeer, pressed: Bool) throws -> Bool {
            try station.next { if case .watched(0, pressed, _) = $0 { true } else { nil } } == true
        }
        let station = try house.station()
        #expect(try isTold(station, pressed: false))
        try write("1", to: house.input("E1"))
        #expect(try isTold(station, pressed: true))
        station.hangUp()
        #expect(process.logLine(containing: "the station went away") != nil)
        #expect(try isTold(try house.station(), pressed: true))
    }

    @Test("a contact that bounces is told once, one that flutters is not believed")
    func contacts() throws {
        var table = House.table()
        table.lockers[0].sensor = SensorLine(LineAddress(chip: "sim", line: "D1"), debounceMilliseconds: 200)
        let house = try House(table)
        let process = try house.startGuard()
        let station = try house.station()
        func news() throws -> String? {
            try station.next {
                switch $0 {
                case .door(0, let level, _): "\(level)"
                case .sensorUnsteady(0, let isUnsteady): isUnsteady ? "unsteady" : "steady"
                default: nil
                }
            }
        }
        #expect(try news() == "latched")
        // Thirty-nine bounces within the time, then open: one change.
        for bounce in 0..<39 { try write(bounce % 2 == 0 ? "0" : "1", to: house.input("D1")) }
        #expect(try news() == "open")
        try write("1", to: house.input("D1"))
        #expect(try news() == "latched", "nothing came between")
        // Changes that all last, more than people can cause: the guard stops telling them.
        var told: [String] = []
        while told.last != "unsteady", told.count < 40 {
            station.send(.heartbeat(count: UInt64(told.count)))
            try write(told.count % 2 == 0 ? "0" : "1", to: house.input("D1"))
            guard let one = try news() else { break }
            told.append(one)
        }
        #expect(told.last == "unsteady" && told.count > 15)
        // The coil obeys all the same.
        station.open(1, pulse: 50)
        #expect(try station.released(1)?.why == .elapsed)
        _ = process
    }
}
