// The code on the piece of paper with which a station joins.

import TestSupport
import Testing

@testable import StationCore

@Suite struct JoinCodeTests {
    private static let poolKey = key(7)
    private static func key(_ byte: UInt8) -> NoteKey {
        guard let key = NoteKey(name: "pool.city.example", publicKey: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("the name and the length fit")
        }
        return key
    }

    private static let codes = (UInt64(0)..<200).compactMap { seed -> JoinCode? in
        var generator = SeededGenerator(seed: seed)
        let secret = (0..<JoinCode.secretByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return JoinCode(secret: secret, poolKey: poolKey)
    }

    @Test func `a code is read as it was written, however it is typed`() {
        #expect(Self.codes.count > 150, "few secrets have a check character that people mistake")
        for code in Self.codes {
            #expect(code.text.utf8.count == 33 + 7 && !code.text.contains { "IOYZ".contains($0) })
            for typed in [
                code.text, code.text.lowercased(), code.text.filter { $0 != "-" },
                " " + code.text.replacing("-", with: " ") + " ",
            ] { #expect(JoinCode(typed) == code) }
            #expect(code.names(Self.poolKey) && !code.names(Self.key(8)))
        }
    }

    @Test func `a wrong character, one too few, one too many and two exchanged are noticed`() throws {
        let code = try #require(Self.codes.first)
        let characters = Array(code.text.filter { $0 != "-" })
        for index in characters.indices {
            for other in HouseCode.alphabet + "IOYZ-!Ä" where other != characters[index] {
                var wrong = characters
                wrong[index] = other
                #expect(JoinCode(String(wrong)) == nil, "\(String(wrong))")
            }
            #expect(JoinCode(String(characters[..<index] + characters[(index + 1)...])) == nil)
            guard index > 0, characters[index] != characters[index - 1] else { continue }
            var exchanged = characters
            exchanged.swapAt(index, index - 1)
            #expect(JoinCode(String(exchanged)) == nil)
        }
        #expect(JoinCode(code.text + "0") == nil && JoinCode("") == nil)
        // As many bytes, and fewer characters.
        #expect(JoinCode("AAAAAAAA\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}") == nil)
        #expect(JoinCode("AAAAAAAAA" + String(repeating: "\u{301}", count: 12)) == nil)
    }

    @Test func `a secret of another length makes no code`() {
        #expect(JoinCode(secret: [1, 2, 3], poolKey: Self.poolKey) == nil)
    }

    @Test func `notes and request are read as they were written, and nothing else is`() throws {
        let source = EntrySource(stored: "tag:city.example,2026:station:demo")
        let note = JoinNote(source: source, key: Self.poolKey, invitation: EntryHash(of: [1]))
        #expect(JoinNote(text: note.text) == note)
        let welcome = WelcomeNote(source: source, key: Self.poolKey, token: "mila-station-x")
        #expect(WelcomeNote(text: welcome.text) == welcome)
        #expect(JoinNote(text: welcome.text) == nil && WelcomeNote(text: note.text) == nil)
        let request = JoinRequest(secret: [UInt8](repeating: 3, count: 10), note: note.text)
        #expect(JoinRequest(body: request.body) == request)
        for body in [
            "", "{}", "[]", #"{"note":"x","secret":"AAAA"}"#, #"{"note":1,"secret":"AwMDAwMDAwMDAw"}"#,
            #"{"note":"x","secret":"AwMDAwMDAwMDAw","more":1}"#,
        ] { #expect(JoinRequest(body: Array(body.utf8)) == nil, "\(body)") }
    }
}
