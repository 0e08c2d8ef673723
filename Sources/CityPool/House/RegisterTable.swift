// Items and borrowers of the register as rows with named columns, for commands and spreadsheets: one way in, with every
// check that a house file gets, whether a row comes from the command line or from a table.

import Groundwork
import StationCore

/// What rows are to do.
enum RowMode: Sendable {
    /// They are new.
    case add
    /// They are there already; columns that a row does not have stay as they are.
    case change
    /// Either.
    case addOrChange
}

/// A part of the register that is edited row by row.
protocol RegisterTable: Sendable {
    /// What one row is.
    static var thing: String { get }
    /// The columns that rows may have.
    static var columns: [String] { get }
    /// The columns that rows have when they are written out.
    static var writtenColumns: [String] { get }

    /// All of it, by identifier.
    static func rows(of house: House) -> [CSVTable.Row]
    /// A register with some rows added or changed.
    ///
    /// - Parameter file: what messages call the place that the rows come from.
    ///
    /// Throws: ``FileProblems`` with every mistake; nothing is half done.
    static func edit(_ rows: [CSVTable.Row], file: String, _ mode: RowMode, in house: House) throws -> House
    /// A register without a row.
    ///
    /// Throws: ``FileProblems`` where there is none of this identifier, or something else needs it.
    static func remove(_ id: String, from house: House) throws -> House
}

extension RegisterTable {
    /// Notes a row that is there and should not be, or the other way round.
    fileprivate static func check(
        _ row: CSVTable.Row, isThere: Bool, _ mode: RowMode, _ check: inout HouseCheck
    ) {
        guard let id = row["id"], isThere ? mode == .add : mode == .change else { return }
        check.note(
            "\(thing) '\(id)' is \(isThere ? "there already" : "not in the register")",
            remedy: isThere ? "Change it, or choose another identifier." : "Add it, or correct the identifier.",
            line: row.line)
    }

    fileprivate static func missing(_ id: String) -> any Error {
        let problem = FileProblem(
            file: "register", line: nil, problem: "there is no \(thing) '\(LogText.safe(id))'",
            remedy: "See 'city-pool \(thing) list'.")
        return FileProblems([problem]) ?? problem as any Error
    }
}

/// The items of the register.
enum ItemTable: RegisterTable {
    static let thing = "item"
    static let columns = HouseCSV.itemColumns
    static let writtenColumns = HouseCSV.itemColumns.filter { $0 != "name" && $0 != "parts" }

    static func rows(of house: House) -> [CSVTable.Row] { house.items.map(row) }

    private static func row(_ place: House.Place) -> CSVTable.Row {
        let item = place.item
        return CSVTable.Row(
            line: nil,
            cells: [
                "id": item.id.text, "name-de": item.name.german, "name-en": item.name.english, "label": item.label,
                "category": item.category, "quantity": "\(item.quantity)", "station": place.station.text,
                "parts-de": item.parts.map(\.german).joined(separator: "|"),
                "parts-en": item.parts.map(\.english).joined(separator: "|"), "locker": item.locker?.text ?? "",
                "lendable": "\(item.isLendable)", "value": HouseText.euros(item.valueCents),
            ])
    }

    static func edit(_ rows: [CSVTable.Row], file: String, _ mode: RowMode, in house: House) throws -> House {
        var check = HouseCheck(file: file)
        check.keepAllButItems(of: house)
        let named = Set(rows.compactMap { $0["id"] })
        var old: [String: House.Place] = [:]
        for place in house.items {
            old[place.item.id.text] = place
            if !named.contains(place.item.id.text) {
                check.add(item: place.item, station: place.station, line: nil)
            }
        }
        for row in rows {
            let before = row["id"].flatMap { old[$0] }
            Self.check(row, isThere: before != nil, mode, &check)
            HouseCSV.add(item: before.map { row.filledUp(from: self.row($0)) } ?? row, to: &check)
        }
        return try check.finish()
    }

