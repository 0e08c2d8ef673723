// Remembers what the register's documents were read as: a scan asks for the same few items, lockers and rules again and
// again. A document that is another one is read anew, so that nothing here can be out of date.

internal import Foundation
internal import StationCore

/// Documents with what they say, for one kind of them.
struct Memo<Value> {
    /// The most documents that are remembered; beyond that all are forgotten, and those that are asked for come back.
    private static var most: Int { 256 }
    private var values: [Data: Value] = [:]

    /// What a document says.
    ///
    /// Throws: what `read` throws, and JSON's errors.
    mutating func value(of document: Data, _ read: (JSON) throws -> Value) throws -> Value {
        if let value = values[document] { return value }
        let value = try read(JSON(parsing: document))
        if values.count >= Self.most { values.removeAll() }
        values[document] = value
        return value
    }
}

/// What is remembered of a register; used on the loop's thread alone.
final class DocumentMemo {
    var borrowers = Memo<Borrower>()
    var bookings = Memo<Booking>()
    var items = Memo<Item>()
    var lockers = Memo<Locker>()
    var policies = Memo<Policy>()
}
