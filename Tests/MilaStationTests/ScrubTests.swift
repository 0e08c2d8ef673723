// Damage in an old part of the journal shows while the station works, and does not stop it from lending.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ScrubTests {
    @Test func `the scrub finds an old entry that was edited, and the station lends on`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        // More entries than the check of the tail covers.
        for _ in 0..<JournalStore.tailCount + 50 { house.scan("nobody knows this") }
        house.scan("MCEN14")
        try eventually("all is refused") { house.screen.contains("language-chosen") }
        #expect(try await scrub(of: house) { $0.hasPrefix("whole") || $0.hasPrefix("under way") }.isEmpty == false)
        #expect(house.stop(.station) == 0)

        try edit(house.journal, "UPDATE entry SET reason = 'on-loan' WHERE sequence = 10")
        try house.start(.station)
        let finding = try await scrub(of: house) { $0.hasPrefix("damaged") }
        #expect(finding.contains("entry 10"), "\(finding)")
        #expect(house.errors(of: .station).contains("an older part of the journal is damaged"))

        try house.waitUntilReady()
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[5].label.text)
        try eventually("the station lends on") { house.screen.contains("\"id\":\"taken\"") }
        #expect(house.stop(.station) == 0)
        let verify = try house.run("journal", "verify")
        #expect(verify.code == 1)
        #expect("\(verify.output)\(verify.errors)".contains("entry 10"))
    }

    @Test func `the scrub finds a loan whose due time was changed, and the station lends on`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        try house.lendAgain()
        #expect(house.stop(.station) == 0)
        try edit(house.journal, "UPDATE loan SET due = due + 1024")
        try house.start(.station)
        let finding = try await scrub(of: house) { $0.hasPrefix("damaged") }
        #expect(finding.contains("the books: loan") && finding.contains("is not as the entries say"), "\(finding)")
        try house.waitUntilReady()
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[5].label.text)
        try eventually("the station takes it back") { house.said("returned") == 1 }
        #expect(house.stop(.station) == 0)
    }

    @Test func `the scrub calls a whole journal whole`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let finding = try await scrub(of: house) { $0.hasPrefix("whole") }
        #expect(finding.hasSuffix("entries checked"))
    }

    /// What the station's status says of its scrub, once that is what a test waits for.
    private func scrub(of house: DemoStation, _ isIt: (String) -> Bool) async throws -> String {
        let deadline = Date().addingTimeInterval(patience)
        var last = ""
        while Date() < deadline {
            if let client = ControlClient.connect(house.controlSocket) {
                do {
                    last = try JSON(parsing: await client.get("v1/status")).object?["scrub"]?.string ?? "nothing"
                    if isIt(last) { return last }
                } catch {
                    last = "\(error)"
                }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw BenchError("the scrub still says '\(last)': \(house.errors(of: .station))")
    }

    private func edit(_ database: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
