// What stations propose to those who keep the register, and when it is settled.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct ProposalTests {
    private var kept: PoolHouse?
    private var journal = TestJournal()

    private var house: PoolHouse {
        guard let kept else { preconditionFailure("a test begins on an engine") }
        return kept
    }

    private mutating func begin(on engine: Engine) throws {
        kept = try PoolHouse(on: engine)
        try load(SampleHouse.yaml)
    }

    private func load(_ yaml: String) throws {
        try house.command(["register", "load", try house.folder.write(yaml, to: "house.yaml")])
    }

    private func fingerprint(_ start: String) -> EntryHash { CardCode.fingerprint(of: SampleHouse.card(start)) }

    /// Sends the journal and stops.
    private func send() throws {
        try house.serve()
        for document in journal.documents { #expect(try house.take([document]).rejected.isEmpty) }
        house.stop()
    }

    /// The list that the command writes, without the times.
    private func list() throws -> [String] {
        let ended = try house.run(["proposals"])
        #expect(ended.code == 0)
        return ended.output.split(separator: "\n").map { $0.split(separator: "\t").dropFirst().joined(separator: " ") }
    }

    @Test(arguments: Engine.allCases) mutating func `each kind is one line, oldest first, and the same in JSON`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        journal.write(.borrowerProposed(card: fingerprint("7"), staff: .of("s-1")))
        journal.write(.itemProposed(label: "INV-7", staff: .of("s-1")))
        journal.write(.cardReplaced(.of("b-1"), card: fingerprint("8")))
        journal.write(.itemPlaced(item: .of("drill-1"), locker: .of("5"), registered: nil, staff: .of("s-2")))
        journal.write(.stockDiffers(item: .of("table"), .missing))
        journal.write(.staffSignedOut(.of("s-1")))
        try send()
        let expected = [
            "demo borrower-proposed staff s-1 card \(fingerprint("7"))",
            "demo item-proposed staff s-1 label INV-7",
            "demo card-replaced borrower b-1 card \(fingerprint("8"))",
            "demo item-placed staff s-2 item drill-1 locker 5",
            "demo stock-differs item table difference missing",
        ]
        #expect(try list() == expected)
        let lines = try house.run(["proposals", "--json"]).output.split(separator: "\n")
        let objects = try lines.map { try JSON(parsing: Array($0.utf8)) }
        #expect(
            objects.map { $0["kind"]?.string }
                == expected.map { $0.split(separator: " ").dropFirst().first.map(String.init) })
        #expect(objects[0]["entry"] == .string(journal.entries[1].number.description))
        #expect(objects[0]["time"] == .string(journal.entries[1].time.iso8601))
        #expect(
            objects[4]
                == .object([
                    "station": .string("demo"), "entry": .string(journal.entries[5].number.description),
                    "kind": .string("stock-differs"), "time": .string(journal.entries[5].time.iso8601),
                    "item": .string("table"), "difference": .string("missing"),
                ]))
    }

    @Test(arguments: Engine.allCases)
    mutating func `what was left at another house is told once, and its loan counts as reported`(_ engine: Engine)
        throws
    {
        try begin(on: engine)
        journal.write(
            .checkoutBegun(
                item: .of("drill-1"), borrower: .of("b-1"), locker: nil, due: WallTime(milliseconds: 1_796_000_000_000),
                opening: nil))
        journal.write(.itemReceived(item: .of("drill-1"), .of("b-1")))
        journal.write(.itemReceived(item: .of("drill-1"), nil))
        journal.write(.itemReceived(item: .of("nowhere"), nil))
        try house.serve()
        try house.take(journal.documents)
        let loans = try house.ask("GET", "/v1/loans?state=open", token: house.admin).json
        #expect(loans?["loans"]?.array?.map { $0["reported"] } == [.boolean(true)])
        house.stop()
        // The register says that the drill lives at this very station, so there is nothing to do.
        #expect(try list() == ["demo item-received item nowhere"])
    }

    @Test(arguments: Engine.allCases) mutating func `admins ask for them page by page`(_ engine: Engine) throws {
        try begin(on: engine)
        for number in 0..<5 { journal.write(.itemProposed(label: "INV-\(number)", staff: .of("s-1"))) }
        try house.serve()
        try house.take(journal.documents)
        func page(_ query: String) throws -> JSON? {
            try house.ask("GET", "/v1/proposals\(query)", token: house.admin).json
        }
        #expect(try page("")?["proposals"]?.array?.map { $0["label"]?.string } == (0..<5).map { "INV-\($0)" })
        #expect(try page("")?["next"] == nil)
        let first = try page("?limit=2")
        let next = try #require(first?["next"]?.integer)
        #expect(try page("?limit=2&after=\(next)")?["proposals"]?.array?.first?["label"] == .string("INV-2"))
        #expect(try house.ask("GET", "/v1/proposals?limit=0", token: house.admin).status == 400)
        #expect(try house.ask("GET", "/v1/proposals", token: house.tokens["demo"]).problem == "admins-only")
    }

    @Test(arguments: Engine.allCases) mutating func `a proposal is settled once the register says the same`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        journal.write(.borrowerProposed(card: fingerprint("7"), staff: .of("s-1")))
        journal.write(.itemProposed(label: "INV-7", staff: .of("s-1")))
        journal.write(.cardReplaced(.of("b-1"), card: fingerprint("8")))
        journal.write(.itemPlaced(item: .of("drill-1"), locker: .of("5"), registered: nil, staff: .of("s-2")))
        try send()
        #expect(try list().count == 4)
        var yaml = SampleHouse.yaml
        func settle(_ old: String, _ new: String, leaves kinds: [String]) throws {
            #expect(yaml.contains(old))
            yaml = yaml.replacing(old, with: new)
            try load(yaml)
            #expect(try list().map { $0.split(separator: " ")[1] } == kinds.map { $0[...] })
        }
        try settle(
            "- { id: b-2", "- { id: b-7, cards: [\(SampleHouse.card("7"))] }\n  - { id: b-2",
            leaves: ["item-proposed", "card-replaced", "item-placed"])
        try settle("P-17", "INV-7", leaves: ["card-replaced", "item-placed"])
        try settle("locker: \"4\"", "locker: \"5\"", leaves: ["card-replaced"])
        try settle("\"\(SampleHouse.card("1"))\"", "\"\(SampleHouse.card("8"))\"", leaves: [])
        // What comes after the register said it is settled too.
        journal.write(.borrowerProposed(card: fingerprint("7"), staff: .of("s-1")))
        try send()
        #expect(try list().isEmpty)
        // The control: it is open again when the register no longer says it.
        try load(SampleHouse.yaml)
        #expect(try list().count == 5)
    }

    @Test(arguments: Engine.allCases) mutating func `what a station says later outdates what it said before`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        journal.write(.cardReplaced(.of("b-1"), card: fingerprint("7")))
        journal.write(.cardReplaced(.of("b-2"), card: fingerprint("8")))
        journal.write(.cardReplaced(.of("b-1"), card: fingerprint("9")))
        journal.write(.itemPlaced(item: .of("drill-1"), locker: .of("5"), registered: nil, staff: .of("s-1")))
        journal.write(.itemPlaced(item: .of("drill-1"), locker: .of("6"), registered: nil, staff: .of("s-1")))
        try send()
        #expect(
            try list() == [
                "demo card-replaced borrower b-2 card \(fingerprint("8"))",
                "demo card-replaced borrower b-1 card \(fingerprint("9"))",
                "demo item-placed staff s-1 item drill-1 locker 6",
            ])
    }

    @Test(arguments: Engine.allCases)
    mutating func `a stock-taking outdates the one before, however the batches are cut`(_ engine: Engine) throws {
        try begin(on: engine)
        journal.write(.stockDiffers(item: .of("drill-1"), .missing))
        journal.write(.stockDiffers(item: .of("table"), .tooMany))
        journal.write(.stockTaken(staff: .of("s-1"), found: 3))
        try send()
        #expect(try list().count == 2)
        journal.write(.stockDiffers(item: .of("table"), .onLoan))
        try send()
        #expect(try list().count == 3)
        journal.write(.stockTaken(staff: .of("s-1"), found: 3))
        try send()
        #expect(try list() == ["demo stock-differs item table difference on-loan"])
        journal.write(.stockTaken(staff: .of("s-1"), found: 4))
        try send()
        #expect(try list().isEmpty)
        let other = try PoolHouse(on: engine)
        try other.serve()
        try other.take(Array(journal.documents.dropLast()))
        other.stop()
        #expect(try other.rows("SELECT item FROM proposals") == ["table"])
    }

    @Test(arguments: Engine.allCases) mutating func `a label from a scanner reaches the terminal harmlessly`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        journal.write(.itemProposed(label: "\u{1b}[31m\u{202e}\tX", staff: .of("s-1")))
        try send()
        let ended = try house.run(["proposals"])
        #expect(ended.output.hasSuffix("label ?[31m??X\n") && !ended.output.contains("\u{1b}"))
    }
}
