// Items or borrowers from a spreadsheet. Such a table is the whole list: who is not in it is no longer in the register;
// the rest of the register stays. Several parts, cards or names in one cell are separated by `|`.

import Foundation
import Groundwork
import StationCore

/// Reads parts of a register from CSV.
enum HouseCSV {
    /// The columns of a table of items.
    static let itemColumns = [
        "id", "name", "name-de", "name-en", "label", "category", "quantity", "parts", "parts-de", "parts-en", "station",
        "locker", "lendable", "value",
    ]
    /// The columns of a table of borrowers.
    static let borrowerColumns = [
        "id", "standing", "blocked-because", "valid-until", "groups", "born", "qualifications", "cards", "pins",
    ]

    /// A register whose items are those of a table, and whose rest is that of another register.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    static func items(file: String, into house: House) throws -> House {
        let table = try CSVTable(file: file, known: itemColumns)
        var check = HouseCheck(file: file)
        check.keepAllButItems(of: house)
        if table.rows.isEmpty { check.note("there is no item in it", remedy: "Write one item a line.", line: nil) }
        for row in table.rows { add(item: row, to: &check) }
        return try check.finish()
    }

    /// A register whose borrowers are those of a table, and whose rest is that of another register.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    static func borrowers(file: String, into house: House) throws -> House {
        let table = try CSVTable(file: file, known: borrowerColumns)
        var check = HouseCheck(file: file)
        check.keepAllButBorrowers(of: house)
        if table.rows.isEmpty {
            check.note("there is no borrower in it", remedy: "Write one borrower a line.", line: nil)
        }
        for row in table.rows { add(borrower: row, to: &check) }
        return try check.finish()
    }

    /// Adds the item of a row, or notes what is wrong with it.
    static func add(item row: CSVTable.Row, to check: inout HouseCheck) {
        var cells = CSVCells(row: row)
        let id: ItemID? = cells.required("id", "an identifier", ItemID.init)
        let name = cells.name("name")
        let label = cells.required("label", HouseText.labelShape, HouseText.label)
        let category = cells.required("category", "a category's name", HouseText.sharedName)
        let quantity = cells.optional("quantity", "a number from 1 to 10000") {
            Int($0).flatMap { (1...10_000).contains($0) ? $0 : nil }
        }
        let parts = cells.parts()
        let station = cells.required("station", "an identifier", StationID.init)
        let locker = cells.optional("locker", "an identifier", LockerID.init)
        let lendable = cells.optional("lendable", "true or false", HouseText.flag)
        let value = cells.optional("value", HouseText.eurosShape, HouseText.cents)
        for problem in cells.problems { check.note(problem.problem, remedy: problem.remedy, line: row.line) }
        guard let id else { return }
        let item = Item(
            id: id, name: name ?? LocalizedText(""), label: label ?? "", category: category ?? "",
            quantity: quantity ?? 1, parts: parts, locker: locker, isLendable: lendable ?? true,
            valueCents: value ?? 0)
        check.add(item: item, station: station, line: row.line)
    }

    /// Adds the borrower of a row, with cards they had before, or notes what is wrong with it.
    static func add(borrower row: CSVTable.Row, keeping kept: [House.CardPrint] = [], to check: inout HouseCheck) {
        var cells = CSVCells(row: row)
        let id = cells.required("id", "an identifier", BorrowerID.init)
        let standing = cells.optional("standing", "'active' or 'blocked'", Borrower.Standing.init)
        let reason = cells.optional("blocked-because", HouseText.nameShape, HouseText.name)
        let until = cells.optional("valid-until", HouseText.dateShape, HouseText.until)
        let groups = cells.names("groups")
        let born = cells.optional("born", "a date such as 2001-02-28", CivilDate.init(iso8601:))
        let qualifications = cells.qualifications()
        let cards = cells.cards()
        for problem in cells.problems { check.note(problem.problem, remedy: problem.remedy, line: row.line) }
        guard let id else { return }
        let borrower = Borrower(
            id: id, standing: standing ?? .active, blockedBecause: reason, validUntil: until, groups: Set(groups),
            born: born, qualifications: qualifications)
        check.add(borrower: borrower, cards: cards, keeping: kept, line: row.line)
    }
}

/// The cells of one row, with what is wrong with them.
private struct CSVCells {
    let row: CSVTable.Row
    private(set) var problems: [(problem: String, remedy: String)] = []

    init(row: CSVTable.Row) { self.row = row }

    mutating func optional<Value>(_ column: String, _ what: String, _ read: (String) -> Value?) -> Value? {
        guard let text = row[column] else { return nil }
        if let value = read(text) { return value }
        problems.append(("'\(column)' is not \(what)", "Write \(what)."))
        return nil
    }

    mutating func required<Value>(_ column: String, _ what: String, _ read: (String) -> Value?) -> Value? {
        if row[column] == nil { problems.append(("'\(column)' is empty", "Write \(what).")) }
        return optional(column, what, read)
    }

    mutating func name(_ column: String) -> LocalizedText? {
        guard row[column] == nil else {
            return optional(column, HouseText.nameShape, HouseText.name).map { LocalizedText($0) }
        }
        let german = required("\(column)-de", HouseText.nameShape, HouseText.name)
        let english = required("\(column)-en", HouseText.nameShape, HouseText.name)
        guard let german, let english else { return nil }
        return LocalizedText(german: german, english: english)
    }

    mutating func parts() -> [LocalizedText] {
        let (german, english) = (Self.list(row["parts-de"]), Self.list(row["parts-en"]))
        let both = Self.list(row["parts"]).map { LocalizedText($0) }
        let names = both + zip(german, english).map { LocalizedText(german: $0, english: $1) }
        let fit = names.allSatisfy { HouseText.name($0.german) != nil && HouseText.name($0.english) != nil }
        if german.count != english.count || !fit {
            problems.append(("'parts' don't fit", "Write as many in 'parts-de' as in 'parts-en', separated by '|'."))
        }
        return names
    }

    /// Names of groups.
    mutating func names(_ column: String) -> [String] {
        let names = Self.list(row[column])
        if !names.allSatisfy({ HouseText.sharedName($0) != nil }) {
            problems.append(
                ("'\(column)' are not all names", "Separate them by '|'; use \(HouseText.identifierShape)."))
        }
        return names
    }

    /// Qualifications, some with the day on which they end: `laser|bike=2027-01-31`.
    mutating func qualifications() -> [String: WallTime?] {
        var qualifications: [String: WallTime?] = [:]
        for text in Self.list(row["qualifications"]) {
            let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let until = halves.count == 2 ? HouseText.until(String(halves[1])) : nil
            guard let name = HouseText.sharedName(String(halves[0])), (until == nil) == (halves.count == 1),
                qualifications.updateValue(until, forKey: name) == nil
            else {
                problems.append(
                    ("'qualifications' don't fit", "Write each once, such as laser|bike=2027-01-31."))
                continue
            }
        }
        return qualifications
    }

    /// Cards with their PINs, as many of these as of those, some of them empty; or none at all.
    mutating func cards() -> [CardText] {
        let codes = Self.list(row["cards"])
        let pins = (row["pins"] ?? "").split(separator: "|", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        if row["pins"] != nil, pins.count != codes.count {
            problems.append(
                ("'pins' has \(pins.count) entries, 'cards' \(codes.count)", "Write as many, separated by '|'."))
        }
        return codes.enumerated().map { index, code in
            let pin = index < pins.count && !pins[index].isEmpty ? pins[index] : nil
            return CardText(code: code, pin: pin, line: row.line)
        }
    }

    private static func list(_ cell: String?) -> [String] {
        (cell ?? "").split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
