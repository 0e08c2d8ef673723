// Short ways to write identifiers, times and hashes in tests. What is no identifier or time is our own mistake.

@testable import StationCore

extension Identifier {
    static func of(_ text: String) -> Self {
        guard let identifier = Self(text) else { preconditionFailure("'\(text)' is no identifier") }
        return identifier
    }
}

extension WallTime {
    static func of(_ iso8601: String) -> WallTime {
        guard let time = WallTime(iso8601: iso8601) else { preconditionFailure("'\(iso8601)' is no time") }
        return time
    }
}

extension LendingRule {
    /// A rule that sets some terms.
    static func of(category: String? = nil, group: String? = nil, _ change: (inout LendingTerms) -> Void) -> LendingRule
    {
        var terms = LendingTerms()
        change(&terms)
        return LendingRule(category: category, group: group, terms: terms)
    }
}

extension Booking {
    static func of(
        _ id: String, _ borrower: Borrower, _ item: Item, from start: WallTime, hours: Int64
    ) -> Booking {
        let until = start.adding(milliseconds: hours * 3_600_000)
        guard let booking = Booking(id: .of(id), borrower: borrower.id, item: item.id, from: start, until: until) else {
            preconditionFailure("a booking of \(hours) hours")
        }
        return booking
    }
}

extension Salt {
    /// A salt of one repeated byte: told apart by the byte, and never unpredictable.
    static func of(_ byte: UInt8) -> Salt {
        guard let salt = Salt([UInt8](repeating: byte, count: byteCount)) else {
            preconditionFailure("a salt has \(byteCount) bytes")
        }
        return salt
    }
}

extension HouseCode {
    /// The first code of a kind whose body starts so and has a check character that may be printed.
    static func of(_ kind: Kind, _ start: String) -> HouseCode {
        let count = kind.isSecret ? secretBodyCount : start.count + 1
        for filler in alphabet {
            let body = start + String(repeating: filler, count: count - start.count)
            if let code = HouseCode(kind: kind, body: body) { return code }
        }
        preconditionFailure("no \(kind) starts with '\(start)'")
    }
}

extension DeskEvent {
    /// An admin says what somebody has seen in a locker.
    static func contentChecked(_ locker: LockerID, _ content: Content) -> DeskEvent {
        .ordered(AdminOrder(.found(content), locker, by: .of("town-hall"), because: nil))
    }
}

/// The text of bytes that ought to be UTF-8.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
