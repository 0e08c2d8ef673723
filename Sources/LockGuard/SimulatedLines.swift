// Lines that are files, for the demo and for tests. Whatever the guard does to an output can be read afterwards, even
// when the guard was killed: like a relay on an expander, an output keeps its last level when nobody holds it.
//
//     DIR/outputs/CHIP.LINE   0 or 1 (1 is active), written by the guard
//     DIR/inputs/CHIP.LINE    0 or 1 (1 is active), written by a test or by a simulated door; active where it is absent
//     DIR/trace               BOOTTIME_NS CHIP/LINE VALUE, one line for each order to an output
//
// A file that holds `missing` is a line that isn't there; one that holds anything else is a line that fails.
// An output that another process has locked with flock(2) is held.

import CGpiod
import Glibc
import GuardProtocol

/// Lines that are files in a folder.
final class SimulatedLines: LineAdapter {
    /// The trace starts over when it gets larger, in bytes.
    static let maximumTraceBytes = 64 << 20

    fileprivate let outputs: Descriptor
    fileprivate let inputs: Descriptor
    private let trace: Descriptor
    private var traceBytes: Int
    private let changes: Descriptor
    private var doors: SimulatedDoors
    private var timer: KernelTimer
    /// Readable when an input's file changed or a simulated door is about to move.
    fileprivate let watch: Descriptor

    /// Lines below `folder`, which is made if it isn't there, with the simulated doors of `table`.
    init(folder: String, table: LineTable) throws(SystemError) {
        func directory(_ path: String) throws(SystemError) -> Descriptor {
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw SystemError("making the folder \(path)") }
            return try Descriptor(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "opening the folder \(path)")
        }
        _ = try directory(folder)
        outputs = try directory(folder + "/outputs")
        inputs = try directory(folder + "/inputs")
        let tracePath = folder + "/trace"
        trace = try Descriptor(
            open(tracePath, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666), "opening \(tracePath)")
        traceBytes = Int(lseek(trace.number, 0, SEEK_END))
        let flags = Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)
        changes = try Descriptor(inotify_init1(flags), "watching \(folder)")
        let events = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE)
        guard inotify_add_watch(changes.number, folder + "/inputs", events) >= 0 else {
            throw SystemError("watching \(folder)/inputs")
        }
        timer = try KernelTimer()
        watch = try Descriptor(epoll_create1(O_CLOEXEC), "making an epoll")
        for descriptor in [changes.number, timer.number] {
            var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: descriptor))
            guard epoll_ctl(watch.number, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
                throw SystemError("watching \(folder)")
            }
        }
        doors = SimulatedDoors(table)
        // A door that stood open when the last guard ended would stand open for ever: someone shuts it now.
        for door in doors.sensors where (try? read(inputs, door.fileName)) == false {
            doors.leftOpen(door, at: bootTime())
        }
        try timer.arm(at: doors.next)
    }

    func output(_ address: LineAddress) throws(LineFailure) -> any OutputLine {
        let name = address.fileName
        let file = openat(outputs.number, name, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw LineFailure(operation: "opening the output's file", code: errno) }
        let output = SimulatedOutput(address, file: file, lines: self)
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            throw LineFailure(operation: "requesting the output", code: errno == EWOULDBLOCK ? EBUSY : errno)
        }
        try output.set(false)
        return output
    }

    func input(_ sensor: SensorLine) throws(LineFailure) -> any InputLine {
        _ = try read(inputs, sensor.address.fileName)
        return SimulatedInput(sensor.address, lines: self)
    }

    var debounces: Bool { false }

    func inspect(_ address: LineAddress, as direction: LineDirection) throws(LineFailure) -> LineInspection {
        if direction == .input { return LineInspection(holder: nil, active: try read(inputs, address.fileName)) }
        let file = openat(outputs.number, address.fileName, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            // Opening it makes the file, so a line that was never used is there.
            if errno == ENOENT { return LineInspection() }
            throw LineFailure(operation: "opening the output's file", code: errno)
        }
        defer { close(file) }
        let isFree = flock(file, LOCK_SH | LOCK_NB) == 0
        return LineInspection(holder: isFree ? nil : "mila-lock-guard", active: try word(in: file))
    }

    /// Appends an order to the trace, in one write so that it is there whole or not at all.
    fileprivate func record(_ name: String, _ active: Bool) {
        if traceBytes > SimulatedLines.maximumTraceBytes, ftruncate(trace.number, 0) == 0 { traceBytes = 0 }
        var line = "\(bootTime()) \(name) \(active ? 1 : 0)\n"
        traceBytes += max(0, line.withUTF8 { write(trace.number, $0.baseAddress, $0.count) })
    }

    /// A coil was switched on: its door, if it simulates itself, is going to open.
    fileprivate func energised(_ coil: LineAddress) {
        doors.energised(coil, at: bootTime())
        try? timer.arm(at: doors.next)
    }

    /// An input was read.
    fileprivate func seen(_ sensor: LineAddress) {
        doors.seen(sensor)
        try? timer.arm(at: doors.next)
    }

    /// Takes the unread changes, and moves the simulated doors whose time has come.
    fileprivate func catchUp() {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while Glibc.read(changes.number, buffer.baseAddress, buffer.count) > 0 {}
        }
        timer.acknowledge()
        while let (sensor, latched) = doors.due(at: bootTime()) {
            let file = openat(inputs.number, sensor.fileName, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
            guard file >= 0 else { continue }
            pwrite(file, latched ? "1" : "0", 1, 0)
            close(file)
        }
        try? timer.arm(at: doors.next)
    }

    /// The level in an input's file: active where it is absent, `nil` while someone is writing it.
    fileprivate func read(_ folder: borrowing Descriptor, _ name: String) throws(LineFailure) -> Bool? {
        let file = openat(folder.number, name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return true }
            throw LineFailure(operation: "opening the input's file", code: errno)
        }
        defer { close(file) }
        return try word(in: file)
    }
}

