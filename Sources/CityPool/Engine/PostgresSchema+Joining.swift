// How stations join, on PostgreSQL: the tables of SQLiteSchema+Joining.

extension PostgresSchema {
    static let joining = [
        """
        CREATE TABLE invitations (
            station TEXT COLLATE "C" PRIMARY KEY REFERENCES stations,
            secret BYTEA NOT NULL,
            until BIGINT NOT NULL,
            key TEXT COLLATE "C"
        )
        """,
        """
        CREATE TABLE station_keys (
            station TEXT COLLATE "C" NOT NULL REFERENCES stations,
            key TEXT COLLATE "C" NOT NULL,
            since BIGINT NOT NULL,
            PRIMARY KEY (station, key)
        )
        """,
    ]
}
