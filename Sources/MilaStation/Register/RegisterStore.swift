// The station's copy of the register, in a database of its own: replaced whole, in one transaction, by a snapshot that
// the pool signed. Cards are kept as digests made for this station.

internal import Foundation
internal import GRDB
internal import Groundwork
internal import StationCore

/// The register on disk.
final class RegisterStore {
    private let database: DatabaseQueue

    /// Opens the register in a file, or makes an empty one.
    init(_ path: String) throws {
        database = try DurableDatabase.open(path, exclusive: true)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-register") { database in
            try database.execute(
                sql: """
                    CREATE TABLE register (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        version TEXT NOT NULL, cardkey BLOB NOT NULL, policy BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE borrower (
                        id TEXT PRIMARY KEY, standing TEXT NOT NULL, validuntil INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE card (digest BLOB PRIMARY KEY, borrower TEXT NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE item (
                        id TEXT PRIMARY KEY, label TEXT NOT NULL UNIQUE, locker TEXT, document BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX item_by_locker ON item (locker);
                    CREATE TABLE locker (
                        id TEXT PRIMARY KEY, label TEXT NOT NULL UNIQUE, document BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2-keys-of-labels") { database in
            for table in ["item", "locker"] {
                for row in try Row.fetchAll(database, sql: "SELECT id, label FROM \(table)") {
                    try database.execute(
                        sql: "UPDATE \(table) SET label = ? WHERE id = ?",
                        arguments: [CodeReader.key(ofRegistered: row["label"]), row["id"] as String])
                }
            }
        }
        try migrator.migrate(database)
    }

    /// The version of the register, or `nil` where the pool has sent none yet.
    func version() throws -> RegisterVersion? {
        try database.read { try String.fetchOne($0, sql: "SELECT version FROM register") }
            .flatMap { RegisterVersion($0) }
    }

    /// Replaces the register. An empty one never wipes a full one: that takes a signed word which this version of the
    /// contract does not have.
    ///
    /// Throws: ``RegisterTrouble`` where the snapshot is empty and the register is not; GRDB's errors.
    func replace(with snapshot: RegisterSnapshot) throws {
        try database.write { database in
            let known = try Int.fetchOne(database, sql: "SELECT count(*) FROM item") ?? 0
            guard !snapshot.items.isEmpty || known == 0 else {
                throw RegisterTrouble(description: "the pool sent a register without items; the one in use stays")
            }
            for table in ["register", "borrower", "card", "item", "locker"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
            try database.execute(
                sql: "INSERT INTO register (one, version, cardkey, policy) VALUES (1, ?, ?, ?)",
                arguments: [
                    snapshot.version.description, Data(snapshot.cardKey), Data(snapshot.policy.json.canonical),
                ])
            for card in snapshot.borrowers {
                try database.execute(
                    sql: "INSERT INTO borrower (id, standing, validuntil) VALUES (?, ?, ?)",
                    arguments: [
                        card.borrower.id.text, card.borrower.standing.rawValue, card.borrower.validUntil?.milliseconds,
                    ])
                for digest in card.digests {
                    try database.execute(
                        sql: "INSERT INTO card (digest, borrower) VALUES (?, ?)",
                        arguments: [Data(digest.hash.bytes), card.borrower.id.text])
                }
            }
            for item in snapshot.items {
                try database.execute(
                    sql: "INSERT INTO item (id, label, locker, document) VALUES (?, ?, ?, ?)",
                    arguments: [
                        item.id.text, CodeReader.key(ofRegistered: item.label), item.locker?.text,
                        Data(item.json.canonical),
                    ])
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

    /// Reads from the register.
    func read<Value>(_ work: (RegisterReader) throws -> Value) throws -> Value {
        try database.read { try work(RegisterReader(database: $0)) }
    }

    /// Closes the file.
    func close() throws { try database.close() }
}

/// Why a register was not taken.
struct RegisterTrouble: Error, CustomStringConvertible {
    var description: String
}

/// Looks things up in the register, within one read.
struct RegisterReader {
    fileprivate let database: Database

    private func row(_ sql: String, _ argument: some DatabaseValueConvertible) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: [argument])
    }

    private func json(_ row: Row, _ column: String) throws -> JSON { try JSON(parsing: row[column] as Data) }

    /// The borrower whose card has this code.
    func borrower(card code: String) throws -> Borrower? {
        guard let key = try Data.fetchOne(database.cachedStatement(sql: "SELECT cardkey FROM register")) else {
            return nil
        }
        let digest = CardCode.digest(of: CardCode.fingerprint(of: code), cardKey: Array(key))
        guard let row = try row("SELECT borrower FROM card WHERE digest = ?", Data(digest.hash.bytes)) else {
            return nil
        }
        return try (row["borrower"] as String?).flatMap(BorrowerID.init).flatMap(borrower)
    }

    /// A borrower by pseudonym.
    func borrower(_ id: BorrowerID) throws -> Borrower? {
        guard let row = try row("SELECT standing, validuntil FROM borrower WHERE id = ?", id.text) else { return nil }
        guard let standing = Borrower.Standing(rawValue: row["standing"]) else {
            throw EntryRow.DamagedRow(column: "standing")
        }
        return Borrower(
            id: id, standing: standing, validUntil: (row["validuntil"] as Int64?).map(WallTime.init(milliseconds:)))
    }

    /// The item whose label has this key.
    func item(label: String) throws -> Item? {
        try row("SELECT document FROM item WHERE label = ?", label).map { try Item(json($0, "document")) }
    }

    /// An item by its identifier.
    func item(_ id: ItemID) throws -> Item? {
        try row("SELECT document FROM item WHERE id = ?", id.text).map { try Item(json($0, "document")) }
    }

    /// The items that live in a locker.
    func items(in locker: LockerID) throws -> [Item] {
        let statement = try database.cachedStatement(sql: "SELECT document FROM item WHERE locker = ? ORDER BY id")
        return try Row.fetchAll(statement, arguments: [locker.text]).map { try Item(json($0, "document")) }
    }

    /// The locker with this label.
    func locker(label: String) throws -> Locker? {
        try row("SELECT document FROM locker WHERE label = ?", label).map { try Locker(json($0, "document")) }
    }

    /// A locker by identifier.
    func locker(_ id: LockerID) throws -> Locker? {
        try row("SELECT document FROM locker WHERE id = ?", id.text).map { try Locker(json($0, "document")) }
    }

    /// The rules; the usual ones where the pool has sent none.
    func policy() throws -> Policy {
        guard let row = try Row.fetchOne(database.cachedStatement(sql: "SELECT policy FROM register")) else {
            return Policy()
        }
        return try Policy(json(row, "policy"))
    }
}
