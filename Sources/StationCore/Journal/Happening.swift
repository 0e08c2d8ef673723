// What an entry of the journal can say. One case for each kind; what a case carries is all that the kind's
// CloudEvents data holds.

/// One thing that happened at the station.
public enum Happening: Equatable, Sendable {
    /// The first entry of every journal: why there is a new one, and what it follows.
    case epochOpened(EpochReason, program: String, predecessor: ClosedEpoch?)
    /// The program started.
    case stationStarted(program: String)
    /// The program was told to stop and did.
    case stationStopped
    /// A loan began: the borrower may have the item. Where `opening` is `nil` and there is a locker, this very
    /// entry is the order to open it; else the item comes out of a door that `opening` opened already.
    case checkoutBegun(item: ItemID, borrower: BorrowerID, locker: LockerID?, due: WallTime, opening: EntryNumber?)
    /// A loan began with a pass: it counts as used from now on, unless the loan comes to nothing. `until` is when it would
    /// have counted no longer.
    case passAccepted(PassNonce, booking: BookingID, loan: EntryNumber, until: WallTime)
    /// The item left the station as far as doors can tell.
    case checkoutCompleted(Errand, DoorReport?, content: Content?)
    /// The item stayed: the loan is void.
    case checkoutFailed(Errand, OpeningFailure, content: Content?)
    /// The borrower brings the item back; opens a door as in ``checkoutBegun(item:borrower:locker:due:opening:)``.
    case returnBegun(loan: EntryNumber, item: ItemID, locker: LockerID?, opening: EntryNumber?, isReported: Bool)
    /// The item is back; the loan is over.
    case returnCompleted(Errand, DoorReport?, content: Content?)
    /// Somebody without the borrower's card brought the item back, as they say: the loan goes on until staff have looked.
    case returnReported(Errand, DoorReport?, content: Content?)
    /// Staff have seen that a reported item is back; the loan is over.
    case returnConfirmed(loan: EntryNumber, item: ItemID, locker: LockerID?, staff: StaffID)
    /// Something that lives at another station was left here, with the borrower where a card was scanned.
    case itemReceived(item: ItemID, BorrowerID?)
    /// The item did not get in; the loan goes on.
    case returnFailed(Errand, OpeningFailure, content: Content?)
    /// The loan lasts longer.
    case loanRenewed(loan: EntryNumber, item: ItemID, due: WallTime)
    /// Staff agree to a loan that needs it, with the deposit they took, in cents.
    case loanApproved(item: ItemID, depositCents: Int, staff: StaffID)
    /// The borrower says which parts of an item are missing, counted from 1; none where all are there.
    case partsChecked(loan: EntryNumber, item: ItemID, Errand.Purpose, missing: [Int])
    /// Somebody says in what state an item is; `loan` where it was lent then.
    case conditionReported(item: ItemID, Condition, loan: EntryNumber?)
    /// Staff have looked at the item: it is sound.
    case itemChecked(item: ItemID, staff: StaffID)
    /// Staff put an item into a locker, which is its place until the register, which says `registered`, says otherwise.
    case itemPlaced(item: ItemID, locker: LockerID, registered: LockerID?, staff: StaffID)
    /// Staff or an admin open a locker: this very entry is the order to open it.
    case serviceBegun(locker: LockerID, by: Attendant)
    /// The locker was opened for them.
    case serviceCompleted(Errand, DoorReport?)
    /// The locker did not open for them.
    case serviceFailed(Errand, OpeningFailure)
    /// A locker was taken out of service.
    case serviceSuspended(locker: LockerID, by: Attendant)
    /// A locker was put back into service.
    case serviceResumed(locker: LockerID, by: Attendant)
    /// Staff entered the right PIN.
    case staffSignedIn(StaffID)
    /// Staff left, or were signed out.
    case staffSignedOut(StaffID)
    /// A wrong PIN was entered.
    case pinRefused(Person)
    /// Staff looked through the stock: what is missing, or is here though it should not be.
    case stockTaken(staff: StaffID, found: Int)
    /// An item that should be here and was not found, or the other way round.
    case stockDiffers(item: ItemID, StockDifference)
    /// Staff gave a borrower another card, known by the SHA-256 of its code: all earlier ones end.
    case cardReplaced(BorrowerID, card: EntryHash)
    /// Staff propose a borrower with this card to the pool.
    case borrowerProposed(card: EntryHash, staff: StaffID)
    /// Staff propose an item with this label to the pool.
    case itemProposed(label: String, staff: StaffID)
    /// What the door did is not known: the loan stands, nobody gets the locker until someone has looked.
    case outcomeUnknown(Errand)
    /// The station said no, and why.
    case refused(Refusal, item: ItemID?, locker: LockerID?)
    /// Somebody looked into a locker.
    case contentChecked(locker: LockerID, Content, by: Attendant)
    /// What a locker holds is in doubt from now on: the journal that knew it is gone, or staff left the door open.
    case contentDoubted(locker: LockerID)
    /// A door opened that nobody asked to open: what is behind it is in doubt.
    case doorOpenedUnasked(locker: LockerID, at: WallTime)
    /// A door that was left open latched at last.
    case doorLatchedLate(locker: LockerID, at: WallTime)
    /// The door of an opening stayed shut: this very entry is the order for a second pulse.
    case pulseRepeated(locker: LockerID, opening: EntryNumber)
    /// Whoever has the room of a locker comes in again: this very entry is the order to hold its door.
    case holdBegun(loan: EntryNumber, item: ItemID, locker: LockerID)
    /// A door that was held by the order of an entry is locked again.
    case holdEnded(locker: LockerID, opening: EntryNumber, HoldEnd)
    /// A door's sensor changes too fast to be believed: the door works as one without.
    case sensorDistrusted(locker: LockerID)
    /// The sensor is quiet again.
    case sensorTrusted(locker: LockerID)
    /// Somebody pressed an emergency stop, called so in the configuration. The wiring cut the power; software only hears of it.
    case emergencyStopPressed(name: String)
    /// The emergency stop was released.
    case emergencyStopReleased(name: String)
    /// A line of the locker can't be used.
    case lockerOutOfService(locker: LockerID, reason: String)
    /// The locker's lines work again.
    case lockerInService(locker: LockerID)
    /// The guard answers.
    case guardJoined
    /// The guard is gone, or does not answer.
    case guardLost
    /// The register was brought to a version of the pool's.
    case registerApplied(RegisterVersion)
}

