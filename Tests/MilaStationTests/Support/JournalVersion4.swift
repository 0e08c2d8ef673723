// The journal's database as version 4 made it: that of version 3 with columns for passes and what became of them, and a row
// more in each. It stays as it is when version 5 comes, so that the way from here stays tested.

import Foundation

enum JournalVersion4 {
    static let tables =
        JournalVersion3.tables.replacingOccurrences(
            of: "parts TEXT, admin BLOB) STRICT", with: "parts TEXT, admin BLOB, booking TEXT, pass TEXT) STRICT") + """

            CREATE TABLE pass (
                nonce TEXT PRIMARY KEY, attempts INTEGER NOT NULL, loan TEXT, until INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """

    static let rows =
        JournalVersion3.rows + """

            INSERT INTO entry (sequence, time, quality, kind, hash, due, loan, booking, pass)
                VALUES (17, 1795000016000, 'synchronised', 'pass-accepted',
                x'1721632ea67a67849f543e5e0c9149033300703e95170383dad750847539d93d', 1796000000000, 2,
                'booking-7', '0123456789abcdef');
            INSERT INTO pass (nonce, attempts, loan, until)
                VALUES ('0123456789abcdef', 1, 'b678689a2ff2c932-000000000002', 1796000000000);
            INSERT INTO grdb_migrations (identifier)
                VALUES ('4-passes');
            """
}
