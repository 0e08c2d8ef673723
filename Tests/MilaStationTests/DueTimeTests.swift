// When a loan of a real station is due.

import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct DueTimeTests {
    @Test func `what is due is due when the house is open`() async throws {
        // One hour of one day of the week is enough to see it.
        let house = try DemoStation(house: { text in
            text.replacing("  - id: demo\n", with: "  - id: demo\n    hours: { wed: \"10:00-11:30\" }\n")
        })
        try house.waitUntilReady()
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[5].label.text)
        try await soon("the painting is lent") { house.screen.contains("\"id\":\"taken\"") }
        let taken = try #require(try jsonLines(house.screen).first { $0["id"] as? String == "taken" })
        let text = try #require((taken["text"] as? [String: String])?["en"])
        #expect(text.contains("Wednesday") && text.contains("11:30"), "\(text)")
        #expect(house.stop(.station) == 0)
    }
}
