// The books beside the entries: open loans, errands under way, contents of lockers. They change in the transaction
// that stores an entry, by exactly the changes that replaying the entry gives.

internal import Foundation
internal import GRDB
internal import StationCore

enum Books {
    /// Applies what an entry changes.
    static func apply(_ entry: Entry, _ database: Database) throws {
        for change in try entry.fields.changes(kind: entry.kind, number: entry.number) {
            switch change {
            case .loanOpened(let id, let item, let due):
                guard let borrower = entry.disclosure?.borrower else { throw EntryRow.DamagedRow(column: "disclosure") }
                try run(
                    database, "INSERT INTO loan (id, item, borrower, due) VALUES (?, ?, ?, ?)",
                    [id.description, item.text, borrower.text, due.milliseconds])
            case .loanClosed(let id):
                try run(database, "DELETE FROM loan WHERE id = ?", [id.description])
            case .loanRenewed(let id, let due):
                try run(
                    database, "UPDATE loan SET due = ?, renewals = renewals + 1 WHERE id = ?",
                    [due.milliseconds, id.description])
            case .loanReported(let id):
                try run(database, "UPDATE loan SET reported = 1 WHERE id = ?", [id.description])
            case .service(let locker, let isSuspended):
                try run(
                    database,
                    isSuspended
                        ? "INSERT OR IGNORE INTO suspended (locker) VALUES (?)"
                        : "DELETE FROM suspended WHERE locker = ?",
                    [locker.text])
            case .condition(let item, .sound):
                try run(database, "DELETE FROM condition WHERE item = ?", [item.text])
            case .condition(let item, let condition):
                try run(
                    database, "INSERT OR REPLACE INTO condition (item, condition) VALUES (?, ?)",
                    [item.text, condition.rawValue])
            case .place(let item, let locker, let registered):
                try run(
                    database, "INSERT OR REPLACE INTO place (item, locker, registered) VALUES (?, ?, ?)",
                    [item.text, locker.text, registered?.text])
            case .card(let card):
                guard let borrower = entry.disclosure?.borrower else { throw EntryRow.DamagedRow(column: "disclosure") }
                try run(
                    database, "INSERT OR REPLACE INTO replaced_card (borrower, fingerprint) VALUES (?, ?)",
                    [borrower.text, Data(card.bytes)])
            case .passTried(let nonce, let loan, let until):
                if entry.quality == .synchronised {
                    try run(
                        database, "DELETE FROM pass WHERE until < ?",
                        [PassBook.forgotten(at: entry.time).milliseconds])
                }
                try run(
                    database,
                    """
                    INSERT INTO pass (nonce, attempts, loan, until) VALUES (?, 1, ?, ?)
                    ON CONFLICT (nonce) DO UPDATE
                    SET attempts = attempts + 1, loan = excluded.loan, until = excluded.until
                    """, [nonce.description, loan.description, until.milliseconds])
            case .passLeft(let loan):
                try run(database, "UPDATE pass SET loan = NULL WHERE loan = ?", [loan.description])
            case .errandBegan(_, let errand):
                // An open shelf needs no way to a door: its outcome follows in the same transaction.
                guard errand.locker != nil else { continue }
                try run(
                    database,
                    "INSERT OR REPLACE INTO errand (loan, purpose, opening, item, locker) VALUES (?, ?, ?, ?, ?)",
                    [
                        errand.loan.description, errand.purpose.rawValue, errand.opening.description, errand.item?.text,
                        errand.locker?.text,
                    ])
            case .errandEnded(let loan, let purpose):
                try run(
                    database, "DELETE FROM errand WHERE loan = ? AND purpose = ?", [loan.description, purpose.rawValue])
            case .content(let locker, let content):
                try run(
                    database,
                    """
                    INSERT INTO content (locker, content) VALUES (?, ?)
                    ON CONFLICT (locker) DO UPDATE SET content = excluded.content WHERE content <> excluded.content
                    """, [locker.text, content.rawValue])
            }
        }
    }

