// What the journal's database knows of the upload.

internal import GRDB
internal import StationCore

enum UploadTable {
    /// The last sequence that the pool acknowledged, which is no more than what its receipt says: what is not acknowledged is
    /// sent once more, which does no harm, and what is may be forgotten here one day.
    static func acknowledged(_ database: Database) throws -> UInt64 {
        let stored = UInt64(clamping: try Int64.fetchOne(database, sql: "SELECT acknowledged FROM upload") ?? 0)
        guard let note = SignedNote(try receipt(database)), let receipt = Receipt(text: note.text) else {
            return stored
        }
        return min(stored, receipt.head.sequence)
    }

    /// The pool's last receipt, as a signed note; empty where there is none.
    static func receipt(_ database: Database) throws -> String {
        try String.fetchOne(database, sql: "SELECT receipt FROM upload") ?? ""
    }

    /// How many entries the pool set aside.
    static func setAside(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM set_aside") ?? 0
    }
}
