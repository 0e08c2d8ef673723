// `hardware test`: a person walks from locker to locker, with doors, sensors and lines that are as they should be or not.

import Foundation
import TestSupport
import Testing

@testable import MilaStation

@Suite struct HardwareWalkTests {
    @Test func `a house whose lockers all work is found fine, each opened by an entry of its own`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let walk = try Walk(house)
        for locker in SampleHouse.lockers {
            try walk.answer("Locker \(locker.id).", "Shut it, then press Enter", with: "")
            try walk.answer("Opened after", "Did its lamp blink green?", with: "y")
        }
        #expect(walk.process.wait() == 0, "\(walk.process.output)\(walk.process.errors)")
        #expect(walk.process.output.contains("\(SampleHouse.lockers.count) fine, 0 wrong, 0 not tested."))
        let csv = try house.run("journal", "export", "--format", "csv").output
        #expect(csv.components(separatedBy: "service-begun").count - 1 == SampleHouse.lockers.count)
        #expect(csv.contains("hardware test"))
    }

    @Test func `what is wrong is found, named with its remedy, and can be taken out of service`() throws {
        let house = try DemoStation(configuration: { Self.withoutSensor("store", Doors.byHand($0)) })
        let doors = Doors(house)
        // Wired the wrong way round: it says "open" while it is shut.
        try house.waitUntilReady()
        try doors.move("bike", isOpen: true)
        try eventually("it is seen") {
            try house.run("journal", "status").output.contains("locker bike: open (sensed)")
        }
        let walk = try Walk(house, "--locker", "1", "--locker", "2", "--locker", "bike", "--locker", "store")

        // Nothing moves.
        try walk.answer("Locker 1.", "then press Enter", with: "")
        try walk.answer("Its sensor saw no opening.", "Did it open all the same?", with: "n")
        try walk.answer("Did its lamp blink green?", with: "y")
        try walk.answer("Wrong: its lock did not move.", "out of service until it is mended?", with: "y")

        // Its sensor is another one's.
        try walk.answer("Locker 2.", "then press Enter", with: "")
        try eventually("its coil is energised") { doors.pulses(of: "2") == 1 }
        try doors.move("laser", isOpen: true)
        try walk.answer("The sensor of locker laser says: open. Is it locker 2 that opened?", with: "y")
        try walk.answer("Did its lamp blink green?", with: "maybe")
        try walk.answer("y or n, please", "Did its lamp blink green?", with: "n")
        try walk.answer("Their sensor lines are swapped.", "its lamp did not blink", "out of service", with: "n")

        try walk.answer("Locker bike.", "then press Enter", with: "")
        try walk.answer("Its sensor says that it is open. Is it shut?", with: "n")
        try walk.answer("then press Enter", with: "")
        try walk.answer("Its sensor says that it is open. Is it shut?", with: "y")
        try walk.answer("Did it open all the same?", with: "y")
        try walk.answer("Did its lamp blink green?", with: "y")
        try walk.answer("Swap 'active: high' and 'active: low'", "out of service", with: "n")

        try walk.answer("Locker store, which has no sensor.", "then press Enter", with: "")
        try walk.answer("Did it open?", with: "y")
        try walk.answer("Did its lamp blink green?", with: "y")
        #expect(walk.process.wait() == 1, "\(walk.process.errors)")
        let said = walk.process.output
        #expect(said.contains("1 fine, 3 wrong, 0 not tested."), "\(said)")
        #expect(said.contains("locker store: fine: its coil was energised"))
        #expect(said.contains("is in doubt: 'mila-station locker ID empty' or 'holds'"))
        let status = try house.run("journal", "status").output
        #expect(status.contains("locker 1: latched (sensed), suspended"))
        #expect(status.contains("locker 2: latched (sensed), in-service"))
    }

    @Test func `swapped coils, skipped lockers and an end in the middle are told apart`() throws {
        let house = try DemoStation(configuration: Doors.byHand)
        let doors = Doors(house)
        try house.waitUntilReady()
        let walk = try Walk(house)
        try walk.answer("Locker 1.", "then press Enter", with: "s")
        try walk.answer("Locker 2.", "then press Enter", with: "")
        try eventually("its coil is energised") { doors.pulses(of: "2") == 1 }
        try doors.move("1", isOpen: true)
        try walk.answer("Is it locker 2 that opened?", with: "n")
        try walk.answer("Did its lamp blink green?", with: "y")
        try walk.answer("The door of locker 1 opened instead. Their coil lines are swapped.".lowercasedStart, with: "n")
        try walk.answer("Locker bike.", "then press Enter", with: "")
        try eventually("its coil is energised") { doors.pulses(of: "bike") == 1 }
        try doors.move("bike", isOpen: true)
        try walk.await("Its sensor says: open.")
        try doors.move("bike", isOpen: false)
        walk.process.endInput()
        #expect(walk.process.wait() == 1)
        let said = walk.process.output
        #expect(said.contains("Nobody answers any more; the rest is not tested."), "\(said)")
        #expect(said.contains("locker 1: not tested") && said.contains("locker 2: wrong"))
        #expect(said.contains("0 fine, 1 wrong, \(SampleHouse.lockers.count - 1) not tested."))
    }

    @Test func `without a station there is nobody who could write it down, so nothing opens`() throws {
        let house = try DemoStation(startsStation: false)
        let end = try house.run("hardware", "test")
        #expect(end.code == 70 && end.errors.contains("start it first"), "\(end.errors)")
        #expect(house.trace.allSatisfy { !($0.line.contains("coil") && $0.value == "1") })
        #expect(try house.run("hardware", "test", "--locker", "99").code != 0)
    }

    /// The configuration without one locker's sensor.
    private static func withoutSensor(_ locker: String, _ yaml: String) -> String {
        yaml.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("sensor: { chip: demo, line: door-\(locker) }") }.joined(separator: "\n")
    }
}

/// A walk under way: what it asks is awaited in order, then answered.
private final class Walk {
    let process: TestProcess
    private var read = ""

    init(_ house: DemoStation, _ options: String...) throws {
        process = try TestProcess(
            "mila-station", ["hardware", "test", "--admin", "town-hall", "--config", house.configuration] + options)
    }

    /// Waits until it has said something that comes after all that was awaited before.
    func await(_ text: String) throws {
        try eventually("'\(text)' is said") {
            guard let range = process.output.dropFirst(read.count).range(of: text) else {
                guard process.isRunning else {
                    throw BenchError("it ended without '\(text)': \(process.output)\(process.errors)")
                }
                return false
            }
            read = String(process.output[..<range.upperBound])
            return true
        }
    }

    /// Waits for each of these in turn, then answers.
    func answer(_ texts: String..., with answer: String) throws {
        for text in texts { try self.await(text) }
        process.feed(answer + "\n")
    }
}

extension String {
    /// The text as it stands in the midst of a sentence.
    fileprivate var lowercasedStart: String { prefix(1).lowercased() + dropFirst() }
}
