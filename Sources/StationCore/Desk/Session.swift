// Who stands in front of the station, and what they have been asked.

/// A borrower at the station, from the card to the end.
struct Session: Equatable, Sendable {
    /// Who it is.
    let borrower: BorrowerID
    /// The language in which the borrower likes to be spoken to, where the register says one.
    let language: Language?
    /// The card that opened it.
    let card: CardFacts?
    /// The loans that began in this session: their items are not brought back by scanning them again.
    var begun: Set<EntryNumber> = []
    /// The last scan.
    var lastActivity: MonotonicInstant
    /// What the next label is scanned for, where it is not the usual.
    var intent: Intent?
    /// What waits for a PIN or for staff.
    var request: PendingRequest?
    /// How many pieces were asked for, while the answer may still come.
    var pieces: Pieces?
    /// The questions about parts that have no answer yet; the first one was asked.
    var partsQuestions: [PartsQuestion] = []
    /// What was scanned last, for saying that it is damaged.
    var lastItem: TouchedItem?
    /// Whether the borrower's PIN was entered.
    var isPINRight = false

    /// What a label can be scanned for.
    enum Intent: Equatable, Sendable {
        /// To keep it for longer.
        case renewal
        /// To bring it back, whosever it is.
        case giveBack
        /// To have it, though the borrower has its equal.
        case another
        /// To say in what state it is.
        case condition(Condition)
    }
}

/// A loan that needs something before it may begin.
struct PendingRequest: Equatable, Sendable {
    let item: Item
    /// How many pieces of it.
    let pieces: Int
    let need: LoanNeed
}

/// Equals of which the session took or brought back some, and is asked how many in all.
struct Pieces: Equatable, Sendable {
    let item: Item
    let purpose: Errand.Purpose
    /// How many so far.
    var count: Int
}

/// An item that was touched in a session, with its loan where there is one.
struct TouchedItem: Equatable, Sendable {
    let item: Item
    let loan: EntryNumber?
}

/// Whether all parts are there.
struct PartsQuestion: Equatable, Sendable {
    let item: Item
    let loan: EntryNumber
    let purpose: Errand.Purpose
    /// The part that is asked about now; `nil` where one answer is for all.
    var part: Int?
    /// The parts that are missing, from 0.
    var missing: [Int] = []
}

/// A member of staff at the station, from the PIN to the end.
struct StaffSession: Equatable, Sendable {
    /// Who it is.
    let staff: StaffID
    /// The last scan.
    var lastActivity: MonotonicInstant
    /// What the next label is scanned for.
    var duty: Duty = .open
    /// The items that were found, while stock is taken: how many of each.
    var stock: [ItemID: Int]?
    /// The item that was counted last, whose number may be typed.
    var lastCounted: Item?

    /// What a label can be scanned for.
    enum Duty: Equatable, Sendable {
        /// Open the locker.
        case open
        /// Take the locker out of service, or put it back.
        case suspend, resume
        /// Say what the locker holds.
        case mark(Content)
        /// Say that the item is sound.
        case markSound
        /// Put an item into a locker: first the item, then the locker.
        case place(ItemFacts?)
        /// Confirm that an item which was reported is back.
        case confirmReturn
        /// Give a borrower another card: first who, then the card.
        case replaceCard(BorrowerID?)
        /// Propose a borrower with the card scanned next.
        case newBorrower
        /// Propose an item with the label scanned next.
        case newItem
    }
}

/// A PIN that is waited for.
struct PINEntry: Equatable, Sendable {
    /// Who enters it, and what for.
    enum Purpose: Equatable, Sendable {
        /// Staff sign in.
        case signIn(StaffID)
        /// Staff agree to the loan that waits.
        case approval(StaffID)
        /// The borrower shows that the card is theirs.
        case borrower
    }

    let card: CardDigest
    let purpose: Purpose
    /// When it ends by itself.
    var deadline: MonotonicInstant
    /// How many digits came from the sheet.
    var digits = 0
}

/// The patience of the station with PINs that are wrong.
enum PINPatience {
    /// How many wrong PINs in a row end a card until the pool gives it a new one (NIST SP 800-63B, 5.2.2).
    static let maximumFailures = 100

    /// How long nobody may try after so many wrong ones: nothing at first, then longer, a minute at most (rule S8).
    static func wait(after failures: Int) -> Duration {
        failures < 3 ? .zero : .seconds(min(60, 1 << min(failures - 2, 6)))
    }
}

/// Who a door is opened for.
enum Visitor: Equatable, Sendable {
    case borrower(BorrowerID)
    case staff(StaffID)
    /// An admin, who need not be here.
    case admin(AdminID)
    /// Somebody who brings something back without a card.
    case anybody
}

/// A code that staff want registered.
public enum NewCode: Equatable, Sendable {
    /// A card that is not registered yet, by the SHA-256 of its code.
    case card(EntryHash)
    /// A label that nobody has.
    case label(String)
    /// The code is registered already, or of a kind that can't be used for this.
    case unusable
}

/// What staff are read out on request, looked up by the shell.
public enum Report: Equatable, Sendable {
    /// A loan that is overdue or reported, with its item.
    case loan(Loan, Item)
    /// Something that went wrong today.
    case alarm(Alarm)
    /// An item that lives at this station.
    case item(ItemFacts)
    /// A locker of this station.
    case locker(Locker)
}

/// Something that went wrong.
public struct Alarm: Equatable, Sendable {
    /// What it was; the raw value is the last part of a text's key.
    public enum Kind: String, CaseIterable, Sendable {
        case doorOpenedUnasked = "door-opened-unasked"
        case doorLeftOpen = "door-left-open"
        case doorDidNotOpen = "door-did-not-open"
        case outcomeUnknown = "outcome-unknown"
        case lockerOutOfService = "locker-out-of-service"
        case guardLost = "guard-lost"
        case emergencyStop = "emergency-stop"
        case sensorDistrusted = "sensor-distrusted"
        case wrongPIN = "wrong-pin"
        case damaged = "damaged"
        case incomplete = "incomplete"
    }

    /// What it was.
    public var kind: Kind
    /// When.
    public var time: WallTime
    /// The locker it is about.
    public var locker: Locker?
    /// The item it is about.
    public var item: Item?

    /// An alarm.
    public init(_ kind: Kind, at time: WallTime, locker: Locker? = nil, item: Item? = nil) {
        self.kind = kind
        self.time = time
        self.locker = locker
        self.item = item
    }
}

/// What the desk needs to hear about with the next scan.
public struct Wants: Equatable, Sendable {
    /// The borrower whose session is open.
    public var borrower: BorrowerID?
    /// The item that a question or a PIN is about.
    public var item: ItemID?
    /// The card whose PIN is waited for.
    public var pin: CardDigest?
    /// How many pieces there are of what is counted, where a number would be an answer.
    public var countedPieces: Int?
    /// Whether staff are signed in, so that what is private may be looked up.
    public var isStaffSignedIn = false
    /// Whether the next code is to be registered, and as what.
    public var newCode: CodeKind?
    /// Whether a borrower's pseudonym may be typed.
    public var isBorrowerWanted = false
    /// What the wall clock says.
    public var now = WallTime.earliest

    /// Nothing but what the code means.
    public init() {}
}
