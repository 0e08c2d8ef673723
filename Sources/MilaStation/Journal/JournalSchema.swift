// The tables of the journal's database, and how one version of them becomes the next. A program refuses a database
// that a newer one has changed.

internal import GRDB
internal import Groundwork

/// The journal's tables and their migrations.
enum JournalSchema {
    /// Bytes of a page. Small pages cost the least device bytes a commit: `docs/journal.md` has the figures.
    static let pageSize = 1024

    /// What the tables look like once all migrations are done.
    static func check() throws -> SchemaCheck { try checked.get() }
    private static let checked = Result { try SchemaCheck(migrator) }

    /// Whether a version that this program does not know has changed the database. Versions begin with their number, so that
    /// a damaged name is told from a newer one.
    static func isNewer(_ applied: Set<String>) -> Bool {
        applied.contains { name in
            name.prefix { $0 != "-" }.count < name.count
                && (Int(name.prefix { $0 != "-" }) ?? 0) > migrator.migrations.count
        }
    }

    /// The migrations, oldest first. One that has landed is never changed again.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-entries-and-books") { database in
            try database.execute(
                sql: """
                    CREATE TABLE journal (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        epoch TEXT NOT NULL,
                        source TEXT NOT NULL
                    ) STRICT;

                    -- An entry's previous hash is the hash of the row before it. Loans and openings of this very
                    -- epoch are kept as their sequence, others as text.
                    CREATE TABLE entry (
                        sequence INTEGER PRIMARY KEY,
                        time INTEGER NOT NULL,
                        quality TEXT NOT NULL,
                        kind TEXT NOT NULL,
                        hash BLOB NOT NULL,
                        basis TEXT, borrower BLOB, content TEXT, due INTEGER, item TEXT, latched INTEGER, loan ANY,
                        locker TEXT, opened INTEGER, opening ANY, predecessor TEXT, predecessorhash BLOB,
                        program TEXT, purpose TEXT, reason TEXT, register TEXT,
                        disclosure TEXT
                    ) STRICT;

                    CREATE TABLE loan (
                        id TEXT PRIMARY KEY, item TEXT NOT NULL, borrower TEXT NOT NULL, due INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE errand (
                        loan TEXT NOT NULL, purpose TEXT NOT NULL, opening TEXT NOT NULL, item TEXT NOT NULL,
                        locker TEXT, PRIMARY KEY (loan, purpose)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE content (locker TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;

                    CREATE TABLE upload (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        acknowledged INTEGER NOT NULL,
                        receipt TEXT NOT NULL
                    ) STRICT;

                    CREATE TABLE set_aside (id TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("2-staff-and-policy") { database in
            try database.execute(
                sql: """
                    ALTER TABLE entry ADD COLUMN staff BLOB;
                    ALTER TABLE entry ADD COLUMN card BLOB;
                    ALTER TABLE entry ADD COLUMN count INTEGER;
                    ALTER TABLE entry ADD COLUMN label TEXT;
                    ALTER TABLE entry ADD COLUMN parts TEXT;

                    ALTER TABLE loan ADD COLUMN renewals INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE loan ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;

                    -- Staff open lockers without an item.
                    CREATE TABLE errand2 (
                        loan TEXT NOT NULL, purpose TEXT NOT NULL, opening TEXT NOT NULL, item TEXT,
                        locker TEXT, PRIMARY KEY (loan, purpose)
                    ) STRICT, WITHOUT ROWID;
                    INSERT INTO errand2 SELECT loan, purpose, opening, item, locker FROM errand;
                    DROP TABLE errand;
                    ALTER TABLE errand2 RENAME TO errand;

                    CREATE TABLE suspended (locker TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
                    CREATE TABLE condition (item TEXT PRIMARY KEY, condition TEXT NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE TABLE place (
                        item TEXT PRIMARY KEY, locker TEXT NOT NULL, registered TEXT
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE replaced_card (
                        borrower TEXT PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE
                    ) STRICT, WITHOUT ROWID;

                    -- By the digest of the card. It is no entry: a chain would keep it for ever.
                    CREATE TABLE pin_attempts (card BLOB PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("3-admins-and-retention") { database in
            try database.execute(
                sql: """
                    ALTER TABLE entry ADD COLUMN admin BLOB;

                    -- Up to which entry disclosures were looked through, and up to which entries are gone; what the books
                    -- were after the last of those, and the station's signed word about it.
                    CREATE TABLE retention (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        erased INTEGER NOT NULL,
                        trimmed INTEGER NOT NULL,
                        hash BLOB,
                        books BLOB,
                        note TEXT
                    ) STRICT;
                    INSERT INTO retention (one, erased, trimmed) VALUES (1, 0, 0);
                    """)
        }
        migrator.registerMigration("4-passes") { database in
            try database.execute(
                sql: """
                    ALTER TABLE entry ADD COLUMN booking TEXT;
                    ALTER TABLE entry ADD COLUMN pass TEXT;

                    -- By nonce: how often it was tried, and the loan that it was used for.
                    CREATE TABLE pass (
                        nonce TEXT PRIMARY KEY, attempts INTEGER NOT NULL, loan TEXT, until INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        return migrator
    }
}
