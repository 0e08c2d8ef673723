// How values travel to PostgreSQL and back: in its binary forms, as its own sources have them (`int8send`, `array_send`).
// A number is eight bytes, the highest first; text and bytes are themselves.

import CPostgres
import StationCore

/// The numbers by which PostgreSQL knows its types (`pg_type.dat`).
private enum TypeNumber {
    static let (flag, bytes, integer, small, whole, text): (Oid, Oid, Oid, Oid, Oid, Oid) = (16, 17, 20, 21, 23, 25)
    static let (bytesArray, integerArray, textArray): (Oid, Oid, Oid) = (1001, 1016, 1009)
}

extension SQLValue {
    fileprivate var type: (single: Oid, array: Oid) {
        switch self {
        case .integer: (TypeNumber.integer, TypeNumber.integerArray)
        case .text: (TypeNumber.text, TypeNumber.textArray)
        case .bytes: (TypeNumber.bytes, TypeNumber.bytesArray)
        }
    }
}

/// The parameters of a statement, in one piece of memory.
struct PostgresParameters {
    /// Their types.
    private(set) var types: [Oid] = []
    private var memory: [UInt8] = []
    /// Where each one is; `nil` for NULL.
    private var ranges: [Range<Int>?] = []

    /// Single values.
    init(_ values: [SQLValue]) {
        for value in values {
            types.append(value.type.single)
            let start = memory.count
            ranges.append(append(value) ? start..<memory.count : nil)
        }
    }

    /// Columns of values, each of one type, as arrays.
    init(columns: [[SQLValue]]) {
        for column in columns {
            guard let type = column.first?.type else { preconditionFailure("an array needs a value for its type") }
            types.append(type.array)
            let start = memory.count
            // One dimension, with NULLs or without, of this type, so many from 1 on.
            for word in [1, 1, Int32(type.single), Int32(column.count), 1] { append(word) }
            for value in column {
                precondition(value.type.single == type.single, "all values of a column have its type")
                let place = memory.count
                append(Int32(-1))
                guard append(value) else { continue }
                let length = UInt32(memory.count - place - 4)
                for byte in 0..<4 { memory[place + byte] = UInt8(truncatingIfNeeded: length >> (24 - 8 * byte)) }
            }
            ranges.append(start..<memory.count)
        }
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { memory.append(contentsOf: $0) }
    }

    /// Appends a value; says whether there was one.
    private mutating func append(_ value: SQLValue) -> Bool {
        switch value {
        case .integer(let number?): append(number)
        case .bytes(let bytes?): memory.append(contentsOf: bytes)
        case .text(let text?):
            // PostgreSQL's text can't hold U+0000. What a station sends must not block those behind it, so the sign for
            // what can't be shown stands in.
            if text.utf8.contains(0) {
                memory.append(contentsOf: text.replacing("\0", with: "\u{fffd}").utf8)
            } else {
                memory.append(contentsOf: text.utf8)
            }
        case .integer(nil), .bytes(nil), .text(nil): return false
        }
        return true
    }

    /// Calls C with pointers into the memory, lengths and formats (1 is binary). libpq copies what they lead to before it
    /// returns, so they need not live longer.
    func withPointers<Result>(_ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Result) -> Result {
        // A byte more, so that an empty value has an address as well: nil would be NULL.
        (memory + [0]).withUnsafeBytes { memory in
            let base = memory.assumingMemoryBound(to: CChar.self).baseAddress
            return body(
                ranges.map { range in range.flatMap { range in base.map { $0 + range.lowerBound } } },
                ranges.map { Int32($0?.count ?? 0) }, ranges.map { _ in 1 })
        }
    }
}

/// What the server answered to one statement.
struct PostgresAnswer: ~Copyable {
    private let result: OpaquePointer

    /// Takes over a result of libpq's, and frees it at the end.
    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    /// The answer, where it is none of an error.
    ///
    /// Throws: ``PostgresError``
    consuming func checked() throws -> PostgresAnswer {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return self
        default: throw PostgresError(result: result)
        }
    }

    /// What the server says it did.
    var command: String { String(cString: PQcmdStatus(result)) }

    /// How many rows the statement changed.
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// The rows.
    ///
    /// Throws: ``StoreDamage`` where one is of a type that the pool has no use for.
    func rows() throws -> [SQLRow] {
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        let names = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        let columns = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        return try (0..<PQntuples(result)).map { row in
            SQLRow(
                columns: columns,
                values: try types.enumerated().map { try value(row, Int32($0), $1) })
        }
    }

    private func value(_ row: Int32, _ column: Int32, _ type: Oid) throws -> SQLValue {
        // The memory is the result's, which outlives this call.
        let start = UnsafeRawPointer(PQgetvalue(result, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        let isNull = PQgetisnull(result, row, column) == 1
        switch type {
        case TypeNumber.integer, TypeNumber.whole, TypeNumber.small, TypeNumber.flag:
            guard !isNull, let first = bytes.first else { return .integer(nil) }
            let sign: Int64 = type != TypeNumber.flag && first & 0x80 != 0 ? -1 : 0
            return .integer(bytes.reduce(sign) { $0 << 8 | Int64($1) })
        case TypeNumber.text: return .text(isNull ? nil : String(decoding: bytes, as: UTF8.self))
        case TypeNumber.bytes: return .bytes(isNull ? nil : Array(bytes))
        default:
            throw StoreDamage(description: "a row holds a type of PostgreSQL's that the pool has no use for: \(type)")
        }
    }
}
