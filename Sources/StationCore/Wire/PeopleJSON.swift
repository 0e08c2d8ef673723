// Borrowers, staff, their cards and their bookings as JSON, as register and pool exchange them.

extension RegisterSnapshot.Card {
    /// The borrower and their cards as JSON.
    public var json: JSON {
        var object: [String: JSON] = [
            "id": .string(borrower.id.text), "standing": .string(borrower.standing.rawValue),
            "cards": .array(cards.map(\.json)),
        ]
        if let reason = borrower.blockedBecause { object["blockedbecause"] = .string(reason) }
        if let until = borrower.validUntil { object["validuntil"] = .string(until.iso8601) }
        if let language = borrower.language { object["language"] = .string(language.tag) }
        if let born = borrower.born { object["born"] = .string(born.iso8601) }
        if !borrower.groups.isEmpty { object["groups"] = .array(borrower.groups.sorted().map { .string($0) }) }
        if !borrower.qualifications.isEmpty {
            object["qualifications"] = .object(borrower.qualifications.mapValues { .string($0?.iso8601 ?? "") })
        }
        return .object(object)
    }

    /// A borrower from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a borrower")
        borrower = Borrower(
            id: try members.take("id", BorrowerID.init),
            standing: try members.take("standing", Borrower.Standing.init),
            blockedBecause: try members.takeOptional("blockedbecause") { LocalizedText.isPrintable($0) ? $0 : nil },
            validUntil: try members.takeOptional("validuntil", WallTime.init(iso8601:)),
            groups: Set(try members.optionalList("groups", policyName)),
            born: try members.takeOptional("born", CivilDate.init(iso8601:)),
            language: try members.takeOptional("language") { Language($0) }
        )
        if let json = members.optionalValue("qualifications") {
            guard let object = json.object else { throw EntryError("'qualifications' of a borrower is no object") }
            for (name, until) in object {
                guard let text = until.string, text.isEmpty || WallTime(iso8601: text) != nil else {
                    throw EntryError("a qualification of a borrower ends at no time")
                }
                borrower.qualifications[try policyName(.string(name))] = .some(WallTime(iso8601: text))
            }
        }
        cards = try members.list("cards", CardKey.init)
        try members.finish()
    }
}

/// A name that policy and borrowers share: a category, a group or a qualification.
func policyName(_ json: JSON) throws(EntryError) -> String {
    guard let text = json.string, let name = Identifier<Policy>(text) else {
        throw EntryError("a category, group or qualification has the shape of an identifier")
    }
    return name.text
}

extension RegisterSnapshot.Badge {
    var json: JSON {
        var object: [String: JSON] = ["id": .string(staff.id.text), "badges": .array(badges.map(\.json))]
        if let until = staff.validUntil { object["validuntil"] = .string(until.iso8601) }
        return .object(object)
    }

    init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a member of staff")
        staff = Staff(
            id: try members.take("id", StaffID.init),
            validUntil: try members.takeOptional("validuntil", WallTime.init(iso8601:)))
        badges = try members.list("badges", CardKey.init)
        guard badges.allSatisfy({ $0.pin != nil }) else { throw EntryError("a badge has no PIN") }
        try members.finish()
    }
}

extension CardKey {
    fileprivate var json: JSON {
        guard let pin else { return .string(digest.description) }
        return .object([
            "digest": .string(digest.description), "pin": .string(pin.description), "weak": .boolean(isWeak),
        ])
    }

    fileprivate init(_ json: JSON) throws(EntryError) {
        func digest(_ text: String?) throws(EntryError) -> CardDigest {
            guard let hash = text.flatMap({ EntryHash($0) }) else {
                throw EntryError("a card digest is 64 hex digits")
            }
            return CardDigest(hash)
        }
        guard json.object != nil else {
            self.init(digest: try digest(json.string))
            return
        }
        var members = try JSONMembers(json, "a card")
        self.init(
            digest: try digest(try members.take("digest") { $0 }), pin: try members.take("pin", PINVerifier.init),
            isWeak: try members.boolean("weak"))
        try members.finish()
    }
}

extension Booking {
    /// The booking as JSON.
    public var json: JSON {
        .object([
            "id": .string(id.text), "borrower": .string(borrower.text), "item": .string(item.text),
            "from": .string(from.iso8601), "until": .string(until.iso8601),
        ])
    }

    /// A booking from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a booking")
        let booking = Booking(
            id: try members.take("id", BookingID.init), borrower: try members.take("borrower", BorrowerID.init),
            item: try members.take("item", ItemID.init), from: try members.take("from", WallTime.init(iso8601:)),
            until: try members.take("until", WallTime.init(iso8601:)))
        try members.finish()
        guard let booking else { throw EntryError("a booking ends before it begins") }
        self = booking
    }
}
