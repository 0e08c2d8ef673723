// An entry of the journal, sealed into the chain, and its form as CloudEvents 1.0 JSON. What is hashed are the
// canonical bytes (RFC 8785) without `entryhash` and `disclosure`; `docs/journal.md` shows how anyone checks them.

internal import Crypto

/// SHA-256 over an entry, or over a disclosure: 32 bytes, written as lower-case hex.
public struct EntryHash: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// What the first entry of a journal has as its previous hash: 64 zeros.
    public static let none = EntryHash(verified: [UInt8](repeating: 0, count: 32))

    private init(verified bytes: [UInt8]) { self.bytes = bytes }

    /// The hash of these bytes.
    public init(of bytes: [UInt8]) {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        self.bytes = Array(hash.finalize())
    }

    /// A stored hash, or `nil` where there are not 32 bytes.
    public init?(stored bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// A hash from its text: 64 lower-case hex digits.
    public init?(_ text: String) {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case _ where digit.isASCIIDigit: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard high == nil, bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// 64 lower-case hex digits.
    public var description: String { hexadecimal(bytes) }
}

/// Bytes as lower-case hex.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.underestimatedCount * 2)
    appendHexadecimal(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
}

/// Appends bytes as lower-case hex.
private func appendHexadecimal(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
    func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }
    for byte in bytes {
        text.append(digit(byte >> 4))
        text.append(digit(byte & 15))
    }
}

/// Who may read a stored or sent entry needs to know where it comes from: the CloudEvents `source`.
public struct EntrySource: Hashable, Sendable, CustomStringConvertible {
    /// The tag URI (RFC 4151) of the station.
    public let description: String

    /// The source of a station: `tag:CITY-DOMAIN,2026:station:ID`, so that two cities never collide.
    public init(cityDomain: String, station: StationID) {
        description = "tag:\(cityDomain),2026:station:\(station)"
    }

    /// The source that a stored journal or a signed note names.
    public init(stored text: String) { description = text }
}

/// One entry as it stands in the chain.
public struct Entry: Equatable, Sendable {
    /// Its name.
    public var number: EntryNumber
    /// When it was written, as the station's wall clock said.
    public var time: WallTime
    /// How far that clock could be believed.
    public var quality: ClockQuality
    /// What kind of thing happened.
    public var kind: EntryKind
    /// What happened.
    public var fields: EntryFields
    /// The hash of the entry before it.
    public var previousHash: EntryHash
    /// Its own hash.
    public var hash: EntryHash
    /// A person's pseudonym with its salt; a borrower's is erased when policy's time is over.
    public var disclosure: Disclosure?

    /// An entry as it was stored.
    public init(
        number: EntryNumber, time: WallTime, quality: ClockQuality, kind: EntryKind, fields: EntryFields,
        previousHash: EntryHash, hash: EntryHash, disclosure: Disclosure?
    ) {
        self.number = number
        self.time = time
        self.quality = quality
        self.kind = kind
        self.fields = fields
        self.previousHash = previousHash
        self.hash = hash
        self.disclosure = disclosure
    }

    /// Seals what happened into the chain behind `head`.
    init(_ happening: Happening, after head: JournalHead, at moment: Moment, salt: Salt, source: EntrySource) {
        let disclosure = happening.person.map { Disclosure(salt: salt, person: $0) }
        self.init(
            number: EntryNumber(epoch: head.epoch, sequence: head.sequence + 1),
            time: moment.wall,
            quality: moment.quality,
            kind: happening.kind,
            fields: happening.fields(personDigest: disclosure?.digest),
            previousHash: head.hash,
            hash: .none,
            disclosure: disclosure
        )
        hash = computedHash(source: source)
    }

    /// Whether the disclosure, where there is one, is what the chained digest of the person was made of.
    public var disclosureFits: Bool {
        guard let disclosure else { return true }
        return switch disclosure.person {
        case .borrower: disclosure.digest == fields.borrower
        case .staff: disclosure.digest == fields.staff
        case .admin: disclosure.digest == fields.admin
        }
    }

    /// The hash that the entry's content gives.
    public func computedHash(source: EntrySource) -> EntryHash { EntryHash(of: rendered(source: source).bytes) }

    /// The entry as CloudEvents JSON, in the canonical form in which it travels.
    public func document(source: EntrySource) -> [UInt8] {
        var (bytes, place) = rendered(source: source)
        bytes.insert(contentsOf: besideChain, at: place)
        return bytes
    }

    /// The entry as ``document(source:)`` writes it, with the hash that its content gives: both for the price of one.
    public func documentAndHash(source: EntrySource) -> (document: [UInt8], hash: EntryHash) {
        var (bytes, place) = rendered(source: source)
        let computed = EntryHash(of: bytes)
        bytes.insert(contentsOf: besideChain, at: place)
        return (bytes, computed)
    }

