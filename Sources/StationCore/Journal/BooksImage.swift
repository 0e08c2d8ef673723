// The books at one place of the journal, rebuilt from entries alone: what stays of entries that were trimmed, so that the
// rest can be replayed. Borrowers stand in it as the digests that their entries have, never by their pseudonyms.

/// The books after an entry.
public struct BooksImage: Equatable, Sendable {
    /// An open loan.
    public struct Line: Equatable, Sendable {
        /// What is on loan.
        public var item: ItemID
        /// The digest that stands for the borrower in the entry that began the loan.
        public var borrower: EntryHash
        /// Until when.
        public var due: WallTime
        /// How often it was renewed.
        public var renewals = 0
        /// Whether it was brought back, as somebody says.
        public var isReported = false
    }

    /// Where staff put an item.
    public struct Place: Equatable, Sendable {
        /// The locker.
        public var locker: LockerID
        /// What the register said then.
        public var registered: LockerID?
    }

    /// An errand's name in the books.
    public struct ErrandKey: Hashable, Sendable {
        var loan: EntryNumber
        var purpose: Errand.Purpose
    }

    /// The open loans.
    public private(set) var loans: [EntryNumber: Line] = [:]
    /// The errands at doors that have no outcome.
    public private(set) var errands: [ErrandKey: Errand] = [:]
    /// What is known of lockers' contents.
    public private(set) var contents: [LockerID: Content] = [:]
    /// The lockers that are out of service.
    public private(set) var suspended: Set<LockerID> = []
    /// The items that are not sound.
    public private(set) var conditions: [ItemID: Condition] = [:]
    /// The items that staff put elsewhere.
    public private(set) var places: [ItemID: Place] = [:]
    /// The cards that staff gave out, by the entries that say so.
    public private(set) var cards: [EntryNumber: EntryHash] = [:]

    /// The passes that were tried and may still count.
    public private(set) var passes = PassBook()

    /// The books before the first entry.
    public init() {}

    /// Takes what the next entry changes.
    ///
    /// Throws: ``EntryError`` where a member is missing that entries of its kind have.
    public mutating func apply(_ entry: Entry) throws(EntryError) {
        for change in try entry.fields.changes(kind: entry.kind, number: entry.number) {
            switch change {
            case .loanOpened(let id, let item, let due):
                guard let borrower = entry.fields.borrower else { throw EntryError("the entry has no 'borrower'") }
                loans[id] = Line(item: item, borrower: borrower, due: due)
            case .loanClosed(let id): loans[id] = nil
            case .loanRenewed(let id, let due):
                loans[id]?.due = due
                loans[id]?.renewals += 1
            case .loanReported(let id): loans[id]?.isReported = true
            case .errandBegan(_, let errand):
                // On an open shelf the outcome follows in the same transaction.
                guard errand.locker != nil else { continue }
                errands[ErrandKey(loan: errand.loan, purpose: errand.purpose)] = errand
            case .errandEnded(let loan, let purpose): errands[ErrandKey(loan: loan, purpose: purpose)] = nil
            case .content(let locker, let content): contents[locker] = content
            case .service(let locker, true): suspended.insert(locker)
            case .service(let locker, false): suspended.remove(locker)
            case .condition(let item, let condition): conditions[item] = condition == .sound ? nil : condition
            case .place(let item, let locker, let registered):
                places[item] = Place(locker: locker, registered: registered)
            case .card(let card): cards[entry.number] = card
            case .passTried(let nonce, let loan, let until):
                passes.note(nonce, loan: loan, until: until, at: entry.quality == .synchronised ? entry.time : nil)
            case .passLeft(let loan): passes.leave(loan)
            }
        }
    }

    // MARK: - As it is signed and stored

    /// The image as JSON; its canonical form is what a ``TrimNote`` has the hash of.
    public var json: JSON {
        var members: [String: JSON] = [
            "loans": Self.table(loans, \.description) { $0.json }, "errands": .array(sortedErrands.map(\.json)),
            "contents": Self.table(contents, \.text) { .string($0.rawValue) },
            "suspended": .array(suspended.sorted().map { .string($0.text) }),
            "conditions": Self.table(conditions, \.text) { .string($0.rawValue) },
            "places": Self.table(places, \.text) { $0.json },
            "cards": Self.table(cards, \.description) { .string($0.description) },
        ]
        // Images of stations that knew no passes had none.
        if !passes.uses.isEmpty { members["passes"] = Self.table(passes.uses, \.description) { $0.json } }
        return .object(members)
    }

