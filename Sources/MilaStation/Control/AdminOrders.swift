// Orders of admins as they travel to a station: the action in the path, who and why as a JSON object in the body.

internal import StationCore

extension AdminOrder.Action {
    private static let byWord: [(word: String, action: Self)] =
        [("open", .open), ("suspend", .suspend), ("resume", .resume)]
        + Content.allCases.map { ($0.rawValue, .found($0)) }

    /// All words, for messages.
    static var words: String { byWord.map(\.word).joined(separator: ", ") }

    /// The action that a word names.
    init?(_ word: String) {
        guard let action = Self.byWord.first(where: { $0.word == word })?.action else { return nil }
        self = action
    }

    /// The word in a path and on the command line.
    var word: String { Self.byWord.first { $0.action == self }?.word ?? "" }

    /// Whether the journal has to say why.
    var needsReason: Bool {
        switch self {
        case .open, .suspend, .resume: true
        case .found: false
        }
    }
}

/// Why an order can't be read.
struct OrderMistake: Error, CustomStringConvertible {
    let description: String
}

extension AdminOrder {
    /// An order as it was received.
    ///
    /// Throws: ``OrderMistake`` where `body` does not say who, or why where that is needed.
    init(_ action: Action, _ locker: LockerID, body: [UInt8]) throws(OrderMistake) {
        guard let members = (try? JSON(parsing: body))?.object else {
            throw OrderMistake(description: "the body is no JSON object")
        }
        guard let admin = members["admin"]?.string.flatMap({ AdminID($0) }) else {
            throw OrderMistake(
                description: "'admin' says who: 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first")
        }
        let reason = members["reason"]?.string.flatMap { OrderReason($0) }
        guard reason != nil || members["reason"] == nil && !action.needsReason else {
            throw OrderMistake(description: "'reason' says why, in 1 to 200 bytes of text")
        }
        self.init(action, locker, by: admin, because: reason)
    }

    /// The order's body, as it travels.
    var body: [UInt8] {
        var members: [String: JSON] = ["admin": .string(admin.text)]
        if let reason { members["reason"] = .string(reason.text) }
        return JSON.object(members).canonical
    }
}
