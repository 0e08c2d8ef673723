// How an entry of the journal is named: by the epoch of its journal and its sequence in it.

/// The life of one journal file. A new journal starts a new epoch, so that entries of a restored or replaced
/// memory card can never be taken for the ones they follow.
public struct Epoch: Hashable, Sendable, CustomStringConvertible {
    /// 64 random bits.
    public let number: UInt64

    /// The epoch with the given random number.
    public init(_ number: UInt64) { self.number = number }

    /// An epoch from its text: 16 lower-case hex digits.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ $0.isASCIIDigit || (0x61...0x66).contains($0) }),
            let number = UInt64(text, radix: 16)
        else { return nil }
        self.number = number
    }

    /// 16 lower-case hex digits.
    public var description: String {
        hexadecimal((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) })
    }
}

/// The name of one entry: `EPOCH-SEQUENCE`.
public struct EntryNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The journal's epoch.
    public var epoch: Epoch
    /// The place in the epoch, from 1, without holes; at most 999 999 999 999.
    public var sequence: UInt64

    /// How many digits a sequence is written with, so that text order is number order.
    public static let sequenceDigits = 12
    /// The highest sequence that its text form can hold: a century of ten entries a second is a third of it.
    public static let maximumSequence: UInt64 = 999_999_999_999

    /// The entry at a place in an epoch.
    public init(epoch: Epoch, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// A number from its text, or `nil` where it is not of the form ``description`` writes.
    public init?(_ text: String) {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, let epoch = Epoch(halves[0]),
            let sequence = EntryNumber.sequence(from: String(halves[1]))
        else { return nil }
        self.init(epoch: epoch, sequence: sequence)
    }

    /// The sequence with leading zeros, as the CloudEvents sequence extension wants it.
    public var sequenceText: String { padded(Int(sequence), Self.sequenceDigits) }

    /// `EPOCH-SEQUENCE`, the `id` of the entry as a CloudEvent.
    public var description: String { "\(epoch)-\(sequenceText)" }

    /// A sequence from its zero-padded text.
    static func sequence(from text: String) -> UInt64? {
        guard text.utf8.count == sequenceDigits, text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        return UInt64(text)
    }

    /// By sequence within an epoch; epochs have no order of their own, their numbers only make sorting stable.
    public static func < (left: Self, right: Self) -> Bool {
        (left.epoch.number, left.sequence) < (right.epoch.number, right.sequence)
    }
}
