// Those who use a station: borrowers and staff, both by pseudonym, and the codes by which they are known.

/// A person who may borrow, by pseudonym. The station knows no name.
public struct Borrower: Equatable, Sendable {
    /// Whether the pool lets this person borrow.
    public enum Standing: String, CaseIterable, Sendable { case active, blocked }

    /// The pseudonym.
    public var id: BorrowerID
    /// Whether the person may borrow now.
    public var standing: Standing
    /// Why not, in words for staff only.
    public var blockedBecause: String?
    /// The end of the right to borrow; `nil` where it has none.
    public var validUntil: WallTime?
    /// The groups that rules of the policy may speak of.
    public var groups: Set<String>
    /// The day of birth, where the pool needs it for a minimum age.
    public var born: CivilDate?
    /// What the person has been taught, and until when that counts.
    public var qualifications: [String: WallTime?]
    /// The language in which the person likes to be spoken to.
    public var language: Language?

    /// A borrower as the register has it.
    public init(
        id: BorrowerID, standing: Standing, blockedBecause: String? = nil, validUntil: WallTime? = nil,
        groups: Set<String> = [], born: CivilDate? = nil, qualifications: [String: WallTime?] = [:],
        language: Language? = nil
    ) {
        self.id = id
        self.standing = standing
        self.blockedBecause = blockedBecause
        self.validUntil = validUntil
        self.groups = groups
        self.born = born
        self.qualifications = qualifications
        self.language = language
    }
}

/// A person who may open and service lockers, by pseudonym.
public struct Staff: Equatable, Sendable {
    /// The pseudonym.
    public var id: StaffID
    /// The end of the right; `nil` where it has none.
    public var validUntil: WallTime?

    /// A member of staff as the register has it.
    public init(id: StaffID, validUntil: WallTime? = nil) {
        self.id = id
        self.validUntil = validUntil
    }
}

/// A person who looks after stations from afar. Only the name exists in the core.
public enum Admin {}

/// Who opens lockers, says what is in them, and takes them out of service.
public enum Attendant: Hashable, Sendable {
    /// A member of staff, at the station.
    case staff(StaffID)
    /// An admin, from afar, and why.
    case admin(AdminID, reason: OrderReason?)
}

/// Why an admin orders something, for the journal: 1 to 200 bytes of text without control characters.
public struct OrderReason: Hashable, Sendable, CustomStringConvertible {
    /// The reason as text.
    public let text: String

    /// A reason, or `nil` where the text is empty, too long or not for people to read.
    public init?(_ text: String) {
        guard (1...200).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ !$0.properties.generalCategory.isControl })
        else { return nil }
        self.text = text
    }

    /// The reason as text.
    public var description: String { text }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}

/// A card or badge as a register has it: what its code is known by, and what its PIN is checked with.
public struct CardKey: Equatable, Sendable {
    /// The keyed digest of the code, made for the station.
    public var digest: CardDigest
    /// The verifier of the PIN; `nil` where the card has none.
    public var pin: PINVerifier?
    /// Whether its code can be guessed or counted up: everything but a house code. Such a card has a PIN.
    public var isWeak: Bool

    /// A card's key.
    public init(digest: CardDigest, pin: PINVerifier? = nil, isWeak: Bool = false) {
        self.digest = digest
        self.pin = pin
        self.isWeak = isWeak
    }
}

/// What a PIN is checked with: a slow hash of PIN and card code, so that who has it but not the card learns nothing.
public struct PINVerifier: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes the salt has.
    public static let saltByteCount = 16
    /// What makes two equal PINs differ.
    public let salt: [UInt8]
    /// The hash.
    public let hash: EntryHash

    /// A verifier, or `nil` where the salt does not have ``saltByteCount`` bytes.
    public init?(salt: [UInt8], hash: EntryHash) {
        guard salt.count == Self.saltByteCount else { return nil }
        (self.salt, self.hash) = (salt, hash)
    }

    /// Its text, which names the function: `scrypt-12-8-1:SALT:HASH`, both in hex.
    public var description: String { "\(Self.function):\(hexadecimal(salt)):\(hash)" }

    /// A verifier from its text; `nil` where it is none, or made with another function.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // A salt is read like the first half of a hash, whose digits are checked there.
        guard parts.count == 3, parts[0] == Self.function, parts[1].utf8.count == Self.saltByteCount * 2,
            let salt = EntryHash(String(parts[1] + parts[1])), let hash = EntryHash(String(parts[2]))
        else { return nil }
        self.init(salt: Array(salt.bytes.prefix(Self.saltByteCount)), hash: hash)
    }

    /// scrypt (RFC 7914) with N = 2¹², r = 8, p = 1.
    private static let function = "scrypt-12-8-1"
}

/// A reserved time for a borrower and an item.
public struct Booking: Equatable, Sendable {
    /// Its name in the pool.
    public var id: BookingID
    /// Whose it is.
    public var borrower: BorrowerID
    /// What is booked; of equals, one of them.
    public var item: ItemID
    /// When it begins.
    public var from: WallTime
    /// When it ends, later than it begins.
    public var until: WallTime

    /// A booking as the register has it; `nil` where it ends before it begins.
    public init?(id: BookingID, borrower: BorrowerID, item: ItemID, from: WallTime, until: WallTime) {
        guard from < until else { return nil }
        self.id = id
        self.borrower = borrower
        self.item = item
        self.from = from
        self.until = until
    }
}
