// What the journal forgets, and when: borrowers' disclosures once a loan is over and policy's time too, whole entries once the
// pool has them and 90 days have passed. A little at a time, from the old end; what is left says what it follows.

internal import Foundation
internal import GRDB
internal import StationCore

/// What a station says of the entries that it no longer keeps: a signed note and the books after the last of them.
struct TrimWord: Equatable {
    /// The encoded note; `nil` where all entries are there.
    var note: String?
    /// The books, as the note has their hash.
    var books: JSON

    /// The word of a journal.
    static func read(_ database: Database) throws -> TrimWord {
        TrimWord(note: try Retention.marks(database).note, books: try Retention.books(database).json)
    }

    private init(note: String?, books: JSON) { (self.note, self.books) = (note, books) }

    /// The word as it travels.
    var json: JSON {
        var members = ["books": books]
        if let note { members["note"] = .string(note) }
        return .object(members)
    }

    /// A word that was received; `nil` where it is none.
    init?(_ json: JSON) {
        guard let books = json["books"] else { return nil }
        self.init(note: json["note"]?.string, books: books)
    }
}

enum Retention {
    /// How long entries are kept at least, in days.
    static let keptDays = 90
    /// How many entries are looked at in one transaction.
    static let slice = 64
    /// How many entries are kept however old they are: the start checks them, and the clock's floor is among them.
    static let keptEntries = JournalStore.tailCount

    /// What was forgotten.
    struct Marks: Equatable {
        /// Up to this entry disclosures were looked through.
        var erased: UInt64
        /// Up to this entry all are gone.
        var trimmed: UInt64
        /// The hash of the last entry that is gone.
        var hash: EntryHash?
        /// The station's signed word about it.
        var note: String?
    }

    /// Reads the marks.
    static func marks(_ database: Database) throws -> Marks {
        guard let row = try Row.fetchOne(database, sql: "SELECT erased, trimmed, hash, note FROM retention") else {
            throw EntryRow.DamagedRow(column: "retention")
        }
        let marks = Marks(
            erased: UInt64(clamping: row["erased"] as Int64), trimmed: UInt64(clamping: row["trimmed"] as Int64),
            hash: (row["hash"] as Data?).flatMap { EntryHash(stored: $0) }, note: row["note"])
        guard marks.trimmed == 0 || marks.hash != nil && marks.note != nil else {
            throw EntryRow.DamagedRow(column: "retention")
        }
        return marks
    }

    /// The books after the last entry that is gone.
    static func books(_ database: Database) throws -> BooksImage {
        guard let stored = try Data.fetchOne(database, sql: "SELECT books FROM retention WHERE books IS NOT NULL")
        else {
            return BooksImage()
        }
        do { return try BooksImage(JSON(parsing: stored)) } catch { throw EntryRow.DamagedRow(column: "books") }
    }

    // MARK: - Disclosures

    /// The next entries whose time for questions is over by `cutoff`, after the first number and up to the second; `nil`
    /// where there are none. Nothing that the pool has not got is among them.
    static func erasable(_ database: Database, before cutoff: WallTime) throws -> (after: UInt64, upTo: UInt64)? {
        let erased = try marks(database).erased
        let bound = try boundary(database, after: erased, before: cutoff, upTo: UploadTable.acknowledged(database))
        return bound > erased ? (erased, bound) : nil
    }

