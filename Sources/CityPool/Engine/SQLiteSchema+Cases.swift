// Cases: conflicts that people see to.

extension SQLiteSchema {
    /// No case is open twice for the same subject, whoever looks: the index says so.
    static let cases = """
        CREATE TABLE cases (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,               -- what it is about: an item, a borrower, a locker, a loan or a station
            station TEXT NOT NULL,
            item TEXT,
            borrower TEXT,                       -- NULL where it was erased
            locker TEXT,
            time INTEGER,                        -- by the station's clock, where somebody vouches for it
            received INTEGER NOT NULL,           -- by the pool's clock, as what follows
            taken_by TEXT,
            closed INTEGER,
            closed_by TEXT,                      -- NULL where it closed by itself
            action TEXT,
            note TEXT
        ) STRICT;
        CREATE UNIQUE INDEX open_cases ON cases (subject, kind) WHERE closed IS NULL;
        CREATE INDEX subject_cases ON cases (subject);

        -- The entries that a case is about.
        CREATE TABLE case_entries (
            station TEXT NOT NULL,
            entry TEXT NOT NULL,
            number INTEGER NOT NULL REFERENCES cases,
            PRIMARY KEY (station, entry, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX cases_entries ON case_entries (number);

        -- The items that people marked as lost.
        CREATE TABLE lost_items (item TEXT PRIMARY KEY, marked INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        ALTER TABLE loans ADD COLUMN settled INTEGER;  -- the case that ended it
        CREATE INDEX item_proposals ON proposals (item);
        """

    /// How often the register was edited since a file was loaded.
    static let edits = "ALTER TABLE register ADD COLUMN edits INTEGER NOT NULL DEFAULT 0"
}
