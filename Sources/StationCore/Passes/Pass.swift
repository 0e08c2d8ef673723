// A pass: a booking as a signed code that a station checks without a network. It names its station, what is booked and the
// borrower by *marks*, which tell nobody who finds it anything; its *nonce* is what makes it count once.
// `docs/passes.md` has the layout, for other implementations.

/// The number that makes a pass one of its kind: 64 random bits that the pool draws for it.
public struct PassNonce: Hashable, Sendable, CustomStringConvertible {
    /// The bits.
    public let bits: UInt64

    /// A nonce of these bits.
    public init(_ bits: UInt64) { self.bits = bits }

    /// A nonce from the text that ``description`` writes, or `nil`.
    public init?(_ text: String) {
        guard let bits = UInt64(text, radix: 16), PassNonce(bits).description == text else { return nil }
        self.bits = bits
    }

    /// 16 lower-case hex digits.
    public var description: String { hexadecimal(bytes) }

    /// The 8 bytes, most significant first.
    var bytes: [UInt8] { bits.bigEndianBytes }
}

/// What stands for a name in one pass: 8 bytes of a hash that differ from pass to pass.
public struct PassMark: Hashable, Sendable {
    /// How many bytes a mark has.
    static let byteCount = 8
    let bytes: [UInt8]

    /// The mark of a name in a pass; `role` says what is called so.
    init(_ role: String, _ name: String, nonce: PassNonce) {
        let text = Array("milastation pass name v1\n\(role)\n".utf8) + nonce.bytes + Array(name.utf8)
        bytes = Array(EntryHash(of: text).bytes.prefix(Self.byteCount))
    }

    init(verified bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }
}

/// A booking in the form in which a station checks it.
public struct Pass: Equatable, Sendable {
    /// What can be booked.
    public enum Resource: Hashable, Sendable {
        /// An item; of equals, one of them.
        case item(ItemID)
        /// Any item of a category.
        case category(String)
        /// A locker with the one kind of item that lives in it. A room is a locker whose door is held.
        case locker(LockerID)
    }

    /// What kind of thing is booked; the raw value is its number in the pass.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case item = 1
        case category = 2
        case locker = 3
    }

    /// Which of the pool's keys signs it: ``NoteKey/identifier``, 4 bytes.
    public let keyID: [UInt8]
    /// What makes it one of its kind.
    public let nonce: PassNonce
    /// What kind of thing is booked.
    public let kind: Kind
    /// When it begins to count, in whole seconds.
    public let from: WallTime
    /// When it counts no longer, in whole seconds, later than ``from``.
    public let until: WallTime
    /// The booking's name in the pool, at most ``maximumBookingBytes`` long.
    public let booking: BookingID
    let station: PassMark
    let resource: PassMark
    let borrower: PassMark

    /// The most bytes that a booking's name may have in a pass, so that its text fits into a line of the scanner.
    public static let maximumBookingBytes = 40
    /// The times that a pass can say: from 1970 to 2106.
    public static let times =
        WallTime(milliseconds: 0)...WallTime(milliseconds: Int64(UInt32.max) * 1000)

    /// A pass for a booking; its times are cut to whole seconds.
    ///
    /// - Parameters:
    ///   - key: the pool's key that will sign it.
    ///   - nonce: drawn for this pass, and for no other.
    ///
    /// Returns `nil` where the booking's name is too long, a time is not within ``times``, or not a second is left between
    /// them.
    public init?(
        key: NoteKey, nonce: PassNonce, station: StationID, resource: Resource, borrower: BorrowerID, from: WallTime,
        until: WallTime, booking: BookingID
    ) {
        guard Self.times.contains(from), Self.times.contains(until),
            from.milliseconds / 1000 < until.milliseconds / 1000,
            booking.text.utf8.count <= Self.maximumBookingBytes
        else { return nil }
        keyID = key.identifier
        self.nonce = nonce
        (kind, self.resource) = (resource.kind, resource.mark(nonce))
        self.station = PassMark("station", station.text, nonce: nonce)
        self.borrower = PassMark("borrower", borrower.text, nonce: nonce)
        self.from = WallTime(milliseconds: from.milliseconds / 1000 * 1000)
        self.until = WallTime(milliseconds: until.milliseconds / 1000 * 1000)
        self.booking = booking
    }

    /// A pass as it was read.
    init(
        keyID: [UInt8], nonce: PassNonce, station: PassMark, kind: Kind, resource: PassMark, borrower: PassMark,
        from: WallTime, until: WallTime, booking: BookingID
    ) {
        (self.keyID, self.nonce, self.station) = (keyID, nonce, station)
        (self.kind, self.resource, self.borrower) = (kind, resource, borrower)
        (self.from, self.until, self.booking) = (from, until, booking)
    }

    /// Whether it counts at a station.
    public func isFor(_ station: StationID) -> Bool { PassMark("station", station.text, nonce: nonce) == self.station }

    /// Whether this is what is booked.
    public func isFor(_ resource: Resource) -> Bool { resource.kind == kind && resource.mark(nonce) == self.resource }

    /// Whether this is who booked.
    public func isFor(_ borrower: BorrowerID) -> Bool {
        PassMark("borrower", borrower.text, nonce: nonce) == self.borrower
    }
}

extension Pass.Resource {
    /// What kind of thing it is.
    public var kind: Pass.Kind {
        switch self {
        case .item: .item
        case .category: .category
        case .locker: .locker
        }
    }

    fileprivate func mark(_ nonce: PassNonce) -> PassMark {
        switch self {
        case .item(let item): PassMark("item", item.text, nonce: nonce)
        case .category(let category): PassMark("category", category, nonce: nonce)
        case .locker(let locker): PassMark("locker", locker.text, nonce: nonce)
        }
    }
}

extension FixedWidthInteger {
    /// The bytes, most significant first.
    var bigEndianBytes: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
    }

    /// A number from its bytes, most significant first.
    init(bigEndianBytes bytes: some Collection<UInt8>) { self = bytes.reduce(0) { $0 << 8 | Self($1) } }
}
