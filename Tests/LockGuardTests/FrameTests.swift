// Messages as frames and back; any bytes lead to a message or an error.

import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

/// Every kind of message a station sends, with fields at their edges.
let stationMessages: [StationMessage] =
    [
        .hello(table: TableDigest(of: "")),
        .open(OpenRequest(number: 0, locker: 0, pulseMilliseconds: 0, issuedAt: 0)),
        .open(OpenRequest(number: .max, locker: .max, pulseMilliseconds: .max, issuedAt: .max)),
        .open(OpenRequest(number: 0x0102_0304_0506_0708, locker: 0x090a, pulseMilliseconds: 0x0b0c_0d0e, issuedAt: 1)),
        .heartbeat(count: 0), .heartbeat(count: .max), .close(3, locker: 4), .close(.max, locker: .max),
    ]
    + LampSignal.Colour.allCases.flatMap { colour in
        LampSignal.Rhythm.allCases.map { .lamp(place: 513, LampSignal(colour, $0)) }
    }

/// Every kind of message a guard sends, with every reason.
let guardMessages: [GuardMessage] =
    [
        .welcome(table: TableDigest(of: "a")),
        .accepted(7, locker: 3, at: 9), .accepted(.max, locker: .max, at: .max),
        .lineBack(locker: 4), .heartbeat(count: .max), .sensorUnsteady(contact: 7, true),
        .sensorUnsteady(contact: .max, false), .watched(place: 2, isActive: true, at: 8),
        .watched(place: .max, isActive: false, at: .max),
    ]
    + GuardMessage.Unwelcome.allCases.map { .unwelcome($0, table: TableDigest(of: "b")) }
    + GuardMessage.Refusal.allCases.map { .refused(1, locker: 2, $0) }
    + GuardMessage.Release.allCases.map { .released(1, locker: 2, at: 3, $0) }
    + GuardMessage.DoorLevel.allCases.map { .door(locker: 5, $0, at: 6) }
    + GuardMessage.LineFault.allCases.flatMap { fault in
        [.lineFault(locker: 1, fault, systemError: 16), .lineFault(locker: 1, fault, systemError: -1)]
    }

/// A frame made of bytes.
func frame(_ bytes: [UInt8]) throws -> Frame { try #require(bytes.withUnsafeBytes { Frame(packet: $0) }) }

@Suite("Frames between station and guard")
struct FrameTests {
    @Test("a station's message survives the way through a frame", arguments: stationMessages)
    func stationRoundTrip(_ message: StationMessage) throws {
        #expect(try StationMessage(message.frame) == message)
    }

    @Test("a guard's message survives the way through a frame", arguments: guardMessages)
    func guardRoundTrip(_ message: GuardMessage) throws {
        #expect(try GuardMessage(message.frame) == message)
    }

    @Test("a message of one direction is none of the other")
    func directions() {
        for message in stationMessages { #expect(throws: FrameError.self) { try GuardMessage(message.frame) } }
        for message in guardMessages { #expect(throws: FrameError.self) { try StationMessage(message.frame) } }
    }

    @Test("the bytes of an opening are what other programs may rely on")
    func layout() {
        let request = OpenRequest(number: 0x1122, locker: 0x3344, pulseMilliseconds: 0x5566, issuedAt: 0x7788)
        let bytes = StationMessage.open(request).frame.bytes
        var expected = [UInt8](repeating: 0, count: 64)
        expected[0..<6] = [2, 2, 0x44, 0x33, 0x66, 0x55]
        (expected[8], expected[9], expected[16], expected[17]) = (0x22, 0x11, 0x88, 0x77)
        #expect((0..<64).map { bytes[$0] } == expected)
    }

    @Test("a packet of another size is no frame", arguments: [0, 1, 63, 65, 128, 4096])
    func otherSizes(_ size: Int) {
        #expect([UInt8](repeating: 1, count: size).withUnsafeBytes { Frame(packet: $0) } == nil)
    }

    @Test("another version, kind or field is named as such")
    func errors() throws {
        var bytes = [UInt8](repeating: 0, count: 64)
        (bytes[0], bytes[1]) = (2, protocolVersion + 1)
        let version = try frame(bytes)
        #expect(throws: FrameError.version(protocolVersion + 1)) { try StationMessage(version) }
        (bytes[0], bytes[1]) = (200, protocolVersion)
        let kind = try frame(bytes)
        #expect(throws: FrameError.kind(200)) { try StationMessage(kind) }
        #expect(throws: FrameError.kind(200)) { try GuardMessage(kind) }
        (bytes[0], bytes[4]) = (3, 99)
        let colour = try frame(bytes)
        #expect(throws: FrameError.field("signal")) { try StationMessage(colour) }
        (bytes[0], bytes[4], bytes[5]) = (68, 0, 1)
        let reason = try frame(bytes)
        #expect(throws: FrameError.field("reason")) { try GuardMessage(reason) }
    }

    @Test("200,000 random frames never trap, and what decodes encodes to the same message")
    func randomFrames() throws {
        let seed: UInt64 = 20_261_121
        var generator = SeededGenerator(seed: seed)
        var decoded = 0
        for _ in 0..<200_000 {
            var bytes = [UInt8](repeating: 0, count: 64)
            for start in stride(from: 0, to: 64, by: 8) {
                withUnsafeBytes(of: generator.next()) { bytes.replaceSubrange(start..<start + 8, with: $0) }
            }
            // Most random bytes would fail at once; let many of them come as far as their fields.
            if Bool.random(using: &generator) { bytes[1] = protocolVersion }
            if Bool.random(using: &generator) {
                bytes[0] = [1, 2, 3, 4, 5, 65, 68, 70, 71, 74, 75].randomElement(using: &generator) ?? 0
            }
            if Bool.random(using: &generator) { bytes.replaceSubrange(4..<8, with: [bytes[4] & 7, 0, 0, 0]) }
            let frame = try frame(bytes)
            if let message = try? StationMessage(frame) {
                decoded += 1
                #expect(try StationMessage(message.frame) == message, "seed \(seed)")
            }
            if let message = try? GuardMessage(frame) {
                decoded += 1
                #expect(try GuardMessage(message.frame) == message, "seed \(seed)")
            }
        }
        #expect(decoded > 10_000, "the generator makes too few messages to show anything")
    }
}
