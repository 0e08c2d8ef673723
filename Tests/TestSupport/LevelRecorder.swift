// Watches lines from outside of whoever drives them: a thread that looks at their levels again and again and writes down
// each change. What it writes is bounded by two looks, so that every length and order it gives has a known error.

internal import Foundation
internal import Glibc
internal import Synchronization

/// What a line was seen to do.
package enum Level: Equatable, Sendable {
    case off, on
    /// Its chip is not there.
    case gone
}

/// A change of a level. All instants are CLOCK_BOOTTIME nanoseconds.
package struct LevelChange: Equatable, Sendable {
    package let line: String
    package let level: Level
    /// The last look at which the line had its former level; that of the change itself for the first look of all.
    package let notBefore: UInt64
    /// The look at which it had this one.
    package let at: UInt64

    package init(line: String, level: Level, notBefore: UInt64, at: UInt64) {
        (self.line, self.level, self.notBefore, self.at) = (line, level, notBefore, at)
    }
}

/// A line to look at; `read` gives its level.
package struct LevelSource: Sendable {
    package let name: String
    package let read: @Sendable () -> Level

    package init(_ name: String, _ read: @escaping @Sendable () -> Level) { (self.name, self.read) = (name, read) }

    /// A line of a simulated chip.
    package init(_ name: String, of chip: GPIOSimulatorChip) {
        let file = LevelFile(name, of: chip)
        self.init(name) { file.read() }
    }

    /// A file: on while it is there.
    package init(_ name: String, file path: String) {
        self.init(name) { access(path, F_OK) == 0 ? .on : .off }
    }
}

/// The file that shows a line's level, kept open: to open it for each look would make the looks three times as far apart.
private final class LevelFile: Sendable {
    private let line: String
    private let chip: GPIOSimulatorChip
    private let descriptor = Mutex<Int32>(-1)

    init(_ line: String, of chip: GPIOSimulatorChip) { (self.line, self.chip) = (line, chip) }

    deinit { descriptor.withLock { if $0 >= 0 { close($0) } } }

