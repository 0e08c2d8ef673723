// Items, lockers and loans as the register and the journal know them.

/// A text in the languages it exists in; German first, as the stations speak.
public struct LocalizedText: Hashable, Sendable {
    /// The text in German.
    public var german: String
    /// The text in English.
    public var english: String

    /// A text in both languages.
    public init(german: String, english: String) {
        self.german = german
        self.english = english
    }

    /// A name that is the same in every language.
    public init(_ name: String) { self.init(german: name, english: name) }
}

/// A thing lent.
public struct Item: Equatable, Sendable {
    /// The identifier in the pool.
    public var id: ItemID
    /// What people call it.
    public var name: LocalizedText
    /// The text of its label.
    public var label: String
    /// Which rules of the policy count for it.
    public var category: String
    /// How many equals there are; 1 for a single thing.
    public var quantity: Int
    /// The accessories that belong to it, as people call them.
    public var parts: [LocalizedText]
    /// The locker it lives in; `nil` for the open shelf.
    public var locker: LockerID?
    /// Whether it may be lent at all.
    public var isLendable: Bool
    /// What it is worth, in cents; 0 where nobody says.
    public var valueCents: Int
    /// The station it lives at, where that is another one: here it can only come back.
    public var home: StationID?

    /// An item as the register has it.
    public init(
        id: ItemID,
        name: LocalizedText,
        label: String,
        category: String,
        quantity: Int = 1,
        parts: [LocalizedText] = [],
        locker: LockerID? = nil,
        isLendable: Bool = true,
        valueCents: Int = 0,
        home: StationID? = nil
    ) {
        self.id = id
        self.name = name
        self.label = label
        self.category = category
        self.quantity = quantity
        self.parts = parts
        self.locker = locker
        self.isLendable = isLendable
        self.valueCents = valueCents
        self.home = home
    }
}

/// One door the station can open, as the register and the configuration describe it.
public struct Locker: Equatable, Sendable {
    /// The identifier within the station.
    public var id: LockerID
    /// What people call it: a number on the door, or "the cargo-bike box".
    public var name: LocalizedText
    /// The text of the label on its door.
    public var label: String

    /// A locker as the register has it.
    public init(id: LockerID, name: LocalizedText, label: String) {
        self.id = id
        self.name = name
        self.label = label
    }
}

/// An item with a borrower, from a checkout to its return. A loan is named by the journal entry that began it.
public struct Loan: Equatable, Sendable {
    /// The entry that began it.
    public var id: EntryNumber
    /// What is lent.
    public var item: ItemID
    /// To whom.
    public var borrower: BorrowerID
    /// When it is to be back.
    public var due: WallTime
    /// How often it was renewed.
    public var renewals: Int
    /// Whether somebody has brought the item back without the borrower's card, and nobody has looked yet.
    public var isReported: Bool

    /// A loan; see the properties.
    public init(
        id: EntryNumber, item: ItemID, borrower: BorrowerID, due: WallTime, renewals: Int = 0, isReported: Bool = false
    ) {
        self.id = id
        self.item = item
        self.borrower = borrower
        self.due = due
        self.renewals = renewals
        self.isReported = isReported
    }
}
