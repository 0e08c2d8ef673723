// What people ask of the station itself, printed as house codes of kind `command`: on the sheet for borrowers, on the
// sheet for staff, and as the digits of a keypad on paper. To speak another language is asked for by codes of this kind too,
// which the files of the languages name.

/// Something asked of the station. The raw value is the key of its name in the texts.
public enum Command: String, CaseIterable, Sendable {
    /// I am done: end the session.
    case finish
    /// Stop what has not begun yet: doors that I wait for; where there are none, end the session.
    case cancel
    /// What do I have, and until when?
    case loans
    /// How does this work, and whom can I ask?
    case help
    /// Yes; or, behind digits from the sheet: that is the number.
    case yes
    /// No.
    case no
    /// I want to keep what I scan next for longer; twice: all I have.
    case renew
    /// I bring back what I scan next, whosever it is.
    case giveBack = "give-back"
    /// I want what I scan next, though I have some of it already.
    case takeAnother = "take-another"
    /// What I scanned last is damaged.
    case damaged
    /// A part of what I scanned last is missing.
    case incomplete

    /// Staff: open all lockers, one after another.
    case openAll = "open-all"
    /// Staff: take the next locker out of service.
    case suspend
    /// Staff: put the next locker back into service.
    case resume
    /// Staff: the next locker is empty.
    case markEmpty = "mark-empty"
    /// Staff: the next locker holds what it should.
    case markHolding = "mark-holding"
    /// Staff: the next item is sound again.
    case markSound = "mark-sound"
    /// Staff: the next item goes into the locker scanned after it.
    case place
    /// Staff: begin stock-taking, or end it.
    case stock
    /// Staff: what is overdue?
    case overdue
    /// Staff: which returns were reported? The items scanned next are really back.
    case confirmReturns = "confirm-returns"
    /// Staff: what went wrong today?
    case alarms
    /// Staff: give a borrower another card.
    case replaceCard = "replace-card"
    /// Staff: propose a new borrower.
    case newBorrower = "new-borrower"
    /// Staff: propose a new item.
    case newItem = "new-item"

    case digit0 = "digit-0"
    case digit1 = "digit-1"
    case digit2 = "digit-2"
    case digit3 = "digit-3"
    case digit4 = "digit-4"
    case digit5 = "digit-5"
    case digit6 = "digit-6"
    case digit7 = "digit-7"
    case digit8 = "digit-8"
    case digit9 = "digit-9"

    /// The body of its house code. One that is printed somewhere never changes.
    var body: String {
        switch self {
        case .finish: "FN1"
        case .cancel: "CA1"
        case .loans: "LN1"
        case .help: "HP1"
        case .yes: "JA1"
        case .no: "NE1"
        case .renew: "RN1"
        case .giveBack: "RT2"
        case .takeAnother: "TA1"
        case .damaged: "DM1"
        case .incomplete: "MP1"
        case .openAll: "AL1"
        case .suspend: "AB1"
        case .resume: "BE1"
        case .markEmpty: "LE1"
        case .markHolding: "NA1"
        case .markSound: "HE1"
        case .place: "RE1"
        case .stock: "BS1"
        case .overdue: "UE1"
        case .confirmReturns: "RB1"
        case .alarms: "AM1"
        case .replaceCard: "KE1"
        case .newBorrower: "NB1"
        case .newItem: "NG1"
        case .digit0: "N0"
        case .digit1: "N1"
        case .digit2: "N2"
        case .digit3: "N3"
        case .digit4: "N4"
        case .digit5: "N5"
        case .digit6: "N6"
        case .digit7: "N7"
        case .digit8: "N8"
        case .digit9: "A9"  // N9 would need a check character that house codes don't use.
        }
    }

    private static let byBody = Dictionary(uniqueKeysWithValues: allCases.map { ($0.body, $0) })

    /// The command a house code stands for.
    public init?(_ code: HouseCode) {
        guard code.kind == .command, let command = Self.byBody[String(code.body)] else { return nil }
        self = command
    }

    /// The house code to print for this command.
    public var code: HouseCode? { HouseCode(kind: .command, body: body) }

    /// Who a command is for.
    public enum Audience: Sendable { case everybody, staff, keypad }

    /// Who it is for.
    public var audience: Audience {
        switch self {
        case .finish, .cancel, .loans, .help, .yes, .no, .renew, .giveBack, .takeAnother, .damaged,
            .incomplete:
            .everybody
        case .openAll, .suspend, .resume, .markEmpty, .markHolding, .markSound, .place, .stock, .overdue,
            .confirmReturns, .alarms, .replaceCard, .newBorrower, .newItem:
            .staff
        case .digit0, .digit1, .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9: .keypad
        }
    }

    /// Whether register and books have to be asked for what it does. What does without them works when they can't be read.
    public var needsBooks: Bool {
        switch self {
        case .loans, .renew, .openAll, .stock, .overdue, .confirmReturns, .alarms: true
        case .finish, .cancel, .help, .yes, .no, .giveBack, .takeAnother, .damaged, .incomplete, .suspend, .resume,
            .markEmpty,
            .markHolding, .markSound, .place, .replaceCard, .newBorrower, .newItem, .digit0, .digit1, .digit2, .digit3,
            .digit4, .digit5, .digit6, .digit7, .digit8, .digit9:
            false
        }
    }

    /// The digit that it is a key for.
    public var digit: Character? { audience == .keypad ? body.last : nil }
}
