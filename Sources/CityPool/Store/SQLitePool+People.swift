// Borrowers and staff of the register in the database, with what is kept of their cards.

import Foundation
import GRDB
import StationCore

extension SQLitePool {
    static func writePeople(of house: House, _ database: Database) throws {
        try insert(
            database,
            "INSERT INTO borrowers (id, standing, blocked_because, valid_until, born) VALUES (?, ?, ?, ?, ?)",
            house.borrowers.map(\.borrower).map {
                [
                    $0.id.text, $0.standing.rawValue, $0.blockedBecause, $0.validUntil?.milliseconds,
                    $0.born?.iso8601,
                ]
            })
        for member in house.borrowers {
            let (borrower, id) = (member.borrower, member.borrower.id.text)
            try insert(
                database, "INSERT INTO groups (borrower, name) VALUES (?, ?)", borrower.groups.map { [id, $0] })
            try insert(
                database, "INSERT INTO qualifications (borrower, name, until) VALUES (?, ?, ?)",
                borrower.qualifications.map { [id, $0.key, $0.value?.milliseconds] })
            try insert(
                database, "INSERT INTO cards (fingerprint, borrower, pin, is_weak) VALUES (?, ?, ?, ?)",
                member.cards.map { [Data($0.fingerprint.bytes), id, $0.pin?.description, $0.isWeak] })
        }
        try insert(
            database, "INSERT INTO staff (id, valid_until) VALUES (?, ?)",
            house.staff.map { [$0.staff.id.text, $0.staff.validUntil?.milliseconds] })
        for colleague in house.staff {
            try insert(
                database, "INSERT INTO badges (fingerprint, staff, pin) VALUES (?, ?, ?)",
                colleague.badges.map {
                    [Data($0.fingerprint.bytes), colleague.staff.id.text, $0.pin?.description]
                })
        }
    }

    static func borrowers(_ database: Database) throws -> [House.Member] {
        var groups: [String: Set<String>] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT borrower, name FROM groups") {
            groups[row["borrower"], default: []].insert(row["name"])
        }
        var qualifications: [String: [String: WallTime?]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT borrower, name, until FROM qualifications") {
            qualifications[row["borrower"], default: [:]].updateValue(row.time("until"), forKey: row["name"])
        }
        let cards = try prints(database, "SELECT fingerprint, borrower AS holder, pin, is_weak FROM cards")
        return try Row.fetchAll(database, sql: "SELECT * FROM borrowers").map { row in
            let (id, born): (String, String?) = (row["id"], row["born"])
            guard let standing = Borrower.Standing(rawValue: row["standing"]) else {
                throw StoreDamage(description: "borrower '\(id)' has no standing")
            }
            let borrower = Borrower(
                id: try identifier(id), standing: standing, blockedBecause: row["blocked_because"],
                validUntil: row.time("valid_until"), groups: groups[id] ?? [],
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

    static func staff(_ database: Database) throws -> [House.Colleague] {
        let badges = try prints(database, "SELECT fingerprint, staff AS holder, pin, 0 AS is_weak FROM badges")
        return try Row.fetchAll(database, sql: "SELECT id, valid_until FROM staff").map { row in
            let id: String = row["id"]
            let staff = Staff(id: try identifier(id), validUntil: row.time("valid_until"))
            return House.Colleague(staff: staff, badges: badges[id] ?? [])
        }
    }

    /// What is kept of cards, by who holds them. A PIN that can't be read is damage, and no card without one.
    private static func prints(_ database: Database, _ sql: String) throws -> [String: [House.CardPrint]] {
        var prints: [String: [House.CardPrint]] = [:]
        for row in try Row.fetchAll(database, sql: sql) {
            let text: String? = row["pin"]
            let pin = text.flatMap { PINVerifier($0) }
            guard let fingerprint = row.bytes("fingerprint").flatMap({ EntryHash(stored: $0) }),
                (pin == nil) == (text == nil)
            else { throw StoreDamage(description: "a card or its PIN can't be read") }
            prints[row["holder"], default: []].append(
                House.CardPrint(fingerprint: fingerprint, pin: pin, isWeak: row["is_weak"]))
        }
        return prints
    }
}

extension Row {
    /// The instant in a column; `nil` where there is none.
    fileprivate func time(_ column: String) -> WallTime? {
        let milliseconds: Int64? = self[column]
        return milliseconds.map { WallTime(milliseconds: $0) }
    }
}
