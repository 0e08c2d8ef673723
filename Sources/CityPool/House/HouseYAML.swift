// A register as a YAML file, or as JSON, which is YAML too. Its parts are explained in docs/pool.md:
//
//     policy: …                    # PolicyYAML.swift
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
//         value: 129.90
//         parts: [{ de: Ladegerät, en: Charger }]
//         station: schlaatz
//         locker: "4"
//     borrowers, staff, bookings: …  # PeopleYAML.swift
//
// A name may also be one text for all languages. Left out, `quantity` is 1, `parts` is empty, `lendable` is true,
// `value` is 0; an item without `locker` stands on the open shelf.

import Dispatch
import Groundwork
import StationCore

/// Reads registers from YAML.
struct HouseYAML {
    private let file: YAMLFile
    /// What was read so far.
    var check: HouseCheck

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

    /// The register in bytes, read on a thread of its own: what is kept of PINs takes its time to compute.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    static func reading(_ bytes: [UInt8], name: String) async throws -> House {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try read(bytes, name: name) })
            }
        }
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
        for value in root.optional("staff")?.list() ?? [] { read(staff: value) }
        for value in root.optional("bookings")?.list() ?? [] { read(booking: value) }
        root.finish(known: ["policy", "stations", "items", "borrowers", "staff", "bookings"])
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
        let category = map.required("category")?.read("a category's name", HouseText.sharedName)
        let quantity = map.optional("quantity").map { $0.integer(1...10_000) } ?? 1
        let parts = (map.optional("parts")?.list() ?? []).map { $0.name() }
        let station: StationID? = map.required("station")?.identifier()
        let locker: LockerID?? = map.optional("locker").map { $0.identifier() }
        let lendable = map.optional("lendable").map { $0.flag() } ?? true
        let cents = map.optional("value").map { $0.read(HouseText.eurosShape, HouseText.cents) } ?? 0
        map.finish(known: [
            "id", "name", "label", "category", "quantity", "parts", "station", "locker", "lendable", "value",
        ])
        guard let id else { return }
        let item = Item(
            id: id, name: name ?? LocalizedText(""), label: label ?? "", category: category ?? "",
            quantity: quantity ?? 1, parts: parts.compactMap(\.self), locker: locker ?? nil,
            isLendable: lendable ?? false, valueCents: cents ?? 0)
        check.add(item: item, station: station, line: value.line)
    }
}

extension YAMLValue {
    /// The value as an identifier.
    func identifier<Subject>() -> Identifier<Subject>? { read(HouseText.identifierShape, Identifier<Subject>.init) }

    /// The value as one of the words that a choice has.
    func choice<Choice: CaseIterable & RawRepresentable<String>>() -> Choice? {
        let words = Choice.allCases.map { "'\($0.rawValue)'" }
        return read(words.count == 2 ? words.joined(separator: " or ") : "one of \(words.joined(separator: ", "))") {
            Choice(rawValue: $0)
        }
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
