// What the pool tells admins of a station is the station's own word, and it is fresh after each upload.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ReportServiceTests {
    /// What an admin gets from the pool; `nil` where that is not 200.
    private func ask(_ house: DemoStation, _ path: String, _ token: String) throws -> String? {
        let fetch = """
            import sys, urllib.request as web
            asked = web.Request(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]})
            sys.stdout.write(web.urlopen(asked).read().decode())
            """
        let answer = try TestProcess.run(
            "python3", ["-c", fetch, "http://127.0.0.1:\(house.poolPort)\(path)", token])
        return answer.code == 0 ? answer.output : nil
    }

    @Test func `after an upload the pool has the station's checkpoint and status`() async throws {
        let house = try DemoStation(startsStation: false)
        // A pool on SQLite owns its data while it runs.
        #expect(house.stop(.pool) == 0)
        let made = try TestProcess.run("city-pool", ["admin-token", "--data", house.poolDatabase.folder])
        let token = made.output.trimmingCharacters(in: .newlines)
        try house.start(.pool)
        try house.start(.station)
        try house.waitUntilReady()
        house.scan(SampleHouse.borrowers[0].card.text)
        house.scan("MCFN1X")

        let path = "/v1/stations/\(SampleHouse.station)"
        var head: JournalHead?
        try await soon("the pool has a checkpoint of all that the station wrote") {
            guard try house.run("journal", "status").output.contains("\nbacklog: 0"),
                let encoded = try ask(house, path + "/checkpoint", token), let note = SignedNote(encoded),
                let checkpoint = Checkpoint(text: note.text)
            else { return false }
            let key = try SigningKey(file: house.journal.folder + "/station.key", name: checkpoint.source.description)
            #expect(key.noteKey.signed(note))
            head = checkpoint.head
            return try house.run("journal", "status").output.contains("\nentries: \(checkpoint.head.sequence)\n")
        }
        let status = try JSON(parsing: Array(try #require(try ask(house, path + "/status", token)).utf8))
        #expect(status["entries"]?.integer == head.map { Int64($0.sequence) })
        #expect(status["guard"]?.string == "present" && status["lockers"]?.array?.isEmpty == false)
        #expect(house.stop(.station) == 0)
        #expect(house.stop(.pool) == 0)
    }
}
