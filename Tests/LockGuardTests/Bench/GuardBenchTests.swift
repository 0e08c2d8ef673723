// The guard on a kernel's own lines: a flood of requests, and sensors that bounce, stand still or are the wrong way round.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

extension GuardProcessTests {
    /// What runs in the test bench only; one after another with all else that looks at times.
    @Suite(
        "The guard on a kernel's lines",
        .enabled(if: GuardBench.isPossible && !VirtualTime.isOn, "\(GuardBench.isNeeded)"), .timeLimit(.minutes(5)))
    struct OnKernelLines {
        @Test(
            "10,000 requests as fast as the guard takes them: one coil at a time, rests kept, each answered, memory flat"
        )
        func flood() throws {
            let bench = try GuardBench()
            let recorder = try LevelRecorder(bench.sources)
            let process = try bench.startGuard()
            let station = try bench.station()
            var requests = Requests()
            try bench.open(station, &requests)
            try requests.flood(station, 1000)
            let before = Footprint(of: process)
            let began = bootTime()
            try requests.flood(station, 10_000)
            let took = bootTime() - began
            try requests.settle(with: station)
            let after = Footprint(of: process)

            // Slower than the limit on floods, so that coils and rests decide.
            try bench.open(station, &requests)
            for round in 0..<40 {
                _ = requests.ask(station, locker: UInt16(round / 10 % 2), pulse: GuardBench.pulse)
                usleep(60_000)
            }
            try requests.settle(with: station)
            let refusals = requests.refusals
            station.hangUp()
            process.send(signal: SIGTERM)
            #expect(process.end() == .code(0))
            try recorder.stop()

            #expect(requests.findings == [])
            #expect(after.findings(since: before) == [])
            let findings = GuardBench.check.findings(in: recorder.changes, accepted: requests.accepted)
            #expect(findings.isEmpty, "\(findings)")
            #expect(requests.accepted.count >= 8)
            #expect(refusals[.tooMany, default: 0] > 5000 && refusals[.coilsBusy, default: 0] > 10)
            #expect(refusals[.resting, default: 0] > 0)
            #expect(Set(refusals.keys).isSubset(of: [.tooMany, .coilsBusy, .resting, .stale]))
            GuardBench.print(
                "10,000 requests in \(milliseconds(took)), \(requests.accepted.count) of \(requests.count) accepted; the guard "
                    + "before and after: \(before); \(after)")
        }

        @Test("forty bounces of a sensor are one change, or none; nothing is told before its debounce is over")
        func bounces() throws {
            let bench = try GuardBench(debounce: 300)
            let process = try bench.startGuard()
            let station = try bench.station()
            try bench.expectDoors([0, 1, 2, 3], .latched, from: station)

            // Forty edges, the last one to where it began: a truck went by. The next door's change is told after a false one
            // of this door would have been.
            let truck = bootTime()
            for bounce in 0..<40 { try bench.sensor(0, high: bounce % 2 == 1) }
            try #require(
                bootTime() - truck < 250 * millisecond, "the machine is too slow for forty bounces in a debounce")
            try bench.sensor(1, high: false)
            #expect(try bench.nextDoor(station)?.isOpen(1) == true, "a bounce is no change")

            // Thirty-nine edges: it opened.
            let opens = bootTime()
            for bounce in 0..<39 { try bench.sensor(0, high: bounce % 2 == 1) }
            let told = try #require(try bench.nextDoor(station))
            #expect(told.isOpen(0))
            #expect(bootTime() - opens >= 300 * millisecond, "not told before it is sure")
            try bench.sensor(0, high: true)
            #expect(try bench.nextDoor(station)?.isOpen(0) == false, "nothing came between")
            _ = process
        }

        @Test("a sensor that stands still and one that is the wrong way round keep no coil from its pulse")
        func stuckAndInverted() throws {
            // Locker 2 is active low by its table; the sensor of locker 3 was mounted the wrong way round.
            let bench = try GuardBench(debounce: 20, inverted: [1])
            try bench.sensor(2, high: false)
            let recorder = try LevelRecorder(bench.sources)
            let process = try bench.startGuard()
            let station = try bench.station()
            var requests = Requests()
            try bench.expectDoors([0, 1, 3], .latched, from: station, open: [2])
            try bench.open(station, &requests)
            try requests.settle(with: station)

            // Stuck: the coil has its whole pulse, and of the door nothing is said.
            #expect(try bench.pulse(3, &requests, station, isPassed: false) == [])
            // Active low: it says what the door does.
            #expect(try bench.pulse(1, &requests, station, isPassed: true) == ["open", "latched"])
            // The wrong way round: what it says is passed on as it is, for the station to judge.
            #expect(try bench.pulse(2, &requests, station, isPassed: true) == ["latched", "open"])
            process.send(signal: SIGTERM)
            #expect(process.end() == .code(0))
            try recorder.stop()
            #expect(requests.findings == [])
            let findings = GuardBench.check.findings(in: recorder.changes, accepted: requests.accepted)
            #expect(findings.isEmpty, "\(findings)")
        }
    }
}

/// A door of which the guard told something.
struct ToldDoor {
    let place: UInt16
    let level: GuardMessage.DoorLevel

    /// Whether it is this one that opened; `false` where it latched.
    func isOpen(_ place: UInt16) -> Bool { self.place == place && level == .open }
}

extension GuardBench {
    /// The next door that the guard tells of.
    func nextDoor(_ station: StationPeer) throws -> ToldDoor? {
        try station.next {
            if case .door(let place, let level, _) = $0 { ToldDoor(place: place, level: level) } else { nil }
        }
    }

    /// Hears after the welcome how the doors stand.
    func expectDoors(
        _ places: [UInt16], _ level: GuardMessage.DoorLevel, from station: StationPeer, open others: [UInt16] = []
    ) throws {
        for place in (places + others).sorted() {
            guard let told = try nextDoor(station), told.place == place,
                told.level == (others.contains(place) ? .open : level)
            else { throw WorkbenchError("door \(place) does not stand as it should") }
        }
    }

    /// Pulses a coil; somebody opens the door for it and latches it again, where it is passed. What the guard told of
    /// this door until its coil was off and it was latched.
    func pulse(
        _ place: UInt16, _ requests: inout Requests, _ station: StationPeer, isPassed: Bool
    ) throws -> [String] {
        let number = requests.ask(station, locker: place, pulse: Self.pulse)
        guard try requests.answer(to: number, from: station) == nil else { throw WorkbenchError("refused") }
        var told: [String] = []
        if isPassed {
            let latched = levels[Int(place)] ?? false
            for high in [!latched, latched] {
                try sensor(Int(place), high: high)
                if let door = try nextDoorOrRelease(station, &requests, of: place) { told.append("\(door)") }
            }
        }
        try requests.settle(with: station)
        return told
    }

    private func nextDoorOrRelease(
        _ station: StationPeer, _ requests: inout Requests, of place: UInt16
    ) throws -> GuardMessage.DoorLevel? {
        try station.next { message in
            requests.take(message)
            if case .door(place, let level, _) = message { return level }
            return nil
        }
    }
}
