// Patterns of codes: what fits them, held against regular expressions, and which overlap, held against trying all texts.

import TestSupport
import Testing

@testable import StationCore

@Suite("Code patterns")
struct CodePatternTests {
    private func pattern(_ text: String) throws -> CodePattern { try #require(CodePattern(text)) }

    @Test("each sign stands for what the handbook says")
    func signs() throws {
        #expect(try pattern("INV-#{5}").fits("INV-00042"))
        for wrong in ["INV-0042", "INV-000421", "inv-00042", "INV_00042", "INV-0004A", ""] {
            #expect(try !pattern("INV-#{5}").fits(wrong), "\(wrong)")
        }
        #expect(try pattern("@?*").fits("a1~") && !pattern("@?*").fits("11~"))
        #expect(try pattern("#{2-4}").fits("123") && !pattern("#{2-4}").fits("1") && !pattern("#{2-4}").fits("12345"))
        #expect(try pattern(##"\#\*\\\{"##).fits(##"#*\{"##))
        #expect(try pattern("*{1-256}").fits(String(repeating: "x", count: 256)))
    }

    @Test(
        "what is no pattern is refused",
        arguments: [
            "", "{2}", "#{", "#{}", "#{0}", "#{-3}", "#{3-}", "#{3-2}", "#{1-2-3}", "#{x}", "#{257}", "#{200}#{57}",
            "}",
            "#}", "\\", "a b", "ä", "#{ 2}", "#{+2}",
        ])
    func refused(_ text: String) { #expect(CodePattern(text) == nil) }

    @Test("random patterns fit what the same regular expression matches", arguments: [1, 2, 3] as [UInt64])
    func againstExpressions(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var fitting = 0
        for _ in 0..<400 {
            let (text, expression) = Self.random(&generator)
            let pattern = try pattern(text)
            let regex = try Regex(expression)
            for _ in 0..<20 {
                let code = String((0..<generator.number(below: 6)).map { _ in generator.pick(Array("aB1-")) })
                let expected = code.wholeMatch(of: regex) != nil
                if expected { fitting += 1 }
                #expect(pattern.fits(code) == expected, "\(text) and \(code), seed \(seed)")
            }
        }
        #expect(fitting > 100)
    }

    @Test("two random patterns overlap where some short text fits both", arguments: [4, 5, 6] as [UInt64])
    func overlaps(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var texts = [""]
        var layer = [""]
        for _ in 0..<4 {
            layer = layer.flatMap { start in "aB1-".map { start + String($0) } }
            texts += layer
        }
        var found = [false: 0, true: 0]
        for _ in 0..<100 {
            let (mine, theirs) = (
                try pattern(Self.random(&generator, signs: 2).text), try pattern(Self.random(&generator, signs: 2).text)
            )
            let expected = texts.contains { mine.fits($0) && theirs.fits($0) }
            #expect(mine.overlaps(theirs) == expected, "\(mine.text) and \(theirs.text), seed \(seed)")
            #expect(theirs.overlaps(mine) == expected)
            found[expected, default: 0] += 1
        }
        #expect(found[true, default: 0] > 5 && found[false, default: 0] > 5)
    }

    /// A pattern of a few signs, each for one or two characters, and the regular expression that says the same.
    private static func random(_ generator: inout SeededGenerator, signs most: Int = 3) -> (
        text: String, expression: String
    ) {
        let signs = [
            ("#", "[0-9]"), ("@", "[A-Za-z]"), ("?", "[0-9A-Za-z]"), ("*", "[ -~]"), ("a", "a"), ("B", "B"), ("1", "1"),
            ("-", "\\-"),
        ]
        var (text, expression) = ("", "")
        for _ in 0...generator.number(below: most) {
            let sign = generator.pick(signs)
            let count = generator.pick([("", ""), ("", ""), ("{2}", "{2}"), ("{1-2}", "{1,2}")])
            text += sign.0 + count.0
            expression += sign.1 + count.1
        }
        return (text, expression)
    }
}
