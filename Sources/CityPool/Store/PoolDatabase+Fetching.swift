// Finds the bookings that loans fetch and end, within the transaction that takes the loans in. A station knows nothing of
// it: it lends to whom it may, and the pool sees whose booking that was.

import StationCore

extension PoolDatabase {
    /// Notes which bookings the loans of a batch fetched, and tells the stations of those that are over earlier than planned.
    static func follow(
        _ loans: [BookChanges.LoanChange], _ database: any DatabaseSession, _ station: String, at now: WallTime
    ) throws {
        try noteFetched(loans, database, station)
        let ended = Set(loans.filter { $0.end != nil }.map(\.loan.description))
        guard !ended.isEmpty else { return }
        let freed = try database.rows(
            """
            SELECT loan FROM pool_bookings
            WHERE ends > ?2 AND cancelled IS NULL AND loan IS NOT NULL AND loan_station = ?1
            """, [.text(station), .time(now)]
        ).contains { ended.contains(try $0.get("loan")) }
        if freed { try announce(database) }
    }

    private static func noteFetched(
        _ loans: [BookChanges.LoanChange], _ database: any DatabaseSession, _ station: String
    ) throws {
        let begun = loans.compactMap { loan in loan.beginning.map { (loan: loan, beginning: $0) } }
            .filter { $0.beginning.borrower != nil && $0.loan.end?.isVoid != true }
        guard let first = begun.map(\.beginning.begun).min(), let last = begun.map(\.beginning.due).max() else {
            return
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
        guard !waiting.isEmpty else { return }
        var isMoved = false
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
            isMoved = isMoved || isOther
        }
        if isMoved { try announce(database) }
    }
}
