// An entry's content in one flat shape: the columns of the journal's table and the members of the CloudEvents
// data object. Each kind of happening fills its own few of them; replaying an entry checks that those it needs are there.

/// The kinds of entries, by the last part of their CloudEvents type.
public enum EntryKind: String, CaseIterable, Sendable {
    case epochOpened = "epoch-opened"
    case stationStarted = "station-started"
    case stationStopped = "station-stopped"
    case checkoutBegun = "checkout-begun"
    case checkoutCompleted = "checkout-completed"
    case checkoutFailed = "checkout-failed"
    case returnBegun = "return-begun"
    case returnCompleted = "return-completed"
    case returnFailed = "return-failed"
    case outcomeUnknown = "outcome-unknown"
    case refused = "refused"
    case contentChecked = "content-checked"
    case contentDoubted = "content-doubted"
    case doorOpenedUnasked = "door-opened-unasked"
    case doorLatchedLate = "door-latched-late"
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
    /// How it is known that the door opened and latched.
    public var basis: DoorReport.Basis?
    /// The digest that stands for the borrower; the pseudonym itself is in the entry's disclosure.
    public var borrower: EntryHash?
    /// What is in the locker from now on.
    public var content: Content?
    /// When the item is to be back.
    public var due: WallTime?
    /// Which item it is about.
    public var item: ItemID?
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
    /// Of a closed epoch: its last entry and that entry's hash.
    public var predecessor: EntryNumber?
    /// The hash of ``predecessor``.
    public var predecessorHash: EntryHash?
    /// The program that started, with its version.
    public var program: String?
    /// What the errand was for.
    public var purpose: Errand.Purpose?
    /// Why it came to this: a failure's name, or a fault in words.
    public var reason: String?
    /// The version of the register that the station has from now on.
    public var register: RegisterVersion?

    /// No member set.
    public init() {}
}

/// Why a stored or received entry makes no sense.
public struct EntryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var description: String

    init(_ description: String) { self.description = description }
}

extension Happening {
    /// The kind of entry this is.
    public var kind: EntryKind {
        switch self {
        case .epochOpened: .epochOpened
        case .stationStarted: .stationStarted
        case .stationStopped: .stationStopped
        case .checkoutBegun: .checkoutBegun
        case .checkoutCompleted: .checkoutCompleted
        case .checkoutFailed: .checkoutFailed
        case .returnBegun: .returnBegun
        case .returnCompleted: .returnCompleted
        case .returnFailed: .returnFailed
        case .outcomeUnknown: .outcomeUnknown
        case .refused: .refused
        case .contentChecked: .contentChecked
        case .contentDoubted: .contentDoubted
        case .doorOpenedUnasked: .doorOpenedUnasked
        case .doorLatchedLate: .doorLatchedLate
        case .lockerOutOfService: .lockerOutOfService
        case .lockerInService: .lockerInService
        case .guardJoined: .guardJoined
        case .guardLost: .guardLost
        case .registerApplied: .registerApplied
        }
    }

    /// The borrower whom this entry is about, to be disclosed beside it and never in it.
    public var borrower: BorrowerID? {
        if case .checkoutBegun(_, let borrower, _, _, _) = self { borrower } else { nil }
    }

    /// The entry's members, with the digest that stands for ``borrower``.
    func fields(borrowerDigest: EntryHash?) -> EntryFields {
        var fields = EntryFields()
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
            fields.borrower = borrowerDigest
        case .returnBegun(let loan, let item, let locker, let opening):
            (fields.loan, fields.item, fields.locker, fields.opening) = (loan, item, locker, opening)
        case .checkoutCompleted(let errand, let door, let content), .returnCompleted(let errand, let door, let content):
            fields.take(errand)
            (fields.opened, fields.latched, fields.basis) = (door?.opened, door?.latched, door?.basis)
            fields.content = content
        case .checkoutFailed(let errand, let failure, let content), .returnFailed(let errand, let failure, let content):
            fields.take(errand)
            fields.reason = failure.rawValue
            fields.content = content
        case .outcomeUnknown(let errand):
            fields.take(errand)
            fields.purpose = errand.purpose
        case .refused(let refusal, let item, let locker):
            (fields.reason, fields.item, fields.locker) = (refusal.rawValue, item, locker)
        case .contentChecked(let locker, let content):
            (fields.locker, fields.content) = (locker, content)
        case .contentDoubted(let locker):
            (fields.locker, fields.content) = (locker, .unverified)
        case .doorOpenedUnasked(let locker, let instant):
            (fields.locker, fields.opened) = (locker, instant)
        case .doorLatchedLate(let locker, let instant):
            (fields.locker, fields.latched) = (locker, instant)
        case .lockerOutOfService(let locker, let reason):
            (fields.locker, fields.reason) = (locker, reason)
        case .lockerInService(let locker):
            fields.locker = locker
        case .registerApplied(let version):
            fields.register = version
        }
        return fields
    }
}

extension EntryFields {
    fileprivate mutating func take(_ errand: Errand) {
        (loan, item, locker, opening) = (errand.loan, errand.item, errand.locker, errand.opening)
    }
}
