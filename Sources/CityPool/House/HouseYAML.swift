// A register as a YAML file, or as JSON, which is YAML too:
//
//     policy:
//       standard: { days: 14, until: "18:00" }
//       categories:
//         sound: { days: 3, until: "12:00" }
//       maximum-loans: 20
//     stations:
//       - id: schlaatz
//         hours: { mon: "10:00-13:00, 15:00-19:00", fri: "10:00-14:00" }
//         closed: [2026-12-24, 2026-12-28/2027-01-02]
//         lockers:
//           - { id: "4", name: { de: Fach 4, en: Locker 4 }, label: ML04K }
//     items:
//       - id: drill-1
//         name: { de: Akkuschrauber, en: Cordless drill }
//         label: MT…
//         category: tools
//         parts: [{ de: Ladegerät, en: Charger }]
//         station: schlaatz
//         locker: "4"
//     borrowers:
//       - { id: b-1, standing: active, valid-until: 2027-12-31, cards: [MB…] }
//
// A name may also be one text for all languages. Left out, `quantity` is 1, `parts` is empty, `lendable` is true,
// `standing` is active; an item without `locker` stands on the open shelf.

import Groundwork
import StationCore

/// Reads registers from YAML.
struct HouseYAML {
    private let file: YAMLFile
    private var check: HouseCheck

