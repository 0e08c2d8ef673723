// The journal on disk: SQLite in WAL mode with `synchronous=FULL`, one connection, one transaction and one sync for
// each decision. Whoever owns this object owns the journal; no other process can open it meanwhile.

internal import Foundation
internal import GRDB
internal import Groundwork
internal import StationCore

/// The journal of a station, open for writing.
final class JournalStore: JournalPort {
    let source: EntrySource
    private(set) var head: JournalHead
    /// Why writing failed, once it has: nothing more may be written then, and the process must end.
    private(set) var writeFailure: JournalFault?
    private let path: String
    private let database: DatabaseQueue
    private let ballast: Ballast

    /// How many entries at the end are checked at every start; the scrub checks the rest.
    static let tailCount = 256

    private init(path: String, database: DatabaseQueue, source: EntrySource, head: JournalHead, ballast: Ballast) {
        self.path = path
        self.database = database
        self.source = source
        self.head = head
        self.ballast = ballast
    }

    /// A journal as it was found, or made.
    struct Opened {
        var store: JournalStore
        /// Why this journal is new, for its first entry; `nil` where it was there already.
        var newEpoch: (reason: EpochReason, predecessor: ClosedEpoch?)?
        /// What was wrong with the one that was put aside.
        var quarantine: (file: String, reason: String)?
    }

    /// Opens the journal in a file, or makes a new one; one that is damaged is put aside first.
    ///
    /// Throws: ``JournalTrouble`` where it is another station's, a newer program's, in use, or where the disk fails.
    static func open(_ path: String, source: EntrySource) throws -> Opened {
        Quarantine.removeCopy(path)
        do {
            return try openOrMake(path, source: source, after: nil)
        } catch let damage as JournalDamage {
            let aside = try Quarantine.putAside(path)
            var opened = try openOrMake(path, source: source, after: damage)
            opened.quarantine = (aside, damage.reason)
            return opened
        }
    }

    private static func openOrMake(_ path: String, source: EntrySource, after damage: JournalDamage?) throws -> Opened {
        let status = FileStatus(path: path)
        let isNew = status == nil && errno == ENOENT
        // SQLite would take it for a new database, and the lockers would be lent from as if nothing was lost.
        if status?.size == 0 { throw JournalDamage(reason: "the file is empty", lastKnown: nil) }
        if !isNew, let finding = try WriteAheadLog.damage(path + "-wal") {
            throw JournalDamage(reason: finding, lastKnown: nil)
        }
        let database: DatabaseQueue
        do {
            database = try DurableDatabase.open(path, exclusive: true) { database in
                if isNew { try database.execute(sql: "PRAGMA page_size = \(JournalSchema.pageSize)") }
            }
            let applied = try database.read { try JournalSchema.migrator.appliedIdentifiers($0) }
            if JournalSchema.isNewer(applied) {
                throw JournalTrouble("\(path) was written by a newer mila-station. Install that version again")
            }
            if !applied.isSubset(of: JournalSchema.migrator.migrations) {
                throw JournalDamage(reason: "the list of its versions", lastKnown: nil)
            }
            try WriteAheadLog.writeBack(database)
            try JournalSchema.migrator.migrate(database)
            if let finding = try database.read(JournalSchema.check().damage) {
                throw JournalDamage(reason: finding, lastKnown: nil)
            }
        } catch let error as DatabaseError {
            throw translated(error, path)
        }
        if isNew { try DurableFile.syncFolder(of: path) }
        let ballast = Ballast(path: path.folder + "/ballast")
        _ = ballast.load()
        do {
            let found = try database.read { try JournalReader.checkedHead($0, source: source) }
            if let found, let finding = try database.read(Books.damage) {
                throw JournalDamage(reason: finding, lastKnown: ClosedEpoch(found))
            }
            if let found, DamageMark.isLeft(of: found.epoch, besides: path) {
                throw JournalDamage(reason: "it could not be written any more", lastKnown: ClosedEpoch(found))
            }
            if let found, let receipt = ForkMark.read(besides: path), receipt.source == source,
                try database.read({ try JournalReader.isContradicted(by: receipt.head, end: found, $0) })
            {
                throw JournalDamage(
                    reason: "the pool has another history of it, up to entry \(receipt.head.sequence)",
                    lastKnown: ClosedEpoch(found), epochReason: .forked)
            }
            let head = try found ?? begin(database, source: source)
            let store = JournalStore(path: path, database: database, source: source, head: head, ballast: ballast)
            // Without an entry the journal is new, even where a power cut came between making it and this.
            guard head.sequence == 0 else { return Opened(store: store) }
            guard Quarantine.isUsed(path) else { return Opened(store: store, newEpoch: (.first, nil)) }
            // The start that put one aside may have ended before it could write down which it was.
            let predecessor = damage?.lastKnown ?? Quarantine.lastKnown(path)
            return Opened(store: store, newEpoch: (damage?.epochReason ?? .quarantined, predecessor))
        } catch let error as DatabaseError {
            throw translated(error, path)
        }
    }