/// A person whom an entry is about, to be disclosed beside it and never in it.
public enum Person: Hashable, Sendable {
    case borrower(BorrowerID)
    case staff(StaffID)
    case admin(AdminID)
}

/// How stock differs from what the register and the journal say.
public enum StockDifference: String, CaseIterable, Sendable {
    /// It should be here.
    case missing
    /// It is here, though it is on loan.
    case onLoan = "on-loan"
    /// There are more of it than there should be.
    case tooMany = "too-many"
    /// It is here, though it lives at another station.
    case foreign
}

/// What a trip to a door is for.
public struct Errand: Hashable, Sendable {
    /// What somebody wants.
    public enum Purpose: String, CaseIterable, Sendable {
        /// The borrower takes the item.
        case checkout
        /// The borrower brings it back.
        case giveBack = "return"
        /// Somebody brings it back without the borrower's card.
        case report
        /// Staff or an admin look into the locker.
        case service
    }

    /// What somebody wants.
    public var purpose: Purpose
    /// The entry that ordered the door to open; for a checkout behind a door of its own this is the loan's number.
    public var opening: EntryNumber
    /// The loan that begins or ends; for a service, which has none, the entry that ordered the door to open.
    public var loan: EntryNumber
    /// The item; `nil` for a service.
    public var item: ItemID?
    /// The locker; `nil` for the open shelf.
    public var locker: LockerID?

    /// An errand; see the properties.
    public init(purpose: Purpose, opening: EntryNumber, loan: EntryNumber, item: ItemID?, locker: LockerID?) {
        self.purpose = purpose
        self.opening = opening
        self.loan = loan
        self.item = item
        self.locker = locker
    }
}

/// What the door did, and how that is known.
public struct DoorReport: Equatable, Sendable {
    /// Whether a sensor saw it, or the station only knows what it commanded.
    public enum Basis: String, CaseIterable, Sendable { case sensed, assumed }

    /// When it opened.
    public var opened: WallTime
    /// When it latched; `nil` where it was left open, or where no sensor tells.
    public var latched: WallTime?
    /// How this is known.
    public var basis: Basis

    /// A report; see the properties.
    public init(opened: WallTime, latched: WallTime?, basis: Basis) {
        self.opened = opened
        self.latched = latched
        self.basis = basis
    }
}

/// Why an errand came to nothing.
public enum OpeningFailure: String, CaseIterable, Sendable {
    /// The sensor saw no opening after the pulse.
    case didNotOpen = "did-not-open"
    /// The guard carried nothing out.
    case refusedByGuard = "refused-by-guard"
    /// The guard went away before it was asked.
    case guardLost = "guard-lost"
    /// The borrower took it back.
    case cancelled
    /// The door was never latched, so nobody knows what is behind it.
    case leftOpen = "left-open"
}

/// Why a door is no longer held.
public enum HoldEnd: String, CaseIterable, Sendable {
    /// Its time was over.
    case elapsed
    /// The room was given back.
    case returned
    /// Staff took the locker out of service.
    case suspended
    /// The guard went away, the line failed, or the door was never held.
    case cutShort = "cut-short"
}

/// What is in a locker, as far as anyone knows.
public enum Content: String, CaseIterable, Sendable {
    case empty
    case holds
    /// In doubt: the locker is not handed to the next person until someone has looked (rule S7).
    case unverified
}

/// Why there is a new journal.
public enum EpochReason: String, CaseIterable, Sendable {
    /// The station had none.
    case first
    /// The old one could not be read and was put aside.
    case quarantined
    /// The pool showed that it has another history of the old one, which was copied or restored.
    case forked

    /// Whether nobody knows what is in the lockers then: the books went with the old journal.
    public var leavesDoubt: Bool {
        switch self {
        case .first: false
        case .quarantined, .forked: true
        }
    }
}

/// The journal that a new one follows, as far as it is known.
public struct ClosedEpoch: Equatable, Sendable {
    /// The last entry that could be read.
    public var number: EntryNumber
    /// Its hash.
    public var hash: EntryHash

    /// The end of a closed journal.
    public init(number: EntryNumber, hash: EntryHash) {
        self.number = number
        self.hash = hash
    }
}
