// How stations join: who was invited, and which keys they showed.

extension SQLiteSchema {
    static let joining = """
        CREATE TABLE invitations (
            station TEXT PRIMARY KEY REFERENCES stations,
            secret BLOB NOT NULL,                -- SHA-256
            until INTEGER NOT NULL,
            key TEXT                             -- of the station that has used it
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE station_keys (
            station TEXT NOT NULL REFERENCES stations,
            key TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (station, key)
        ) STRICT, WITHOUT ROWID;
        """
}
