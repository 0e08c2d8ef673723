// Clients that take their time are cut off, and nobody else waits for them.
//
//     dripping  ─x─x─x─x─x─x─x─│ cut off after the request's time, however busily it drips
//     others     ✓ ✓ ✓ ✓ ✓ ✓ ✓   served meanwhile

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@Suite struct SlowClientTests {
    /// Says how a connection ends, which sends these bytes and then a byte at a time of `drip`.
    private func isCutOff(_ house: PoolHouse, start: [UInt8], drip: [UInt8]) throws -> Bool {
        let (wires, deadline) = (try (0..<20).map { _ in try house.connect() }, Date().addingTimeInterval(patience))
        for wire in wires { wire.write(start) }
        var (open, served, next) = (wires, 0, 0)
        while !open.isEmpty {
            guard Date() < deadline else { return false }
            #expect(try house.ask("GET", "/health").status == 200)
            served += 1
            open = open.filter { $0.write([drip[next % drip.count]]) }
            next += 1
            usleep(20_000)
        }
        return served > 10
    }

    @Test func aHeadThatDripsInIsCutOffWhileOthersAreServed() throws {
        let house = try PoolHouse()
        try house.serve(["--request-seconds", "1"])
        #expect(try isCutOff(house, start: Array("GET /health HTTP/1.1\r\nX-Slow: ".utf8), drip: [0x61]))
        #expect(try house.ask("GET", "/health").status == 200)
    }

    @Test func aBodyThatDripsInIsCutOffWhileOthersAreServed() throws {
        let house = try PoolHouse()
        try house.serve(["--request-seconds", "1"])
        var start = Wire.request(
            "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType)
        start.removeLast(2)
        start += Array("Content-Length: 5000\r\n\r\n[".utf8)
        #expect(try isCutOff(house, start: start, drip: [0x20]))
        let journal = TestJournal()
        #expect(house.receipt(try house.take(journal.documents))?.head == journal.head)
    }

    @Test func aSilentConnectionIsCutOff() throws {
        let house = try PoolHouse()
        try house.serve(["--request-seconds", "1"])
        let wire = try house.connect()
        #expect(wire.readToEnd() == 0)
    }

    @Test func aRequestThatComesWholeInTimeIsServedOnTheSameConnectionAgainAndAgain() throws {
        let house = try PoolHouse()
        try house.serve(["--request-seconds", "1"])
        let wire = try house.connect()
        let deadline = Date().addingTimeInterval(2.5)
        while Date() < deadline {
            #expect(try wire.ask("GET", "/health").status == 200)
            usleep(100_000)
        }
    }

    @Test func moreBodiesAtOnceThanThereIsRoomForAreToldToComeAgain() throws {
        let house = try PoolHouse()
        try house.serve(["--request-seconds", "120"])
        var start = Wire.request(
            "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType)
        start.removeLast(2)
        start += Array("Content-Length: 5000\r\n\r\n[".utf8)
        // More than there are places, because a question below may hold one while the others arrive.
        let wires = try (0..<80).map { _ in try house.connect() }
        for wire in wires { wire.write(start) }
        try eventually("a closed gate") { try house.send([]).status == 429 }
        let answer = try house.send([])
        #expect(answer.problem == "busy" && answer.fields["retry-after"] == "2")
        #expect(try house.ask("GET", "/health").status == 200)
        for wire in wires { wire.close() }
        try eventually("an open gate") { try house.send([]).status == 200 }
    }

    @Test func hundredsOfIdleConnectionsLeaveTheOthersAlone() throws {
        let house = try PoolHouse()
        try house.serve(["--request-seconds", "30"])
        let wires = try (0..<500).map { _ in try house.connect() }
        let journal = TestJournal()
        #expect(house.receipt(try house.take(journal.documents))?.head == journal.head)
        #expect(wires.count == 500)
    }
}
