// The simulated doors, the command line, the log and the clock.

import Glibc
import GuardProtocol
import Testing

@testable import LockGuard

@Suite("The guard's small parts")
struct SmallPartsTests {
    @Test("a simulated door opens and latches after its delays, once for each pulse")
    func simulatedDoors() {
        var doors = SimulatedDoors(fullTable)
        let coil = fullTable.lockers[0].coil
        #expect(doors.next == nil)
        doors.energised(coil, at: 100)
        #expect(doors.next == 1_000_100)
        #expect(doors.due(at: 1_000_099) == nil)
        #expect(doors.due(at: 1_000_100)?.latched == false)
        doors.seen(LineAddress(chip: "gpio-mcp23017", line: "A:3"))
        #expect(doors.next == 600_001_000_100)
        #expect(doors.due(at: 600_001_000_100)?.latched == true)
        #expect(doors.next == nil)
        doors.energised(fullTable.lockers[1].coil, at: 100)
        #expect(doors.next == nil, "a door without a sensor does not simulate itself")
    }

    // pulse       opens (due)   latches (due)   the guard looks           it has seen the door open
    // |-----------|-------------|---------------|-------------------------|----------------------->
    @Test func `a simulated door is seen open however late the guard looks, and latches though nobody looks`() {
        var doors = SimulatedDoors(fullTable)
        let (coil, late) = (fullTable.lockers[0].coil, UInt64(900_000_000_000))
        doors.energised(coil, at: 100)
        #expect(doors.due(at: late)?.latched == false)
        #expect(doors.due(at: late) == nil, "it latches its while after it opened")
        let latches = late + 600_000_000_000
        #expect(doors.due(at: latches) == nil, "nobody has seen it open yet")
        doors.seen(LineAddress(chip: "gpio-mcp23017", line: "A:3"))
        #expect(doors.next == latches)
        #expect(doors.due(at: latches)?.latched == true && doors.next == nil)
        // Nobody looks at its sensor at all.
        doors.energised(coil, at: latches)
        #expect(doors.due(at: latches + 1_000_000)?.latched == false)
        let end = latches + 1_000_000 + 600_000_000_000 + 1_000_000_000
        #expect(doors.next == end)
        #expect(doors.due(at: end)?.latched == true)
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
