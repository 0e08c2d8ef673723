// All that the station can say in one language. Where it comes from is a file: docs/languages.md explains it to the people
// who write one.

internal import StationCore

/// The texts of one language.
struct LanguageTexts: Sendable {
    /// Which way it is written.
    enum Direction: String, Sendable {
        case leftToRight = "ltr"
        case rightToLeft = "rtl"
    }

    let language: Language
    /// What its speakers call it.
    var name: String
    /// The code that chooses it.
    var code: HouseCode
    let direction: Direction
    /// Whether nobody has read it yet who speaks it.
    var isDraft: Bool
    /// The language that says what this one has no words for; `nil` where it has words for all.
    let fallback: Language?
    let plurals: PluralRules
    var severities: [Severity: String]
    /// From Monday on.
    var weekdays: [String]
    var months: [String]
    var due: Template<DuePlace>
    /// What stands between the things of a list.
    var between: String
    /// An amount of money, and what stands before its cents.
    var money: (text: Template<MoneyPlace>, decimal: String)
    /// Nouns in all their forms, by the name that messages have for them.
    var nouns: [String: CountedNoun]
    var parts: Template<PartsPlace>
    /// By the keys of the messages.
    var messages: [String: Template<MessagePlace>]
    /// What is said otherwise of more than one piece, by the keys of the messages.
    var several: [String: Template<MessagePlace>]
    /// What commands are called on the sheets to scan from.
    var commands: [Command: String]
    var demo: [DemoText: Template<DemoPlace>]
}

/// A noun that is said with a number.
struct CountedNoun: Sendable {
    /// What is said of none at all, where that is no number.
    var none: Template<NounPlace>?
    /// A form for each category of the language.
    var forms: [PluralRules.Category: Template<NounPlace>]

    /// The noun with a number from 0.
    func said(of count: Int, by rules: PluralRules) -> String {
        let form = count == 0 ? none ?? forms[rules.category(of: count)] : forms[rules.category(of: count)]
        return form?.filled { _ in String(count) } ?? ""
    }
}

/// The texts on the demo's first screen.
enum DemoText: String, CaseIterable, Sendable {
    case heading, cards, items, commands, languages, draft, staff, badge, pin, closing
    case dataKept = "data-kept"
    case staffCommands = "staff-commands"
}

// MARK: - Right to left

extension LanguageTexts.Direction {
    /// A value from elsewhere as part of a text. From right to left it stands between Unicode's marks of an isolate
    /// (UAX #9, 2.4), so that it keeps its own direction and moves nothing around it.
    func isolated(_ value: String) -> String {
        switch self {
        case .leftToRight: value
        case .rightToLeft: value.isEmpty ? "" : "\u{2068}\(value)\u{2069}"
        }
    }

    /// A line of text. From right to left it begins with a mark of that direction: a terminal goes by the first letter
    /// of a line, and that may be one of a code.
    func line(_ text: String) -> String {
        switch self {
        case .leftToRight: text
        case .rightToLeft: text.isEmpty ? "" : "\u{200f}\(text)"
        }
    }
}
