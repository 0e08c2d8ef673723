// A real station with the scanners and labels that houses have.

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ScannerTests {
    private static let card = SampleHouse.borrowers[0].card.text
    private static let painting = "label: \(SampleHouse.items[5].label.text)"

    /// A station that lends the painting under another label.
    private func house(label: String, _ configuration: String = "") throws -> DemoStation {
        let house = try DemoStation(
            house: { text in
                #expect(text.contains(Self.painting))
                return text.replacing(Self.painting, with: "label: '\(label)'")
            },
            configuration: { $0 + configuration })
        try house.waitUntilReady()
        return house
    }

    @Test(arguments: ["]C18004A1\u{1d}10L", "https://example.org/8004/A1", "(8004)A1", "8004A1"])
    func `a GS1 label lends its item in every spelling of it`(line: String) async throws {
        let house = try house(label: "(8004)A1")
        house.scan(Self.card, line)
        try await soon("the painting is lent") { house.screen.contains("\"id\":\"taken\"") }
        #expect(try jsonLines(house.screen).contains { $0["item"] as? String == "painting-1" })
        #expect(house.stop(.station) == 0)
    }

    @Test func `a scanner set to another keyboard is told apart from a code that nobody knows`() async throws {
        let house = try house(label: "INV-0042")
        house.scan(Self.card, "INVß0042", "INV/0042", "INV/0043")
        try await soon("all is answered") { house.screen.contains("refused-unknown-code") }
        let ids = try jsonLines(house.screen).compactMap { $0["id"] as? String }
        #expect(ids.count { $0 == "refused-wrong-keyboard-layout" } == 2)
        house.scan("INV-0042")
        try await soon("the painting is lent") { house.screen.contains("\"id\":\"taken\"") }
        #expect(house.stop(.station) == 0)
    }

    @Test func `with schemes of its own a station knows no other codes, and not what lies around them`() async throws {
        let house = try house(
            label: "INV-0042",
            """
            scanner: { prefix: "~", suffix: "$" }
            codes:
              - { names: item, form: text, pattern: "INV-#{4}" }

            """)
        house.scan(Self.card, "OLD-0042", "~INV-0042$")
        try await soon("the painting is lent") { house.screen.contains("\"id\":\"taken\"") }
        let ids = try jsonLines(house.screen).compactMap { $0["id"] as? String }
        #expect(ids.filter { $0.hasPrefix("refused") } == ["refused-unknown-code"])
        #expect(house.stop(.station) == 0)
    }

    @Test func `a scanner that ends no line is heard after a silence`() throws {
        let house = try DemoStation(startsStation: false, configuration: { $0 + "scanner: { idle-gap: 40 ms }\n" })
        let terminal = try PseudoTerminal()
        try terminal.start(["run", "--config", house.configuration, "--screen", "json"])
        try eventually("the station is ready") { terminal.output.contains("station-ready") }
        terminal.type("MCEN14")
        try eventually("the code is answered") { terminal.output.contains("language-chosen") }
        terminal.send(signal: SIGTERM)
        #expect(terminal.wait() == 0)
    }

    @Test func `a pipe may pause in the middle of a code`() async throws {
        let house = try DemoStation(configuration: { $0 + "scanner: { idle-gap: 10 ms }\n" })
        try house.waitUntilReady()
        house.feed("MCE")
        // Twenty times the gap: on a device the code would have been cut in two by now.
        try await Task.sleep(for: .milliseconds(200))
        house.feed("N14\n")
        try await soon("the code is answered") { house.screen.contains("language-chosen") }
        #expect(!house.screen.contains("refused"))
        #expect(house.stop(.station) == 0)
    }
}
