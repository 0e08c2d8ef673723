// The real `lock-guard` over its real socket, with simulated lines: pulses, limits, and the ways a station can go away.
// What the coils did is judged from the trace of the lines, never from what the guard says of itself.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

let millisecond: UInt64 = 1_000_000
/// How late a machine that is busy with other things may switch a coil off, in milliseconds.
let lateness: UInt64 = 1500

/// All tests that start the real guard; one after another, because they look at times.
@Suite("The lock-guard process", .serialized, .timeLimit(.minutes(5)))
struct GuardProcessTests {
    @Test("an opening switches the coil on and, after its pulse, off; the door is seen to open and latch")
    func opening() throws {
        var table = House.table()
        table.lockers[0].sensor = SensorLine(LineAddress(chip: "sim", line: "D1"))
        table.lockers[0].simulatedDoor = SimulatedDoor(opensAfterMilliseconds: 50, latchesAfterMilliseconds: 100)
        let house = try House(table)
        let process = try house.startGuard()
        let station = try house.station()
        #expect(try station.next { if case .door(0, .latched, _) = $0 { true } else { nil } } == true)

        station.open(7, pulse: 300)
        let on = try #require(try station.accepted(7))
        let opened = try #require(try station.next { if case .door(0, .open, let at) = $0 { at } else { nil } })
        let latched = try #require(try station.next { if case .door(0, .latched, let at) = $0 { at } else { nil } })
        let off = try #require(try station.released(7))
        #expect(off.why == .elapsed)
        #expect(on < opened && opened < latched)

        let orders = house.trace.orders(to: "sim/K1")
        #expect(orders.map(\.active) == [false, true, false])
        let pulse = (orders[2].instant - orders[1].instant) / millisecond
        // The coil's end was set before it went on, so the two may be a moment nearer than the pulse.
        #expect(pulse >= 290 && pulse <= 300 + lateness)
        #expect(orders[1].instant <= on && off.at >= orders[2].instant)
        #expect(house.trace.findings(caps: house.caps, budget: 1, tolerance: 0).isEmpty)
        #expect(house.level("K1") == "0")
        process.send(signal: SIGTERM)
        #expect(process.end() == .code(0))
    }

    @Test("more than the cap is refused and moves nothing")
    func cap() throws {
        let house = try House(House.table(cap: 500))
        let process = try house.startGuard()
        let station = try house.station()
        let before = house.trace
        for (number, pulse) in [(1, 501), (2, .max), (3, 0)] as [(RequestNumber, UInt32)] {
            station.open(number, pulse: pulse)
            #expect(try station.refusal(number) == .beyondCap)
        }
        station.open(4, locker: 2, pulse: 100)
        #expect(try station.refusal(4) == .unknownLocker)
        station.open(5, pulse: 100, issuedAt: bootTime() - 2100 * millisecond)
        #expect(try station.refusal(5) == .stale)
        station.open(6, pulse: 100, issuedAt: bootTime() + 10_000 * millisecond)
        #expect(try station.refusal(6) == .stale)
        #expect(house.trace.orders.filter { $0.line != "sim/R" } == before.orders.filter { $0.line != "sim/R" })
        _ = process
    }

