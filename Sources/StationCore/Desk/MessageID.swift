// What the station can say, by the keys of its texts. The catalogue has the words.

/// What a message says, by the key of its text.
public enum MessageID: Hashable, CaseIterable, Sendable {
    case stated(Statement)
    case refused(Refusal)
    case alarm(Alarm.Kind)

    /// Every message there is.
    public static let allCases: [MessageID] =
        Statement.allCases.map(MessageID.stated) + Refusal.allCases.map(MessageID.refused)
        + Alarm.Kind.allCases.map(MessageID.alarm)

    /// The key of its text in the catalogue, and the `id` of its JSON form.
    public var key: String {
        switch self {
        case .stated(let statement): statement.rawValue
        case .refused(let refusal): "refused-" + refusal.rawValue
        case .alarm(let kind): "alarm-" + kind.rawValue
        }
    }

    /// How it is meant.
    public var severity: Severity {
        switch self {
        case .stated(let statement): statement.severity
        case .refused(let refusal): refusal.severity
        case .alarm: .warning
        }
    }
}

/// How a message is meant; the screen shows each with a sign and a word of its own.
public enum Severity: String, CaseIterable, Sendable {
    case info, success, warning, error
}

/// What the station says when it is not a refusal.
public enum Statement: String, CaseIterable, Sendable {
    case stationReady = "station-ready"
    case stationOutOfOrder = "station-out-of-order"
    case sessionBegan = "session-began"
    case sessionContinues = "session-continues"
    case sessionEnded = "session-ended"
    case sessionTimedOut = "session-timed-out"
    case lockerOpens = "locker-opens"
    case lockerOpensForReturn = "locker-opens-for-return"
    case taken
    case alreadyYours = "already-yours"
    case scannedTwice = "scanned-twice"
    case returned
    case pleaseShut = "please-shut"
    case itemAvailable = "item-available"
    case lockerHasNothing = "locker-has-nothing"
    case didNotOpen = "did-not-open"
    /// The door stayed shut and gets one more pulse.
    case opensAgain = "opens-again"
    /// A room's door can be opened until a time.
    case roomOpen = "room-open"
    case emergencyStopped = "emergency-stopped"
    case emergencyStopReleased = "emergency-stop-released"
    case cancelled
    case tooLateToCancel = "too-late-to-cancel"
    case tooLateToCancelReturn = "too-late-to-cancel-return"
    case youHave = "you-have"
    case youHaveOverdue = "you-have-overdue"
    case youHaveReported = "you-have-reported"
    case youHaveNothing = "you-have-nothing"
    case help
    case leftOpenTaken = "left-open-taken"
    case leftOpenReturned = "left-open-returned"
    case outcomeUnknownTaken = "outcome-unknown-taken"
    case outcomeUnknownReturned = "outcome-unknown-returned"
    case languageChosen = "language-chosen"
    case shortened
    case howMany = "how-many"
    case piecesCounted = "pieces-counted"
    case digitTaken = "digit-taken"
    case enterPIN = "enter-pin"
    case pinRight = "pin-right"
    case askStaff = "ask-staff"
    case askDeposit = "ask-deposit"
    case approved
    case areAllPartsThere = "are-all-parts-there"
    case isPartThere = "is-part-there"
    case partsComplete = "parts-complete"
    case partsMissing = "parts-missing"
    case conditionNoted = "condition-noted"
    case scanWhatIsDamaged = "scan-what-is-damaged"
    case itemIncomplete = "item-incomplete"
    case nothingToAnswer = "nothing-to-answer"
    case scanToRenew = "scan-to-renew"
    case renewed
    case renewalGainsNothing = "renewal-gains-nothing"
    case scanToReturn = "scan-to-return"
    /// The next scan takes one more of what the borrower has.
    case scanToTakeAnother = "scan-to-take-another"
    case returnReported = "return-reported"
    case receivedForAnotherHouse = "received-for-another-house"