/// The level a line's file holds; `nil` where it is empty.
private func word(in file: Int32) throws(LineFailure) -> Bool? {
    var bytes: InlineArray<7, UInt8> = InlineArray(repeating: 0)
    let count = withUnsafeMutableBytes(of: &bytes) { pread(file, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw LineFailure(operation: "reading the line's file", code: errno) }
    switch (count, bytes[0]) {
    case (0, _): return nil
    case (_, UInt8(ascii: "0")): return false
    case (_, UInt8(ascii: "1")): return true
    case (_, UInt8(ascii: "m")): throw LineFailure(operation: "finding the line", code: ENOENT)
    default: throw LineFailure(operation: "reading the line", code: EIO)
    }
}

private final class SimulatedOutput: OutputLine {
    private let address: LineAddress
    private let name: String
    private let file: Int32
    // The adapter outlives its lines only if they hold it; it never holds them.
    private let lines: SimulatedLines

    init(_ address: LineAddress, file: Int32, lines: SimulatedLines) {
        (self.address, self.file, self.lines) = (address, file, lines)
        name = address.chip + "/" + address.line
    }

    deinit { close(file) }

    func set(_ active: Bool) throws(LineFailure) {
        _ = try word(in: file)
        guard pwrite(file, active ? "1" : "0", 1, 0) == 1 else {
            throw LineFailure(operation: "setting the line", code: errno)
        }
        lines.record(name, active)
        if active { lines.energised(address) }
    }
}

private final class SimulatedInput: InputLine {
    private let address: LineAddress
    private let name: String
    private let lines: SimulatedLines
    private var last = true

    init(_ address: LineAddress, lines: SimulatedLines) {
        (self.address, name, self.lines) = (address, address.fileName, lines)
    }

    var descriptor: Int32 { lines.watch.number }

    func reading() throws(LineFailure) -> InputReading {
        lines.catchUp()
        let level = try lines.read(lines.inputs, name) ?? last
        let edges = level == last ? 0 : 1
        last = level
        lines.seen(address)
        return InputReading(active: last, instant: bootTime(), edges: edges)
    }
}

extension LineAddress {
    /// The name of the file that stands for this line.
    fileprivate var fileName: String { chip + "." + line }
}
