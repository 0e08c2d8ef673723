// What a GS1 bar code carries: element strings, each an application identifier and its data. They come in three
// spellings: as a scanner sends them, as people read them under the bars, and as a link that a telephone can open.

/// The element strings of one label.
public struct GS1Message: Equatable, Sendable {
    /// An application identifier and its data.
    public struct Element: Equatable, Sendable {
        /// Two to four digits.
        public let identifier: String
        /// What it says.
        public let data: String
    }

    /// The element strings, in the order of the label.
    public let elements: [Element]

    /// The data of an identifier.
    public func data(of identifier: String) -> String? { elements.first { $0.identifier == identifier }?.data }

    /// How a scanner separates element strings: FNC1 arrives as the group separator, GS.
    static let separator: Character = "\u{1d}"

    /// Element strings as a scanner sends them: GS General Specifications, 7.8. Every identifier must be known, its
    /// data must have their form, and nothing may be left over.
    public init?(scanned text: String) {
        var elements: [Element] = []
        var rest = Substring(text).drop { $0 == Self.separator }
        while !rest.isEmpty {
            guard
                let identifier = (2...4).lazy.map({ rest.prefix($0) }).first(where: {
                    GS1Identifiers.format(of: $0) != nil
                }),
                let format = GS1Identifiers.format(of: identifier)
            else { return nil }
            let behind = rest.dropFirst(identifier.count)
            let data =
                GS1Identifiers.endsByItself(identifier)
                ? behind.prefix(format.maximumCount) : behind.prefix { $0 != Self.separator }
            guard format.fits(data) else { return nil }
            elements.append(Element(identifier: String(identifier), data: String(data)))
            rest = behind.dropFirst(data.count).drop { $0 == Self.separator }
        }
        guard !elements.isEmpty else { return nil }
        self.elements = elements
    }

    /// Element strings as they are printed under the bars: each identifier in parentheses.
    public init?(printed text: String) {
        guard text.first == "(" else { return nil }
        var elements: [Element] = []
        for piece in text.dropFirst().split(separator: "(", omittingEmptySubsequences: false) {
            let halves = piece.split(separator: ")", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let format = GS1Identifiers.format(of: halves[0]), format.fits(halves[1])
            else { return nil }
            elements.append(Element(identifier: String(halves[0]), data: String(halves[1])))
        }
        self.elements = elements
    }

    /// Element strings in a link: GS1 Digital Link, URI syntax, release 1.4. What stands in front of the first primary
    /// key, behind a question mark and behind a hash is not looked at.
    public init?(link text: String) {
        let lowered = text.prefix(8).lowercased()
        guard lowered.hasPrefix("https://") || lowered.hasPrefix("http://") else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }.split(separator: "/", omittingEmptySubsequences: false)
        // "https:", "" and the host come first.
        guard let start = path.dropFirst(3).firstIndex(where: { Self.primaryKeys[String($0)] != nil }),
            let primary = Self.primaryKeys[String(path[start])]
        else { return nil }
        let segments = path[start...].map(Self.percentDecoded)
        guard segments.count.isMultiple(of: 2) else { return nil }
        var elements: [Element] = []
        var qualifiers = primary[...]
        for index in stride(from: 0, to: segments.count, by: 2) {
            guard let identifier = segments[index], var data = segments[index + 1] else { return nil }
            if index == 0 {
                // Shorter GTINs are filled up.
                if identifier == "01" { data = String(repeating: "0", count: max(0, 14 - data.utf8.count)) + data }
            } else {
                guard let place = qualifiers.firstIndex(of: identifier) else { return nil }
                qualifiers = qualifiers[(place + 1)...]
            }
            guard let format = GS1Identifiers.format(of: identifier), format.fits(data[...]) else { return nil }
            elements.append(Element(identifier: identifier, data: data))
        }
        self.elements = elements
    }

    /// The primary keys that a link may begin with, each with the qualifiers that may follow, in this order.
    private static let primaryKeys: [String: [String]] = [
        "00": [], "01": ["22", "10", "21", "235"], "253": [], "255": [], "401": [], "402": [], "414": ["254"],
        "415": ["8020"], "417": [], "8003": [], "8004": [], "8006": ["22", "10", "21"], "8013": [], "8017": ["8019"],
        "8018": ["8019"],
    ]

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isASCIILetterOrDigit),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes.allSatisfy { (0x21...0x7e).contains($0) } ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

/// What a GS1 label identifies, as far as a station has a use for it.
public struct GS1Key: Equatable, Sendable {
    /// The kinds of key.
    public enum Kind: String, CaseIterable, Sendable {
        /// Global Individual Asset Identifier, 8004: one thing.
        case giai
        /// Global Returnable Asset Identifier, 8003: a kind of thing that comes back, with a serial number one of them.
        case grai
        /// Global Trade Item Number with a serial number, 01 and 21: one thing of a product.
        case sgtin
        /// Global Trade Item Number, 01: a product.
        case gtin
        /// Global Service Relation Number of a recipient, 8018: a person's card.
        case gsrn
    }

    /// What it is.
    public let kind: Kind
    /// The key as it is printed under the bars; the same for every spelling of it.
    public let text: String

    /// The key in a message; `nil` where it has none of these kinds, or several.
    public init?(_ message: GS1Message) {
        var keys: [GS1Key] = []
        func add(_ kind: Kind, _ identifiers: String...) {
            let parts = identifiers.map { identifier in message.data(of: identifier).map { "(\(identifier))\($0)" } }
            guard parts.allSatisfy({ $0 != nil }) else { return }
            keys.append(GS1Key(kind: kind, text: parts.compactMap(\.self).joined()))
        }
        add(.giai, "8004")
        add(.grai, "8003")
        add(.gsrn, "8018")
        if message.data(of: "21") == nil { add(.gtin, "01") } else { add(.sgtin, "01", "21") }
        guard keys.count == 1 else { return nil }
        self = keys[0]
    }

    /// The key of a retail bar code: EAN-13, EAN-8 or UPC-A with a right check digit, as the GTIN that it is.
    public init?(retail text: String) {
        guard [8, 12, 13].contains(text.utf8.count), CheckDigit.isRightByGS1(text) else { return nil }
        self.init(kind: .gtin, text: "(01)" + String(repeating: "0", count: 14 - text.utf8.count) + text)
    }

    private init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}
