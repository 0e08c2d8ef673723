// Schemes say which codes a house uses besides its own, and what they name: a city's inventory numbers, library cards,
// GS1 labels. What no scheme knows is nobody's code.

/// What a label or card may name.
public enum CodeKind: String, CaseIterable, Sendable {
    case item
    case locker
    case borrowerCard = "borrower-card"
}

/// One kind of code that a station reads.
public struct CodeScheme: Equatable, Sendable {
    /// How its codes are built and checked.
    public enum Form: Equatable, Sendable {
        /// GS1 element strings or a GS1 Digital Link with one of these keys.
        case gs1(Set<GS1Key.Kind>)
        /// EAN-13, EAN-8 or UPC-A: names all pieces of a product alike.
        case retail
        /// Digits in Codabar with a Luhn check digit, as library cards have them.
        case codabar(CodePattern)
        /// Code 39, whose last character is a check character where `isChecked`.
        case code39(CodePattern, isChecked: Bool)
        /// Anything that fits a pattern, in whatever bar code.
        case text(CodePattern)
        /// Any text at all.
        case anything
    }

    /// What its codes may name.
    public var kinds: Set<CodeKind>
    /// How its codes are built.
    public var form: Form

    /// A scheme; see the properties.
    public init(_ kinds: Set<CodeKind>, _ form: Form) {
        self.kinds = kinds
        self.form = form
    }

    /// How a text relates to a scheme.
    enum Match: Equatable {
        /// It is no code of this scheme.
        case foreign
        /// It is one but for its check digit.
        case mistyped
        /// It is one; what it names is registered under this text.
        case code(String)
    }

    /// Reads a text as a code of this scheme; `symbology` is what the scanner said of the bar code, if anything.
    func match(_ text: String, _ symbology: SymbologyIdentifier.Symbology?) -> Match {
        guard symbology.map(accepts) ?? true else { return .foreign }
        switch form {
        case .gs1(let kinds):
            guard let key = GS1Key(spelled: text), kinds.contains(key.kind) else { return .foreign }
            return .code(key.text)
        case .retail:
            guard [8, 12, 13].contains(text.utf8.count), text.utf8.allSatisfy(\.isASCIIDigit) else { return .foreign }
            return GS1Key(retail: text).map { .code($0.text) } ?? .mistyped
        case .codabar(let pattern):
            let digits = Self.withoutCodabarFrame(text)
            guard digits.utf8.allSatisfy(\.isASCIIDigit), pattern.fits(digits) else { return .foreign }
            return CheckDigit.isRightByLuhn(digits) ? .code(digits) : .mistyped
        case .code39(let pattern, let isChecked):
            let upper = text.uppercased()
            guard Modulus43.isSpelled(in: upper), pattern.fits(upper) else { return .foreign }
            return !isChecked || Modulus43.isRight(upper) ? .code(upper) : .mistyped
        case .text(let pattern):
            return pattern.fits(text) ? .code(text) : .foreign
        case .anything:
            return text.isEmpty ? .foreign : .code(text)
        }
    }

    /// Codabar begins and ends with one of A to D, which some scanners send and some don't.
    private static func withoutCodabarFrame(_ text: String) -> String {
        let frame = "ABCDabcd"
        guard text.utf8.count > 2, let first = text.first, let last = text.last, frame.contains(first),
            frame.contains(last)
        else { return text }
        return String(text.dropFirst().dropLast())
    }

    private func accepts(_ symbology: SymbologyIdentifier.Symbology) -> Bool {
        switch form {
        case .gs1: [.gs1, .qrCode, .dataMatrix].contains(symbology)
        case .retail: symbology == .retail
        case .codabar: symbology == .codabar
        case .code39: symbology == .code39
        case .text, .anything: symbology != .gs1
        }
    }

    /// Whether its codes need no word from the scanner on what bar code they were in.
    var isSpelledOut: Bool {
        switch form {
        case .text, .anything: true
        case .gs1, .retail, .codabar, .code39: false
        }
    }

    // MARK: - Comparing schemes

    /// Whether some text is, or may be, a code of both schemes, so that what it names depends on their order.
    ///
    /// - Parameter identified: whether the scanner says what kind of bar code it read.
    public func overlaps(_ other: CodeScheme, identified: Bool) -> Bool {
        if identified, !sharesSymbology(with: other) { return false }
        return area.contains { mine in other.area.contains { mine.overlaps($0) } }
    }

    /// Whether some text is, or looks like, a house code too.
    public var overlapsHouseCodes: Bool { area.contains { area in Self.houseCodes.contains { $0.overlaps(area) } } }

    private func sharesSymbology(with other: CodeScheme) -> Bool {
        let all: [SymbologyIdentifier.Symbology] = [
            .code39, .code128, .codabar, .retail, .dataMatrix, .qrCode, .gs1, .other,
        ]
        return all.contains { accepts($0) && other.accepts($0) }
    }

    /// Patterns that no code of this scheme lies beyond.
    private var area: [CodePattern] {
        switch form {
        case .gs1(let kinds):
            Self.patterns(
                ["(*{1-200}", "http*{1-200}", "HTTP*{1-200}"]
                    + kinds.sorted { $0.rawValue < $1.rawValue }.map(\.scanned))
        case .retail: Self.patterns(["#{8}", "#{12-13}"])
        case .codabar(let pattern), .code39(let pattern, _), .text(let pattern): [pattern]
        case .anything: Self.patterns(["*{1-256}"])
        }
    }

    private static let houseCodes = patterns("BCLSTbclst".flatMap { ["M\($0)?{3-22}", "m\($0)?{3-22}"] })

    private static func patterns(_ texts: [String]) -> [CodePattern] {
        texts.map { text in
            guard let pattern = CodePattern(text) else { preconditionFailure("no pattern: \(text)") }
            return pattern
        }
    }
}

extension GS1Key.Kind {
    /// How a scanner sends a label that begins with such a key.
    fileprivate var scanned: String {
        switch self {
        case .giai: "8004*{1-200}"
        case .grai: "80030#{13}*{0-200}"
        case .sgtin: "01#{14}*{2-200}"
        case .gtin: "01#{14}*{0-200}"
        case .gsrn: "8018#{18}*{0-200}"
        }
    }
}

extension GS1Key {
    /// The key in a text, in whichever of the three spellings of GS1 it is.
    init?(spelled text: String) {
        guard let message = GS1Message(printed: text) ?? GS1Message(link: text) ?? GS1Message(scanned: text) else {
            return nil
        }
        self.init(message)
    }
}
