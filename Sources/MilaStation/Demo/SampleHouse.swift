// The house that the demo runs: eight things that neighbourhood houses lend, the lockers they are in, and three cards.
// Everything a person needs to try it is made from this one table: the station's configuration, the pool's register,
// and the list of codes on the first screen.

internal import StationCore

/// What the demo lends.
enum SampleHouse {
    /// A locker with a lamp of its own and a door that a simulated person opens and shuts.
    struct SampleLocker {
        let id: String
        let name: LocalizedText
        let label: HouseCode
        /// Whether it is a room, whose door is held while somebody has it.
        var isRoom = false
    }

    /// A thing to borrow.
    struct SampleItem {
        let id: String
        let name: LocalizedText
        let label: HouseCode
        let category: String
        var quantity = 1
        var parts: [LocalizedText] = []
        /// Where it is; things without a locker stand or hang in the open.
        var locker: String?
        /// What it is worth, in whole euros.
        var value = 0
    }

    /// A borrower with a card. These cards are public, so they are good for nothing but a demo.
    struct SampleBorrower {
        let id: String
        let name: LocalizedText
        let card: HouseCode
        var pin: String?
        var born: String?
        var qualifications: [String] = []
        var standing = Borrower.Standing.active
    }

    /// A member of staff with a badge, as public as the cards.
    struct SampleStaff {
        let id: String
        let badge: HouseCode
        let pin: String
    }

    static let station = "demo"
    static let cityDomain = "demo.example"

    static let lockers = [
        SampleLocker(id: "1", name: text("Fach 1", "Locker 1"), label: code(.locker, "01")),
        SampleLocker(id: "2", name: text("Fach 2", "Locker 2"), label: code(.locker, "02")),
        SampleLocker(id: "bike", name: text("Lastenrad-Box", "Cargo bike box"), label: code(.locker, "BK")),
        SampleLocker(id: "store", name: text("Lagerraum", "Store room"), label: code(.locker, "ST")),
        SampleLocker(id: "laser", name: text("Schlüsselfach Laser", "Laser key locker"), label: code(.locker, "LA")),
        SampleLocker(id: "room", name: text("Werkraum", "Workroom"), label: code(.locker, "WR"), isRoom: true),
    ]

    static let items = [
        SampleItem(
            id: "drill-1", name: text("Akkuschrauber", "Cordless drill"), label: code(.item, "DR1"), category: "tools",
            parts: [text("zwei Akkus", "two batteries"), text("Ladegerät", "charger")], locker: "1",
            value: 120),
        SampleItem(
            id: "coffee-1", name: text("Kaffeemaschine", "Coffee machine"), label: code(.item, "CF1"),
            category: "catering",
            parts: [text("Glaskanne", "glass jug"), text("Filterkorb", "filter basket"), text("Messlöffel", "spoon")],
            locker: "2", value: 350),
        SampleItem(
            id: "bike-1", name: text("Lastenrad", "Cargo bike"), label: code(.item, "BK1"), category: "bikes",
            parts: [text("Regenverdeck", "rain cover")], locker: "bike", value: 2500),
        SampleItem(
            id: "marquee-1", name: text("Festzelt", "Marquee"), label: code(.item, "FT1"), category: "events",
            parts: [text("Gestänge", "poles"), text("Heringe", "pegs")], locker: "store",
            value: 600),
        SampleItem(
            id: "tables", name: text("Klapptisch", "Folding table"), label: code(.item, "TB1"), category: "events",
            quantity: 12, locker: "store"),
        SampleItem(
            id: "painting-1", name: text("Gemälde „Abend am Fluss“", "Painting “Evening by the river”"),
            label: code(.item, "PA1"), category: "art", value: 1500),
        SampleItem(
            id: "laser-1", name: text("Lasercutter", "Laser cutter"), label: code(.item, "LA1"), category: "machines",
            parts: [text("Schutzbrille", "safety glasses")], locker: "laser"),
        SampleItem(
            id: "room-1", name: text("Werkraum für einen Abend", "Workroom for an evening"), label: code(.item, "WR1"),
            category: "rooms", locker: "room"),
    ]

    static let borrowers = [
        SampleBorrower(
            id: "b-1", name: text("erster Ausweis", "first card"), card: code(.borrowerCard, "1234123412341234"),
            pin: "1357", born: "1990-05-17", qualifications: ["laser"]),
        SampleBorrower(
            id: "b-2", name: text("zweiter Ausweis", "second card"), card: code(.borrowerCard, "5678567856785678"),
            born: "2012-02-29"),
        SampleBorrower(
            id: "b-3", name: text("gesperrter Ausweis", "blocked card"),
            card: code(.borrowerCard, "9ABC9ABC9ABC9ABC"), standing: .blocked),
    ]

