// What an entry changes in the station's books. The journal's adapter applies these changes to its state tables in
// the transaction that stores the entry; replaying a whole journal gives the same books again.

/// One change to the books.
public enum LedgerChange: Equatable, Sendable {
    /// A loan is open from now on.
    case loanOpened(id: EntryNumber, item: ItemID, due: WallTime)
    /// A loan is over, or void.
    case loanClosed(EntryNumber)
    /// A loan is due later; it was renewed once more.
    case loanRenewed(EntryNumber, due: WallTime)
    /// The item of a loan was brought back without the borrower's card, as somebody says.
    case loanReported(EntryNumber)
    /// An errand at a door is under way; named by the entry that began it.
    case errandBegan(EntryNumber, Errand)
    /// The errand of this loan and purpose has its outcome.
    case errandEnded(loan: EntryNumber, Errand.Purpose)
    /// What is known of a locker's content.
    case content(LockerID, Content)
    /// Whether staff let a locker be used.
    case service(LockerID, isSuspended: Bool)
    /// In what state an item is.
    case condition(ItemID, Condition)
    /// Where an item's place is, as long as the register says what it said then.
    case place(ItemID, LockerID, registered: LockerID?)
    /// A loan began with a pass that counts until a time: one more attempt.
    case passTried(PassNonce, loan: EntryNumber, until: WallTime)
    /// A loan came to nothing: if it began with a pass, that one counts again.
    case passLeft(loan: EntryNumber)
    /// The only card of a borrower that counts from now on.
    case card(EntryHash)
}

extension EntryFields {
    /// What the entry of this kind, number and content changes in the books, in this order.
    ///
    /// Throws: ``EntryError`` where a member is missing that entries of the kind have.
    public func changes(kind: EntryKind, number: EntryNumber) throws(EntryError) -> [LedgerChange] {
        switch kind {
        case .checkoutBegun:
            let item = try required(item, "item")
            let opened = LedgerChange.loanOpened(id: number, item: item, due: try required(due, "due"))
            let errand = Errand(
                purpose: .checkout, opening: opening ?? number, loan: number, item: item, locker: locker)
            return [opened, .errandBegan(number, errand)]
        case .passAccepted:
            return [
                .passTried(
                    try required(pass, "pass"), loan: try required(loan, "loan"), until: try required(due, "due"))
            ]
        case .returnBegun:
            let errand = Errand(
                purpose: purpose ?? .giveBack, opening: opening ?? number, loan: try required(loan, "loan"),
                item: try required(item, "item"), locker: locker)
            return [.errandBegan(number, errand)]
        case .serviceBegun:
            let errand = Errand(
                purpose: .service, opening: number, loan: number, item: nil, locker: try required(locker, "locker"))
            return [.errandBegan(number, errand)]
        case .checkoutCompleted:
            return [.errandEnded(loan: try required(loan, "loan"), .checkout)] + contentChange
        case .checkoutFailed:
            let loan = try required(loan, "loan")
            return [.errandEnded(loan: loan, .checkout), .loanClosed(loan), .passLeft(loan: loan)] + contentChange
        case .returnCompleted:
            let loan = try required(loan, "loan")
            return [.errandEnded(loan: loan, .giveBack), .loanClosed(loan)] + contentChange
        case .returnReported:
            let loan = try required(loan, "loan")
            return [.errandEnded(loan: loan, .report), .loanReported(loan)] + contentChange
        case .returnConfirmed:
            return [.loanClosed(try required(loan, "loan"))] + contentChange
        case .returnFailed:
            return [.errandEnded(loan: try required(loan, "loan"), purpose ?? .giveBack)] + contentChange
        case .loanRenewed:
            return [.loanRenewed(try required(loan, "loan"), due: try required(due, "due"))]
        case .serviceCompleted, .serviceFailed:
            return [.errandEnded(loan: try required(opening, "opening"), .service)]
        case .serviceSuspended, .serviceResumed:
            return [.service(try required(locker, "locker"), isSuspended: kind == .serviceSuspended)]
        case .conditionReported:
            guard let condition = Condition(rawValue: try required(reason, "reason")) else {
                throw EntryError("the entry's 'reason' is no condition")
            }
            return [.condition(try required(item, "item"), condition)]
        case .itemChecked:
            return [.condition(try required(item, "item"), .sound)]
        case .itemPlaced:
            let registered = reason.flatMap(LockerID.init)
            return [.place(try required(item, "item"), try required(locker, "locker"), registered: registered)]
                + contentChange
        case .cardReplaced:
            return [.card(try required(card, "card"))]
        case .outcomeUnknown:
            let purpose = try required(purpose, "purpose")
            let loan = try purpose == .service ? required(opening, "opening") : required(loan, "loan")
            let ended = LedgerChange.errandEnded(loan: loan, purpose)
            return [ended] + (locker.map { [.content($0, .unverified)] } ?? [])
        case .doorOpenedUnasked:
            return [.content(try required(locker, "locker"), .unverified)]
        case .contentChecked, .contentDoubted:
            return [.content(try required(locker, "locker"), try required(content, "content"))]
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied, .loanApproved, .partsChecked, .staffSignedIn,
            .staffSignedOut, .pinRefused, .stockTaken, .stockDiffers, .borrowerProposed, .itemProposed,
            .itemReceived, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted, .sensorTrusted,
            .emergencyStopPressed, .emergencyStopReleased:
            return []
        }
    }

    private var contentChange: [LedgerChange] {
        if let locker, let content { [.content(locker, content)] } else { [] }
    }

    private func required<Value>(_ value: Value?, _ name: String) throws(EntryError) -> Value {
        guard let value else { throw EntryError("the entry has no '\(name)'") }
        return value
    }
}
