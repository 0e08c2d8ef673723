// Stations join with a code that an admin made, once, and with a key of their own.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct JoiningTests {
    /// A station that wants to join, with its own key.
    private struct Board {
        let key: SigningKey
        var source = EntrySource(stored: "tag:\(PoolHouse.city),2026:station:new")

        init(in folder: Folder, _ name: String) throws {
            key = try SigningKey(file: folder.file("\(name).key"), name: "tag:any,2026:station:new")
        }

        func request(_ code: JoinCode, invitation: EntryHash? = nil, showing shown: SigningKey? = nil) throws -> [UInt8]
        {
            let wish = JoinNote(
                source: source, key: (shown ?? key).noteKey, invitation: invitation ?? JoinCode.hash(of: code.secret))
            return JoinRequest(secret: code.secret, note: try key.sign(wish.text).encoded).body
        }
    }

    /// A pool on SQLite owns its data while it is served.
    private func invite(_ house: PoolHouse, _ station: String = "new") throws -> JoinCode {
        let isServed = house.process != nil && house.postgres == nil
        if isServed { house.stop() }
        let code = try JoinCode(house.command(["station", "invite", station, "--city-domain", PoolHouse.city]))
        if isServed { try house.serve() }
        return try #require(code)
    }

    private func join(_ house: PoolHouse, _ body: [UInt8], as station: String = "new") throws -> Answer {
        try house.ask("POST", "/v1/stations/\(station)/join", type: "application/json", body: body)
    }

    /// The token in a welcome that the pool has signed for a board.
    private func token(in answer: Answer, of house: PoolHouse, for board: Board) throws -> String {
        #expect(answer.status == 200, "\(answer.text)")
        let (note, key) = (try #require(SignedNote(answer.text)), try #require(house.key))
        let welcome = try #require(WelcomeNote(text: note.text))
        #expect(key.signed(note) && welcome.source == board.source && welcome.key == board.key.noteKey)
        return welcome.token
    }

    @Test(arguments: Engine.allCases)
    func `a board joins with its code, and its token is the station's from then on`(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        let code = try invite(house)
        try house.serve()
        let key = try house.ask("GET", "/v1/key")
        #expect(key.status == 200)
        #expect(NoteKey(key.text.trimmingCharacters(in: .newlines)).map(code.names) == true)

        let board = try Board(in: house.folder, "board")
        let first = try token(in: join(house, board.request(code)), of: house, for: board)
        #expect(try house.ask("GET", "/v1/stations/new/register", token: first).problem == "no-register")
        // Its answer was lost: the same board sends the code again.
        let second = try token(in: join(house, board.request(code)), of: house, for: board)
        #expect(try house.ask("GET", "/v1/stations/new/register", token: second).problem == "no-register")
        #expect(try house.ask("GET", "/v1/stations/new/register", token: first).problem == "no-token")
        // Another board finds it used.
        let other = try Board(in: house.folder, "other")
        #expect(try join(house, other.request(code)).problem == "join-refused")

        func knownKey() throws -> String? {
            let stations = try house.ask("GET", "/v1/stations", token: house.admin).json?["stations"]?.array
            return stations?.first { $0["id"]?.string == "new" }?["key"]?.string
        }
        #expect(try knownKey() == board.key.noteKey.description)
        // A new board for the same station.
        let next = try invite(house)
        let third = try token(in: join(house, other.request(next)), of: house, for: other)
        #expect(try house.ask("GET", "/v1/stations/new/register", token: third).problem == "no-register")
        #expect(try house.ask("GET", "/v1/stations/new/register", token: second).problem == "no-token")
        #expect(try knownKey() == other.key.noteKey.description)
        // The first board comes back: what it signs now counts again.
        let back = try invite(house)
        _ = try token(in: join(house, board.request(back)), of: house, for: board)
        #expect(try knownKey() == board.key.noteKey.description)
    }

    @Test func `who has no token keeps no station out`() throws {
        let house = try PoolHouse()
        try house.serve()
        // More than there are places for bodies, none of which ever comes.
        let head = Wire.request(
            "POST", "/v1/stations/demo/join", type: "application/json", fields: ["Content-Length: 100"])
        let held = try (0..<80).map { _ in
            let wire = try house.connect()
            wire.write(head)
            return wire
        }
        try eventually("all places of those without a token are taken") {
            try join(house, [1], as: "demo").status == 429
        }
        #expect(try house.send(TestJournal().documents).status == 200)
        for wire in held { wire.close() }
    }

    @Test(arguments: Engine.allCases)
    func `no other code, key, station or time gets in`(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine, stations: ["demo", "new"])
        let (void, code) = (try invite(house), try invite(house))
        let demo = try invite(house, "demo")
        try house.serve()
        let (board, other) = (try Board(in: house.folder, "board"), try Board(in: house.folder, "other"))
        var stranger = board
        stranger.source = EntrySource(stored: "tag:other.example,2026:station:new")
        for (what, body, station) in [
            ("an invitation that another one replaced", try board.request(void), "new"),
            ("the code of another station", try board.request(demo), "new"),
            ("a station that was not invited", try board.request(code), "demo"),
            ("a station that is not there", try board.request(code), "nowhere"),
            ("no station", try board.request(code), "%2e%2e"),
            (
                "a secret that the note does not speak of", try board.request(code, invitation: EntryHash(of: [1])),
                "new"
            ),
            ("somebody else's key", try board.request(code, showing: other.key), "new"),
            ("another city", try stranger.request(code), "new"),
            ("no note", JoinRequest(secret: code.secret, note: "x").body, "new"),
        ] { #expect(try join(house, body, as: station).problem == "join-refused", "\(what)") }
        #expect(try join(house, Array("{}".utf8)).problem == "unreadable")
        #expect(try house.ask("POST", "/v1/stations/new/join", type: "text/plain", body: [1]).status == 415)
        let large = [UInt8](repeating: 0x20, count: JoinRequest.maximumBytes + 1)
        #expect(try join(house, large).problem == "too-large")
        // Nothing of all that has used the code up.
        #expect(try join(house, board.request(code)).status == 200)

        let late = try invite(house)
        house.stop()
        _ = try house.rows("UPDATE invitations SET until = 1")
        try house.serve()
        #expect(try join(house, other.request(late)).problem == "join-refused")
    }

    @Test func `a station that is not there is invited with its city, and codes last some days`() throws {
        let house = try PoolHouse(stations: [])
        let refused = try house.run(["station", "invite", "new"])
        #expect(refused.code == 2 && refused.errors.contains("--city-domain"))
        #expect(try house.run(["station", "invite", "new", "--days", "0"]).code == 2)
        #expect(try house.run(["station", "invite", "new", "--city-domain", "Potsdam"]).code == 2)
        _ = try invite(house)
        #expect(try JoinCode(house.command(["station", "invite", "new", "--days", "1"])) != nil)
        #expect(try house.command(["station", "list"]).contains("new"))
    }

    @Test func `a pool without a station has no key to show, and shows it once another process has made it`() throws {
        let house = try PoolHouse(on: .postgres, stations: [])
        try house.serve()
        #expect(try house.ask("GET", "/v1/key").problem == "not-found")
        let code = try invite(house)
        let board = try Board(in: house.folder, "board")
        #expect(try join(house, board.request(code)).status == 200)
        #expect(try house.ask("GET", "/v1/key").status == 200)
    }
}
