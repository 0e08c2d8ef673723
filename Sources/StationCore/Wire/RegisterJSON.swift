// The register's snapshot as JSON and back. Unknown members are refused: a rule that a station does not know must not
// be skipped silently (rule S6).

extension RegisterSnapshot {
    /// The snapshot as JSON.
    public var json: JSON {
        var members: [String: JSON] = [
            "station": .string(station.text),
            "version": .string(version.description),
            "cardkey": .string(hexadecimal(cardKey)),
            "borrowers": .array(borrowers.map(\.json)),
            "staff": .array(staff.map(\.json)),
            "items": .array(items.map(\.json)),
            "lockers": .array(lockers.map(\.json)),
            "bookings": .array(bookings.map(\.json)),
            "policy": policy.json,
        ]
        // Stations that know no passes refuse a member that they don't know.
        if !revokedPasses.isEmpty {
            members["revokedpasses"] = .array(revokedPasses.map { .string($0.description) })
        }
        return .object(members)
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
        staff = try members.list("staff", Badge.init)
        items = try members.list("items", Item.init)
        lockers = try members.list("lockers", Locker.init)
        bookings = try members.list("bookings", Booking.init)
        revokedPasses = try members.optionalList("revokedpasses") { (json) throws(EntryError) in
            guard let nonce = json.string.flatMap({ PassNonce($0) }) else {
                throw EntryError("'revokedpasses' of the register holds what is no nonce of a pass")
            }
            return nonce
        }
        policy = try Policy(try members.value("policy"))
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
        if let home { object["home"] = .string(home.text) }
        if valueCents > 0 { object["value"] = .integer(Int64(valueCents)) }
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
            isLendable: try members.boolean("lendable"),
            valueCents: try members.optionalInteger("value", LendingTerms.Number.maximumValue.range) ?? 0,
            home: try members.takeOptional("home", StationID.init)
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
