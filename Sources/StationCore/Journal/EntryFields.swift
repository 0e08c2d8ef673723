// An entry's content in one flat shape: the columns of the journal's table and the members of the CloudEvents
// data object. Each kind of happening fills its own few of them; replaying an entry checks that those it needs are there.

/// The kinds of entries, by the last part of their CloudEvents type.
public enum EntryKind: String, CaseIterable, Sendable {
    case epochOpened = "epoch-opened"
    case stationStarted = "station-started"
    case stationStopped = "station-stopped"
    case checkoutBegun = "checkout-begun"
    case passAccepted = "pass-accepted"
    case checkoutCompleted = "checkout-completed"
    case checkoutFailed = "checkout-failed"
    case returnBegun = "return-begun"
    case returnCompleted = "return-completed"
    case returnReported = "return-reported"
    case returnConfirmed = "return-confirmed"
    case itemReceived = "item-received"
    case returnFailed = "return-failed"
    case loanRenewed = "loan-renewed"
    case loanApproved = "loan-approved"
    case partsChecked = "parts-checked"
    case conditionReported = "condition-reported"
    case itemChecked = "item-checked"
    case itemPlaced = "item-placed"
    case serviceBegun = "service-begun"
    case serviceCompleted = "service-completed"
    case serviceFailed = "service-failed"
    case serviceSuspended = "service-suspended"
    case serviceResumed = "service-resumed"
    case staffSignedIn = "staff-signed-in"
    case staffSignedOut = "staff-signed-out"
    case pinRefused = "pin-refused"
    case stockTaken = "stock-taken"
    case stockDiffers = "stock-differs"
    case cardReplaced = "card-replaced"
    case borrowerProposed = "borrower-proposed"
    case itemProposed = "item-proposed"
    case outcomeUnknown = "outcome-unknown"
    case refused = "refused"
    case contentChecked = "content-checked"
    case contentDoubted = "content-doubted"
    case doorOpenedUnasked = "door-opened-unasked"
    case doorLatchedLate = "door-latched-late"
    case pulseRepeated = "pulse-repeated"
    case holdBegun = "hold-begun"
    case holdEnded = "hold-ended"
    case sensorDistrusted = "sensor-distrusted"
    case sensorTrusted = "sensor-trusted"
    case emergencyStopPressed = "emergency-stop-pressed"
    case emergencyStopReleased = "emergency-stop-released"
    case lockerOutOfService = "locker-out-of-service"
    case lockerInService = "locker-in-service"
    case guardJoined = "guard-joined"
    case guardLost = "guard-lost"
    case registerApplied = "register-applied"

    /// What all types start with; the version counts up when a kind's data changes its meaning.
    public static let typePrefix = "org.milastation."
    private static let typeSuffix = ".v1"

    /// The CloudEvents `type`.
    public var type: String { Self.typePrefix + rawValue + Self.typeSuffix }

    /// The kind that a CloudEvents `type` names.
    public init?(type: String) {
        guard type.hasPrefix(Self.typePrefix), type.hasSuffix(Self.typeSuffix) else { return nil }
        self.init(rawValue: String(type.dropFirst(Self.typePrefix.count).dropLast(Self.typeSuffix.count)))
    }
}

/// The members that an entry's data may have, all optional; the names are those of the JSON members.
public struct EntryFields: Equatable, Sendable {
    /// The digest that stands for an admin; the name itself is in the entry's disclosure.
    public var admin: EntryHash?
    /// How it is known that the door opened and latched.
    public var basis: DoorReport.Basis?
    /// The booking that a pass is for.
    public var booking: BookingID?
    /// The digest that stands for the borrower; the pseudonym itself is in the entry's disclosure.
    public var borrower: EntryHash?
    /// The SHA-256 of a card's code.
    public var card: EntryHash?
    /// What is in the locker from now on.
    public var content: Content?
    /// How many of something: cents of a deposit, things that were found.
    public var count: Int?
    /// When the item is to be back; of a pass, when it counts no longer.
    public var due: WallTime?
    /// Which item it is about.
    public var item: ItemID?
    /// The text of a label.
    public var label: String?
    /// When the door fell shut.
    public var latched: WallTime?
    /// The loan: the number of the entry that began its checkout.
    public var loan: EntryNumber?
    /// Which locker it is about.
    public var locker: LockerID?
    /// When the door opened.
    public var opened: WallTime?
    /// The entry that began the opening, where it is another one's.
    public var opening: EntryNumber?
    /// The parts that are missing, counted from 1 and separated by commas; empty where none is.
    public var parts: String?
    /// The nonce of a pass.
    public var pass: PassNonce?
    /// Of a closed epoch: its last entry and that entry's hash.
    public var predecessor: EntryNumber?
    /// The hash of ``predecessor``.
    public var predecessorHash: EntryHash?
    /// The program that started, with its version.
    public var program: String?
    /// What the errand was for.
    public var purpose: Errand.Purpose?
    /// Why it came to this: a failure's name, an admin's words, a fault in words, the name of an emergency stop, or the locker that the register
    /// names for an item.
    public var reason: String?
    /// The version of the register that the station has from now on.
    public var register: RegisterVersion?
    /// The digest that stands for a member of staff; the pseudonym itself is in the entry's disclosure.
    public var staff: EntryHash?

