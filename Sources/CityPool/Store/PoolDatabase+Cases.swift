// Opens and closes cases in the transaction that applies the entries behind them, so that each has the cases it ought to
// have, once. A case that is about more of the ledger than one station's part looks at it under locks on the items: of two
// stations' batches at once, the second one sees the first.

import PoolIntake
import StationCore

extension PoolDatabase {
    /// What a case is opened with.
    struct CaseDraft {
        var kind: CaseKind
        /// What it is about: none is open twice for one subject and kind.
        var subject: String
        var item: ItemID?
        var borrower: BorrowerID?
        var locker: LockerID?
        var time: WallTime?
        /// The entries it is about, each with its station.
        var causes: [(station: String, entry: String)]
    }

    /// Where and when a batch is taken.
    struct Ground {
        let database: any DatabaseSession
        let station: String
        let now: WallTime

        /// Entries of the station as causes.
        func causes(_ numbers: [EntryNumber]) -> [(station: String, entry: String)] {
            numbers.map { (station, $0.description) }
        }
    }

    /// Opens and closes the cases that a batch leads to.
    ///
    /// - Parameters:
    ///   - unmatched: the entries of it that speak of loans which are not open.
    ///   - forks: those that show another history, and came for the first time.
    static func attend(
        to changes: BookChanges, _ signs: CaseSigns, unmatched: [Entry], forks: [EntryNumber], on ground: Ground
    ) throws {
        let station = "station \(ground.station)"
        if !signs.setAside.isEmpty {
            try open(
                .init(kind: .entrySetAside, subject: station, causes: ground.causes(signs.setAside)), on: ground)
        }
        if !forks.isEmpty {
            try open(.init(kind: .entryForked, subject: station, causes: ground.causes(forks)), on: ground)
        }
        try attend(toLockers: signs, on: ground)
        try attend(toUnmatched: unmatched, on: ground)
        let ended = changes.loans.filter { $0.beginning == nil && $0.end != nil }.map(\.loan.description)
        try settle(loans: ended, of: ground.station, ground.database, at: ground.now)
        try attend(toItems: changes, signs, on: ground)
    }

    private static func attend(toLockers signs: CaseSigns, on ground: Ground) throws {
        func subject(_ locker: LockerID?) -> String { "locker \(ground.station)/\(locker?.text ?? "-")" }
        let known = signs.known.map(subject)
        for row in try openCases(among: known, ground.database) where row.kind == .outcomeUnknown {
            try closeByItself(row.number, ground.database, at: ground.now)
        }
        for (locker, entries) in signs.doubtful.sorted(by: { subject($0.key) < subject($1.key) }) {
            let last = entries.last
            try open(
                .init(
                    kind: .outcomeUnknown, subject: subject(locker), item: last?.fields.item, locker: locker,
                    time: last?.trustedTime, causes: ground.causes(entries.map(\.number))), on: ground)
        }
    }

    /// Entries about loans that are not open are of no effect; of each such loan there is one case, ever.
    private static func attend(toUnmatched unmatched: [Entry], on ground: Ground) throws {
        for entry in unmatched {
            // What speaks of a loan names it, or begins an errand of that name.
            let loan = entry.fields.loan ?? entry.number
            // Where people ended it by closing a case, its own end is no news.
            let isSettled = try ground.database.row(
                "SELECT settled FROM loans WHERE station = ?1 AND id = ?2 AND settled IS NOT NULL",
                [.text(ground.station), .text(loan.description)])
            guard isSettled == nil else { continue }
            let subject = "loan \(ground.station)/\(loan)"
            let before: Int64? = try ground.database.row(
                "SELECT max(number) AS number FROM cases WHERE subject = ?1", [.text(subject)])?.get("number")
            let causes = ground.causes([entry.number])
            if let before {
                try add(causes, to: before, ground.database)
            } else {
                try open(
                    .init(
                        kind: .circulationNotFound, subject: subject, item: entry.fields.item,
                        locker: entry.fields.locker, time: entry.trustedTime, causes: causes), on: ground)
            }
        }
    }

    // MARK: - Opening and closing

    /// Opens a case, or adds its entries to the one that is open for the same subject, and gives its number.
    @discardableResult
    static func open(_ draft: CaseDraft, on ground: Ground) throws -> Int64 {
        try ground.database.insert(
            into: "cases", ["kind", "subject", "station", "item", "borrower", "locker", "time", "received"],
            [
                [
                    .text(draft.kind.rawValue), .text(draft.subject), .text(ground.station), .text(draft.item?.text),
                    .text(draft.borrower?.text), .text(draft.locker?.text), .time(draft.time), .time(ground.now),
                ]
            ],
            // Changes nothing, and holds the one that is there until the end of the transaction.
            onConflict: "(subject, kind) WHERE closed IS NULL DO UPDATE SET received = cases.received")
        let row = try ground.database.row(
            "SELECT number FROM cases WHERE subject = ?1 AND kind = ?2 AND closed IS NULL",
            [.text(draft.subject), .text(draft.kind.rawValue)])
        guard let number: Int64 = try row?.get("number") else {
            throw StoreDamage(description: "a case is not there after it was opened")
        }
        try add(draft.causes, to: number, ground.database)
        return number
    }

