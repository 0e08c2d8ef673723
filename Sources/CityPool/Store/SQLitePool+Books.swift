// Writes what a batch changes in the pool's books.

import Foundation
import GRDB
import StationCore

extension SQLitePool {
    /// Writes the changes of a batch.
    ///
    /// - Returns: the entries that speak of loans which are not open here.
    static func apply(_ changes: BookChanges, _ database: Database, _ station: String) throws -> [EntryNumber] {
        let unmatched = try apply(changes.loans, database, station)
        try applyLockers(changes, database, station)
        try applyItems(changes, database, station)
        for entry in changes.proposals { try take(entry, database, station) }
        return changes.unmatched + unmatched
    }

    private static func apply(
        _ loans: [BookChanges.LoanChange], _ database: Database, _ station: String
    ) throws -> [EntryNumber] {
        var unmatched: [EntryNumber] = []
        let begin = try database.cachedStatement(
            sql: """
                INSERT INTO loans (station, id, item, borrower, due, begun, ended, ending, errand, renewals, is_reported)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let goOn = try database.cachedStatement(
            sql: """
                UPDATE loans SET ended = ?, ending = ?, errand = CASE WHEN ? THEN ? ELSE errand END,
                    due = coalesce(?, due), renewals = renewals + ?, is_reported = max(is_reported, ?)
                WHERE station = ? AND id = ? AND ended IS NULL
                """)
        for change in loans {
            let (end, id) = (change.end, change.loan.description)
            let ending = end.map { $0.isVoid ? "void" : "returned" }
            if let beginning = change.beginning {
                try begin.execute(arguments: [
                    station, id, beginning.item.text, beginning.borrower?.text,
                    (change.due ?? beginning.due).milliseconds, beginning.begun.milliseconds, end?.at.milliseconds,
                    ending, change.errand??.rawValue, change.renewals, change.isReported,
                ])
            } else {
                try goOn.execute(arguments: [
                    end?.at.milliseconds, ending, change.errand != nil, change.errand??.rawValue,
                    change.due?.milliseconds, change.renewals, change.isReported, station, id,
                ])
                if database.changesCount == 0 { unmatched.append(change.entry) }
            }
        }
        return unmatched
    }

    private static func applyLockers(_ changes: BookChanges, _ database: Database, _ station: String) throws {
        let know = try database.cachedStatement(
            sql: """
                INSERT INTO locker_states (station, locker, content) VALUES (?, ?, ?)
                ON CONFLICT (station, locker) DO UPDATE SET content = excluded.content
                """)
        for (locker, content) in changes.contents {
            try know.execute(arguments: [station, locker.text, content.rawValue])
        }
        if changes.isServiceForgotten {
            try database.execute(sql: "DELETE FROM suspended_lockers WHERE station = ?", arguments: [station])
        }
        let suspend = try database.cachedStatement(
            sql: "INSERT INTO suspended_lockers (station, locker) VALUES (?, ?) ON CONFLICT DO NOTHING")
        let resume = try database.cachedStatement(
            sql: "DELETE FROM suspended_lockers WHERE station = ? AND locker = ?")
        for (locker, isSuspended) in changes.suspensions {
            try (isSuspended ? suspend : resume).execute(arguments: [station, locker.text])
        }
    }

    private static func applyItems(_ changes: BookChanges, _ database: Database, _ station: String) throws {
        let judge = try database.cachedStatement(
            sql: """
                INSERT INTO item_states (station, item, condition) VALUES (?, ?, ?)
                ON CONFLICT (station, item) DO UPDATE SET condition = excluded.condition
                """)
        for (item, condition) in changes.conditions {
            try judge.execute(arguments: [station, item.text, condition.rawValue])
        }
        let place = try database.cachedStatement(
            sql: """
                INSERT INTO item_states (station, item, locker) VALUES (?, ?, ?)
                ON CONFLICT (station, item) DO UPDATE SET locker = excluded.locker
                """)
        for (item, locker) in changes.places { try place.execute(arguments: [station, item.text, locker.text]) }
    }
}
