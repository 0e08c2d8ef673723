// The third step of the pool's tables: rules of lending, PINs, staff and bookings in the register; renewals, reports and the
// states of items and lockers in the ledger; and what stations propose.

extension SQLiteSchema {
    /// SQLite changes no CHECK of a table that is there, so `register` and `loans` are written anew.
    static let lending = """
        -- The rules as canonical JSON, as stations get them too: nobody asks the database for a single one.
        CREATE TABLE new_register (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL,
            policy TEXT NOT NULL
        ) STRICT;
        INSERT INTO new_register (id, number, policy)
        SELECT id, number, json_object(
            'standard',
            json_object('days', standard_days, 'until', standard_minute, 'maximum-loans', maximum_loans),
            'rules',
            (SELECT json_group_array(json_object('category', category, 'days', days, 'until', minute))
                FROM (SELECT * FROM periods ORDER BY category)),
            'offline', 'both', 'maximumage', json_object())
        FROM register;
        DROP TABLE periods;
        DROP TABLE register;
        ALTER TABLE new_register RENAME TO register;

        ALTER TABLE items ADD COLUMN value INTEGER NOT NULL DEFAULT 0;  -- in cents

        ALTER TABLE borrowers ADD COLUMN blocked_because TEXT;
        ALTER TABLE borrowers ADD COLUMN born TEXT;                     -- as 2001-02-28

        CREATE TABLE groups (
            borrower TEXT NOT NULL REFERENCES borrowers,
            name TEXT NOT NULL,
            PRIMARY KEY (borrower, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE qualifications (
            borrower TEXT NOT NULL REFERENCES borrowers,
            name TEXT NOT NULL,
            until INTEGER,
            PRIMARY KEY (borrower, name)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE cards ADD COLUMN pin TEXT;                          -- a verifier; the PIN is stored nowhere
        ALTER TABLE cards ADD COLUMN is_weak INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE staff (id TEXT PRIMARY KEY, valid_until INTEGER) STRICT, WITHOUT ROWID;

        CREATE TABLE badges (
            fingerprint BLOB PRIMARY KEY,
            staff TEXT NOT NULL REFERENCES staff,
            pin TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE bookings (
            id TEXT PRIMARY KEY,
            borrower TEXT NOT NULL REFERENCES borrowers,
            item TEXT NOT NULL REFERENCES items,
            begins INTEGER NOT NULL,
            ends INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE new_loans (
            position INTEGER PRIMARY KEY,
            station TEXT NOT NULL,
            id TEXT NOT NULL,                    -- the entry that began it
            item TEXT NOT NULL,
            borrower TEXT,                       -- NULL where it was erased
            due INTEGER NOT NULL,
            begun INTEGER NOT NULL,
            ended INTEGER,
            ending TEXT CHECK (ending IN ('returned', 'void')),
            errand TEXT CHECK (errand IN ('checkout', 'return', 'report')),
            renewals INTEGER NOT NULL DEFAULT 0,
            is_reported INTEGER NOT NULL DEFAULT 0,
            UNIQUE (station, id),
            CHECK ((ended IS NULL) = (ending IS NULL))
        ) STRICT;
        INSERT INTO new_loans (position, station, id, item, borrower, due, begun, ended, ending, errand)
        SELECT position, station, id, item, borrower, due, begun, ended, ending, errand FROM loans;
        DROP TABLE loans;
        ALTER TABLE new_loans RENAME TO loans;
        CREATE INDEX open_loans ON loans (item) WHERE ended IS NULL;

        -- The lockers that staff took out of service.
        CREATE TABLE suspended_lockers (
            station TEXT NOT NULL,
            locker TEXT NOT NULL,
            PRIMARY KEY (station, locker)
        ) STRICT, WITHOUT ROWID;

        -- What a station says of an item beside its loans; where it says nothing, the register counts.
        CREATE TABLE item_states (
            station TEXT NOT NULL,
            item TEXT NOT NULL,
            condition TEXT NOT NULL DEFAULT 'sound' CHECK (condition IN ('sound', 'incomplete', 'damaged')),
            locker TEXT,                         -- where staff put it; NULL where they didn't
            PRIMARY KEY (station, item)
        ) STRICT, WITHOUT ROWID;

        -- What stations propose to those who keep the register. Which columns are filled depends on the kind.
        CREATE TABLE proposals (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            station TEXT NOT NULL,
            entry TEXT NOT NULL,                 -- the entry that says it
            kind TEXT NOT NULL,
            time INTEGER NOT NULL,
            borrower TEXT,
            staff TEXT,
            card BLOB,                           -- a fingerprint
            item TEXT,
            locker TEXT,
            label TEXT,
            difference TEXT,
            is_counted INTEGER NOT NULL DEFAULT 0  -- of a difference: its stock-taking is over
        ) STRICT;
        """
}
