// The rules of lending as JSON. Unknown members are refused: a rule that a station does not know must not be skipped
// silently (rule S6).

extension Policy {
    /// The rules as JSON.
    public var json: JSON {
        var object: [String: JSON] = [
            "standard": .object(standard.members), "rules": .array(rules.map(\.json)),
            "offline": .string(offline.rawValue),
            "maximumage": .object(
                Dictionary(
                    uniqueKeysWithValues: maximumAgeHours.map { ($0.key.rawValue, .integer(Int64($0.value))) })),
        ]
        if let hours { object["hours"] = hours.json }
        if erasureDays != Self.standardErasureDays { object["erasuredays"] = .integer(Int64(erasureDays)) }
        return .object(object)
    }

    /// Rules from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "the policy")
        var standard = try JSONMembers(try members.value("standard"), "the standard terms")
        self.init(
            standard: try LendingTerms(&standard), rules: try members.list("rules", LendingRule.init),
            hours: try members.optionalValue("hours").map { (json) throws(EntryError) in try OpeningHours(json) },
            offline: try members.take("offline", OfflineLevel.init))
        try standard.finish()
        if let days = try members.optionalInteger("erasuredays", Self.erasureRange) { erasureDays = days }
        var ages = try JSONMembers(try members.value("maximumage"), "the table of ages")
        for right in AgingRight.allCases {
            maximumAgeHours[right] = try ages.optionalInteger(right.rawValue, Self.ageRange)
        }
        try ages.finish()
        try members.finish()
    }
}

extension LendingRule {
    /// The rule as JSON.
    public var json: JSON {
        var object = terms.members
        if let category { object["category"] = .string(category) }
        if let group { object["group"] = .string(group) }
        if let station { object["station"] = .string(station.text) }
        return .object(object)
    }

    /// A rule from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    public init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a rule")
        self.init(
            category: try members.optionalValue("category").map(policyName),
            group: try members.optionalValue("group").map(policyName),
            station: try members.takeOptional("station", StationID.init), terms: try LendingTerms(&members))
        try members.finish()
    }
}

extension LendingTerms {
    fileprivate var members: [String: JSON] {
        var object: [String: JSON] = [:]
        for (number, value) in numbers { object[number.rawValue] = .integer(Int64(value)) }
        if let qualification { object["qualification"] = .string(qualification) }
        if let confirmation { object["confirmation"] = .string(confirmation.rawValue) }
        if let partsCheck { object["parts"] = .string(partsCheck.rawValue) }
        if let quietHours { object["quiet-hours"] = .string(quietHours.text) }
        return object
    }

    fileprivate init(_ members: inout JSONMembers) throws(EntryError) {
        self.init()
        for number in Number.allCases {
            self[number] = try members.optionalInteger(number.rawValue, number.range)
        }
        qualification = try members.takeOptional("qualification") {
            $0.isEmpty ? "" : Identifier<Policy>($0)?.text
        }
        confirmation = try members.takeOptional("confirmation", Confirmation.init)
        partsCheck = try members.takeOptional("parts", PartsCheck.init)
        quietHours = try members.takeOptional("quiet-hours", QuietHours.init)
    }
}

extension OpeningHours {
    /// The hours as JSON: the texts of seven days, Monday first, and the closed days.
    public var json: JSON {
        let closed = closedDays.map(\.iso8601).sorted()
        return .object([
            "week": .array(week.map { .string(Self.text($0)) }), "closed": .array(closed.map { .string($0) }),
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
