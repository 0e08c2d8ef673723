// Boards and lines: what a profile objects to, and what `check --hardware` says of lines, by the real programs.

import Foundation
import GuardProtocol
import TestSupport
import Testing

@testable import MilaStation

@Suite struct HardwareTests {
    @Test func `every profile can be read, and only simulated lines take any name`() throws {
        #expect(Board.all.count == 9)
        for (name, board) in Board.all {
            #expect(board.id == name)
            #expect(board.isAny == (name == "simulated") && board.pins.isEmpty == board.isAny)
            for pin in board.pins {
                #expect(board.chips.contains(pin.chip))
                #expect(pin.uses.count == Board.Use.allCases.count || pin.why != nil)
            }
        }
    }

    @Test func `a board objects to what would be energised while it starts, and to what it does not have`() throws {
        let board = try #require(Board.all["raspberry-pi-4"])
        func objection(_ line: String, _ use: Board.Use, activeLow: Bool = false, chip: String = "pinctrl-bcm2711")
            -> String?
        {
            board.objection(to: LineAddress(chip: chip, line: line, activeLow: activeLow), as: use)
        }
        #expect(objection("GPIO17", .coil) == nil)
        #expect(try #require(objection("GPIO17", .coil, activeLow: true)).contains("low while the board starts"))
        #expect(objection("GPIO17", .sensor, activeLow: true) == nil)
        #expect(try #require(objection("GPIO2", .coil)).contains("fixed pull-up of 1.8 kΩ"))
        #expect(objection("GPIO2", .sensor) == nil)
        #expect(try #require(objection("GPIO99", .lamp)).contains("has no GPIO99"))
        #expect(objection("K1", .coil, chip: "mcp23017") == nil, "a chip of its own is not this board's business")
    }

    @Test func `a line by its pin is the board's line, and a pin it is no good for is a mistake with its line`() throws
    {
        let house = try DemoStation(
            startsStation: false,
            configuration: { yaml in
                "board: raspberry-pi-4\n"
                    + yaml.replacingOccurrences(of: "coil: { chip: demo, line: coil-1 }", with: "coil: { pin: \"11\" }")
            })
        let read = try ConfigurationReader.read(house.configuration)
        #expect(read.lines.lockers[0].coil == LineAddress(chip: "pinctrl-bcm2711", line: "GPIO17"))
        let text = try String(contentsOfFile: house.configuration, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "{ pin: \"11\" }", with: "{ pin: \"8\" }").utf8)
            .write(to: URL(fileURLWithPath: house.configuration))
        let check = try house.run("check")
        #expect(check.code == 1)
        let line = try #require(
            text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("pin:") })
        #expect(
            check.output.contains(
                "station.yaml:\(line + 1): pin 8, GPIO14, is no pin for a coil: the console talks here"))
    }

    @Test func `check --hardware says of each line whether it is there, free and plausible`() throws {
        let house = try DemoStation(startsStation: false)
        func check() throws -> TestProcess.End {
            try house.run("check", "--hardware", "--simulated", house.linesFolder)
        }
        // The guard runs: its outputs are held, its inputs are files that anybody can read.
        let fine = try check()
        #expect(fine.code == 0, "\(fine.output)\(fine.errors)")
        #expect(fine.output.contains("fine: locker 1, coil, demo/coil-1: held by this station's guard, inactive\n"))
        #expect(fine.output.contains("fine: locker 1, door sensor, demo/door-1: free, active\n"))
        #expect(house.stop(.guardian) == 0)
        try Data("0".utf8).write(to: URL(fileURLWithPath: house.linesFolder + "/inputs/demo.door-1"))
        try Data("missing".utf8).write(to: URL(fileURLWithPath: house.linesFolder + "/outputs/demo.coil-2"))
        let wrong = try check()
        #expect(wrong.code == 1)
        #expect(
            wrong.output.contains("look: locker 1, door sensor, demo/door-1: free, inactive. The door stands open; if"))
        #expect(wrong.output.contains("wrong: locker 2, coil, demo/coil-2: finding the line failed"))
        #expect(wrong.output.contains("fine: locker 2, door sensor"), "the others are looked at all the same")
        // A mistake in the configuration comes before its lines.
        try FileManager.default.removeItem(atPath: house.tableFile)
        let old = try check()
        #expect(
            old.code == 1 && old.output.contains("run 'mila-station lines'") && !old.output.contains("locker 1, coil"))
    }
}
