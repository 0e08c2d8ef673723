// What the books say of passes: how often each was tried, and what came of it. A pass counts as used from the commit that
// begins its loan; only a loan that came to nothing, which is an entry too, lets it count again.

/// What became of a pass.
public struct PassUse: Equatable, Sendable {
    /// How often a loan was begun with it, 1 or more.
    public var attempts: Int
    /// The loan that it was used for; `nil` where the last one came to nothing.
    public var loan: EntryNumber?
    /// When it counts no longer.
    public var until: WallTime

    /// How often a pass may be tried before somebody has to look.
    public static let maximumAttempts = 3

    /// What became of a pass; see the properties.
    public init(attempts: Int, loan: EntryNumber?, until: WallTime) {
        (self.attempts, self.loan, self.until) = (attempts, loan, until)
    }
}

/// The passes that were tried.
public struct PassBook: Equatable, Sendable {
    /// What became of each.
    public private(set) var uses: [PassNonce: PassUse]

    /// How many milliseconds a pass is remembered after it counts no longer. A clock that was set right again may be behind
    /// one that was not.
    private static let keptMilliseconds: Int64 = 90 * 86_400_000

    /// A book of passes.
    public init(uses: [PassNonce: PassUse] = [:]) { self.uses = uses }

    /// Passes that ended before this time are forgotten at a time.
    public static func forgotten(at time: WallTime) -> WallTime { time.adding(milliseconds: -keptMilliseconds) }

    /// Notes that a loan began with a pass.
    ///
    /// - Parameter time: when, where the clock was synchronised: passes that ended long ago are forgotten then.
    public mutating func note(_ nonce: PassNonce, loan: EntryNumber, until: WallTime, at time: WallTime?) {
        if let time { uses = uses.filter { $0.value.until >= Self.forgotten(at: time) } }
        uses[nonce] = PassUse(attempts: (uses[nonce]?.attempts ?? 0) + 1, loan: loan, until: until)
    }

    /// Notes that a loan came to nothing.
    public mutating func leave(_ loan: EntryNumber) {
        for (nonce, use) in uses where use.loan == loan { uses[nonce]?.loan = nil }
    }
}
