// How a station joins its pool: an admin hands a code to whoever sets the station up. The code tells the station which
// pool it is to trust, and the pool that this station was invited; the station shows its own key, the pool gives it a token.

/// What an admin gives to whoever sets a station up: a secret that is good once, and what the pool's key is known by.
public struct JoinCode: Equatable, Sendable {
    /// How many random bytes the secret has.
    public static let secretByteCount = 10
    private static let fingerprintByteCount = 10
    private static let bodyCount = (secretByteCount + fingerprintByteCount) * 8 / 5

    /// What shows the pool that the station was invited: 80 random bits.
    public let secret: [UInt8]
    private let fingerprint: [UInt8]
    /// The code as people read and type it: groups of letters and digits that German and US keyboards type alike, the last
    /// of which is a check character.
    public let text: String

    /// A code for a pool with a key; `nil` where its check character would be one that people mistake for another: draw
    /// another secret then, as for about one in nine.
    ///
    /// - Parameter secret: ``secretByteCount`` random bytes.
    public init?(secret: [UInt8], poolKey: NoteKey) {
        guard secret.count == Self.secretByteCount else { return nil }
        self.init(secret: secret, fingerprint: Self.fingerprint(of: poolKey))
    }

    private init?(secret: [UInt8], fingerprint: [UInt8]) {
        let body = Base32.encode(secret + fingerprint)
        guard let check = Modulus37And36.checkCharacter(for: body), HouseCode.alphabet.contains(check) else {
            return nil
        }
        (self.secret, self.fingerprint) = (secret, fingerprint)
        let groups = stride(from: 0, to: body.count, by: 4).map { body.dropFirst($0).prefix(4) }
        text = groups.joined(separator: "-") + String(check)
    }

    /// The code in a text, in either case of letters, with any spaces and hyphens; `nil` where it is none, or a character of it
    /// is wrong.
    public init?(_ text: String) {
        let characters = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        guard characters.utf8.count == Self.bodyCount + 1, characters.utf8.allSatisfy(\.isASCIILetterOrDigit),
            let bytes = try? Base32.decode(characters.dropLast().utf8),
            let code = JoinCode(
                secret: Array(bytes[..<Self.secretByteCount]), fingerprint: Array(bytes[Self.secretByteCount...])),
            code.text.last == characters.last
        else { return nil }
        self = code
    }

    /// Whether this is the key of the pool that the code was made by.
    public func names(_ key: NoteKey) -> Bool { Self.fingerprint(of: key) == fingerprint }

    /// What the pool keeps of a secret.
    public static func hash(of secret: [UInt8]) -> EntryHash { EntryHash(of: secret) }

    private static func fingerprint(of key: NoteKey) -> [UInt8] {
        Array(EntryHash(of: Array(key.description.utf8)).bytes.prefix(fingerprintByteCount))
    }
}

/// What a station signs to join: that it holds its key, and for which invitation.
public struct JoinNote: Equatable, Sendable {
    /// The station, as its entries name it.
    public var source: EntrySource
    /// The station's key, which has to be the one that signed the note.
    public var key: NoteKey
    /// What the pool keeps of the code's secret.
    public var invitation: EntryHash

    /// A station's wish to join.
    public init(source: EntrySource, key: NoteKey, invitation: EntryHash) {
        self.source = source
        self.key = key
        self.invitation = invitation
    }

    private static let title = "milastation join v1"

    /// The text that the station signs.
    public var text: String {
        noteText([Self.title, source.description, key.description, invitation.description])
    }

    /// The wish in a note's text, or `nil` where it is none.
    public init?(text: String) {
        guard let lines = noteLines(text, title: Self.title, count: 4), let key = NoteKey(lines[2]),
            let invitation = EntryHash(lines[3])
        else { return nil }
        self.init(source: EntrySource(stored: lines[1]), key: key, invitation: invitation)
    }
}

/// What the pool signs for a station that has joined.
public struct WelcomeNote: Equatable, Sendable {
    /// The station, as its entries name it.
    public var source: EntrySource
    /// The station's key, as the pool knows it now.
    public var key: NoteKey
    /// The station's token.
    public var token: String

    /// A welcome to a station.
    public init(source: EntrySource, key: NoteKey, token: String) {
        self.source = source
        self.key = key
        self.token = token
    }

    private static let title = "milastation welcome v1"

    /// The text that the pool signs.
    public var text: String { noteText([Self.title, source.description, key.description, token]) }

    /// The welcome in a note's text, or `nil` where it is none.
    public init?(text: String) {
        guard let lines = noteLines(text, title: Self.title, count: 4), let key = NoteKey(lines[2]) else { return nil }
        self.init(source: EntrySource(stored: lines[1]), key: key, token: lines[3])
    }
}

/// The body with which a station asks to join: the secret of its code and its signed ``JoinNote``.
public struct JoinRequest: Equatable, Sendable {
    /// The most bytes that a request may have.
    public static let maximumBytes = 8192

    /// The code's secret.
    public var secret: [UInt8]
    /// The encoded note.
    public var note: String

    /// A request to join.
    public init(secret: [UInt8], note: String) {
        self.secret = secret
        self.note = note
    }

    /// The body, JSON.
    public var body: [UInt8] {
        JSON.object(["note": .string(note), "secret": .string(Base64URL.encode(secret))]).canonical
    }

    /// The request in a body, or `nil` where it is none.
    public init?(body: [UInt8]) {
        guard let object = (try? JSON(parsing: body))?.object, object.count == 2, let note = object["note"]?.string,
            let secret = object["secret"]?.string.flatMap({ Base64URL.decode($0) }),
            secret.count == JoinCode.secretByteCount
        else { return nil }
        self.init(secret: secret, note: note)
    }
}
