// What links an entry to a person, beside the chain and erasable from it. The chained entry holds only a digest of
// this text, as SD-JWT (RFC 9901) does with its disclosures; without the salt the digest tells nothing.

/// 128 random bits, fresh for each disclosure.
public struct Salt: Equatable, Sendable {
    /// How many bytes a salt has.
    public static let byteCount = 16
    let bytes: [UInt8]

    /// A salt, or `nil` where there are not ``byteCount`` bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }
}

/// A person's pseudonym with its salt, as base64url of the JSON array `[SALT, "borrower", PSEUDONYM]`; of staff and
/// admins, with `"staff"` and `"admin"`.
public struct Disclosure: Equatable, Sendable {
    /// The text that travels beside the entry, and whose SHA-256 the entry holds.
    public let text: String

    /// Whose pseudonym it is.
    public let person: Person

    /// The borrower's pseudonym, where it is one's.
    public var borrower: BorrowerID? { if case .borrower(let borrower) = person { borrower } else { nil } }

    init(salt: Salt, person: Person) {
        self.person = person
        let (role, pseudonym) =
            switch person {
            case .borrower(let borrower): ("borrower", borrower.text)
            case .staff(let staff): ("staff", staff.text)
            case .admin(let admin): ("admin", admin.text)
            }
        text = Base64URL.encode(
            JSON.array([.string(Base64URL.encode(salt.bytes)), .string(role), .string(pseudonym)]).canonical)
    }

    /// A disclosure that was stored or received.
    ///
    /// Throws: ``EntryError`` where the text is none.
    public init(_ text: String) throws(EntryError) {
        guard let bytes = Base64URL.decode(text), let parts = (try? JSON(parsing: bytes))?.array,
            parts.count == 3, parts[0].string != nil, let role = parts[1].string, let pseudonym = parts[2].string,
            let person = Person(role: role, pseudonym: pseudonym)
        else {
            throw EntryError(
                "the disclosure is not base64url of [salt, \"borrower\", \"staff\" or \"admin\", pseudonym]")
        }
        self.text = text
        self.person = person
    }

    /// What the chained entry holds in the person's place: SHA-256 over the text's ASCII bytes.
    public var digest: EntryHash { EntryHash(of: Array(text.utf8)) }
}

extension Person {
    fileprivate init?(role: String, pseudonym: String) {
        switch role {
        case "borrower":
            guard let borrower = BorrowerID(pseudonym) else { return nil }
            self = .borrower(borrower)
        case "staff":
            guard let staff = StaffID(pseudonym) else { return nil }
            self = .staff(staff)
        case "admin":
            guard let admin = AdminID(pseudonym) else { return nil }
            self = .admin(admin)
        default: return nil
        }
    }
}

/// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5).
public enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The text for bytes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
            }
            buffer &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { text.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, or `nil` where it is no canonical base64url.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = value(of: character) else { return nil }
            buffer = buffer << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= (1 << UInt32(bits)) - 1
            }
        }
        guard bits < 6, buffer == 0 else { return nil }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case 0x41...0x5a: UInt32(character - 0x41)
        case 0x61...0x7a: UInt32(character - 0x61) + 26
        case 0x30...0x39: UInt32(character - 0x30) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
