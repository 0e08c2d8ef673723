// The register in the database: written as a whole, read as a whole. Its number counts up only where the new one says
// something else, so that stations fetch nothing for nothing.

import Foundation
import GRDB
import StationCore

extension SQLitePool {
    func registerVersion() async throws -> RegisterVersion? {
        try await queue.read { try Self.version($0) }
    }

    func house() async throws -> (version: RegisterVersion, house: House)? {
        try await queue.read { database in
            guard let version = try Self.version(database) else { return nil }
            return (version, try Self.house(database))
        }
    }

    func replace(with house: House) async throws -> RegisterVersion {
        let house = house.ordered
        return try await write { database in
            if let version = try Self.version(database), try Self.house(database) == house { return version }
            try Self.clear(database)
            try Self.write(house, database)
            guard let version = try Self.version(database) else {
                throw StoreDamage(description: "the register has no version after it was written")
            }
            return version
        }
    }

    private static func version(_ database: Database) throws -> RegisterVersion? {
        let statement = try database.cachedStatement(sql: "SELECT incarnation, number FROM pool, register")
        guard let row = try Row.fetchOne(statement) else { return nil }
        let number: Int64 = row["number"]
        return RegisterVersion(incarnation: row["incarnation"], number: UInt64(number))
    }

    // MARK: - Writing

    private static func clear(_ database: Database) throws {
        for table in ["periods", "lockers", "parts", "items", "houses", "cards", "borrowers"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
    }

    private static func write(_ house: House, _ database: Database) throws {
        func insert(_ sql: String, _ rows: some Sequence<StatementArguments>) throws {
            let statement = try database.cachedStatement(sql: sql)
            for row in rows { try statement.execute(arguments: row) }
        }
        let (policy, items) = (house.policy, house.items.map(\.item))
        try database.execute(
            sql: """
                INSERT INTO register (id, number, standard_days, standard_minute, maximum_loans) VALUES (1, 1, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET number = number + 1, standard_days = excluded.standard_days,
                    standard_minute = excluded.standard_minute, maximum_loans = excluded.maximum_loans
                """,
            arguments: [policy.standardPeriod.days, policy.standardPeriod.dueMinuteOfDay, policy.maximumLoans])
        try insert(
            "INSERT INTO periods (category, days, minute) VALUES (?, ?, ?)",
            policy.periods.map { [$0.key, $0.value.days, $0.value.dueMinuteOfDay] })
        try insert(
            "INSERT INTO houses (station, hours) VALUES (?, ?)",
            house.stations.map { [$0.id.text, $0.hours.map { String(decoding: $0.json.canonical, as: UTF8.self) }] })
        for station in house.stations {
            try insert(
                "INSERT INTO lockers (station, id, german, english, label) VALUES (?, ?, ?, ?, ?)",
                station.lockers.map { [station.id.text, $0.id.text, $0.name.german, $0.name.english, $0.label] })
        }
        try insert(
            """
            INSERT INTO items (id, german, english, label, category, quantity, station, locker, lendable)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            house.items.map { place in
                let item = place.item
                return [
                    item.id.text, item.name.german, item.name.english, item.label, item.category, item.quantity,
                    place.station.text, item.locker?.text, item.isLendable,
                ]
            })
        for item in items {
            try insert(
                "INSERT INTO parts (item, place, german, english) VALUES (?, ?, ?, ?)",
                item.parts.enumerated().map { [item.id.text, $0, $1.german, $1.english] })
        }
        try insert(
            "INSERT INTO borrowers (id, standing, valid_until) VALUES (?, ?, ?)",
            house.borrowers.map {
                [$0.borrower.id.text, $0.borrower.standing.rawValue, $0.borrower.validUntil?.milliseconds]
            })
        for member in house.borrowers {
            try insert(
                "INSERT INTO cards (fingerprint, borrower) VALUES (?, ?)",
                member.cards.map { [Data($0.bytes), member.borrower.id.text] })
        }
    }

    // MARK: - Reading

    private static func house(_ database: Database) throws -> House {
        var house = House()
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT standard_days, standard_minute, maximum_loans FROM register"),
            let standard = LoanPeriod(days: row["standard_days"], dueMinuteOfDay: row["standard_minute"])
        else { throw StoreDamage(description: "the register has no standard period") }
        house.policy = Policy(standardPeriod: standard, maximumLoans: row["maximum_loans"])
        for row in try Row.fetchAll(database, sql: "SELECT category, days, minute FROM periods") {
            house.policy.periods[row["category"]] = LoanPeriod(days: row["days"], dueMinuteOfDay: row["minute"])
        }
        house.stations = try Row.fetchAll(database, sql: "SELECT station, hours FROM houses").map { house in
            let (text, hours): (String, String?) = (house["station"], house["hours"])
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, german, english, label FROM lockers WHERE station = ? ORDER BY id",
                arguments: [text])
            let lockers = try rows.map { row in
                Locker(id: try identifier(row["id"]), name: row.name, label: row["label"])
            }
            return House.Station(
                id: try identifier(text), lockers: lockers,
                hours: try hours.map { try OpeningHours(JSON(parsing: Array($0.utf8))) })
        }
        house.items = try places(database)
        house.borrowers = try borrowers(database)
        return house.ordered
    }

    /// The items with their stations, by identifier.
    static func places(_ database: Database) throws -> [House.Place] {
        var parts: [String: [LocalizedText]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT item, german, english FROM parts ORDER BY item, place") {
            parts[row["item"], default: []].append(row.name)
        }
        return try Row.fetchAll(database, sql: "SELECT * FROM items ORDER BY id").map { row in
            let (id, locker): (String, String?) = (row["id"], row["locker"])
            let item = Item(
                id: try identifier(id), name: row.name, label: row["label"], category: row["category"],
                quantity: row["quantity"], parts: parts[id] ?? [], locker: try locker.map { try identifier($0) },
                isLendable: row["lendable"])
            return House.Place(item: item, station: try identifier(row["station"]))
        }
    }

    private static func borrowers(_ database: Database) throws -> [House.Member] {
        var cards: [String: [EntryHash]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT fingerprint, borrower FROM cards") {
            guard let hash = row.bytes("fingerprint").flatMap({ EntryHash(stored: $0) }) else { continue }
            cards[row["borrower"], default: []].append(hash)
        }
        return try Row.fetchAll(database, sql: "SELECT id, standing, valid_until FROM borrowers").map { row in
            let id: String = row["id"]
            let until: Int64? = row["valid_until"]
            guard let standing = Borrower.Standing(rawValue: row["standing"]) else {
                throw StoreDamage(description: "borrower '\(id)' has no standing")
            }
            let borrower = Borrower(
                id: try identifier(id), standing: standing, validUntil: until.map { WallTime(milliseconds: $0) })
            return House.Member(borrower: borrower, cards: cards[id] ?? [])
        }
    }

    private static func identifier<Subject>(_ text: String) throws -> Identifier<Subject> {
        guard let identifier = Identifier<Subject>(text) else {
            throw StoreDamage(description: "a name in the register is no identifier")
        }
        return identifier
    }
}

extension Row {
    fileprivate var name: LocalizedText { LocalizedText(german: self["german"], english: self["english"]) }
}