    static func remove(_ id: String, from house: House) throws -> House {
        guard house.items.contains(where: { $0.item.id.text == id }) else { throw missing(id) }
        var check = HouseCheck(file: "register")
        check.keepAllButItems(of: house)
        for place in house.items where place.item.id.text != id {
            check.add(item: place.item, station: place.station, line: nil)
        }
        return try check.finish()
    }
}

/// The borrowers of the register. Their cards are written nowhere: the pool has no code of one.
enum BorrowerTable: RegisterTable {
    static let thing = "borrower"
    static let columns = HouseCSV.borrowerColumns
    static let writtenColumns = HouseCSV.borrowerColumns.filter { $0 != "cards" && $0 != "pins" }

    static func rows(of house: House) -> [CSVTable.Row] { house.borrowers.map(\.borrower).map(row) }

    private static func row(_ borrower: Borrower) -> CSVTable.Row {
        let qualifications = borrower.qualifications.sorted { $0.key < $1.key }.map { name, until in
            until.map { "\(name)=\($0.iso8601)" } ?? name
        }
        return CSVTable.Row(
            line: nil,
            cells: [
                "id": borrower.id.text, "standing": borrower.standing.rawValue,
                "blocked-because": borrower.blockedBecause ?? "", "valid-until": borrower.validUntil?.iso8601 ?? "",
                "groups": borrower.groups.sorted().joined(separator: "|"), "born": borrower.born?.iso8601 ?? "",
                "qualifications": qualifications.joined(separator: "|"),
            ])
    }

    static func edit(_ rows: [CSVTable.Row], file: String, _ mode: RowMode, in house: House) throws -> House {
        var check = HouseCheck(file: file)
        check.keepAllButBorrowers(of: house)
        let named = Set(rows.compactMap { $0["id"] })
        var old: [String: House.Member] = [:]
        for member in house.borrowers {
            old[member.borrower.id.text] = member
            if !named.contains(member.borrower.id.text) { check.keep(member, line: nil) }
        }
        for row in rows {
            let before = row["id"].flatMap { old[$0] }
            Self.check(row, isThere: before != nil, mode, &check)
            // Who gets no cards in a row keeps those there are.
            HouseCSV.add(
                borrower: before.map { row.filledUp(from: self.row($0.borrower)) } ?? row,
                keeping: row["cards"] == nil ? before?.cards ?? [] : [], to: &check)
        }
        return try check.finish()
    }

    static func remove(_ id: String, from house: House) throws -> House {
        try editing(id, in: house) { _, _ in }
    }

    /// A register in which a borrower has one more card.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    static func add(_ card: CardText, to id: String, in house: House) throws -> House {
        try editing(id, in: house) { member, check in
            check.add(borrower: member.borrower, cards: [card], keeping: member.cards, line: nil)
        }
    }

    /// A register in which a borrower has a card that a station proposes. Stations propose house codes only.
    ///
    /// - Parameter replacing: whether all earlier cards end with it.
    static func add(proposed card: EntryHash, replacing: Bool, to id: String, in house: House) throws -> House {
        try editing(id, in: house) { member, check in
            var member = member
            if replacing { member.cards = [] }
            if !member.cards.contains(where: { $0.fingerprint == card }) {
                member.cards.append(House.CardPrint(fingerprint: card, pin: nil, isWeak: false))
            }
            check.keep(member, line: nil)
        }
    }

    /// A register in which a borrower has a card no longer.
    static func remove(card: EntryHash, of id: String, in house: House) throws -> House {
        try editing(id, in: house) { member, check in
            var member = member
            member.cards.removeAll { $0.fingerprint == card }
            check.keep(member, line: nil)
        }
    }

    private static func editing(
        _ id: String, in house: House, _ change: (House.Member, inout HouseCheck) -> Void
    ) throws -> House {
        guard let member = house.borrowers.first(where: { $0.borrower.id.text == id }) else { throw missing(id) }
        var check = HouseCheck(file: "register")
        check.keepAllButBorrowers(of: house)
        for other in house.borrowers where other.borrower.id.text != id { check.keep(other, line: nil) }
        change(member, &check)
        return try check.finish()
    }
}
