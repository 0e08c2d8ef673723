// Log lines on standard error: `LEVEL message`. A reader that stalls must never stall the guard, so a line that
// would have to wait is dropped and counted, and a flood is cut to a bounded number of lines a second.

import Glibc

/// The guard's log. It holds nothing secret: places, reasons and system errors only.
struct Log {
    enum Level: String {
        case info, warning, error
    }

    /// The most lines in one second.
    static let linesInOneSecond = 50

    private let descriptor: Int32
    private var second: UInt64 = 0
    private var linesThisSecond = 0
    private var dropped = 0

    /// A log that writes to a descriptor; it does not own it.
    init(to descriptor: Int32 = STDERR_FILENO) { self.descriptor = descriptor }

    mutating func info(_ message: String) { write(.info, message) }
    mutating func warning(_ message: String) { write(.warning, message) }
    mutating func error(_ message: String) { write(.error, message) }

    private mutating func write(_ level: Level, _ message: String) {
        let now = bootTime() / 1_000_000_000
        if now != second { (second, linesThisSecond) = (now, 0) }
        guard linesThisSecond < Log.linesInOneSecond else { return dropped += 1 }
        linesThisSecond += 1
        if dropped > 0, put("warning log lines were dropped: \(dropped)\n") { dropped = 0 }
        if !put("\(level.rawValue) \(message)\n") { dropped += 1 }
    }

    /// Writes one line if that is possible without waiting. A pipe reported as writable takes at least PIPE_BUF
    /// (4096) bytes at once (pipe(7)), which no line of ours reaches.
    private func put(_ line: String) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 0) == 1, poll.revents & Int16(POLLOUT) != 0 else { return false }
        var line = line
        return line.withUTF8 { Glibc.write(descriptor, $0.baseAddress, min($0.count, 4096)) > 0 }
    }
}
