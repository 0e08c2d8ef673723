// The station's copy of the register, in a database of its own: replaced whole, in one transaction, by a snapshot that
// the pool signed. Cards are kept as digests made for this station.

internal import Foundation
internal import GRDB
internal import Glibc
internal import Groundwork
internal import StationCore

/// The register on disk.
final class RegisterStore {
    private let database: DatabaseQueue
    private let memo = DocumentMemo()

    /// Opens the register in a file, or makes an empty one.
    init(_ path: String) throws {
        database = try DurableDatabase.open(path, exclusive: true)
        if try database.read(RegisterSchema.migrator.hasBeenSuperseded) {
            throw JournalTrouble("\(path) was written by a newer mila-station. Install that version again")
        }
        try RegisterSchema.migrator.migrate(database)
    }

    /// Opens the register, or puts one aside that is damaged and makes an empty one: the pool sends it anew.
    ///
    /// - Returns: the register, and what was wrong with the one that was put aside.
    /// - Throws: ``JournalTrouble`` where a newer program wrote it; GRDB's errors where the disk fails, or where it is in use.
    static func open(_ path: String) throws -> (store: RegisterStore, damage: String?) {
        let finding: String
        switch Result(catching: { try RegisterStore(path).checked() }) {
        case .success((let store, nil)): return (store, nil)
        case .success((let store, let damage?)):
            finding = damage
            try store.close()
        case .failure(let error as DatabaseError):
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_SCHEMA: finding = "\(error)"
            default: throw error
            }
        case .failure(let error): throw error
        }
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        guard rename(path, path + ".damaged") == 0 else {
            throw JournalTrouble("\(path) is damaged and can't be put aside: \(systemError(errno))")
        }
        return (try RegisterStore(path), finding)
    }

    /// Itself, and what is wrong with it.
    private func checked() throws -> (store: RegisterStore, damage: String?) {
        let damage = try database.read { database in
            let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            return finding == "ok" ? try RegisterSchema.check().damage(database) : finding ?? "SQLite says nothing"
        }
        return (self, damage)
    }

    /// The version of the register, or `nil` where the pool has sent none yet.
    func version() throws -> RegisterVersion? {
        try database.look { try String.fetchOne($0, sql: "SELECT version FROM register") }
            .flatMap { RegisterVersion($0) }
    }

    /// Replaces the register. An empty one never wipes a full one: that takes a signed word which this version of the
    /// contract does not have. What is on loan stays known until it is back, by its label and its name, and is not lent
    /// again.
    ///
    /// Throws: ``RegisterTrouble`` where the snapshot is empty and the register is not; GRDB's errors.
    func replace(with snapshot: RegisterSnapshot, onLoan: Set<ItemID>) throws {
        try database.write { database in
            let known = try Int.fetchOne(database, sql: "SELECT count(*) FROM item WHERE NOT gone") ?? 0
            let lent = try onLoan.sorted().compactMap { try RegisterReader(database, memo).item($0) }
            guard !snapshot.items.isEmpty || known == 0 else {
                throw RegisterTrouble(description: "the pool sent a register without items; the one in use stays")
            }
            for table in [
                "register", "borrower", "card", "item", "locker", "staff", "badge", "booking", "revoked_pass",
            ] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
            try database.execute(
                sql: "INSERT INTO register (one, version, cardkey, policy) VALUES (1, ?, ?, ?)",
                arguments: [
                    snapshot.version.description, Data(snapshot.cardKey), Data(snapshot.policy.json.canonical),
                ])
            for card in snapshot.borrowers { try Self.insert(card, database) }
            for badge in snapshot.staff { try Self.insert(badge, database) }
            for booking in snapshot.bookings {
                try database.execute(
                    sql: "INSERT INTO booking (id, item, document) VALUES (?, ?, ?)",
                    arguments: [booking.id.text, booking.item.text, Data(booking.json.canonical)])
            }
            for nonce in snapshot.revokedPasses {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO revoked_pass (nonce) VALUES (?)", arguments: [nonce.description])
            }
            for item in snapshot.items { try Self.insert(item, isGone: false, database) }
            for var item in lent {
                item.isLendable = false
                try Self.insert(item, isGone: true, database)
            }
            for locker in snapshot.lockers {
                try database.execute(
                    sql: "INSERT INTO locker (id, label, document) VALUES (?, ?, ?)",
                    arguments: [
                        locker.id.text, CodeReader.key(ofRegistered: locker.label), Data(locker.json.canonical),
                    ])
            }
        }
    }

    private static func insert(_ item: Item, isGone: Bool, _ database: Database) throws {
        var label = CodeReader.key(ofRegistered: item.label)
        if isGone {
            // Not gone after all; or its label is another item's now, and only its name is left.
            let isBack = "SELECT EXISTS (SELECT 1 FROM item WHERE id = ?)"
            if try Bool.fetchOne(database, sql: isBack, arguments: [item.id.text]) == true { return }
            let isTaken = "SELECT EXISTS (SELECT 1 FROM item WHERE label = ?)"
            if try Bool.fetchOne(database, sql: isTaken, arguments: [label]) == true { label = "gone \(item.id.text)" }
        }
        try database.execute(
            sql: "INSERT INTO item (id, label, locker, document, gone) VALUES (?, ?, ?, ?, ?)",
            arguments: [item.id.text, label, item.locker?.text, Data(item.json.canonical), isGone])
    }

    private static func insert(_ card: RegisterSnapshot.Card, _ database: Database) throws {
        let borrower = card.borrower
        try database.execute(
            sql: "INSERT INTO borrower (id, standing, validuntil, document) VALUES (?, ?, ?, ?)",
            arguments: [
                borrower.id.text, borrower.standing.rawValue, borrower.validUntil?.milliseconds,
                Data(RegisterSnapshot.Card(borrower: borrower, cards: []).json.canonical),
            ])
        for key in card.cards {
            try database.execute(
                sql: "INSERT INTO card (digest, borrower, pin, weak) VALUES (?, ?, ?, ?)",
                arguments: [Data(key.digest.hash.bytes), borrower.id.text, key.pin?.description, key.isWeak])
        }
    }

    private static func insert(_ badge: RegisterSnapshot.Badge, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO staff (id, validuntil) VALUES (?, ?)",
            arguments: [badge.staff.id.text, badge.staff.validUntil?.milliseconds])
        for key in badge.badges {
            try database.execute(
                sql: "INSERT INTO badge (digest, staff, pin) VALUES (?, ?, ?)",
                arguments: [Data(key.digest.hash.bytes), badge.staff.id.text, key.pin?.description])
        }
    }

    /// Remembers when the pool confirmed the register last.
    func confirm(at time: WallTime) throws {
        try database.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO contact (one, confirmed) VALUES (1, ?)", arguments: [time.milliseconds])
        }
    }

    /// When the pool confirmed the register last, as far as that was written down.
    func confirmed() throws -> WallTime? {
        try database.look { try Int64.fetchOne($0, sql: "SELECT confirmed FROM contact") }
            .map(WallTime.init(milliseconds:))
    }

    /// Remembers the pool's word on the time, with the journal's end of that moment.
    func keep(_ word: PoolTime) throws {
        try database.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO pool_time (one, time, epoch, sequence) VALUES (1, ?, ?, ?)",
                arguments: [word.time.milliseconds, word.epoch.description, Int64(word.sequence)])
        }
    }

    /// The pool's last word on the time; `nil` where it never gave one.
    func poolTime() throws -> PoolTime? {
        try database.read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT time, epoch, sequence FROM pool_time"),
                let epoch = Epoch(row["epoch"] as String)
            else { return nil }
            return PoolTime(
                time: WallTime(milliseconds: row["time"]), epoch: epoch, sequence: UInt64(row["sequence"] as Int64))
        }
    }

    /// Reads from the register.
    func read<Value>(_ work: (RegisterReader) throws -> Value) throws -> Value {
        try database.look { try work(RegisterReader($0, memo)) }
    }

    /// Closes the file.
    func close() throws { try database.close() }
}

/// Why a register was not taken.
struct RegisterTrouble: Error, CustomStringConvertible {
    var description: String
}
