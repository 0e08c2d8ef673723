// The cases about items and about those who have them: what the register and other stations say has a word in them.

import PoolIntake
import StationCore

extension PoolDatabase {
    /// What the pool knows of an item that a batch speaks of.
    private struct Known {
        var home: String
        var quantity: Int
        var open: Int
        var isLost: Bool
    }

    /// A loan that a batch began and left open.
    private struct Begun {
        var loan: EntryNumber
        var item: ItemID
        var borrower: BorrowerID?
        var begun: WallTime
    }

    static func attend(toItems changes: BookChanges, _ signs: CaseSigns, on ground: Ground) throws {
        let database = ground.database
        let begun = begun(changes)
        guard !begun.isEmpty || !signs.moved.isEmpty || !signs.seen.isEmpty else { return }
        try report(begun, on: ground)
        // Without a register there is nothing to hold the entries against.
        guard try database.row("SELECT number FROM register") != nil else { return }
        let known = try known(Set(begun.map(\.item)).union(signs.moved.keys).union(signs.seen.keys), database)
        try attend(toReceived: signs, known, on: ground)
        try attend(toSeen: signs, known, on: ground)
        try attend(toLent: begun, known, on: ground)
        for (item, entries) in signs.moved.sorted(by: { $0.key < $1.key }) where known[item]?.isLost == true {
            try open(about(item, .copyLost, entries, on: ground), on: ground)
        }
        try attend(toBorrowers: begun, on: ground)
    }

    private static func begun(_ changes: BookChanges) -> [Begun] {
        changes.loans.compactMap { change in
            guard let beginning = change.beginning, change.end == nil else { return nil }
            return Begun(
                loan: change.loan, item: beginning.item, borrower: beginning.borrower, begun: beginning.begun)
        }
    }

    /// Locks on the items of which another station's batch, or who closes a case, may say something at the same time that
    /// counts here. Loans that begin and end within a batch concern nobody else.
    static func contested(_ changes: BookChanges, _ signs: CaseSigns) -> Set<String> {
        let ended = Set(changes.loans.filter { $0.beginning == nil && $0.end != nil }.map(\.loan))
        let back = signs.moved.filter { _, entries in entries.contains { $0.fields.loan.map(ended.contains) ?? false } }
        let items = begun(changes).map(\.item) + signs.received.compactMap(\.fields.item) + back.keys
        return Set(items.map { "item \($0)" })
    }

    private static func known(_ items: Set<ItemID>, _ database: any DatabaseSession) throws -> [ItemID: Known] {
        var known: [ItemID: Known] = [:]
        let rows = try database.rows(among: items.map(\.text)) {
            """
            SELECT id, station, quantity, (SELECT count(*) FROM lost_items WHERE item = items.id) AS lost,
                (SELECT count(*) FROM loans WHERE item = items.id AND ended IS NULL) AS open
            FROM items WHERE id IN \($0)
            """
        }
        for row in rows {
            let id: ItemID = try row.identifier("id")
            known[id] = Known(
                home: try row.get("station"), quantity: try row.get("quantity"), open: try row.get("open"),
                isLost: try row.get("lost"))
        }
        return known
    }

    private static func about(
        _ item: ItemID, _ kind: CaseKind, _ entries: [Entry], on ground: Ground
    ) -> CaseDraft {
        CaseDraft(
            kind: kind, subject: "item \(item)", item: item, locker: entries.last?.fields.locker,
            time: entries.last?.trustedTime, causes: ground.causes(entries.map(\.number)))
    }

    // MARK: - Left elsewhere

    private static func attend(toReceived signs: CaseSigns, _ known: [ItemID: Known], on ground: Ground) throws {
        for entry in signs.received {
            guard let item = entry.fields.item else { continue }
            guard let place = known[item] else {
                try open(about(item, .copyNotFound, [entry], on: ground), on: ground)
                continue
            }
            // It may live here by now, or have come home before this station could say that it was here.
            guard place.home != ground.station, try !cameHome(item, to: place.home, after: entry, ground) else {
                continue
            }
            let number = try open(about(item, .routeItem, [entry], on: ground), on: ground)
            // Where it was left last is where it is.
            try ground.database.execute(
                """
                UPDATE cases SET station = ?1, time = ?2
                WHERE number = ?3 AND (time IS NULL OR ?2 IS NOT NULL AND time < ?2)
                """, [.text(ground.station), .time(entry.trustedTime), .integer(number)])
        }
    }

    /// Whether the item was at its home after another house received it.
    private static func cameHome(
        _ item: ItemID, to home: String, after entry: Entry, _ ground: Ground
    ) throws -> Bool {
        guard let time = entry.trustedTime else { return false }
        return try ground.database.row(
            """
            SELECT 1 AS home FROM loans
            WHERE station = ?1 AND item = ?2 AND (begun > ?3 OR ended > ?3 AND ending = 'returned') LIMIT 1
            """, [.text(home), .text(item.text), .time(time)]) != nil
    }

