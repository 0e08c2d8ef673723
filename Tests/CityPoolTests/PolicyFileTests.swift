// The rules of lending, from the file of a house to what a station gets.

import Groundwork
import StationCore
import Testing

@testable import CityPool

@Suite struct PolicyFileTests {
    private func house(policy: String) -> String {
        "policy: \(policy)\nstations: [{ id: demo }]\nitems: []\nborrowers: []\n"
    }

    private func policy(_ text: String) throws -> Policy {
        try HouseYAML.read(Array(house(policy: text).utf8), name: "house").policy
    }

    @Test func `the standard takes every term there is`() throws {
        let policy = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house").policy
        let standard = policy.standard
        #expect(
            standard.numbers == [
                .days: 14, .until: 1080, .maximumLoans: 5, .maximumOfCategory: 2, .maximumValue: 150_000,
                .minimumAge: 16, .deposit: 0, .pinAbove: 4950, .cardPINAbove: 50, .renewals: 3,
            ])
        #expect(Set(standard.numbers.keys) == Set(LendingTerms.Number.allCases), "a term is not in the sample")
        #expect(standard.qualification == "introduction")
        #expect(standard.confirmation == LendingTerms.Confirmation.none)
        #expect(standard.partsCheck == .set && standard.quietHours?.text == "13:00-15:00, 22:00-07:00")
        #expect(policy.offline == .returns)
        #expect(policy.maximumAgeHours == [.borrowing: 720, .qualifications: 36])
    }

    @Test func `categories come before groups, and rules after both, each in the file's order`() throws {
        let policy = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house").policy
        #expect(policy.rules.map(\.category) == ["tools", "art", nil, nil, "tools", nil, "tools"])
        #expect(policy.rules.map(\.group) == [nil, nil, "club", "all", "club", nil, nil])
        #expect(policy.rules.map(\.station?.text) == [nil, nil, nil, nil, nil, "other", "demo"])
        #expect(policy.rules[1].terms.qualification == "" && policy.rules[1].terms.quietHours?.text == "")
        let (first, second) = (
            try self.policy("{ groups: { zebra: { days: 1 }, ape: { days: 2 } } }"),
            try self.policy("{ groups: { ape: { days: 2 }, zebra: { days: 1 } } }")
        )
        #expect(first.rules.map(\.group) == ["zebra", "ape"] && second.rules.map(\.group) == ["ape", "zebra"])
        #expect(first != second, "which of two groups counts depends on their order")
    }

    @Test func `a station gets the rules for all and its own, and does not see whose they are`() throws {
        let house = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house")
        func rules(_ station: String) throws -> [LendingRule] {
            let account = StationAccount(
                id: .of(station), source: EntrySource(stored: "x"), cardKey: [UInt8](repeating: 1, count: 32),
                tokenHash: .none)
            let version = try #require(RegisterVersion(incarnation: "a", number: 1))
            let snapshot = try #require(house.snapshot(for: account, version: version))
            // What travels is what the station reads.
            return try RegisterSnapshot(try JSON(parsing: snapshot.json.canonical)).policy.rules
        }
        let (demo, other) = (try rules("demo"), try rules("other"))
        #expect(demo.allSatisfy { $0.station == nil } && other.allSatisfy { $0.station == nil })
        #expect(demo.count == 6 && demo.last?.terms.numbers == [.deposit: 2000])
        #expect(other.count == 6 && other.last?.terms.partsCheck == .each)
    }

    @Test func `maximum-loans may stand beside the standard`() throws {
        #expect(
            try policy("{ maximum-loans: 5 }").standard == (try policy("{ standard: { maximum-loans: 5 } }")).standard)
        #expect(try policy("{}") == Policy())
        #expect(
            mistakes(in: house(policy: "{ maximum-loans: 5, standard: { maximum-loans: 5 } }"))
                == ["1: 'standard' says 'maximum-loans' already. Remove one of them."])
    }

    @Test(arguments: [
        ("{ standard: { days: 3661 } }", "'days' is not a whole number from 0 to 3660"),
        ("{ standard: { until: 24:00 } }", "'until' is not a time such as \"18:00\""),
        ("{ standard: { maximum-value: 1.234 } }", "'maximum-value' is not an amount in euros such as 49.50"),
        ("{ standard: { deposit: -1 } }", "'deposit' is not an amount in euros"),
        ("{ standard: { pin-above: many } }", "'pin-above' is not an amount in euros"),
        ("{ standard: { card-pin-above: 1000000.01 } }", "'card-pin-above' is not an amount in euros"),
        ("{ standard: { minimum-age: 121 } }", "'minimum-age' is not a whole number from 0 to 120"),
        ("{ standard: { renewals: [] } }", "'renewals' should be a text"),
        ("{ standard: { qualification: la ser } }", "'qualification' is not the name of a qualification, or 'none'"),
        ("{ standard: { confirmation: boss } }", "'confirmation' is not 'none' or 'staff'"),
        ("{ standard: { parts: all } }", "'parts' is not one of 'none', 'set', 'each'"),
        ("{ standard: { quiet-hours: at night } }", "'quiet-hours' is not hours such as \"22:00-07:00\", or 'none'"),
        ("{ standard: { maximum-lones: 3 } }", "nothing here is called 'maximum-lones'"),
        ("{ standard: { category: tools } }", "nothing here is called 'category'"),
        ("{ categories: { la ser: { days: 3 } } }", "'la ser' can't be the name of a category"),
        ("{ categories: { tools: {} } }", "'tools' sets no term"),
        ("{ categories: { tools: { station: demo } } }", "nothing here is called 'station'"),
        ("{ groups: { 'a b': { days: 3 } } }", "'a b' can't be the name of a group"),
        ("{ groups: [club] }", "'groups' should be a mapping"),
        ("{ rules: { category: tools } }", "'rules' should be a list"),
        ("{ rules: [{ category: tools }] }", "entry 1 of 'rules' sets no term"),
        ("{ rules: [{ category: a b, days: 1 }] }", "'category' is not a category's name"),
        ("{ rules: [{ group: a b, days: 1 }] }", "'group' is not a group's name"),
        (
            "{ rules: [{ station: elsewhere, days: 1 }] }",
            "a rule is for 'elsewhere', which is no station of this register"
        ),
        ("{ offline: always }", "'offline' is not one of 'off', 'returns', 'both'"),
        ("{ maximum-age: { borrowing: 30 } }", "'borrowing' is not a time such as 36 hours or 30 days"),
        ("{ maximum-age: { borrowing: 400 days } }", "'borrowing' is not a time"),
        ("{ maximum-age: { badges: 3 days } }", "nothing here is called 'badges'"),
    ])
    func `what makes no sense in a policy is told with its line`(_ policy: String, _ problem: String) {
        let found = mistakes(in: house(policy: policy))
        #expect(found.count == 1 && found.first?.hasPrefix("1: \(problem)") == true, "\(found)")
    }

    @Test(
        arguments: [
            ("0", 0), ("50", 5000), ("49.5", 4950), ("49.50", 4950), ("49,50", 4950), ("0.01", 1),
            ("1000000", 100_000_000),
            ("1000000.00", 100_000_000), ("007", 700), ("", nil), (".5", nil), ("5.", nil), ("1.234", nil),
            ("1,234", nil),
            ("1.000,00", nil), ("-1", nil), ("+1", nil), ("1e3", nil), ("1 000", nil), ("1000000.01", nil), ("€5", nil),
            ("99999999999999999999", nil), ("٣", nil),
        ] as [(String, Int?)])
    func `money is read as people write it, to the cent`(_ text: String, _ cents: Int?) {
        #expect(HouseText.cents(text) == cents)
    }

    @Test(
        arguments: [
            ("1 hour", 1), ("36 hours", 36), ("1 day", 24), ("366 days", 8784), ("367 days", nil), ("0 days", nil),
            ("30", nil), ("days", nil), ("30d", nil), ("-1 days", nil), ("2 weeks", nil), ("1 day more", nil),
        ] as [(String, Int?)])
    func `an age is hours or days`(_ text: String, _ hours: Int?) { #expect(HouseText.hours(text) == hours) }

    @Test(
        arguments: [
            ("2026-12-01T10:00:00.000Z", "2026-12-01T10:00:00.000Z"),
            ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00.000Z"),
            ("2026-12-01T10:00Z", "2026-12-01T10:00:00.000Z"), ("2026-12-01T00:30+01:00", "2026-11-30T23:30:00.000Z"),
            ("2026-12-31T23:30:15-01:00", "2027-01-01T00:30:15.000Z"), ("2026-12-01 10:00", nil), ("2026-12-01", nil),
            ("2026-12-01T10:00", nil), ("2026-02-30T10:00Z", nil), ("2026-12-01T10:00ZZ", nil),
            ("2026-12-01T10:00+1:00", nil), ("2026-12-01T10:00+01:00+01:00", nil), ("", nil), ("Z", nil),
            ("+01:00", nil),
        ] as [(String, String?)])
    func `an instant names its offset from UTC`(_ text: String, _ instant: String?) {
        #expect(HouseText.instant(text)?.iso8601 == instant)
    }
}
