// A small house for the tests: two lockers, three items, two borrowers.

import StationCore

enum SampleHouse {
    /// The code of a borrower's card with this body's first characters.
    static func card(_ start: String) -> String { secret(.borrowerCard, start) }

    /// The code of a badge with this body's first characters.
    static func badge(_ start: String) -> String { secret(.staffBadge, start) }

    private static func secret(_ kind: HouseCode.Kind, _ start: String) -> String {
        for filler in HouseCode.alphabet {
            let body = start + String(repeating: filler, count: HouseCode.secretBodyCount - start.count)
            if let code = HouseCode(kind: kind, body: body) { return code.text }
        }
        preconditionFailure("no code of this kind starts with \(start)")
    }

    /// A label of a kind with this body's first characters.
    static func label(_ kind: HouseCode.Kind, _ start: String) -> String {
        for filler in HouseCode.alphabet {
            if let code = HouseCode(kind: kind, body: start + String(filler)) { return code.text }
        }
        preconditionFailure("no label starts with \(start)")
    }

    static let yaml = """
        policy:
          standard: { days: 14, until: "18:00" }
          categories:
            sound: { days: 3, until: "12:00" }
          maximum-loans: 5
        stations:
          - id: demo
            lockers:
              - { id: "4", name: { de: Fach 4, en: Locker 4 }, label: \(label(.locker, "04")) }
              - { id: "5", name: { de: Fach 5, en: Locker 5 }, label: \(label(.locker, "05")) }
          - id: other
        items:
          - id: drill-1
            name: { de: Akkuschrauber, en: Cordless drill }
            label: \(label(.item, "0001"))
            category: tools
            parts:
              - { de: Ladegerät, en: Charger }
              - Bit-Set
            station: demo
            locker: "4"
          - id: table
            name: { de: Klapptisch, en: Folding table }
            label: "4006381333931"
            category: seating
            quantity: 12
            station: demo
            locker: "5"
          - { id: painting, name: Blick auf die Havel, label: P-17, category: art, station: other, lendable: false }
        borrowers:
          - { id: b-1, cards: ["\(card("1"))", "\(card("2"))"] }
          - { id: b-2, standing: blocked, valid-until: 2027-12-31, cards: ["\(card("3"))"] }
        """

    /// A house that uses all that a register can say: rules, PINs, staff and bookings.
    static let wholeYAML = """
        policy:
          standard:
            days: 14
            until: "18:00"
            maximum-loans: 5
            maximum-of-category: 2
            maximum-value: 1500
            minimum-age: 16
            qualification: introduction
            confirmation: none
            deposit: 0
            pin-above: 49.50
            card-pin-above: "0.5"
            renewals: 3
            parts: set
            quiet-hours: "13:00-15:00, 22:00-07:00"
          categories:
            tools: { days: 3 }
            art: { confirmation: staff, qualification: none, quiet-hours: none }
          groups:
            club: { days: 28 }
            all: { renewals: 0 }
          rules:
            - { category: tools, group: club, days: 7 }
            - { station: other, parts: each }
            - { station: demo, category: tools, deposit: 20 }
          offline: returns
          maximum-age: { borrowing: 30 days, qualifications: 36 hours }
        stations:
          - id: demo
            lockers:
              - { id: "4", name: Fach 4, label: \(label(.locker, "04")) }
          - id: other
        items:
          - { id: saw, name: Säge, label: S1, category: tools, station: demo, locker: "4", value: 129.9 }
          - { id: lamp, name: Lampe, label: S2, category: tools, station: other, value: 20 }
        borrowers:
          - id: b-1
            groups: [club, all]
            born: 2001-02-28
            qualifications: [laser, { name: bike, until: 2027-01-31 }]
            cards: [\(card("1")), { code: \(card("2")), pin: "0123" }, { code: "4006381333931", pin: 2468 }]
          - { id: b-2, standing: blocked, blocked-because: "Bohrer fehlt seit Mai" }
        staff:
          - id: s-1
            valid-until: 2028-12-31
            badges: [{ code: \(badge("1")), pin: "97531" }, { code: \(badge("2")), pin: "97531" }]
          - { id: s-2 }
        bookings:
          - { id: k-1, borrower: b-1, item: saw, from: 2026-12-01T10:00:00.000Z, until: 2026-12-02T10:00Z }
          - { id: k-2, borrower: b-2, item: lamp, from: 2026-12-01T11:00+01:00, until: 2026-12-01T10:00:01Z }
        """
}
