// The kernel's GPIO lines through libgpiod. Each line is requested alone and has its own hold on its chip, so that a
// chip that went away can be found again by its label without a thought for its other lines.

import CGpiod
import Glibc
import GuardProtocol

/// Lines of the kernel's GPIO character devices.
final class GpiodLines: LineAdapter {
    func output(_ address: LineAddress) throws(LineFailure) -> any OutputLine {
        do throws(LineFailure) {
            return try GpiodOutput(GpiodLine(output: address))
        } catch {
            throw named(error, address, .output)
        }
    }

    func input(_ sensor: SensorLine) throws(LineFailure) -> any InputLine {
        do throws(LineFailure) {
            return try GpiodInput(GpiodLine(input: sensor))
        } catch {
            throw named(error, sensor.address, .input)
        }
    }

    /// A failure, with who holds the line where that is why.
    private func named(_ failure: LineFailure, _ address: LineAddress, _ direction: LineDirection) -> LineFailure {
        guard failure.code == EBUSY, let found = try? inspect(address, as: direction) else { return failure }
        return LineFailure(operation: failure.operation, code: failure.code, holder: found.holder)
    }

    var debounces: Bool { mila_gpiod_debounces() }

    func inspect(_ address: LineAddress, as direction: LineDirection) throws(LineFailure) -> LineInspection {
        let chip = try GpiodChip(address.chip)
        var state = mila_line_state()
        try check(mila_chip_inspect(chip.pointer, try chip.offset(of: address.line), &state), "inspecting the line")
        guard state.used else { return LineInspection() }
        let holder = withUnsafeBytes(of: &state.consumer) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return LineInspection(holder: holder.isEmpty ? "the kernel" : holder)
    }
}

/// One owner of one open chip.
private struct GpiodChip: ~Copyable {
    let pointer: OpaquePointer

    init(_ label: String) throws(LineFailure) {
        var pointer: OpaquePointer?
        try check(mila_chip_open(label, &pointer), "finding the chip")
        guard let pointer else { preconditionFailure("an opened chip is no chip: \(label)") }
        self.pointer = pointer
    }

    func offset(of line: String) throws(LineFailure) -> UInt32 {
        UInt32(try check(mila_chip_find(pointer, line), "finding the line"))
    }

    deinit { mila_chip_close(pointer) }
}

/// One owner of one requested line and of the chip it was requested from.
private struct GpiodLine: ~Copyable {
    let pointer: OpaquePointer
    private let chip: GpiodChip

    /// Requests an output, inactive from the request on.
    init(output address: LineAddress) throws(LineFailure) {
        let chip = try GpiodChip(address.chip)
        var line: OpaquePointer?
        let offset = try chip.offset(of: address.line)
        let result = mila_line_request_output(chip.pointer, offset, address.activeLow, false, &line)
        try check(result, "requesting the output")
        guard let line else { preconditionFailure("a requested output is no line: \(address)") }
        pointer = line
        self.chip = chip
    }

    /// Requests an input with both edges.
    init(input sensor: SensorLine) throws(LineFailure) {
        let address = sensor.address
        let chip = try GpiodChip(address.chip)
        var line: OpaquePointer?
        let offset = try chip.offset(of: address.line)
        let result = mila_line_request_input(
            chip.pointer, offset, address.activeLow, sensor.bias.kernelBias, sensor.debounceMilliseconds * 1000, &line)
        try check(result, "requesting the input")
        guard let line else { preconditionFailure("a requested input is no line: \(address)") }
        pointer = line
        self.chip = chip
    }

    // A type's own deinit runs before those of what it holds: the line goes back before its chip is closed.
    deinit { mila_line_release(pointer) }
}

private final class GpiodOutput: OutputLine {
    private let line: GpiodLine

    init(_ line: consuming GpiodLine) { self.line = line }

    func set(_ active: Bool) throws(LineFailure) {
        try check(mila_line_set(line.pointer, active), "setting the line")
    }
}

private final class GpiodInput: InputLine {
    private let line: GpiodLine
    let descriptor: Int32

    init(_ line: consuming GpiodLine) throws(LineFailure) {
        descriptor = try check(mila_line_descriptor(line.pointer), "watching the line")
        self.line = line
    }

    func reading() throws(LineFailure) -> InputReading {
        var edge: UInt64 = 0
        let edges = try check(mila_line_drain(line.pointer, &edge), "reading the line's edges")
        let level = try check(mila_line_level(line.pointer), "reading the line")
        let now = bootTime()
        let instant = edges > 0 ? bootTime(ofMonotonic: edge, now: now) : now
        return InputReading(active: level == 1, instant: instant, edges: Int(edges))
    }
}

extension SensorLine.Bias {
    fileprivate var kernelBias: mila_bias {
        switch self {
        case .asIs: .as_is
        case .disabled: .disabled
        case .pullUp: .pull_up
        case .pullDown: .pull_down
        }
    }
}

@discardableResult
private func check(_ result: Int32, _ operation: StaticString) throws(LineFailure) -> Int32 {
    guard result >= 0 else { throw LineFailure(operation: operation, code: -result) }
    return result
}
