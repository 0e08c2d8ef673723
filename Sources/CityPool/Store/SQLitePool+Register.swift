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

    private static func clear(_ database: Database) throws {
        for table in [
            "bookings", "badges", "staff", "lockers", "parts", "items", "houses", "groups", "qualifications", "cards",
            "borrowers",
        ] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
    }

    private static func write(_ house: House, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO register (id, number, policy) VALUES (1, 1, ?)
                ON CONFLICT (id) DO UPDATE SET number = number + 1, policy = excluded.policy
                """,
            arguments: [String(decoding: house.policy.json.canonical, as: UTF8.self)])
        try writeThings(of: house, database)
        try writePeople(of: house, database)
        try insert(
            database, "INSERT INTO bookings (id, borrower, item, begins, ends) VALUES (?, ?, ?, ?, ?)",
            house.bookings.map {
                [$0.id.text, $0.borrower.text, $0.item.text, $0.from.milliseconds, $0.until.milliseconds]
            })
    }

    private static func house(_ database: Database) throws -> House {
        var house = House()
        guard let policy = try String.fetchOne(database, sql: "SELECT policy FROM register") else {
            throw StoreDamage(description: "the register has no policy")
        }
        house.policy = try Policy(JSON(parsing: Array(policy.utf8)))
        house.stations = try stations(database)
        house.items = try places(database)
        house.borrowers = try borrowers(database)
        house.staff = try staff(database)
        house.bookings = try bookings(database)
        return house.ordered
    }

    private static func bookings(_ database: Database) throws -> [Booking] {
        try Row.fetchAll(database, sql: "SELECT id, borrower, item, begins, ends FROM bookings").map { row in
            let (from, until): (Int64, Int64) = (row["begins"], row["ends"])
            let booking = Booking(
                id: try identifier(row["id"]), borrower: try identifier(row["borrower"]),
                item: try identifier(row["item"]), from: WallTime(milliseconds: from),
                until: WallTime(milliseconds: until))
            guard let booking else { throw StoreDamage(description: "a booking ends before it begins") }
            return booking
        }
    }

    // MARK: - Parts

    static func insert(_ database: Database, _ sql: String, _ rows: some Sequence<StatementArguments>) throws {
        let statement = try database.cachedStatement(sql: sql)
        for row in rows { try statement.execute(arguments: row) }
    }

    static func identifier<Subject>(_ text: String) throws -> Identifier<Subject> {
        guard let identifier = Identifier<Subject>(text) else {
            throw StoreDamage(description: "a name in the register is no identifier")
        }
        return identifier
    }
}
