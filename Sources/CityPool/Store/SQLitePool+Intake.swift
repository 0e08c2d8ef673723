// Takes batches in: asks what is stored, lets `Intake` decide, and does it, all in one transaction. An entry and what it
// changes in the books are committed together or not at all, so each is applied exactly once.

import Foundation
import GRDB
import PoolIntake
import StationCore

extension SQLitePool {
    /// The most entries of other histories that are kept of one station; what comes then is only alarmed.
    static let maximumForks = 1000

    func take(_ arrivals: [Arrival], of account: StationAccount, at now: WallTime) async throws -> IntakeOutcome {
        try await write { database in
            let station = account.id.text
            let newest = try Self.newestEpoch(database, station)
            var heads: [Epoch: EpochHead] = [:]
            for epoch in Set(arrivals.compactMap { $0.number?.epoch }) {
                heads[epoch] = try Self.head(database, station, epoch)
            }
            var stored: [EntryNumber: StoredPlace] = [:]
            for case let number? in arrivals.map(\.number) {
                guard let end = heads[number.epoch], number.sequence <= end.head.sequence else { continue }
                stored[number] = try Self.place(database, station, number)
            }
            let intake = Intake(arrivals, source: account.source, heads: heads, stored: stored)

            try Self.insert(intake, database, station)
            let unmatched = try Self.apply(BookChanges(intake.fillings, newest: newest), database, station)
            for fork in intake.forks { try Self.keep(fork, database, station, now) }
            try database.cachedStatement(sql: "UPDATE stations SET last_contact = ? WHERE id = ?")
                .execute(arguments: [now.milliseconds, station])
            let epoch = intake.epoch ?? newest
            let head = try epoch.flatMap { try intake.heads[$0]?.head ?? Self.head(database, station, $0)?.head }
            return IntakeOutcome(intake: intake, head: head, unmatched: unmatched)
        }
    }

    // MARK: - What is stored

    static func newestEpoch(_ database: Database, _ station: String) throws -> Epoch? {
        let statement = try database.cachedStatement(
            sql: "SELECT epoch FROM epochs WHERE station = ? ORDER BY opened DESC LIMIT 1")
        return try String.fetchOne(statement, arguments: [station]).flatMap { Epoch($0) }
    }

    static func head(_ database: Database, _ station: String, _ epoch: Epoch) throws -> EpochHead? {
        let statement = try database.cachedStatement(
            sql: "SELECT sequence, hash, is_poison FROM epochs WHERE station = ? AND epoch = ?")
        guard let row = try Row.fetchOne(statement, arguments: [station, epoch.description]) else { return nil }
        guard let hash = row.bytes("hash").flatMap({ EntryHash(stored: $0) }) else {
            throw StoreDamage(description: "epoch \(epoch) of '\(station)' ends with no hash")
        }
        let sequence: Int64 = row["sequence"]
        return EpochHead(
            head: JournalHead(epoch: epoch, sequence: UInt64(sequence), hash: hash), isPoison: row["is_poison"])
    }

    private static func place(_ database: Database, _ station: String, _ number: EntryNumber) throws -> StoredPlace? {
        let statement = try database.cachedStatement(
            sql: "SELECT hash, rejection FROM entries WHERE station = ? AND epoch = ? AND sequence = ?")
        let arguments: StatementArguments = [station, number.epoch.description, Int64(number.sequence)]
        guard let row = try Row.fetchOne(statement, arguments: arguments) else { return nil }
        guard let hash = row.bytes("hash").flatMap({ EntryHash(stored: $0) }) else {
            throw StoreDamage(description: "entry \(number) of '\(station)' has no hash")
        }
        return StoredPlace(hash: hash, rejection: row["rejection"])
    }

    // MARK: - What was decided

    private static func insert(_ intake: Intake, _ database: Database, _ station: String) throws {
        let insert = try database.cachedStatement(
            sql: "INSERT INTO entries (station, epoch, sequence, hash, document, rejection) VALUES (?, ?, ?, ?, ?, ?)")
        for filling in intake.fillings {
            try insert.execute(arguments: [
                station, filling.number.epoch.description, Int64(filling.number.sequence), Data(filling.hash.bytes),
                Data(filling.arrival.document), filling.rejection,
            ])
        }
        let advance = try database.cachedStatement(
            sql: """
                INSERT INTO epochs (station, epoch, sequence, hash, is_poison) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (station, epoch) DO UPDATE
                SET sequence = excluded.sequence, hash = excluded.hash, is_poison = excluded.is_poison
                """)
        for epoch in Set(intake.fillings.map(\.number.epoch)) {
            guard let end = intake.heads[epoch] else { continue }
            try advance.execute(arguments: [
                station, epoch.description, Int64(end.head.sequence), Data(end.head.hash.bytes), end.isPoison,
            ])
        }
    }

    private static func keep(_ fork: Intake.Fork, _ database: Database, _ station: String, _ now: WallTime) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO forks (station, epoch, sequence, hash, document, received)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT count(*) FROM forks WHERE station = ?1) < ?7
                ON CONFLICT DO NOTHING
                """)
        try statement.execute(arguments: [
            station, fork.number.epoch.description, Int64(fork.number.sequence), Data(fork.hash.bytes),
            Data(fork.document), now.milliseconds, maximumForks,
        ])
    }
}