    static let staff = [SampleStaff(id: "s-1", badge: code(.staffBadge, "5TAFF5TAFF5TAFF0"), pin: "2468")]

    private static func text(_ german: String, _ english: String) -> LocalizedText {
        LocalizedText(german: german, english: english)
    }

    private static func code(_ kind: HouseCode.Kind, _ body: String) -> HouseCode {
        guard let code = HouseCode(kind: kind, body: body) else {
            preconditionFailure("no house code has the body \(body); choose another")
        }
        return code
    }
}

// MARK: - As files

extension SampleHouse {
    /// The configuration of the demo's station, for a pool at an address and with a key.
    static func stationYAML(poolPort: String, poolKey: String, language: Language) -> String {
        let lockers = lockers.map { locker in
            """
              - id: \(quoted(locker.id))
                coil: { chip: demo, line: coil-\(locker.id) }
                sensor: { chip: demo, line: door-\(locker.id) }
                lamp:
                  red: { chip: demo, line: red-\(locker.id) }
                  green: { chip: demo, line: green-\(locker.id) }
                \(locker.isRoom ? "opener: hold\n    supply: strikes\n    pulse: 5 s\n    cap: 8 h" : "pulse: 300 ms\n    cap: 500 ms")
                rest: 200 ms
                simulated-door: { opens: 400 ms, latches: 1500 ms }
            """
        }
        return """
            # The demo's station. `mila-station demo --into` writes this file anew at each start.
            station:
              id: \(station)
              city-domain: \(cityDomain)
              name: { de: Nachbarschaftshaus, en: Neighbourhood house }
              contact:
                de: Fragen Sie im Büro, erste Tür links.
                en: "Please ask at the office, first door on the left."
              time-zone: Europe/Berlin
              language: \(language.tag)
            data: station
            session-timeout: 60 s
            guard:
              socket: guard.socket
              table: lines.table
              backend: simulated
              coils: 1
              supplies: [{ id: strikes, coils: 2 }]
            lamp:
              red: { chip: demo, line: red-station }
              green: { chip: demo, line: green-station }
              blue: { chip: demo, line: blue-station }
            lockers:
            \(lockers.joined(separator: "\n"))
            pool:
              url: http://127.0.0.1:\(poolPort)
              key: \(poolKey)
              token-file: pool-token

            """
    }

    /// The demo's register, as the pool loads it.
    static var houseYAML: String {
        let lockers = lockers.map {
            "      - { id: \(quoted($0.id)), name: \(flow($0.name)), label: \($0.label.text) }"
        }
        let items = items.map { item in
            var lines = [
                "  - id: \(item.id)", "    name: \(flow(item.name))", "    label: \(item.label.text)",
                "    category: \(item.category)", "    station: \(station)",
            ]
            if item.quantity > 1 { lines.append("    quantity: \(item.quantity)") }
            if !item.parts.isEmpty { lines.append("    parts: [\(item.parts.map(flow).joined(separator: ", "))]") }
            if let locker = item.locker { lines.append("    locker: \(quoted(locker))") }
            if item.value > 0 { lines.append("    value: \(item.value)") }
            return lines.joined(separator: "\n")
        }
        let borrowers = borrowers.map { borrower in
            var members = ["id: \(borrower.id)", "standing: \(borrower.standing.rawValue)"]
            if let born = borrower.born { members.append("born: \(born)") }
            if !borrower.qualifications.isEmpty {
                members.append("qualifications: [\(borrower.qualifications.joined(separator: ", "))]")
            }
            let card = borrower.pin.map { "{ code: \(borrower.card.text), pin: \(quoted($0)) }" } ?? borrower.card.text
            return "  - { \(members.joined(separator: ", ")), cards: [\(card)] }"
        }
        let staff = staff.map {
            "  - { id: \($0.id), badges: [{ code: \($0.badge.text), pin: \(quoted($0.pin)) }] }"
        }
        return """
            # What the demo lends. `mila-station demo --into` writes this file anew at each start.
            policy:
              standard: { days: 14, until: "18:00", renewals: 2 }
              categories:
                art: { days: 90, until: "18:00" }
                bikes: { days: 3, until: "10:00", minimum-age: 18, maximum-of-category: 1, pin-above: 2000 }
                catering: { parts: each }
                events: { days: 4, until: "12:00" }
                machines: { days: 0, until: "20:00", qualification: laser }
                rooms: { days: 0, until: "22:00", deposit: 50 }
              maximum-loans: 20
            stations:
              - id: \(station)
                lockers:
            \(lockers.joined(separator: "\n"))
            items:
            \(items.joined(separator: "\n"))
            borrowers:
            \(borrowers.joined(separator: "\n"))
            staff:
            \(staff.joined(separator: "\n"))

            """
    }

    private static func flow(_ text: LocalizedText) -> String {
        "{ de: \(quoted(text.german)), en: \(quoted(text.english)) }"
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
