// What was not applied, for those who look into it: entries that could not be understood, and those that show another
// history than the one that is stored.

import StationCore

/// An entry that keeps its place and was not applied.
struct SetAsideEntry: Equatable, Sendable {
    /// Its place.
    var number: EntryNumber
    /// Why it was not applied.
    var reason: String
    /// What came, in canonical form.
    var document: [UInt8]
}

/// An entry that came for a place that another one fills.
struct ForkedEntry: Equatable, Sendable {
    /// The place it came for.
    var number: EntryNumber
    /// Its hash, which differs from that of the stored one.
    var hash: EntryHash
    /// When it came first, by the pool's clock.
    var received: WallTime
    /// What came, in canonical form.
    var document: [UInt8]
}

extension PoolDatabase {
    func setAside(of station: StationID, after number: EntryNumber?, limit: Int) async throws -> [SetAsideEntry] {
        try await engine.read { database in
            try database.rows(
                """
                SELECT epoch, sequence, rejection, document FROM entries
                WHERE station = ?1 AND rejection IS NOT NULL AND (epoch > ?2 OR epoch = ?2 AND sequence > ?3)
                ORDER BY epoch, sequence LIMIT ?4
                """,
                [
                    .text(station.text), .text(number?.epoch.description ?? ""),
                    .integer(Int64(number?.sequence ?? 0)), .integer(Int64(limit)),
                ]
            ).map { row in
                SetAsideEntry(
                    number: try Self.number(row), reason: try row.get("rejection"), document: try row.get("document"))
            }
        }
    }

    func forks(of station: StationID) async throws -> [ForkedEntry] {
        try await engine.read { database in
            try database.rows(
                """
                SELECT epoch, sequence, hash, received, document FROM forks
                WHERE station = ?1 ORDER BY epoch, sequence, received, hash
                """, [.text(station.text)]
            ).map { row in
                ForkedEntry(
                    number: try Self.number(row), hash: try row.get("hash"), received: try row.get("received"),
                    document: try row.get("document"))
            }
        }
    }

    private static func number(_ row: SQLRow) throws -> EntryNumber {
        let (text, sequence): (String, Int64) = (try row.get("epoch"), try row.get("sequence"))
        guard let epoch = Epoch(text), sequence > 0 else { throw StoreDamage(description: "an entry has no number") }
        return EntryNumber(epoch: epoch, sequence: UInt64(sequence))
    }
}
