// A whole station with a guard that can't be trusted: `hardware/testbench/broken-lines.c` breaks one thing of the guard that
// is shipped, and what the lines did held against the journal has to show it.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

extension BenchTests {
    @Test func `a guard that keeps its coil on beyond its cap is found`() throws {
        let findings = try findings(afterLoanWith: "late:0:400")
        #expect(findings.contains { $0.hasSuffix("longer than its cap") }, "\(findings)")
    }

    @Test func `a guard that energises a coil again, which no entry of the journal allows, is found`() throws {
        let findings = try findings(afterLoanWith: "again:0:400")
        #expect(
            findings.contains { $0.hasSuffix("was energised without an entry of its own before it") }, "\(findings)")
    }

    @Test func `a guard that moves one line more than it was told to is found, by its entry and by the budget`() throws
    {
        let findings = try findings(afterLoanWith: "beside:0:\(BenchHouse.storeCoil)")
        #expect(
            findings.contains { $0.hasSuffix("was energised without an entry of its own before it") }, "\(findings)")
        #expect(findings.contains { $0.contains("was energised beside coil-") }, "\(findings)")
    }

    /// What is found after a drill was taken out of locker 1, whose coil is its chip's first line.
    private func findings(afterLoanWith fault: String) throws -> [String] {
        let house = try BenchHouse(guardFault: fault)
        try house.scan(BenchHouse.card, BenchHouse.drill, until: "locker-opens")
        try house.nextPulse("1")
        try house.door("1", opens: true)
        try house.pulseEnd()
        try house.door("1", opens: false)
        try house.wait(for: "the drill is taken") { house.said("taken") == 1 }
        // Whatever the fault does after the pulse, it has done.
        if fault.hasPrefix("again") { try house.nextPulse("1"); try house.pulseEnd() }
        let (journal, findings) = try house.end()
        #expect(journal.story(of: "1") == ["checkout-begun", "checkout-completed"])
        return findings
    }
}