    static func add(
        _ causes: [(station: String, entry: String)], to number: Int64, _ database: any DatabaseSession
    ) throws {
        try database.insert(
            into: "case_entries", ["station", "entry", "number"],
            causes.map { [.text($0.station), .text($0.entry), .integer(number)] }, onConflict: "DO NOTHING")
    }

    /// Closes a case that is over without anybody's doing.
    static func closeByItself(_ number: Int64, _ database: any DatabaseSession, at now: WallTime) throws {
        try database.execute(
            "UPDATE cases SET closed = ?1 WHERE number = ?2 AND closed IS NULL", [.time(now), .integer(number)])
    }

    /// A case that is open, as far as its further course needs it.
    struct OpenCase {
        var number: Int64
        var kind: CaseKind
        var subject: String
        var station: String
        var time: WallTime?
    }

    /// The open cases about any of these subjects.
    static func openCases(among subjects: some Collection<String>, _ database: any DatabaseSession) throws -> [OpenCase]
    {
        try database.rows(among: subjects) {
            "SELECT number, kind, subject, station, time FROM cases WHERE closed IS NULL AND subject IN \($0)"
        }.map { row in
            guard let kind = CaseKind(rawValue: try row.get("kind")) else {
                throw StoreDamage(description: "a case is of no kind")
            }
            return OpenCase(
                number: try row.get("number"), kind: kind, subject: try row.get("subject"),
                station: try row.get("station"), time: try row.get("time"))
        }
    }

    /// Closes the cases that were about loans of a station which are over now.
    static func settle(
        loans: some Collection<String>, of station: String, _ database: any DatabaseSession, at now: WallTime
    ) throws {
        let rows = try database.rows(among: loans, after: [.text(station)]) {
            """
            SELECT DISTINCT cases.number, cases.kind, cases.item FROM case_entries
            JOIN cases ON cases.number = case_entries.number
            WHERE case_entries.station = ?1 AND case_entries.entry IN \($0) AND cases.closed IS NULL
            """
        }
        for row in rows {
            let (number, text): (Int64, String) = (try row.get("number"), try row.get("kind"))
            switch CaseKind(rawValue: text) {
            case .openCirculationExists:
                let item: String? = try row.get("item")
                guard let item, try !isLentTooOften(item, database) else { continue }
            case .userNotFound, .patronBarred:
                let open = try database.row(
                    """
                    SELECT 1 AS open FROM case_entries
                    JOIN loans ON loans.station = case_entries.station AND loans.id = case_entries.entry
                    WHERE case_entries.number = ?1 AND loans.ended IS NULL LIMIT 1
                    """, [.integer(number)])
                guard open == nil else { continue }
            case .routeItem, .circulationNotFound, .copyNotFound, .copyLost, .outcomeUnknown, .entrySetAside,
                .entryForked, nil:
                continue
            }
            try closeByItself(number, database, at: now)
        }
    }

    private static func isLentTooOften(_ item: String, _ database: any DatabaseSession) throws -> Bool {
        try database.row(
            """
            SELECT 1 AS open FROM items WHERE id = ?1
                AND quantity < (SELECT count(*) FROM loans WHERE item = ?1 AND ended IS NULL)
            """, [.text(item)]) != nil
    }
}

extension DatabaseSession {
    /// The rows about any of some names, of which there may be none.
    ///
    /// - Parameters:
    ///   - values: the parameters before the names.
    ///   - sql: the statement, where the list of names is put in.
    func rows(
        among names: some Collection<String>, after values: [SQLValue] = [], _ sql: (String) -> String
    ) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        var left = Set(names).sorted()[...]
        while let last = left.last {
            // Few lengths, so that there are few statements to prepare; the last name fills them up.
            let count = [1, 8, 64, 512].first { $0 >= left.count } ?? 512
            let some = Array(left.prefix(count))
            left = left.dropFirst(count)
            let given = some + Array(repeating: some.last ?? last, count: count - some.count)
            let places = (1...count).map { "?\(values.count + $0)" }.joined(separator: ", ")
            rows += try self.rows(sql("(\(places))"), values + given.map { .text($0) })
        }
        return rows
    }
}
