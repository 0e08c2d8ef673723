// A day of the guard on a kernel's lines, in virtual time: the kernel's clock jumps to whatever somebody waits for next, and
// the real guard takes what a city can do to it from one midnight to the next.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

@Suite(
    "A day of the guard", .serialized,
    .enabled(if: GuardBench.isPossible && VirtualTime.isOn, "needs the test bench's virtual time"))
struct VirtualDayTests {
    @Test("a guard that loses memory with each answer is found within an hour")
    func leaking() throws {
        let findings = try findings(inAnHourWith: "leak")
        #expect(findings.contains { $0.hasPrefix("memory grew") }, "\(findings)")
        #expect(findings.contains { $0.hasPrefix("descriptors") }, "\(findings)")
    }

    @Test("a guard that lets go of a coil late is found within an hour")
    func late() throws {
        #expect(try findings(inAnHourWith: "late:0:400").contains { $0.hasSuffix("longer than its cap") })
    }

    @Test("10,000 requests in a second: one coil at a time, rests kept, each answered, memory flat")
    func flood() throws {
        let day = try VirtualDay(seed: 2)
        let took = try day.flood()
        #expect(took <= 1000 * millisecond)
        let findings = try day.finish()
        #expect(findings.isEmpty, "\(findings.prefix(5))")
        #expect(day.pulses > 0)
        GuardBench.print("10,000 requests in \(milliseconds(took)) of virtual time: \(day.story)")
    }

    private func findings(inAnHourWith fault: String) throws -> [String] {
        let day = try VirtualDay(seed: 1, fault: fault)
        try day.pass(hours: 1)
        return try day.finish()
    }

    @Test(
        "24 hours of random traffic: no coil beyond its cap, no request without an answer, nothing lost",
        arguments: [2026])
    func day(_ seed: UInt64) throws {
        let day = try VirtualDay(seed: seed)
        let began = bootTime()
        try day.pass(hours: 24)
        let findings = try day.finish()
        #expect(findings.isEmpty, "seed \(seed): \(findings.prefix(5))")
        #expect(bootTime() - began >= 24 * 3600 * 1000 * millisecond)
        #expect(day.pulses > 300 && day.hasSeenEverything, "\(day.events)")
        GuardBench.print("24 hours, seed \(seed): \(day.pulses) pulses, \(day.story)")
    }
}

/// The traffic of a day: one station and its people. Every coil is looked at each 10 ms while one is on or was on a moment
/// ago, else every two seconds.
private final class VirtualDay {
    enum Event: CaseIterable {
        case opening, closing, tooLong, stale, burst, door, hangUp, silence, chipGone
    }

    private let bench: GuardBench
    private let process: GuardProcess
    private var station: StationPeer
    private var record: LevelRecord
    private var requests = Requests()
    private var generator: SeededGenerator
    /// What the guard held after some hours' part in which most of its code was used, and at the end.
    private var (early, late): (Footprint?, Footprint?)
    private var beats: UInt64 = 0
    private var restlessUntil: UInt64 = 0
    private var isLatched = true
    private(set) var events: [Event: Int] = [:]
    /// Whether each thing that can happen did, more than ten times.
    var hasSeenEverything: Bool { Event.allCases.allSatisfy { events[$0, default: 0] > 10 } }

    init(seed: UInt64, fault: String? = nil) throws {
        bench = try GuardBench(debounce: 20, sensors: 1)
        generator = SeededGenerator(seed: seed)
        record = LevelRecord(bench.sources.dropLast())
        record.look()
        process = try bench.startGuard(fault: fault)
        station = try bench.station()
        // This kernel's first instant is zero, and what is two seconds old would come before it.
        try wait(milliseconds: 5000)
    }

