// What stations say of themselves: the last word of each.

extension SQLiteSchema {
    static let reports = """
        CREATE TABLE reports (
            station TEXT PRIMARY KEY REFERENCES stations,
            received INTEGER NOT NULL,           -- by the pool's clock
            checkpoint TEXT NOT NULL,            -- a signed note
            status BLOB NOT NULL                 -- JSON
        ) STRICT, WITHOUT ROWID;
        """
}
