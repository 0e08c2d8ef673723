// What PostgreSQL says when something fails, and what that means for the pool. The text is the first line only: what the
// server adds may quote what is stored.

import CPostgres
import Groundwork

/// An error of the server's, or of the connection to it.
struct PostgresError: Error, CustomStringConvertible {
    /// The five characters by which SQL names the error (PostgreSQL's manual, appendix A); `nil` where there are none.
    let state: String?
    let description: String

    /// What stands for a connection that is gone (`connection_failure`).
    static let lostState = "08006"

    init(_ state: String?, _ text: String) {
        self.state = state
        let line = text.split(separator: "\n").first.map(String.init) ?? "the connection is gone"
        description = "PostgreSQL: \(LogText.safe(line))" + (state.map { " (\($0))" } ?? "")
    }

    /// An error that a result holds.
    init(result: OpaquePointer) {
        func field(_ letter: Character) -> String? {
            PQresultErrorField(result, Int32(letter.asciiValue ?? 0)).map { String(cString: $0) }
        }
        // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY; without a state it is libpq that speaks, of its connection.
        let state = field("C")
        self.init(
            state ?? Self.lostState, field("M") ?? String(cString: PQresultErrorMessage(result)))
    }

    private func isOf(_ classes: String...) -> Bool { classes.contains { state?.hasPrefix($0) == true } }

    /// Whether the connection is gone, with whatever was under way on it: classes 08 (connection exception) and 57P (the
    /// server stops, crashed or starts).
    var isLoss: Bool { isOf("08", "57P") }

    /// Whether the transaction was undone for another one's sake, and may well succeed the next time: a deadlock, or a
    /// conflict of two that were under way together.
    var isConflict: Bool { isOf("40001", "40P01") }

    /// Whether the connection's prepared statements no longer fit: another process has changed the tables meanwhile, or
    /// something on the way has forgotten them.
    var isOutdated: Bool { isOf("0A000", "26000") }

    /// What the pool makes of it, where it is no mistake of its own.
    var failure: StoreFailure? {
        if isOf("53100") { return .full }
        // Out of resources (53), waited too long (55P03, 57014), a server that does not write (25006), or that can't
        // read or write its own files (58, XX): its operators are told, and stations come again.
        if state == nil || isLoss || isConflict
            || isOf("53", "55P03", "57014", "25006", "25P03", "58", "XX", "28", "3D")
        {
            return .unavailable(description)
        }
        return nil
    }
}
