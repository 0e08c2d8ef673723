// What the pool needs to know to forget whose loans were that are long over.

extension SQLiteSchema {
    /// What ended before counts from now on: when the pool heard of it was not kept.
    static let erasure = """
        ALTER TABLE loans ADD COLUMN closed INTEGER;  -- when the pool heard that it ended, by the pool's clock
        UPDATE loans SET closed = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE ended IS NOT NULL;
        CREATE INDEX closed_loans ON loans (closed) WHERE borrower IS NOT NULL AND closed IS NOT NULL;

        -- Entries that disclose a borrower without beginning a loan.
        CREATE TABLE disclosures (
            station TEXT NOT NULL,
            epoch TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            received INTEGER NOT NULL,           -- by the pool's clock
            PRIMARY KEY (station, epoch, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX received_disclosures ON disclosures (received);
        INSERT INTO disclosures (station, epoch, sequence, received)
        SELECT station, epoch, sequence, CAST(strftime('%s', 'now') AS INTEGER) * 1000 FROM entries
        WHERE rejection IS NULL AND instr(document, CAST('"disclosure":' AS BLOB)) > 0
            AND json_extract(CAST(document AS TEXT), '$.data.borrower') IS NOT NULL
            AND json_extract(CAST(document AS TEXT), '$.type') <> 'org.milastation.checkout-begun.v1';
        """
}
