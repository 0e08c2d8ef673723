// Borrowers, staff and bookings in the file of a house, and what is never repeated of them.

import Groundwork
import StationCore
import Testing

@testable import CityPool

@Suite struct PeopleFileTests {
    private static let library = "4006381333931"

    private func people(_ lines: String) -> String {
        """
        stations: [{ id: demo }]
        items: [{ id: saw, name: Säge, label: S1, category: tools, station: demo }]
        \(lines)
        """
    }

    @Test func `all that is said of people is read`() throws {
        let house = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house")
        let (first, second) = (house.borrowers[0].borrower, house.borrowers[1].borrower)
        #expect(first.groups == ["club", "all"] && first.born?.iso8601 == "2001-02-28")
        #expect(first.qualifications.mapValues { $0?.iso8601 } == ["laser": nil, "bike": "2027-01-31T23:59:59.999Z"])
        #expect(second.standing == .blocked && second.blockedBecause == "Bohrer fehlt seit Mai")
        #expect(second.groups.isEmpty && second.born == nil && second.qualifications.isEmpty)
        #expect(house.staff.map(\.staff.id.text) == ["s-1", "s-2"])
        #expect(house.staff[0].staff.validUntil?.iso8601 == "2028-12-31T23:59:59.999Z")
        #expect(house.bookings.map(\.id.text) == ["k-1", "k-2"])
        #expect(house.bookings[0].from.iso8601 == "2026-12-01T10:00:00.000Z")
        #expect(house.items.map(\.item.valueCents) == [2000, 12_990])
    }

    @Test func `of a card its fingerprint is kept, and of a PIN what it is checked with`() throws {
        let house = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house")
        func print(_ code: String) throws -> House.CardPrint {
            let fingerprint = CardCode.fingerprint(of: code)
            let all = house.borrowers.flatMap(\.cards) + house.staff.flatMap(\.badges)
            return try #require(all.first { $0.fingerprint == fingerprint })
        }
        let (plain, strong) = (try print(SampleHouse.card("1")), try print(SampleHouse.card("2")))
        #expect(plain.pin == nil && !plain.isWeak && !strong.isWeak)
        #expect(strong.pin?.accepts("0123", of: SampleHouse.card("2")) == true)
        #expect(strong.pin?.accepts("123", of: SampleHouse.card("2")) == false)
        // Another number than a house code is known by what the station reads on the card: here by a GTIN.
        let key = CodeReader.key(ofRegistered: Self.library)
        #expect(key != Self.library)
        let weak = try print(key)
        #expect(weak.isWeak && weak.pin?.accepts("2468", of: key) == true)
        #expect(weak.pin?.accepts("2468", of: Self.library) == false)
        let (first, second) = (try print(SampleHouse.badge("1")), try print(SampleHouse.badge("2")))
        #expect(first.pin?.accepts("97531", of: SampleHouse.badge("1")) == true)
        #expect(first.pin != second.pin, "the same PIN is not the same verifier")
        let again = try HouseYAML.read(Array(SampleHouse.wholeYAML.utf8), name: "house")
        #expect(again == house, "the same file is the same register")
    }

    @Test func `a code in small letters is the same card`() throws {
        func cards(_ code: String) throws -> [House.CardPrint] {
            let yaml = people("borrowers: [{ id: b-1, cards: [{ code: \(code), pin: '1234' }] }]")
            return try HouseYAML.read(Array(yaml.utf8), name: "house").borrowers[0].cards
        }
        let code = SampleHouse.card("1")
        #expect(try cards(code) == (try cards(code.lowercased())))
    }

