// What is known around a pass that was scanned: looked up by the shell, decided on by the desk.

/// What is known of a pass at the moment of the decision.
public struct PassFacts: Equatable, Sendable {
    /// Whether the pool has signed it.
    public enum Signature: Equatable, Sendable {
        /// It has.
        case right
        /// The station knows no such key as the pass names.
        case ofUnknownKey
        /// The key that the pass names has not signed it.
        case wrong
    }

    /// What it says.
    public var pass: Pass
    /// Whether the pool has signed it; all else counts only where it has.
    public var signature: Signature
    /// Whether it is for this station; all that follows counts only where it is.
    public var isForThisStation: Bool
    /// Whether the pool has taken it back.
    public var isRevoked: Bool
    /// What became of it; `nil` where it was not tried.
    public var use: PassUse?
    /// Whose it is, where the register has them.
    public var borrower: BorrowerFacts?
    /// What it may be for at this station.
    public var items: [ItemFacts]
    /// The time up to which passes may have been used without the journal knowing; `nil` where it knows of all.
    public var unknownBefore: WallTime?

    /// Facts about a pass; see the properties.
    public init(
        pass: Pass, signature: Signature, isForThisStation: Bool = true, isRevoked: Bool = false, use: PassUse? = nil,
        borrower: BorrowerFacts? = nil, items: [ItemFacts] = [], unknownBefore: WallTime? = nil
    ) {
        self.pass = pass
        self.signature = signature
        self.isForThisStation = isForThisStation
        self.isRevoked = isRevoked
        self.use = use
        self.borrower = borrower
        self.items = items
        self.unknownBefore = unknownBefore
    }
}

extension PassFacts {
    /// Why the pass does not count, whatever it is for; and when it begins or ended, where that is why.
    func refusal(at moment: Moment) -> (reason: Refusal, when: WallTime?)? {
        switch signature {
        case .right: break
        case .ofUnknownKey: return (.passOfUnknownKey, nil)
        case .wrong: return (.passForged, nil)
        }
        if !isForThisStation { return (.passOfOtherStation, nil) }
        if isRevoked { return (.passRevoked, nil) }
        if moment.quality == .unknown { return (.passClockUnknown, nil) }
        if moment.wall < pass.from { return (.passTooEarly, pass.from) }
        if moment.wall >= pass.until { return (.passTooLate, pass.until) }
        return nil
    }

    /// The items that the pass may be for, each as it is for the pass: the pool has booked it for this time, whether the register
    /// says so already or still knows of somebody else. What others have booked for later counts.
    ///
    /// Of a category nobody was promised this one or that: the one that the pool keeps comes first, and what others have
    /// booked stays theirs. It does so too where the borrower has fetched something of it already, by card, say.
    func candidates(for borrower: BorrowerID) -> [ItemFacts] {
        let isFetched = items.contains { $0.loans.contains { $0.borrower == borrower } }
        let isPromised = pass.kind != .category && !isFetched
        let kept = items.filter { $0.bookings.contains { $0.id == pass.booking } }
        let others = items.filter { item in !kept.contains { $0.item.id == item.item.id } }
        return (kept + others).map { booked($0, for: borrower, isPromised: isPromised) }
    }

    private func booked(_ item: ItemFacts, for borrower: BorrowerID, isPromised: Bool) -> ItemFacts {
        var item = item
        item.bookings.removeAll {
            $0.id == pass.booking || isPromised && $0.borrower != borrower && $0.from < pass.until
        }
        let own = Booking(
            id: pass.booking, borrower: borrower, item: item.item.id, from: pass.from, until: pass.until)
        item.bookings += own.map { [$0] } ?? []
        return item
    }
}
