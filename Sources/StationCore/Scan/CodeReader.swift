// A line of text becomes a code: the house's own and passes first, then what the configured schemes know.

/// What a line of text is, as far as its form tells.
public enum Code: Equatable, Sendable {
    /// A house code with a right check character.
    case house(HouseCode)
    /// A code of a scheme with a wrong check digit, or a house code with a wrong check character: mistyped or misread,
    /// never looked up.
    case mistyped
    /// A pass in its right form. Whose signature it bears is for ``SignedPass/isSigned(by:verify:)`` to say.
    case pass(SignedPass)
    /// A pass that lost something on its way, or says what this program does not understand.
    case brokenPass(PassError)
    /// A code of another scheme.
    case label(Label)
    /// A code of no scheme.
    case unknown

    /// What to look it up under, in this order; nothing where no register can know it.
    public var keys: [String] {
        switch self {
        case .house(let code): [code.text]
        case .label(let label): label.keys
        case .mistyped, .pass, .brokenPass, .unknown: []
        }
    }

    /// A code that a register may know.
    public struct Label: Equatable, Sendable {
        /// What it is registered under: the same text for every spelling of the code.
        public let key: String
        /// As it was read, without what the scanner added. A register may have been written from what a scanner sent.
        public let text: String
        /// What it may name.
        public let kinds: Set<CodeKind>

        /// What to look it up under, in this order.
        public var keys: [String] {
            let registered = CodeReader.key(ofRegistered: text)
            return key == registered ? [key] : [key, registered]
        }
    }
}

/// Reads codes by the schemes of a station.
public struct CodeReader: Equatable, Sendable {
    /// What the scanner puts around each code, as it was set up.
    public struct Frame: Equatable, Sendable {
        /// What comes before each code.
        public var prefix: String
        /// What comes behind it, before the end of the line.
        public var suffix: String

        /// Nothing unless told otherwise.
        public init(prefix: String = "", suffix: String = "") {
            self.prefix = prefix
            self.suffix = suffix
        }
    }

    private let schemes: [CodeScheme]
    private let frame: Frame
    private let isIdentified: Bool

    /// A reader; where two schemes know the same text, the first one counts.
    ///
    /// - Parameter isIdentified: whether the scanner says with each code what kind of bar code it was. A line that does
    ///   not say so was typed by a person, and can be a code of a ``CodeScheme/Form/text(_:)`` only.
    public init(schemes: [CodeScheme], frame: Frame = Frame(), isIdentified: Bool = false) {
        self.schemes = schemes
        self.frame = frame
        self.isIdentified = isIdentified
    }

    /// What is read where nothing else is set up: GS1 labels and retail codes as items, GSRN as cards, and any other
    /// text under which the register knows something.
    public static let standard = CodeReader(schemes: standardSchemes)

    /// The schemes of ``standard``.
    public static let standardSchemes = [
        CodeScheme([.item], .retail), CodeScheme([.item], .gs1([.giai, .grai, .sgtin, .gtin])),
        CodeScheme([.borrowerCard], .gs1([.gsrn])), CodeScheme(Set(CodeKind.allCases), .anything),
    ]

    /// The code in a line of text. House codes may be typed in lower case.
    public func read(_ line: String) -> Code {
        let framed = unframed(line)
        let split = SymbologyIdentifier.split(framed)
        let text = split?.rest ?? framed
        if let house = HouseCode(text) { return .house(house) }
        if HouseCode.isNearly(text) { return .mistyped }
        if SignedPass.isNearly(text) {
            do { return .pass(try Pass.decode(text)) } catch { return .brokenPass(error) }
        }
        var isMistyped = false
        for scheme in schemes where !isIdentified || split != nil || scheme.isSpelledOut {
            switch scheme.match(text, split?.identifier.symbology) {
            case .foreign: break
            case .mistyped: isMistyped = true
            case .code(let key): return .label(Code.Label(key: key, text: text, kinds: scheme.kinds))
            }
        }
        return isMistyped ? .mistyped : .unknown
    }

    /// What a register's text for a label or a card stands for: the text that ``Code/Label/key`` has when it is read.
    public static func key(ofRegistered text: String) -> String {
        if let house = HouseCode(text) { return house.text }
        let printed = GS1Message(printed: text) ?? GS1Message(link: text)
        return printed.flatMap(GS1Key.init)?.text ?? GS1Key(retail: text)?.text ?? text
    }

    private func unframed(_ line: String) -> String {
        var text = line[...]
        if !frame.prefix.isEmpty, text.hasPrefix(frame.prefix) { text = text.dropFirst(frame.prefix.count) }
        if !frame.suffix.isEmpty, text.hasSuffix(frame.suffix) { text = text.dropLast(frame.suffix.count) }
        return String(text)
    }
}
