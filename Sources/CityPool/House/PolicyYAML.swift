// The rules of lending in a house file:
//
//     policy:
//       standard: { days: 14, until: "18:00", maximum-loans: 20 }
//       categories:
//         bikes: { days: 3, minimum-age: 18, pin-above: 500 }
//       groups:
//         staff: { maximum-value: 5000.00 }
//       rules:
//         - { category: bikes, group: club, station: schlaatz, days: 7 }
//       offline: both
//       maximum-age: { borrowing: 30 days, qualifications: 7 days }
//       erasure: 30 days
//
// `categories` and `groups` are short for rules, in the file's order, categories first; `rules` outweigh them. So does
// `maximum-loans` beside `standard`, which is short for the one in it. All terms are those of `LendingTerms`.

import Groundwork
import StationCore

extension HouseYAML {
    mutating func read(policy map: YAMLMapping) {
        var policy = Policy()
        if let standard = map.optional("standard")?.mapping() { policy.standard = LendingTerms(standard) }
        if let value = map.optional(LendingTerms.Number.maximumLoans.rawValue) {
            if policy.standard[.maximumLoans] != nil {
                value.note("'standard' says \(value.name) already", remedy: "Remove one of them.")
            }
            policy.standard[.maximumLoans] = value.number(.maximumLoans)
        }
        policy.rules += rules(map.optional("categories"), "a category") { LendingRule(category: $0, terms: $1) }
        policy.rules += rules(map.optional("groups"), "a group") { LendingRule(group: $0, terms: $1) }
        policy.rules += (map.optional("rules")?.list() ?? []).compactMap { rule($0) }
        if let offline = map.optional("offline") { policy.offline = offline.choice() ?? policy.offline }
        if let ages = map.optional("maximum-age")?.mapping() {
            for right in AgingRight.allCases {
                policy.maximumAgeHours[right] = ages.optional(right.rawValue)?.read(HouseText.ageShape, HouseText.hours)
            }
            ages.finish(known: AgingRight.allCases.map(\.rawValue))
        }
        if let days = map.optional("erasure")?.read(HouseText.erasureShape, HouseText.days) {
            policy.erasureDays = days
        }
        map.finish(known: [
            "standard", "maximum-loans", "categories", "groups", "rules", "offline", "maximum-age", "erasure",
        ])
        check.house.policy = policy
    }

    /// The rules that a mapping of names to terms is short for.
    private func rules(
        _ value: YAMLValue?, _ subject: String, _ rule: (String, LendingTerms) -> LendingRule
    ) -> [LendingRule] {
        guard let map = value?.mapping() else { return [] }
        return map.remaining.compactMap { name, value in
            guard HouseText.sharedName(name) != nil else {
                value.note(
                    "'\(LogText.name(name))' can't be the name of \(subject)",
                    remedy: "Use \(HouseText.identifierShape).")
                return nil
            }
            return value.mapping().map { rule(name, terms(of: $0)) }
        }
    }

    private mutating func rule(_ value: YAMLValue) -> LendingRule? {
        guard let map = value.mapping() else { return nil }
        let category = map.optional("category")?.read("a category's name", HouseText.sharedName)
        let group = map.optional("group")?.read("a group's name", HouseText.sharedName)
        let stationValue = map.optional("station")
        let station: StationID? = stationValue?.identifier()
        if let station { check.rule(isFor: station, line: stationValue?.line) }
        let terms = terms(of: map, beside: ["category", "group", "station"])
        return LendingRule(category: category, group: group, station: station, terms: terms)
    }

    /// The terms of a rule, which says something.
    private func terms(of map: YAMLMapping, beside known: [String] = []) -> LendingTerms {
        if map.remaining.isEmpty {
            map.value.note("\(map.value.name) sets no term", remedy: "Add one, such as 'days: 3', or remove it.")
        }
        return LendingTerms(map, beside: known)
    }
}

extension LendingTerms {
    /// The terms in a mapping, from which all else was taken.
    ///
    /// - Parameter known: what else the mapping may have.
    fileprivate init(_ map: YAMLMapping, beside known: [String] = []) {
        self.init()
        for number in Number.allCases { self[number] = map.optional(number.rawValue)?.number(number) }
        qualification = map.optional("qualification")?.read("the name of a qualification, or 'none'") {
            $0 == "none" ? "" : HouseText.sharedName($0)
        }
        confirmation = map.optional("confirmation")?.choice()
        partsCheck = map.optional("parts")?.choice()
        quietHours = map.optional("quiet-hours")?.read("hours such as \"22:00-07:00\", or 'none'") {
            QuietHours($0 == "none" ? "" : $0)
        }
        let others = ["qualification", "confirmation", "parts", "quiet-hours"]
        map.finish(known: Number.allCases.map(\.rawValue) + others + known)
    }
}

extension YAMLValue {
    /// The value as one of the terms that are numbers.
    fileprivate func number(_ number: LendingTerms.Number) -> Int? {
        if number == .until { return read("a time such as \"18:00\"", HouseText.minuteOfDay) }
        return number.isMoney ? read(HouseText.eurosShape, HouseText.cents) : integer(number.range)
    }
}