    /// No member set.
    public init() {}
}

/// Why a stored or received entry makes no sense.
public struct EntryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var description: String

    package init(_ description: String) { self.description = description }
}

extension Happening {
    /// The kind of entry this is.
    public var kind: EntryKind {
        switch self {
        case .epochOpened: .epochOpened
        case .stationStarted: .stationStarted
        case .stationStopped: .stationStopped
        case .checkoutBegun: .checkoutBegun
        case .passAccepted: .passAccepted
        case .checkoutCompleted: .checkoutCompleted
        case .checkoutFailed: .checkoutFailed
        case .returnBegun: .returnBegun
        case .returnCompleted: .returnCompleted
        case .returnReported: .returnReported
        case .returnConfirmed: .returnConfirmed
        case .itemReceived: .itemReceived
        case .returnFailed: .returnFailed
        case .loanRenewed: .loanRenewed
        case .loanApproved: .loanApproved
        case .partsChecked: .partsChecked
        case .conditionReported: .conditionReported
        case .itemChecked: .itemChecked
        case .itemPlaced: .itemPlaced
        case .serviceBegun: .serviceBegun
        case .serviceCompleted: .serviceCompleted
        case .serviceFailed: .serviceFailed
        case .serviceSuspended: .serviceSuspended
        case .serviceResumed: .serviceResumed
        case .staffSignedIn: .staffSignedIn
        case .staffSignedOut: .staffSignedOut
        case .pinRefused: .pinRefused
        case .stockTaken: .stockTaken
        case .stockDiffers: .stockDiffers
        case .cardReplaced: .cardReplaced
        case .borrowerProposed: .borrowerProposed
        case .itemProposed: .itemProposed
        case .outcomeUnknown: .outcomeUnknown
        case .refused: .refused
        case .contentChecked: .contentChecked
        case .contentDoubted: .contentDoubted
        case .doorOpenedUnasked: .doorOpenedUnasked
        case .doorLatchedLate: .doorLatchedLate
        case .pulseRepeated: .pulseRepeated
        case .holdBegun: .holdBegun
        case .holdEnded: .holdEnded
        case .sensorDistrusted: .sensorDistrusted
        case .sensorTrusted: .sensorTrusted
        case .emergencyStopPressed: .emergencyStopPressed
        case .emergencyStopReleased: .emergencyStopReleased
        case .lockerOutOfService: .lockerOutOfService
        case .lockerInService: .lockerInService
        case .guardJoined: .guardJoined
        case .guardLost: .guardLost
        case .registerApplied: .registerApplied
        }
    }

    /// The person whom this entry is about, to be disclosed beside it and never in it.
    public var person: Person? {
        switch self {
        case .checkoutBegun(_, let borrower, _, _, _), .cardReplaced(let borrower, _): .borrower(borrower)
        case .itemReceived(_, let borrower): borrower.map(Person.borrower)
        case .pinRefused(let person): person
        case .returnConfirmed(_, _, _, let staff), .loanApproved(_, _, let staff), .itemChecked(_, let staff),
            .itemPlaced(_, _, _, let staff), .staffSignedIn(let staff), .staffSignedOut(let staff),
            .stockTaken(let staff, _), .borrowerProposed(_, let staff), .itemProposed(_, let staff):
            .staff(staff)
        case .serviceBegun(_, let attendant), .serviceSuspended(_, let attendant),
            .serviceResumed(_, let attendant), .contentChecked(_, _, let attendant):
            attendant.person
        case .epochOpened, .stationStarted, .stationStopped, .passAccepted, .checkoutCompleted, .checkoutFailed,
            .returnBegun, .returnCompleted, .returnReported, .returnFailed, .loanRenewed, .partsChecked,
            .conditionReported,
            .serviceCompleted, .serviceFailed, .outcomeUnknown, .refused, .contentDoubted, .doorOpenedUnasked,
            .doorLatchedLate, .lockerOutOfService, .lockerInService, .guardJoined, .guardLost, .registerApplied,
            .stockDiffers, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted, .sensorTrusted,
            .emergencyStopPressed, .emergencyStopReleased:
            nil
        }
    }

