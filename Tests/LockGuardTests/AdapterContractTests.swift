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

/// A chip of the kernel's GPIO simulator, made through configfs for this bench and taken down with it.
final class KernelBench: LineBench {
    static let root = "/sys/kernel/config/gpio-sim"
    static var isPossible: Bool { getuid() == 0 && access(root, W_OK) == 0 }

    let adapter: any LineAdapter = GpiodLines()
    let first: LineAddress
    let second: LineAddress
    let sensor: LineAddress
    let missing: LineAddress
    private let device: String
    private let lines: String

    init() throws {
        let label = "mila-contract-\(getpid())"
        device = KernelBench.root + "/" + label
        for folder in ["", "/bank", "/bank/line0", "/bank/line1", "/bank/line2"] {
            guard mkdir(device + folder, 0o755) == 0 else { throw WorkbenchError("making \(device)\(folder)") }
        }
        try write("4", to: device + "/bank/num_lines")
        try write(label, to: device + "/bank/label")
        for (index, name) in ["K1", "K2", "D1"].enumerated() { try write(name, to: device + "/bank/line\(index)/name") }
        try write("1", to: device + "/live")
        func word(_ file: String) -> String {
            String(decoding: (contents(file) ?? []).filter { $0 > 0x20 }, as: UTF8.self)
        }
        lines =
            "/sys/devices/platform/" + word(device + "/dev_name") + "/" + word(device + "/bank/chip_name") + "/sim_gpio"
        first = LineAddress(chip: label, line: "K1")
        second = LineAddress(chip: label, line: "K2", activeLow: true)
        sensor = LineAddress(chip: label, line: "D1")
        missing = LineAddress(chip: label, line: "gone")
    }

    deinit {
        try? write("0", to: device + "/live")
        for folder in ["/bank/line2", "/bank/line1", "/bank/line0", "/bank", ""] { rmdir(device + folder) }
    }

    private func offset(_ address: LineAddress) -> Int { ["K1", "K2", "D1"].firstIndex(of: address.line) ?? -1 }

    func isActive(_ address: LineAddress) throws -> Bool {
        let high = contents(lines + "\(offset(address))/value")?.first == UInt8(ascii: "1")
        return high != address.activeLow
    }

    func drive(_ address: LineAddress, active: Bool) throws {
        try write(active != address.activeLow ? "pull-up" : "pull-down", to: lines + "\(offset(address))/pull")
    }
}

@Suite("The contract of line adapters", .serialized)
struct AdapterContractTests {
    @Test("simulated lines keep the contract")
    func simulated() throws { try keepsContract(SimulatedBench()) }

    @Test(
        "the kernel's lines keep the contract",
        .enabled(if: KernelBench.isPossible, "needs a kernel with gpio-sim and root: the test bench")
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
