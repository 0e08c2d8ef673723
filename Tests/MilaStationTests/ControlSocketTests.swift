// The control socket: for this station's user alone, and whatever comes in over it, the station lends on.

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ControlSocketTests {
    @Test func `the socket is its user's alone, from the first moment on, and goes with the station`() throws {
        let house = try DemoStation()
        let files = FileManager.default
        try eventually("the socket is there") { files.fileExists(atPath: house.controlSocket) }
        try house.waitUntilReady()
        let socket = try files.attributesOfItem(atPath: house.controlSocket)
        #expect(socket[.type] as? FileAttributeType == .typeSocket && socket[.posixPermissions] as? Int == 0o600)
        let folder = try files.attributesOfItem(atPath: house.controlSocket.folder)
        #expect(try #require(folder[.posixPermissions] as? Int) & 0o077 == 0)
        #expect(house.stop(.station) == 0)
        #expect(!files.fileExists(atPath: house.controlSocket))
    }

    @Test func `each of two stations is asked itself, however often they take turns`() async throws {
        let houses = [try DemoStation(), try DemoStation()]
        var keys: [Set<String>] = [[], []]
        for house in houses { try house.waitUntilReady() }
        for turn in 0..<20 {
            let client = try #require(ControlClient.connect(houses[turn % 2].controlSocket))
            guard case .string(let key) = try JSON(parsing: await client.get("v1/status")).object?["key"] else {
                throw BenchError("a status without a key")
            }
            keys[turn % 2].insert(key)
        }
        #expect(keys.allSatisfy { $0.count == 1 } && keys[0] != keys[1])
    }

    @Test func `garbage, many connections and readers that do not read leave the station lending`() async throws {
        let house = try DemoStation()
        try await soon("the guard joins") { house.screen.contains("station-ready") }
        // Enough entries that an export does not fit into a socket's buffer.
        for _ in 0..<2000 { house.scan("nobody knows this") }
        house.scan("MCEN14")
        try await soon("all is refused") { house.screen.contains("language-chosen") }

        var held: [Int32] = []
        defer { for connection in held { close(connection) } }
        var generator = SeededGenerator(seed: 5)
        let requests = [
            "GET /v1/entries?after=0 HTTP/1.1\r\nhost: x\r\n\r\n", "GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n",
            "GET /v1/entries?after=-1 HTTP/1.1\r\nhost: x\r\n\r\n", "GET /v1/entries?after=99999999999999999999",
            "GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n", "POST /v1/lockers/1/nothing HTTP/1.1\r\n\r\n",
            "POST /v1/lockers/%2e%2e/empty HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
            "GET / HTTP/9.9\r\n", "\u{0}\u{0}", String(repeating: "A", count: 100_000),
            "GET /v1/status HTTP/1.1\r\n" + String(repeating: "x: y\r\n", count: 10_000),
        ]
        for number in 0..<200 {
            guard case .success(let connection) = UnixSocket.connect(house.controlSocket, type: UnixSocket.stream)
            else {
                Issue.record("connection \(number) was refused")
                break
            }
            held.append(connection)
            // Nobody waits for it, and nobody reads the answer.
            _ = fcntl(connection, F_SETFL, O_NONBLOCK)
            let random = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let bytes = number.isMultiple(of: 12) ? random : Array(requests[number % requests.count].utf8)
            _ = bytes.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
        }
        #expect(held.count == 200)

        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[0].label.text)
        try await soon("the station lends on") { house.screen.contains("\"id\":\"taken\"") }
        let client = try #require(ControlClient.connect(house.controlSocket))
        let status = try JSON(parsing: await client.get("v1/status"))
        #expect(status.object?["openloans"] == .integer(1))
        for path in ["v1/lockers/1/open", "v1/lockers/1/full", "v1/openings/1", "v1/nothing"] {
            await #expect(throws: JournalTrouble.self, "\(path)") { _ = try await client.get(path) }
        }
        await #expect(throws: JournalTrouble.self) {
            _ = try await client.order(AdminOrder(.found(.empty), id("9"), by: id("a"), because: nil))
        }
        #expect(house.isRunning(.station))
        #expect(house.errors(of: .station).contains("the journal failed") == false)
    }
}