    @Test(arguments: [
        ("borrowers: [{ id: b-1, blocked-because: late }]", "borrower 'b-1' has a reason to be blocked, and is not"),
        ("borrowers: [{ id: b-1, standing: blocked, blocked-because: '' }]", "'blocked-because' is not a printable"),
        ("borrowers: [{ id: b-1, standing: gone }]", "'standing' is not 'active' or 'blocked'"),
        ("borrowers: [{ id: b-1, groups: club }]", "'groups' should be a list"),
        ("borrowers: [{ id: b-1, groups: [a b] }]", "entry 1 of 'groups' is not a group's name"),
        ("borrowers: [{ id: b-1, born: 28.2.2001 }]", "'born' is not a date such as 2001-02-28"),
        ("borrowers: [{ id: b-1, born: 2001-02-29 }]", "'born' is not a date"),
        (
            "borrowers: [{ id: b-1, qualifications: [a b] }]",
            "entry 1 of 'qualifications' is not a qualification's name"
        ),
        ("borrowers: [{ id: b-1, qualifications: [{ until: 2027-01-31 }] }]", "'name' is missing in entry 1"),
        ("borrowers: [{ id: b-1, qualifications: [{ name: a, until: soon }] }]", "'until' is not a date"),
        (
            "borrowers: [{ id: b-1, qualifications: [a, { name: a, until: 2027-01-31 }] }]",
            "the qualification 'a' is there twice"
        ),
        (
            "borrowers: [{ id: b-1, cards: ['\(library)'] }]",
            "a card of borrower 'b-1' is no house code, and has no PIN"
        ),
        (
            "borrowers: [{ id: b-1, cards: [{ code: '\(library)' }] }]",
            "a card of borrower 'b-1' is no house code, and has no"
        ),
        ("borrowers: [{ id: b-1, cards: [{ code: ' x', pin: '1234' }] }]", "a card of borrower 'b-1' is not 1 to 64"),
        (
            "borrowers: [{ id: b-1, cards: [{ code: '\(library)', pin: '123' }] }]",
            "the PIN of a card of borrower 'b-1' is not 4 to 12 digits"
        ),
        (
            "borrowers: [{ id: b-1, cards: [{ code: '\(library)', pin: '12a4' }] }]",
            "the PIN of a card of borrower 'b-1'"
        ),
        (
            "borrowers: [{ id: b-1, cards: [{ code: MB1234, pin: '1234' }] }]",
            "a card of borrower 'b-1' is no card code"
        ),
        ("borrowers: [{ id: b-1, cards: [{ pin: '1234' }] }]", "'code' is missing in entry 1 of 'cards'"),
        (
            "borrowers: [{ id: b-1, cards: [{ code: '\(SampleHouse.card("1"))', pni: '1234' }] }]",
            "nothing here is called 'pni'"
        ),
        (
            "borrowers: [{ id: b-1, cards: [{ code: '\(SampleHouse.badge("1"))', pin: '1234' }] }]",
            "a card of borrower 'b-1' is no card code"
        ),
        ("borrowers: []\nstaff: { id: s-1 }", "'staff' should be a list"),
        ("borrowers: []\nstaff: [{ id: s-1 }, { id: s-1 }]", "staff 's-1' is there twice"),
        ("borrowers: []\nstaff: [{ id: s-1, valid-until: never }]", "'valid-until' is not a date"),
        (
            "borrowers: []\nstaff: [{ id: s-1, badges: ['\(SampleHouse.badge("1"))'] }]",
            "a badge of staff 's-1' has no PIN"
        ),
        (
            "borrowers: []\nstaff: [{ id: s-1, badges: [{ code: '\(SampleHouse.card("1"))', pin: '1234' }] }]",
            "a badge of staff 's-1' is no badge code"
        ),
        (
            "borrowers: []\nstaff: [{ id: s-1, badges: [{ code: '\(library)', pin: '1234' }] }]",
            "a badge of staff 's-1' is no badge code"
        ),
        (
            "borrowers: []\nstaff: [{ id: s-1, badges: [{ code: '\(SampleHouse.badge("1"))', pin: '99999999999999' }] }]",
            "the PIN of a badge of staff 's-1' is not 4 to 12 digits"
        ),
        (
            "borrowers: [{ id: b-1 }]\nbookings: [{ id: k, borrower: b-2, item: saw, from: 2026-12-01T10:00Z, until: 2026-12-02T10:00Z }]",
            "booking 'k' is of borrower 'b-2', who is not in this register. Known are b-1."
        ),
        (
            "borrowers: [{ id: b-1 }]\nbookings: [{ id: k, borrower: b-1, item: axe, from: 2026-12-01T10:00Z, until: 2026-12-02T10:00Z }]",
            "booking 'k' is for item 'axe', which is not in this register. Known are saw."
        ),
        (
            "borrowers: [{ id: b-1 }]\nbookings: [{ id: k, borrower: b-1, item: saw, from: 2026-12-01T10:00Z, until: 2026-12-01T10:00Z }]",
            "booking 'k' ends before it begins"
        ),
        (
            "borrowers: [{ id: b-1 }]\nbookings: [{ id: k, borrower: b-1, item: saw, from: 2026-12-01 10:00, until: 2026-12-02T10:00Z }]",
            "'from' is not an instant such as 2026-12-01T10:00Z"
        ),
        (
            "borrowers: [{ id: b-1 }]\nbookings: [{ id: k, borrower: b-1, item: saw, until: 2026-12-02T10:00Z }]",
            "'from' is missing"
        ),
    ])
    func `what makes no sense about people is told with its line, and without codes`(_ lines: String, _ problem: String)
    {
        let yaml = people(lines)
        let found = mistakes(in: yaml)
        let line = yaml.split(separator: "\n").count
        #expect(found.count == 1 && found.first?.hasPrefix("\(line): \(problem)") == true, "\(found)")
        for secret in [Self.library, SampleHouse.card("1"), SampleHouse.badge("1"), "12a4", "99999"] {
            #expect(!found.joined().contains(secret), "\(found)")
        }
    }

