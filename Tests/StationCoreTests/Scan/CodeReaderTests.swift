// What a station makes of a line: the code, what it may name, and what it is registered under.

import Testing

@testable import StationCore

@Suite("Reading codes")
struct CodeReaderTests {
    private func pattern(_ text: String) throws -> CodePattern { try #require(CodePattern(text)) }

    /// What a reader finds in a line: the key and what it may name, in one text.
    private func found(_ line: String, _ reader: CodeReader = .standard) -> String {
        switch reader.read(line) {
        case .house(let code): "house \(code.text)"
        case .mistyped: "mistyped"
        case .pass: "pass"
        case .brokenPass: "broken pass"
        case .unknown: "unknown"
        case .label(let label): "\(label.kinds.map(\.rawValue).sorted().joined(separator: "|")) \(label.key)"
        }
    }

    @Test("without schemes of its own a station reads GS1 labels, retail codes and any label")
    func standard() {
        #expect(found("4006381333931") == "item (01)04006381333931")
        #expect(found("]E04006381333931") == "item (01)04006381333931")
        #expect(found("]C18004A1") == "item (8004)A1")
        #expect(found("(8004)A1") == "item (8004)A1")
        #expect(found("https://example.org/8004/A1") == "item (8004)A1")
        #expect(found("]C18018095011015300000010") == "borrower-card (8018)095011015300000010")
        #expect(found("INV-1") == "borrower-card|item|locker INV-1")
        #expect(found("4006381333932") == "borrower-card|item|locker 4006381333932", "another number of a house")
        #expect(found("]C110AB") == "unknown", "a GS1 label that names nothing")
    }

    @Test("a pass is read whatever bar code it is in, and one that lost something is no label")
    func passes() {
        let pass = Pass.sample(.item(SampleHouse.drill.id)).signed()
        for line in [pass.text, "]Q1" + pass.text, "]C0" + pass.text.lowercased()] {
            #expect(CodeReader.standard.read(line) == .pass(pass) && CodeReader.standard.read(line).keys.isEmpty)
        }
        let framed = CodeReader(schemes: [], frame: .init(prefix: "~", suffix: "$"), isIdentified: true)
        #expect(framed.read("~]Q1\(pass.text)$") == .pass(pass))
        #expect(CodeReader.standard.read(String(pass.text.dropLast())) != .pass(pass))
        for count in [SignedPass.likelyCount, pass.text.count - 1] {
            let line = String(pass.text.prefix(count))
            guard case .brokenPass = CodeReader.standard.read(line) else {
                Issue.record("\(count) characters of a pass are no broken one")
                continue
            }
        }
        // Labels may begin so.
        for label in ["MP", "MP3-player", "MP-2026-17", String(pass.text.prefix(SignedPass.likelyCount - 1))] {
            guard case .label = CodeReader.standard.read(label) else {
                Issue.record("'\(label)' is no label")
                continue
            }
        }
    }

    @Test("house codes are read whatever bar code they are in")
    func houseCodes() {
        let code = HouseCode.of(.item, "0A7").text
        for line in [code, code.lowercased(), "]C0" + code, "]Q1" + code] { #expect(found(line) == "house \(code)") }
        #expect(found(code + code) == "mistyped", "two labels in one shot")
    }

    @Test("a scheme names what it was set up for, and checks what it can")
    func schemes() throws {
        let reader = CodeReader(schemes: [
            CodeScheme([.borrowerCard], .codabar(try pattern("2#{13}"))),
            CodeScheme([.item], .code39(try pattern("IN@#{4}*"), isChecked: true)),
            CodeScheme([.item], .code39(try pattern("OLD-#{4}"), isChecked: false)),
            CodeScheme([.locker], .text(try pattern("FACH#{2}"))), CodeScheme([.item], .retail),
        ])
        #expect(found("21234000012344", reader) == "borrower-card 21234000012344")
        #expect(found("A21234000012344B", reader) == "borrower-card 21234000012344")
        #expect(found("21234000012345", reader) == "mistyped")
        #expect(found("INV0042Z", reader) == "item INV0042Z")
        #expect(found("inv0042z", reader) == "item INV0042Z")
        #expect(found("INV0042Q", reader) == "mistyped")
        #expect(found("INV0042_", reader) == "unknown")
        #expect(found("OLD-0042", reader) == "item OLD-0042")
        #expect(found("FACH07", reader) == "locker FACH07")
        #expect(found("4006381333932", reader) == "mistyped")
        #expect(found("FACH7", reader) == "unknown")
        #expect(found("A12345", reader) == "unknown", "a health insurance card, say")
    }

    @Test("where the scanner says what it read, a code counts only in its own kind of bar code")
    func identified() throws {
        let schemes = [
            CodeScheme([.borrowerCard], .codabar(try pattern("#{14}"))), CodeScheme([.item], .gs1([.gtin, .giai])),
            CodeScheme([.item], .code39(try pattern("#{14}"), isChecked: false)),
            CodeScheme([.locker], .text(try pattern("F#{2}"))),
        ]
        let reader = CodeReader(schemes: schemes, isIdentified: true)
        #expect(found("]F021234000012344", reader) == "borrower-card 21234000012344")
        #expect(found("]A021234000012344", reader) == "item 21234000012344")
        #expect(found("21234000012344", reader) == "unknown", "typed by a person, or the scanner is set up otherwise")
        #expect(found("]Q1(8004)A1", reader) == "item (8004)A1")
        #expect(found("F07", reader) == "locker F07")
        #expect(found("]C0F07", reader) == "locker F07")
        #expect(schemes[0].overlaps(schemes[2], identified: false))
        #expect(!schemes[0].overlaps(schemes[2], identified: true))
    }

    @Test("what the scanner puts around a code is taken off where it is there")
    func frame() {
        let reader = CodeReader(
            schemes: CodeReader.standardSchemes, frame: CodeReader.Frame(prefix: "~>", suffix: "<~"))
        for line in ["~>]C18004A1<~", "]C18004A1<~", "~>]C18004A1", "8004A1"] {
            #expect(found(line, reader) == "item (8004)A1", "\(line)")
        }
        #expect(found("~>", reader) == "unknown")
    }

    @Test("a code is looked up under its key, and under what its plain text is registered as")
    func keys() {
        func keys(_ line: String, _ reader: CodeReader = .standard) -> [String] {
            if case .label(let label) = reader.read(line) { label.keys } else { [] }
        }
        #expect(keys("8004A1") == ["(8004)A1", "8004A1"])
        #expect(keys("]C18004A1") == ["(8004)A1", "8004A1"])
        #expect(keys("(8004)A1") == ["(8004)A1"])
        #expect(keys("INV-1") == ["INV-1"])
        let digits = CodeScheme([.item], .text(CodePattern("#{8}")!))
        #expect(keys("96385074", CodeReader(schemes: [digits])) == ["96385074", "(01)00000096385074"])
        for text in ["(8004)A1", "https://example.org/8004/A1", "4006381333931", "mT0a70", "INV-1"] {
            let key = CodeReader.key(ofRegistered: text)
            #expect(CodeReader.key(ofRegistered: key) == key, "\(text)")
        }
    }

    @Test("schemes that can know the same code overlap, and those that can look like house codes are found")
    func overlaps() throws {
        let codabar = CodeScheme([.borrowerCard], .codabar(try pattern("2#{13}")))
        let retail = CodeScheme([.item], .retail)
        let assets = CodeScheme([.item], .gs1([.giai]))
        let products = CodeScheme([.item], .gs1([.gtin]))
        let numbers = CodeScheme([.item], .text(try pattern("#{8-14}")))
        #expect(!codabar.overlaps(retail, identified: false) && !codabar.overlaps(assets, identified: false))
        #expect(codabar.overlaps(numbers, identified: false) && numbers.overlaps(codabar, identified: true))
        #expect(retail.overlaps(numbers, identified: false) && retail.overlaps(assets, identified: false))
        #expect(!retail.overlaps(assets, identified: true))
        #expect(!retail.overlaps(products, identified: false), "one has sixteen digits at least")
        #expect(try CodeScheme([.item], .text(pattern("M?{5}"))).overlapsHouseCodes)
        #expect(try CodeScheme([.item], .text(pattern("mt*{5}"))).overlapsHouseCodes)
        #expect(!assets.overlapsHouseCodes && !retail.overlapsHouseCodes && !codabar.overlapsHouseCodes)
        #expect(try !CodeScheme([.item], .text(pattern("MT-#{5}"))).overlapsHouseCodes)
    }

    @Test("check digits: one wrong digit is always found, by GS1's weights and by Luhn's")
    func checkDigits() {
        let systems: [(String, (String) -> Bool)] = [
            ("4006381333931", { CheckDigit.isRightByGS1($0) }), ("21234000012344", { CheckDigit.isRightByLuhn($0) }),
        ]
        for (text, isRight) in systems {
            let digits = Array(text)
            #expect(isRight(text))
            for place in digits.indices {
                for digit in "0123456789" where digit != digits[place] {
                    var wrong = digits
                    wrong[place] = digit
                    #expect(!isRight(String(wrong)))
                }
            }
            #expect(!isRight("") && !isRight("0") && !isRight("x" + text))
        }
        #expect(Modulus43.isRight("CODE 39R") && !Modulus43.isRight("CODE 39X") && !Modulus43.isRight("code 39R"))
        #expect(!Modulus43.isRight("") && !Modulus43.isRight("R"))
    }
}
