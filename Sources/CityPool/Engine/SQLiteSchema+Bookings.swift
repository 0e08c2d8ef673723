// The pool's own bookings. They outlive every house file, so they refer to nothing of the register by a foreign key.

extension SQLiteSchema {
    static let ownBookings = """
        CREATE TABLE pool_bookings (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('item', 'category', 'locker', 'room')),
            station TEXT NOT NULL,               -- where it is fetched
            category TEXT,
            locker TEXT,
            item TEXT,                           -- of a category, the one that is kept for it so far
            borrower TEXT,                       -- NULL where it was erased
            begins INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            cancelled INTEGER,
            loan_station TEXT,                   -- the loan that fetched it
            loan TEXT,
            nonce BLOB NOT NULL,                 -- of the pass for it; another one with each change
            CHECK (begins < ends),
            CHECK ((kind = 'category') = (category IS NOT NULL)),
            CHECK ((kind IN ('locker', 'room')) = (locker IS NOT NULL))
        ) STRICT;
        CREATE INDEX pool_bookings_ahead ON pool_bookings (ends) WHERE cancelled IS NULL;
        CREATE INDEX pool_bookings_of_station ON pool_bookings (station, ends) WHERE cancelled IS NULL;
        CREATE INDEX pool_bookings_of_borrower ON pool_bookings (borrower, ends) WHERE borrower IS NOT NULL;

        -- Passes that were taken back, by a change or a cancellation, as long as they would count.
        CREATE TABLE revoked_passes (
            nonce BLOB PRIMARY KEY,
            station TEXT NOT NULL,
            ends INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
