// What admins ask of the ledger: entries as they are handed on, loans, and items with their whereabouts.

import Foundation
import GRDB
import PoolIntake
import StationCore

extension SQLitePool {
    func newestHead(of station: StationID) async throws -> JournalHead? {
        try await queue.read { database in
            try Self.newestEpoch(database, station.text).flatMap { try Self.head(database, station.text, $0)?.head }
        }
    }

    func head(of station: StationID, epoch: Epoch) async throws -> JournalHead? {
        try await queue.read { try Self.head($0, station.text, epoch)?.head }
    }

    func entries(of station: StationID, epoch: Epoch, after: UInt64, limit: Int) async throws -> [[UInt8]] {
        try await queue.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT document FROM entries WHERE station = ? AND epoch = ? AND sequence > ?
                    ORDER BY sequence LIMIT ?
                    """)
            return try Data.fetchAll(
                statement, arguments: [station.text, epoch.description, Int64(clamping: after), limit]
            ).map { Array($0) }
        }
    }

    func loans(_ query: LoanQuery) async throws -> [PoolLoan] {
        try await queue.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT * FROM loans
                    WHERE position > ?1 AND (?2 IS NULL OR station = ?2) AND (NOT ?3 OR ended IS NULL)
                    ORDER BY position LIMIT ?4
                    """)
            let arguments: StatementArguments = [query.after, query.station?.text, query.openOnly, query.limit]
            return try Row.fetchAll(statement, arguments: arguments).map { row in
                let (due, begun, ended): (Int64, Int64, Int64?) = (row["due"], row["begun"], row["ended"])
                return PoolLoan(
                    position: row["position"], station: row["station"], id: row["id"], item: row["item"],
                    borrower: row["borrower"], due: WallTime(milliseconds: due), begun: WallTime(milliseconds: begun),
                    ended: ended.map { WallTime(milliseconds: $0) }, ending: row["ending"], errand: row["errand"],
                    renewals: row["renewals"], isReported: row["is_reported"])
            }
        }
    }

    func items() async throws -> [PoolItem] {
        try await queue.read { database in
            var lent: [String: Int] = [:]
            let open = "SELECT item, count(*) AS count FROM loans WHERE ended IS NULL GROUP BY item"
            for row in try Row.fetchAll(database, sql: open) { lent[row["item"]] = row["count"] }
            var contents: [String: Content] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT station, locker, content FROM locker_states") {
                let (station, locker): (String, String) = (row["station"], row["locker"])
                contents["\(station)/\(locker)"] = Content(rawValue: row["content"])
            }
            let suspended = try String.fetchSet(database, sql: "SELECT station || '/' || locker FROM suspended_lockers")
            var states: [String: (condition: Condition?, locker: LockerID?)] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT station, item, condition, locker FROM item_states") {
                let (station, item, locker): (String, String, String?) = (row["station"], row["item"], row["locker"])
                states["\(station)/\(item)"] = (
                    Condition(rawValue: row["condition"]), locker.flatMap { LockerID($0) }
                )
            }
            return try Self.places(database).map { place in
                let state = states["\(place.station)/\(place.item.id)"]
                let locker = (state?.locker ?? place.item.locker).map { "\(place.station)/\($0)" }
                return PoolItem(
                    item: place.item, station: place.station, lent: lent[place.item.id.text] ?? 0,
                    condition: state?.condition ?? .sound, placed: state?.locker,
                    content: locker.flatMap { contents[$0] }, isSuspended: locker.map(suspended.contains) ?? false)
            }
        }
    }
}
