// What stations propose to those who keep the register. A proposal is open until the register says the same, or the
// station says something else.

import Foundation
import GRDB
import StationCore

extension SQLitePool {
    /// Keeps what an entry proposes, and drops what it outdates.
    static func take(_ entry: Entry, _ database: Database, _ station: String) throws {
        let fields = entry.fields
        switch entry.kind {
        case .cardReplaced:
            // The card before is void.
            try database.execute(
                sql: "DELETE FROM proposals WHERE kind = ? AND borrower = ?",
                arguments: [entry.kind.rawValue, entry.disclosure?.borrower?.text])
        case .itemPlaced:
            try database.execute(
                sql: "DELETE FROM proposals WHERE kind = ? AND station = ? AND item = ?",
                arguments: [entry.kind.rawValue, station, fields.item?.text])
        case .itemReceived:
            // Wherever it was before, it is here now; its loan goes on until its own house has it.
            try database.execute(
                sql: "DELETE FROM proposals WHERE kind = ? AND item = ?",
                arguments: [entry.kind.rawValue, fields.item?.text])
            try database.execute(
                sql: "UPDATE loans SET is_reported = 1 WHERE item = ? AND ended IS NULL", arguments: [fields.item?.text]
            )
        case .stockTaken:
            // Its differences came before it; those of the stock-taking before are outdated, if there are any left.
            try database.execute(
                sql: "DELETE FROM proposals WHERE station = ? AND is_counted", arguments: [station])
            try database.execute(
                sql: "UPDATE proposals SET is_counted = 1 WHERE station = ? AND kind = ?",
                arguments: [station, EntryKind.stockDiffers.rawValue])
            return
        default: break
        }
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO proposals
                    (station, entry, kind, time, borrower, staff, card, item, locker, label, difference)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        var staff: StaffID?
        if case .staff(let member) = entry.disclosure?.person { staff = member }
        try insert.execute(arguments: [
            station, entry.number.description, entry.kind.rawValue, entry.time.milliseconds,
            entry.disclosure?.borrower?.text, staff?.text, fields.card.map { Data($0.bytes) }, fields.item?.text,
            fields.locker?.text, fields.label, entry.kind == .stockDiffers ? fields.reason : nil,
        ])
    }

    func proposals(after position: Int64, limit: Int) async throws -> [PoolProposal] {
        try await queue.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT * FROM proposals
                    WHERE position > ?
                        AND NOT EXISTS (SELECT 1 FROM cards WHERE fingerprint = proposals.card)
                        AND NOT EXISTS (SELECT 1 FROM items WHERE label = proposals.label)
                        AND NOT (kind = ? AND EXISTS (
                            SELECT 1 FROM items WHERE id = item AND items.locker = proposals.locker))
                        AND NOT (kind = ? AND EXISTS (
                            SELECT 1 FROM items WHERE id = item AND items.station = proposals.station))
                    ORDER BY position LIMIT ?
                    """)
            let arguments: StatementArguments = [
                position, EntryKind.itemPlaced.rawValue, EntryKind.itemReceived.rawValue, limit,
            ]
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                let time: Int64 = row["time"]
                return PoolProposal(
                    position: row["position"], station: row["station"], entry: row["entry"], kind: row["kind"],
                    time: WallTime(milliseconds: time), borrower: row["borrower"], staff: row["staff"],
                    card: row.bytes("card").map { hexadecimal($0) }, item: row["item"], locker: row["locker"],
                    label: row["label"], difference: row["difference"])
            }
        }
    }
}