    /// Gives an empty journal its epoch.
    private static func begin(_ database: DatabaseQueue, source: EntrySource) throws -> JournalHead {
        let epoch = Epoch(UInt64.random(in: .min ... .max))
        try database.write {
            try $0.execute(
                sql: "INSERT INTO journal (one, epoch, source) VALUES (1, ?, ?)",
                arguments: [epoch.description, source.description])
            try $0.execute(sql: "INSERT INTO upload (one, acknowledged, receipt) VALUES (1, 0, '')")
        }
        return JournalHead(epoch: epoch, sequence: 0, hash: .none)
    }

    private static func translated(_ error: DatabaseError, _ path: String) -> any Error {
        switch error.resultCode {
        // A schema that was damaged can be one that SQLite reads, and in which our statements make no sense.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT:
            JournalDamage(reason: "SQLite says: \(error.message ?? "damaged")", lastKnown: nil)
        case .SQLITE_BUSY, .SQLITE_LOCKED: JournalTrouble("\(path) is in use by another process. Stop it first")
        default: JournalTrouble("\(path) can't be opened: \(error)")
        }
    }

    // MARK: - Writing

    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        guard let last = entries.last else { return }
        if urgency == .request, !ballast.load() { throw .full }
        do {
            try write(entries)
        } catch .full where urgency == .outcome && ballast.isAboard {
            ballast.drop()
            do { try write(entries) } catch .full { throw .failed("the disk is full, the ballast did not suffice") }
        }
        head = JournalHead(after: last)
    }

    private func write(_ entries: [Entry]) throws(JournalFault) {
        try guarded { database in
            for entry in entries {
                try database.cachedStatement(sql: EntryRow.insert).execute(arguments: EntryRow.values(of: entry))
                try Books.apply(entry, database)
            }
        }
    }

    /// Remembers how far the pool has come, with its receipt, and which entries it set aside.
    func remember(acknowledged: UInt64, receipt: String, setAside: [BatchAnswer.Rejection]) throws(JournalFault) {
        try guarded { database in
            try database.execute(
                sql: "UPDATE upload SET acknowledged = ?, receipt = ?", arguments: [Int64(acknowledged), receipt])
            for rejection in setAside {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO set_aside (id, reason) VALUES (?, ?)",
                    arguments: [rejection.number.description, String(rejection.reason.prefix(200))])
            }
        }
    }

    /// Erases the next disclosures whose loans were over before a time; whether there may be more.
    func erase(before cutoff: WallTime) throws(JournalFault) -> Bool {
        // What is read can be damaged, which is no reason to end: only what can't be written is.
        guard let range = try read({ try Retention.erasable($0, before: cutoff) }) else { return false }
        try guarded { try Retention.erase($0, after: range.after, upTo: range.upTo) }
        return true
    }

    /// Trims the next entries that are older than a time; whether there may be more.
    func trim(before cutoff: WallTime, sign: (TrimNote) throws -> String) throws(JournalFault) -> Bool {
        let head = head
        guard let trim = try read({ try Retention.trimmable($0, before: cutoff, head: head) }) else { return false }
        let note: String
        do { note = try sign(TrimNote(source: source, head: trim.last, books: trim.books)) } catch {
            throw .failed("\(error)")
        }
        try guarded { try Retention.trim($0, trim, note: note) }
        return true
    }

    /// Empties the write-ahead log, so that it holds nothing any more of what was erased, after a power cut neither: SQLite
    /// syncs what it writes back, but not the log's new length.
    func emptyLog() throws(JournalFault) {
        do {
            try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try DurableFile.sync(database.path + "-wal")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw .full
        } catch {
            throw .failed("\(error)")
        }
    }

    private func guarded(_ work: (Database) throws -> Void) throws(JournalFault) {
        do {
            try database.write(work)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw .full
        } catch {
            if (error as? DatabaseError)?.resultCode == .SQLITE_CORRUPT { DamageMark.leave(head.epoch, besides: path) }
            writeFailure = .failed("\(error)")
            throw .failed("\(error)")
        }
    }

    // MARK: - Reading

    /// Reads from the journal between two decisions; keep it short.
    func read<Value>(_ work: (Database) throws -> Value) throws(JournalFault) -> Value {
        do { return try database.read(work) } catch { throw .failed("\(error)") }
    }

    /// The last entry that was trimmed; `nil` where all are there.
    func start() throws(JournalFault) -> JournalHead? {
        let marks = try read(Retention.marks)
        return marks.hash.map { JournalHead(epoch: head.epoch, sequence: marks.trimmed, hash: $0) }
    }

    /// Whether a receipt of the pool speaks of another history of this journal.
    func isContradicted(by receipt: Receipt) throws(JournalFault) -> Bool {
        let head = head
        return try read { try JournalReader.isContradicted(by: receipt.head, end: head, $0) }
    }

    func unfinishedErrands() throws(JournalFault) -> [Errand] { try read(Books.errands) }

    func lockersInDoubt() throws(JournalFault) -> Set<LockerID> {
        Set(try read(Books.contents).filter { $0.value == .unverified }.keys)
    }

    func lockersSuspended() throws(JournalFault) -> Set<LockerID> { try read(Books.suspended) }

    // MARK: - PINs

    func countPINAttempt(of card: CardDigest) throws(JournalFault) -> Int {
        let digest = Data(card.hash.bytes)
        func count() throws(JournalFault) {
            try guarded { database in
                try database.execute(
                    sql: """
                        INSERT INTO pin_attempts (card, count) VALUES (?, 1)
                        ON CONFLICT (card) DO UPDATE SET count = count + 1
                        """, arguments: [digest])
            }
        }
        // Nobody guesses PINs for nothing because the disk is full, and staff need theirs then.
        do { try count() } catch .full where ballast.isAboard {
            ballast.drop()
            try count()
        }
        return try read { try Books.pinAttempts(of: card, $0) }
    }

    func clearPINAttempts(of card: CardDigest) throws(JournalFault) {
        try guarded { database in
            try database.execute(
                sql: "DELETE FROM pin_attempts WHERE card = ?", arguments: [Data(card.hash.bytes)])
        }
    }

    /// Closes the file; nothing is written afterwards.
    func close() throws { try database.close() }
}

/// Why a journal can't be used, in words for the person who runs the station.
struct JournalTrouble: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description + "." }
}

/// A journal that can't be gone on with.
struct JournalDamage: Error {
    var reason: String
    /// The last entry that was found right.
    var lastKnown: ClosedEpoch?
    /// Why the journal after it is a new one.
    var epochReason = EpochReason.quarantined
}