    @Test func `a card or a badge is one person's`() {
        let (card, badge) = (SampleHouse.card("1"), SampleHouse.badge("1"))
        let found = mistakes(
            in: people(
                """
                borrowers:
                  - { id: b-1, cards: [\(card), { code: "\(Self.library)", pin: "1234" }] }
                  - { id: b-2, cards: [\(card.lowercased())] }
                  - { id: b-3, cards: [{ code: "(01)0\(Self.library)", pin: "4321" }] }
                staff:
                  - { id: s-1, badges: [{ code: \(badge), pin: "1234" }] }
                  - { id: s-2, badges: [{ code: \(badge), pin: "4321" }] }
                """))
        #expect(
            found.map { $0.prefix { $0 != "," } } == [
                "5: a card of borrower 'b-2' is there twice", "6: a card of borrower 'b-3' is there twice",
                "9: a badge of staff 's-2' is there twice",
            ])
        #expect(!found.joined().contains(card) && !found.joined().contains(badge))
    }

    @Test func `codes that stand in the wrong place are not repeated either`() {
        let (card, badge, letters) = (
            SampleHouse.card("1"), SampleHouse.badge("1"), SampleHouse.card("ABCDEFGHJKLMNPQ")
        )
        for lines in [
            "borrowers: [{ id: b-1, cards: { \(card): '2468' } }]",
            "borrowers: [{ id: b-1, cards: [{ \(card): '2468' }] }]",
            "borrowers: [{ id: b-1, cards: [{ '2468': \(card) }] }]",
            "borrowers: [{ id: b-1, cards: [{ code: [\(card)], pin: { '2468': 1 } }] }]",
            "borrowers: [{ id: b-1, \(card): '2468' }]",
            "borrowers: [{ id: b-1, \(letters): '2468' }]",
            "borrowers: [{ id: b-1, \(letters)X: '2468' }]",
            "borrowers: { \(card): { pin: '2468' } }",
            "borrowers: [{ \(card): 1, \(card): 2468 }]",
            "borrowers: []\n\(badge): '2468'",
            "borrowers: []\npolicy: { categories: { \(card) 2468: { days: 3 }, \(Self.library)!: {} } }",
        ] {
            let found = mistakes(in: people(lines))
            #expect(!found.isEmpty)
            for secret in [card, badge, letters, Self.library, "2468"] {
                #expect(!found.joined().contains(secret), "\(lines): \(found)")
            }
        }
        for label in [card, badge, String(card.dropLast()) + "I"] {
            let found = mistakes(in: people("borrowers: []").replacing("label: S1", with: "label: \(label)"))
            #expect(found.count == 1 && !found.joined().contains(label), "\(found)")
        }
        // The control: other names are.
        #expect(mistakes(in: people("borrowers: [{ id: b-1, crads: [] }]")).joined().contains("'crads'"))
    }
}
