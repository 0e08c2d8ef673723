// Forgets whose loans were that are long over, as stations do (DESIGN: personal data). The chain holds a digest of the
// borrower; what it was made of travels beside it and is taken away here. The pool's own clock counts, from when it heard
// that the loan was over: a station's may be wrong by years.

import PoolIntake
import StationCore

extension PoolDatabase {
    /// How many entries lose their disclosure in one transaction.
    static let erasedAtOnce: Int64 = 200

    /// Remembers the entries that disclose a borrower and begin no loan.
    static func remember(
        disclosuresOf fillings: [Intake.Filling], _ database: any DatabaseSession, _ station: String, at now: WallTime
    ) throws {
        let rows = fillings.compactMap { filling -> [SQLValue]? in
            guard case .entry(let entry, _) = filling.arrival.content, entry.disclosure?.borrower != nil,
                entry.kind != .checkoutBegun
            else { return nil }
            return [
                .text(station), .text(filling.number.epoch.description), .integer(Int64(filling.number.sequence)),
                .time(now),
            ]
        }
        guard !rows.isEmpty else { return }
        try database.insert(into: "disclosures", ["station", "epoch", "sequence", "received"], rows)
    }

    func erase(before cutoff: WallTime) async throws -> Bool {
        try await engine.write { database in
            // Of several pools on one database one erases, and the others find nothing left to do.
            try database.lock("erasure")
            let loans = try database.rows(
                """
                SELECT station, id FROM loans WHERE borrower IS NOT NULL AND closed < ?1 ORDER BY closed LIMIT ?2
                """, [.time(cutoff), .integer(Self.erasedAtOnce)])
            for loan in loans {
                let (station, id): (String, String) = (try loan.get("station"), try loan.get("id"))
                guard let number = EntryNumber(id) else { throw StoreDamage(description: "a loan has no entry's name") }
                try Self.erase(database, station, number)
                try database.execute(
                    "UPDATE loans SET borrower = NULL WHERE station = ?1 AND id = ?2", [.text(station), .text(id)])
            }
            let others = try database.rows(
                "SELECT station, epoch, sequence FROM disclosures WHERE received < ?1 ORDER BY received LIMIT ?2",
                [.time(cutoff), .integer(Self.erasedAtOnce)])
            for other in others {
                let (station, text, sequence): (String, String, Int64) = (
                    try other.get("station"), try other.get("epoch"), try other.get("sequence")
                )
                guard let epoch = Epoch(text) else { throw StoreDamage(description: "an epoch has no epoch's name") }
                try Self.erase(database, station, EntryNumber(epoch: epoch, sequence: UInt64(sequence)))
                try database.execute(
                    "DELETE FROM disclosures WHERE station = ?1 AND epoch = ?2 AND sequence = ?3",
                    [.text(station), .text(text), .integer(sequence)])
            }
            // An open case says whom it is about until somebody has seen to it.
            let cases = try database.execute(
                """
                UPDATE cases SET borrower = NULL, subject = 'borrower'
                WHERE number IN (SELECT number FROM cases WHERE borrower IS NOT NULL AND closed < ?1 LIMIT ?2)
                """, [.time(cutoff), .integer(Self.erasedAtOnce)])
            let bookings = try Self.eraseBookings(before: cutoff, database)
            return !loans.isEmpty || !others.isEmpty || cases > 0 || bookings > 0
        }
    }

    /// Erases whose bookings were that are over; those that were fetched, not before their loans are erased.
    private static func eraseBookings(before cutoff: WallTime, _ database: any DatabaseSession) throws -> Int {
        try database.execute(
            """
            UPDATE pool_bookings SET borrower = NULL
            WHERE borrower IS NOT NULL AND coalesce(cancelled, ends) < ?1 AND NOT EXISTS (
                SELECT 1 FROM loans WHERE loans.station = pool_bookings.loan_station
                    AND loans.id = pool_bookings.loan AND loans.borrower IS NOT NULL)
            """, [.time(cutoff)])
    }

    func scour() async throws { try await engine.scour() }

    /// Takes the disclosure from an entry. Its hash never had it.
    private static func erase(_ database: any DatabaseSession, _ station: String, _ number: EntryNumber) throws {
        let place: [SQLValue] = [
            .text(station), .text(number.epoch.description), .integer(Int64(number.sequence)),
        ]
        let row = try database.row(
            "SELECT document FROM entries WHERE station = ?1 AND epoch = ?2 AND sequence = ?3", place)
        guard let document: [UInt8] = try row?.get("document"), var members = try JSON(parsing: document).object else {
            throw StoreDamage(description: "entry \(number) of a loan is not stored, or is no entry")
        }
        guard members.removeValue(forKey: "disclosure") != nil else { return }
        try database.execute(
            "UPDATE entries SET document = ?4 WHERE station = ?1 AND epoch = ?2 AND sequence = ?3",
            place + [.bytes(JSON.object(members).canonical)])
    }
}
