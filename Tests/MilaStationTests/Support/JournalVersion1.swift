// The journal's database as version 1 made it, in literal SQL: tables, and rows of a day at a station. It stays as it
// is when version 2 comes, so that the way from here stays tested.

enum JournalVersion1 {
    static let tables = """
        CREATE TABLE content (locker TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
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
        CREATE TABLE errand (
            loan TEXT NOT NULL, purpose TEXT NOT NULL, opening TEXT NOT NULL, item TEXT NOT NULL,
            locker TEXT, PRIMARY KEY (loan, purpose)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        CREATE TABLE journal (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epoch TEXT NOT NULL,
            source TEXT NOT NULL
        ) STRICT;
        CREATE TABLE loan (
            id TEXT PRIMARY KEY, item TEXT NOT NULL, borrower TEXT NOT NULL, due INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE set_aside (id TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE upload (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            acknowledged INTEGER NOT NULL,
            receipt TEXT NOT NULL
        ) STRICT;
        """

    static let rows = """
        INSERT INTO content (locker, content)
            VALUES ('1', 'empty');
        INSERT INTO content (locker, content)
            VALUES ('3', 'unverified');
        INSERT INTO entry (sequence, time, quality, kind, hash, program, reason)
            VALUES (1, 1795000000000, 'synchronised', 'epoch-opened',
                x'02438371f4e3810c2f80ea8378bde7892b0ca26e94db32ad09a95d78987d4f40', 'mila-station 0.1.0', 'first');
        INSERT INTO entry (sequence, time, quality, kind, hash, program)
            VALUES (2, 1795000001000, 'synchronised', 'station-started',
                x'1e004829f446a784dcd80c6a9daf2cef408ac770ba5299ae5cdec05f58183758', 'mila-station 0.1.0');
        INSERT INTO entry (sequence, time, quality, kind, hash)
            VALUES (3, 1795000002000, 'synchronised', 'guard-joined',
                x'67b799e578605cbdb34c68cd39067e4501ad74c74bbc46a1be410c76fa704538');
        INSERT INTO entry (sequence, time, quality, kind, hash, borrower, due, item, locker, disclosure)
            VALUES (4, 1795000003000, 'synchronised', 'checkout-begun',
                x'ede8f61849a951e3080ae16be7a778346ded2888c14f9aeb003c56dc4b57cb7b',
                x'4d0e0f2928bf09a0ddf947d9395d768b66a66c611f11964e4e3870fad18d0d18', 1796000000000, 'drill-1', '1',
                'WyJVLWRZYlFlc0Rwbm1NTVpCeWU0RXlBIiwiYm9ycm93ZXIiLCJiLTEiXQ');
        INSERT INTO entry (sequence, time, quality, kind, hash, basis, content, item, latched, loan, locker, opened, opening)
            VALUES (5, 1795000004000, 'synchronised', 'checkout-completed',
                x'5764bee8f0153c77c44c67c23a178a771152fcf636c7a74337dd641810cbcee8', 'sensed', 'empty', 'drill-1',
                1795000003900, 4, '1', 1795000003500, 4);
        INSERT INTO entry (sequence, time, quality, kind, hash, item, reason)
            VALUES (6, 1795000005000, 'synchronised', 'refused',
                x'89bdbad04c0303e89afd1e795b1008e5253e0c525e6572ec9ceb40840730294c', 'drill-1', 'on-loan');
        INSERT INTO entry (sequence, time, quality, kind, hash, item, loan, locker)
            VALUES (7, 1795000006000, 'synchronised', 'return-begun',
                x'30122e8834556a71b94ca88a0faf1ce2540efbd9584defd630aff8b9c1e66b39', 'drill-1', 4, '1');
        INSERT INTO entry (sequence, time, quality, kind, hash, content, locker)
            VALUES (8, 1795000007000, 'synchronised', 'content-doubted',
                x'5b386eec1d59b7cf3db777b3c373ff649613b30d3b521c9ab4bc6ce0013a9dba', 'unverified', '3');
        INSERT INTO entry (sequence, time, quality, kind, hash, register)
            VALUES (9, 1795000008000, 'synchronised', 'register-applied',
                x'3a4f336dd0cef04794852dd5af3426c6784b6bc82b7820e1370640c395db18a7', 'pool-1/7');
        INSERT INTO errand (loan, purpose, opening, item, locker)
            VALUES ('659cfcdf1083b77b-000000000004', 'return', '659cfcdf1083b77b-000000000007', 'drill-1', '1');
        INSERT INTO grdb_migrations (identifier)
            VALUES ('1-entries-and-books');
        INSERT INTO journal (one, epoch, source)
            VALUES (1, '659cfcdf1083b77b', 'tag:bench.example,2026:station:one');
        INSERT INTO loan (id, item, borrower, due)
            VALUES ('659cfcdf1083b77b-000000000004', 'drill-1', 'b-1', 1796000000000);
        INSERT INTO set_aside (id, reason)
            VALUES ('659cfcdf1083b77b-000000000002', 'unknown kind');
        INSERT INTO upload (one, acknowledged, receipt)
            VALUES (1, 3, 'receipt');
        """
}
