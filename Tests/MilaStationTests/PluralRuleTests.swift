// Plural rules: their syntax, and what they say of numbers, held against Babel, another implementation with the CLDR's own
// rules. `make test` installs it; where it is not there that suite is shown as skipped.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct PluralRuleTests {
    @Test(
        arguments: [
            ("n = 1", [1]), ("i = 1 and v = 0", [1]), ("n != 0..7", [8, 9, 10, 11, 12]), ("i = 0,3..5", [0, 3, 4, 5]),
            ("n % 10 = 2", [2, 12]), ("n%10=2", [2, 12]), ("v != 0", []),
            ("v = 0 and i % 4 = 0 or n = 1", [0, 1, 4, 8, 12]),
            ("e = 0 and i != 0 and i % 6 = 0 and v = 0 or e != 0..5", [6, 12]), ("f = 1", []),
            ("t = 0 and w = 0 and c = 0 and n = 5", [5]),
        ] as [(String, [Int])])
    func `a rule holds for the numbers that it describes`(text: String, numbers: [Int]) throws {
        let rule = try PluralRules.Rule(text)
        #expect((0...12).filter(rule.holds) == numbers)
    }

    @Test(arguments: [
        ("", "does not begin with"), ("n", "'=' or '!=' is missing"), ("n = ", "a number from 0"),
        ("n = 1 and", "does not begin"), ("n = 1 or", "does not begin"), ("x = 1", "does not begin"),
        ("n % 0 = 1", "a number from 1"), ("n = 4..2", "a number from 4"), ("n = 1 2", "stands where"),
        ("n is 1", "'=' or '!='"), ("n = 1, @integer 1", "'@' has no meaning"), ("n = 1 AND n = 2", "stands where"),
        ("n = 99999999999", "a number from 0"), ("n = 99999999999999999999", "a number from 0"),
        ("n = ١", "has no meaning"),
        ("n = 1.5", "has no meaning"), ("n == 1", "a number from 0"), ("ｎ = 1", "has no meaning"),
        (String(repeating: "n = 1 or ", count: 60), "more than 512"),
    ])
    func `what is no rule is refused with a reason`(text: String, reason: String) {
        #expect {
            _ = try PluralRules.Rule(text)
        } throws: {
            let isSaid = "\($0)".contains(reason)
            if !isSaid { Issue.record("\(text): \($0)") }
            return isSaid
        }
    }

    @Test func `what no rule is for is other`() {
        #expect(PluralRules().category(of: 1) == .other && PluralRules().categories == [.other])
    }
}

/// The other implementation.
private enum Babel {
    struct Locale: Decodable {
        let tag: String
        let rules: [String: String]
        let categories: [String]
        let weekdays: [String]
        let months: [String]
    }

    /// What it knows of languages; of all where none are named. The categories are those of the numbers.
    static func says(of tags: [String], numbers: [Int]) throws -> [Locale] {
        let folder = try Folder()
        let file = try folder.write(numbers.map(String.init).joined(separator: "\n"), to: "numbers")
        let answer = try TestTools.run("babel_says.py", [file] + tags)
        guard answer.code == 0 else { throw BenchError("babel: \(answer.errors)") }
        return try answer.output.split(separator: "\n").map {
            try JSONDecoder().decode(Locale.self, from: Data($0.utf8))
        }
    }
}

@Suite("Languages, held against another implementation", .enabled(if: TestTools.areThere, "needs babel: `make test`"))
struct LanguagesAgainstBabelTests {
    private static let numbers = Array(0...10_000)
    /// Fewer, for all languages there are; of large numbers those that some of them treat in a way of their own.
    private static let fewNumbers =
        Array(0...300) + [999, 1000, 1001, 1011, 99_999, 100_000, 999_999, 1_000_000]
        + [1_000_001, 2_000_000, 3_000_006]

    /// The first number that two ways of counting put into different categories.
    private static func difference(_ rules: PluralRules, _ categories: [String], of numbers: [Int] = numbers) -> Int? {
        zip(numbers, categories).first { rules.category(of: $0).rawValue != $1 }?.0
    }

    @Test("every number has the category that it has in the CLDR, and a rule that is nearly right is found out")
    func carried() throws {
        let languages = try Languages.builtIn().all
        let said = try Babel.says(of: languages.map { String($0.language.primary) }, numbers: Self.numbers)
        #expect(said.count == languages.count)
        for (texts, other) in zip(languages, said) {
            #expect(Self.difference(texts.plurals, other.categories) == nil, "\(texts.language)")
            #expect(Set(texts.plurals.rules.keys.map(\.rawValue)) == Set(other.rules.keys), "\(texts.language)")
        }
        let arabic = try #require(said.first { $0.tag == "ar" })
        var nearly = try #require(languages.first { $0.language.tag == "ar" }).plurals
        nearly.rules[.many] = try PluralRules.Rule("n % 100 = 11..98")
        #expect(Self.difference(nearly, arabic.categories) == 99)
    }

    @Test("the rules of every language in the CLDR can be written into a file, and mean the same there")
    func all() throws {
        let said = try Babel.says(of: [], numbers: Self.fewNumbers)
        #expect(said.count > 150)
        for other in said {
            var rules = PluralRules()
            for (name, text) in other.rules {
                let category = try #require(PluralRules.Category(rawValue: name))
                rules.rules[category] = try PluralRules.Rule(text)
            }
            #expect(
                Self.difference(rules, other.categories, of: Self.fewNumbers) == nil, "\(other.tag): \(other.rules)")
        }
    }

    @Test("weekdays and months are called as in the CLDR")
    func names() throws {
        let languages = try Languages.builtIn().all
        let said = try Babel.says(of: languages.map { String($0.language.primary) }, numbers: [])
        for (texts, other) in zip(languages, said) {
            #expect(texts.weekdays == other.weekdays, "\(texts.language)")
            #expect(texts.months == other.months, "\(texts.language)")
        }
    }
}
