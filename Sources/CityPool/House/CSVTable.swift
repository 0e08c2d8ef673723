// Tables as spreadsheets write them: RFC 4180 with a header line, comma or semicolon (German spreadsheets write the
// latter), UTF-8 with or without a mark at its start. Cells keep the line they stand in, so that a mistake can be named.

import Foundation
import Groundwork
import StationCore

/// A table with named columns.
struct CSVTable {
    /// The most bytes a table may have.
    static let maximumBytes = 16 * 1024 * 1024

    /// One row, by its columns' names.
    struct Row {
        /// The line it begins in; `nil` where it comes from no file.
        var line: Int?
        private var cells: [String: String]

        /// A row; see the properties.
        init(line: Int?, cells: [String: String]) { (self.line, self.cells) = (line, cells) }

        /// A cell without spaces around it; `nil` where it is empty or the column is missing.
        subscript(column: String) -> String? {
            guard let cell = cells[column]?.trimmingCharacters(in: .whitespaces), !cell.isEmpty else { return nil }
            return cell
        }

        /// The row, with another one's cells in the columns that it does not have.
        func filledUp(from other: Row) -> Row {
            // One name or list of parts for both languages takes the place of one for each.
            let whole = ["name", "parts"].filter { cells[$0]?.isEmpty == false }
            let base = other.cells.filter { column, _ in !whole.contains { column.hasPrefix("\($0)-") } }
            return Row(line: line, cells: base.merging(cells) { $1 })
        }
    }

    /// The columns, as the header names them.
    let columns: [String]
    /// The rows that are not empty.
    let rows: [Row]

    /// The table in a file.
    ///
    /// Throws: ``FileProblems`` where it is none, or has other columns than `known`.
    init(file name: String, known: [String]) throws {
        func problem(_ problem: String, remedy: String, line: Int? = nil) -> any Error {
            let problem = FileProblem(file: name, line: line, problem: problem, remedy: remedy)
            return FileProblems([problem]) ?? problem as any Error
        }
        guard let handle = FileHandle(forReadingAtPath: name),
            let data = try handle.read(upToCount: Self.maximumBytes + 1)
        else { throw problem("the file can't be read, or is empty", remedy: "Check its name and rights.") }
        guard data.count <= Self.maximumBytes, let text = String(validating: data, as: UTF8.self) else {
            throw problem("the file is larger than 16 MiB, or not UTF-8", remedy: "Export it as CSV in UTF-8.")
        }
        var reader = CSVReader(text)
        guard let header = reader.next() else { throw problem("the file is empty", remedy: "Write a header line.") }
        columns = header.cells.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        let foreign = columns.filter { !known.contains($0) }.prefix(12).map(LogText.name).joined(separator: "', '")
        guard foreign.isEmpty, Set(columns).count == columns.count else {
            throw problem(
                foreign.isEmpty ? "a column is there twice" : "no column is called '\(foreign)'",
                remedy: "Known columns are \(known.joined(separator: ", ")).", line: 1)
        }
        var rows: [Row] = []
        var problems: [FileProblem] = []
        while let (line, cells) = reader.next() {
            guard !cells.allSatisfy(\.isEmpty) else { continue }
            guard cells.count <= columns.count else {
                let problem = "the row has \(cells.count) cells, the header \(columns.count)"
                let remedy = "Put cells that hold the separator into quotes."
                problems.append(FileProblem(file: name, line: line, problem: problem, remedy: remedy))
                continue
            }
            rows.append(Row(line: line, cells: Dictionary(uniqueKeysWithValues: zip(columns, cells))))
        }
        if reader.isTornQuote {
            let problem = "a quoted cell has no end"
            problems.append(
                FileProblem(file: name, line: reader.line, problem: problem, remedy: "Close it with a quote."))
        }
        if let problems = FileProblems(problems) { throw problems }
        self.rows = rows
    }
}

extension CSVTable {
    /// Rows as a table: RFC 4180, with commas.
    static func text(_ columns: [String], _ rows: [Row]) -> String {
        func written(_ cell: String) -> String {
            guard cell.contains(where: { ",;\"\n\r".contains($0) }) else { return cell }
            return "\"\(cell.replacing("\"", with: "\"\""))\""
        }
        let lines = [columns] + rows.map { row in columns.map { row[$0] ?? "" } }
        return lines.map { $0.map(written).joined(separator: ",") + "\n" }.joined()
    }
}

/// Splits text into rows of cells.
private struct CSVReader {
    private var bytes: ArraySlice<UInt8>
    private let separator: UInt8
    /// The line that is read next, from 1.
    private(set) var line = 1
    /// Whether the text ended within quotes.
    private(set) var isTornQuote = false

    init(_ text: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        let header = self.bytes.prefix { $0 != 0x0a }
        let semicolons = header.count { $0 == UInt8(ascii: ";") }
        let commas = header.count { $0 == UInt8(ascii: ",") }
        separator = UInt8(ascii: semicolons > commas ? ";" : ",")
    }

    mutating func next() -> (line: Int, cells: [String])? {
        guard !bytes.isEmpty else { return nil }
        let first = line
        var cells: [String] = []
        var cell: [UInt8] = []
        var quoted = false
        while let byte = bytes.popFirst() {
            if byte == 0x0a { line += 1 }
            switch byte {
            case UInt8(ascii: "\"") where quoted && bytes.first == UInt8(ascii: "\""):
                cell.append(byte)
                bytes.removeFirst()
            case UInt8(ascii: "\"") where quoted || cell.isEmpty:
                quoted.toggle()
            case _ where quoted:
                cell.append(byte)
            case separator:
                cells.append(String(decoding: cell, as: UTF8.self))
                cell = []
            case 0x0a:
                return (first, cells + [Self.text(cell)])
            default:
                cell.append(byte)
            }
        }
        isTornQuote = quoted
        return (first, cells + [Self.text(cell)])
    }

    /// The last cell of a row, without the CR of CR LF.
    private static func text(_ cell: [UInt8]) -> String {
        String(decoding: cell.last == 0x0d ? cell.dropLast() : cell[...], as: UTF8.self)
    }
}
