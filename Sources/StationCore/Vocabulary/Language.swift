// The languages that people are spoken to in. Which ones a station knows is not for the core to say: their texts are
// files, and a house may bring its own.

/// A language by its BCP 47 tag, such as `de`, `de-simple` or `zh-Hant`.
public struct Language: Hashable, Sendable, CustomStringConvertible {
    /// The tag, each part in the case that RFC 5646, 2.1.1 recommends.
    public let tag: String

    /// The language of a tag; `nil` where the text has not the shape of one: two or three letters for the language, then
    /// script, region and variants as far as there are any. Extensions and private parts say nothing about texts.
    public init?(_ tag: String) {
        guard tag.utf8.count <= Self.maximumBytes else { return nil }
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        guard let primary = parts.first, (2...3).contains(primary.count), primary.utf8.allSatisfy(\.isASCIILetter)
        else { return nil }
        var written = [primary.lowercased()]
        var stage = Part.script
        for part in parts.dropFirst() {
            guard let kind = Part(part), kind >= stage else { return nil }
            written.append(kind.written(part))
            stage = kind == .script ? .region : .variant
        }
        self.tag = written.joined(separator: "-")
    }

    private init(known tag: String) { self.tag = tag }

    /// German.
    public static let german = Language(known: "de")
    /// English.
    public static let english = Language(known: "en")

    /// The most bytes of a tag: RFC 5646, 4.4.1 asks for 35.
    private static let maximumBytes = 35

    /// The language itself, without script, region and variants.
    public var primary: Substring { tag.prefix { $0 != "-" } }

    /// The tag.
    public var description: String { tag }

    /// What may follow the language in a tag, in this order.
    private enum Part: Int, Comparable {
        case script, region, variant

        init?(_ text: Substring) {
            let bytes = text.utf8
            guard bytes.allSatisfy(\.isASCIILetterOrDigit) else { return nil }
            let isAllLetters = bytes.allSatisfy(\.isASCIILetter)
            switch bytes.count {
            case 2 where isAllLetters: self = .region
            case 3 where bytes.allSatisfy(\.isASCIIDigit): self = .region
            case 4 where isAllLetters: self = .script
            case 4 where bytes.first.map(\.isASCIIDigit) == true: self = .variant
            case 5...8: self = .variant
            default: return nil
            }
        }

        func written(_ text: Substring) -> String {
            switch self {
            case .script: text.prefix(1).uppercased() + text.dropFirst().lowercased()
            case .region: text.uppercased()
            case .variant: text.lowercased()
            }
        }

        static func < (one: Part, other: Part) -> Bool { one.rawValue < other.rawValue }
    }
}

extension LocalizedText {
    /// The text in a language: English in every kind of English, German in all others. What is written on doors and
    /// labels is German, and a name is of use to whoever can compare it with them letter by letter.
    public subscript(language: Language) -> String {
        language.primary == Language.english.primary ? english : german
    }
}
