// The door memory, the simulated doors, the command line, the log and the clock.

import Glibc
import GuardProtocol
import Testing

@testable import LockGuard

@Suite("The guard's small parts")
struct SmallPartsTests {
    @Test("a door is news when it changes, and told again to a new station")
    func doorMemory() {
        var doors = DoorMemory(lockers: 3)
        #expect(doors.sensed(1, InputReading(active: true, instant: 5))?.level == .latched)
        #expect(doors.sensed(1, InputReading(active: true, instant: 6)) == nil)
        let opened = DoorChange(locker: 1, level: .open, instant: 7)
        #expect(doors.sensed(1, InputReading(active: false, instant: 7)) == opened)
        doors.keep(opened)
        var told: [DoorChange] = []
        doors.tell { told.append($0) }
        #expect(told == [opened, opened], "what was missed, then how it stands")
        told = []
        doors.tell { told.append($0) }
        #expect(told == [opened], "what was missed is told once")
        doors.lost(1)
        #expect(doors.sensed(1, InputReading(active: false, instant: 9)) != nil, "a lost sensor's level is news again")
    }

    @Test("while nobody listens the last 256 changes are kept, oldest first")
    func doorMemoryBound() {
        var doors = DoorMemory(lockers: 1)
        for instant in 1...1000 as ClosedRange<UInt64> {
            doors.keep(DoorChange(locker: 0, level: .open, instant: instant))
        }
        var told: [UInt64] = []
        doors.tell { told.append($0.instant) }
        #expect(told == Array(745...1000))
        for instant in 1...3 as ClosedRange<UInt64> {
            doors.keep(DoorChange(locker: 0, level: .open, instant: instant))
        }
        told = []
        doors.tell { told.append($0.instant) }
        #expect(told == [1, 2, 3])
    }

    @Test("a simulated door opens and latches after its delays, once for each pulse")
    func simulatedDoors() {
        var doors = SimulatedDoors(fullTable)
        let coil = fullTable.lockers[0].coil
        #expect(doors.next == nil)
        doors.energised(coil, at: 100)
        #expect(doors.next == 1_000_100)
        #expect(doors.due(at: 1_000_099) == nil)
        #expect(doors.due(at: 1_000_100)?.latched == false)
        #expect(doors.next == 600_001_000_100)
        #expect(doors.due(at: 600_001_000_100)?.latched == true)
        #expect(doors.next == nil)
        doors.energised(fullTable.lockers[1].coil, at: 100)
        #expect(doors.next == nil, "a door without a sensor does not simulate itself")
    }

    /// Command lines and what is wrong with them; an empty string is nothing.
    static let commandLines: [(String, String)] = [
        ("--lines f --socket s", ""),
        ("--lines f --socket s --simulated d --client-uid 4294967295 --end-with-input", ""),
        ("--lines f --outputs-off", ""),
        ("--probe --lines f --simulated d", ""),
        ("--help", ""), ("-h", ""), ("--version", ""), ("--lines f --help", ""),
        ("", "--lines FILE is missing"),
        ("--lines", "--lines needs a file"),
        ("--lines f", "--socket PATH is missing"),
        ("--lines f --socket", "--socket needs a path"),
        ("--lines f --socket s --client-uid root", "not 'root'"),
        ("--lines f --socket s --client-uid -1", "not '-1'"),
        ("--lines f --socket s --probe", "--socket goes with serving"),
        ("--lines f --probe --outputs-off", "no other task"),
        ("--lines f --socket s extra", "'extra' is no option"),
        ("--lines=f", "'--lines=f' is no option"),
    ]

    @Test("each command line is understood, or its mistake is told", arguments: commandLines.indices)
    func options(_ index: Int) {
        let (text, words) = SmallPartsTests.commandLines[index]
        do {
            _ = try Options(text.split(separator: " ").map(String.init))
            #expect(words.isEmpty)
        } catch {
            #expect(!words.isEmpty && error.problem.contains(words), "\(error.problem)")
        }
    }

    @Test("the log never waits for its reader, and says what it left out")
    func log() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let reading = try Descriptor(ends[0], "pipe")
        let writing = try Descriptor(ends[1], "pipe")
        var log = Log(to: writing.number)
        for _ in 0..<40 { log.info(String(repeating: "x", count: 3000)) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let first = read(reading.number, &bytes, bytes.count)
        #expect(first < 40 * 3000, "the pipe holds less than what was logged, and still the log came back")
        log.warning("again")
        let second = read(reading.number, &bytes, bytes.count)
        let text = String(decoding: bytes[..<second], as: UTF8.self)
        #expect(text == "warning log lines were dropped: \(40 - first / 3006)\nwarning again\n")
    }

    @Test("a flood of log lines is cut to a bounded number a second")
    func logFlood() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let reading = try Descriptor(ends[0], "pipe")
        let writing = try Descriptor(ends[1], "pipe")
        var log = Log(to: writing.number)
        for _ in 0..<1000 { log.error("flood") }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(reading.number, &bytes, bytes.count)
        let lines = bytes[..<count].count { $0 == UInt8(ascii: "\n") }
        // The thousand lines may fall into two seconds, not into more.
        #expect(lines >= Log.linesInOneSecond && lines <= 2 * Log.linesInOneSecond + 1)
    }

    @Test("an edge's time is moved from the one clock to the other, and doubted when it can't be")
    func edgeTimes() {
        let now = bootTime()
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let monotonic = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        let edge = bootTime(ofMonotonic: monotonic - 5_000_000, now: now)
        #expect(edge <= now - 4_000_000 && edge + 1_000_000_000 > now)
        #expect(bootTime(ofMonotonic: monotonic + 60_000_000_000, now: now) == now)
        #expect(bootTime(ofMonotonic: 0, now: now) == now || monotonic < 60_000_000_000)
    }
}
