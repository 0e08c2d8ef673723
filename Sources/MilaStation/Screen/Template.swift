// Texts with places for values, such as "{item} is back.". What may stand in the braces depends on what the text is for.

/// What a place in a text can be for.
protocol Placeholder: Equatable, Sendable {
    /// The placeholder of a name, as it stands between the braces.
    init?(_ name: String)
    /// All of them, as people write them.
    static var names: [String] { get }
}

extension Placeholder where Self: RawRepresentable<String> & CaseIterable {
    init?(_ name: String) { self.init(rawValue: name) }
    static var names: [String] { allCases.map(\.rawValue) }
}

/// A text with places for values.
struct Template<Place: Placeholder>: Equatable, Sendable {
    private enum Piece: Equatable {
        case words(String)
        case place(Place)
    }

    private var pieces: [Piece] = []

    /// The template that a text is; `nil` where it is empty, has a brace without its other half, or a place for
    /// something else.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: "{", omittingEmptySubsequences: false)
        var words = parts[0]
        for part in parts.dropFirst() {
            guard !words.contains("}"), let close = part.firstIndex(of: "}"), let place = Place(String(part[..<close]))
            else { return nil }
            pieces += [.words(String(words)), .place(place)]
            words = part[part.index(after: close)...]
        }
        guard !words.contains("}") else { return nil }
        pieces.append(.words(String(words)))
    }

    /// The places in it, in their order.
    var places: [Place] { pieces.compactMap { if case .place(let place) = $0 { place } else { nil } } }

    /// The text with values in its places. Values are put in as they are: braces in them mean nothing.
    func filled(_ value: (Place) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .words(let words): words
            case .place(let place): value(place)
            }
        }.joined()
    }
}

// MARK: - What there can be a place for

/// In a sentence of the station.
enum MessagePlace: Placeholder, Hashable {
    case item, locker, due, contact, parts, part, amount, borrower, reason
    /// How many, said with a noun of the language's file: `{count:items}`.
    case count(noun: String)

    private static let plain: [MessagePlace] = [
        .item, .locker, .due, .contact, .parts, .part, .amount, .borrower, .reason,
    ]

    init?(_ name: String) {
        if let place = Self.plain.first(where: { $0.name == name }) {
            self = place
        } else if name.hasPrefix("count:") {
            self = .count(noun: String(name.dropFirst("count:".count)))
        } else {
            return nil
        }
    }

    static let names = plain.map(\.name) + ["count:NOUN"]

    /// As it stands between the braces.
    var name: String {
        switch self {
        case .item: "item"
        case .locker: "locker"
        case .due: "due"
        case .contact: "contact"
        case .parts: "parts"
        case .part: "part"
        case .amount: "amount"
        case .borrower: "borrower"
        case .reason: "reason"
        case .count(let noun): "count:\(noun)"
        }
    }

    /// Whether it is for a number, with whatever noun.
    var isCount: Bool { if case .count = self { true } else { false } }
}

/// In a form of a counted noun.
enum NounPlace: String, CaseIterable, Placeholder { case count }

/// In what is said of an item's parts.
enum PartsPlace: String, CaseIterable, Placeholder { case parts }

/// In a due time.
enum DuePlace: String, CaseIterable, Placeholder { case weekday, day, month, time }

/// On the first screen of a demo.
enum DemoPlace: String, CaseIterable, Placeholder { case folder, pin }

/// In an amount of money.
enum MoneyPlace: String, CaseIterable, Placeholder { case amount }