    @Test("a coil rests after its pulse, and after the guard's start")
    func rest() throws {
        let house = try House(House.table(rest: 60_000))
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 50)
        #expect(try station.refusal(1) == .resting)
        _ = process
    }

    @Test("a burst of 10,000 openings: one coil at a time, each answered, memory flat")
    func burst() throws {
        let house = try House(House.table(cap: 100, lockers: 4))
        let process = try house.startGuard()
        let station = try house.station()
        var accepted = 0
        var released = 0
        var refused = 0
        func take(_ message: GuardMessage?) {
            switch message {
            case .accepted: accepted += 1
            case .released: released += 1
            case .refused: refused += 1
            default: break
            }
        }
        var memory = 0
        for number in 0..<10_000 as Range<UInt64> {
            station.open(number, locker: UInt16(number % 4), pulse: 20)
            while isReadable(station.socket, by: 0) { take(try station.receive()) }
            if number == 1000 { memory = process.residentBytes }
        }
        while accepted + refused < 10_000 || released < accepted {
            let message = try station.receive()
            guard message != nil else { break }
            take(message)
        }
        #expect(accepted + refused == 10_000 && released == accepted && accepted > 0)
        #expect(isSanitized || process.residentBytes - memory < 256 * 1024, "resident memory grew")
        #expect(house.trace.findings(caps: house.caps, budget: 1, tolerance: lateness).isEmpty)
    }

    @Test("a station that sends and never reads fills no memory, and is given up")
    func deafStation() throws {
        let house = try House(House.table())
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 2000)
        var sent = 0
        let frame = StationMessage.heartbeat(count: 1).frame
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let before = process.residentBytes
        // Every opening is answered; nobody reads the answers, so the guard stops reading, too.
        while withUnsafeBytes(of: frame.bytes, { send(station.socket, $0.baseAddress, 64, flags) }) == 64,
            sent < 100_000
        {
            station.open(2, locker: 9, pulse: 1)
            sent += 1
        }
        #expect(process.logLine(containing: "the station said nothing") != nil)
        #expect(sent < 100_000)
        #expect(isSanitized || process.residentBytes - before < 512 * 1024)
        #expect(try house.order("K1", active: false, after: 3) != nil)
        _ = try house.station()
    }

    @Test("the process of the station is killed with a coil on: off at once, lamps say out of order")
    func stationKilled() throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard()
        let station = try house.station()
        // Another process holds the connection and dies by SIGKILL, so that the kernel closes it.
        let holder = try GuardProcess(["600"], program: "/bin/sleep", connection: station.socket)
        station.open(1, pulse: 10_000)
        let on = try #require(try station.accepted(1))
        station.hangUp()
        #expect(house.level("K1") == "1")
        let marker = house.trace.orders.count
        holder.send(signal: SIGKILL)
        let off = try #require(try house.order("K1", active: false, after: marker))
        #expect(off.instant - on < 10_000 * millisecond)
        #expect(try house.order("R", active: true, after: marker) != nil, "the lamps show it")
        #expect(process.logLine(containing: "the station went away") != nil)
    }

    @Test("a station that falls silent with a coil on is given up after three seconds")
    func stationSilent() throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 10_000)
        let on = try #require(try station.accepted(1))
        let released = try #require(try station.released(1))
        #expect(released.why == .stationLost)
        #expect(try station.receive() == nil, "the connection is closed")
        let silence = (released.at - on) / millisecond
        #expect(silence >= 2900 && silence <= 3000 + lateness)
        #expect(house.level("K1") == "0")
        _ = process
    }

    @Test("a station that lives gets a heartbeat each second and keeps its coil on to the end")
    func stationAlive() throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 3500)
        var beats: [UInt64] = []
        let released = try station.next { message -> GuardMessage.Release? in
            if case .heartbeat(let count) = message {
                beats.append(count)
                station.send(.heartbeat(count: count))
            }
            if case .released(1, _, _, let why) = message { return why }
            return nil
        }
        #expect(released == .elapsed)
        #expect(beats == Array(1...UInt64(beats.count)) && beats.count >= 3)
        _ = process
    }

    @Test("door changes while no station is there are told to the next one, with their times")
    func doorMemory() throws {
        var table = House.table()
        table.lockers[0].sensor = SensorLine(LineAddress(chip: "sim", line: "D1"))
        let house = try House(table)
        let process = try house.startGuard()
        let start = bootTime()
        let first = try StationPeer(house.socketPath)
        #expect(try first.isWelcome(table))
        try write("0", to: house.input("D1"))
        let opened = try #require(try first.next { if case .door(0, .open, let at) = $0 { at } else { nil } })
        first.hangUp()
        #expect(process.logLine(containing: "the station went away") != nil)
        // Each change is taken notice of before the next one is made: the guard reads it within its turn.
        try write("1", to: house.input("D1"))
        let second = try waitForNews(house, in: table, of: .latched)
        #expect(start < opened && opened < second)
    }

    /// Connects until the guard has the news; how many doors it tells of does not matter.
    private func waitForNews(_ house: House, in table: LineTable, of level: GuardMessage.DoorLevel) throws -> UInt64 {
        let station = try house.station()
        let instant = try station.next { if case .door(0, level, let at) = $0 { at } else { nil } }
        return try #require(instant)
    }

    @Test("lamps are lit in their rhythm, and a steady lamp costs no orders")
    func lamps() throws {
        let house = try House(House.table())
        let process = try house.startGuard()
        let station = try house.station()
        let start = house.trace.orders.count
        station.send(.lamp(place: 0, LampSignal(.green, .steady)))
        #expect(try house.order("G", active: true, after: start) != nil)
        let steady = house.trace.orders.count
        station.send(.lamp(place: 0, LampSignal(.red, .slow)))
        let orders = try #require(
            try waitForFile(house.tracePath) { bytes -> [Trace.Order]? in
                let red = Trace(bytes).orders.dropFirst(steady).filter { $0.line == "sim/R" }
                return red.count >= 6 ? Array(red.prefix(6)) : nil
            }
        )
        // It may come in at any point of its rhythm; from then on it turns every half second.
        let turns = orders.map(\.active)
        #expect(zip(turns, turns.dropFirst()).allSatisfy { $0 != $1 })
        let halves = zip(orders.dropFirst(), orders.dropFirst(2)).map { ($1.instant - $0.instant) / millisecond }
        #expect(halves.reduce(0, +) >= 1900 && halves.reduce(0, +) <= 2000 + lateness)
        #expect(house.level("G") == "0")
        station.send(.lamp(place: 99, LampSignal(.red, .slow)))
        station.open(1, pulse: 10)
        #expect(try station.accepted(1) != nil, "a lamp that isn't there disturbs nobody")
        _ = process
    }
}
