// What people do with cases: list them, take them on, close them. What closing does to the ledger or the register is
// committed with it.

import StationCore

extension PoolDatabase {
    func cases(_ query: CaseQuery) async throws -> [PoolCase] {
        try await engine.read { database in
            try database.rows(
                Self.selection + """
                    WHERE number > ?1 AND (?2 IS NULL OR cases.station = ?2) AND (?3 = 0 OR closed IS NULL)
                    ORDER BY number LIMIT ?4
                    """,
                [
                    .integer(query.after), .text(query.station?.text), .flag(query.openOnly),
                    .integer(Int64(query.limit)),
                ]
            ).map { try Self.poolCase($0, database) }
        }
    }

    func poolCase(_ number: Int64) async throws -> PoolCase? {
        try await engine.read { try Self.poolCase(number, $0) }
    }

    func takeOn(_ number: Int64, by admin: AdminID) async throws -> PoolCase {
        try await engine.write { database in
            _ = try Self.openCase(number, database)
            try database.execute(
                "UPDATE cases SET taken_by = ?1 WHERE number = ?2 AND closed IS NULL",
                [.text(admin.text), .integer(number)])
            return try Self.openCase(number, database)
        }
    }

    func close(_ number: Int64, _ closing: CaseClosing, at now: WallTime) async throws -> PoolCase {
        try await engine.write { database in
            // The register's lock comes before those of items, as everywhere: loans that end free what is booked.
            if closing.action != .noted { try database.lock("register") }
            // Then that of the item, and then the rows: a batch that says something of it does so in this order too.
            let item = try Self.openCase(number, database).item
            if closing.action != .noted, let item { try database.lock(["item \(item)"]) }
            let found = try Self.openCase(number, database)
            guard found.kind.actions.contains(closing.action) else {
                let possible = found.kind.actions.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                throw CaseRefusal(
                    reason: .impossible,
                    description: "'\(closing.action.rawValue)' can't be done for a case of the kind "
                        + "\(found.kind.rawValue); possible: \(possible).")
            }
            let changed = try database.execute(
                """
                UPDATE cases SET closed = ?1, closed_by = ?2, action = ?3, note = ?4
                WHERE number = ?5 AND closed IS NULL
                """,
                [
                    .time(now), .text(closing.by.text), .text(closing.action.rawValue), .text(closing.note),
                    .integer(number),
                ])
            guard changed == 1 else { throw Self.isClosed(number) }
            try Self.carryOut(closing.action, for: found, database, at: now)
            guard let closed = try Self.poolCase(number, database) else {
                throw StoreDamage(description: "a case is gone after it was closed")
            }
            return closed
        }
    }

    func mark(_ item: ItemID, isLost: Bool, at now: WallTime) async throws -> Bool {
        try await engine.write { try Self.mark(item.text, isLost: isLost, $0, at: now) }
    }

    // MARK: - What closing does

    private static func carryOut(
        _ action: CaseAction, for found: PoolCase, _ database: any DatabaseSession, at now: WallTime
    ) throws {
        guard action != .noted else { return }
        guard let item = found.item else {
            throw CaseRefusal(reason: .impossible, description: "the case is about no item; close it as 'noted'.")
        }
        switch action {
        case .noted: break
        case .markLost: _ = try mark(item, isLost: true, database, at: now)
        case .markFound: _ = try mark(item, isLost: false, database, at: now)
        case .endOlderLoans:
            let open = try database.rows(
                "SELECT station, id FROM loans WHERE item = ?1 AND ended IS NULL ORDER BY begun DESC, position DESC",
                [.text(item)])
            let row = try database.row("SELECT quantity FROM items WHERE id = ?1", [.text(item)])
            let quantity: Int = try row?.get("quantity") ?? 1
            try end(open.dropFirst(quantity), by: found, database, at: now)
        case .acceptHere: try accept(item, found, database, at: now)
        }
    }

    private static func accept(
        _ item: String, _ found: PoolCase, _ database: any DatabaseSession, at now: WallTime
    ) throws {
        guard try database.row("SELECT station FROM houses WHERE station = ?1", [.text(found.station)]) != nil else {
            throw CaseRefusal(
                reason: .impossible,
                description: "'\(found.station)' is no station of the register; add it before things live there.")
        }
        let row = try database.row("SELECT quantity FROM items WHERE id = ?1", [.text(item)])
        guard let quantity: Int = try row?.get("quantity") else {
            throw CaseRefusal(
                reason: .impossible, description: "'\(item)' is no longer in the register; close the case as 'noted'.")
        }
        guard quantity == 1 else {
            throw CaseRefusal(
                reason: .impossible,
                description:
                    "there are \(quantity) of '\(item)', which live together; bring this one home, or write the "
                    + "two houses' shares into the register and close the case as 'noted'.")
        }
        try database.execute(
            "UPDATE items SET station = ?1, locker = NULL WHERE id = ?2", [.text(found.station), .text(item)])
        try database.execute("UPDATE register SET number = number + 1, edits = edits + 1")
        let before = try database.rows(
            "SELECT station, id FROM loans WHERE item = ?1 AND ended IS NULL AND begun <= ?2",
            [.text(item), .time(found.time ?? .latest)])
        try end(before[...], by: found, database, at: now)
        try moveBookings(database, at: now)
        try settleByRegister(database, at: now)
    }

