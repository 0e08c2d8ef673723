// The whole station on a kernel's own gpiochip: `lock-guard`, `mila-station run` and `city-pool serve` as they are
// shipped, lines of the kernel's GPIO simulator, and what the lines really did held against the journal.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

/// What runs in the test bench only; one after another, because times are looked at.
@Suite(
    .serialized,
    .enabled(if: GPIOSimulatorChip.isPossible, "needs a kernel with gpio-sim and root: the test bench"),
    .timeLimit(.minutes(2)))
struct BenchTests {
    /// The guest's edges have a grain of 10 ms.
    static let tick: UInt64 = 10_000_000

    @Test func `a drill is borrowed and brought back through a real line, each pulse as long as it should be`() throws {
        let house = try BenchHouse()
        try house.scan(BenchHouse.card, BenchHouse.drill, until: "locker-opens")
        try house.passDoor("1", until: "taken")
        try house.scan("MCFN1X", until: "session-ended")
        try house.scan(BenchHouse.card, BenchHouse.drill, until: "locker-opens-for-return")
        try house.passDoor("1", until: "returned")
        let journal = try house.finish()

        let story = ["checkout-begun", "checkout-completed", "return-begun", "return-completed"]
        #expect(journal.story(of: "1") == story)
        for line in journal.lines where line.kind.hasSuffix("-completed") {
            #expect(line.text("basis") == "sensed", "the door's own line told of it")
        }
        let pulses = BenchHouse.check.pulses(in: house.recorder.changes)
        #expect(pulses.map(\.coil) == ["coil-1", "coil-1"])
        for pulse in pulses {
            // A guard that has to wait for the processor between its decision and the line shortens the pulse.
            #expect(pulse.atMost + 5 * Self.tick >= BenchHouse.pulse)
            #expect(pulse.atLeast <= BenchHouse.pulse + Self.tick)
            house.print("a pulse of 300 ms took \(milliseconds(pulse.atLeast)) to \(milliseconds(pulse.atMost))")
        }
    }

    @Test func `a coil that somebody else drives, without an entry and beyond its cap, is found`() throws {
        let chip = try GPIOSimulatorChip("relays", lines: ["coil-1"])
        let recorder = try LevelRecorder([LevelSource("coil-1", of: chip)])
        let driven = try TestProcess.run(
            "gpioset", ["--mode=time", "--usec=600000", try #require(chip.name), "0=1"])
        #expect(driven.code == 0, "\(driven.errors)")
        try recorder.wait(for: "coil-1", .off, times: 2)
        try recorder.stop()
        let findings = LevelCheck(caps: ["coil-1": BenchHouse.cap]).findings(in: recorder.changes, openings: [])
        #expect(findings.count == 2)
        #expect(findings.first?.hasSuffix("was energised without an entry of its own before it") == true)
        #expect(findings.last?.hasSuffix("longer than its cap") == true)
    }
}
