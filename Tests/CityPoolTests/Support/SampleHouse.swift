// A small house for the tests: two lockers, three items, two borrowers.

import StationCore

enum SampleHouse {
    /// The code of a borrower's card with this body's first characters.
    static func card(_ start: String) -> String {
        for filler in HouseCode.alphabet {
            let body = start + String(repeating: filler, count: HouseCode.secretBodyCount - start.count)
            if let code = HouseCode(kind: .borrowerCard, body: body) { return code.text }
        }
        preconditionFailure("no card starts with \(start)")
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
}
