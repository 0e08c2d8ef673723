// What the journal's database knows of the upload.

internal import GRDB
internal import StationCore

enum UploadTable {
    /// The last sequence that the pool acknowledged.
    static func acknowledged(_ database: Database) throws -> UInt64 {
        UInt64(clamping: try Int64.fetchOne(database, sql: "SELECT acknowledged FROM upload") ?? 0)
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
