// The journal's database as version 2 made it, in literal SQL: tables, and rows of a day with staff at a station. It stays as
// it is when version 3 comes, so that the way from here stays tested.

enum JournalVersion2 {
    static let tables = """
        CREATE TABLE condition (item TEXT PRIMARY KEY, condition TEXT NOT NULL) STRICT, WITHOUT ROWID;
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
        , staff BLOB, card BLOB, count INTEGER, label TEXT, parts TEXT) STRICT;
        CREATE TABLE "errand" (
            loan TEXT NOT NULL, purpose TEXT NOT NULL, opening TEXT NOT NULL, item TEXT,
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
        , renewals INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
        CREATE TABLE pin_attempts (card BLOB PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE place (
            item TEXT PRIMARY KEY, locker TEXT NOT NULL, registered TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE replaced_card (
            borrower TEXT PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE set_aside (id TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE suspended (locker TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE upload (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            acknowledged INTEGER NOT NULL,
            receipt TEXT NOT NULL
        ) STRICT;
        """

    static let rows = """
        INSERT INTO condition (item, condition)
            VALUES ('drill-1', 'damaged');
        INSERT INTO content (locker, content)
            VALUES ('1', 'unverified');
        INSERT INTO content (locker, content)
            VALUES ('3', 'holds');
        INSERT INTO entry (sequence, time, quality, kind, hash, program, reason)
            VALUES (1, 1795000000000, 'synchronised', 'epoch-opened',
            x'044f5f6edd1847c41f90a0bcc7d753b6d3c89d35b0b47f9410d2bf2e5491584a', 'mila-station 0.1.0', 'first');
        INSERT INTO entry (sequence, time, quality, kind, hash, borrower, due, item, locker, disclosure)
            VALUES (2, 1795000001000, 'synchronised', 'checkout-begun',
            x'baf650a93f9dbbea5eea7d25995a9de5dabbf4e77d43baedca9fc9e141d56550',
            x'1f096a99778c8d853945351f704bde811bcf2c511795620acd23a98276ccf163', 1796000000000, 'drill-1', '1',
            'WyItaTBEVUQ1d2lDc2l2QVZvS1lJalhRIiwiYm9ycm93ZXIiLCJiLTEiXQ');
        INSERT INTO entry (sequence, time, quality, kind, hash, basis, content, item, loan, locker, opened, opening)
            VALUES (3, 1795000002000, 'synchronised', 'checkout-completed',
            x'f0661529364615e7c15b885eb9fc33c46a78b29d4aba02261637754b6e3d4495', 'assumed', 'empty', 'drill-1',
            2, '1', 1795000004000, 2);
        INSERT INTO entry (sequence, time, quality, kind, hash, due, item, loan)
            VALUES (4, 1795000003000, 'synchronised', 'loan-renewed',
            x'87fffb58470945b73b43ab544b6d00227df0ec54773ddbd3a4ca655bb203c334', 1796086400000, 'drill-1', 2);
        INSERT INTO entry (sequence, time, quality, kind, hash, item, loan, locker, purpose)
            VALUES (5, 1795000004000, 'synchronised', 'return-begun',
            x'fdc7eee74684a8840b2a17c5af5af0cf054c5ecc0e63d334c78879f71c8ed3ff', 'drill-1', 2, '1', 'report');
        INSERT INTO entry (sequence, time, quality, kind, hash, content, item, loan, locker, opening)
            VALUES (6, 1795000005000, 'synchronised', 'return-reported',
            x'2c4abea707267a8fa638076609a469cd41287024077952d1a5b41adef3183959', 'unverified', 'drill-1', 2,
            '1', 5);
        INSERT INTO entry (sequence, time, quality, kind, hash, disclosure, staff)
            VALUES (7, 1795000006000, 'synchronised', 'staff-signed-in',
            x'f428455137182d16301490ae32de8cb472f13d91a1b9e567e1e18660b823f734',
            'WyJoQVZtWFVpRHpwUWVpV3REUURyaUVBIiwic3RhZmYiLCJzLTEiXQ',
            x'7669805c231632c04ab56f53a67b695e8349bad8e14945dc131ba2ef64043868');
        INSERT INTO entry (sequence, time, quality, kind, hash, locker, disclosure, staff)
            VALUES (8, 1795000007000, 'synchronised', 'service-suspended',
            x'9c2f7f11828cc73cafa16d54afb52607622ca9a20d442a10e2893165a953eab9', '2',
            'WyJPRTJaTGw0VUQwSVRJTDYwcGwxcERRIiwic3RhZmYiLCJzLTEiXQ',
            x'9111db9521ae07f754eb9ac967595fad8a9fbb656c2f1cec741eba8303c2b911');
        INSERT INTO entry (sequence, time, quality, kind, hash, item, loan, reason)
            VALUES (9, 1795000008000, 'synchronised', 'condition-reported',
            x'8d02b985c12fc1c5abbbb42920b07d135abfceb1015f8e8ad6c5d456ea352ef1', 'drill-1', 2, 'damaged');
        INSERT INTO entry (sequence, time, quality, kind, hash, item, loan, purpose, parts)
            VALUES (10, 1795000009000, 'synchronised', 'parts-checked',
            x'd1fd1a229b93a0f801911747591f7965fdd9bcb4296ecc5eb67b4fb4d0af03ee', 'drill-1', 2, 'report', '1,3');
        INSERT INTO entry (sequence, time, quality, kind, hash, content, item, locker, reason, disclosure, staff)
            VALUES (11, 1795000010000, 'synchronised', 'item-placed',
            x'd48497c111a7859b21e43f71912289e82efe9011c0982a09e2b98117410ca382', 'holds', 'saw-1', '3', '2',
            'WyIxdWpZS0ZlMk5fVURjNEJDVlVmY253Iiwic3RhZmYiLCJzLTEiXQ',
            x'bb87cead12dbff5b84844f189094d5dc6852a244d39949f0e506ed42fbc5c55f');
        INSERT INTO entry (sequence, time, quality, kind, hash, item, disclosure, staff, count)
            VALUES (12, 1795000011000, 'synchronised', 'loan-approved',
            x'fdbf69abed5629b7cc237f09ae59bac5849d67183dfdbefc5946a63c0fc4285e', 'saw-1',
            'WyJvNHM3YzA2QzlUc2RSTkZER3BuUVZ3Iiwic3RhZmYiLCJzLTEiXQ',
            x'ee8adb64e4718c02e4c257b9393d5e6cde6c3caaf52e5497b4f27ef66cb094c9', 5000);
        INSERT INTO entry (sequence, time, quality, kind, hash, borrower, disclosure, card)
            VALUES (13, 1795000012000, 'synchronised', 'card-replaced',
            x'65ee778c0f9ede4389f564ab9ea95b917b7ebe9104be86663e2badb1f5ef4f6b',
            x'303cf1006350827426c0c2398a31f3c6a5a8928ef90cc10b0df674020d53cb9a',
            'WyJ3R3BhMzhLa2pwVlRuN1hxeEFvUTNBIiwiYm9ycm93ZXIiLCJiLTIiXQ',
            x'ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879');
        INSERT INTO entry (sequence, time, quality, kind, hash, disclosure, staff, label)
            VALUES (14, 1795000013000, 'synchronised', 'item-proposed',
            x'21aa6730b45eb90e2ff409da6c22fa70be7c0e2bf5744f7c83dbf00c54679a11',
            'WyIwSW5iaHhwV3loOWZkdEJxS1lEUWlnIiwic3RhZmYiLCJzLTEiXQ',
            x'8acf88946ad2187a7f699226ca8204206d6c9f1bedc864abd812220405990647', '(8004)40123');
        INSERT INTO entry (sequence, time, quality, kind, hash, locker, disclosure, staff)
            VALUES (15, 1795000014000, 'synchronised', 'service-begun',
            x'68abd61f9e162391f36a5a53801a3691554e4b0ea6e26972dd0a754207bcc98d', '3',
            'WyJmYzZtS0lhbXZ0NDJEWU8zY0VrMVNnIiwic3RhZmYiLCJzLTEiXQ',
            x'be6bc6551177b729b9baba8aa8ac3d4bef5b3e2f91735cdea573c112343ba1c1');
        INSERT INTO errand (loan, purpose, opening, locker)
            VALUES ('b678689a2ff2c932-000000000015', 'service', 'b678689a2ff2c932-000000000015', '3');
        INSERT INTO grdb_migrations (identifier)
            VALUES ('1-entries-and-books');
        INSERT INTO grdb_migrations (identifier)
            VALUES ('2-staff-and-policy');
        INSERT INTO journal (one, epoch, source)
            VALUES (1, 'b678689a2ff2c932', 'tag:bench.example,2026:station:one');
        INSERT INTO loan (id, item, borrower, due, renewals, reported)
            VALUES ('b678689a2ff2c932-000000000002', 'drill-1', 'b-1', 1796086400000, 1, 1);
        INSERT INTO pin_attempts (card, count)
            VALUES (x'2b4c342f5433ebe591a1da77e013d1b72475562d48578dca8b84bac6651c3cb9', 2);
        INSERT INTO place (item, locker, registered)
            VALUES ('saw-1', '3', '2');
        INSERT INTO replaced_card (borrower, fingerprint)
            VALUES ('b-2', x'ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005ee879');
        INSERT INTO suspended (locker)
            VALUES ('2');
        INSERT INTO upload (one, acknowledged, receipt)
            VALUES (1, 0, '');
        """
}
