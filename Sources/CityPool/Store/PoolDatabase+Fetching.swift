// Finds the bookings that loans fetch and end, within the transaction that takes the loans in. A station knows nothing of
// it: it lends to whom it may, and the pool sees whose booking that was.

import StationCore

extension PoolDatabase {
    /// Notes which bookings the loans of a batch fetched, and tells the stations of those that are over earlier than planned.
    static func follow(
        _ changes: BookChanges, _ database: any DatabaseSession, _ station: String, at now: WallTime
    ) throws {
        let fetched = try noteFetched(changes.loans, database, station)
        let ended = Set(changes.loans.filter { $0.end != nil }.map(\.loan.description))
        let passed = Set(changes.passUses.keys.map(\.description))
        let isNews = try seeTo(
            bookingsOf: fetched.loans.union(ended).union(passed), ended: ended, fetchedWith: changes.passUses,
            of: station, database, at: now)
        if fetched.isMoved || isNews { try announce(database) }
    }

    /// Frees what loans of a station kept that ended, and has the passes of bookings count as long as they are to be fetched:
    /// one that was fetched with a card has no pass any more, and of a room there is one until it is back.
    ///
    /// - Parameters:
    ///   - loans: those that fetched something or ended.
    ///   - ended: those of them that ended.
    ///   - passes: which of them began with which passes. The station knows what became of such a pass.
    /// - Returns: whether stations have to hear of it.
    static func seeTo(
        bookingsOf loans: Set<String>, ended: Set<String>, fetchedWith passes: [EntryNumber: PassNonce] = [:],
        of station: String, _ database: any DatabaseSession, at now: WallTime
    ) throws -> Bool {
        let rows = try database.rows(among: loans, after: [.text(station), .time(now)]) {
            """
            SELECT b.kind, b.station, b.ends, b.nonce, b.loan AS noted, l.id AS loan, l.ended
            FROM \(bookingTables)
            WHERE b.loan_station = ?1 AND b.ends > ?2 AND b.cancelled IS NULL AND b.loan IN \($0)
            """
        }
        var isNews = false
        for row in rows {
            let (noted, loan): (String, String?) = (try row.get("noted"), try row.get("loan"))
            let end: WallTime? = try row.get("ended")
            let isGoneInAndOut = try row.get("kind") == BookingSubject.Kind.room.rawValue && end == nil
            let isOver = loan != nil && !isGoneInAndOut
            let nonce = try nonce(row)
            let isItsPass = EntryNumber(noted).flatMap { passes[$0] } == nonce
            let changed =
                isOver && !isItsPass
                ? try database.execute(
                    """
                    INSERT INTO revoked_passes (nonce, station, ends)
                    VALUES (?1, ?2, ?3) ON CONFLICT (nonce) DO NOTHING
                    """,
                    [.bytes(try row.get("nonce")), .text(try row.get("station")), .time(try row.get("ends"))])
                // A loan that came to nothing has fetched nothing.
                : try database.execute(
                    "DELETE FROM revoked_passes WHERE nonce = ?1", [.bytes(try row.get("nonce"))])
            isNews = isNews || changed > 0 || ended.contains(noted)
        }
        return isNews
    }

    /// Writes down which loans of a batch fetched which bookings.
    ///
    /// - Returns: the loans that did, and whether one took another item than the one that was kept for it.
    private static func noteFetched(
        _ loans: [BookChanges.LoanChange], _ database: any DatabaseSession, _ station: String
    ) throws -> (loans: Set<String>, isMoved: Bool) {
        let begun = loans.compactMap { loan in loan.beginning.map { (loan: loan, beginning: $0) } }
            .filter { $0.beginning.borrower != nil && $0.loan.end?.isVoid != true }
        guard let first = begun.map(\.beginning.begun).min(), let last = begun.map(\.beginning.due).max() else {
            return ([], false)
        }
        func look() throws -> [PoolBooking] {
            try database.rows(
                """
                SELECT \(bookingColumns) FROM \(bookingTables)
                WHERE b.station = ?1 AND b.ends > ?2 AND b.begins < ?3 AND b.cancelled IS NULL AND l.id IS NULL
                ORDER BY b.begins, b.number
                """, [.text(station), .time(first), .time(last)]
            ).map(booking)
        }
        var waiting = try look()
        guard !waiting.isEmpty else { return ([], false) }
        var (fetching, isMoved): (Set<String>, Bool) = ([], false)
        var left = begun[...]
        while let (loan, beginning) = left.first {
            let row = try database.row(
                "SELECT category, locker FROM items WHERE id = ?1", [.text(beginning.item.text)])
            let (category, locker): (String?, String?) = (try row?.get("category"), try row?.get("locker"))
            let index = waiting.firstIndex { booking in
                guard booking.borrower == beginning.borrower, beginning.begun < booking.until,
                    booking.from < loan.due ?? beginning.due
                else { return false }
                switch booking.subject {
                case .item(let item): return item == beginning.item
                case .category(let name, _): return name == category
                case .locker(let name, _), .room(let name, _): return name.text == locker
                }
            }
            guard let index else {
                left.removeFirst()
                continue
            }
            let booking = waiting[index]
            try hold([booking.number], database)
            guard try existing(booking.number, database) == booking else {
                // It was changed, moved or cancelled meanwhile. From now on it is held, so nobody does so twice.
                waiting = try look()
                continue
            }
            waiting.remove(at: index)
            left.removeFirst()
            // Of a category somebody may have taken another item than the one that was kept for them.
            let isOther = booking.subject.kind == .category && booking.item != beginning.item
            try database.execute(
                """
                UPDATE pool_bookings SET loan_station = ?2, loan = ?3, item = CASE WHEN ?4 = 1 THEN ?5 ELSE item END
                WHERE number = ?1
                """,
                [
                    .integer(booking.number), .text(station), .text(loan.loan.description), .flag(isOther),
                    .text(beginning.item.text),
                ])
            fetching.insert(loan.loan.description)
            isMoved = isMoved || isOther
        }
        return (fetching, isMoved)
    }
}
