// What stations propose to those who keep the register. A proposal is open until the register says the same, or the
// station says something else.

import StationCore

extension PoolDatabase {
    /// Keeps what an entry proposes, and drops what it outdates.
    static func take(_ entry: Entry, _ database: any DatabaseSession, _ station: String) throws {
        let (fields, kind) = (entry.fields, SQLValue.text(entry.kind.rawValue))
        switch entry.kind {
        case .cardReplaced:
            // The card before is void.
            try database.execute(
                "DELETE FROM proposals WHERE kind = ?1 AND borrower = ?2",
                [kind, .text(entry.disclosure?.borrower?.text)])
        case .itemPlaced:
            try database.execute(
                "DELETE FROM proposals WHERE kind = ?1 AND station = ?2 AND item = ?3",
                [kind, .text(station), .text(fields.item?.text)])
        case .itemReceived:
            // Wherever it was before, it is here now; its loan goes on until its own house has it.
            try database.execute(
                "DELETE FROM proposals WHERE kind = ?1 AND item = ?2", [kind, .text(fields.item?.text)])
            // Not one that began when it was home again, though the pool heard of that first.
            try database.execute(
                "UPDATE loans SET is_reported = 1 WHERE item = ?1 AND ended IS NULL AND begun <= ?2",
                [.text(fields.item?.text), .time(entry.trustedTime ?? .latest)])
        case .stockTaken:
            // Its differences came before it; those of the stock-taking before are outdated, if there are any left.
            try database.execute("DELETE FROM proposals WHERE station = ?1 AND is_counted = 1", [.text(station)])
            try database.execute(
                "UPDATE proposals SET is_counted = 1 WHERE station = ?1 AND kind = ?2",
                [.text(station), .text(EntryKind.stockDiffers.rawValue)])
            return
        default: break
        }
        var staff: StaffID?
        if case .staff(let member) = entry.disclosure?.person { staff = member }
        try database.insert(
            into: "proposals",
            [
                "station", "entry", "kind", "time", "borrower", "staff", "card", "item", "locker", "label",
                "difference",
            ],
            [
                [
                    .text(station), .text(entry.number.description), kind, .time(entry.time),
                    .text(entry.disclosure?.borrower?.text), .text(staff?.text), .hash(fields.card),
                    .text(fields.item?.text), .text(fields.locker?.text), .text(fields.label),
                    .text(entry.kind == .stockDiffers ? fields.reason : nil),
                ]
            ])
    }

    func proposals(after position: Int64, limit: Int) async throws -> [PoolProposal] {
        try await engine.read { database in
            let rows = try database.rows(
                """
                SELECT * FROM proposals
                WHERE position > ?1
                    AND NOT EXISTS (SELECT 1 FROM cards WHERE fingerprint = proposals.card)
                    AND NOT EXISTS (SELECT 1 FROM items WHERE label = proposals.label)
                    AND NOT (kind = ?2 AND EXISTS (
                        SELECT 1 FROM items WHERE id = item AND items.locker = proposals.locker))
                    AND NOT (kind = ?3 AND EXISTS (
                        SELECT 1 FROM items WHERE id = item AND items.station = proposals.station))
                ORDER BY position LIMIT ?4
                """,
                [
                    .integer(position), .text(EntryKind.itemPlaced.rawValue), .text(EntryKind.itemReceived.rawValue),
                    .integer(Int64(limit)),
                ])
            return try rows.map { row in
                let card: [UInt8]? = try row.get("card")
                return PoolProposal(
                    position: try row.get("position"), station: try row.get("station"), entry: try row.get("entry"),
                    kind: try row.get("kind"), time: try row.get("time"), borrower: try row.get("borrower"),
                    staff: try row.get("staff"), card: card.map { hexadecimal($0) }, item: try row.get("item"),
                    locker: try row.get("locker"), label: try row.get("label"),
                    difference: try row.get("difference"))
            }
        }
    }
}
