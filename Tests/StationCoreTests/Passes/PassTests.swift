// The form of passes: what is written can be read, and nothing else can.

import TestSupport
import Testing

@testable import StationCore

@Suite("Passes as texts")
struct PassTests {
    private static let from = WallTime.of("2026-11-20T12:00:00.000Z")
    private static let until = WallTime.of("2026-11-22T18:00:00.000Z")
    private static let pass = Pass.of(from: from, until: until)

    @Test(
        "what is written can be read again, whatever is booked",
        arguments: [
            Pass.Resource.item(.of("drill")), .category("tools"), .category("Für draußen"), .locker(.of("room-1")),
        ], ["b", "booking-2026-000017", String(repeating: "b", count: Pass.maximumBookingBytes)])
    func roundTrip(_ resource: Pass.Resource, _ booking: String) throws {
        let pass = Pass.of(
            nonce: .max, station: String(repeating: "s", count: 64), resource,
            borrower: String(repeating: "a", count: 64), from: Pass.times.lowerBound, until: Pass.times.upperBound,
            booking: booking)
        let text = pass.signed().text
        let read = try Pass.decode(text)
        #expect(read == pass.signed() && read.text == text && Pass.poolKey.sampleSigned(read))
        #expect(read.pass.isFor(resource) && read.pass.isFor(StationID.of(String(repeating: "s", count: 64))))
        #expect(try Pass.decode(text.lowercased()) == read)
        #expect(SignedPass.characterCounts.contains(text.utf8.count))
        // With a symbology identifier and the usual ends of a line it is still a line.
        #expect("]Q1\(text)\r\n".utf8.count <= LineAssembler.maximumBytes)
    }

    @Test("the shortest and the longest pass have the lengths that are promised")
    func lengths() {
        func count(_ booking: Int) -> Int {
            Pass.of(from: Self.from, until: Self.until, booking: String(repeating: "b", count: booking)).signed()
                .text.utf8.count
        }
        #expect(count(1) == SignedPass.characterCounts.lowerBound)
        #expect(count(Pass.maximumBookingBytes) == SignedPass.characterCounts.upperBound)
    }

    @Test("German and US keyboards type the text alike, and a QR code takes it as alphanumeric")
    func alphabet() {
        let text = Self.pass.signed().text
        #expect(text.hasPrefix("MP") && text.allSatisfy { HouseCode.alphabet.contains($0) })
        #expect(KeyboardLayout.retyped(text).isEmpty)
    }

    @Test("a pass that can't be said is not made")
    func limits() {
        func pass(_ from: WallTime, _ until: WallTime, _ booking: String = "b") -> Pass? {
            Pass(
                key: Pass.poolKey, nonce: PassNonce(1), station: .of("s"), resource: .category("c"),
                borrower: .of("b"), from: from, until: until, booking: .of(booking))
        }
        let second = Self.from.adding(milliseconds: 1000)
        #expect(pass(Self.from, second) != nil)
        #expect(pass(Self.from, Self.from) == nil && pass(second, Self.from) == nil)
        #expect(pass(Self.from, Self.from.adding(milliseconds: 999)) == nil)
        #expect(pass(WallTime(milliseconds: -1), second) == nil)
        #expect(pass(Self.from, Pass.times.upperBound.adding(milliseconds: 1)) == nil)
        #expect(pass(Self.from, second, String(repeating: "b", count: Pass.maximumBookingBytes + 1)) == nil)
        // Cut to whole seconds, never longer than what was booked.
        let odd = pass(Self.from.adding(milliseconds: 1), second.adding(milliseconds: 999))
        #expect(odd?.from == Self.from && odd?.until == second)
    }

    @Test("a pass names its station, what is booked and who, and nothing else")
    func marks() {
        let pass = Self.pass
        #expect(pass.isFor(StationID.of("schlaatz")) && !pass.isFor(StationID.of("babelsberg")))
        #expect(pass.isFor(.item(.of("drill"))) && !pass.isFor(.item(.of("saw"))))
        #expect(!pass.isFor(.category("drill")) && !pass.isFor(.locker(.of("drill"))))
        #expect(pass.isFor(BorrowerID.of("anna")) && !pass.isFor(BorrowerID.of("bert")))
        let other = Pass.of(nonce: 8, from: Self.from, until: Self.until)
        #expect(other.station != pass.station && other.borrower != pass.borrower && other.resource != pass.resource)
    }

