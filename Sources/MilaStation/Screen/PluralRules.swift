// Which form of a noun goes with a number: the plural rules of a language in the form that the Unicode CLDR gives them
// (UTS #35, part 3, section 5), evaluated for whole numbers.

/// The plural rules of one language.
struct PluralRules: Equatable, Sendable {
    /// The categories of the CLDR, in the order in which their rules are tried. What no rule is for is `other`.
    enum Category: String, CaseIterable, Sendable {
        case zero, one, two, few, many, other
    }

    /// The rules of all categories but `other`.
    var rules: [Category: Rule] = [:]

    /// The categories that this language has.
    var categories: [Category] { Category.allCases.filter { $0 == .other || rules[$0] != nil } }

    /// The category of a whole number from 0.
    func category(of number: Int) -> Category {
        Category.allCases.first { rules[$0]?.holds(for: number) == true } ?? .other
    }

    /// Relations of which all must hold, or else all of another list.
    struct Rule: Equatable, Sendable {
        let alternatives: [[Relation]]

        func holds(for number: Int) -> Bool {
            alternatives.contains { $0.allSatisfy { $0.holds(for: number) } }
        }
    }

    /// One comparison, such as `i % 10 = 2..4,7`.
    struct Relation: Equatable, Sendable {
        let operand: Operand
        let modulus: Int?
        let isNegated: Bool
        let ranges: [ClosedRange<Int>]

        func holds(for number: Int) -> Bool {
            let value = operand.value(of: number)
            let rest = modulus.map { value % $0 } ?? value
            return ranges.contains { $0.contains(rest) } != isNegated
        }
    }

    /// What a relation looks at in a number, by the letters of the CLDR.
    enum Operand: String, CaseIterable, Sendable {
        /// The number, and its whole part.
        case n, i
        /// How many digits stand behind the decimal point, and what they are, with and without trailing zeros; the
        /// exponent of a compact form. A whole number that is written out has none of them.
        case v, w, f, t, c, e

        func value(of number: Int) -> Int {
            switch self {
            case .n, .i: number
            case .v, .w, .f, .t, .c, .e: 0
            }
        }
    }
}
