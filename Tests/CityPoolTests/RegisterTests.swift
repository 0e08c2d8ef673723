// The register on its way from a file to a station.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct RegisterTests {
    private var kept: PoolHouse?
    private var file = ""

    private var house: PoolHouse {
        guard let kept else { preconditionFailure("a test begins on an engine") }
        return kept
    }

    private mutating func begin(on engine: Engine) throws {
        kept = try PoolHouse(on: engine, stations: ["demo", "other", "third"])
        file = try house.folder.write(SampleHouse.yaml, to: "house.yaml")
    }

    private func register(of station: String = "demo", _ query: String = "", fields: [String] = []) throws -> Answer {
        try house.ask(
            "GET", "/v1/stations/\(station)/register\(query)", token: house.tokens[station], fields: fields)
    }

    private func snapshot(_ answer: Answer) throws -> RegisterSnapshot {
        let register = try SignedRegister(body: answer.body)
        let snapshot = try RegisterSnapshot(try JSON(parsing: register.payload))
        let note = try #require(SignedNote(register.note))
        #expect(house.key.map { $0.signed(note) } == true)
        #expect(
            note.text
                == SignedRegister.noteText(
                    station: snapshot.station, version: snapshot.version, payload: register.payload))
        return snapshot
    }

    @Test(arguments: Engine.allCases) mutating func aStationGetsWhatConcernsIt(_ engine: Engine) throws {
        try begin(on: engine)
        try house.serve(["--load", file])
        let demo = try snapshot(try register())
        #expect(demo.station.text == "demo" && demo.version.number == 1)
        #expect(demo.lockers.map(\.id.text) == ["4", "5"])
        #expect(demo.items.filter { $0.home == nil }.map(\.id.text) == ["drill-1", "table"])
        // What lives elsewhere may come back here, and no more is said of it.
        let elsewhere = try #require(demo.items.first { $0.home != nil })
        #expect(elsewhere.id.text == "painting" && elsewhere.home?.text == "other" && elsewhere.locker == nil)
        #expect(demo.items.first?.parts.map(\.german) == ["Ladegerät", "Bit-Set"])
        #expect(demo.items.first?.parts.map(\.english) == ["Charger", "Bit-Set"])
        #expect(demo.items.first { $0.id.text == "table" }?.quantity == 12)
        #expect(demo.policy.standard.numbers == [.days: 14, .until: 1080, .maximumLoans: 5])
        #expect(demo.policy.rules.map(\.category) == ["sound"])
        #expect(demo.policy.rules.map(\.terms.numbers) == [[.days: 3, .until: 720]])
        #expect(demo.borrowers.map(\.borrower.standing) == [.active, .blocked])
        #expect(demo.borrowers.last?.borrower.validUntil?.iso8601 == "2027-12-31T23:59:59.999Z")
        let fingerprint = CardCode.fingerprint(of: SampleHouse.card("3"))
        #expect(
            demo.borrowers.last?.cards == [CardKey(digest: CardCode.digest(of: fingerprint, cardKey: demo.cardKey))])
        let other = try snapshot(try register(of: "other"))
        #expect(other.items.filter { $0.home == nil }.map(\.isLendable) == [false] && other.lockers.isEmpty)
        #expect(other.cardKey != demo.cardKey)
        #expect(other.borrowers.last?.cards != demo.borrowers.last?.cards)
    }

    @Test(arguments: Engine.allCases) mutating func aStationGetsRulesStaffAndTheBookingsOfItsItems(_ engine: Engine)
        throws
    {
        try begin(on: engine)
        try house.serve(["--load", try house.folder.write(SampleHouse.wholeYAML, to: "whole.yaml")])
        let (demo, other) = (try snapshot(try register()), try snapshot(try register(of: "other")))
        #expect(demo.bookings.map(\.id.text) == ["k-1"] && other.bookings.map(\.id.text) == ["k-2"])
        #expect(demo.items.filter { $0.home == nil }.map(\.valueCents) == [12_990])
        #expect(demo.policy.rules.count == 6 && demo.policy.rules.last?.terms.numbers == [.deposit: 2000])
        #expect(demo.policy.offline == .returns)
        #expect(demo.policy.maximumAgeHours == [.borrowing: 720, .qualifications: 36])
        for snapshot in [demo, other] {
            #expect(snapshot.staff.map(\.staff.id.text) == ["s-1", "s-2"])
            let code = SampleHouse.badge("1")
            let digest = CardCode.digest(of: CardCode.fingerprint(of: code), cardKey: snapshot.cardKey)
            let badge = try #require(snapshot.staff[0].badges.first { $0.digest == digest })
            #expect(badge.pin?.accepts("97531", of: code) == true && !badge.isWeak)
            let cards = snapshot.borrowers[0].cards
            #expect(cards.count == 3 && cards.count { $0.isWeak } == 1 && cards.count { $0.pin == nil } == 1)
            #expect(snapshot.borrowers[0].borrower.qualifications.keys.sorted() == ["bike", "laser"])
            #expect(snapshot.borrowers[1].borrower.blockedBecause == "Bohrer fehlt seit Mai")
        }
        #expect(demo.staff[0].badges != other.staff[0].badges, "digests are made for one station")
    }

    @Test(arguments: Engine.allCases) mutating func whoHasTheNewestVersionGetsNothing(_ engine: Engine) throws {
        try begin(on: engine)
        try house.serve(["--load", file])
        let first = try register()
        let version = try snapshot(first).version
        let tag = try #require(first.fields["etag"])
        #expect(tag == "\"\(version)\"")
        for answer in [try register("?since=\(version)"), try register(fields: ["If-None-Match: \(tag)"])] {
            #expect(answer.status == 304 && answer.body.isEmpty && answer.fields["etag"] == tag)
        }
        for since in ["\(version.incarnation)/0", "another/1", "nonsense", ""] {
            #expect(try register("?since=\(since)").status == 200)
        }
    }

    private func register(_ query: String) throws -> Answer { try register(of: "demo", query) }

    @Test(arguments: Engine.allCases)
    mutating func `who waits for a change gets it when it comes`(_ engine: Engine) throws {
        try begin(on: engine)
        try house.serve(["--load", file])
        let version = try snapshot(try register()).version
        let wire = try house.connect()
        wire.write(
            Wire.request("GET", "/v1/stations/demo/register?since=\(version)&wait=55", token: house.tokens["demo"]))
        // Others are served meanwhile, and one of them changes the register.
        let changed = SampleHouse.yaml.replacingOccurrences(of: "quantity: 12", with: "quantity: 11")
        let put = try house.ask(
            "PUT", "/v1/register", token: house.admin, type: "application/yaml", body: Array(changed.utf8))
        #expect(put.status == 200)
        #expect(try snapshot(try wire.answer()).version.number == version.number + 1)
    }

    @Test(arguments: Engine.allCases)
    mutating func `who waits in vain is told that there is nothing new, and a pool that stops lets nobody wait`(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        try house.serve(["--load", file])
        let version = try snapshot(try register()).version
        #expect(try register("?since=\(version)&wait=1").status == 304)
        #expect(try register("?since=\(version)&wait=56").problem == "unreadable")
        #expect(try register("?since=\(version)&wait=soon").problem == "unreadable")
        // Who knows another version need not wait.
        #expect(try register("?since=another/1&wait=55").status == 200)
        let wire = try house.connect()
        wire.write(
            Wire.request("GET", "/v1/stations/demo/register?since=\(version)&wait=55", token: house.tokens["demo"]))
        #expect(try register("?since=\(version)").status == 304)
        #expect(house.stop() == 0)
        // It may not have been heard before the pool was told to stop.
        #expect([304, nil].contains(try? wire.answer().status))
    }

    @Test mutating func `the pool says what time it is to a station that asks`() throws {
        try begin(on: .sqlite)
        try house.serve()
        let path = "/v1/stations/demo/time"
        func ask(_ query: String, token: String? = house.tokens["demo"]) throws -> Answer {
            try house.ask("GET", path + query, token: token)
        }
        let nonce = try #require(Nonce([UInt8](0..<16)))
        let answer = try ask("?nonce=\(nonce)")
        let note = try #require(SignedNote(answer.text))
        #expect(house.key.map { $0.signed(note) } == true)
        let word = try #require(TimeNote(text: note.text))
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(word.nonce == nonce && word.source.description == "tag:\(PoolHouse.city),2026:station:demo")
        #expect((now - 600_000...now).contains(word.time.milliseconds))
        for query in ["", "?nonce=", "?nonce=AAEC", "?nonce=\(nonce)=", "?nonce=\(nonce)A"] {
            #expect(try ask(query).problem == "unreadable", "\(query)")
        }
        #expect(try ask("?nonce=\(nonce)", token: house.tokens["other"]).problem == "other-station")
        #expect(try ask("?nonce=\(nonce)", token: nil).status == 401)
    }

    @Test(arguments: Engine.allCases) mutating func theVersionCountsUpOnlyWhenSomethingChanged(_ engine: Engine) throws
    {
        try begin(on: engine)
        func load(_ text: String) throws -> RegisterVersion? {
            RegisterVersion(try house.command(["register", "load", try house.folder.write(text, to: "again.yaml")]))
        }
        let first = try #require(try load(SampleHouse.yaml))
        #expect(first.number == 1)
        #expect(try load("# the same, otherwise\n" + SampleHouse.yaml) == first)
        let changed = SampleHouse.yaml.replacingOccurrences(of: "quantity: 12", with: "quantity: 11")
        #expect(try load(changed)?.number == 2)
        #expect(try load(changed)?.number == 2)
        #expect(try load(SampleHouse.yaml)?.number == 3)
        // All that a register can say comes back from the database as it went in, and each of it makes a difference.
        #expect(try load(SampleHouse.wholeYAML)?.number == 4)
        #expect(try load(SampleHouse.wholeYAML)?.number == 4)
        for (number, change) in [
            ("deposit: 20", "deposit: 21"), ("[club, all]", "[all]"), ("[laser, ", "["), ("2027-01-31", "2027-02-01"),
            ("seit Mai", "seit Juni"), ("2001-02-28", "2001-03-01"), ("pin: \"0123\"", "pin: \"0124\""),
            ("{ id: s-2 }", "{ id: s-3 }"), ("129.9", "129.91"), ("2026-12-02T10:00Z", "2026-12-02T10:01Z"),
        ].enumerated() {
            #expect(SampleHouse.wholeYAML.contains(change.0))
            let text = SampleHouse.wholeYAML.replacingOccurrences(of: change.0, with: change.1)
            #expect(try load(text)?.number == UInt64(number) + 5, "\(change)")
        }
    }

    @Test(arguments: Engine.allCases) mutating func withoutARegisterAStationKeepsTheOneItHas(_ engine: Engine) throws {
        try begin(on: engine)
        try house.serve()
        #expect(try register().problem == "no-register")
        #expect(
            try house.ask("PUT", "/v1/register", token: house.admin, type: "application/yaml", body: bytes(file)).status
                == 200)
        #expect(try register().status == 200)
        // A station that the register forgets gets no empty one.
        #expect(try register(of: "third").problem == "no-register")
    }

    private func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: file))) }

    @Test(arguments: Engine.allCases) mutating func anAdminReplacesItByRequest(_ engine: Engine) throws {
        try begin(on: engine)
        try house.serve(["--load", file])
        func put(_ text: String, type: String = "application/yaml") throws -> Answer {
            try house.ask("PUT", "/v1/register", token: house.admin, type: type, body: Array(text.utf8))
        }
        let changed = SampleHouse.yaml.replacingOccurrences(of: "quantity: 12", with: "quantity: 11")
        #expect(try put(changed).json?["version"]?.string?.hasSuffix("/2") == true)
        #expect(try snapshot(try register()).items.first { $0.id.text == "table" }?.quantity == 11)
        let json = #"{"stations":[{"id":"demo","lockers":[]}],"items":[],"borrowers":[]}"#
        #expect(try put(json, type: "application/json").status == 200)
        #expect(try snapshot(try register()).items.isEmpty)
        let wrong = try put(changed.replacingOccurrences(of: "quantity: 11", with: "quantity: many"))
        #expect(wrong.status == 422 && wrong.problem == "register-mistakes")
        #expect(wrong.json?["mistakes"]?.array?.first?["line"] == .integer(26))
        #expect(try put("x: [", type: "application/yaml").status == 422)
        #expect(try put(changed, type: "text/plain").status == 415)
        #expect(try put(String(repeating: "#", count: 5 * 1024 * 1024)).status == 413)
        #expect(try snapshot(try register()).version.number == 3)
    }

    @Test(arguments: Engine.allCases) mutating func everyMistakeOfAFileIsNamedWithLineAndRemedyInOneRun(
        _ engine: Engine
    ) throws {
        try begin(on: engine)
        let wrong = """
            policy: { standard: { days: -1, until: "25:00" }, maximum-lones: 3 }
            stations:
              - id: demo
                lockers:
                  - { id: "4", name: Fach 4, label: ML04K }
                  - { id: "4", name: Fach 4, label: L4 }
              - id: sp ace
            items:
              - { id: a, name: { de: A }, label: X1, category: tools, station: demo, locker: "9" }
              - { id: b, name: "B", label: X2, category: tools, station: nowhere }
              - { id: b, name: "B", label: X3, category: tools, station: demo }
              - { id: c, name: "C\\u202e", label: X2, category: tools, station: demo, quantity: 0 }
              - { id: d, name: D, label: X2, category: tools, station: demo }
              - { id: e, name: E, label: \(SampleHouse.label(.locker, "09")), category: tools, station: demo, lendable: yes }
            borrowers:
              - { id: b-1, standing: so-so, cards: [1234567890] }
              - { id: b-2, valid-until: tomorrow, cards: ["\(SampleHouse.card("1"))", "\(SampleHouse.card("1"))"] }
            lockers: []
            """
        let ended = try house.run(["register", "load", try house.folder.write(wrong, to: "wrong.yaml")])
        #expect(ended.code == 1 && ended.output.isEmpty)
        for (line, words) in [
            (1, "'days' is not a whole number"), (1, "'until' is not a time"), (1, "maximum-lones"), (5, "ML04K"),
            (6, "locker '4' of 'demo' is there twice"), (7, "'id' is not"), (9, "'en' is missing"),
            (10, "which is no station"), (11, "item 'b' is there twice"), (12, "can't be seen"), (12, "'quantity'"),
            (13, "the label 'X2' is there twice"), (14, "another kind of thing"), (14, "'lendable'"),
            (16, "'standing' is not"), (17, "'valid-until' is not"), (17, "is there twice"), (18, "'lockers'"),
        ] {
            let lines = ended.errors.split(separator: "\n").filter { $0.contains("wrong.yaml:\(line): ") }
            #expect(lines.contains { $0.contains(words) }, "line \(line): \(words)\n\(ended.errors)")
        }
        #expect(!ended.errors.contains("1234567890") && !ended.errors.contains(SampleHouse.card("1")))
        #expect(try house.run(["register", "load", house.folder.file("missing.yaml")]).code == 1)
        try house.serve()
        #expect(try register().problem == "no-register")
    }

    @Test(arguments: Engine.allCases) mutating func aLockerThatDoesNotExistIsNamed(_ engine: Engine) throws {
        try begin(on: engine)
        let wrong = SampleHouse.yaml.replacingOccurrences(of: "locker: \"5\"", with: "locker: \"6\"")
        let ended = try house.run(["register", "load", try house.folder.write(wrong, to: "wrong.yaml")])
        #expect(ended.code == 1 && ended.errors.contains("locker '6'") && ended.errors.contains("Known are 4, 5."))
    }
}
