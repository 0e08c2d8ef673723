// Who may come in, and what of the secrets is kept.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct AccessTests {
    @Test func withoutAValidTokenNobodyComesIn() throws {
        let house = try PoolHouse(stations: ["demo", "other"])
        try house.serve()
        for (path, method) in [
            ("/v1/stations/demo/entries", "POST"), ("/v1/stations/demo/register", "GET"),
            ("/v1/stations/demo/entries", "GET"), ("/v1/stations/nobody/register", "GET"), ("/v1/loans", "GET"),
            ("/v1/items", "GET"), ("/v1/proposals", "GET"), ("/v1/register", "PUT"),
            ("/v1/stations/demo/receipt", "GET"),
        ] {
            for token in [nil, "wrong", "mila-station-\(Base64URL.encode([UInt8](repeating: 0, count: 32)))"] {
                let answer = try house.ask(method, path, token: token, body: method == "GET" ? nil : [])
                #expect(answer.status == 401 && answer.problem == "no-token", "\(method) \(path)")
                #expect(answer.fields["www-authenticate"] == "Bearer")
            }
        }
        #expect(try house.ask("GET", "/health").status == 200)
    }

    @Test func aTokenOpensOnlyItsOwnStation() throws {
        let house = try PoolHouse(stations: ["demo", "other"])
        try house.serve()
        for path in ["/v1/stations/demo/register", "/v1/stations/nobody/register", "/v1/stations/%2e%2e/register"] {
            let answer = try house.ask("GET", path, token: house.tokens["other"])
            #expect(answer.status == 403 && answer.problem == "other-station", "\(path)")
        }
        let answer = try house.ask(
            "POST", "/v1/stations/demo/entries", token: house.tokens["other"], type: EntryBatch.mediaType,
            body: EntryBatch.body(TestJournal().documents).body)
        #expect(answer.problem == "other-station")
        #expect(try house.ask("GET", "/v1/loans", token: house.tokens["demo"]).problem == "admins-only")
        #expect(try house.ask("GET", "/v1/stations/demo/register", token: house.admin).status == 401)
        // The control: the right one comes in.
        #expect(try house.send(TestJournal().documents).status == 200)
        #expect(try house.ask("GET", "/v1/loans", token: house.admin).status == 200)
    }

    @Test func aReplacedTokenIsVoid() throws {
        let house = try PoolHouse()
        let (old, oldAdmin) = (try #require(house.tokens["demo"]), house.admin)
        let new = try house.command(["station", "token", "demo"])
        let newAdmin = try house.command(["admin-token"])
        try house.serve()
        #expect(try house.ask("GET", "/v1/stations/demo/register", token: old).status == 401)
        #expect(try house.ask("GET", "/v1/stations/demo/register", token: new).problem == "no-register")
        #expect(try house.ask("GET", "/v1/loans", token: oldAdmin).status == 401)
        #expect(try house.ask("GET", "/v1/loans", token: newAdmin).status == 200)
    }

    @Test func noSecretIsFoundInFilesOrLog() throws {
        let house = try PoolHouse()
        try house.command(["register", "load", try house.folder.write(SampleHouse.wholeYAML, to: "house.yaml")])
        try house.serve()
        var journal = TestJournal()
        journal.checkOut("saw")
        try house.take(journal.documents)
        _ = try house.ask("GET", "/v1/stations/demo/register", token: house.tokens["demo"])
        _ = try house.ask("GET", "/v1/stations/demo/register", token: "\(house.admin)x")
        var places = ["log": Array(try #require(house.process).errors.utf8)]
        house.kill()
        for name in try FileManager.default.contentsOfDirectory(atPath: house.data) {
            places[name] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(house.data)/\(name)")))
        }
        #expect(places.keys.contains("pool.sqlite-wal"))
        let cards = [SampleHouse.card("1"), SampleHouse.card("2"), SampleHouse.badge("1"), "4006381333931"]
        let secrets = [house.admin] + cards + house.tokens.values
        for (place, bytes) in places {
            for secret in secrets { #expect(!holds(bytes, secret), "a secret is in \(place)") }
        }
        // The control: what is kept is found this way.
        #expect(places.values.contains { holds($0, "Bohrer fehlt") })
        let hash = AccessToken.hash(of: house.admin).bytes
        #expect(places.values.contains { $0.firstRange(of: hash) != nil })
        let mode = try FileManager.default.attributesOfItem(atPath: house.database)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        // Of a token its random end is enough.
        bytes.firstRange(of: Array(text.utf8.suffix(32))) != nil
    }

    @Test func hashesAreComparedWhole() {
        let hash = AccessToken.hash(of: "a")
        #expect(hash.equalsInConstantTime(AccessToken.hash(of: "a")))
        for index in 0..<32 {
            var bytes = hash.bytes
            bytes[index] ^= 1
            #expect(EntryHash(stored: bytes).map { !hash.equalsInConstantTime($0) } == true)
        }
    }

    @Test func onlyABearerTokenIsOne() {
        #expect(AccessToken.bearer("Bearer abc") == "abc")
        #expect(AccessToken.bearer("bearer abc") == "abc")
        for field in [nil, "", "Bearer", "Basic abc", "abc", "Bearer " + String(repeating: "a", count: 300)] {
            #expect(AccessToken.bearer(field) == nil)
        }
    }

    @Test func twoTokensAreNeverTheSame() {
        #expect(Set((0..<100).map { _ in AccessToken(kind: "station").text }).count == 100)
    }
}
