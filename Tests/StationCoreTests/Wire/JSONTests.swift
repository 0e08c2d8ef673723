// JSON as the parts of the system exchange it: one canonical form (RFC 8785), and a defined answer to any bytes (S11).

import TestSupport
import Testing

@testable import StationCore

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws(JSONError) -> JSON { try JSON(parsing: Array(text.utf8)) }

    @Test("the canonical form has no spaces, the shortest escapes and keys in UTF-16 order")
    func canonical() throws {
        let value = try parse(" { \"b\" : [ 1 , true , false , \"\\u0041\\/\" ] ,\n\t\"a\" : {} ,\r\"\" : [ ] } ")
        #expect(text(value.canonical) == #"{"":[],"a":{},"b":[1,true,false,"A/"]}"#)
    }

    @Test("the published example of key order: by UTF-16 units, not by code points (RFC 8785, section 3.2.3)")
    func keyOrder() throws {
        let value = try parse(
            #"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","#
                + #""\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#
        )
        let order = [
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
            "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
        ]
        let canonical = text(value.canonical)
        let places = try order.map { try #require(canonical.firstRange(of: $0)).lowerBound }
        #expect(places == places.sorted())
    }

    @Test("the published example of escapes (RFC 8785, section 3.2.2)")
    func escapes() throws {
        let value = try parse(#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#)
        #expect(text(value.canonical) == #"{"string":"€$\u000f\nA'B\"\\\\\"/"}"#)
        #expect(text(JSON.string("\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}").canonical) == #""\b\t\n\f\r\u0000\u001f\#u{7f}""#)
    }

    @Test(
        "whole numbers up to 2^53-1 either way", arguments: [0, 1, -1, 42, JSON.maximumInteger, -JSON.maximumInteger])
    func numbers(_ number: Int64) throws {
        #expect(try parse("\(number)") == .integer(number))
        #expect(text(JSON.integer(number).canonical) == "\(number)")
    }

    @Test("surrogate pairs are one character, and the text is what it was")
    func surrogates() throws {
        #expect(try parse(#""\ud83d\ude00""#) == .string("😀"))
        #expect(try parse("\"Ausleihstätte 😀\"").canonical == Array("\"Ausleihstätte 😀\"".utf8))
    }

    /// What is refused, where, and what is said about it.
    static let refused: [(text: String, offset: Int, problem: String)] = [
        ("", 0, "ends where a value should be"), ("   ", 3, "ends where a value should be"),
        ("null", 0, "null has no meaning"), ("nil", 0, "null has no meaning"), ("tru", 0, "no JSON value"),
        ("falsch", 0, "no JSON value"), ("'a'", 0, "no JSON value"), ("1 2", 2, "more after the value"),
        ("9007199254740992", 15, "beyond 2^53-1"), ("-9007199254740992", 16, "beyond 2^53-1"),
        ("99999999999999999999999999", 15, "beyond 2^53-1"), ("-", 1, "without digits"), ("01", 0, "leading zeros"),
        ("-0", 0, "negative zero"), ("00", 0, "leading zeros"), ("1.0", 1, "whole numbers"),
        ("1e3", 1, "whole numbers"),
        ("1E3", 1, "whole numbers"), ("+1", 0, "no JSON value"), ("[1,]", 3, "no JSON value"),
        ("[1", 2, "end of the array"), ("[1 2]", 3, "end of the array"), ("{\"a\":1,}", 7, "a key is missing"),
        ("{a:1}", 1, "a key is missing"), ("{\"a\"1}", 4, "a colon is missing"), ("{\"a\":1", 6, "end of the object"),
        ("{\"a\":1,\"a\":2}", 7, "there twice"), ("{\"a\":1,\"\\u0061\":2}", 7, "there twice"),
        ("\"a", 0, "without an end"), ("\"\\", 2, "escape without an end"), ("\"\\x\"", 3, "unknown escape"),
        ("\"\\u12\"", 3, "hexadecimal digits"), ("\"\\u12g4\"", 3, "hexadecimal digits"),
        ("\"\\u+123\"", 3, "hexadecimal digits"), ("\"\\ud83d\"", 7, "half a surrogate"),
        ("\"\\ud83dx\"", 7, "half a surrogate"), ("\"\\ud83d\\n\"", 8, "half a surrogate"),
        ("\"\\ud83d\\u0041\"", 13, "half a surrogate"), ("\"\\ude00\"", 7, "half a surrogate"),
        ("\"\n\"", 1, "control character"), ("\"\u{0}\"", 1, "control character"),
    ]

    @Test("what is no JSON of ours is refused, with its place and reason", arguments: refused.indices)
    func refusals(_ index: Int) {
        let (text, offset, problem) = JSONTests.refused[index]
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.offset == offset, "\(text): \(error?.description ?? "")")
        #expect(error?.problem.contains(problem) == true, "\(text): \(error?.description ?? "")")
    }

    @Test(
        "bytes that are not UTF-8 are no text",
        arguments: [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
        #expect(error?.problem == "a string that is not UTF-8")
    }

    @Test("arrays and objects may be nested 16 deep, and no deeper, however many there are")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(JSON.maximumDepth))
        for depth in [JSON.maximumDepth + 1, 100_000] {
            let error = #expect(throws: JSONError.self) { try parse(nested(depth)) }
            #expect(error?.problem.contains("nested deeper") == true)
        }
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(throws: JSONError.self) { try parse(objects) }
    }

    @Test("keys that look alike and differ in their code points are refused as the same, never merged")
    func lookAlikes() {
        let error = #expect(throws: JSONError.self) { try parse("{\"\u{e9}\":1,\"e\u{301}\":2}") }
        #expect(error?.problem == "a key that is there twice")
    }

    @Test("members can be asked for by kind")
    func kinds() throws {
        let value = try parse(#"{"s":"x","i":1,"b":true,"a":[1],"o":{}}"#)
        #expect(value["s"]?.string == "x" && value["i"]?.integer == 1 && value["b"]?.boolean == true)
        #expect(value["a"]?.array == [.integer(1)] && value["o"]?.object == [:] && value["x"] == nil)
        #expect(value.string == nil && value.integer == nil && value.boolean == nil && value.array == nil)
        #expect(JSON.integer(1).object == nil && JSON.integer(1)["s"] == nil)
    }

    // MARK: - By chance

    /// Any value, with strings from all corners of Unicode.
    private func value(_ chance: inout SeededGenerator, depth: Int = 0) -> JSON {
        switch chance.number(below: depth < 5 ? 5 : 3) {
        case 0: return .string(string(&chance))
        case 1: return .integer(Int64(chance.next() >> 11) * (chance.happens(50) ? 1 : -1))
        case 2: return .boolean(chance.happens(50))
        case 3: return .array((0..<chance.number(below: 4)).map { _ in value(&chance, depth: depth + 1) })
        default:
            var members: [String: JSON] = [:]
            for _ in 0..<chance.number(below: 4) { members[string(&chance)] = value(&chance, depth: depth + 1) }
            return .object(members)
        }
    }

    private func string(_ chance: inout SeededGenerator) -> String {
        let bounds: [UInt32] = [0x20, 0x80, 0x800, 0xd800, 0x11_0000]
        var text = String.UnicodeScalarView()
        for _ in 0..<chance.number(below: 6) {
            if let scalar = Unicode.Scalar(UInt32(chance.number(below: Int(chance.pick(bounds))))) {
                text.append(scalar)
            }
        }
        return String(text)
    }

    @Test(
        "reading what was written gives the value again, and writing it the same bytes",
        arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let value = value(&chance)
            let bytes = value.canonical
            let read = try JSON(parsing: bytes)
            #expect(read == value)
            #expect(read.canonical == bytes)
        }
    }

    @Test(
        "any bytes are a value or an error within them, and a value has a canonical form",
        arguments: 1...20 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let likely = Array("{}[]\",:\\u0123456789abdeftrunls- \n".utf8) + [0xff, 0xc3, 0x00]
        var values = 0
        for _ in 0..<400 {
            var bytes = chance.happens(60) ? value(&chance).canonical : []
            for _ in 0..<chance.number(below: 4) {
                bytes.insert(chance.pick(likely), at: chance.number(below: bytes.count + 1))
            }
            do {
                let value = try JSON(parsing: bytes)
                #expect(throws: Never.self) { try JSON(parsing: value.canonical) }
                values += 1
            } catch {
                #expect((0...bytes.count).contains(error.offset) && !error.problem.isEmpty)
            }
        }
        #expect((50..<350).contains(values), "both outcomes come up")
    }
}
