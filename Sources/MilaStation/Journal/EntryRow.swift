// An entry as a row of the journal's table, and back.

internal import Foundation
internal import GRDB
internal import StationCore

enum EntryRow {
    /// The columns, in the order in which rows are written and read. Looking for a name in each row would cost more than the
    /// rest of reading it.
    enum Column: Int, CaseIterable {
        case sequence, time, quality, kind, hash, basis, borrower, content, due, item, latched, loan, locker, opened
        case opening, predecessor, predecessorhash, program, purpose, reason, register, disclosure, staff, card, count
        case label, parts, admin, booking, pass
    }

    /// The names of all columns, for a query.
    static let columns = Column.allCases.map { "\($0)" }.joined(separator: ", ")
    static let insert =
        "INSERT INTO entry (\(columns)) VALUES (\(Column.allCases.map { _ in "?" }.joined(separator: ", ")))"

    /// The values of a row, in the order of ``Column``.
    static func values(of entry: Entry) -> StatementArguments {
        let fields = entry.fields
        let epoch = entry.number.epoch
        return [
            Int64(entry.number.sequence), entry.time.milliseconds, entry.quality.rawValue, entry.kind.rawValue,
            blob(entry.hash), fields.basis?.rawValue, fields.borrower.map(blob), fields.content?.rawValue,
            fields.due?.milliseconds, fields.item?.text, fields.latched?.milliseconds,
            reference(fields.loan, in: epoch), fields.locker?.text, fields.opened?.milliseconds,
            reference(fields.opening, in: epoch), fields.predecessor?.description, fields.predecessorHash.map(blob),
            fields.program, fields.purpose?.rawValue, fields.reason, fields.register?.description,
            entry.disclosure?.text, fields.staff.map(blob), fields.card.map(blob), fields.count, fields.label,
            fields.parts, fields.admin.map(blob), fields.booking?.text, fields.pass?.description,
        ]
    }

    /// The entry that a row of ``columns`` holds.
    ///
    /// - Parameter previous: the hash of the row before it.
    /// - Throws: ``DamagedRow`` where a column holds what no entry has.
    static func entry(_ row: Row, epoch: Epoch, previous: EntryHash) throws -> Entry {
        var fields = EntryFields()
        fields.admin = try hash(row, .admin)
        fields.basis = try read(row, .basis, DoorReport.Basis.init(rawValue:))
        fields.booking = try read(row, .booking, BookingID.init)
        fields.borrower = try hash(row, .borrower)
        fields.card = try hash(row, .card)
        fields.count = (try stored(row, .count) as Int64?).flatMap(Int.init(exactly:))
        fields.label = try stored(row, .label)
        fields.parts = try stored(row, .parts)
        fields.pass = try read(row, .pass, PassNonce.init(_:))
        fields.staff = try hash(row, .staff)
        fields.content = try read(row, .content, Content.init(rawValue:))
        fields.due = try time(row, .due)
        fields.item = try read(row, .item, ItemID.init)
        fields.latched = try time(row, .latched)
        fields.loan = try reference(row, .loan, in: epoch)
        fields.locker = try read(row, .locker, LockerID.init)
        fields.opened = try time(row, .opened)
        fields.opening = try reference(row, .opening, in: epoch)
        fields.predecessor = try read(row, .predecessor, EntryNumber.init)
        fields.predecessorHash = try hash(row, .predecessorhash)
        fields.program = try stored(row, .program)
        fields.purpose = try read(row, .purpose, Errand.Purpose.init(rawValue:))
        fields.reason = try stored(row, .reason)
        fields.register = try read(row, .register, RegisterVersion.init)
        guard let sequence = try sequence(row), let time = try time(row, .time), let hash = try hash(row, .hash),
            let quality = try read(row, .quality, ClockQuality.init(rawValue:)),
            let kind = try read(row, .kind, EntryKind.init(rawValue:))
        else { throw DamagedRow(column: "sequence, time, hash, quality or kind") }
        return Entry(
            number: EntryNumber(epoch: epoch, sequence: sequence),
            time: time,
            quality: quality,
            kind: kind,
            fields: fields,
            previousHash: previous,
            hash: hash,
            disclosure: try read(row, .disclosure) { try? Disclosure($0) }
        )
    }

    /// A column that holds what no entry has there.
    struct DamagedRow: Error, CustomStringConvertible {
        var column: String
        var description: String { "the column \(column) holds what no entry has there" }
    }

    private static func blob(_ hash: EntryHash) -> DatabaseValue { Data(hash.bytes).databaseValue }

    private static func reference(_ number: EntryNumber?, in epoch: Epoch) -> (any DatabaseValueConvertible)? {
        guard let number else { return nil }
        if number.epoch == epoch { return Int64(number.sequence) }
        return number.description
    }

    private static func reference(_ row: Row, _ column: Column, in epoch: Epoch) throws -> EntryNumber? {
        switch (row[column.rawValue] as DatabaseValue).storage {
        case .null: return nil
        case .int64(let sequence) where sequence > 0: return EntryNumber(epoch: epoch, sequence: UInt64(sequence))
        case .string(let text):
            if let number = EntryNumber(text) { return number }
        case .int64, .double, .blob: break
        }
        throw DamagedRow(column: "\(column)")
    }

    private static func read<Value>(_ row: Row, _ column: Column, _ read: (String) -> Value?) throws -> Value? {
        guard let text: String = try stored(row, column) else { return nil }
        guard let value = read(text) else { throw DamagedRow(column: "\(column)") }
        return value
    }

    private static func hash(_ row: Row, _ column: Column) throws -> EntryHash? {
        guard let bytes: Data = try stored(row, column) else { return nil }
        guard let hash = EntryHash(stored: Array(bytes)) else { throw DamagedRow(column: "\(column)") }
        return hash
    }

    private static func time(_ row: Row, _ column: Column) throws -> WallTime? {
        guard let milliseconds: Int64 = try stored(row, column) else { return nil }
        return WallTime(milliseconds: milliseconds)
    }

    /// The sequence of a row.
    static func sequence(_ row: Row) throws -> UInt64? {
        guard let number: Int64 = try stored(row, .sequence) else { return nil }
        return UInt64(exactly: number)
    }

    /// What a column holds. GRDB's own subscript would end the program where a damaged file holds another type.
    private static func stored<Value: DatabaseValueConvertible>(_ row: Row, _ column: Column) throws -> Value? {
        guard !row.hasNull(atIndex: column.rawValue) else { return nil }
        let stored: DatabaseValue = row[column.rawValue]
        guard let value = Value.fromDatabaseValue(stored) else { throw DamagedRow(column: "\(column)") }
        return value
    }
}
