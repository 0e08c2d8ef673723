// Borrowers, staff and bookings in a house file:
//
//     borrowers:
//       - id: b-1
//         standing: active         # or blocked; then `blocked-because` may say why, for staff
//         valid-until: 2027-12-31
//         groups: [club]
//         born: 2001-02-28
//         qualifications: [laser, { name: bike, until: 2027-01-31 }]
//         cards: [MB…, { code: "1234567890", pin: "2468" }]
//     staff:
//       - { id: s-1, badges: [{ code: MS…, pin: "2468" }] }
//     bookings:
//       - { id: k-1, borrower: b-1, item: drill-1, from: 2026-12-01T10:00Z, until: 2026-12-02T10:00Z }
//
// Left out, `standing` is active and a right has no end. Everything else is empty.

import Groundwork
import StationCore

extension HouseYAML {
    mutating func read(borrower value: YAMLValue) {
        guard let map = value.mapping() else { return }
        let id: BorrowerID? = map.required("id")?.identifier()
        let standing: Borrower.Standing? = map.optional("standing").map { $0.choice() } ?? .active
        let reason = map.optional("blocked-because")?.read(HouseText.nameShape, HouseText.name)
        let until = map.optional("valid-until")?.read(HouseText.dateShape, HouseText.until)
        let groups = (map.optional("groups")?.list() ?? []).compactMap {
            $0.read("a group's name", HouseText.sharedName)
        }
        let born = map.optional("born")?.read("a date such as 2001-02-28", CivilDate.init(iso8601:))
        let qualifications = Self.qualifications(map)
        let cards = Self.cards(map, "cards")
        map.finish(known: [
            "id", "standing", "blocked-because", "valid-until", "groups", "born", "qualifications", "cards",
        ])
        guard let id else { return }
        let borrower = Borrower(
            id: id, standing: standing ?? .blocked, blockedBecause: reason, validUntil: until, groups: Set(groups),
            born: born, qualifications: qualifications)
        check.add(borrower: borrower, cards: cards, line: value.line)
    }

    mutating func read(staff value: YAMLValue) {
        guard let map = value.mapping() else { return }
        let id: StaffID? = map.required("id")?.identifier()
        let until = map.optional("valid-until")?.read(HouseText.dateShape, HouseText.until)
        let badges = Self.cards(map, "badges")
        map.finish(known: ["id", "valid-until", "badges"])
        guard let id else { return }
        check.add(staff: Staff(id: id, validUntil: until), badges: badges, line: value.line)
    }

    mutating func read(booking value: YAMLValue) {
        guard let map = value.mapping() else { return }
        let id: BookingID? = map.required("id")?.identifier()
        let borrower: BorrowerID? = map.required("borrower")?.identifier()
        let item: ItemID? = map.required("item")?.identifier()
        let from = map.required("from")?.read(HouseText.instantShape, HouseText.instant)
        let until = map.required("until")?.read(HouseText.instantShape, HouseText.instant)
        map.finish(known: ["id", "borrower", "item", "from", "until"])
        guard let id, let borrower, let item, let from, let until else { return }
        if let booking = Booking(id: id, borrower: borrower, item: item, from: from, until: until) {
            check.add(booking: booking, line: value.line)
        } else {
            value.note("booking '\(id)' ends before it begins", remedy: "Write an 'until' that is later than 'from'.")
        }
    }

    /// What somebody has been taught: names, or names with the day on which that ends.
    private static func qualifications(_ map: YAMLMapping) -> [String: WallTime?] {
        var qualifications: [String: WallTime?] = [:]
        for value in map.optional("qualifications")?.list() ?? [] {
            var (name, until): (YAMLValue?, WallTime?) = (value, nil)
            if value.isMapping {
                guard let map = value.mapping() else { continue }
                name = map.required("name")
                until = map.optional("until")?.read(HouseText.dateShape, HouseText.until)
                map.finish(known: ["name", "until"])
            }
            guard let name = name?.read("a qualification's name", HouseText.sharedName) else { continue }
            if qualifications.updateValue(until, forKey: name) != nil {
                value.note("the qualification '\(name)' is there twice", remedy: "Remove one of them.")
            }
        }
        return qualifications
    }

    /// Cards or badges: codes, or codes with a PIN.
    private static func cards(_ map: YAMLMapping, _ key: String) -> [CardText] {
        (map.optional(key)?.list() ?? []).compactMap { value in
            var (code, pin): (YAMLValue?, YAMLValue?) = (value, nil)
            if value.isMapping {
                guard let map = value.mapping() else { return nil }
                (code, pin) = (map.required("code"), map.optional("pin"))
                map.finish(known: ["code", "pin"])
            }
            guard let code = code?.text() else { return nil }
            // A PIN that is no text is named as such already; an empty one is named as too short.
            return CardText(code: code, pin: pin.map { $0.text() ?? "" }, line: value.line)
        }
    }
}
