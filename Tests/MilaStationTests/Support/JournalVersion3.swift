// The journal's database as version 3 made it: that of version 2 with a column for admins, a table of what was forgotten, and
// a row more in each. It stays as it is
// when version 4 comes, so that the way from here stays tested.

import Foundation

enum JournalVersion3 {
    static let tables =
        JournalVersion2.tables.replacingOccurrences(
            of: "label TEXT, parts TEXT) STRICT", with: "label TEXT, parts TEXT, admin BLOB) STRICT") + """

            CREATE TABLE retention (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                erased INTEGER NOT NULL,
                trimmed INTEGER NOT NULL,
                hash BLOB,
                books BLOB,
                note TEXT
            ) STRICT;
            """

    static let rows =
        JournalVersion2.rows + """

            INSERT INTO entry (sequence, time, quality, kind, hash, locker, reason, disclosure, admin)
                VALUES (16, 1795000015000, 'synchronised', 'service-begun',
                x'bc96b240389c9296efd2247ebaac0b751481e67e05e6018884eec4dc349f43e2', '1', 'the caretaker called',
                'WyJlUnl0akRxTzR2Q0duRmRlSjE3dU5BIiwiYWRtaW4iLCJ0b3duLWhhbGwiXQ',
                x'4f3f76c7985238db781ecc9755f4e77557c6f916899e8c371bd2cc73fd7beecf');
            INSERT INTO errand (loan, purpose, opening, locker)
                VALUES ('b678689a2ff2c932-000000000016', 'service', 'b678689a2ff2c932-000000000016', '1');
            INSERT INTO grdb_migrations (identifier)
                VALUES ('3-admins-and-retention');
            INSERT INTO retention (one, erased, trimmed)
                VALUES (1, 0, 0);
            """
}