    /// The entry's members, with the digest that stands for ``person``.
    func fields(personDigest: EntryHash?) -> EntryFields {
        var fields = EntryFields()
        switch person {
        case .borrower: fields.borrower = personDigest
        case .staff: fields.staff = personDigest
        case .admin: fields.admin = personDigest
        case nil: break
        }
        switch self {
        case .epochOpened(let reason, let program, let predecessor):
            fields.reason = reason.rawValue
            fields.program = program
            fields.predecessor = predecessor?.number
            fields.predecessorHash = predecessor?.hash
        case .stationStarted(let program):
            fields.program = program
        case .stationStopped, .guardJoined, .guardLost:
            break
        case .checkoutBegun(let item, _, let locker, let due, let opening):
            (fields.item, fields.locker, fields.due, fields.opening) = (item, locker, due, opening)
        case .passAccepted(let nonce, let booking, let loan, let until):
            (fields.pass, fields.booking, fields.loan, fields.due) = (nonce, booking, loan, until)
        case .returnBegun(let loan, let item, let locker, let opening, let isReported):
            (fields.loan, fields.item, fields.locker, fields.opening) = (loan, item, locker, opening)
            fields.purpose = isReported ? .report : nil
        case .checkoutCompleted(let errand, let door, let content), .returnCompleted(let errand, let door, let content),
            .returnReported(let errand, let door, let content):
            fields.take(errand)
            (fields.opened, fields.latched, fields.basis) = (door?.opened, door?.latched, door?.basis)
            fields.content = content
        case .checkoutFailed(let errand, let failure, let content), .returnFailed(let errand, let failure, let content):
            fields.take(errand)
            fields.reason = failure.rawValue
            fields.content = content
            if errand.purpose == .report { fields.purpose = .report }
        case .returnConfirmed(let loan, let item, let locker, _):
            (fields.loan, fields.item, fields.locker) = (loan, item, locker)
            fields.content = locker == nil ? nil : .holds
        case .loanRenewed(let loan, let item, let due):
            (fields.loan, fields.item, fields.due) = (loan, item, due)
        case .loanApproved(let item, let cents, _):
            (fields.item, fields.count) = (item, cents)
        case .partsChecked(let loan, let item, let purpose, let missing):
            (fields.loan, fields.item, fields.purpose) = (loan, item, purpose)
            fields.parts = missing.map(String.init).joined(separator: ",")
        case .conditionReported(let item, let condition, let loan):
            (fields.item, fields.reason, fields.loan) = (item, condition.rawValue, loan)
        case .itemChecked(let item, _), .itemReceived(let item, _):
            fields.item = item
        case .itemPlaced(let item, let locker, let registered, _):
            (fields.item, fields.locker, fields.content) = (item, locker, .holds)
            fields.reason = registered?.text
        case .serviceBegun(let locker, let attendant), .serviceSuspended(let locker, let attendant),
            .serviceResumed(let locker, let attendant):
            (fields.locker, fields.reason) = (locker, attendant.reason?.text)
        case .serviceCompleted(let errand, let door):
            (fields.opening, fields.locker) = (errand.opening, errand.locker)
            (fields.opened, fields.latched, fields.basis) = (door?.opened, door?.latched, door?.basis)
        case .serviceFailed(let errand, let failure):
            (fields.opening, fields.locker, fields.reason) = (errand.opening, errand.locker, failure.rawValue)
        case .staffSignedIn, .staffSignedOut, .pinRefused:
            break
        case .stockTaken(_, let found):
            fields.count = found
        case .stockDiffers(let item, let difference):
            (fields.item, fields.reason) = (item, difference.rawValue)
        case .cardReplaced(_, let card), .borrowerProposed(let card, _):
            fields.card = card
        case .itemProposed(let label, _):
            fields.label = label
        case .outcomeUnknown(let errand):
            fields.take(errand)
            fields.purpose = errand.purpose
        case .refused(let refusal, let item, let locker):
            (fields.reason, fields.item, fields.locker) = (refusal.rawValue, item, locker)
        case .contentChecked(let locker, let content, let attendant):
            (fields.locker, fields.content, fields.reason) = (locker, content, attendant.reason?.text)
        case .contentDoubted(let locker):
            (fields.locker, fields.content) = (locker, .unverified)
        case .doorOpenedUnasked(let locker, let instant):
            (fields.locker, fields.opened) = (locker, instant)
        case .doorLatchedLate(let locker, let instant):
            (fields.locker, fields.latched) = (locker, instant)
        case .lockerOutOfService(let locker, let reason):
            (fields.locker, fields.reason) = (locker, reason)
        case .lockerInService(let locker), .sensorDistrusted(let locker), .sensorTrusted(let locker):
            fields.locker = locker
        case .pulseRepeated(let locker, let opening):
            (fields.locker, fields.opening) = (locker, opening)
        case .holdBegun(let loan, let item, let locker):
            (fields.loan, fields.item, fields.locker) = (loan, item, locker)
        case .holdEnded(let locker, let opening, let end):
            (fields.locker, fields.opening, fields.reason) = (locker, opening, end.rawValue)
        case .emergencyStopPressed(let name), .emergencyStopReleased(let name):
            fields.reason = name
        case .registerApplied(let version):
            fields.register = version
        }
        return fields
    }
}

extension Attendant {
    /// The person whom an entry names.
    fileprivate var person: Person {
        switch self {
        case .staff(let staff): .staff(staff)
        case .admin(let admin, _): .admin(admin)
        }
    }

    fileprivate var reason: OrderReason? {
        switch self {
        case .staff: nil
        case .admin(_, let reason): reason
        }
    }
}

extension EntryFields {
    fileprivate mutating func take(_ errand: Errand) {
        (item, locker, opening) = (errand.item, errand.locker, errand.opening)
        if errand.purpose != .service { loan = errand.loan }
    }
}