    func read() -> Level {
        descriptor.withLock { descriptor in
            if descriptor < 0, let path = chip.valueFile(of: line) { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
            guard descriptor >= 0 else { return .gone }
            var byte: UInt8 = 0
            guard pread(descriptor, &byte, 1, 0) == 1 else {
                close(descriptor)
                descriptor = -1
                return .gone
            }
            return byte == UInt8(ascii: "1") ? .on : .off
        }
    }
}

/// What was seen of lines: each look is taken in, each change is kept.
package struct LevelRecord: Sendable {
    private let lines: [LevelSource]
    private var looked: [UInt64]
    private var levels: [String: Level] = [:]
    private var first: UInt64 = 0
    /// The end of the latest round.
    package private(set) var latest: UInt64 = 0

    /// All changes so far, the first look at each line included.
    package private(set) var changes: [LevelChange] = []
    /// How often all lines were looked at.
    package private(set) var rounds = 0
    /// The longest time between two looks at a line, in nanoseconds: a shorter pulse may have been missed.
    package private(set) var grain: UInt64 = 0

    /// Nothing seen yet of these lines.
    package init(_ lines: [LevelSource]) {
        self.lines = lines
        looked = Array(repeating: 0, count: lines.count)
    }

    /// When the latest round that is over began.
    private(set) var begun: UInt64 = 0

    /// How far two looks at a line lie apart on the average, in nanoseconds.
    package var period: UInt64 { (latest - first) / UInt64(max(1, rounds)) }

    /// A line's level at the last look.
    package func level(of line: String) -> Level? { levels[line] }

    /// Looks at all lines once, in their order, as if that were one look.
    package mutating func look() {
        let before = instant()
        let seen = lines.map { $0.read() }
        let after = instant()
        for (index, level) in seen.enumerated() { _ = take(level, at: index, from: before, to: after) }
    }

    /// How many lines there are to look at.
    fileprivate var count: Int { lines.count }

    /// Looks at one line at an instant, which is now; the last line ends a round. The instant after it.
    fileprivate mutating func look(at index: Int, from before: UInt64) -> UInt64 {
        let level = lines[index].read()
        return take(level, at: index, from: before, to: instant())
    }

    private mutating func take(_ level: Level, at index: Int, from before: UInt64, to after: UInt64) -> UInt64 {
        let line = lines[index]
        let last = looked[index] == 0 ? after : looked[index]
        grain = max(grain, after - last)
        if levels.updateValue(level, forKey: line.name) != level {
            changes.append(LevelChange(line: line.name, level: level, notBefore: last, at: after))
        }
        looked[index] = before
        guard index == lines.count - 1 else { return after }
        rounds += 1
        begun = looked[0]
        latest = after
        if first == 0 { first = after }
        return after
    }
}

/// Records the levels of lines from its making until ``stop()``.
package final class LevelRecorder: Sendable {
    private struct State {
        var record: LevelRecord
        var isStopping = false
        var hasStopped = false
    }

    private let state: Mutex<State>

    /// Starts to look at lines, in this order in each round; returns after the first round.
    ///
    /// Throws: ``BenchError`` where the thread that looks does not start.
    package init(_ lines: [LevelSource]) throws {
        let record = LevelRecord(lines)
        state = Mutex(State(record: record))
        let thread = Thread { [self] in run(record.count) }
        thread.name = "levels"
        thread.start()
        try eventually("the recorder looks") { state.withLock { $0.record.rounds } > 0 }
    }

    /// All changes so far, the first look at each line included.
    package var changes: [LevelChange] { state.withLock { $0.record.changes } }
    /// How far two looks at a line lie apart on the average, in nanoseconds.
    package var period: UInt64 { state.withLock { $0.record.period } }
    /// The longest time between two looks at a line, in nanoseconds: a shorter pulse may have been missed.
    package var grain: UInt64 { state.withLock { $0.record.grain } }

    /// Waits until every line was looked at once more, from now on.
    ///
    /// Throws: ``BenchError`` where nobody looks any more.
    package func lookAgain() throws {
        let now = instant()
        try eventually("one more look") { state.withLock { $0.record.begun } > now }
    }

    /// A line's level at the last look.
    package func level(of line: String) -> Level? { state.withLock { $0.record.level(of: line) } }

    /// Waits until a line has come to a level so many times, the first look included; the change that brought it there.
    ///
    /// Throws: ``BenchError`` where it never does.
    @discardableResult
    package func wait(for line: String, _ level: Level, times: Int = 1) throws -> LevelChange {
        var found: [LevelChange] = []
        try eventually("\(line) is \(level) for the \(times). time") {
            found = changes.filter { $0.line == line && $0.level == level }
            return found.count >= times
        }
        return found[times - 1]
    }

    /// How many times a line has come to a level.
    package func times(_ line: String, _ level: Level) -> Int {
        changes.count { $0.line == line && $0.level == level }
    }

    /// Ends the recording.
    ///
    /// Throws: ``BenchError`` where the thread that looks does not end.
    package func stop() throws {
        state.withLock { $0.isStopping = true }
        try eventually("the recorder stops") { state.withLock { $0.hasStopped } }
    }

    private func run(_ lines: Int) {
        // What keeps the processes from running must not blind their watcher. Where this is not allowed, the grain says so.
        var priority = sched_param(sched_priority: 40)
        pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority)
        while !state.withLock({ $0.isStopping }) {
            // Who asks for the changes waits for one look at most, not for a round.
            let began = instant()
            var now = began
            for index in 0..<lines { now = state.withLock { $0.record.look(at: index, from: now) } }
            // As long as it took: what is watched needs the processor, too.
            usleep(min(5000, max(1000, UInt32(clamping: (now - began) / 1000))))
        }
        // What was switched off just before the end is seen, too.
        var now = instant()
        for index in 0..<lines { now = state.withLock { $0.record.look(at: index, from: now) } }
        state.withLock { $0.hasStopped = true }
    }
}

/// Now, in CLOCK_BOOTTIME nanoseconds.
private func instant() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
