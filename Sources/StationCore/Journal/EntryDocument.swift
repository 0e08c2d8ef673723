// Reads an entry back from the JSON in which it travels, and checks that the chain holds. What arrives must be the
// canonical bytes themselves: nothing is guessed, added or dropped.

/// An entry as received, with the source it names.
public struct EntryDocument: Equatable, Sendable {
    /// The entry; its ``Entry/hash`` is the one the document claims.
    public var entry: Entry
    /// The station it says it comes from.
    public var source: EntrySource

    /// An entry that was read from its journal.
    public init(entry: Entry, source: EntrySource) {
        self.entry = entry
        self.source = source
    }

    /// The entry that canonical CloudEvents JSON holds. Whether its hash is right is for ``checkHash()`` to say.
    ///
    /// Throws: ``EntryError`` where the bytes are not the canonical form of an entry.
    public init(parsing bytes: some Collection<UInt8>) throws(EntryError) {
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch { throw EntryError("no JSON: \(error)") }
        try self.init(json)
        guard entry.document(source: source).elementsEqual(bytes) else {
            throw EntryError("the entry is not in its canonical form, or has members that entries don't have")
        }
    }

    /// The entry that a JSON object holds, whatever the order of its members was.
    ///
    /// Throws: ``EntryError`` where the object is not an entry, member for member.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "an entry")
        let number = try members.take("id", EntryNumber.init)
        source = EntrySource(stored: try members.take("source") { $0 })
        let time = try members.take("time", WallTime.init(iso8601:))
        let quality = try members.take("clockquality", ClockQuality.init)
        let kind = try members.take("type", EntryKind.init(type:))
        let previousHash = try members.take("previoushash", EntryHash.init(_:))
        let hash = try members.take("entryhash", EntryHash.init(_:))
        var disclosure: Disclosure?
        if let text = try members.takeOptional("disclosure", { $0 }) { disclosure = try Disclosure(text) }
        let fields = try EntryFields(try members.value("data"))
        try members.expect("specversion", "1.0")
        try members.expect("datacontenttype", "application/json")
        try members.expect("epoch", number.epoch.description)
        try members.expect("sequence", number.sequenceText)
        try members.finish()
        entry = Entry(
            number: number, time: time, quality: quality, kind: kind, fields: fields, previousHash: previousHash,
            hash: hash, disclosure: disclosure
        )
    }

    /// Whether hash and disclosure fit the content.
    ///
    /// Throws: ``EntryError`` saying which of them does not.
    public func checkHash() throws(EntryError) {
        guard entry.computedHash(source: source) == entry.hash else {
            throw EntryError("entryhash does not fit the entry: it was edited")
        }
        guard entry.disclosureFits else {
            throw EntryError("the disclosure does not fit the entry's digest of the person")
        }
    }
}

extension EntryFields {
    /// The members of a data object.
    init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "an entry's data")
        admin = try members.takeOptional("admin", EntryHash.init(_:))
        basis = try members.takeOptional("basis", DoorReport.Basis.init)
        booking = try members.takeOptional("booking", BookingID.init)
        borrower = try members.takeOptional("borrower", EntryHash.init(_:))
        card = try members.takeOptional("card", EntryHash.init(_:))
        content = try members.takeOptional("content", Content.init)
        count = try members.optionalInteger("count", 0...1_000_000_000)
        due = try members.takeOptional("due", WallTime.init(iso8601:))
        item = try members.takeOptional("item", ItemID.init)
        label = try members.takeOptional("label") { $0 }
        latched = try members.takeOptional("latched", WallTime.init(iso8601:))
        loan = try members.takeOptional("loan", EntryNumber.init)
        locker = try members.takeOptional("locker", LockerID.init)
        opened = try members.takeOptional("opened", WallTime.init(iso8601:))
        opening = try members.takeOptional("opening", EntryNumber.init)
        parts = try members.takeOptional("parts") { $0 }
        pass = try members.takeOptional("pass", PassNonce.init(_:))
        predecessor = try members.takeOptional("predecessor", EntryNumber.init)
        predecessorHash = try members.takeOptional("predecessorhash", EntryHash.init(_:))
        program = try members.takeOptional("program") { $0 }
        purpose = try members.takeOptional("purpose", Errand.Purpose.init)
        reason = try members.takeOptional("reason") { $0 }
        register = try members.takeOptional("register", RegisterVersion.init)
        staff = try members.takeOptional("staff", EntryHash.init(_:))
        try members.finish()
    }
}
