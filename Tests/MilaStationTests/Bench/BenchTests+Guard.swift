// The guard is killed while a coil is on. The simulator lets a line go to its pull, where other drivers keep it driven:
// the lines are pulled up first, so that they stay on, until somebody switches them off.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

extension BenchTests {
    /// The outputs that stay on: the coil that is on, and every lamp.
    private static let kept = BenchHouse.outputs.filter { !$0.hasPrefix("coil-") || $0 == "coil-store" }

    @Test func `after a guard that was killed the next one has every line off before it serves`() throws {
        let house = try houseWithKilledGuard()
        let before = house.recorder.changes.count
        let started = bootTime()
        try house.station.start(.guardian)
        try house.wait(for: "the station is served again") { house.said("station-ready") == 2 }
        // At its stop the guard lets go of the lines.
        for line in Self.kept { try house.pull(line, up: false) }
        let start = Array(house.recorder.changes[before...])
        let findings = LevelCheck.findings(inStart: start, of: Self.kept, before: BenchHouse.socket)
        #expect(findings.isEmpty, "\(findings)")
        let journal = try house.finish()

        #expect(journal.story(of: "store") == ["checkout-begun", "outcome-unknown"])
        #expect(journal.count("guard-lost") == 1 && journal.count("guard-joined") == 2)
        #expect(house.recorder.times("coil-store", .on) == 1, "nothing is pulsed again")
        let time = try #require(LevelCheck.timeToOff("coil-store", after: started, in: house.recorder.changes))
        let all = Self.kept.compactMap { line in start.first { $0.line == line }?.at }.max() ?? 0
        let begun = start.first?.notBefore ?? 0
        house.print("coil off after the start of the next guard: \(milliseconds(time))")
        house.print("from the first line off to all \(Self.kept.count) off: \(milliseconds(all - begun))")
    }

    @Test func `after a guard that was killed --outputs-off has every line off`() throws {
        let house = try houseWithKilledGuard()
        let before = house.recorder.changes.count
        let started = bootTime()
        var off: [LevelChange] = []
        // It lets go of the lines as soon as all are off: they are off for less than a look.
        try house.station.switchOutputsOff(environment: BenchHouse.environment(of: "linger")) {
            try house.wait(for: "all lines are off at once") {
                off = Self.kept.compactMap { line in
                    house.recorder.changes[before...].first { $0.line == line && $0.level == .off }
                }
                return off.count == Self.kept.count
            }
        }
        // When the program has left, this simulator's lines go to their pull again: an energised coil without an entry.
        for line in Self.kept { try house.recorder.wait(for: line, .on, times: house.recorder.times(line, .off)) }
        let on = house.recorder.changes[before...].filter { $0.level == .on }
        let (allOff, firstOn) = (off.map(\.notBefore).max() ?? 0, on.map(\.at).min() ?? 0)
        #expect(allOff < firstOn, "there was a moment at which all were off")
        for line in Self.kept { try house.pull(line, up: false) }
        try house.station.start(.guardian)
        try house.wait(for: "the station is served again") { house.said("station-ready") == 2 }
        try house.finish(known: ["was energised without an entry of its own before it"])

        let time = try #require(LevelCheck.timeToOff("coil-store", after: started, in: house.recorder.changes))
        house.print("coil off after the start of --outputs-off: \(milliseconds(time))")
    }

    /// A house whose guard was killed with the store room's coil on, and whose lines stay on.
    private func houseWithKilledGuard() throws -> BenchHouse {
        let house = try BenchHouse(alsoWatched: BenchHouse.outputs.filter { !$0.hasPrefix("coil-") })
        try house.scan(BenchHouse.card, until: "session-began")
        house.station.scan(BenchHouse.marquee)
        try house.nextPulse("store")
        for line in Self.kept { try house.pull(line, up: true) }
        house.station.killOnly(.guardian)
        for line in Self.kept { try house.wait(for: "\(line) is on") { house.recorder.level(of: line) == .on } }
        // A killed guard leaves its socket behind; the recorder is to see the next one's.
        #expect(unlink(house.station.guardSocket) == 0)
        try house.wait(for: "the socket is gone") { house.recorder.level(of: BenchHouse.socket) == .off }
        return house
    }
}
