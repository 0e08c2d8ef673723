// Lines that are not to be had: a chip that goes away while the station runs, a line under another name, one that another
// program holds. Their locker is out of service, the others serve, and it comes back by itself. Other numbers do no harm.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

extension BenchTests {
    @Test func `a chip that goes away takes its locker with it, and brings it back`() throws {
        let house = try BenchHouse()
        let number = house.expander.name
        try house.scan(BenchHouse.card, until: "session-began")
        try house.expander.takeAway()
        // The order may come before the guard has missed the chip, and the coil is refused then.
        house.station.scan(BenchHouse.coffeeMachine)
        try house.serveOthersWithout("2")
        try house.expander.bringBack()
        try house.door("2", opens: false)
        let back = bootTime()
        try house.serveAgain("2")
        let journal = try house.finish()

        // The guard still held the lines of the old chip: the new one got another number.
        #expect(house.expander.name != number)
        let findings = journal.findings(inOutageOf: "2", servedMeanwhile: "1")
        #expect(findings.isEmpty, "\(findings)")
        let works = try #require(journal.lines.last { $0.kind == "locker-in-service" }?.at)
        house.print("in service after its chip was back: \(milliseconds(works - min(works, back)))")
    }

    @Test func `a chip that goes away with its coil on keeps the power budget until it is back`() throws {
        let house = try BenchHouse()
        try house.scan(BenchHouse.card, until: "session-began")
        house.station.scan(BenchHouse.coffeeMachine)
        try house.nextPulse("2")
        try house.expander.takeAway()
        try house.pulseEnd()
        try house.wait(for: "the guard can't switch it off") {
            house.station.errors(of: .guardian).contains("coil-2: setting the line failed")
        }
        // The coil may still be on, and one is all that the power supply bears.
        house.station.scan(BenchHouse.drill)
        try house.wait(for: "the guard has looked for the chip again") {
            house.station.errors(of: .guardian).contains("coil-2: finding the chip failed")
        }
        #expect(house.recorder.times("coil-1", .on) == 0)
        try house.expander.bringBack()
        try house.door("2", opens: false)
        try house.passDoor("1", until: "taken")
        let journal = try house.finish()
        #expect(house.recorder.times("coil-2", .on) == 1, "nothing is pulsed again")
        #expect(journal.story(of: "2").contains("locker-out-of-service"))
    }

    @Test func `a line under another name takes its locker out of service until it has its own again`() throws {
        let house = try BenchHouse()
        try house.scan(BenchHouse.card, until: "session-began")
        try house.expander.takeAway()
        try house.expander.rename("coil-2", to: "coil-9")
        try house.expander.bringBack()
        try house.door("2", opens: false)
        try house.serveOthersWithout("2")
        #expect(house.recorder.times("coil-2", .on) == 0, "a line that is not known with certainty is not driven")
        try house.expander.takeAway()
        try house.expander.rename("coil-2", to: "coil-2")
        try house.expander.bringBack()
        try house.door("2", opens: false)
        try house.serveAgain("2")
        let journal = try house.finish()
        let findings = journal.findings(inOutageOf: "2", servedMeanwhile: "1")
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func `a line that another program holds takes its locker out of service until it is let go`() throws {
        let house = try BenchHouse(starts: false)
        let chip = try #require(house.expander.name)
        let holder = try TestProcess("gpioset", ["--mode=signal", chip, "0=0"])
        try house.wait(for: "the line is held") {
            try TestProcess.run("gpioinfo", [chip]).output.contains("\"gpioset\"")
        }
        try house.start()
        try house.scan(BenchHouse.card, until: "session-began")
        try house.serveOthersWithout("2")
        #expect(house.station.errors(of: .guardian).contains("requesting the output failed: held by gpioset"))
        holder.kill()
        try house.serveAgain("2")
        let journal = try house.finish()
        let findings = journal.findings(inOutageOf: "2", servedMeanwhile: "1")
        #expect(findings.isEmpty, "\(findings)")
        #expect(journal.lines.first { $0.kind == "locker-out-of-service" }?.text("reason") == "held")
    }

    @Test func `chips with other numbers than yesterday serve as before`() throws {
        let house = try BenchHouse(starts: false)
        let before = (house.relays.name, house.expander.name)
        try house.relays.takeAway()
        try house.expander.takeAway()
        try house.expander.bringBack()
        try house.relays.bringBack()
        #expect(before.0 == house.expander.name && before.1 == house.relays.name, "they have changed places")
        for locker in BenchHouse.lockers { try house.door(locker, opens: false) }
        try house.start()
        try house.scan(BenchHouse.card, BenchHouse.drill, until: "locker-opens")
        try house.passDoor("1", until: "taken")
        try house.scan(BenchHouse.coffeeMachine, until: "locker-opens")
        try house.passDoor("2", until: "taken")
        let journal = try house.finish()
        #expect(journal.count("locker-out-of-service") == 0)
        #expect(BenchHouse.check.pulses(in: house.recorder.changes).map(\.coil) == ["coil-1", "coil-2"])
    }
}

extension BenchHouse {
    /// Waits until the station knows that a locker's lines are not to be had, is refused what is in it, and takes the
    /// drill out of another one.
    fileprivate func serveOthersWithout(_ locker: String) throws {
        try wait(for: "locker \(locker) is out of service") {
            try station.errors(of: .station).contains("a line can't be used")
                && BenchJournal(of: station).story(of: locker).contains("locker-out-of-service")
        }
        try scan(Self.coffeeMachine, until: "refused-locker-out-of-service")
        try scan(Self.drill, until: "locker-opens")
        try passDoor("1", until: "taken")
    }

    /// Waits until a locker is back, and takes out what is in it.
    fileprivate func serveAgain(_ locker: String) throws {
        try wait(for: "locker \(locker) is back") {
            try station.errors(of: .guardian).contains("works again")
                && BenchJournal(of: station).story(of: locker).contains("locker-in-service")
        }
        try scan(Self.coffeeMachine, until: "locker-opens")
        try passDoor(locker, until: "taken")
    }
}
