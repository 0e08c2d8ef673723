// The rules of lending as the pool sets them: terms for all, then rules for categories and groups of borrowers. Of two
// rules that fit and say different things, the later one counts.

/// Terms for some items, some borrowers, or both.
public struct LendingRule: Equatable, Sendable {
    /// The category that it is for; `nil` for all.
    public var category: String?
    /// The group of borrowers that it is for; `nil` for all.
    public var group: String?
    /// The station that it is for; `nil` for all. A station gets only the rules that are for it.
    public var station: StationID?
    /// What it sets.
    public var terms: LendingTerms

    /// A rule; see the properties.
    public init(category: String? = nil, group: String? = nil, station: StationID? = nil, terms: LendingTerms) {
        self.category = category
        self.group = group
        self.station = station
        self.terms = terms
    }
}

/// What a station does while the pool is out of reach.
public enum OfflineLevel: String, CaseIterable, Sendable {
    /// It neither lends nor takes back.
    case off
    /// It takes back.
    case returns
    /// It lends and takes back.
    case both
}

/// A right that may end when the register gets old while the pool is out of reach.
public enum AgingRight: String, CaseIterable, Sendable {
    /// To borrow at all.
    case borrowing
    /// To borrow what needs a qualification.
    case qualifications
}

/// The rules that count at a station.
public struct Policy: Equatable, Sendable {
    /// What counts where no rule says otherwise.
    public var standard: LendingTerms
    /// The rules; later ones outweigh earlier ones.
    public var rules: [LendingRule]
    /// When the station's house is open; `nil` where it always is.
    public var hours: OpeningHours?
    /// What is done while the pool is out of reach.
    public var offline: OfflineLevel
    /// How old, in hours, the register may be for a right while the pool is out of reach; any age where it is not set.
    public var maximumAgeHours: [AgingRight: Int]

    /// How many days after a loan is over its entries still say whose it was.
    public var erasureDays = Self.standardErasureDays

    /// Days for which a question about a loan that is over can be answered where no policy says otherwise.
    public static let standardErasureDays = 30
    /// What ``erasureDays`` may be.
    public static let erasureRange = 1...3650
    /// What an age may be, in hours: up to a year.
    public static let ageRange = 1...8784

    /// Rules; see the properties.
    public init(
        standard: LendingTerms = LendingTerms(), rules: [LendingRule] = [], hours: OpeningHours? = nil,
        offline: OfflineLevel = .both, maximumAgeHours: [AgingRight: Int] = [:]
    ) {
        self.standard = standard
        self.rules = rules
        self.hours = hours
        self.offline = offline
        self.maximumAgeHours = maximumAgeHours
    }

    /// The terms for an item and a borrower; for anybody where there is none.
    public func terms(for item: Item, _ borrower: Borrower?) -> LendingTerms {
        var terms = standard
        for rule in rules {
            guard rule.category == nil || rule.category == item.category,
                rule.group.map({ borrower?.groups.contains($0) == true }) ?? true
            else { continue }
            terms.take(rule.terms)
        }
        return terms
    }
}
