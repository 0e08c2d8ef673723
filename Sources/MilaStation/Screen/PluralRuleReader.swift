// Reads plural rules as they stand in the CLDR, such as `v = 0 and i % 10 = 2..4 and i % 100 != 12..14`:
//
//     rule     = all ("or" all)*
//     all      = relation ("and" relation)*
//     relation = operand ("%" number)? ("=" | "!=") range ("," range)*
//     range    = number (".." number)?

/// Why a text is no plural rule.
struct PluralRuleError: Error, Equatable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

extension PluralRules.Rule {
    /// The most bytes of a rule; the longest in the CLDR has fewer than half as many.
    private static let maximumBytes = 512

    /// Reads a rule.
    ///
    /// Throws: ``PluralRuleError`` where the text is none.
    init(_ text: String) throws(PluralRuleError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw PluralRuleError("it has more than \(Self.maximumBytes) characters")
        }
        var reader = PluralRuleReader(words: try PluralRuleReader.words(of: text)[...])
        var alternatives = [try reader.relations()]
        while reader.take("or") { alternatives.append(try reader.relations()) }
        if let rest = reader.words.first { throw PluralRuleError("'\(rest)' stands where 'and' or 'or' should") }
        self.init(alternatives: alternatives)
    }
}

/// The words of a rule that are not read yet.
private struct PluralRuleReader {
    var words: ArraySlice<String>

    /// The words and signs of a text.
    static func words(of text: String) throws(PluralRuleError) -> [String] {
        var words: [String] = []
        var rest = text[...]
        while let first = rest.first {
            var word = ["!=", "..", "=", "%", ","].first(where: rest.hasPrefix).map { rest.prefix($0.count) } ?? ""
            if first.isASCII, first.isLetter { word = rest.prefix { $0.isASCII && $0.isLetter } }
            if first.isASCII, first.isNumber { word = rest.prefix { $0.isASCII && $0.isNumber } }
            guard !word.isEmpty || first == " " else {
                throw PluralRuleError("'\(first)' has no meaning in a rule")
            }
            if !word.isEmpty { words.append(String(word)) }
            rest = rest.dropFirst(max(word.count, 1))
        }
        return words
    }

    /// Takes the next word if it is this one.
    mutating func take(_ word: String) -> Bool {
        guard words.first == word else { return false }
        words.removeFirst()
        return true
    }

    /// Relations joined by `and`.
    mutating func relations() throws(PluralRuleError) -> [PluralRules.Relation] {
        var relations = [try relation()]
        while take("and") { relations.append(try relation()) }
        return relations
    }

    private mutating func relation() throws(PluralRuleError) -> PluralRules.Relation {
        guard let operand = words.popFirst().flatMap(PluralRules.Operand.init) else {
            let known = PluralRules.Operand.allCases.map(\.rawValue).joined(separator: ", ")
            throw PluralRuleError("a comparison does not begin with one of \(known)")
        }
        let modulus = take("%") ? try number(atLeast: 1) : nil
        let isNegated = take("!=")
        guard isNegated || take("=") else {
            throw PluralRuleError("'=' or '!=' is missing behind '\(operand.rawValue)'")
        }
        var ranges = [try range()]
        while take(",") { ranges.append(try range()) }
        return PluralRules.Relation(operand: operand, modulus: modulus, isNegated: isNegated, ranges: ranges)
    }

    private mutating func range() throws(PluralRuleError) -> ClosedRange<Int> {
        let first = try number(atLeast: 0)
        let last = take("..") ? try number(atLeast: first) : first
        return first...last
    }

    private mutating func number(atLeast least: Int) throws(PluralRuleError) -> Int {
        guard let number = words.popFirst().flatMap({ Int($0) }), (least...1_000_000_000).contains(number) else {
            throw PluralRuleError("a number from \(least) to 1000000000 is missing")
        }
        return number
    }
}