    /// The members that are not hashed, with a comma behind them.
    private var besideChain: [UInt8] {
        var writer = FlatObjectWriter(capacity: 256)
        if let disclosure { writer.string("disclosure", disclosure.text) }
        writer.hash("entryhash", hash)
        return writer.members + [UInt8(ascii: ",")]
    }

    /// What is hashed: the canonical form without `disclosure` and `entryhash`; and where these two belong in it.
    private func rendered(source: EntrySource) -> (bytes: [UInt8], place: Int) {
        var writer = FlatObjectWriter(capacity: 1024)
        writer.string("clockquality", quality.rawValue)
        writer.object("data") { fields.write(to: &$0) }
        writer.string("datacontenttype", "application/json")
        let place = writer.nextPlace
        let (epoch, sequence) = (number.epoch.description, number.sequenceText)
        writer.string("epoch", epoch)
        writer.string("id", epoch + "-" + sequence)
        writer.hash("previoushash", previousHash)
        writer.string("sequence", sequence)
        writer.string("source", source.description)
        writer.string("specversion", "1.0")
        writer.string("time", time.iso8601)
        writer.string("type", kind.type)
        return (writer.finish(), place)
    }
}

/// Where a journal ends.
public struct JournalHead: Equatable, Sendable {
    /// The journal's epoch.
    public var epoch: Epoch
    /// The last sequence; 0 where there is no entry yet.
    public var sequence: UInt64
    /// The last entry's hash.
    public var hash: EntryHash

    /// The end of a journal.
    public init(epoch: Epoch, sequence: UInt64, hash: EntryHash) {
        self.epoch = epoch
        self.sequence = sequence
        self.hash = hash
    }

    /// The end of a journal after this entry.
    public init(after entry: Entry) {
        self.init(epoch: entry.number.epoch, sequence: entry.number.sequence, hash: entry.hash)
    }

    /// The number of the entry that comes next.
    public var next: EntryNumber { EntryNumber(epoch: epoch, sequence: sequence + 1) }
}

extension EntryFields {
    /// Writes the members of the CloudEvents data object: those that are set, keys in canonical order.
    fileprivate func write(to writer: inout FlatObjectWriter) {
        if let admin { writer.hash("admin", admin) }
        if let basis { writer.string("basis", basis.rawValue) }
        if let booking { writer.string("booking", booking.text) }
        if let borrower { writer.hash("borrower", borrower) }
        if let card { writer.hash("card", card) }
        if let content { writer.string("content", content.rawValue) }
        if let count { writer.integer("count", count) }
        if let due { writer.string("due", due.iso8601) }
        if let item { writer.string("item", item.text) }
        if let label { writer.string("label", label) }
        if let latched { writer.string("latched", latched.iso8601) }
        if let loan { writer.string("loan", loan.description) }
        if let locker { writer.string("locker", locker.text) }
        if let opened { writer.string("opened", opened.iso8601) }
        if let opening { writer.string("opening", opening.description) }
        if let parts { writer.string("parts", parts) }
        if let pass { writer.string("pass", pass.description) }
        if let predecessor { writer.string("predecessor", predecessor.description) }
        if let predecessorHash { writer.hash("predecessorhash", predecessorHash) }
        if let program { writer.string("program", program) }
        if let purpose { writer.string("purpose", purpose.rawValue) }
        if let reason { writer.string("reason", reason) }
        if let register { writer.string("register", register.description) }
        if let staff { writer.hash("staff", staff) }
    }
}

/// Writes a JSON object whose keys the caller gives in canonical order.
private struct FlatObjectWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private var isEmpty = true

    /// A writer of an object of about so many bytes.
    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Where the next member will begin.
    var nextPlace: Int { bytes.count + 1 }
    /// The members so far, without the bracket before them.
    var members: ArraySlice<UInt8> { bytes.dropFirst() }

    mutating func string(_ key: StaticString, _ value: String) {
        begin(key)
        JSON.write(value, to: &bytes)
    }

    mutating func integer(_ key: StaticString, _ value: Int) {
        begin(key)
        bytes += String(value).utf8
    }

    mutating func hash(_ key: StaticString, _ hash: EntryHash) {
        begin(key)
        bytes.append(UInt8(ascii: "\""))
        appendHexadecimal(hash.bytes, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// An object whose members `write` adds.
    mutating func object(_ key: StaticString, _ write: (inout Self) -> Void) {
        begin(key)
        bytes.append(UInt8(ascii: "{"))
        isEmpty = true
        write(&self)
        bytes.append(UInt8(ascii: "}"))
        isEmpty = false
    }

    private mutating func begin(_ key: StaticString) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes += $0 }
        bytes += "\":".utf8
    }

    consuming func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
