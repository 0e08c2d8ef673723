// The station fails while a coil is on: killed, stopped, kept from running, its disk full. The coil goes off all the same.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

extension BenchTests {
    @Test func `a station that is killed loses its coil at once, and does not pulse it again`() throws {
        let house = try BenchHouse()
        try house.scan(BenchHouse.card, until: "session-began")
        house.station.scan(BenchHouse.marquee)
        try house.nextPulse("store")
        let killed = bootTime()
        try house.station.kill(.station)
        try house.pulseEnd()
        try house.station.start(.station)
        try house.station.waitUntilReady()
        try house.scan(BenchHouse.card, BenchHouse.drill, until: "locker-opens")
        try house.passDoor("1", until: "taken")
        let journal = try house.finish()

        // The entry was on the disk before the coil was on; what the door did nobody knows.
        #expect(journal.story(of: "store") == ["checkout-begun", "outcome-unknown"])
        let time = try #require(LevelCheck.timeToOff("coil-store", after: killed, in: house.recorder.changes))
        #expect(time < 500_000_000)
        house.print("off after SIGKILL of the station: \(milliseconds(time)) of a pulse of 5 s")
    }

    @Test func `a station that hangs keeps its coil for the pulse, and never longer than three seconds`() throws {
        let house = try BenchHouse()
        try house.scan(BenchHouse.card, until: "session-began")
        house.station.scan(BenchHouse.drill)
        try house.nextPulse("1")
        house.station.send(SIGSTOP, to: .station)
        try house.door("1", opens: true)
        try house.pulseEnd()
        house.station.send(SIGCONT, to: .station)
        try house.door("1", opens: false)
        try house.wait(for: "the drill is taken") { house.said("taken") == 1 }

        house.station.scan(BenchHouse.marquee)
        try house.nextPulse("store")
        let stopped = bootTime()
        house.station.send(SIGSTOP, to: .station)
        try house.pulseEnd()
        house.station.send(SIGCONT, to: .station)
        try house.wait(for: "the station is served again") { house.said("station-ready") == 2 }
        let journal = try house.finish()

        #expect(journal.story(of: "1") == ["checkout-begun", "checkout-completed"])
        #expect(journal.story(of: "store") == ["checkout-begun", "outcome-unknown"])
        let pulses = BenchHouse.check.pulses(in: house.recorder.changes)
        #expect(pulses[0].atLeast <= BenchHouse.pulse + Self.tick)
        let time = try #require(LevelCheck.timeToOff("coil-store", after: stopped, in: house.recorder.changes))
        #expect(time < 4_000_000_000)
        house.print("off while the station hangs: a pulse of 300 ms after \(milliseconds(pulses[0].atMost))")
        house.print("off while the station hangs: \(milliseconds(time)) of a pulse of 5 s")
    }

    @Test func `busy programs of a higher priority than all of ours keep no coil on beyond its cap`() throws {
        let house = try BenchHouse()
        try house.scan(BenchHouse.card, until: "session-began")
        house.station.scan(BenchHouse.drill)
        try house.nextPulse("1")
        let busy = try (0..<3).map { _ in try TestProcess("sh", ["-c", "while :; do :; done"]) }
        for process in busy {
            #expect(setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process.identifier), -20) == 0)
        }
        try house.door("1", opens: true)
        try house.pulseEnd()
        for process in busy { process.kill() }
        // The guard reads its sensors before it takes the next request: it has seen the open door when coil 2 is on.
        house.station.scan(BenchHouse.coffeeMachine)
        try house.passDoor("2", until: "taken")
        try house.door("1", opens: false)
        try house.wait(for: "both are taken") { house.said("taken") == 2 }
        let journal = try house.finish()

        #expect(journal.story(of: "1") == ["checkout-begun", "checkout-completed"])
        let pulse = try #require(BenchHouse.check.pulses(in: house.recorder.changes).first)
        #expect(pulse.atMost <= BenchHouse.cap)
        house.print("beside three busy programs a pulse of 300 ms took at most \(milliseconds(pulse.atMost))")
    }

    @Test func `a disk that fills up while a coil is on: the pulse ends, the loan is written, nothing else opens`()
        throws
    {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let house = try BenchHouse(data: disk.path)
        try house.scan(BenchHouse.card, until: "session-began")
        house.station.scan(BenchHouse.drill)
        try house.nextPulse("1")
        disk.fill()
        try house.door("1", opens: true)
        try house.pulseEnd()
        try house.door("1", opens: false)
        try house.wait(for: "the drill is taken") { house.said("taken") == 1 }
        // The last room of pages that are in use already is used up first.
        for _ in 1...60 where house.said("refused-storage-full") == 0 {
            let before = house.station.screen.count
            house.station.scan("nobody knows this")
            try house.wait(for: "the station answers") { house.station.screen.count > before }
        }
        try house.scan(BenchHouse.coffeeMachine, until: "refused-storage-full")
        #expect(house.recorder.times("coil-2", .on) == 0)
        disk.makeRoom()
        try house.scan(BenchHouse.coffeeMachine, until: "locker-opens")
        try house.passDoor("2", until: "taken")
        let journal = try house.finish()

        #expect(journal.story(of: "1") == ["checkout-begun", "checkout-completed"])
        #expect(journal.story(of: "2").last == "checkout-completed")
        let pulse = try #require(BenchHouse.check.pulses(in: house.recorder.changes).first)
        #expect(pulse.atLeast <= BenchHouse.pulse + Self.tick)
        house.print("with a full disk a pulse of 300 ms took at most \(milliseconds(pulse.atMost))")
    }
}