    var pulses: Int { GuardBench.check.pulses(in: record.changes).count }
    var story: String {
        let refusals = requests.refusals.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }
        return "\(requests.count) requests, refused: \(refusals.joined(separator: ", ")); " + memory
    }
    private var memory: String {
        "the guard at the beginning and at the end: \([early, late].map { $0.map { "\($0)" } ?? "?" }.joined(separator: "; "))"
    }

    /// Lets so many hours pass.
    func pass(hours: UInt64) throws {
        let start = bootTime()
        let end = start + hours * 3600 * 1000 * millisecond
        while bootTime() < end {
            try happen(generator.pick(Event.allCases))
            try wait(milliseconds: 1000 + UInt64(generator.number(below: 110_000)))
            // By then most of the guard's code has been used.
            if early == nil, bootTime() - start > 1_200_000 * millisecond { early = Footprint(of: process) }
        }
    }

    /// Makes 10,000 requests in a second, and looks at the coils each 9 ms; how long it took.
    func flood() throws -> UInt64 {
        try requests.flood(station, 1000)
        try wait(milliseconds: 5000)
        early = Footprint(of: process)
        let began = bootTime()
        for round in 1...100 {
            try requests.flood(station, 100)
            try look(until: began + UInt64(round) * 9 * millisecond)
        }
        let took = bootTime() - began
        try wait(milliseconds: 2000)
        return took
    }

    /// Ends the day in good order; what was wrong with it.
    func finish() throws -> [String] {
        try requests.settle(with: station, within: 5000 * millisecond)
        let late = Footprint(of: process)
        self.late = late
        let growth = early.map { late.findings(since: $0) } ?? ["nothing was measured"]
        process.send(signal: SIGTERM)
        let end = process.end()
        record.look()
        let levels = GuardBench.check.findings(
            in: record.changes, accepted: requests.accepted, unheard: requests.unheard)
        return levels + requests.findings + growth
            + LevelCheck.findings(inEnd: record.changes, of: GuardBench.coils)
            + (end == .code(0) ? [] : ["the guard ended with \(String(describing: end))"])
    }

    private func happen(_ event: Event) throws {
        if event != .chipGone { events[event, default: 0] += 1 }
        let place = UInt16(generator.number(below: GuardBench.lockers))
        let pulse = 10 + UInt32(generator.number(below: Int(GuardBench.cap) - 10))
        switch event {
        case .opening: _ = requests.ask(station, locker: place, pulse: pulse)
        case .closing:
            let number = requests.ask(station, locker: place, pulse: pulse)
            try look(until: bootTime() + 20 * millisecond)
            station.send(.close(number, locker: place))
        case .tooLong: _ = requests.ask(station, locker: place, pulse: GuardBench.cap + pulse)
        case .stale: _ = requests.ask(station, locker: place, pulse: pulse, issuedAt: bootTime() - 2001 * millisecond)
        case .burst:
            for _ in 0..<50 {
                _ = requests.ask(station, locker: UInt16(generator.number(below: 4)), pulse: pulse)
                try hear(until: bootTime())
            }
        case .door:
            isLatched.toggle()
            for bounce in 0..<2 * generator.number(below: 20) + 1 {
                try bench.sensor(0, high: isLatched == (bounce % 2 == 0))
            }
        case .hangUp:
            _ = requests.ask(station, locker: place, pulse: pulse)
            if generator.happens(50) { try hear(until: bootTime() + 20 * millisecond) }
            try reconnect()
        case .silence:
            _ = requests.ask(station, locker: place, pulse: pulse)
            try look(until: bootTime() + 3500 * millisecond)
            try reconnect()
        case .chipGone:
            // The simulator's chips use up the kernel's interrupts, each time ten more.
            guard generator.happens(15) else { return }
            events[.chipGone, default: 0] += 1
            try bench.chip.takeAway()
            try wait(milliseconds: UInt64(generator.number(below: 5000)))
            try bench.chip.bringBack()
            try bench.sensor(0, high: isLatched)
        }
    }

    /// Lets time pass, as a station does that lives, and looks at the coils.
    private func wait(milliseconds: UInt64) throws {
        let end = bootTime() + milliseconds * millisecond
        while bootTime() < end {
            beats += 1
            station.send(.heartbeat(count: beats))
            try look(until: min(end, bootTime() + 2000 * millisecond))
        }
    }

    /// Looks at the coils, and hears the guard, until an instant.
    private func look(until end: UInt64) throws {
        while true {
            record.look()
            let now = bootTime()
            guard now < end else { return }
            if GuardBench.coils.contains(where: { record.level(of: $0) == .on }) {
                restlessUntil = now + 300 * millisecond
            }
            try hear(until: now < restlessUntil ? min(end, now + 10 * millisecond) : end)
        }
    }

    /// Takes notice of what the guard says, until an instant or a word that may be about a coil.
    private func hear(until end: UInt64) throws {
        while isReadable(station.socket, by: end) {
            guard let message = try station.waiting() else {
                // The guard hung up: there is nothing more to wait for but the time.
                usleep(useconds_t((end - min(end, bootTime())) / 1000))
                return
            }
            requests.take(message)
            if case .heartbeat = message { continue }
            return
        }
    }

    /// Hangs up, and comes back.
    private func reconnect() throws {
        while let message = try station.waiting() { requests.take(message) }
        record.look()
        requests.stationLeft()
        station.hangUp()
        usleep(50_000)
        record.look()
        station = try bench.station()
    }
}
