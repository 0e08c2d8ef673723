// The screens: sentences for people, or one JSON object a line for machines. Both go through one writer, so that a
// terminal that is held up does not hold up the lending.

internal import StationCore

/// What `run` and `demo` write to standard output.
enum ScreenKind: String, CaseIterable, Sendable {
    case text, json, none
}

/// The station's screen on standard output.
final class Screen: ScreenPort {
    private let kind: ScreenKind
    private let catalogue: Catalogue
    private let standardLanguage: Language
    private let console: Console

    /// A screen of a kind that starts in a language.
    init(_ kind: ScreenKind, catalogue: Catalogue, language: Language, console: Console) {
        self.kind = kind
        self.catalogue = catalogue
        self.standardLanguage = language
        self.console = console
    }

    func tell(_ message: Message, in language: Language?) {
        switch kind {
        case .text:
            // A borrower may like a language that this station does not know.
            let spoken = language.flatMap { catalogue.languages.nearest(to: $0) } ?? standardLanguage
            console.show(catalogue.line(message, spoken) + "\n")
        case .json: console.show(String(decoding: json(message).canonical, as: UTF8.self) + "\n")
        case .none: break
        }
    }

    func hideTyping(_ isHidden: Bool) { console.hide(isHidden) }

    private func json(_ message: Message) -> JSON {
        let texts = catalogue.sentences(message).map { ($0.tag, JSON.string($1)) }
        var object: [String: JSON] = [
            "event": .string("message"), "id": .string(message.id.key),
            "severity": .string(message.id.severity.rawValue), "text": .object(Dictionary(uniqueKeysWithValues: texts)),
        ]
        if let locker = message.locker { object["locker"] = .string(locker.id.text) }
        if let item = message.item { object["item"] = .string(item.id.text) }
        if message.pieces != 1 { object["pieces"] = .integer(Int64(message.pieces)) }
        if let count = message.count { object["count"] = .integer(Int64(count)) }
        if let cents = message.cents { object["cents"] = .integer(Int64(cents)) }
        if let due = message.due { object["due"] = .string(due.iso8601) }
        return .object(object)
    }
}
