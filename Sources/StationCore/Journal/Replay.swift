// What an entry changes in the station's books. The journal's adapter applies these changes to its state tables in
// the transaction that stores the entry; replaying a whole journal gives the same books again.

/// One change to the books.
public enum LedgerChange: Equatable, Sendable {
    /// A loan is open from now on.
    case loanOpened(id: EntryNumber, item: ItemID, due: WallTime)
    /// A loan is over, or void.
    case loanClosed(EntryNumber)
    /// An errand at a door is under way; named by the entry that began it.
    case errandBegan(EntryNumber, Errand)
    /// The errand of this loan and purpose has its outcome.
    case errandEnded(loan: EntryNumber, Errand.Purpose)
    /// What is known of a locker's content.
    case content(LockerID, Content)
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
        case .returnBegun:
            let errand = Errand(
                purpose: .giveBack, opening: opening ?? number, loan: try required(loan, "loan"),
                item: try required(item, "item"), locker: locker)
            return [.errandBegan(number, errand)]
        case .checkoutCompleted:
            return [.errandEnded(loan: try required(loan, "loan"), .checkout)] + contentChange
        case .checkoutFailed:
            let loan = try required(loan, "loan")
            return [.errandEnded(loan: loan, .checkout), .loanClosed(loan)] + contentChange
        case .returnCompleted:
            let loan = try required(loan, "loan")
            return [.errandEnded(loan: loan, .giveBack), .loanClosed(loan)] + contentChange
        case .returnFailed:
            return [.errandEnded(loan: try required(loan, "loan"), .giveBack)] + contentChange
        case .outcomeUnknown:
            let ended = LedgerChange.errandEnded(
                loan: try required(loan, "loan"), try required(purpose, "purpose"))
            return [ended] + (locker.map { [.content($0, .unverified)] } ?? [])
        case .doorOpenedUnasked:
            return [.content(try required(locker, "locker"), .unverified)]
        case .contentChecked, .contentDoubted:
            return [.content(try required(locker, "locker"), try required(content, "content"))]
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied:
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
