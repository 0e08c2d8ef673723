// What stations say of themselves reaches admins byte for byte, and nobody can say it for them.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct ReportTests {
    private func send(_ house: PoolHouse, _ report: StationReport, token: String?) throws -> Answer {
        try house.ask("POST", "/v1/stations/demo/report", token: token, type: "application/json", body: report.body)
    }

    private func checkpoint(_ key: SigningKey, station: String = "demo", sequence: UInt64 = 5) throws -> String {
        let source = EntrySource(stored: "tag:\(PoolHouse.city),2026:station:\(station)")
        let head = JournalHead(
            epoch: try #require(Epoch("00000000000000aa")), sequence: sequence, hash: EntryHash(of: [1]))
        return try key.sign(Checkpoint(source: source, head: head).text).encoded
    }

    @Test(arguments: Engine.allCases)
    func `admins read the last word of a station, byte for byte`(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        let (token, key) = (house.tokens["demo"], try SigningKey(file: house.folder.file("key"), name: "demo"))
        func ask(_ what: String) throws -> Answer {
            try house.ask("GET", "/v1/stations/demo/\(what)", token: house.admin)
        }
        #expect(try ask("checkpoint").problem == "not-found" && ask("status").problem == "not-found")
        for sequence in [5, 6] as [UInt64] {
            let report = StationReport(
                checkpoint: try checkpoint(key, sequence: sequence),
                status: .object(["entries": .integer(Int64(sequence)), "name": .string("Haus \u{2013} Süd")]))
            #expect(try send(house, report, token: token).status == 204)
            #expect(try ask("checkpoint").body == Array(report.checkpoint.utf8))
            #expect(try ask("status").body == report.status.canonical)
        }
        let station = try house.ask("GET", "/v1/stations", token: house.admin).json?["stations"]?.array?.first
        #expect(station?["lastreport"]?.string != nil)
        for what in ["checkpoint", "status"] {
            #expect(try house.ask("GET", "/v1/stations/demo/\(what)", token: token).problem == "admins-only")
            #expect(
                try house.ask("GET", "/v1/stations/nowhere/\(what)", token: house.admin).problem == "no-such-station")
        }
    }

    @Test func `a report of another station, without a token, or with another key is not kept`() throws {
        let house = try PoolHouse(stations: ["demo", "other"])
        let code = try #require(JoinCode(house.command(["station", "invite", "demo"])))
        try house.serve()
        let key = try SigningKey(file: house.folder.file("key"), name: "demo")
        let foreign = try SigningKey(file: house.folder.file("foreign"), name: "demo")
        let source = EntrySource(stored: "tag:\(PoolHouse.city),2026:station:demo")
        let wish = JoinNote(source: source, key: key.noteKey, invitation: JoinCode.hash(of: code.secret))
        let joined = try house.ask(
            "POST", "/v1/stations/demo/join", type: "application/json",
            body: JoinRequest(secret: code.secret, note: try key.sign(wish.text).encoded).body)
        let token = try #require(SignedNote(joined.text).flatMap { WelcomeNote(text: $0.text) }).token

        let status = JSON.object([:])
        let good = StationReport(checkpoint: try checkpoint(key), status: status)
        #expect(try send(house, good, token: nil).problem == "no-token")
        #expect(try send(house, good, token: house.tokens["other"]).problem == "other-station")
        for (what, text) in [
            ("another key", try checkpoint(foreign)), ("another station", try checkpoint(key, station: "other")),
            ("another note", try key.sign("milastation receipt v1\n").encoded), ("no note", "x"),
        ] {
            #expect(
                try send(house, StationReport(checkpoint: text, status: status), token: token).problem == "unreadable",
                "\(what)")
        }
        let body = Array(#"{"checkpoint":"x","status":[]}"#.utf8)
        let answer = try house.ask(
            "POST", "/v1/stations/demo/report", token: token, type: "application/json", body: body)
        #expect(answer.problem == "unreadable")
        #expect(try house.ask("GET", "/v1/stations/demo/status", token: house.admin).problem == "not-found")
        #expect(try send(house, good, token: token).status == 204)
    }
}