    private var sortedErrands: [Errand] {
        errands.values.sorted {
            ($0.opening, $0.loan, $0.purpose.rawValue) < ($1.opening, $1.loan, $1.purpose.rawValue)
        }
    }

    private static func table<Key, Value>(
        _ values: [Key: Value], _ key: (Key) -> String, _ json: (Value) -> JSON
    ) -> JSON {
        .object(Dictionary(uniqueKeysWithValues: values.map { (key($0), json($1)) }))
    }

    /// An image that was stored.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "an image of the books")
        loans = try Self.read(try members.value("loans"), EntryNumber.init) { (json) throws(EntryError) in
            try Line(json)
        }
        for errand in try members.list("errands", Errand.init) {
            errands[ErrandKey(loan: errand.loan, purpose: errand.purpose)] = errand
        }
        contents = try Self.words(try members.value("contents"), LockerID.init, Content.init)
        conditions = try Self.words(try members.value("conditions"), ItemID.init, Condition.init)
        suspended = Set(
            try members.list("suspended") { (json) throws(EntryError) in
                guard let locker = json.string.flatMap({ LockerID($0) }) else { throw EntryError("no locker") }
                return locker
            })
        places = try Self.read(try members.value("places"), ItemID.init) { (json) throws(EntryError) in
            var members = try JSONMembers(json, "an item's place")
            let place = Place(
                locker: try members.take("locker", LockerID.init),
                registered: try members.takeOptional("registered", LockerID.init))
            try members.finish()
            return place
        }
        cards = try Self.words(try members.value("cards"), EntryNumber.init, EntryHash.init(_:))
        if let json = members.optionalValue("passes") {
            passes = PassBook(
                uses: try Self.read(json, PassNonce.init(_:)) { (json) throws(EntryError) in try PassUse(json) })
        }
        try members.finish()
    }

    private static func words<Key: Hashable, Value>(
        _ json: JSON, _ key: (String) -> Key?, _ value: (String) -> Value?
    ) throws(EntryError) -> [Key: Value] {
        try read(json, key) { (json) throws(EntryError) in
            guard let value = json.string.flatMap(value) else { throw EntryError("a table holds what it can't") }
            return value
        }
    }

    private static func read<Key: Hashable, Value>(
        _ json: JSON, _ key: (String) -> Key?, _ value: (JSON) throws(EntryError) -> Value
    ) throws(EntryError) -> [Key: Value] {
        guard let object = json.object else { throw EntryError("a table is no object") }
        var table: [Key: Value] = [:]
        for (name, json) in object {
            guard let key = key(name) else { throw EntryError("a table has a key that makes no sense") }
            table[key] = try value(json)
        }
        return table
    }
}

extension BooksImage.Line {
    fileprivate var json: JSON {
        .object([
            "item": .string(item.text), "borrower": .string(borrower.description), "due": .string(due.iso8601),
            "renewals": .integer(Int64(renewals)), "reported": .boolean(isReported),
        ])
    }

    fileprivate init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a loan")
        item = try members.take("item", ItemID.init)
        borrower = try members.take("borrower", EntryHash.init(_:))
        due = try members.take("due", WallTime.init(iso8601:))
        renewals = try members.integer("renewals", 0...1_000_000)
        isReported = try members.boolean("reported")
        try members.finish()
    }
}

extension PassUse {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["attempts": .integer(Int64(attempts)), "until": .string(until.iso8601)]
        if let loan { members["loan"] = .string(loan.description) }
        return .object(members)
    }

    fileprivate init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a pass")
        self.init(
            attempts: try members.integer("attempts", 1...1_000_000),
            loan: try members.takeOptional("loan", EntryNumber.init),
            until: try members.take("until", WallTime.init(iso8601:)))
        try members.finish()
    }
}

extension BooksImage.Place {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["locker": .string(locker.text)]
        if let registered { members["registered"] = .string(registered.text) }
        return .object(members)
    }
}

extension Errand {
    fileprivate var json: JSON {
        var members: [String: JSON] = [
            "purpose": .string(purpose.rawValue), "opening": .string(opening.description),
            "loan": .string(loan.description),
        ]
        if let item { members["item"] = .string(item.text) }
        if let locker { members["locker"] = .string(locker.text) }
        return .object(members)
    }

    fileprivate init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "an errand")
        self.init(
            purpose: try members.take("purpose", Purpose.init), opening: try members.take("opening", EntryNumber.init),
            loan: try members.take("loan", EntryNumber.init), item: try members.takeOptional("item", ItemID.init),
            locker: try members.takeOptional("locker", LockerID.init))
        try members.finish()
    }
}
