// What admins see of stations, and of entries that were not applied.

import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct InspectionTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(arguments: Engine.allCases)
    func `admins see each station, when it came last, and what was not applied`(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine, stations: ["demo", "other"])
        try house.serve()
        func ask(_ path: String) throws -> Answer { try house.ask("GET", "/v1/stations\(path)", token: house.admin) }

        var journal = TestJournal()
        for _ in 0..<3 { journal.checkOut("drill-1") }
        var documents = journal.documents
        // Of a newer station: this pool does not know the kind.
        documents[2] = documents[2].rehashed("type", .string("org.milastation.robot-waved.v1"))
        documents[4] = documents[4].rehashed("type", .string("org.milastation.robot-danced.v1"))
        try house.take(documents)
        var copied = TestJournal()
        copied.checkOut("table")
        #expect(try house.send(copied.documents).problem == "fork")

        let stations = try #require(try ask("").json?["stations"]?.array)
        #expect(stations.map { $0["id"]?.string } == ["demo", "other"])
        #expect(stations[0]["entries"] == .integer(Int64(documents.count)) && stations[0]["setaside"] == .integer(2))
        #expect(stations[0]["forks"] == .integer(2) && stations[0]["lastcontact"]?.string != nil)
        #expect(stations[1]["entries"] == .integer(0) && stations[1]["lastcontact"] == nil)

        // In pages.
        let first = try ask("/demo/set-aside?limit=1")
        let entries = try #require(first.json?["entries"]?.array)
        #expect(entries.map { $0["document"]?.string } == [text(documents[2])])
        #expect(entries[0]["reason"]?.string?.contains("type") == true)
        let next = try #require(first.json?["next"]?.string)
        #expect(next == entries[0]["id"]?.string && next.hasSuffix("-000000000003"))
        let second = try ask("/demo/set-aside?after=\(next)").json
        #expect(second?["entries"]?.array?.map { $0["document"]?.string } == [text(documents[4])])
        #expect(second?["next"] == nil)

        let forks = try #require(try ask("/demo/forks").json?["forks"]?.array)
        #expect(forks.map { $0["document"]?.string } == copied.documents[1...].map { text($0) })
        #expect(forks[0]["hash"]?.string == copied.entries[1].hash.description)

        for path in ["/demo/set-aside", "/demo/forks", ""] {
            #expect(
                try house.ask("GET", "/v1/stations\(path)", token: house.tokens["demo"]).problem == "admins-only")
        }
        #expect(try ask("/nowhere/forks").problem == "no-such-station")
        #expect(try ask("/nowhere/set-aside").problem == "no-such-station")
        #expect(try ask("/demo/set-aside?after=3").problem == "unreadable")
    }
}
