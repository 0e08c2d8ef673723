// Cards and PINs, as pool and station know them: by digests that tell whoever steals them neither.

internal import Crypto
internal import CryptoExtras
public import StationCore

/// Digests of cards.
public enum CardCode {
    /// What the pool keeps of a card. House codes carry 80 random bits, so that a plain hash of them can't be turned back by
    /// guessing; of other cards, whose numbers can be counted up, it is a slow one.
    public static func fingerprint(of code: String) -> EntryHash {
        let text = Array("milastation card v1\n\(code)".utf8)
        return isStrong(code) ? EntryHash(of: text) : SlowHash.of(text, salt: Array("milastation card".utf8))
    }

    /// Whether a code can't be guessed: a house code.
    public static func isStrong(_ code: String) -> Bool { HouseCode(code)?.kind.isSecret == true }

    /// The digest of a card for one station: HMAC-SHA-256 under the station's card key.
    public static func digest(of fingerprint: EntryHash, cardKey: [UInt8]) -> CardDigest {
        let code = HMAC<SHA256>.authenticationCode(for: fingerprint.bytes, using: SymmetricKey(data: cardKey))
        guard let hash = EntryHash(stored: Array(code)) else { preconditionFailure("HMAC-SHA-256 has 32 bytes") }
        return CardDigest(hash)
    }
}

extension PINVerifier {
    /// How many digits a PIN has.
    public static let digitCounts = 4...12

    /// Whether a text can be a PIN: digits, as a keypad has them.
    public static func isPIN(_ text: String) -> Bool {
        digitCounts.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The verifier of a card's PIN. Its salt comes from the card, so that the same card and PIN give the same verifier, and a
    /// register that says the same is the same.
    public init(pin: String, code: String) {
        let salt = Array(EntryHash(of: Array("milastation pin salt v1\n\(code)".utf8)).bytes.prefix(Self.saltByteCount))
        guard let verifier = PINVerifier(salt: salt, hash: Self.hash(pin, code, salt)) else {
            preconditionFailure("a salt has \(Self.saltByteCount) bytes")
        }
        self = verifier
    }

    /// Whether a PIN is the one of the card with this code. Takes some 10 ms, whatever the answer.
    public func accepts(_ pin: String, of code: String) -> Bool {
        // The hash of what was entered tells a listener nothing about the PIN, so its comparison need not take its time.
        Self.hash(pin, code, salt) == hash
    }

    private static func hash(_ pin: String, _ code: String, _ salt: [UInt8]) -> EntryHash {
        SlowHash.of(Array("milastation pin v1\n\(code)\n\(pin)".utf8), salt: salt)
    }
}

/// A hash that takes time and memory: scrypt (RFC 7914) with N = 2¹², r = 8, p = 1, which needs 4 MiB while it works. The
/// station's loop waits for it, and the guard for the station's loop: more would be too long on a small board.
private enum SlowHash {
    static func of(_ text: [UInt8], salt: [UInt8]) -> EntryHash {
        guard
            let key = try? KDF.Scrypt.deriveKey(
                from: text, salt: salt, outputByteCount: 32, rounds: 1 << 12, blockSize: 8, parallelism: 1),
            let hash = key.withUnsafeBytes({ EntryHash(stored: Array($0)) })
        else { preconditionFailure("scrypt with fixed parameters fails for want of memory only") }
        return hash
    }
}
