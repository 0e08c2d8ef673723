// What admins ask of the ledger: entries as they are handed on, loans, and items with their whereabouts.

import PoolIntake
import StationCore

extension PoolDatabase {
    func newestHead(of station: StationID) async throws -> JournalHead? {
        try await engine.read { database in
            try Self.newestEpoch(database, station.text).flatMap { try Self.head(database, station.text, $0)?.head }
        }
    }

    func head(of station: StationID, epoch: Epoch) async throws -> JournalHead? {
        try await engine.read { try Self.head($0, station.text, epoch)?.head }
    }

    func entries(of station: StationID, epoch: Epoch, after: UInt64, limit: Int) async throws -> [[UInt8]] {
        try await engine.read { database in
            try database.rows(
                """
                SELECT document FROM entries WHERE station = ?1 AND epoch = ?2 AND sequence > ?3
                ORDER BY sequence LIMIT ?4
                """,
                [
                    .text(station.text), .text(epoch.description), .integer(Int64(clamping: after)),
                    .integer(Int64(limit)),
                ]
            ).map { try $0.get("document") }
        }
    }

    func loans(_ query: LoanQuery) async throws -> [PoolLoan] {
        try await engine.read { database in
            try database.rows(
                """
                SELECT * FROM loans
                WHERE position > ?1 AND (?2 IS NULL OR station = ?2) AND (?3 = 0 OR ended IS NULL)
                ORDER BY position LIMIT ?4
                """,
                [
                    .integer(query.after), .text(query.station?.text), .flag(query.openOnly),
                    .integer(Int64(query.limit)),
                ]
            ).map { row in
                PoolLoan(
                    position: try row.get("position"), station: try row.get("station"), id: try row.get("id"),
                    item: try row.get("item"), borrower: try row.get("borrower"), due: try row.get("due"),
                    begun: try row.get("begun"), ended: try row.get("ended"), ending: try row.get("ending"),
                    errand: try row.get("errand"), renewals: try row.get("renewals"),
                    isReported: try row.get("is_reported"), settled: try row.get("settled"))
            }
        }
    }

    func items() async throws -> [PoolItem] {
        try await engine.read { database in
            var lent: [String: Int] = [:]
            for row in try database.rows("SELECT item, count(*) AS count FROM loans WHERE ended IS NULL GROUP BY item")
            {
                lent[try row.get("item")] = try row.get("count")
            }
            var contents: [String: Content] = [:]
            for row in try database.rows("SELECT station, locker, content FROM locker_states") {
                contents[try Self.place(row, "locker")] = Content(rawValue: try row.get("content"))
            }
            let suspended = Set(
                try database.rows("SELECT station, locker FROM suspended_lockers").map { try Self.place($0, "locker") })
            var states: [String: (condition: Condition?, locker: LockerID?)] = [:]
            for row in try database.rows("SELECT station, item, condition, locker FROM item_states") {
                let locker: String? = try row.get("locker")
                states[try Self.place(row, "item")] = (
                    Condition(rawValue: try row.get("condition")), locker.flatMap { LockerID($0) }
                )
            }
            let lost = Set(try database.rows("SELECT item FROM lost_items").map { try $0.get("item") as String })
            return try Self.places(database).map { place in
                let state = states["\(place.station)/\(place.item.id)"]
                let locker = (state?.locker ?? place.item.locker).map { "\(place.station)/\($0)" }
                return PoolItem(
                    item: place.item, station: place.station, lent: lent[place.item.id.text] ?? 0,
                    condition: state?.condition ?? .sound, placed: state?.locker,
                    content: locker.flatMap { contents[$0] }, isSuspended: locker.map(suspended.contains) ?? false,
                    isLost: lost.contains(place.item.id.text))
            }
        }
    }

    /// What a row is about, at its station.
    private static func place(_ row: SQLRow, _ column: String) throws -> String {
        let (station, thing): (String, String) = (try row.get("station"), try row.get(column))
        return "\(station)/\(thing)"
    }
}
