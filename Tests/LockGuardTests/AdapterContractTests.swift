// What every adapter of lines has to keep. The simulated lines always run it; the kernel's lines run it where the kernel
// has a GPIO simulator (the test bench), and are shown as skipped elsewhere.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

/// A bench that shows from outside what an adapter does.
protocol LineBench: AnyObject {
    var adapter: any LineAdapter { get }
    /// Two outputs and an input that are there, and a line that isn't.
    var first: LineAddress { get }
    var second: LineAddress { get }
    var sensor: LineAddress { get }
    var missing: LineAddress { get }
    /// Whether an output is active, seen from outside.
    func isActive(_ address: LineAddress) throws -> Bool
    /// Drives an input from outside.
    func drive(_ address: LineAddress, active: Bool) throws
}

/// Simulated lines in a folder of their own.
final class SimulatedBench: LineBench {
    let adapter: any LineAdapter
    let first = LineAddress(chip: "sim", line: "K1")
    let second = LineAddress(chip: "sim", line: "K2", activeLow: true)
    let sensor = LineAddress(chip: "sim", line: "D1")
    let missing = LineAddress(chip: "sim", line: "gone")
    private let house: House

    init() throws {
        house = try House(House.table())
        adapter = try SimulatedLines(folder: house.folder.file("sim"), table: house.table)
        try write("missing", to: house.output("gone"))
        try write("missing", to: house.input("gone"))
        // As a relay may stand after a guard that died.
        try write("1", to: house.output("K1"))
    }

    func isActive(_ address: LineAddress) throws -> Bool { house.level(address.line) == "1" }
    func drive(_ address: LineAddress, active: Bool) throws {
        try write(active ? "1" : "0", to: house.input(address.line))
    }
}

/// A chip of the kernel's GPIO simulator, with a line that has no name among its lines.
final class KernelBench: LineBench {
    let adapter: any LineAdapter = GpiodLines()
    let first: LineAddress
    let second: LineAddress
    let sensor: LineAddress
    let missing: LineAddress
    private let chip: GPIOSimulatorChip

    init() throws {
        chip = try GPIOSimulatorChip("contract", lines: ["K1", "-", "K2", "D1"])
        first = LineAddress(chip: chip.label, line: "K1")
        second = LineAddress(chip: chip.label, line: "K2", activeLow: true)
        sensor = LineAddress(chip: chip.label, line: "D1")
        missing = LineAddress(chip: chip.label, line: "gone")
    }

    func isActive(_ address: LineAddress) throws -> Bool {
        let level = chip.valueFile(of: address.line).flatMap(contents)?.first
        return (level == UInt8(ascii: "1")) != address.activeLow
    }

    func drive(_ address: LineAddress, active: Bool) throws {
        try chip.pull(address.line, up: active != address.activeLow)
    }
}

@Suite("The contract of line adapters", .serialized)
struct AdapterContractTests {
    @Test("simulated lines keep the contract")
    func simulated() throws { try keepsContract(SimulatedBench()) }

    @Test(
        "the kernel's lines keep the contract",
        .enabled(if: GPIOSimulatorChip.isPossible, "needs a kernel with gpio-sim and root: the test bench")
    )
    func kernel() throws { try keepsContract(KernelBench()) }

    @Test("an adapter that leaves an output on when it is requested breaks the contract")
    func negativeControl() {
        withKnownIssue { try keepsContract(CarelessBench()) }
    }

    /// The contract, one clause after another.
    private func keepsContract(_ bench: some LineBench) throws {
        let adapter = bench.adapter
        // An output is off from its request on, whatever it was before and whatever its polarity.
        var first: (any OutputLine)? = try adapter.output(bench.first)
        let second = try adapter.output(bench.second)
        #expect(try !bench.isActive(bench.first) && !bench.isActive(bench.second))

        // Each output does what it is told and moves no other.
        try first?.set(true)
        #expect(try bench.isActive(bench.first) && !bench.isActive(bench.second))
        try second.set(true)
        try first?.set(false)
        #expect(try !bench.isActive(bench.first) && bench.isActive(bench.second))
        try second.set(false)
        #expect(try !bench.isActive(bench.second))

        // A line that is ours is held for everyone else, and free when we let go of it.
        #expect(throws: LineFailure.self) { try adapter.output(bench.first) }
        #expect(fault { _ = try adapter.output(bench.first) } == .held)
        #expect(try adapter.inspect(bench.first, as: .output).holder == "mila-lock-guard")
        first = nil
        #expect(try adapter.inspect(bench.first, as: .output).holder == nil)
        first = try adapter.output(bench.first)

        // A line that isn't there is missing, whatever it is asked for.
        #expect(fault { _ = try adapter.output(bench.missing) } == .missing)
        #expect(fault { _ = try adapter.input(SensorLine(bench.missing)) } == .missing)
        #expect(fault { _ = try adapter.inspect(bench.missing, as: .output) } == .missing)

        // An input wakes whoever watches it, tells its level, and is quiet again.
        try bench.drive(bench.sensor, active: true)
        let input = try adapter.input(SensorLine(bench.sensor))
        #expect(try input.reading().active)
        for level in [false, true, false] {
            let before = bootTime()
            try bench.drive(bench.sensor, active: level)
            #expect(isReadable(input.descriptor, by: bootTime() + patience))
            let reading = try input.reading()
            #expect(reading.active == level && reading.edges >= 1)
            #expect(reading.instant + 20 * millisecond >= before && reading.instant <= bootTime())
        }
        #expect(!isReadable(input.descriptor, by: bootTime()), "what was read is not told again")
        #expect(try input.reading().edges == 0)

        // More edges than a kernel keeps for us: the level is the last one all the same.
        for _ in 0..<100 { for level in [true, false] { try bench.drive(bench.sensor, active: level) } }
        try bench.drive(bench.sensor, active: true)
        var reading = try input.reading()
        while isReadable(input.descriptor, by: bootTime() + 50 * millisecond) { reading = try input.reading() }
        #expect(reading.active)
        withExtendedLifetime((first, second)) {}
    }

    private func fault(_ body: () throws -> Void) -> GuardMessage.LineFault? {
        do {
            try body()
            return nil
        } catch {
            return (error as? LineFailure)?.fault
        }
    }
}

/// A bench whose adapter switches outputs on when they are requested: what the contract must catch.
private final class CarelessBench: LineBench {
    private final class CarelessLines: LineAdapter {
        let lines: any LineAdapter
        init(_ lines: any LineAdapter) { self.lines = lines }

        func output(_ address: LineAddress) throws(LineFailure) -> any OutputLine {
            let output = try lines.output(address)
            try output.set(true)
            return output
        }
        var debounces: Bool { lines.debounces }
        func input(_ sensor: SensorLine) throws(LineFailure) -> any InputLine { try lines.input(sensor) }
        func inspect(_ address: LineAddress, as direction: LineDirection) throws(LineFailure) -> LineInspection {
            try lines.inspect(address, as: direction)
        }
    }

    private let bench: SimulatedBench
    let adapter: any LineAdapter

    init() throws {
        bench = try SimulatedBench()
        adapter = CarelessLines(bench.adapter)
    }

    var first: LineAddress { bench.first }
    var second: LineAddress { bench.second }
    var sensor: LineAddress { bench.sensor }
    var missing: LineAddress { bench.missing }
    func isActive(_ address: LineAddress) throws -> Bool { try bench.isActive(address) }
    func drive(_ address: LineAddress, active: Bool) throws { try bench.drive(address, active: active) }
}