    private static func run(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// What each scan asks for is prepared once.
    private static func rows(
        _ database: Database, _ sql: String, _ arguments: StatementArguments = []
    ) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    /// What is damaged in the books; `nil` where they can be read. They are small, so every start looks at all of them:
    /// a station that found out later would end, start, and end again.
    static func damage(_ database: Database) throws -> String? {
        do {
            for table in [
                "journal", "loan", "errand", "content", "upload", "set_aside", "suspended", "condition", "place",
                "replaced_card",
                "pin_attempts", "retention", "pass",
            ] {
                let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(\(table))")
                guard finding == "ok" else { return "the table \(table): \(finding ?? "SQLite says nothing")" }
            }
            _ = (try loans(database, where: "?", "1"), try errands(database), try contents(database))
            _ = (try suspended(database), try conditions(database), try places(database), try passes(database))
            _ = try Retention.marks(database)
            return nil
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            return "the books: \(error.message ?? "damaged")"
        } catch let error as EntryRow.DamagedRow {
            return "the books: \(error)"
        }
    }

    /// The open loans that a condition names.
    static func loans(_ database: Database, where condition: String, _ argument: String) throws -> [Loan] {
        let statement = try database.cachedStatement(
            sql: "SELECT id, item, borrower, due, renewals, reported FROM loan WHERE \(condition) ORDER BY id")
        // By place and one after another: each scan asks several times.
        return try Array(
            Row.fetchCursor(statement, arguments: [argument]).map { row in
                guard let id = EntryNumber(row[0] as String), let item = ItemID(row[1] as String),
                    let borrower = BorrowerID(row[2] as String)
                else { throw EntryRow.DamagedRow(column: "loan") }
                return Loan(
                    id: id, item: item, borrower: borrower, due: WallTime(milliseconds: row[3]), renewals: row[4],
                    isReported: row[5])
            })
    }

    /// What is on loan.
    static func itemsOnLoan(_ database: Database) throws -> Set<ItemID> {
        try Set(loans(database, where: "?", "1").map(\.item))
    }

    /// How many loans are open.
    static func openLoans(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM loan") ?? 0
    }

    /// The errands without an outcome, in the order of their openings.
    static func errands(_ database: Database) throws -> [Errand] {
        try Row.fetchAll(database, sql: "SELECT * FROM errand ORDER BY opening, loan").map { row in
            guard let purpose = Errand.Purpose(rawValue: row["purpose"]), let loan = EntryNumber(row["loan"] as String),
                let opening = EntryNumber(row["opening"] as String)
            else { throw EntryRow.DamagedRow(column: "errand") }
            let item = (row["item"] as String?).flatMap(ItemID.init)
            if item == nil, purpose != .service { throw EntryRow.DamagedRow(column: "errand") }
            let locker = (row["locker"] as String?).flatMap(LockerID.init)
            return Errand(purpose: purpose, opening: opening, loan: loan, item: item, locker: locker)
        }
    }

    /// What is known of the lockers' contents; a locker that is not in it was never touched.
    static func contents(_ database: Database) throws -> [LockerID: Content] {
        var contents: [LockerID: Content] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT locker, content FROM content") {
            guard let locker = LockerID(row["locker"] as String), let content = Content(rawValue: row["content"]) else {
                throw EntryRow.DamagedRow(column: "content")
            }
            contents[locker] = content
        }
        return contents
    }

    /// What is known of one locker's content; `nil` where it was never touched.
    static func content(of locker: LockerID, _ database: Database) throws -> Content? {
        guard let row = try rows(database, "SELECT content FROM content WHERE locker = ?", [locker.text]).first else {
            return nil
        }
        guard let content = Content(rawValue: row["content"]) else { throw EntryRow.DamagedRow(column: "content") }
        return content
    }

    /// The lockers that staff have taken out of service.
    static func suspended(_ database: Database) throws -> Set<LockerID> {
        Set(
            try String.fetchAll(database, sql: "SELECT locker FROM suspended").map { text in
                guard let locker = LockerID(text) else { throw EntryRow.DamagedRow(column: "suspended") }
                return locker
            })
    }

    /// The items that somebody said something of.
    static func conditions(_ database: Database) throws -> [ItemID: Condition] {
        var conditions: [ItemID: Condition] = [:]
        for row in try rows(database, "SELECT item, condition FROM condition") {
            guard let item = ItemID(row["item"] as String), let condition = Condition(rawValue: row["condition"]) else {
                throw EntryRow.DamagedRow(column: "condition")
            }
            conditions[item] = condition
        }
        return conditions
    }

    /// Where staff have put items, and what the register said of each then.
    static func places(_ database: Database) throws -> [ItemID: (locker: LockerID, registered: LockerID?)] {
        var places: [ItemID: (locker: LockerID, registered: LockerID?)] = [:]
        for row in try rows(database, "SELECT item, locker, registered FROM place") {
            guard let item = ItemID(row["item"] as String), let locker = LockerID(row["locker"] as String) else {
                throw EntryRow.DamagedRow(column: "place")
            }
            places[item] = (locker, (row["registered"] as String?).flatMap(LockerID.init))
        }
        return places
    }

    /// The passes that were tried.
    static func passes(_ database: Database) throws -> [PassNonce: PassUse] {
        var passes: [PassNonce: PassUse] = [:]
        for row in try rows(database, "SELECT nonce, attempts, loan, until FROM pass") {
            guard let nonce = PassNonce(row["nonce"] as String) else { throw EntryRow.DamagedRow(column: "pass") }
            passes[nonce] = try passUse(row)
        }
        return passes
    }

    /// What became of a pass; `nil` where it was not tried.
    static func use(of pass: PassNonce, _ database: Database) throws -> PassUse? {
        try rows(database, "SELECT attempts, loan, until FROM pass WHERE nonce = ?", [pass.description]).first
            .map(passUse)
    }

    private static func passUse(_ row: Row) throws -> PassUse {
        let text = row["loan"] as String?
        let loan = text.flatMap(EntryNumber.init)
        guard (loan == nil) == (text == nil), let attempts = Int(exactly: row["attempts"] as Int64) else {
            throw EntryRow.DamagedRow(column: "pass")
        }
        return PassUse(attempts: attempts, loan: loan, until: WallTime(milliseconds: row["until"]))
    }

    /// How many attempts to enter a card's PIN were wrong in a row.
    static func pinAttempts(of card: CardDigest, _ database: Database) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT count FROM pin_attempts WHERE card = ?"),
            arguments: [Data(card.hash.bytes)]) ?? 0
    }

    /// The borrower whom staff gave this card.
    static func borrower(withReplacement fingerprint: EntryHash, _ database: Database) throws -> BorrowerID? {
        try rows(
            database, "SELECT borrower FROM replaced_card WHERE fingerprint = ?", [Data(fingerprint.bytes)]
        ).first.flatMap { BorrowerID($0["borrower"] as String) }
    }

    /// The card that staff gave a borrower.
    static func replacement(of borrower: BorrowerID, _ database: Database) throws -> EntryHash? {
        try rows(
            database, "SELECT fingerprint FROM replaced_card WHERE borrower = ?", [borrower.text]
        ).first.flatMap { EntryHash(stored: $0["fingerprint"] as Data) }
    }
}
