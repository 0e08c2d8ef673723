// Writes what a batch changes in the pool's books.

import StationCore

extension PoolDatabase {
    /// Writes the changes of a batch.
    ///
    /// - Returns: the entries that speak of loans which are not open here.
    static func apply(
        _ changes: BookChanges, _ database: any DatabaseSession, _ station: String, at now: WallTime
    ) throws -> [EntryNumber] {
        let unmatched = try apply(changes.loans, database, station, at: now)
        try follow(changes, database, station, at: now)
        try applyLockers(changes, database, station)
        try applyItems(changes, database, station)
        for entry in changes.proposals { try take(entry, database, station) }
        return changes.unmatched + unmatched
    }

    private static func apply(
        _ loans: [BookChanges.LoanChange], _ database: any DatabaseSession, _ station: String, at now: WallTime
    ) throws -> [EntryNumber] {
        func ending(_ change: BookChanges.LoanChange) -> String? { change.end.map { $0.isVoid ? "void" : "returned" } }
        let begun = loans.compactMap { change in
            change.beginning.map { beginning -> [SQLValue] in
                [
                    .text(station), .text(change.loan.description), .text(beginning.item.text),
                    .text(beginning.borrower?.text), .time(change.due ?? beginning.due), .time(beginning.begun),
                    .time(change.end?.at), .text(ending(change)), .text(change.errand??.rawValue),
                    .integer(Int64(change.renewals)), .flag(change.isReported),
                    .time(change.end.map { _ in now }),
                ]
            }
        }
        try database.insert(
            into: "loans",
            [
                "station", "id", "item", "borrower", "due", "begun", "ended", "ending", "errand", "renewals",
                "is_reported", "closed",
            ], begun)
        let goingOn = loans.filter { $0.beginning == nil }
        let changed = try database.execute(
            """
            UPDATE loans SET ended = ?1, ending = ?2, errand = CASE WHEN ?3 = 1 THEN ?4 ELSE errand END,
                due = coalesce(?5, due), renewals = renewals + ?6,
                is_reported = CASE WHEN ?7 = 1 THEN 1 ELSE is_reported END, closed = ?8
            WHERE station = ?9 AND id = ?10 AND ended IS NULL
            """,
            each: goingOn.map { change in
                [
                    .time(change.end?.at), .text(ending(change)), .flag(change.errand != nil),
                    .text(change.errand??.rawValue), .time(change.due), .integer(Int64(change.renewals)),
                    .flag(change.isReported), .time(change.end.map { _ in now }), .text(station),
                    .text(change.loan.description),
                ]
            })
        return zip(goingOn, changed).filter { $0.1 == 0 }.map(\.0.entry)
    }

    private static func applyLockers(
        _ changes: BookChanges, _ database: any DatabaseSession, _ station: String
    ) throws {
        try database.insert(
            into: "locker_states", ["station", "locker", "content"],
            changes.contents.map { [.text(station), .text($0.key.text), .text($0.value.rawValue)] },
            onConflict: "(station, locker) DO UPDATE SET content = excluded.content")
        if changes.isServiceForgotten {
            try database.execute("DELETE FROM suspended_lockers WHERE station = ?1", [.text(station)])
        }
        try database.insert(
            into: "suspended_lockers", ["station", "locker"],
            changes.suspensions.filter(\.value).map { [.text(station), .text($0.key.text)] },
            onConflict: "DO NOTHING")
        try database.execute(
            "DELETE FROM suspended_lockers WHERE station = ?1 AND locker = ?2",
            each: changes.suspensions.filter { !$0.value }.map { [.text(station), .text($0.key.text)] })
    }

    private static func applyItems(
        _ changes: BookChanges, _ database: any DatabaseSession, _ station: String
    ) throws {
        try database.insert(
            into: "item_states", ["station", "item", "condition"],
            changes.conditions.map { [.text(station), .text($0.key.text), .text($0.value.rawValue)] },
            onConflict: "(station, item) DO UPDATE SET condition = excluded.condition")
        try database.insert(
            into: "item_states", ["station", "item", "locker"],
            changes.places.map { [.text(station), .text($0.key.text), .text($0.value.text)] },
            onConflict: "(station, item) DO UPDATE SET locker = excluded.locker")
    }
}
