// What admins do to lockers from a shell: orders with who and why, and the walk through every locker of a new house.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct AdminOrderTests {
    @Test func `an order says who and why, and stands in the journal with its outcome`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let opened = try house.run("locker", "1", "open", "--admin", "town-hall", "--reason", "the caretaker called")
        #expect(opened.code == 0, "\(opened.errors)")
        #expect(opened.output.contains("1: opened after 0."), "\(opened.output)")
        #expect(try house.run("locker", "2", "suspend", "--admin", "town-hall", "--reason", "wet").code == 0)
        let status = try house.run("journal", "status").output
        #expect(status.contains("locker 1: latched (sensed), in-service\n"), "\(status)")
        #expect(status.contains("locker 2: latched (sensed), suspended\n"))
        #expect(try house.run("locker", "2", "resume", "--admin", "town-hall", "--reason", "dry").code == 0)
        #expect(try house.run("locker", "2", "empty", "--admin", "town-hall").output == "2: empty.\n")

        let entries = try house.run("journal", "export").output.split(separator: "\n").map {
            try EntryDocument(parsing: Array($0.utf8)).entry
        }
        let admin = Person.admin(id("town-hall"))
        let orders = entries.filter { $0.disclosure?.person == admin }
        #expect(orders.map(\.kind) == [.serviceBegun, .serviceSuspended, .serviceResumed, .contentChecked])
        #expect(orders.map(\.fields.reason) == ["the caretaker called", "wet", "dry", nil])
        #expect(orders.allSatisfy { $0.fields.admin == $0.disclosure?.digest && $0.fields.staff == nil })
        let served = try #require(entries.first { $0.kind == .serviceCompleted })
        #expect(served.fields.opening == orders[0].number && served.fields.basis == .sensed)
        #expect(try house.run("journal", "verify").code == 0)
    }

    @Test func `who or why missing, or a locker that is not there, is wrong usage; nothing is written`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let before = try entries(of: house)
        for (words, complaint) in [
            (["1", "open"], "Say why with --reason"), (["1", "open", "--reason", ""], "Say why with --reason"),
            (["1", "open", "--reason", "a\u{1b}[2J"], "Say why with --reason"),
            (["1", "open", "--reason", String(repeating: "x", count: 201)], "Say why with --reason"),
            (["1", "burn", "--reason", "cold"], "none of open, suspend, resume, empty, holds, unverified"),
            (["99", "open", "--reason", "cold"], "no locker '99'"),
            (["1", "open", "--reason", "cold", "--admin", "two words"], "Say who you are with --admin"),
        ] {
            let end = try TestProcess.run("mila-station", ["locker"] + words + ["--config", house.configuration])
            #expect(end.code == 2 && end.errors.contains(complaint), "\(words): \(end.errors)")
        }
        #expect(try entries(of: house) == before)
    }

    @Test func `what can't be opened is refused with the reason, and the refusal is written down`() throws {
        let house = try DemoStation(configuration: Doors.byHand)
        try house.waitUntilReady()
        let first = try TestProcess(
            "mila-station",
            ["locker", "1", "open", "--reason", "look", "--admin", "a", "--config", house.configuration])
        try eventually("the coil of locker 1 is energised") { Doors(house).pulses(of: "1") == 1 }
        let second = try house.run("locker", "1", "open", "--reason", "look", "--admin", "b")
        #expect(second.code == 1 && second.output.contains("somebody is at this door"), "\(second.output)")
        try Doors(house).move("1", isOpen: true)
        try eventually("it is seen open") { first.output.contains("1: open. Shut it again.") }
        try Doors(house).move("1", isOpen: false)
        #expect(first.wait() == 0 && first.output.contains("1: opened after"), "\(first.output)\(first.errors)")
        try house.kill(.guardian)
        try eventually("the guard is missed") { house.screen.contains("station-out-of-order") }
        let third = try house.run("locker", "1", "open", "--reason", "look", "--admin", "b")
        #expect(third.code == 1 && third.output.contains("the lock guard does not answer"), "\(third.output)")
        let refusals = try house.run("journal", "export").output.split(separator: "\n").map {
            try EntryDocument(parsing: Array($0.utf8)).entry
        }.filter { $0.kind == .refused }
        #expect(refusals.map(\.fields.reason) == ["locker-in-use", "guard-absent"])
        #expect(!house.screen.contains("locker-in-use"), "nobody at the station asked for it")
    }

    @Test func `a body that does not say who or why is refused, whatever else is in it`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let before = try entries(of: house)
        for body in [
            "", "{}", "[]", "{\"admin\":\"a b\",\"reason\":\"x\"}", "{\"admin\":\"a\"}",
            "{\"admin\":\"a\",\"reason\":7}",
            "{\"admin\":\"a\",\"reason\":\"\\u0007\"}", String(repeating: "x", count: 5000), "\u{0}",
        ] {
            let head = "POST /v1/lockers/1/open HTTP/1.1\r\nhost: x\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
            let answer = try await askRaw(house.controlSocket, head + body)
            #expect(answer.hasPrefix("HTTP/1.1 4"), "\(body.prefix(40)): \(answer.prefix(80))")
        }
        for path in ["v1/openings/x", "v1/openings/\(String(repeating: "0", count: 16))-1"] {
            await #expect(throws: JournalTrouble.self, "\(path)") {
                _ = try await ControlClient.connect(house.controlSocket)?.get(path)
            }
        }
        #expect(try entries(of: house) == before)
    }

    private func entries(of house: DemoStation) throws -> String {
        let status = try house.run("journal", "status").output
        return try #require(status.split(separator: "\n").first { $0.hasPrefix("entries: ") }).description
    }

    /// What comes back over the socket for some bytes.
    private func askRaw(_ socket: String, _ text: String) async throws -> String {
        guard case .success(let connection) = UnixSocket.connect(socket, type: UnixSocket.stream) else {
            throw BenchError("no connection")
        }
        defer { close(connection) }
        var bytes = Array(text.utf8)
        _ = write(connection, &bytes, bytes.count)
        var answer: [UInt8] = []
        try await soon("an answer comes") {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { answer += buffer.prefix(count) }
            return !answer.isEmpty
        }
        return String(decoding: answer, as: UTF8.self)
    }
}

/// The doors of a demo's house whose people are the test.
struct Doors {
    private let house: DemoStation

    init(_ house: DemoStation) { self.house = house }

    /// The demo's configuration without doors that move by themselves.
    static func byHand(_ yaml: String) -> String {
        yaml.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("simulated-door:") }
            .joined(separator: "\n")
    }

    /// How often a coil was energised.
    func pulses(of locker: String) -> Int {
        house.trace.count { $0.line == "demo/coil-\(locker)" && $0.value == "1" }
    }

    /// Opens or shuts a door.
    func move(_ locker: String, isOpen: Bool) throws {
        try Data((isOpen ? "0" : "1").utf8)
            .write(to: URL(fileURLWithPath: house.linesFolder + "/inputs/demo.door-\(locker)"))
    }
}
