// Values as they go into statements and come back in rows. Three types are enough for both engines: whole numbers, text
// and bytes. Flags are 0 and 1, times milliseconds since 1970; a NULL has a type as well, because PostgreSQL wants one.

import StationCore

/// A value of a statement.
enum SQLValue: Equatable, Sendable {
    case integer(Int64?)
    case text(String?)
    case bytes([UInt8]?)

    /// A flag, as 0 or 1.
    static func flag(_ flag: Bool) -> SQLValue { .integer(flag ? 1 : 0) }

    /// An instant, in milliseconds.
    static func time(_ time: WallTime?) -> SQLValue { .integer(time?.milliseconds) }

    /// A hash, as its bytes.
    static func hash(_ hash: EntryHash?) -> SQLValue { .bytes(hash?.bytes) }
}

/// A row of an answer.
struct SQLRow: Sendable {
    /// Where each column is.
    let columns: [String: Int]
    let values: [SQLValue]

    /// The value of a column.
    ///
    /// Throws: ``StoreDamage`` where the column holds nothing of this type.
    func get<Value: SQLReadable>(_ column: String) throws -> Value {
        guard let index = columns[column] else { preconditionFailure("no statement gives a column '\(column)'") }
        guard let value = Value(values[index]) else {
            throw StoreDamage(description: "a row holds something else than it should in '\(column)'")
        }
        return value
    }
}

/// What a column can be read as.
protocol SQLReadable {
    /// `nil` where the value is something else.
    init?(_ value: SQLValue)
}

extension Int64: SQLReadable {
    init?(_ value: SQLValue) {
        guard case .integer(let number?) = value else { return nil }
        self = number
    }
}

extension Int: SQLReadable {
    init?(_ value: SQLValue) {
        guard let number = Int64(value) else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: SQLReadable {
    init?(_ value: SQLValue) {
        guard let number = Int64(value) else { return nil }
        self = number != 0
    }
}

extension String: SQLReadable {
    init?(_ value: SQLValue) {
        guard case .text(let text?) = value else { return nil }
        self = text
    }
}

extension [UInt8]: SQLReadable {
    init?(_ value: SQLValue) {
        guard case .bytes(let bytes?) = value else { return nil }
        self = bytes
    }
}

extension EntryHash: SQLReadable {
    init?(_ value: SQLValue) {
        guard let bytes = [UInt8](value) else { return nil }
        self.init(stored: bytes)
    }
}

extension WallTime: SQLReadable {
    init?(_ value: SQLValue) {
        guard let milliseconds = Int64(value) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    init?(_ value: SQLValue) {
        switch value {
        case .integer(nil), .text(nil), .bytes(nil): self = .none
        case .integer, .text, .bytes:
            guard let wrapped = Wrapped(value) else { return nil }
            self = wrapped
        }
    }
}
