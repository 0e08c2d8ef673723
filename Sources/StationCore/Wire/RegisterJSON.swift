// The register's snapshot as JSON and back. Unknown members are refused: a rule that a station does not know must not
// be skipped silently (rule S6).

extension RegisterSnapshot {
    /// The snapshot as JSON.
    public var json: JSON {
        .object([
            "station": .string(station.text),
            "version": .string(version.description),
            "cardkey": .string(hexadecimal(cardKey)),
            "borrowers": .array(borrowers.map(\.json)),
            "items": .array(items.map(\.json)),
            "lockers": .array(lockers.map(\.json)),
            "policy": policy.json,
        ])
    }

    /// A snapshot from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "the register")
        station = try members.take("station", StationID.init)
        version = try members.take("version", RegisterVersion.init)
        cardKey = try members.take("cardkey") { EntryHash($0)?.bytes }
        borrowers = try members.list("borrowers", Card.init)
        items = try members.list("items", Item.init)
        lockers = try members.list("lockers", Locker.init)
        policy = try Policy(try members.value("policy"))
        try members.finish()
    }
}

extension RegisterSnapshot.Card {
    fileprivate var json: JSON {
        var object: [String: JSON] = [
            "id": .string(borrower.id.text), "standing": .string(borrower.standing.rawValue),
            "cards": .array(digests.map { .string($0.description) }),
        ]
        if let until = borrower.validUntil { object["validuntil"] = .string(until.iso8601) }
        return .object(object)
    }

    fileprivate init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a borrower")
        borrower = Borrower(
            id: try members.take("id", BorrowerID.init),
            standing: try members.take("standing", Borrower.Standing.init),
            validUntil: try members.takeOptional("validuntil", WallTime.init(iso8601:))
        )
        digests = try members.list("cards") { (json) throws(EntryError) in
            guard let hash = json.string.flatMap({ EntryHash($0) }) else {
                throw EntryError("a card digest is 64 hex digits")
            }
            return CardDigest(hash)
        }
        try members.finish()
    }
}

extension Item {
    /// The item as JSON, as register and pool exchange it.
    public var json: JSON {
        var object: [String: JSON] = [
            "id": .string(id.text), "name": name.json, "label": .string(label), "category": .string(category),
            "quantity": .integer(Int64(quantity)), "parts": .array(parts.map(\.json)), "lendable": .boolean(isLendable),
        ]
        if let locker { object["locker"] = .string(locker.text) }
        return .object(object)
    }

    /// An item from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "an item")
        self.init(
            id: try members.take("id", ItemID.init),
            name: try LocalizedText(try members.value("name")),
            label: try members.take("label") { $0.isEmpty ? nil : $0 },
            category: try members.take("category") { $0 },
            quantity: try members.integer("quantity", 1...10_000),
            parts: try members.list("parts", LocalizedText.init),
            locker: try members.takeOptional("locker", LockerID.init),
            isLendable: try members.boolean("lendable")
        )
        try members.finish()
    }
}

extension Locker {
    /// The locker as JSON.
    public var json: JSON {
        .object(["id": .string(id.text), "name": name.json, "label": .string(label)])
    }

    /// A locker from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a locker")
        self.init(
            id: try members.take("id", LockerID.init),
            name: try LocalizedText(try members.value("name")),
            label: try members.take("label") { $0.isEmpty ? nil : $0 }
        )
        try members.finish()
    }
}

extension LocalizedText {
    /// The text as JSON, by language.
    public var json: JSON { .object(["de": .string(german), "en": .string(english)]) }

    /// A text from JSON; line breaks and control characters are refused.
    ///
    /// Throws: ``EntryError`` where a language is missing.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a text")
        func plain(_ text: String) -> String? {
            (1...200).contains(text.count) && LocalizedText.isPrintable(text) ? text : nil
        }
        self.init(german: try members.take("de", plain), english: try members.take("en", plain))
        try members.finish()
    }

    /// Whether a text is safe on a terminal: no control characters, no separators of lines, no marks that turn the
    /// direction of writing around (Unicode's categories Cc, Cf, Zl, Zp and the unassigned).
    public static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
    }
}

extension Policy {
    /// The rules as JSON.
    public var json: JSON {
        var object: [String: JSON] = [
            "standard": standardPeriod.json,
            "categories": .object(periods.mapValues(\.json)),
            "maximumloans": .integer(Int64(maximumLoans)),
        ]
        if let hours { object["hours"] = hours.json }
        return .object(object)
    }

    /// Rules from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "the policy")
        let standard = try LoanPeriod(try members.value("standard"))
        var periods: [String: LoanPeriod] = [:]
        guard let categories = try members.value("categories").object else {
            throw EntryError("'categories' of the policy is no object")
        }
        for (category, period) in categories { periods[category] = try LoanPeriod(period) }
        self.init(
            standardPeriod: standard, periods: periods, maximumLoans: try members.integer("maximumloans", 1...1000),
            hours: try members.optionalValue("hours").map { (json) throws(EntryError) in try OpeningHours(json) })
        try members.finish()
    }
}

extension LoanPeriod {
    fileprivate var json: JSON {
        .object(["days": .integer(Int64(days)), "dueminute": .integer(Int64(dueMinuteOfDay))])
    }

    fileprivate init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a loan period")
        let days = try members.integer("days", 0...3660)
        let minute = try members.integer("dueminute", 0...1439)
        try members.finish()
        guard let period = LoanPeriod(days: days, dueMinuteOfDay: minute) else { throw EntryError("no loan period") }
        self = period
    }
}

extension OpeningHours {
    /// The hours as JSON: the texts of seven days, Monday first, and the closed days.
    public var json: JSON {
        let closed = closedDays.map { WallTime($0, millisecondOfDay: 0).iso8601.prefix(10) }.sorted()
        return .object([
            "week": .array(week.map { .string(Self.text($0)) }), "closed": .array(closed.map { .string(String($0)) }),
        ])
    }

    /// Hours from JSON.
    ///
    /// Throws: ``EntryError`` where they make no sense.
    public init(_ json: JSON) throws(EntryError) {
        func text(_ json: JSON) throws(EntryError) -> String {
            guard let text = json.string else { throw EntryError("opening hours are texts") }
            return text
        }
        var members = try JSONMembers(json, "the table of opening hours")
        let week = try members.list("week", text)
        let closed = try members.list("closed", text)
        try members.finish()
        guard let hours = OpeningHours(week: week, closed: closed) else {
            throw EntryError("the opening hours make no sense")
        }
        self = hours
    }
}