    @Test("every bit that is changed shows, in the check bytes or in the signature")
    func bits() throws {
        let bytes = Self.pass.bytes + Self.pass.signed().signature
        var read = 0
        for place in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[place / 8] ^= 1 << (place % 8)
            // With the old check bytes it counts as misread …
            let check = EntryHash(of: bytes).bytes.prefix(2)
            #expect(throws: PassError.check) { try Pass.decode("MP" + Base32.encode(changed + check)) }
            // … with the right ones somebody has changed it, and the signature is wrong.
            let forged = "MP" + Base32.encode(changed + EntryHash(of: changed).bytes.prefix(2))
            guard let pass = try? Pass.decode(forged) else { continue }
            read += 1
            #expect(!Pass.poolKey.sampleSigned(pass), "bit \(place)")
        }
        // Most of them can be read; of the others the form says no.
        #expect(read > bytes.count * 7)
    }

    @Test("every character that is lost, doubled or mistyped shows")
    func characters() {
        let text = Array(Self.pass.signed().text)
        for place in text.indices {
            var lost = text
            lost.remove(at: place)
            #expect(throws: PassError.self) { try Pass.decode(String(lost)) }
            var mistyped = text
            mistyped[place] = mistyped[place] == "A" ? "B" : "A"
            #expect(throws: PassError.self) { try Pass.decode(String(mistyped)) }
        }
    }

    /// Texts that are no passes, with the reason.
    static let broken: [(text: String, error: PassError)] = {
        let pass = Pass.of(from: from, until: until)
        func text(_ bytes: [UInt8]) -> String { "MP" + Base32.encode(bytes + EntryHash(of: bytes).bytes.prefix(2)) }
        func changed(_ change: (inout [UInt8]) -> Void) -> String {
            var bytes = pass.bytes + pass.signed().signature
            change(&bytes)
            return text(bytes)
        }
        let good = pass.signed().text
        return [
            ("", .foreign), ("M", .foreign), ("MTBK1J", .foreign), ("XP" + good.dropFirst(2), .foreign),
            ("MP", .length), (String(good.dropLast(20)), .length), (good + good, .length),
            ("MP" + String(repeating: "0", count: 182), .length),
            ("MP" + String(repeating: "O", count: 194), .character), (good.replacing("0", with: "Z"), .character),
            (String(good.dropLast()) + (good.last == "0" ? "1" : "0"), .check),
            (changed { $0[0] = 2 }, .version(2)), (changed { $0[0] = 0 }, .version(0)),
            (changed { $0[21] = 0 }, .content("what it is for")),
            (changed { $0[21] = 4 }, .content("what it is for")),
            (changed { $0.replaceSubrange(42..<46, with: $0[38..<42]) }, .content("it ends before it begins")),
            (changed { $0[46] = 0x20 }, .content("the booking's name")),
            (changed { $0[47] = 0xff }, .content("the booking's name")),
        ]
    }()

    @Test("every other text is refused with its reason", arguments: broken.indices)
    func refusals(_ index: Int) {
        let (text, error) = Self.broken[index]
        #expect(throws: error) { try Pass.decode(text) }
        #expect(!error.description.isEmpty && (text.utf8.count < 80 || !error.description.contains(text)))
    }

    @Test("any bytes lead to a pass or a reason")
    func anything() {
        var generator = SeededGenerator(seed: 20_261_130)
        for _ in 0..<2000 {
            let bytes = generator.bytes(110 + generator.number(below: 45))
            let text = "MP" + Base32.encode(bytes + EntryHash(of: bytes).bytes.prefix(2))
            if let pass = try? Pass.decode(text) { #expect(pass.text == text) }
        }
    }

    @Test("nonces have one text each")
    func nonces() {
        #expect(PassNonce(0x0123_4567_89ab_cdef).description == "0123456789abcdef")
        #expect(PassNonce("0123456789abcdef") == PassNonce(0x0123_4567_89ab_cdef))
        for text in ["", "0", "0123456789ABCDEF", "0123456789abcdef0", "+123456789abcdef", "0123456789abcdeg"] {
            #expect(PassNonce(text) == nil, "\(text)")
        }
    }
}