    /// Erases the borrowers of loans that ended in these entries, and those whom the entries are about without a loan.
    static func erase(_ database: Database, after: UInt64, upTo bound: UInt64) throws {
        let range: StatementArguments = [Int64(after), Int64(bound)]
        // The beginning of a loan says whose it was. Loans of another epoch are not in this file.
        try database.execute(
            sql: """
                UPDATE entry SET disclosure = NULL
                WHERE borrower IS NOT NULL AND disclosure IS NOT NULL AND sequence IN (
                    SELECT loan FROM entry WHERE sequence > ? AND sequence <= ? AND typeof(loan) = 'integer'
                    AND kind IN ('checkout-failed', 'return-completed', 'return-confirmed'))
                """, arguments: range)
        try database.execute(
            sql: """
                UPDATE entry SET disclosure = NULL
                WHERE sequence > ? AND sequence <= ? AND borrower IS NOT NULL AND disclosure IS NOT NULL
                AND kind <> 'checkout-begun'
                """, arguments: range)
        try database.execute(sql: "UPDATE retention SET erased = ?", arguments: [Int64(bound)])
    }

    // MARK: - Entries

    /// Entries that can go, from the old end.
    struct Trim {
        /// The last of them.
        var last: JournalHead
        /// The books after it.
        var books: BooksImage
    }

    /// The next entries that are older than `cutoff` and can go; `nil` where there are none.
    ///
    /// Throws: ``DamagedEntry`` where one of them is damaged: what is wrong is kept for whoever looks into it.
    static func trimmable(_ database: Database, before cutoff: WallTime, head: JournalHead) throws -> Trim? {
        let marks = try marks(database)
        let sure = try Int64.fetchOne(
            database, sql: "SELECT max(sequence) FROM entry WHERE quality = 'synchronised'")
        let floor = min(sure.map { UInt64($0) - 1 } ?? 0, head.sequence - min(head.sequence, UInt64(keptEntries)))
        // Nobody is left who could be erased, and nothing that the pool has not got.
        let most = min(marks.erased, floor, try UploadTable.acknowledged(database))
        let bound = try boundary(database, after: marks.trimmed, before: cutoff, upTo: most)
        guard bound > marks.trimmed else { return nil }
        let old = JournalHead(epoch: head.epoch, sequence: marks.trimmed, hash: marks.hash ?? .none)
        var trim = Trim(last: old, books: try books(database))
        let entries = try JournalReader.entries(
            database, epoch: head.epoch, after: marks.trimmed, limit: Int(bound - marks.trimmed))
        for entry in entries {
            try trim.books.apply(entry)
            trim.last = JournalHead(after: entry)
        }
        guard trim.last.sequence == bound else {
            throw DamagedEntry(sequence: trim.last.sequence + 1, finding: "it is damaged, so nothing is trimmed")
        }
        return trim
    }

    /// Trims entries; the note is the station's word about them.
    static func trim(_ database: Database, _ trim: Trim, note: String) throws {
        let sequence = Int64(trim.last.sequence)
        try database.execute(sql: "DELETE FROM entry WHERE sequence <= ?", arguments: [sequence])
        try database.execute(
            sql: "UPDATE retention SET trimmed = ?, hash = ?, books = ?, note = ?",
            arguments: [sequence, Data(trim.last.hash.bytes), Data(trim.books.json.canonical), note])
    }

    /// How far entries after one are older than a time, at most ``slice`` of them. Only the times of a clock that was
    /// synchronised count: the entries before such a one are older still, whatever a wrong clock wrote into them (S12).
    private static func boundary(
        _ database: Database, after start: UInt64, before cutoff: WallTime, upTo end: UInt64
    ) throws -> UInt64 {
        guard end > start else { return start }
        let far = min(start + UInt64(slice), end)
        let next = try Int64.fetchOne(
            database,
            sql: "SELECT time FROM entry WHERE sequence >= ? AND quality = 'synchronised' ORDER BY sequence LIMIT 1",
            arguments: [Int64(far)])
        if let next, next < cutoff.milliseconds { return far }
        let near = try Int64.fetchOne(
            database,
            sql: """
                SELECT max(sequence) FROM entry
                WHERE sequence > ? AND sequence <= ? AND quality = 'synchronised' AND time < ?
                """, arguments: [Int64(start), Int64(far), cutoff.milliseconds])
        return near.map { UInt64($0) } ?? start
    }
}
