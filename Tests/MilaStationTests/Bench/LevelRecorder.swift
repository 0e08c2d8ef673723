// Watches lines from outside of whoever drives them: a thread that looks at their levels again and again and writes down
// each change. What it writes is bounded by two looks, so that every length and order it gives has a known error.

import Foundation
import Glibc
import Synchronization
import StationCore
import TestSupport

@testable import MilaStation

/// What a line was seen to do.
enum Level: Equatable, Sendable {
    case off, on
    /// Its chip is not there.
    case gone
}

/// A change of a level. All instants are CLOCK_BOOTTIME nanoseconds.
struct LevelChange: Equatable, Sendable {
    let line: String
    let level: Level
    /// The last look at which the line had its former level; that of the change itself for the first look of all.
    let notBefore: UInt64
    /// The look at which it had this one.
    let at: UInt64
}

/// A line to look at; `read` gives its level.
struct WatchedLine: Sendable {
    let name: String
    let read: @Sendable () -> Level

    init(_ name: String, _ read: @escaping @Sendable () -> Level) { (self.name, self.read) = (name, read) }

    /// A line of a simulated chip.
    init(_ name: String, of chip: GPIOSimulatorChip) {
        let file = LevelFile(name, of: chip)
        self.init(name) { file.read() }
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

/// Records the levels of lines from its making until ``stop()``.
final class LevelRecorder: Sendable {
    private struct State {
        var changes: [LevelChange] = []
        var levels: [String: Level] = [:]
        var rounds = 0
        var longestGap: UInt64 = 0
        var (first, latest): (UInt64, UInt64) = (0, 0)
        var isStopping = false
        var hasStopped = false
    }

    private let state = Mutex(State())

    /// Starts to look at lines, in this order in each round; returns after the first round.
    init(_ lines: [WatchedLine]) throws {
        let thread = Thread { [self] in run(lines) }
        thread.name = "levels"
        thread.start()
        try eventually("the recorder looks") { rounds > 0 }
    }

    /// All changes so far, the first look at each line included.
    var changes: [LevelChange] { state.withLock { $0.changes } }
    /// How often all lines were looked at.
    var rounds: Int { state.withLock { $0.rounds } }
    /// How far two looks at a line lie apart on the average, in nanoseconds.
    var period: UInt64 { state.withLock { ($0.latest - $0.first) / UInt64(max(1, $0.rounds)) } }
    /// The longest time between two looks at a line, in nanoseconds: a shorter pulse may have been missed.
    var grain: UInt64 { state.withLock { $0.longestGap } }

    /// A line's level at the last look.
    func level(of line: String) -> Level? { state.withLock { $0.levels[line] } }

    /// Waits until a line has come to a level so many times, the first look included; the change that brought it there.
    @discardableResult
    func wait(for line: String, _ level: Level, times: Int = 1) throws -> LevelChange {
        var found: [LevelChange] = []
        try eventually("\(line) is \(level) for the \(times). time") {
            found = changes.filter { $0.line == line && $0.level == level }
            return found.count >= times
        }
        return found[times - 1]
    }

    /// How many times a line has come to a level.
    func times(_ line: String, _ level: Level) -> Int { changes.count { $0.line == line && $0.level == level } }

    /// Ends the recording.
    func stop() throws {
        state.withLock { $0.isStopping = true }
        try eventually("the recorder stops") { state.withLock { $0.hasStopped } }
    }

    private func run(_ lines: [WatchedLine]) {
        // What keeps the processes from running must not blind their watcher. Where this is not allowed, the grain says so.
        var priority = sched_param(sched_priority: 40)
        pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority)
        var looked = [UInt64](repeating: 0, count: lines.count)
        while !state.withLock({ $0.isStopping }) {
            for (index, line) in lines.enumerated() {
                let before = bootTime()
                let level = line.read()
                let after = bootTime()
                let last = looked[index] == 0 ? after : looked[index]
                state.withLock {
                    $0.longestGap = max($0.longestGap, after - last)
                    guard $0.levels.updateValue(level, forKey: line.name) != level else { return }
                    $0.changes.append(LevelChange(line: line.name, level: level, notBefore: last, at: after))
                }
                looked[index] = before
            }
            state.withLock {
                $0.rounds += 1
                $0.latest = bootTime()
                if $0.first == 0 { $0.first = $0.latest }
            }
            usleep(1000)
        }
        state.withLock { $0.hasStopped = true }
    }
}

/// Now, in CLOCK_BOOTTIME nanoseconds.
func bootTime() -> UInt64 { SystemClock.monotonic.nanoseconds }
