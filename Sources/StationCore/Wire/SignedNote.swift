// The signed note of C2SP (c2sp.org/signed-note): a text and signatures over it, in a form that people can read and
// mail. Checkpoints and receipts are such notes. Making and checking Ed25519 signatures is the shell's.

internal import Crypto

/// A text with one Ed25519 signature.
public struct SignedNote: Equatable, Sendable {
    /// The signed text; ends with a newline.
    public var text: String
    /// The name of the key.
    public var signer: String
    /// The first four bytes of the key's identifier.
    public var keyID: [UInt8]
    /// The signature, 64 bytes.
    public var signature: [UInt8]

    /// The most bytes a note may have.
    public static let maximumBytes = 4096

    /// Signs a text that ends with a newline.
    ///
    /// - Parameter sign: gives the Ed25519 signature, 64 bytes, over the bytes it is given.
    public init(text: String, key: NoteKey, sign: ([UInt8]) throws -> [UInt8]) rethrows {
        precondition(text.hasSuffix("\n"), "a signed note's text ends with a newline")
        self.text = text
        signer = key.name
        keyID = key.identifier
        signature = try sign(Array(text.utf8))
    }

    /// A note from its encoded form, or `nil` where it is none with exactly one signature.
    public init?(_ encoded: String) {
        guard encoded.utf8.count <= Self.maximumBytes, encoded.hasSuffix("\n") else { return nil }
        let lines = encoded.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines[lines.count - 2].isEmpty, let last = lines.last, last.hasPrefix("— ") else {
            return nil
        }
        let words = last.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, NoteKey.isName(words[0]),
            let blob = Base64.decode(String(words[1])), blob.count == 4 + 64
        else { return nil }
        text = lines.dropLast(2).joined(separator: "\n") + "\n"
        signer = String(words[0])
        keyID = Array(blob[..<4])
        signature = Array(blob[4...])
    }

    /// The note as it travels.
    public var encoded: String { "\(text)\n— \(signer) \(Base64.encode(keyID + signature))\n" }

    /// Whether the note was signed with this key.
    ///
    /// - Parameter verify: whether a signature (first) fits bytes (second) under the key's public part.
    public func isSigned(by key: NoteKey, verify: ([UInt8], [UInt8]) -> Bool) -> Bool {
        signer == key.name && keyID == key.identifier && verify(signature, Array(text.utf8))
    }
}

/// The public part of an Ed25519 key that signs notes, with its name.
public struct NoteKey: Hashable, Sendable, CustomStringConvertible {
    /// The name: not empty, no spaces, no `+`.
    public let name: String
    /// The public key, 32 bytes (RFC 8032).
    public let publicKey: [UInt8]

    /// A key, or `nil` where name or length don't fit.
    public init?(name: String, publicKey: [UInt8]) {
        guard Self.isName(name), publicKey.count == 32 else { return nil }
        self.name = name
        self.publicKey = publicKey
    }

    /// A key from the text that ``description`` writes, C2SP's vkey form: `NAME+HEX+BASE64`.
    public init?(_ text: String) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let blob = Base64.decode(String(parts[2])), blob.first == 1,
            let key = NoteKey(name: String(parts[0]), publicKey: Array(blob.dropFirst())),
            hexadecimal(key.identifier) == parts[1]
        else { return nil }
        self = key
    }

    /// The first four bytes of SHA-256 over name, newline, the algorithm's number (1 for Ed25519) and public key.
    public var identifier: [UInt8] {
        Array(EntryHash(of: Array(name.utf8) + [0x0a, 0x01] + publicKey).bytes.prefix(4))
    }

    /// The key in C2SP's vkey form, which ``init(_:)`` reads.
    public var description: String { "\(name)+\(hexadecimal(identifier))+\(Base64.encode([1] + publicKey))" }

    static func isName(_ text: some StringProtocol) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x2b }
    }
}

/// Base64 with padding (RFC 4648, section 4), as signed notes use it.
public enum Base64 {
    /// The text for bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes)
            .map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    /// The bytes of a text, or `nil` where it is no canonical, padded Base64.
    public static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 == 0 else { return nil }
        let bare = text.hasSuffix("==") ? text.dropLast(2) : text.hasSuffix("=") ? text.dropLast() : text[...]
        guard !bare.utf8.contains(where: { $0 == 0x2d || $0 == 0x5f }) else { return nil }
        let urlSafe = String(bare.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        guard let bytes = Base64URL.decode(urlSafe), encode(bytes) == text else { return nil }
        return bytes
    }
}