    case staffWelcome = "staff-welcome"
    case staffGoodbye = "staff-goodbye"
    case staffTimedOut = "staff-timed-out"
    case lockerOpensForStaff = "locker-opens-for-staff"
    case lockerServed = "locker-served"
    case serviceCancelled = "service-cancelled"
    case serviceDidNotOpen = "service-did-not-open"
    case serviceOutcomeUnknown = "service-outcome-unknown"
    case serviceLeftOpen = "service-left-open"
    case scanLocker = "scan-locker"
    case scanItem = "scan-item"
    case scanNewCard = "scan-new-card"
    case scanNewLabel = "scan-new-label"
    case whoNeedsCard = "who-needs-card"
    case lockerSuspended = "locker-suspended"
    case lockerResumed = "locker-resumed"
    case lockerMarkedEmpty = "locker-marked-empty"
    case lockerMarkedHolding = "locker-marked-holding"
    case itemChecked = "item-checked"
    case itemPlaced = "item-placed"
    case itemStands = "item-stands"
    case itemStandsOnShelf = "item-stands-on-shelf"
    case itemStandsLent = "item-stands-lent"
    case borrowerStands = "borrower-stands"
    case borrowerStandsBlocked = "borrower-stands-blocked"
    case stockBegan = "stock-began"
    case stockCounted = "stock-counted"
    case stockMissing = "stock-missing"
    case stockMissingOnShelf = "stock-missing-on-shelf"
    case stockOnLoan = "stock-on-loan"
    case stockTooMany = "stock-too-many"
    case stockForeign = "stock-foreign"
    case stockTaken = "stock-taken"
    case overdueLoan = "overdue-loan"
    case nothingOverdue = "nothing-overdue"
    case reportedLoan = "reported-loan"
    case nothingReported = "nothing-reported"
    case returnConfirmed = "return-confirmed"
    case nothingAlarming = "nothing-alarming"
    case cardReplaced = "card-replaced"
    case borrowerProposed = "borrower-proposed"
    case itemProposed = "item-proposed"

    /// How it is meant.
    var severity: Severity {
        switch self {
        case .stationReady, .sessionBegan, .sessionContinues, .sessionEnded, .sessionTimedOut, .itemAvailable,
            .lockerHasNothing, .languageChosen, .cancelled, .youHave, .youHaveReported, .youHaveNothing, .help,
            .shortened, .howMany, .digitTaken, .enterPIN, .askStaff, .askDeposit, .areAllPartsThere, .isPartThere,
            .scanWhatIsDamaged, .nothingToAnswer, .renewalGainsNothing, .scanToRenew, .scanToReturn, .scanToTakeAnother,
            .staffGoodbye,
            .staffTimedOut, .scanLocker, .scanItem, .scanNewCard, .scanNewLabel, .whoNeedsCard, .itemStands,
            .itemStandsOnShelf, .itemStandsLent,
            .borrowerStands, .stockBegan, .overdueLoan, .nothingOverdue, .reportedLoan, .nothingReported,
            .nothingAlarming, .serviceCancelled, .emergencyStopReleased:
            .info
        case .lockerOpens, .lockerOpensForReturn, .roomOpen, .taken, .alreadyYours, .returned, .pinRight, .approved,
            .partsComplete, .piecesCounted, .conditionNoted, .renewed, .returnReported, .receivedForAnotherHouse,
            .staffWelcome,
            .lockerOpensForStaff,
            .lockerServed, .lockerSuspended, .lockerResumed, .lockerMarkedEmpty, .lockerMarkedHolding, .itemChecked,
            .itemPlaced, .stockCounted, .stockTaken, .returnConfirmed, .cardReplaced, .borrowerProposed, .itemProposed:
            .success
        case .pleaseShut, .opensAgain, .scannedTwice, .tooLateToCancel, .tooLateToCancelReturn, .youHaveOverdue,
            .partsMissing,
            .itemIncomplete, .borrowerStandsBlocked, .stockMissing, .stockMissingOnShelf, .stockOnLoan, .stockTooMany,
            .stockForeign:
            .warning
        case .stationOutOfOrder, .emergencyStopped, .didNotOpen, .leftOpenTaken, .leftOpenReturned,
            .outcomeUnknownTaken,
            .outcomeUnknownReturned, .serviceDidNotOpen, .serviceOutcomeUnknown, .serviceLeftOpen:
            .error
        }
    }
}

extension Refusal {
    /// How it is meant: a warning where the borrower can mend it at once.
    var severity: Severity {
        switch self {
        case .mistypedCode, .unreadableCode, .noSession, .whichItem, .lockerInUse, .wrongPIN, .pinTooSoon, .notEnough,
            .notYours, .notReported, .passUnreadable, .passTooEarly:
            .warning
        case .unknownCode, .wrongKeyboardLayout, .borrowerBlocked, .borrowerExpired, .borrowerUnknown,
            .tooManyLoans, .onLoan, .notLendable, .notHere, .lockerEmpty, .lockerUnverified, .lockerOutOfService,
            .guardAbsent, .emergencyStop, .undecidable, .storageFull, .tooManyOfCategory, .tooValuable, .tooYoung,
            .ageUnknown,
            .notQualified, .booked, .bookedSoon, .quietHours, .poolOutOfReach, .damaged, .loanOver, .notRenewable,
            .cardNeeded,
            .pinMissing, .pinLocked, .staffOnly, .staffExpired, .codeUnusable, .lockerSuspended, .passOfUnknownKey,
            .passForged, .passOfOtherStation, .passRevoked, .passClockUnknown, .passTooLate, .passOlderThanJournal,
            .passUsed, .passSpent, .passForNothingHere:
            .error
        }
    }
}
