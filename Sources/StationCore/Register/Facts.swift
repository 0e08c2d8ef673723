// What is known about a scan at the moment of the decision: looked up by the shell, decided on by the desk. Facts
// say what is; they never say what may be done.

/// All that the desk needs to know to answer one event.
public struct Facts: Equatable, Sendable {
    /// What the scanned code means.
    public var subject: Subject
    /// What is known now of the borrower whose session is open; `nil` where there is none, or none any more.
    public var serving: BorrowerFacts?
    /// What is known now of the item that the desk waits for an answer about.
    public var pending: ItemFacts?
    /// What counts at the station now.
    public var house: HouseFacts

    /// Facts about a scan.
    public init(
        _ subject: Subject, serving: BorrowerFacts? = nil, pending: ItemFacts? = nil, house: HouseFacts = HouseFacts()
    ) {
        self.subject = subject
        self.serving = serving
        self.pending = pending
        self.house = house
    }

    /// For events that are no scan.
    public static let none = Facts(.nothing)
}

/// What counts at the station: the pool's rules, and how fresh the pool's word is.
public struct HouseFacts: Equatable, Sendable {
    /// The rules of lending.
    public var policy: Policy
    /// Whether the pool answered lately.
    public var isPoolInReach: Bool
    /// When the pool last confirmed the register; `nil` where it never did.
    public var confirmed: WallTime?

    /// Facts about the house.
    public init(policy: Policy = Policy(), isPoolInReach: Bool = true, confirmed: WallTime? = nil) {
        self.policy = policy
        self.isPoolInReach = isPoolInReach
        self.confirmed = confirmed
    }
}

/// What a scanned line means.
public enum Subject: Equatable, Sendable {
    /// The event is no scan.
    case nothing
    /// A borrower's card.
    case borrower(BorrowerFacts)
    /// An item's label.
    case item(ItemFacts)
    /// A locker's label, with the items that live in it.
    case locker(Locker, items: [ItemFacts])
    /// A badge of the staff.
    case staffBadge(StaffFacts)
    /// Something asked of the station itself, with what is to be read out for it.
    case command(Command, [Report])
    /// The wish to be spoken to in a language.
    case language(Language)
    /// A number that answers a question of the desk.
    case number(Int)
    /// A PIN was entered.
    case pin(PINAnswer)
    /// A pass, with what is known around it.
    case pass(PassFacts)
    /// A pass that can't be read.
    case brokenPass
    /// A code to be registered, because staff asked for it.
    case newCode(NewCode)
    /// A code that nobody knows. It is not kept.
    case unknown
    /// A house code whose check character is wrong.
    case mistyped
    /// Bytes that are no code.
    case unreadable
    /// A code that the register knows, as a keyboard in another layout types it.
    case wrongLayout
    /// The register or the journal could not be asked (rule S6: undecidable is a refusal).
    case undecidable
}

/// What comes of a PIN.
public enum PINAnswer: Equatable, Sendable {
    /// It is the card's.
    case right
    /// It is not; so many wrong ones came in a row, this one included.
    case wrong(failures: Int)
    /// Nobody looked at it: it came before the wait was over.
    case tooSoon
}

/// What is known of a borrower.
public struct BorrowerFacts: Equatable, Sendable {
    /// The borrower as the register has them.
    public var borrower: Borrower
    /// The borrower's open loans at this station.
    public var loans: [Loan]
    /// What is lent, as far as the register still has it.
    public var items: [ItemID: Item]
    /// The card that was scanned; `nil` where none was just now.
    public var card: CardFacts?

    /// Facts about a borrower.
    public init(
        borrower: Borrower, loans: [Loan] = [], items: [ItemID: Item] = [:], card: CardFacts? = nil
    ) {
        self.borrower = borrower
        self.loans = loans
        self.items = items
        self.card = card
    }
}

/// What is known of the card or badge that was scanned. Its code is not among it.
public struct CardFacts: Equatable, Sendable {
    /// What it is known by.
    public var digest: CardDigest
    /// Whether it has a PIN.
    public var hasPIN: Bool
    /// Whether its code can't be guessed or counted up: a house code.
    public var isStrong: Bool
    /// How many wrong PINs came in a row.
    public var failures: Int

    /// Facts about a card.
    public init(digest: CardDigest, hasPIN: Bool, isStrong: Bool = true, failures: Int = 0) {
        self.digest = digest
        self.hasPIN = hasPIN
        self.isStrong = isStrong
        self.failures = failures
    }
}

/// What is known of a member of staff whose badge was scanned.
public struct StaffFacts: Equatable, Sendable {
    /// The member of staff as the register has them.
    public var staff: Staff
    /// The badge.
    public var badge: CardFacts

    /// Facts about a member of staff.
    public init(staff: Staff, badge: CardFacts) {
        self.staff = staff
        self.badge = badge
    }
}

/// What is known of an item.
public struct ItemFacts: Equatable, Sendable {
    /// The item as the register has it.
    public var item: Item
    /// The locker it lives in, where this station has it.
    public var locker: Locker?
    /// The locker that the register names, where staff have not put it elsewhere.
    public var registeredLocker: LockerID?
    /// The open loans of this item, or of its equals.
    public var loans: [Loan]
    /// The bookings of this item that are not over.
    public var bookings: [Booking]
    /// What is known of the locker's content; `holds` for the open shelf.
    public var content: Content
    /// How many pieces of all that lives in the locker are not on loan.
    public var piecesInside: Int
    /// What somebody said of its state since staff last looked.
    public var condition: Condition

    /// Facts about an item.
    public init(
        item: Item, locker: Locker? = nil, loans: [Loan] = [], bookings: [Booking] = [], content: Content = .holds,
        piecesInside: Int = 1, condition: Condition = .sound
    ) {
        self.item = item
        self.locker = locker
        registeredLocker = item.locker
        self.loans = loans
        self.bookings = bookings
        self.content = content
        self.piecesInside = piecesInside
        self.condition = condition
    }
}

/// In what state an item is, as far as anyone has said.
public enum Condition: String, CaseIterable, Sendable {
    /// Nobody has said otherwise.
    case sound
    /// A part of it is missing.
    case incomplete
    /// It is damaged.
    case damaged
}
