// Entries as comma-separated values for spreadsheets (RFC 4180). A spreadsheet takes a cell that begins with = + - or @
// for a formula, so such a cell gets an apostrophe in front (OWASP, "CSV Injection").

internal import StationCore

enum CSVExport {
    private static let columns = [
        "id", "time", "clockquality", "type", "item", "locker", "loan", "opening", "due", "opened", "latched", "basis",
        "content", "purpose", "reason", "parts", "count", "label", "borrower", "staff", "card", "booking", "pass",
        "program", "register",
        "predecessor", "predecessorhash",
        "previoushash", "entryhash",
    ]

    /// The first line.
    static var header: [UInt8] { line(columns) }

    /// The line of an entry.
    static func line(_ entry: Entry) -> [UInt8] {
        let fields = entry.fields
        return line([
            entry.number.description, entry.time.iso8601, entry.quality.rawValue, entry.kind.type,
            fields.item?.text, fields.locker?.text, fields.loan?.description, fields.opening?.description,
            fields.due?.iso8601, fields.opened?.iso8601, fields.latched?.iso8601, fields.basis?.rawValue,
            fields.content?.rawValue, fields.purpose?.rawValue, fields.reason, fields.parts,
            fields.count.map(String.init), fields.label, fields.borrower?.description, fields.staff?.description,
            fields.card?.description, fields.booking?.text, fields.pass?.description, fields.program,
            fields.register?.description, fields.predecessor?.description,
            fields.predecessorHash?.description, entry.previousHash.description, entry.hash.description,
        ])
    }

    private static func line(_ cells: [String?]) -> [UInt8] {
        Array((cells.map { cell($0 ?? "") }.joined(separator: ",") + "\r\n").utf8)
    }

    /// A cell, harmless and quoted where it must be.
    static func cell(_ text: String) -> String {
        // By scalars: as characters CR LF is one, and so is a sign with an accent on it.
        let risky = text.unicodeScalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } ?? false
        let safe = risky ? "'" + text : text
        guard risky || text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
            return text
        }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
