// Whatever bytes arrive, the pool gives a defined answer and serves the next one (rule S11).

import Foundation
import StationCore
import TestSupport
import Testing

@Suite struct HostileRequestTests {
    let house: PoolHouse

    init() throws {
        house = try PoolHouse()
        try house.serve()
    }

    func post(_ body: [UInt8], type: String? = EntryBatch.mediaType) throws -> Answer {
        try house.ask("POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: type, body: body)
    }

    /// Whether the pool still takes what is right.
    func isWell() throws -> Bool { house.receipt(try house.take(TestJournal().documents)) != nil }

    @Test(arguments: [
        "", " ", "[", "]", "{}", "7", "null", "[null]", "[1.5]", "[1e9]", "{\"a\":1,\"a\":2}", "[{\"id\":1,\"id\":2}]",
        "[\"\\ud800\"]", "[9007199254740993]", "<!doctype html><title>Please log in</title>", "[01]", "[\"\u{1}\"]",
    ])
    func whatIsNoJSONBatchIsNamedAsSuch(_ text: String) throws {
        let answer = try post(Array(text.utf8))
        #expect(answer.status == 400 && answer.problem == "unreadable")
        #expect(try isWell())
    }

    @Test func malformedUTF8IsNoBatch() throws {
        for bytes: [UInt8] in [[0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff]] {
            #expect(try post([0x5b, 0x22] + bytes + [0x22, 0x5d]).problem == "unreadable")
        }
        #expect(try isWell())
    }

    @Test func deepNestingIsNoBatch() throws {
        let depth = 200_000
        let body = [UInt8](repeating: 0x5b, count: depth) + [UInt8](repeating: 0x5d, count: depth)
        #expect(try post(body).problem == "unreadable")
        #expect(try isWell())
    }

    @Test(arguments: [nil, "application/json", "text/html", "application/cloudevents+json", "x"])
    func anotherMediaTypeIsNotTaken(_ type: String?) throws {
        #expect(try post(Array("[]".utf8), type: type).problem == "wrong-media-type")
        #expect(try post(Array("[]".utf8), type: "Application/CloudEvents-Batch+JSON; charset=utf-8").status == 200)
    }

    @Test func tooLargeABodyIsRefusedBeforeItIsRead() throws {
        let wire = try house.connect()
        var head = Wire.request(
            "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType)
        head.removeLast(2)
        // Only the length is sent, none of the body.
        wire.write(head + Array("Content-Length: \(EntryBatch.maximumBytes + 1)\r\n\r\n".utf8))
        #expect(try wire.answer().problem == "too-large")
        // Who goes on sending all the same is cut off.
        let chunk = [UInt8](repeating: 0x20, count: 65_536)
        var sent = 0
        while sent < 10_000, wire.write(chunk) { sent += 1 }
        #expect(sent < 10_000)
        #expect(try isWell())
    }

    @Test func tooLargeABodyWithoutALengthIsRefusedToo() throws {
        let wire = try house.connect()
        var head = Wire.request(
            "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType)
        head.removeLast(2)
        wire.write(head + Array("Transfer-Encoding: chunked\r\n\r\n".utf8))
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 65_536) + Array("\r\n".utf8)
        for _ in 0..<9 { wire.write(chunk) }
        #expect(try wire.answer().problem == "too-large")
        #expect(try isWell())
    }

    @Test func aFullBatchIsTakenAndOneEntryMoreIsNot() throws {
        var journal = TestJournal()
        journal.lend(times: 126)
        func body(_ count: Int) -> [UInt8] {
            [0x5b] + Array(journal.documents.prefix(count).joined(separator: [0x2c])) + [0x5d]
        }
        #expect(try post(body(501)).problem == "too-large")
        #expect(try post(body(500)).status == 200)
    }

    @Test func headersAreBounded() throws {
        for fields in [
            ["X-A: " + String(repeating: "a", count: 9_000)],
            (0..<100).map { "X-\($0): a" },
            (0..<20).map { "X-\($0): " + String(repeating: "a", count: 2_000) },
        ] {
            let wire = try house.connect()
            wire.write(Wire.request("GET", "/health", fields: fields))
            #expect(try wire.answer().status == 400)
            #expect(wire.readToEnd() != nil)
        }
        #expect(try house.ask("GET", "/health", fields: ["X-A: " + String(repeating: "a", count: 4_000)]).status == 200)
    }

    @Test func whatIsNoHTTPIsCutOff() throws {
        for text in ["\r\n\r\n\u{16}\u{3}\u{1}", String(repeating: "\0", count: 4096), "GET\r\n\r\n"] {
            let wire = try house.connect()
            wire.write(text)
            #expect(wire.readToEnd() != nil)
        }
        #expect(try isWell())
    }

    @Test func aBodyThatEndsTooSoonIsNoBatch() throws {
        let wire = try house.connect()
        var request = Wire.request(
            "POST", "/v1/stations/demo/entries", token: house.tokens["demo"], type: EntryBatch.mediaType,
            body: EntryBatch.body(TestJournal().documents).body)
        request.removeLast(10)
        wire.write(request)
        wire.close()
        #expect(try house.take([]).receipt == "")
        #expect(try isWell())
    }

    @Test func addressesThatDoNotExistAreNamedAsSuch() throws {
        for (method, path) in [
            ("GET", "/"), ("GET", "/v1"), ("DELETE", "/v1/items"), ("GET", "/../../etc/passwd"), ("POST", "/health"),
            ("GET", "/v1/stations//register"), ("PATCH", "/health"),
        ] {
            let answer = try house.ask(method, path)
            #expect([404, 405, 401].contains(answer.status), "\(method) \(path): \(answer.status)")
            #expect(answer.problem != nil)
        }
    }

    @Test func hostileNamesReachTheLogHarmlessly() throws {
        var document = TestJournal().documents[0]
        document = document.with("source", .string("\u{1b}[31mtag\u{202e}\nforged log line"))
        document = document.rehashed("time", .string("2026-12-04T17:00:00.000Z"))
        #expect(try post([0x5b] + document + [0x5d]).problem == "foreign-source")
        let log = try #require(house.process).errors
        #expect(log.contains("forged log line") && !log.contains("\u{1b}") && !log.contains("\u{202e}"))
        #expect(!log.contains("\nforged"))
    }

    @Test func manyRequestsOnOneConnectionAreAnsweredInOrder() throws {
        let wire = try house.connect()
        let requests = (0..<200).map { Wire.request("GET", $0 % 2 == 0 ? "/health" : "/nothing") }
        wire.write(Array(requests.joined()))
        for number in 0..<200 { #expect(try wire.answer().status == (number % 2 == 0 ? 200 : 404)) }
    }
}
