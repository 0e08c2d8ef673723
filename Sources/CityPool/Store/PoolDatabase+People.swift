// Borrowers and staff of the register in the database, with what is kept of their cards.

import StationCore

extension PoolDatabase {
    static func writePeople(of house: House, _ database: any DatabaseSession) throws {
        let borrowers = house.borrowers.map(\.borrower)
        try database.insert(
            into: "borrowers", ["id", "standing", "blocked_because", "valid_until", "born"],
            borrowers.map {
                [
                    .text($0.id.text), .text($0.standing.rawValue), .text($0.blockedBecause), .time($0.validUntil),
                    .text($0.born?.iso8601),
                ]
            })
        try database.insert(
            into: "groups", ["borrower", "name"],
            borrowers.flatMap { borrower in borrower.groups.map { [.text(borrower.id.text), .text($0)] } })
        try database.insert(
            into: "qualifications", ["borrower", "name", "until"],
            borrowers.flatMap { borrower in
                borrower.qualifications.map { [.text(borrower.id.text), .text($0.key), .time($0.value)] }
            })
        try database.insert(
            into: "cards", ["fingerprint", "borrower", "pin", "is_weak"],
            house.borrowers.flatMap { member in
                member.cards.map { card in
                    [
                        .hash(card.fingerprint), .text(member.borrower.id.text), .text(card.pin?.description),
                        .flag(card.isWeak),
                    ]
                }
            })
        try database.insert(
            into: "staff", ["id", "valid_until"],
            house.staff.map { [.text($0.staff.id.text), .time($0.staff.validUntil)] })
        try database.insert(
            into: "badges", ["fingerprint", "staff", "pin"],
            house.staff.flatMap { colleague in
                colleague.badges.map { badge in
                    [.hash(badge.fingerprint), .text(colleague.staff.id.text), .text(badge.pin?.description)]
                }
            })
    }

    static func borrowers(_ database: any DatabaseSession) throws -> [House.Member] {
        var groups: [String: Set<String>] = [:]
        for row in try database.rows("SELECT borrower, name FROM groups") {
            groups[try row.get("borrower"), default: []].insert(try row.get("name"))
        }
        var qualifications: [String: [String: WallTime?]] = [:]
        for row in try database.rows("SELECT borrower, name, until FROM qualifications") {
            qualifications[try row.get("borrower"), default: [:]].updateValue(
                try row.get("until"), forKey: try row.get("name"))
        }
        let cards = try prints(database, "SELECT fingerprint, borrower AS holder, pin, is_weak FROM cards")
        return try database.rows("SELECT * FROM borrowers").map { row in
            let (id, born): (String, String?) = (try row.get("id"), try row.get("born"))
            guard let standing = Borrower.Standing(rawValue: try row.get("standing")) else {
                throw StoreDamage(description: "borrower '\(id)' has no standing")
            }
            let borrower = Borrower(
                id: try row.identifier("id"), standing: standing, blockedBecause: try row.get("blocked_because"),
                validUntil: try row.get("valid_until"), groups: groups[id] ?? [],
                born: try born.map { text in
                    guard let date = CivilDate(iso8601: text) else {
                        throw StoreDamage(description: "borrower '\(id)' is born on no day")
                    }
                    return date
                },
                qualifications: qualifications[id] ?? [:])
            return House.Member(borrower: borrower, cards: cards[id] ?? [])
        }
    }

    static func staff(_ database: any DatabaseSession) throws -> [House.Colleague] {
        let badges = try prints(database, "SELECT fingerprint, staff AS holder, pin, 0 AS is_weak FROM badges")
        return try database.rows("SELECT id, valid_until FROM staff").map { row in
            let staff = Staff(id: try row.identifier("id"), validUntil: try row.get("valid_until"))
            return House.Colleague(staff: staff, badges: badges[try row.get("id")] ?? [])
        }
    }

    /// What is kept of cards, by who holds them. A PIN that can't be read is damage, and no card without one.
    private static func prints(
        _ database: any DatabaseSession, _ sql: String
    ) throws -> [String: [House.CardPrint]] {
        var prints: [String: [House.CardPrint]] = [:]
        for row in try database.rows(sql) {
            let text: String? = try row.get("pin")
            let pin = text.flatMap { PINVerifier($0) }
            guard (pin == nil) == (text == nil) else { throw StoreDamage(description: "a card's PIN can't be read") }
            prints[try row.get("holder"), default: []].append(
                House.CardPrint(fingerprint: try row.get("fingerprint"), pin: pin, isWeak: try row.get("is_weak")))
        }
        return prints
    }
}