    /// Closes the cases of items that came home.
    private static func attend(toSeen signs: CaseSigns, _ known: [ItemID: Known], on ground: Ground) throws {
        let items = signs.seen.keys
        let cases = try openCases(among: items.map { "item \($0)" }, ground.database).filter { $0.kind == .routeItem }
        for open in cases {
            guard let item = items.first(where: { "item \($0)" == open.subject }) else { continue }
            if known[item]?.home == ground.station, let seen = signs.seen[item], let time = open.time, seen > time {
                try closeByItself(open.number, ground.database, at: ground.now)
            }
        }
    }

    /// Loans that began before the item was left elsewhere, though the pool heard of that first.
    private static func report(_ begun: [Begun], on ground: Ground) throws {
        let rows = try ground.database.rows(
            among: begun.map(\.item.text), after: [.text(EntryKind.itemReceived.rawValue)]
        ) { "SELECT item, time FROM proposals WHERE kind = ?1 AND item IN \($0)" }
        for row in rows {
            let (item, time): (String, WallTime) = (try row.get("item"), try row.get("time"))
            for loan in begun where loan.item.text == item && loan.begun <= time {
                try ground.database.execute(
                    "UPDATE loans SET is_reported = 1 WHERE station = ?1 AND id = ?2",
                    [.text(ground.station), .text(loan.loan.description)])
            }
        }
    }

    // MARK: - On loan

    private static func attend(toLent begun: [Begun], _ known: [ItemID: Known], on ground: Ground) throws {
        for loans in Dictionary(grouping: begun, by: \.item).values.sorted(by: { $0[0].item < $1[0].item }) {
            let item = loans[0].item
            var draft = CaseDraft(
                kind: .copyNotFound, subject: "item \(item)", item: item, time: loans.last?.begun,
                causes: ground.causes(loans.map(\.loan)))
            if let place = known[item] {
                guard place.open > place.quantity else { continue }
                draft.kind = .openCirculationExists
                draft.causes = try ground.database.rows(
                    "SELECT station, id FROM loans WHERE item = ?1 AND ended IS NULL", [.text(item.text)]
                ).map { (try $0.get("station"), try $0.get("id")) }
            }
            try open(draft, on: ground)
        }
    }

    private static func attend(toBorrowers begun: [Begun], on ground: Ground) throws {
        let named = begun.filter { $0.borrower != nil }
        var standings: [String: String] = [:]
        let rows = try ground.database.rows(among: named.compactMap(\.borrower?.text)) {
            "SELECT id, standing FROM borrowers WHERE id IN \($0)"
        }
        for row in rows { standings[try row.get("id")] = try row.get("standing") }
        for loan in named.sorted(by: { ($0.borrower?.text ?? "") < ($1.borrower?.text ?? "") }) {
            guard let borrower = loan.borrower else { continue }
            let kind: CaseKind
            switch standings[borrower.text] {
            case nil: kind = .userNotFound
            case Borrower.Standing.blocked.rawValue: kind = .patronBarred
            default: continue
            }
            try open(
                .init(
                    kind: kind, subject: "borrower \(borrower)", item: loan.item, borrower: borrower, time: loan.begun,
                    causes: ground.causes([loan.loan])), on: ground)
        }
    }

    // MARK: - The register

    /// Closes the cases that the register has settled: what it did not know it knows now, who was blocked is not, and what
    /// was left elsewhere lives there.
    static func settleByRegister(_ database: any DatabaseSession, at now: WallTime) throws {
        for (kind, condition) in [
            (CaseKind.copyNotFound, "EXISTS (SELECT 1 FROM items WHERE id = cases.item)"),
            (.userNotFound, "EXISTS (SELECT 1 FROM borrowers WHERE id = cases.borrower)"),
            (.patronBarred, "EXISTS (SELECT 1 FROM borrowers WHERE id = cases.borrower AND standing = 'active')"),
            (.routeItem, "EXISTS (SELECT 1 FROM items WHERE id = cases.item AND items.station = cases.station)"),
            (
                .openCirculationExists,
                """
                EXISTS (SELECT 1 FROM items WHERE id = cases.item AND quantity >= (
                    SELECT count(*) FROM loans WHERE loans.item = items.id AND ended IS NULL))
                """
            ),
        ] {
            try database.execute(
                "UPDATE cases SET closed = ?1 WHERE closed IS NULL AND kind = ?2 AND \(condition)",
                [.time(now), .text(kind.rawValue)])
        }
    }
}
