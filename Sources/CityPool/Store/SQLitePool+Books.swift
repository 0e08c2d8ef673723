// Writes what a batch changes in the pool's books.

import GRDB
import StationCore

extension SQLitePool {
    /// Writes the changes of a batch.
    ///
    /// - Returns: the entries that speak of loans which are not open here.
    static func apply(_ changes: BookChanges, _ database: Database, _ station: String) throws -> [EntryNumber] {
        var unmatched = changes.unmatched
        let begin = try database.cachedStatement(
            sql: """
                INSERT INTO loans (station, id, item, borrower, due, begun, ended, ending, errand)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let goOn = try database.cachedStatement(
            sql: """
                UPDATE loans SET ended = ?, ending = ?, errand = CASE WHEN ? THEN ? ELSE errand END
                WHERE station = ? AND id = ? AND ended IS NULL
                """)
        for change in changes.loans {
            let (end, id) = (change.end, change.loan.description)
            let ending = end.map { $0.isVoid ? "void" : "returned" }
            if let beginning = change.beginning {
                try begin.execute(arguments: [
                    station, id, beginning.item.text, beginning.borrower?.text, beginning.due.milliseconds,
                    beginning.begun.milliseconds, end?.at.milliseconds, ending, change.errand??.rawValue,
                ])
            } else {
                try goOn.execute(arguments: [
                    end?.at.milliseconds, ending, change.errand != nil, change.errand??.rawValue, station, id,
                ])
                if database.changesCount == 0 { unmatched.append(change.entry) }
            }
        }
        let know = try database.cachedStatement(
            sql: """
                INSERT INTO locker_states (station, locker, content) VALUES (?, ?, ?)
                ON CONFLICT (station, locker) DO UPDATE SET content = excluded.content
                """)
        for (locker, content) in changes.contents {
            try know.execute(arguments: [station, locker.text, content.rawValue])
        }
        return unmatched
    }
}
