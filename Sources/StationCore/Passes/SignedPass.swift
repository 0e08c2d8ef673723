// A pass with the pool's signature, as bytes and as the text that is scanned: upper-case letters and digits that German and
// US keyboards type alike, so that it fits the alphanumeric mode of a QR code.

/// Why a text is no pass. Each case says what the reader saw first.
public enum PassError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It does not begin with ``SignedPass/prefix``.
    case foreign
    /// It has fewer or more characters than any pass, or a number of them that no pass has.
    case length
    /// It has a character that passes don't have.
    case character
    /// Its check bytes are wrong: something was lost or changed on the way.
    case check
    /// It was made to a later version of the form than this program knows.
    case version(UInt8)
    /// Its form is right, and what it says makes no sense.
    case content(String)

    /// What is wrong, in words that say nothing of the text itself.
    public var description: String {
        switch self {
        case .foreign: "a pass begins with '\(SignedPass.prefix)'"
        case .length: "characters of the pass are missing, or there are too many"
        case .character: "the pass has a character that passes don't have"
        case .check: "the check bytes of the pass are wrong: scan it again"
        case .version(let version): "the pass has version \(version); this program knows version 1"
        case .content(let reason): "the pass makes no sense: \(reason)"
        }
    }
}

/// A pass with a signature. Whether it is the pool's is for ``isSigned(by:verify:)`` to say.
public struct SignedPass: Equatable, Sendable {
    /// What it says.
    public let pass: Pass
    /// The Ed25519 signature, 64 bytes.
    public let signature: [UInt8]

    /// What the text of each pass begins with.
    public static let prefix = "MP"
    /// How many characters the text of a pass has.
    public static let characterCounts = 183...246

    static let signatureByteCount = 64
    static let checkByteCount = 2

    /// Signs a pass.
    ///
    /// - Parameter sign: gives the Ed25519 signature, 64 bytes, of the key that the pass names, over the bytes it is given.
    public init(_ pass: Pass, signedBy sign: ([UInt8]) throws -> [UInt8]) rethrows {
        self.pass = pass
        signature = try sign(pass.signedBytes)
        precondition(signature.count == Self.signatureByteCount, "an Ed25519 signature has 64 bytes")
    }

    /// A pass from the text that was scanned, in either case of letters.
    ///
    /// Throws: ``PassError`` for every other text.
    public init(text: String) throws(PassError) {
        let characters = text.uppercased().utf8
        guard characters.starts(with: Self.prefix.utf8) else { throw .foreign }
        guard Self.characterCounts.contains(characters.count) else { throw .length }
        let bytes = try Base32.decode(characters.dropFirst(Self.prefix.utf8.count))
        let content = bytes.dropLast(Self.checkByteCount)
        guard Self.check(content).elementsEqual(bytes.suffix(Self.checkByteCount)) else { throw .check }
        pass = try Pass(bytes: Array(content.dropLast(Self.signatureByteCount)))
        signature = Array(content.suffix(Self.signatureByteCount))
    }

    /// The text to scan.
    public var text: String {
        let content = pass.bytes + signature
        return Self.prefix + Base32.encode(content + Self.check(content))
    }

    /// Whether the pass was signed with this key.
    ///
    /// - Parameter verify: whether a signature (first) fits bytes (second) under the key's public part.
    public func isSigned(by key: NoteKey, verify: ([UInt8], [UInt8]) -> Bool) -> Bool {
        pass.keyID == key.identifier && verify(signature, pass.signedBytes)
    }

    /// Whether a text looks like a pass, whole or not: the prefix and more letters and digits than any label has.
    public static func isNearly(_ text: String) -> Bool {
        text.utf8.count >= likelyCount && text.uppercased().hasPrefix(prefix)
            && text.utf8.allSatisfy(\.isASCIILetterOrDigit)
    }

    /// How many characters a text has at least that counts as a pass which lost some on its way.
    static let likelyCount = 80

    private static func check(_ content: some Collection<UInt8>) -> ArraySlice<UInt8> {
        EntryHash(of: Array(content)).bytes.prefix(checkByteCount)
    }
}

extension Pass {
    /// The text of the pass, signed.
    ///
    /// - Parameter sign: as for ``SignedPass/init(_:signedBy:)``.
    public func encode(signedBy sign: ([UInt8]) throws -> [UInt8]) rethrows -> String {
        try SignedPass(self, signedBy: sign).text
    }

    /// A pass with its signature, from the text that was scanned.
    ///
    /// Throws: ``PassError`` for a text that is none.
    public static func decode(_ text: String) throws(PassError) -> SignedPass { try SignedPass(text: text) }

    private static let version: UInt8 = 1
    private static let title = "milastation pass v1\n"

    /// What is signed: a title that no other signed thing begins with, then the pass.
    var signedBytes: [UInt8] { Array(Self.title.utf8) + bytes }

    /// The pass as it stands in its text, before the signature.
    var bytes: [UInt8] {
        [Self.version] + keyID + nonce.bytes + station.bytes + [kind.rawValue] + resource.bytes + borrower.bytes
            + from.passSeconds + until.passSeconds + Array(booking.text.utf8)
    }

    /// A pass from its bytes.
    fileprivate init(bytes: [UInt8]) throws(PassError) {
        var rest = bytes[...]
        func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        let version = UInt8(bigEndianBytes: take(1))
        guard version == Self.version else { throw .version(version) }
        let keyID = Array(take(4))
        let nonce = PassNonce(UInt64(bigEndianBytes: take(8)))
        let station = PassMark(verified: take(PassMark.byteCount))
        guard let kind = Kind(rawValue: UInt8(bigEndianBytes: take(1))) else { throw .content("what it is for") }
        let resource = PassMark(verified: take(PassMark.byteCount))
        let borrower = PassMark(verified: take(PassMark.byteCount))
        let from = WallTime(passSeconds: take(4))
        let until = WallTime(passSeconds: take(4))
        guard from < until else { throw .content("it ends before it begins") }
        guard let text = String(validating: rest, as: UTF8.self), let booking = BookingID(text) else {
            throw .content("the booking's name")
        }
        self.init(
            keyID: keyID, nonce: nonce, station: station, kind: kind, resource: resource, borrower: borrower,
            from: from, until: until, booking: booking)
    }
}

extension WallTime {
    fileprivate var passSeconds: [UInt8] { UInt32(clamping: milliseconds / 1000).bigEndianBytes }

    fileprivate init(passSeconds bytes: some Collection<UInt8>) {
        self.init(milliseconds: Int64(UInt32(bigEndianBytes: bytes)) * 1000)
    }
}

/// Base32 with the letters of house codes: five bits a character, the most significant first, the last one filled with
/// zeros.
enum Base32 {
    private static let alphabet = Array(HouseCode.alphabet.utf8)
    private static let values = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, UInt32($0)) })

    /// The text for bytes.
    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var (buffer, bits): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            (buffer, bits) = (buffer << 8 | UInt32(byte), bits + 8)
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> bits & 31)])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text in upper case.
    ///
    /// Throws: ``PassError/character``, ``PassError/length`` where no bytes have a text of that length, ``PassError/check``
    /// where what fills the last character is not zero.
    static func decode(_ text: some Collection<UInt8>) throws(PassError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 5 / 8)
        var (buffer, bits): (UInt32, UInt32) = (0, 0)
        for character in text {
            guard let value = values[character] else { throw .character }
            (buffer, bits) = (buffer << 5 | value, bits + 5)
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
                buffer &= (1 << bits) - 1
            }
        }
        guard bits < 5 else { throw .length }
        guard buffer == 0 else { throw .check }
        return bytes
    }
}