    /// The register in a file.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    static func read(file name: String) throws -> House {
        let file = YAMLFile(name: name)
        let root = file.root()
        return try read(file, root)
    }

    /// The register in bytes that are called `name`.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    static func read(_ bytes: [UInt8], name: String) throws -> House {
        let file = YAMLFile(name: name)
        let root = file.root(of: bytes)
        return try read(file, root)
    }

    private static func read(_ file: YAMLFile, _ root: YAMLMapping?) throws -> House {
        var reader = HouseYAML(file: file, check: HouseCheck(file: file.name))
        if let root { reader.read(root) }
        reader.check.note(file.problems)
        return try reader.check.finish()
    }

    private mutating func read(_ root: YAMLMapping) {
        if let policy = root.optional("policy")?.mapping() { read(policy: policy) }
        for value in root.required("stations")?.list() ?? [] { read(station: value) }
        for value in root.required("items")?.list() ?? [] { read(item: value) }
        for value in root.required("borrowers")?.list() ?? [] { read(borrower: value) }
        root.finish(known: ["policy", "stations", "items", "borrowers"])
    }

    private mutating func read(policy map: YAMLMapping) {
        var policy = Policy()
        if let value = map.optional("standard"), let period = Self.period(value) { policy.standardPeriod = period }
        if let categories = map.optional("categories")?.mapping() {
            for (category, value) in categories.remaining {
                _ = categories.optional(category)
                if HouseText.category(category) == nil {
                    value.note(
                        "'\(LogText.safe(category))' can't be the name of a category",
                        remedy: "Use 1 to 64 letters, digits, '.', '_' or '-'.")
                } else if let period = Self.period(value) {
                    policy.periods[category] = period
                }
            }
        }
        if let most = map.optional("maximum-loans")?.integer(1...1000) { policy.maximumLoans = most }
        map.finish(known: ["standard", "categories", "maximum-loans"])
        check.set(policy: policy)
    }

    private static func period(_ value: YAMLValue) -> LoanPeriod? {
        guard let map = value.mapping() else { return nil }
        let days = map.required("days")?.integer(0...3660)
        let until = map.required("until")?.read("a time such as \"18:00\"", HouseText.minuteOfDay)
        map.finish(known: ["days", "until"])
        guard let days, let until else { return nil }
        return LoanPeriod(days: days, dueMinuteOfDay: until)
    }

    private mutating func read(station value: YAMLValue) {
        guard let map = value.mapping() else { return }
        let id: StationID? = map.required("id")?.identifier()
        let hours = Self.hours(map)
        if let id { check.add(station: id, hours: hours, line: value.line) }
        for value in map.optional("lockers")?.list() ?? [] {
            guard let map = value.mapping() else { continue }
            let locker: LockerID? = map.required("id")?.identifier()
            let name = map.required("name")?.name()
            let label = map.required("label")?.read(HouseText.labelShape, HouseText.label)
            map.finish(known: ["id", "name", "label"])
            if id != nil, let locker {
                let locker = Locker(id: locker, name: name ?? LocalizedText(""), label: label ?? "")
                check.add(locker: locker, line: value.line)
            }
        }
        map.finish(known: ["id", "hours", "closed", "lockers"])
    }

    /// When a house is open; always, where nothing is said of it.
    private static func hours(_ map: YAMLMapping) -> OpeningHours? {
        let closedValue = map.optional("closed")
        let closed = (closedValue?.list() ?? []).map { day in
            day.read("a date such as 2026-12-24, or 2026-12-24/2027-01-02") {
                OpeningHours.days($0) == nil ? nil : $0
            }
        }
        guard let week = map.optional("hours")?.mapping() else {
            closedValue?.note("'closed' without 'hours' says nothing", remedy: "Add 'hours', or remove it.")
            return nil
        }
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        let days = names.map { name in
            week.optional(name).map { day in
                day.read("hours such as \"10:00-13:00, 15:00-19:00\"") {
                    OpeningHours.intervals($0) == nil ? nil : $0
                }
            } ?? ""
        }
        week.finish(known: names)
        let hours = OpeningHours(week: days.map { $0 ?? "" }, closed: closed.compactMap(\.self))
        if hours == nil, days.allSatisfy({ $0 != nil }) {
            week.value.note(
                "'hours' has no open day, or 'closed' too many days", remedy: "Add at least one day that is open.")
        }
        return hours
    }

    private mutating func read(item value: YAMLValue) {
        guard let map = value.mapping() else { return }
        let id: ItemID? = map.required("id")?.identifier()
        let name = map.required("name")?.name()
        let label = map.required("label")?.read(HouseText.labelShape, HouseText.label)
        let category = map.required("category")?.read("a category's name", HouseText.category)
        let quantity = map.optional("quantity").map { $0.integer(1...10_000) } ?? 1
        let parts = (map.optional("parts")?.list() ?? []).map { $0.name() }
        let station: StationID? = map.required("station")?.identifier()
        let locker: LockerID?? = map.optional("locker").map { $0.identifier() }
        let lendable = map.optional("lendable").map { $0.flag() } ?? true
        map.finish(known: [
            "id", "name", "label", "category", "quantity", "parts", "station", "locker", "lendable",
        ])
        guard let id else { return }
        let item = Item(
            id: id, name: name ?? LocalizedText(""), label: label ?? "", category: category ?? "",
            quantity: quantity ?? 1, parts: parts.compactMap(\.self), locker: locker ?? nil,
            isLendable: lendable ?? false)
        check.add(item: item, station: station, line: value.line)
    }

    private mutating func read(borrower value: YAMLValue) {
        guard let map = value.mapping() else { return }
        let id: BorrowerID? = map.required("id")?.identifier()
        let standing =
            map.optional("standing").map { $0.read("'active' or 'blocked'", Borrower.Standing.init) } ?? .active
        let until = map.optional("valid-until").map { $0.read("a date such as 2027-12-31", HouseText.until) }
        let cards = (map.optional("cards")?.list() ?? []).compactMap { card in
            card.text().map { (code: $0, line: card.line) }
        }
        map.finish(known: ["id", "standing", "valid-until", "cards"])
        guard let id else { return }
        let borrower = Borrower(id: id, standing: standing ?? .blocked, validUntil: until ?? nil)
        check.add(borrower: borrower, codes: cards, line: value.line)
    }
}

extension YAMLValue {
    fileprivate func identifier<Subject>() -> Identifier<Subject>? {
        read("1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit", Identifier<Subject>.init)
    }

    /// A name: one text, or one for each language.
    fileprivate func name() -> LocalizedText? {
        guard isMapping else { return read(HouseText.nameShape, HouseText.name).map { LocalizedText($0) } }
        guard let map = mapping() else { return nil }
        let german = map.required("de")?.read(HouseText.nameShape, HouseText.name)
        let english = map.required("en")?.read(HouseText.nameShape, HouseText.name)
        map.finish(known: ["de", "en"])
        guard let german, let english else { return nil }
        return LocalizedText(german: german, english: english)
    }
}
