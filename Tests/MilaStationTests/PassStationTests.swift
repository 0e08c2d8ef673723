// A pass at a station with its real register, journal and keys: whatever bit of it somebody changes, nothing opens.

import TestSupport
import Testing

@testable import MilaStation
@testable import StationCore

@Suite struct PassStationTests {
    private static let scenario = """
        house: standard
        Scenario: a pass
          Anna scans her pass for the drill from 2026-11-20 12:00 until 2026-11-20 18:00
            opens 4
        """

    /// A station that has started, and the pass of the scenario.
    private func started() throws -> (stage: ConductorStage, text: String) {
        var reader = ScenarioReader(file: ScenarioFile(name: "pass.scenario", path: "pass.scenario"))
        reader.read(Self.scenario)
        let scenario = try #require(reader.scenarios.first)
        guard case .scan(let text, _) = scenario.steps.first?.action else {
            throw BenchError("the scenario has no scan")
        }
        let stage = try ConductorStage(scenario)
        try stage.start()
        return (stage, text)
    }

    @Test func `no bit of a pass can be changed, and what is left of it still counts`() throws {
        let (stage, text) = try started()
        try stage.joinGuard()
        _ = stage.deeds.take()
        let bytes = try Base32.decode(Array(text.utf8.dropFirst(SignedPass.prefix.utf8.count)))
        let content = Array(bytes.dropLast(SignedPass.checkByteCount))
        var answers: [String: Int] = [:]
        for place in 0..<(content.count * 8) {
            var changed = content
            changed[place / 8] ^= 1 << (place % 8)
            let check = EntryHash(of: changed).bytes.prefix(SignedPass.checkByteCount)
            try stage.scan(Array((SignedPass.prefix + Base32.encode(changed + check) + "\n").utf8))
            let deeds = stage.deeds.take()
            #expect(deeds.map(\.channel) == [.journal, .screen], "bit \(place): \(deeds)")
            answers[deeds.last?.name ?? "nothing", default: 0] += 1
        }
        // Version, kind and booking have few forms; the key has 32 bits; all else is the signature's.
        #expect(
            Set(answers.keys) == ["refused-pass-unreadable", "refused-pass-of-unknown-key", "refused-pass-forged"])
        #expect(answers["refused-pass-of-unknown-key"] == 32)
        #expect(answers["refused-pass-forged", default: 0] > content.count * 7)

        try stage.scan(Array((text + "\n").utf8))
        let names = stage.deeds.take().map(\.name)
        #expect(names.contains("pass-accepted") && names.contains("locker-opens"), "\(names)")
        #expect(try stage.journalFindings().isEmpty)
        try stage.stop()
    }

    @Test func `a pass in the journal is found`() throws {
        let (stage, text) = try started()
        try stage.conduct { try $0.record(.lockerOutOfService(locker: id("4"), reason: text)) }
        #expect(try stage.journalFindings().map { $0.hasSuffix("holds a pass") } == [true])
        try stage.stop()
    }
}
