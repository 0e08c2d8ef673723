// The register as the pool sends it to one station: borrowers with the digests of their cards made for that station,
// items, lockers and policy. The pool signs a note over the snapshot's SHA-256, so that nobody on the way adds a card.

/// A keyed digest of a card's code, made for one station: HMAC-SHA-256 under the station's card key over the SHA-256
/// of the code. The code itself is stored nowhere.
public struct CardDigest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let hash: EntryHash

    /// A digest of 32 bytes.
    public init(_ hash: EntryHash) { self.hash = hash }

    /// 64 lower-case hex digits.
    public var description: String { hash.description }
}

/// Whom to ask at the house: a sentence with a telephone number.
public typealias Contact = LocalizedText

/// All that a station knows of its pool.
public struct RegisterSnapshot: Equatable, Sendable {
    /// A borrower with the digests of their cards.
    public struct Card: Equatable, Sendable {
        /// The borrower.
        public var borrower: Borrower
        /// The cards that name them.
        public var cards: [CardKey]

        /// A borrower with cards.
        public init(borrower: Borrower, cards: [CardKey]) {
            self.borrower = borrower
            self.cards = cards
        }
    }

    /// A member of staff with their badges.
    public struct Badge: Equatable, Sendable {
        /// The member of staff.
        public var staff: Staff
        /// The badges that name them; each has a PIN.
        public var badges: [CardKey]

        /// A member of staff with badges.
        public init(staff: Staff, badges: [CardKey]) {
            self.staff = staff
            self.badges = badges
        }
    }

    /// The station it was made for.
    public var station: StationID
    /// Which state of the pool's register it is.
    public var version: RegisterVersion
    /// The station's card key, 32 bytes.
    public var cardKey: [UInt8]
    /// The borrowers.
    public var borrowers: [Card]
    /// The staff who may open lockers here.
    public var staff: [Badge]
    /// The items that live at this station, and those of others that may come back here.
    public var items: [Item]
    /// The lockers of this station.
    public var lockers: [Locker]
    /// The bookings of these items that are not over.
    public var bookings: [Booking]
    /// The passes that the pool has taken back, as long as they would count.
    public var revokedPasses: [PassNonce]
    /// The rules.
    public var policy: Policy

    /// A snapshot; see the properties.
    public init(
        station: StationID, version: RegisterVersion, cardKey: [UInt8], borrowers: [Card], staff: [Badge] = [],
        items: [Item], lockers: [Locker], bookings: [Booking] = [], revokedPasses: [PassNonce] = [],
        policy: Policy
    ) {
        self.station = station
        self.version = version
        self.cardKey = cardKey
        self.borrowers = borrowers
        self.staff = staff
        self.items = items
        self.lockers = lockers
        self.bookings = bookings
        self.revokedPasses = revokedPasses
        self.policy = policy
    }
}

/// A snapshot as it travels: its canonical JSON and the pool's signed note over the SHA-256 of these bytes.
public struct SignedRegister: Equatable, Sendable {
    /// The canonical JSON of the snapshot.
    public var payload: [UInt8]
    /// The signed note; its text is ``noteText(station:version:payload:)``.
    public var note: String

    /// A signed snapshot.
    public init(payload: [UInt8], note: String) {
        self.payload = payload
        self.note = note
    }

    /// What the pool signs about a snapshot.
    public static func noteText(station: StationID, version: RegisterVersion, payload: [UInt8]) -> String {
        "milastation register v1\n\(station)\n\(version)\n\(EntryHash(of: payload))\n"
    }

    /// The body of the answer to `GET …/register`.
    public var body: [UInt8] {
        Array("{\"note\":".utf8) + JSON.string(note).canonical + Array(",\"register\":".utf8) + payload + [0x7d]
    }

    /// A signed snapshot from the body of an answer. The signature is for the caller to check.
    ///
    /// Throws: ``EntryError`` where the body is none.
    public init(body: some Collection<UInt8>) throws(EntryError) {
        let json: JSON
        do { json = try JSON(parsing: body) } catch { throw EntryError("no JSON: \(error)") }
        guard let object = json.object, object.count == 2, let note = object["note"]?.string,
            let register = object["register"]
        else { throw EntryError("a register answer has the members 'note' and 'register'") }
        self.init(payload: register.canonical, note: note)
    }
}
