// What stations say of themselves, on PostgreSQL: the table of SQLiteSchema+Reports.

extension PostgresSchema {
    static let reports = [
        """
        CREATE TABLE reports (
            station TEXT COLLATE "C" PRIMARY KEY REFERENCES stations,
            received BIGINT NOT NULL,
            checkpoint TEXT NOT NULL,
            status BYTEA NOT NULL
        )
        """
    ]
}
