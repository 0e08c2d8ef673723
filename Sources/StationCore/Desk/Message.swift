// What the station says to people. The desk says what it means; the catalogue of texts has the words, in each
// language, and the screen shows them.

/// One thing the station says, with what it is about.
public struct Message: Equatable, Sendable {
    /// What it says.
    public var id: MessageID
    /// The item it is about.
    public var item: Item?
    /// How many pieces of the item.
    public var pieces = 1
    /// The locker it is about.
    public var locker: Locker?
    /// When the item is to be back, or when something was or will be.
    public var due: WallTime?
    /// How many of something: open loans of the borrower, seconds to wait, things that were found.
    public var count: Int?
    /// An amount of money, in cents.
    public var cents: Int?
    /// The parts of the item it is about, where it is not about all.
    public var parts: [LocalizedText]?
    /// The borrower it is about, by pseudonym: for staff only.
    public var borrower: BorrowerID?
    /// What somebody wrote about it: for staff only.
    public var reason: String?
    /// The language to say it in; `nil` for the station's own.
    public var language: Language?

    /// A message; see the properties.
    public init(
        _ id: MessageID, item: Item? = nil, locker: Locker? = nil, due: WallTime? = nil, count: Int? = nil,
        language: Language? = nil
    ) {
        self.id = id
        self.item = item
        self.locker = locker
        self.due = due
        self.count = count
        self.language = language
    }

    /// A message that is no refusal.
    public init(
        _ statement: Statement, item: Item? = nil, locker: Locker? = nil, due: WallTime? = nil, count: Int? = nil,
        language: Language? = nil
    ) {
        self.init(.stated(statement), item: item, locker: locker, due: due, count: count, language: language)
    }

    /// The message with something more set.
    func with(_ change: (inout Message) -> Void) -> Message {
        var message = self
        change(&message)
        return message
    }
}
