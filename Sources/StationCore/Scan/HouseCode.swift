// House codes: the codes that MilaStation prints itself. `M`, a letter for the kind, a body, and a check
// character after ISO 7064 MOD 37,36. Letters that German and US keyboards place differently (Y, Z) or that
// people misread (I, O) occur in none of them, so a code is the same whatever the keyboard's layout.

/// A code printed by a house, with its check character found right.
public struct HouseCode: Hashable, Sendable {
    /// What a house code names.
    public enum Kind: Character, CaseIterable, Sendable {
        case borrowerCard = "B"
        case command = "C"
        case locker = "L"
        case staffBadge = "S"
        case item = "T"
    }

    /// The characters of a body: Base32 of digits and letters without I, O, Y and Z.
    public static let alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
    /// How many characters the body of a card or badge has: 16 × 5 = 80 random bits.
    public static let secretBodyCount = 16
    /// How many characters any body may have.
    public static let bodyCounts = 2...16

    /// What the code names.
    public let kind: Kind
    /// The whole code, in upper case, with its check character.
    public let text: String

    /// The body: without the leading letters and the check character.
    public var body: Substring { text.dropFirst(2).dropLast() }

    /// The code of a kind with a body, or `nil` where the body doesn't fit the kind or the code would need a
    /// check character outside ``alphabet`` (choose another body then).
    public init?(kind: Kind, body: String) {
        let bare = "M" + String(kind.rawValue) + body
        guard Self.bodyCounts.contains(body.count), body.allSatisfy(Self.alphabet.contains),
            !kind.isSecret || body.count == Self.secretBodyCount,
            let check = Modulus37And36.checkCharacter(for: bare), Self.alphabet.contains(check)
        else { return nil }
        self.kind = kind
        text = bare + String(check)
    }
}

extension HouseCode.Kind {
    /// Whether who knows the code could use the right behind it, so that it must not be guessable.
    public var isSecret: Bool {
        switch self {
        case .borrowerCard, .staffBadge: true
        case .command, .locker, .item: false
        }
    }
}

extension HouseCode {
    /// How many characters a text may have to count as a house code that lost or gained some on its way.
    private static let likelyCounts = 5...24

    /// The house code in a text, which may be in lower case; `nil` where it is none, or its check character is wrong.
    public init?(_ text: String) {
        let upper = text.uppercased()
        guard let kind = upper.dropFirst().first.flatMap(Kind.init),
            let code = HouseCode(kind: kind, body: String(upper.dropFirst(2).dropLast())), code.text == upper
        else { return nil }
        self = code
    }

    /// Whether a text looks like a house code and is none: mistyped, misread, or two of them glued together.
    public static func isNearly(_ text: String) -> Bool {
        let upper = text.uppercased()
        return upper.first == "M" && upper.dropFirst().first.flatMap(Kind.init) != nil
            && likelyCounts.contains(upper.utf8.count) && upper.utf8.allSatisfy(\.isASCIILetterOrDigit)
            && upper.utf8.contains(where: \.isASCIIDigit)
    }
}
