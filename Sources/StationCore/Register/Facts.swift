// What is known about a scan at the moment of the decision: looked up by the shell, decided on by the desk. Facts
// say what is; they never say what may be done.

/// All that the desk needs to know to answer one event.
public struct Facts: Equatable, Sendable {
    /// What the scanned code means.
    public var subject: Subject
    /// What is known now of the borrower whose session is open; `nil` where there is none, or none any more.
    public var serving: BorrowerFacts?

    /// Facts about a scan.
    public init(_ subject: Subject, serving: BorrowerFacts? = nil) {
        self.subject = subject
        self.serving = serving
    }

    /// For events that are no scan.
    public static let none = Facts(.nothing)
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
    case staffBadge
    /// Something asked of the station itself.
    case command(Command)
    /// The wish to be spoken to in a language.
    case language(Language)
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

/// What is known of a borrower.
public struct BorrowerFacts: Equatable, Sendable {
    /// The borrower as the register has them.
    public var borrower: Borrower
    /// The borrower's open loans at this station.
    public var loans: [Loan]
    /// What is lent, as far as the register still has it; looked up where the borrower asks for it.
    public var items: [ItemID: Item]
    /// How many open loans the borrower may have here.
    public var maximumLoans: Int
    /// The language in which the borrower likes to be spoken to; `nil` where the register says none.
    public var language: Language?

    /// Facts about a borrower.
    public init(
        borrower: Borrower, loans: [Loan] = [], items: [ItemID: Item] = [:], maximumLoans: Int,
        language: Language? = nil
    ) {
        self.borrower = borrower
        self.loans = loans
        self.items = items
        self.maximumLoans = maximumLoans
        self.language = language
    }
}

/// What is known of an item.
public struct ItemFacts: Equatable, Sendable {
    /// The item as the register has it.
    public var item: Item
    /// The locker it lives in, where this station has it.
    public var locker: Locker?
    /// The open loans of this item, or of its equals.
    public var loans: [Loan]
    /// What is known of the locker's content; `holds` for the open shelf.
    public var content: Content
    /// Whether other items or equals stay in the locker when this one is taken.
    public var othersInside: Bool
    /// How long it is lent.
    public var period: LoanPeriod
    /// When it can be brought back.
    public var hours: OpeningHours?

    /// Facts about an item.
    public init(
        item: Item, locker: Locker? = nil, loans: [Loan] = [], content: Content = .holds, othersInside: Bool = false,
        period: LoanPeriod, hours: OpeningHours? = nil
    ) {
        self.item = item
        self.locker = locker
        self.loans = loans
        self.content = content
        self.othersInside = othersInside
        self.period = period
        self.hours = hours
    }
}
