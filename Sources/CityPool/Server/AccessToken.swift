// Tokens: 256 random bits, shown once to the person who made them. The pool keeps only their SHA-256, so who reads its
// database can't pretend to be a station.

import Groundwork
import StationCore

/// A new token.
struct AccessToken {
    /// The text to hand over; it is shown once.
    let text: String
    /// What the pool keeps of it.
    var hash: EntryHash { Self.hash(of: text) }

    /// A new random token of a kind, e.g. `station`; the kind is its first word, so that people can tell them apart.
    init(kind: String) { text = "mila-\(kind)-\(Base64URL.encode(Randomness.bytes(32)))" }

    /// What the pool keeps of a token.
    static func hash(of text: String) -> EntryHash { EntryHash(of: Array(text.utf8)) }

    /// The token in the `Authorization` field of a request (RFC 6750), or `nil` where there is none.
    static func bearer(_ field: String?) -> String? {
        guard let field, field.utf8.count <= 256 else { return nil }
        let words = field.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}

extension EntryHash {
    /// Whether two hashes are equal, in a time that tells nothing about where they differ.
    func equalsInConstantTime(_ other: EntryHash) -> Bool {
        zip(bytes, other.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
