// What the station says to people. The desk says what it means; the catalogue of texts has the words, in each
// language, and the screen shows them.

/// How a message is meant; the screen shows each with a sign and a word of its own.
public enum Severity: String, CaseIterable, Sendable {
    case info, success, warning, error
}

/// What a message says, by the key of its text.
public enum MessageID: Hashable, Sendable {
    case stationReady
    case stationOutOfOrder
    case sessionBegan
    case sessionContinues
    case sessionEnded
    case sessionTimedOut
    case lockerOpens
    case lockerOpensForReturn
    case taken
    case alreadyYours
    case scannedTwice
    case returned
    case pleaseShut
    case itemAvailable
    case lockerHasNothing
    case didNotOpen
    case cancelled
    case tooLateToCancel
    case tooLateToCancelReturn
    case youHave
    case youHaveOverdue
    case youHaveNothing
    case help
    case leftOpenTaken
    case leftOpenReturned
    case outcomeUnknownTaken
    case outcomeUnknownReturned
    case languageChosen
    case refused(Refusal)
}

extension MessageID: CaseIterable {
    /// Every message there is; the refusals each count as one.
    public static let allCases: [MessageID] =
        [
            .stationReady, .stationOutOfOrder, .sessionBegan, .sessionContinues, .sessionEnded, .sessionTimedOut,
            .lockerOpens, .lockerOpensForReturn, .taken, .alreadyYours, .scannedTwice, .returned, .pleaseShut,
            .itemAvailable,
            .lockerHasNothing, .didNotOpen, .cancelled, .tooLateToCancel, .tooLateToCancelReturn, .youHave,
            .youHaveOverdue, .youHaveNothing,
            .help, .leftOpenTaken, .leftOpenReturned, .outcomeUnknownTaken,
            .outcomeUnknownReturned, .languageChosen,
        ] + Refusal.allCases.map(MessageID.refused)

    /// The key of its text in the catalogue, and the `id` of its JSON form.
    public var key: String {
        switch self {
        case .stationReady: "station-ready"
        case .stationOutOfOrder: "station-out-of-order"
        case .sessionBegan: "session-began"
        case .sessionContinues: "session-continues"
        case .sessionEnded: "session-ended"
        case .sessionTimedOut: "session-timed-out"
        case .lockerOpens: "locker-opens"
        case .lockerOpensForReturn: "locker-opens-for-return"
        case .taken: "taken"
        case .alreadyYours: "already-yours"
        case .scannedTwice: "scanned-twice"
        case .returned: "returned"
        case .pleaseShut: "please-shut"
        case .itemAvailable: "item-available"
        case .lockerHasNothing: "locker-has-nothing"
        case .didNotOpen: "did-not-open"
        case .cancelled: "cancelled"
        case .tooLateToCancel: "too-late-to-cancel"
        case .tooLateToCancelReturn: "too-late-to-cancel-return"
        case .youHave: "you-have"
        case .youHaveOverdue: "you-have-overdue"
        case .youHaveNothing: "you-have-nothing"
        case .help: "help"
        case .leftOpenTaken: "left-open-taken"
        case .leftOpenReturned: "left-open-returned"
        case .outcomeUnknownTaken: "outcome-unknown-taken"
        case .outcomeUnknownReturned: "outcome-unknown-returned"
        case .languageChosen: "language-chosen"
        case .refused(let refusal): "refused-" + refusal.rawValue
        }
    }

    /// How it is meant.
    public var severity: Severity {
        switch self {
        case .stationReady, .sessionBegan, .sessionContinues, .sessionEnded, .sessionTimedOut, .itemAvailable,
            .lockerHasNothing, .languageChosen, .cancelled, .youHave, .youHaveNothing, .help:
            .info
        case .lockerOpens, .lockerOpensForReturn, .taken, .alreadyYours, .returned: .success
        case .pleaseShut, .scannedTwice, .tooLateToCancel, .tooLateToCancelReturn, .youHaveOverdue: .warning
        case .stationOutOfOrder, .didNotOpen, .leftOpenTaken, .leftOpenReturned, .outcomeUnknownTaken,
            .outcomeUnknownReturned:
            .error
        case .refused(let refusal):
            switch refusal {
            case .mistypedCode, .unreadableCode, .noSession, .whichItem, .lockerInUse: .warning
            case .unknownCode, .wrongKeyboardLayout, .borrowerBlocked, .borrowerExpired, .borrowerUnknown,
                .tooManyLoans, .onLoan, .notLendable, .notHere, .lockerEmpty, .lockerUnverified,
                .lockerOutOfService, .guardAbsent, .undecidable, .storageFull, .staffUnavailable:
                .error
            }
        }
    }
}

/// One thing the station says, with what it is about.
public struct Message: Equatable, Sendable {
    /// What it says.
    public var id: MessageID
    /// The item it is about.
    public var item: Item?
    /// The locker it is about.
    public var locker: Locker?
    /// When the item is to be back.
    public var due: WallTime?
    /// How many of something: open loans of the borrower.
    public var count: Int?
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
}
