// House codes and their check character, and what a line of text counts as.

import Testing

@testable import StationCore

extension Modulus37And36 {
    /// Whether the last character of a text is the check character of the rest.
    fileprivate static func isValid(_ text: String) -> Bool {
        text.last.map { checkCharacter(for: text.dropLast()) == $0 } ?? false
    }
}

@Suite("Check characters, ISO/IEC 7064 MOD 37,36")
struct CheckCharacterTests {
    private static let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    /// Published identifiers that carry such a check character: a GRid, two EIDR, an ISAN and a versioned ISAN.
    static let published = [
        "A12425GABC1234002M", "EA7379D71B2BB3783A73M", "779185342C23903086105", "00000000D07A0090Q",
        "00000001894700008", "000000018947000000000000D",
    ]

    @Test("published identifiers are right, and right with no other check character", arguments: published)
    func identifiers(_ text: String) {
        #expect(Modulus37And36.isValid(text))
        #expect(Modulus37And36.checkCharacter(for: text.dropLast()) == text.last)
        #expect(Self.characters.count { Modulus37And36.isValid(String(text.dropLast()) + String($0)) } == 1)
    }

    @Test("text with anything but digits and capitals has no check character", arguments: ["a", "A-1", "Ä", "1 ", "１"])
    func strange(_ text: String) {
        #expect(Modulus37And36.checkCharacter(for: text) == nil)
        #expect(!Modulus37And36.isValid(text + "0") && !Modulus37And36.isValid(""))
    }

    /// Codes of every kind.
    private static let samples = HouseCode.Kind.allCases.map { HouseCode.of($0, "0A7").text }

    @Test("every single wrong character is found: the standard guarantees it", arguments: samples + published)
    func substitutions(_ code: String) {
        let original = Array(code)
        for place in original.indices {
            for character in Self.characters where character != original[place] {
                var wrong = original
                wrong[place] = character
                #expect(!Modulus37And36.isValid(String(wrong)), "\(String(wrong))")
            }
        }
    }

    @Test("every swap of neighbours in these codes is found", arguments: samples)
    func transpositions(_ code: String) {
        let original = Array(code)
        for place in original.indices.dropLast() where original[place] != original[place + 1] {
            var wrong = original
            wrong.swapAt(place, place + 1)
            #expect(!Modulus37And36.isValid(String(wrong)), "\(String(wrong))")
        }
    }

    // The standard promises nearly all swaps of neighbours. How nearly: after what came before, exactly one pair of
    // neighbours can change places unseen, so of 630 possible swaps one is missed. Each of the 36 states in which the
    // method can be is reached by a first character.
    @Test("of 630 swaps of neighbours one is missed, whatever comes before them")
    func missedSwaps() {
        for first in Self.characters {
            var missed = 0
            for (index, left) in Self.characters.enumerated() {
                for right in Self.characters.dropFirst(index + 1) {
                    let check = Modulus37And36.checkCharacter(for: "\(first)\(left)\(right)")
                    if check == Modulus37And36.checkCharacter(for: "\(first)\(right)\(left)") { missed += 1 }
                }
            }
            #expect(missed == 1, "after \(first)")
        }
        #expect(Modulus37And36.isValid("779185432C23903086105"), "a published identifier with 3 and 4 exchanged")
    }
}

@Suite("House codes")
struct HouseCodeTests {
    private func read(_ text: String) -> Code { CodeReader.standard.read(text) }

    /// A text that may be anybody's label.
    private func plain(_ text: String) -> Code {
        .label(Code.Label(key: text, text: text, kinds: Set(CodeKind.allCases)))
    }

    @Test(
        "a code says its kind and body, and is read back in capitals and small letters",
        arguments: HouseCode.Kind.allCases)
    func roundTrip(_ kind: HouseCode.Kind) {
        let code = HouseCode.of(kind, "0A7")
        #expect(code.text.hasPrefix("M\(kind.rawValue)0A7") && code.body.hasPrefix("0A7"))
        #expect(read(code.text) == .house(code))
        #expect(read(code.text.lowercased()) == .house(code))
    }

    @Test("no character of a code moves between German and US keyboards or is misread for another")
    func alphabet() {
        #expect(HouseCode.alphabet.count == 32 && Set(HouseCode.alphabet).isDisjoint(with: "IOYZ"))
        #expect(HouseCode.Kind.allCases.allSatisfy { HouseCode.alphabet.contains($0.rawValue) })
        // A body whose check character would be one of the four is not printed.
        let refused = HouseCode.alphabet.filter { HouseCode(kind: .item, body: "0\($0)") == nil }
        #expect(refused.count == 4)
    }

    @Test("cards and badges carry 80 bits, and no shorter body passes for one")
    func secrets() {
        for kind in HouseCode.Kind.allCases {
            #expect((HouseCode(kind: kind, body: "0A") == nil) == kind.isSecret)
        }
        #expect(HouseCode.secretBodyCount * 5 == 80)
        #expect(HouseCode.Kind.allCases.filter(\.isSecret) == [.borrowerCard, .staffBadge])
    }

    @Test("a body of the wrong length or alphabet makes no code", arguments: ["", "0", "0Y", "0a", "0 ", "0Ä"])
    func badBodies(_ body: String) { #expect(HouseCode(kind: .item, body: body) == nil) }

    @Test("a body of seventeen characters is one too many")
    func longBody() {
        let bodies = HouseCode.alphabet.map { String(repeating: "0", count: 16) + String($0) }
        #expect(bodies.allSatisfy { HouseCode(kind: .item, body: $0) == nil })
    }

    @Test("each wrong character, lost or doubled one in a code is called mistyped, and never looked up")
    func mistyped() {
        let code = Array(HouseCode.of(.item, "0A73").text)
        for place in code.indices.dropFirst(2) {
            for character in HouseCode.alphabet where character != code[place] {
                var wrong = code
                wrong[place] = character
                #expect(read(String(wrong)) == .mistyped)
            }
            var shorter = code
            shorter.remove(at: place)
            #expect(isNoHouseCode(String(shorter)))
            var longer = code
            longer.insert(code[place], at: place)
            #expect(isNoHouseCode(String(longer)))
        }
    }

    /// Whether a text is called mistyped; by chance a lost character can give another right code, one time in 37.
    private func isNoHouseCode(_ text: String) -> Bool { read(text) == .mistyped }

    @Test(
        "what only looks a little like a house code is somebody else's",
        arguments: ["M", "MT", "MT1", "MUSEUM", "MAX12345", "MT-12345", "MBLUETEN", "A1B2C3"])
    func foreign(_ text: String) { #expect(read(text) == plain(text)) }

    @Test("a foreign code keeps its letters as they are")
    func foreignCase() { #expect(read("label-Drill") == plain("label-Drill")) }

    @Test("a text of more than 24 characters is no mistyped house code")
    func longForeign() {
        let digits = String(repeating: "1", count: 30)
        #expect(read("MT" + digits) == plain("MT" + digits))
    }

    @Test("each command has a code to print, and the code is that command", arguments: Command.allCases)
    func commands(_ command: Command) throws {
        let code = try #require(command.code)
        #expect(Command(code) == command && read(code.text) == .house(code))
    }

    @Test("a command nobody knows, or another kind of code, commands nothing")
    func noCommand() {
        #expect(Command(HouseCode.of(.command, "XX")) == nil)
        #expect(Command(HouseCode.of(.item, "FN")) == nil)
    }
}
