// Sensors that can't be trusted: one that bounces while a truck goes by, one that stands still, one that was mounted the
// wrong way round. Each leads to a state that is defined, and only what lasts leads to an alarm.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

extension BenchTests {
    @Test func `forty bounces of a sensor raise no alarm, and a door that really opens does`() throws {
        let house = try BenchHouse(debounce: "900 ms")
        let began = bootTime()
        for bounce in 0..<40 { try house.door("1", opens: bounce % 2 == 0) }
        try #require(bootTime() - began < 800_000_000, "the machine is too slow for forty bounces in a debounce")
        // A false alarm of door 1 would come before that of door 2.
        try house.door("2", opens: true)
        try house.wait(for: "the open door is in the journal") {
            try BenchJournal(of: house.station).story(of: "2").contains("door-opened-unasked")
        }
        let journal = try house.finish()
        #expect(journal.story(of: "1") == [])
        #expect(journal.count("door-opened-unasked") == 1 && journal.count("sensor-distrusted") == 0)
    }

    @Test func `a sensor that stands still is a door that did not open, one the wrong way round an open one`() throws {
        let house = try BenchHouse(starts: false)
        // Latched reads as open.
        try house.door("2", opens: true)
        try house.start()
        try house.scan(BenchHouse.card, BenchHouse.coffeeMachine, until: "refused-locker-unverified")
        #expect(house.recorder.times("coil-2", .on) == 0)
        // Whatever door 1 does, its sensor says latched.
        try house.scan(BenchHouse.drill, until: "did-not-open")
        try house.scan(BenchHouse.drill, until: "refused-locker-unverified")
        let journal = try house.finish()
        #expect(journal.story(of: "1").prefix(2) == ["checkout-begun", "checkout-failed"])
        #expect(journal.story(of: "2").first == "door-opened-unasked")
        #expect(BenchHouse.check.pulses(in: house.recorder.changes).map(\.coil) == ["coil-1"])
    }
}
