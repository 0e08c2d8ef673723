// Reads entries from an open journal: its end at start-up, slices of it for export, upload and scrub.

internal import Foundation
internal import GRDB
internal import StationCore

enum JournalReader {
    /// The journal's end, with the last entries checked; `nil` where the journal has no epoch yet.
    ///
    /// - Parameter source: the station the journal must belong to; `nil` for any.
    /// - Throws: ``JournalDamage`` where the end does not hold, ``JournalTrouble`` where it is another station's.
    static func checkedHead(_ database: Database, source: EntrySource?) throws -> JournalHead? {
        guard let (epoch, stored) = try identity(database) else { return nil }
        if let source, stored != source {
            // The hashes know whose the entries are, whatever the name has become.
            if let own = try? checkedTail(database, epoch: epoch, source: source), own.sequence > 0 {
                throw JournalDamage(reason: "the name of its station", lastKnown: ClosedEpoch(own))
            }
            throw JournalTrouble("the journal belongs to \(stored), not to \(source). Give this station its own folder")
        }
        return try checkedTail(database, epoch: epoch, source: stored)
    }

    private static func checkedTail(
        _ database: Database, epoch: Epoch, source: EntrySource
    ) throws -> JournalHead {
        let last = try lastSequence(database)
        let tail = max(
            last > UInt64(JournalStore.tailCount) ? last - UInt64(JournalStore.tailCount) : 0,
            try Retention.marks(database).trimmed)
        var head: JournalHead?
        do {
            let slice = try entries(database, epoch: epoch, after: tail, limit: JournalStore.tailCount)
            head = slice.first.map {
                JournalHead(epoch: epoch, sequence: $0.number.sequence - 1, hash: $0.previousHash)
            }
            var verifier = ChainVerifier(source: source, after: head)
            for entry in slice {
                try verifier.take(EntryDocument(entry: entry, source: source))
                head = verifier.head
            }
            let reached = head?.sequence ?? 0
            guard reached == last else { throw DamagedEntry(sequence: reached + 1, finding: "it is damaged") }
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw JournalDamage(reason: "\(error)", lastKnown: head.flatMap(ClosedEpoch.init))
        }
        return head ?? JournalHead(epoch: epoch, sequence: 0, hash: .none)
    }

    /// Whose journal it is, and its epoch; `nil` where it has none yet.
    static func identity(_ database: Database) throws -> (Epoch, EntrySource)? {
        guard let row = try Row.fetchOne(database, sql: "SELECT epoch, source FROM journal") else { return nil }
        guard let epoch = Epoch(row["epoch"] as String) else {
            throw JournalDamage(reason: "the journal's epoch is no epoch", lastKnown: nil)
        }
        return (epoch, EntrySource(stored: row["source"]))
    }

    static func lastSequence(_ database: Database) throws -> UInt64 {
        UInt64(clamping: try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM entry") ?? 0)
    }

    /// The time before which passes may have been used without this journal knowing, as there may have been another one: whose
    /// card is lost leaves no trace here.
    ///
    /// Passes count while the clock is known only, so that the first entry with such a clock is later than all uses before
    /// this journal; where there is none yet, that is `now`.
    static func passesUnknownBefore(_ database: Database, _ now: WallTime) throws -> WallTime {
        let time = try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT time FROM entry WHERE quality <> 'unknown' ORDER BY sequence LIMIT 1"))
        return time.map(WallTime.init(milliseconds:)) ?? now
    }

    /// The hash of an entry, or of the last one that was trimmed; `nil` where there is no such entry.
    static func hash(_ database: Database, at sequence: UInt64) throws -> EntryHash? {
        let statement = try database.cachedStatement(sql: "SELECT hash FROM entry WHERE sequence = ?")
        let stored = try Data.fetchOne(statement, arguments: [Int64(clamping: sequence)])
        if let stored { return EntryHash(stored: stored) }
        let marks = try Retention.marks(database)
        return marks.trimmed == sequence ? marks.hash : nil
    }

    /// Whether somebody's word of a journal's end is about another history than this one: about entries that are not here,
    /// or are others. About what was trimmed nothing can be said.
    static func isContradicted(by word: JournalHead, end: JournalHead, _ database: Database) throws -> Bool {
        guard word.epoch == end.epoch, word.sequence > 0 else { return false }
        guard word.sequence <= end.sequence else { return true }
        let own = try hash(database, at: word.sequence)
        return own != nil && own != word.hash
    }

    /// The entries after a sequence, at most so many, and fewer where one that is damaged follows. Those that were trimmed are
    /// left out.
    ///
    /// Throws: ``DamagedEntry`` where the first of them is missing or damaged; GRDB's errors.
    static func entries(_ database: Database, epoch: Epoch, after: UInt64, limit: Int) throws -> [Entry] {
        var (after, known) = (after, after > 0 ? try hash(database, at: after) : nil)
        if known == nil {
            let marks = try Retention.marks(database)
            if marks.trimmed > after { (after, known) = (marks.trimmed, marks.hash) }
        }
        guard var previous = known ?? (after == 0 ? EntryHash.none : nil) else {
            throw DamagedEntry(sequence: after, finding: "it is missing, or its hash is")
        }
        let statement = try database.cachedStatement(
            sql: "SELECT \(EntryRow.columns) FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?")
        let rows = try Row.fetchCursor(statement, arguments: [Int64(clamping: after), limit])
        var entries: [Entry] = []
        while let row = try rows.next() {
            let expected = after + UInt64(entries.count) + 1
            do {
                guard try EntryRow.sequence(row) == expected else {
                    throw DamagedEntry(sequence: expected, finding: "it is missing")
                }
                entries.append(try EntryRow.entry(row, epoch: epoch, previous: previous))
            } catch {
                // What comes before the damage is good, and the next question starts with the damage.
                guard entries.isEmpty else { break }
                throw error as? DamagedEntry ?? DamagedEntry(sequence: expected, finding: "\(error)")
            }
            previous = entries[entries.count - 1].hash
        }
        return entries
    }
}

/// An entry that a journal's file does not hold as it was written.
struct DamagedEntry: Error, CustomStringConvertible {
    var sequence: UInt64
    var finding: String
    var description: String { "entry \(sequence): \(finding)" }
}

extension ClosedEpoch {
    /// The journal that ends here; `nil` where it has no entry.
    init?(_ head: JournalHead) {
        guard head.sequence > 0 else { return nil }
        self.init(number: EntryNumber(epoch: head.epoch, sequence: head.sequence), hash: head.hash)
    }
}
