// GS1 labels in their three spellings. What another implementation says of thousands of them is in GS1AgainstBiipTests.

import Testing

@testable import StationCore

@Suite("GS1 labels")
struct GS1Tests {
    private func key(scanned text: String) -> String? { GS1Message(scanned: text).flatMap(GS1Key.init)?.text }
    private func key(printed text: String) -> String? { GS1Message(printed: text).flatMap(GS1Key.init)?.text }
    private func key(link text: String) -> String? { GS1Message(link: text).flatMap(GS1Key.init)?.text }

    @Test("a message gives its elements in order, with and without separators where none is needed")
    func elements() throws {
        let text = "0109501101530003" + "17140704" + "10AB-123\u{1d}" + "21A1"
        let message = try #require(GS1Message(scanned: text))
        #expect(message.elements.map(\.identifier) == ["01", "17", "10", "21"])
        #expect(message.elements.map(\.data) == ["09501101530003", "140704", "AB-123", "A1"])
        #expect(
            GS1Message(scanned: "\u{1d}0109501101530003\u{1d}17140704\u{1d}\u{1d}10AB-123\u{1d}21A1\u{1d}") == message)
        #expect(GS1Message(printed: "(01)09501101530003(17)140704(10)AB-123(21)A1") == message)
        #expect(message.data(of: "10") == "AB-123" && message.data(of: "11") == nil)
    }

    @Test("each key is the same text in all spellings")
    func spellings() {
        #expect(key(scanned: "80044012345ABC") == "(8004)4012345ABC")
        #expect(key(printed: "(8004)4012345ABC") == "(8004)4012345ABC")
        #expect(key(link: "https://id.example.org/8004/4012345ABC") == "(8004)4012345ABC")
        #expect(key(link: "HTTPS://EXAMPLE.ORG/a/b/8004/4012345%2FABC?x=1#y") == "(8004)4012345/ABC")
        #expect(key(scanned: "800309501101530003S7") == "(8003)09501101530003S7")
        #expect(key(scanned: "010950110153000321A1") == "(01)09501101530003(21)A1")
        #expect(key(scanned: "21A1\u{1d}0109501101530003") == "(01)09501101530003(21)A1")
        #expect(key(link: "http://example.org/01/9501101530003/10/L/21/A1") == "(01)09501101530003(21)A1")
        #expect(key(scanned: "0109501101530003") == "(01)09501101530003")
        #expect(key(scanned: "8018095011015300000010") == "(8018)095011015300000010")
    }

    @Test("a retail code is the GTIN that it stands for, whatever its length")
    func retail() {
        #expect(GS1Key(retail: "4006381333931")?.text == "(01)04006381333931")
        #expect(GS1Key(retail: "036000291452")?.text == "(01)00036000291452")
        #expect(GS1Key(retail: "0036000291452")?.text == "(01)00036000291452")
        #expect(GS1Key(retail: "96385074")?.text == "(01)00000096385074")
        for wrong in ["4006381333932", "036000291453", "96385075", "40063813339", "40063813339E1", ""] {
            #expect(GS1Key(retail: wrong) == nil, "\(wrong)")
        }
    }

    @Test(
        "what is not whole and right is no GS1 label",
        arguments: [
            "", "\u{1d}", "8004", "0109501101530004", "01095011015300", "17141304", "17140732", "17230229", "99",
            "8004" + String(repeating: "A", count: 31), "8004A B", "8004Ä", "0495011015300031", "80031095011015300034",
            "8018095011015300000015", "10AB-123\u{1d}8004", "235", "05A",
        ])
    func wrong(_ text: String) { #expect(GS1Message(scanned: text) == nil) }

    @Test("leap days and the end of a month are dates")
    func dates() {
        for date in ["240229", "000229", "230228", "230200", "991231"] {
            #expect(GS1Message(scanned: "17" + date) != nil)
        }
        for date in ["230229", "990230", "230431", "230001", "23A101"] {
            #expect(GS1Message(scanned: "17" + date) == nil)
        }
    }

    @Test(
        "what is printed wrongly is no GS1 label",
        arguments: ["8004)A", "(8004", "(8004)", "(8004)A(", "(8004)A(10)", "(04)A", "()A", "(8004)A B", "x(8004)A"])
    func wrongPrint(_ text: String) { #expect(GS1Message(printed: text) == nil) }

    @Test(
        "a link without a key, or with more than belongs to it, is no GS1 label",
        arguments: [
            "https://example.org", "https://example.org/", "https://example.org/8004", "https://8004/A",
            "ftp://example.org/8004/A", "https://example.org/8004/A/21/B", "https://example.org/8004/A/10",
            "https://example.org/01/9501101530003/21/A/10/B", "https://example.org/01/9501101530004",
            "https://example.org/8004/A%2", "https://example.org/8004/A%zz", "https://example.org/8004/A%0A",
            "https://example.org/8004/A%20B", "https://example.org/8004/%",
        ])
    func wrongLink(_ text: String) { #expect(GS1Message(link: text) == nil) }

    @Test("a label with two keys, or none, names nothing")
    func noKey() {
        #expect(GS1Message(scanned: "10AB").flatMap(GS1Key.init) == nil)
        #expect(GS1Message(scanned: "21AB").flatMap(GS1Key.init) == nil)
        #expect(GS1Message(scanned: "8004A\u{1d}0109501101530003").flatMap(GS1Key.init) == nil)
    }

    @Test("no identifier is the beginning of another, and those of figure 7.8.5-2 have one length")
    func table() {
        let all = GS1Identifiers.all
        #expect(all.count > 400)
        for (shorter, longer) in zip(all, all.dropFirst()) {
            #expect(!longer.hasPrefix(shorter), "\(shorter) \(longer)")
        }
        for identifier in all where GS1Identifiers.endsByItself(identifier) {
            for part in GS1Identifiers.format(of: identifier)?.parts ?? [] {
                switch part {
                case .digits(let counts), .characters(let counts): #expect(counts.count == 1, "\(identifier)")
                case .checked, .date, .nought: break
                }
            }
        }
    }
}

@Suite("Symbology identifiers")
struct SymbologyIdentifierTests {
    @Test("three characters say what the bar code was")
    func split() {
        let known: [(String, SymbologyIdentifier.Symbology)] = [
            ("]C1", .gs1), ("]d2", .gs1), ("]Q3", .gs1), ("]e0", .gs1), ("]J1", .gs1), ("]C0", .code128),
            ("]A0", .code39), ("]F0", .codabar), ("]E0", .retail), ("]E4", .retail), ("]d1", .dataMatrix),
            ("]Q1", .qrCode), ("]X0", .other), ("]z9", .other),
        ]
        for (identifier, symbology) in known {
            let split = SymbologyIdentifier.split(identifier + "data")
            #expect(split?.identifier.symbology == symbology && split?.rest == "data", "\(identifier)")
        }
    }

    @Test("anything else is data", arguments: ["", "]", "]C", "C1x", "]-1x", "]C x", "x]C1"])
    func none(_ text: String) { #expect(SymbologyIdentifier.split(text) == nil) }
}