    /// Ends loans because a case says that they are over. What their station says of them later is no news.
    private static func end(
        _ loans: ArraySlice<SQLRow>, by found: PoolCase, _ database: any DatabaseSession, at now: WallTime
    ) throws {
        for loan in loans {
            let (station, id): (String, String) = (try loan.get("station"), try loan.get("id"))
            try database.execute(
                """
                UPDATE loans SET ended = ?1, ending = 'returned', errand = NULL, closed = ?2, settled = ?3
                WHERE station = ?4 AND id = ?5 AND ended IS NULL
                """,
                [.time(found.time ?? now), .time(now), .integer(found.number), .text(station), .text(id)])
            try settle(loans: [id], of: station, database, at: now)
            if try seeTo(bookingsOf: [id], ended: [id], of: station, database, at: now) { try announce(database) }
        }
    }

    /// Marks an item as lost, or no longer; says whether that was new.
    private static func mark(
        _ item: String, isLost: Bool, _ database: any DatabaseSession, at now: WallTime
    ) throws -> Bool {
        guard isLost else {
            let changed = try database.execute("DELETE FROM lost_items WHERE item = ?1", [.text(item)])
            try database.execute(
                "UPDATE cases SET closed = ?1 WHERE subject = ?2 AND kind = ?3 AND closed IS NULL",
                [.time(now), .text("item \(item)"), .text(CaseKind.copyLost.rawValue)])
            return changed == 1
        }
        return try database.execute(
            "INSERT INTO lost_items (item, marked) VALUES (?1, ?2) ON CONFLICT (item) DO NOTHING",
            [.text(item), .time(now)]) == 1
    }

    // MARK: - Reading

    private static let selection = """
        SELECT cases.*, items.german, items.english, items.station AS home, lockers.german AS locker_german,
            lockers.english AS locker_english
        FROM cases LEFT JOIN items ON items.id = cases.item
            LEFT JOIN lockers ON lockers.station = cases.station AND lockers.id = cases.locker\n
        """

    private static func poolCase(_ number: Int64, _ database: any DatabaseSession) throws -> PoolCase? {
        try database.row(selection + "WHERE number = ?1", [.integer(number)]).map { try poolCase($0, database) }
    }

    /// A case that is not closed.
    ///
    /// Throws: ``CaseRefusal``
    private static func openCase(_ number: Int64, _ database: any DatabaseSession) throws -> PoolCase {
        guard let found = try poolCase(number, database) else {
            throw CaseRefusal(reason: .unknown, description: "there is no case \(number).")
        }
        guard found.closed == nil else { throw isClosed(number) }
        return found
    }

    private static func isClosed(_ number: Int64) -> CaseRefusal {
        CaseRefusal(
            reason: .closed, description: "case \(number) is closed already; it says by whom, and how.")
    }

    private static func poolCase(_ row: SQLRow, _ database: any DatabaseSession) throws -> PoolCase {
        let (number, kind): (Int64, String) = (try row.get("number"), try row.get("kind"))
        guard let kind = CaseKind(rawValue: kind) else { throw StoreDamage(description: "a case is of no kind") }
        let (taken, closed, action): (String?, WallTime?, String?) = (
            try row.get("taken_by"), try row.get("closed"), try row.get("action")
        )
        let causes = try database.rows(
            "SELECT station, entry FROM case_entries WHERE number = ?1 ORDER BY station, entry LIMIT ?2",
            [.integer(number), .integer(Int64(PoolCase.maximumCauses))])
        return PoolCase(
            number: number, kind: kind, state: closed != nil ? .closed : taken != nil ? .taken : .open,
            station: try row.get("station"), item: try row.get("item"), itemName: try name(row, "german", "english"),
            home: try row.get("home"), borrower: try row.get("borrower"), locker: try row.get("locker"),
            lockerName: try name(row, "locker_german", "locker_english"), time: try row.get("time"),
            received: try row.get("received"),
            causes: try causes.map { .init(station: try $0.get("station"), entry: try $0.get("entry")) },
            takenBy: taken, closedBy: try row.get("closed_by"), closed: closed,
            action: action.flatMap { CaseAction(rawValue: $0) }, note: try row.get("note"))
    }

    private static func name(_ row: SQLRow, _ german: String, _ english: String) throws -> LocalizedText? {
        let (german, english): (String?, String?) = (try row.get(german), try row.get(english))
        guard let german, let english else { return nil }
        return LocalizedText(german: german, english: english)
    }
}
