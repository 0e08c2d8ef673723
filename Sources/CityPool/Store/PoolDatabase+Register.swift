// The register in the database: written as a whole, read as a whole. Its number counts up only where the new one says
// something else, so that stations fetch nothing for nothing.

import Groundwork
import StationCore

extension PoolDatabase {
    func registerVersion() async throws -> RegisterVersion? {
        try await engine.read { try Self.version($0) }
    }

    func house() async throws -> (version: RegisterVersion, house: House)? {
        try await engine.read { database in
            guard let version = try Self.version(database) else { return nil }
            return (version, try Self.house(database))
        }
    }

    func stationRegister(at now: WallTime) async throws -> StationRegister? {
        try await engine.read { database -> StationRegister? in
            guard let version = try Self.version(database) else { return nil }
            let house = try Self.house(database)
            return StationRegister(
                version: version, house: house, bookings: try Self.stationBookings(database, of: house, at: now),
                revokedPasses: try Self.revokedPasses(database, at: now))
        }
    }

    func replace(with house: House, overwriting: Bool, isWhole: Bool) async throws -> RegisterVersion {
        try await replace(with: house, overwriting: overwriting, isWhole: isWhole, at: Self.now)
    }

    /// The same at a time: what is over then stays as it is.
    func replace(
        with house: House, overwriting: Bool = true, isWhole: Bool = true, at now: WallTime
    ) async throws -> RegisterVersion {
        let house = house.ordered
        return try await engine.write { database in
            try database.lock("register")
            if let version = try Self.version(database) {
                let before = try Self.house(database)
                let edits: Int = try database.row("SELECT edits FROM register")?.get("edits") ?? 0
                guard overwriting || edits == 0 || before == house else {
                    throw RegisterEdited(edits: edits, differences: before.differences(to: house))
                }
                // Whatever was edited by hand is in a whole file now, or was given up. A table says nothing of the rest.
                if isWhole { try database.execute("UPDATE register SET edits = 0") }
                if before == house { return version }
            }
            return try Self.put(house, database, at: now)
        }
    }

    func edit(_ change: @escaping @Sendable (House) throws -> House) async throws -> RegisterVersion {
        let now = Self.now
        return try await engine.write { database in
            try database.lock("register")
            guard let version = try Self.version(database) else { throw CommandError.noRegister }
            let before = try Self.house(database)
            let house = try change(before).ordered
            if before == house { return version }
            try database.execute("UPDATE register SET edits = edits + 1")
            return try Self.put(house, database, at: now)
        }
    }

    private static func put(
        _ house: House, _ database: any DatabaseSession, at now: WallTime
    ) throws -> RegisterVersion {
        try clear(database)
        try write(house, database)
        try moveBookings(database, at: now)
        try settleByRegister(database, at: now)
        guard let version = try version(database) else {
            throw StoreDamage(description: "the register has no version after it was written")
        }
        return version
    }

    static func version(_ database: any DatabaseSession) throws -> RegisterVersion? {
        try database.row("SELECT incarnation, number FROM pool, register").flatMap { row in
            let number: Int64 = try row.get("number")
            return RegisterVersion(incarnation: try row.get("incarnation"), number: UInt64(number))
        }
    }

    private static func clear(_ database: any DatabaseSession) throws {
        for table in [
            "bookings", "badges", "staff", "lockers", "parts", "items", "houses", "groups", "qualifications", "cards",
            "borrowers",
        ] {
            try database.execute("DELETE FROM \(table)")
        }
    }

    private static func write(_ house: House, _ database: any DatabaseSession) throws {
        try database.execute(
            """
            INSERT INTO register (id, number, policy) VALUES (1, 1, ?1)
            ON CONFLICT (id) DO UPDATE SET number = register.number + 1, policy = excluded.policy
            """,
            [.text(String(decoding: house.policy.json.canonical, as: UTF8.self))])
        try writeThings(of: house, database)
        try writePeople(of: house, database)
        try database.insert(
            into: "bookings", ["id", "borrower", "item", "begins", "ends"],
            house.bookings.map {
                [.text($0.id.text), .text($0.borrower.text), .text($0.item.text), .time($0.from), .time($0.until)]
            })
    }

    /// An item that moves to another station takes along its bookings that are still to be fetched. The pass of each names
    /// the former station, so it is taken back there, and the booking has another one.
    static func moveBookings(_ database: any DatabaseSession, at now: WallTime) throws {
        func left() throws -> [(number: Int64, home: String)] {
            try database.rows(
                """
                SELECT b.number, items.station AS home FROM \(bookingTables) JOIN items ON items.id = b.item
                WHERE b.kind = 'item' AND b.ends > ?1 AND b.cancelled IS NULL AND l.id IS NULL
                    AND items.station <> b.station
                """, [.time(now)]
            ).map { (try $0.get("number"), try $0.get("home")) }
        }
        let held = Set(try left().map(\.number))
        guard !held.isEmpty else { return }
        try hold(held, database)
        // What was fetched before it was held stays where it was fetched.
        for booking in try left() where held.contains(booking.number) {
            try revokePass(of: booking.number, database, at: now)
            try database.execute(
                "UPDATE pool_bookings SET station = ?2, nonce = ?3 WHERE number = ?1",
                [.integer(booking.number), .text(booking.home), .bytes(Randomness.bytes(passNonceCount))])
        }
    }

    static func house(_ database: any DatabaseSession) throws -> House {
        var house = House()
        guard let policy: String = try database.row("SELECT policy FROM register")?.get("policy") else {
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

    private static func bookings(_ database: any DatabaseSession) throws -> [Booking] {
        try database.rows("SELECT id, borrower, item, begins, ends FROM bookings").map { row in
            let booking = Booking(
                id: try row.identifier("id"), borrower: try row.identifier("borrower"),
                item: try row.identifier("item"), from: try row.get("begins"), until: try row.get("ends"))
            guard let booking else { throw StoreDamage(description: "a booking ends before it begins") }
            return booking
        }
    }
}

extension SQLRow {
    /// The identifier in a column.
    func identifier<Subject>(_ column: String) throws -> Identifier<Subject> {
        guard let identifier: Identifier<Subject> = try identifier(ifAny: column) else {
            throw StoreDamage(description: "a name in the register is missing")
        }
        return identifier
    }

    /// The identifier in a column; `nil` where there is none.
    func identifier<Subject>(ifAny column: String) throws -> Identifier<Subject>? {
        let text: String? = try get(column)
        return try text.map { text in
            guard let identifier = Identifier<Subject>(text) else {
                throw StoreDamage(description: "a name in the register is no identifier")
            }
            return identifier
        }
    }
}
