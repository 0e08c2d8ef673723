// The tables of the register's database, and how one version of them becomes the next. What an older version holds is
// kept: a station that is updated while the pool is out of reach goes on lending.

internal import Foundation
internal import GRDB
internal import Groundwork
internal import StationCore

/// The register's tables and their migrations.
enum RegisterSchema {
    /// What the tables look like once all migrations are done.
    static func check() throws -> SchemaCheck { try checked.get() }
    private static let checked = Result { try SchemaCheck(migrator) }

    /// The migrations, oldest first. One that has landed is never changed again.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-register") { try $0.execute(sql: first) }
        migrator.registerMigration("2-keys-of-labels") { database in
            for table in ["item", "locker"] {
                for row in try Row.fetchAll(database, sql: "SELECT id, label FROM \(table)") {
                    try database.execute(
                        sql: "UPDATE \(table) SET label = ? WHERE id = ?",
                        arguments: [CodeReader.key(ofRegistered: row["label"]), row["id"] as String])
                }
            }
        }
        migrator.registerMigration("3-people-and-terms") { database in
            try database.execute(sql: third)
            for row in try Row.fetchAll(database, sql: "SELECT id, standing, validuntil FROM borrower") {
                guard let id = BorrowerID(row["id"] as String),
                    let standing = Borrower.Standing(rawValue: row["standing"])
                else { continue }
                let until = (row["validuntil"] as Int64?).map(WallTime.init(milliseconds:))
                let borrower = Borrower(id: id, standing: standing, validUntil: until)
                let document = RegisterSnapshot.Card(borrower: borrower, cards: []).json.canonical
                try database.execute(
                    sql: "UPDATE borrower SET document = ? WHERE id = ?", arguments: [Data(document), id.text])
            }
            for row in try Row.fetchAll(database, sql: "SELECT policy FROM register") {
                let old = try JSON(parsing: row["policy"] as Data)
                try database.execute(
                    sql: "UPDATE register SET policy = ?", arguments: [Data(Self.policy(of: old).canonical)])
            }
        }
        migrator.registerMigration("4-gone-items") {
            // What the pool has no more, but somebody still has.
            try $0.execute(sql: "ALTER TABLE item ADD COLUMN gone INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("5-pool-time") { database in
            // What time it was by the pool's signed word, and where the journal ended then.
            try database.execute(
                sql: """
                    CREATE TABLE pool_time (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        time INTEGER NOT NULL, epoch TEXT NOT NULL, sequence INTEGER NOT NULL
                    ) STRICT
                    """)
        }
        migrator.registerMigration("6-revoked-passes") {
            try $0.execute(sql: "CREATE TABLE revoked_pass (nonce TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
        }
        return migrator
    }

    private static let first = """
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
        """

    private static let third = """
        ALTER TABLE borrower ADD COLUMN document BLOB;
        ALTER TABLE card ADD COLUMN pin TEXT;
        ALTER TABLE card ADD COLUMN weak INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE staff (id TEXT PRIMARY KEY, validuntil INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE badge (digest BLOB PRIMARY KEY, staff TEXT NOT NULL, pin TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE booking (id TEXT PRIMARY KEY, item TEXT NOT NULL, document BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX booking_by_item ON booking (item);
        -- When the pool confirmed the register last; written now and then only, to spare the memory card.
        CREATE TABLE contact (one INTEGER PRIMARY KEY CHECK (one = 1), confirmed INTEGER NOT NULL) STRICT;
        """

    /// The rules of version 2 in the form of today: a standard period, periods of categories, a number of loans.
    private static func policy(of old: JSON) -> JSON {
        let members = old.object ?? [:]
        func terms(_ period: JSON?) -> [String: JSON] {
            ["days": period?.object?["days"] ?? .integer(14), "until": period?.object?["dueminute"] ?? .integer(1080)]
        }
        var standard = terms(members["standard"])
        standard["maximum-loans"] = members["maximumloans"]
        let rules = (members["categories"]?.object ?? [:]).sorted { $0.key < $1.key }.map { category, period in
            JSON.object(terms(period).merging(["category": .string(category)]) { $1 })
        }
        var policy: [String: JSON] = [
            "standard": .object(standard), "rules": .array(rules), "offline": .string(OfflineLevel.both.rawValue),
            "maximumage": .object([:]),
        ]
        if let hours = members["hours"] { policy["hours"] = hours }
        return .object(policy)
    }
}
