// The pool's tables. All that comes from a station is keyed by the station first, so that a larger database can be split
// by it. Times are milliseconds since 1970 in UTC; epochs and entries are named as they travel, so that a person who looks
// into the file finds what the journal says.

import GRDB

enum SQLiteSchema {
    /// The steps from an empty file to today's tables. A step that was released never changes again.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 ledger and register") { database in
            try database.execute(sql: ledger)
            try database.execute(sql: register)
        }
        migrator.registerMigration("2 opening hours") { database in
            try database.execute(sql: "ALTER TABLE houses ADD COLUMN hours TEXT")  // as JSON; NULL: always
        }
        migrator.registerMigration("3 rules, staff and bookings") { database in
            try database.execute(sql: lending)
        }
        migrator.registerMigration("4 what is to be erased") { try $0.execute(sql: erasure) }
        migrator.registerMigration("5 invitations and keys of stations") { try $0.execute(sql: joining) }
        migrator.registerMigration("6 reports of stations") { try $0.execute(sql: reports) }
        migrator.registerMigration("7 the pool's own bookings") { try $0.execute(sql: ownBookings) }
        migrator.registerMigration("8 cases") { try $0.execute(sql: cases) }
        migrator.registerMigration("9 edits of the register") { try $0.execute(sql: edits) }
        return migrator
    }

    private static let ledger = """
        CREATE TABLE pool (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            incarnation TEXT NOT NULL,
            key TEXT,                            -- the public key that signs; the private one is in pool.key
            admin_token BLOB                     -- SHA-256
        ) STRICT;

        CREATE TABLE stations (
            id TEXT PRIMARY KEY,
            source TEXT NOT NULL UNIQUE,
            token BLOB NOT NULL UNIQUE,          -- SHA-256
            card_key BLOB NOT NULL,
            last_contact INTEGER
        ) STRICT, WITHOUT ROWID;

        -- Where each epoch ends. The newest of a station is the one opened last.
        CREATE TABLE epochs (
            opened INTEGER PRIMARY KEY,
            station TEXT NOT NULL REFERENCES stations,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            is_poison INTEGER NOT NULL,
            UNIQUE (station, epoch)
        ) STRICT;

        -- The entries as they are handed on. One with a `rejection` was kept, but not applied.
        CREATE TABLE entries (
            position INTEGER PRIMARY KEY,
            station TEXT NOT NULL,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            document BLOB NOT NULL,
            rejection TEXT,
            UNIQUE (station, epoch, sequence)
        ) STRICT;
        CREATE INDEX rejected_entries ON entries (station) WHERE rejection IS NOT NULL;

        -- Entries that show another history than the one stored: for a person to look at, never applied.
        CREATE TABLE forks (
            station TEXT NOT NULL,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            document BLOB NOT NULL,
            received INTEGER NOT NULL,
            PRIMARY KEY (station, epoch, sequence, hash)
        ) STRICT;

        CREATE TABLE loans (
            position INTEGER PRIMARY KEY,
            station TEXT NOT NULL,
            id TEXT NOT NULL,                    -- the entry that began it
            item TEXT NOT NULL,
            borrower TEXT,                       -- NULL where it was erased
            due INTEGER NOT NULL,
            begun INTEGER NOT NULL,
            ended INTEGER,
            ending TEXT CHECK (ending IN ('returned', 'void')),
            errand TEXT CHECK (errand IN ('checkout', 'return')),
            UNIQUE (station, id),
            CHECK ((ended IS NULL) = (ending IS NULL))
        ) STRICT;
        CREATE INDEX open_loans ON loans (item) WHERE ended IS NULL;

        CREATE TABLE locker_states (
            station TEXT NOT NULL,
            locker TEXT NOT NULL,
            content TEXT NOT NULL CHECK (content IN ('empty', 'holds', 'unverified')),
            PRIMARY KEY (station, locker)
        ) STRICT, WITHOUT ROWID;
        """

    private static let register = """
        CREATE TABLE register (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL,
            standard_days INTEGER NOT NULL,
            standard_minute INTEGER NOT NULL,
            maximum_loans INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE periods (
            category TEXT PRIMARY KEY,
            days INTEGER NOT NULL,
            minute INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE houses (station TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

        CREATE TABLE lockers (
            station TEXT NOT NULL REFERENCES houses,
            id TEXT NOT NULL,
            german TEXT NOT NULL,
            english TEXT NOT NULL,
            label TEXT NOT NULL,
            PRIMARY KEY (station, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE items (
            id TEXT PRIMARY KEY,
            german TEXT NOT NULL,
            english TEXT NOT NULL,
            label TEXT NOT NULL UNIQUE,
            category TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            station TEXT NOT NULL REFERENCES houses,
            locker TEXT,
            lendable INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE parts (
            item TEXT NOT NULL REFERENCES items,
            place INTEGER NOT NULL,
            german TEXT NOT NULL,
            english TEXT NOT NULL,
            PRIMARY KEY (item, place)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE borrowers (
            id TEXT PRIMARY KEY,
            standing TEXT NOT NULL,
            valid_until INTEGER
        ) STRICT, WITHOUT ROWID;

        -- Fingerprints of cards; a card's code is stored nowhere.
        CREATE TABLE cards (
            fingerprint BLOB PRIMARY KEY,
            borrower TEXT NOT NULL REFERENCES borrowers
        ) STRICT, WITHOUT ROWID;
        """
}
