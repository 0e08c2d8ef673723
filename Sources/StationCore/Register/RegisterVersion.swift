// Which state of the pool's register a station has.

/// A version of the register: a number that counts up within one incarnation of the pool's database.
public struct RegisterVersion: Hashable, Sendable, CustomStringConvertible {
    /// Which life of the pool's database counts; another one after a restore from a backup.
    public var incarnation: String
    /// The number within that life, from 1.
    public var number: UInt64

    /// A version; the incarnation has an identifier's shape.
    public init?(incarnation: String, number: UInt64) {
        guard Identifier<RegisterVersion>(incarnation) != nil, number <= UInt64(JSON.maximumInteger) else { return nil }
        self.incarnation = incarnation
        self.number = number
    }

    /// A version from its text, `INCARNATION/NUMBER`.
    public init?(_ text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let number = UInt64(halves[1]), String(number) == halves[1] else { return nil }
        self.init(incarnation: String(halves[0]), number: number)
    }

    /// The text that ``init(_:)`` reads: `INCARNATION/NUMBER`.
    public var description: String { "\(incarnation)/\(number)" }
}
