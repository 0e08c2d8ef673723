// Takes batches in: asks what is stored, lets `Intake` decide, and does it, all in one transaction. An entry and what it
// changes in the books are committed together or not at all, so each is applied exactly once.

import PoolIntake
import StationCore

extension PoolDatabase {
    /// The most entries of other histories that are kept of one station; what comes then is only alarmed.
    static let maximumForks = 1000

    func take(_ arrivals: [Arrival], of account: StationAccount, at now: WallTime) async throws -> IntakeOutcome {
        try await engine.write { database in
            let station = account.id.text
            // Two batches of a station may arrive at once, at two processes even. The second one sees the first.
            try database.lock("station \(station)")
            let newest = try Self.newestEpoch(database, station)
            var heads: [Epoch: EpochHead] = [:]
            for epoch in Set(arrivals.compactMap { $0.number?.epoch }) {
                heads[epoch] = try Self.head(database, station, epoch)
            }
            let stored = try Self.places(database, station, arrivals.compactMap(\.number), heads)
            let intake = Intake(arrivals, source: account.source, heads: heads, stored: stored)

            try Self.insert(intake, database, station)
            try Self.remember(disclosuresOf: intake.fillings, database, station, at: now)
            let changes = BookChanges(intake.fillings, newest: newest)
            let signs = CaseSigns(intake.fillings, newest: newest)
            // Before the rows of loans and cases: who closes a case takes them in this order too.
            try database.lock(Self.contested(changes, signs))
            let unmatched = try Self.apply(changes, database, station, at: now)
            let forks = try intake.forks.filter { try Self.keep($0, database, station, now) }.map(\.number)
            try Self.attend(
                to: changes, signs, unmatched: Self.entries(unmatched, of: intake),
                forks: forks,
                on: Ground(database: database, station: station, now: now))
            try database.execute(
                "UPDATE stations SET last_contact = ?1 WHERE id = ?2", [.time(now), .text(station)])
            let epoch = intake.epoch ?? newest
            let head = try epoch.flatMap { try intake.heads[$0]?.head ?? Self.head(database, station, $0)?.head }
            return IntakeOutcome(intake: intake, head: head, unmatched: unmatched)
        }
    }

    // MARK: - What is stored

    static func newestEpoch(_ database: any DatabaseSession, _ station: String) throws -> Epoch? {
        let row = try database.row(
            "SELECT epoch FROM epochs WHERE station = ?1 ORDER BY opened DESC LIMIT 1", [.text(station)])
        let text: String? = try row?.get("epoch")
        return text.flatMap { Epoch($0) }
    }

    static func head(_ database: any DatabaseSession, _ station: String, _ epoch: Epoch) throws -> EpochHead? {
        let row = try database.row(
            "SELECT sequence, hash, is_poison FROM epochs WHERE station = ?1 AND epoch = ?2",
            [.text(station), .text(epoch.description)])
        return try row.map { row in
            let sequence: Int64 = try row.get("sequence")
            return EpochHead(
                head: JournalHead(epoch: epoch, sequence: UInt64(sequence), hash: try row.get("hash")),
                isPoison: try row.get("is_poison"))
        }
    }

    /// What is stored at those of the places that are filled. A station sends runs of entries, so each run is one
    /// question, however a batch is cut; one that holds every other entry of a journal has as many runs as entries.
    private static func places(
        _ database: any DatabaseSession, _ station: String, _ numbers: [EntryNumber], _ heads: [Epoch: EpochHead]
    ) throws -> [EntryNumber: StoredPlace] {
        var stored: [EntryNumber: StoredPlace] = [:]
        for (epoch, end) in heads {
            let sequences = Set(numbers.lazy.filter { $0.epoch == epoch }.map(\.sequence))
            for run in runs(sequences.filter { $0 <= end.head.sequence }.sorted()) {
                let rows = try database.rows(
                    """
                    SELECT sequence, hash, rejection FROM entries
                    WHERE station = ?1 AND epoch = ?2 AND sequence BETWEEN ?3 AND ?4
                    """,
                    [
                        .text(station), .text(epoch.description), .integer(Int64(run.lowerBound)),
                        .integer(Int64(run.upperBound)),
                    ])
                for row in rows {
                    let sequence: Int64 = try row.get("sequence")
                    stored[EntryNumber(epoch: epoch, sequence: UInt64(sequence))] = StoredPlace(
                        hash: try row.get("hash"), rejection: try row.get("rejection"))
                }
            }
        }
        return stored
    }

    /// The runs in ascending numbers.
    private static func runs(_ numbers: [UInt64]) -> [ClosedRange<UInt64>] {
        var runs: [ClosedRange<UInt64>] = []
        for number in numbers {
            if let last = runs.last, number == last.upperBound + 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs
    }

    // MARK: - What was decided

    private static func insert(_ intake: Intake, _ database: any DatabaseSession, _ station: String) throws {
        guard !intake.fillings.isEmpty else { return }
        try database.insert(
            into: "entries", ["station", "epoch", "sequence", "hash", "document", "rejection"],
            intake.fillings.map { filling in
                [
                    .text(station), .text(filling.number.epoch.description), .integer(Int64(filling.number.sequence)),
                    .hash(filling.hash), .bytes(filling.arrival.document), .text(filling.rejection),
                ]
            })
        // In the order in which they were opened: the newest epoch is the one that came last.
        var epochs: [Epoch] = []
        for filling in intake.fillings where !epochs.contains(filling.number.epoch) {
            epochs.append(filling.number.epoch)
        }
        try database.insert(
            into: "epochs", ["station", "epoch", "sequence", "hash", "is_poison"],
            epochs.compactMap { epoch in
                intake.heads[epoch].map { end in
                    [
                        .text(station), .text(epoch.description), .integer(Int64(end.head.sequence)),
                        .hash(end.head.hash), .flag(end.isPoison),
                    ]
                }
            },
            onConflict: """
                (station, epoch) DO UPDATE
                SET sequence = excluded.sequence, hash = excluded.hash, is_poison = excluded.is_poison
                """)
    }

    /// Those entries of a batch that have these numbers.
    private static func entries(_ numbers: [EntryNumber], of intake: Intake) -> [Entry] {
        guard !numbers.isEmpty else { return [] }
        let numbers = Set(numbers)
        return intake.fillings.compactMap { filling in
            guard case .entry(let entry, _) = filling.arrival.content, numbers.contains(entry.number) else {
                return nil
            }
            return entry
        }
    }

    /// Keeps an entry of another history; says whether it came for the first time.
    private static func keep(
        _ fork: Intake.Fork, _ database: any DatabaseSession, _ station: String, _ now: WallTime
    ) throws -> Bool {
        try database.execute(
            """
            INSERT INTO forks (station, epoch, sequence, hash, document, received)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT count(*) FROM forks WHERE station = ?1) < ?7
            ON CONFLICT DO NOTHING
            """,
            [
                .text(station), .text(fork.number.epoch.description), .integer(Int64(fork.number.sequence)),
                .hash(fork.hash), .bytes(fork.document), .time(now), .integer(Int64(maximumForks)),
            ]) == 1
    }
}
