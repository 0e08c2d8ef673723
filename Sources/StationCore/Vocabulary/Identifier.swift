// Identifiers of the things the pool and its stations speak about. One shape for all of them, one type for each:
// a locker's identifier can't be passed where an item's is meant.

/// The name of one `Subject` in the pool: 1 to 64 ASCII letters, digits, `.`, `_` or `-`, starting with a letter
/// or digit. It is safe in a file name, a URL's path, a log and a terminal.
public struct Identifier<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier as text.
    public let text: String

    /// An identifier, or `nil` where the text does not have an identifier's shape.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, first.isASCIILetterOrDigit,
            bytes.allSatisfy({ $0.isASCIILetterOrDigit || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d })
        else { return nil }
        self.text = text
    }

    /// The identifier as text.
    public var description: String { text }

    /// By the text's characters, so that lists have one order everywhere.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// The name of a borrower in the pool: a pseudonym, never a card's number.
public typealias BorrowerID = Identifier<Borrower>
/// The name of a member of staff in the pool: a pseudonym.
public typealias StaffID = Identifier<Staff>
/// The name under which an admin acts: an account or a token's name, no person's civil name.
public typealias AdminID = Identifier<Admin>
/// The name of a booking.
public typealias BookingID = Identifier<Booking>
/// The name of an item.
public typealias ItemID = Identifier<Item>
/// The name of a locker within its station.
public typealias LockerID = Identifier<Locker>
/// The name of a station within its pool.
public typealias StationID = Identifier<Station>

/// One lending point: board, scanner, lockers, lamps. Only its identifier exists in the core.
public enum Station {}

extension UInt8 {
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var isASCIIUppercase: Bool { (0x41...0x5a).contains(self) }
    var isASCIILetter: Bool { isASCIIUppercase || (0x61...0x7a).contains(self) }
    var isASCIILetterOrDigit: Bool { isASCIIDigit || isASCIILetter }
}
