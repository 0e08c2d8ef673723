// What a batch changes in the pool's books, folded together: a loan that begins, goes through its doors and ends within
// one batch is written once. The single changes are those that the station's own books know (`EntryFields.changes`).

import PoolIntake
import StationCore

/// The changes of a batch, by what they change.
struct BookChanges: Equatable, Sendable {
    /// What becomes of a loan. It is named by its station and the entry that began it.
    struct LoanChange: Equatable, Sendable {
        /// A loan that this batch begins.
        struct Beginning: Equatable, Sendable {
            var item: ItemID
            /// To whom; `nil` where the entry no longer says it.
            var borrower: BorrowerID?
            var due: WallTime
            var begun: WallTime
        }

        /// How a loan ended.
        struct End: Equatable, Sendable {
            var at: WallTime
            /// Whether the item never left.
            var isVoid: Bool
        }

        var loan: EntryNumber
        /// The last entry that speaks of it.
        var entry: EntryNumber
        /// How it begins; `nil` for a loan of an earlier batch.
        var beginning: Beginning?
        /// The errand under way for it, or none; `nil` where that stays as it is.
        var errand: Errand.Purpose??
        /// When it is due from now on; `nil` where that stays as it was.
        var due: WallTime?
        /// How often it was renewed.
        var renewals = 0
        /// Whether somebody brought the item back without the borrower's card.
        var isReported = false
        /// How it ends; `nil` where it goes on.
        var end: End?
    }

    /// The loans that change, in the order in which entries speak of them first.
    private(set) var loans: [LoanChange] = []
    /// What is known of lockers' content.
    private(set) var contents: [LockerID: Content] = [:]
    /// Whether a new journal begins, which knows of no locker that it is out of service.
    private(set) var isServiceForgotten = false
    /// The lockers that staff took out of service, or put back into it.
    private(set) var suspensions: [LockerID: Bool] = [:]
    /// In what state items are.
    private(set) var conditions: [ItemID: Condition] = [:]
    /// Where staff put items.
    private(set) var places: [ItemID: LockerID] = [:]
    /// With which passes loans began.
    private(set) var passUses: [EntryNumber: PassNonce] = [:]
    /// Entries that propose something to those who keep the register, or end a stock-taking, in their order.
    private(set) var proposals: [Entry] = []
    /// Entries that speak of loans which ended before.
    private(set) var unmatched: [EntryNumber] = []
    private var indices: [EntryNumber: Int] = [:]

    /// The changes of what a batch fills.
    ///
    /// - Parameter newest: the station's newest epoch before the batch.
    init(_ fillings: [Intake.Filling], newest: Epoch?) {
        var newest = newest
        for filling in fillings {
            if filling.number.sequence == 1 {
                newest = filling.number.epoch
                isServiceForgotten = true
                suspensions = [:]
            }
            guard case .entry(let entry, let changes) = filling.arrival.content else { continue }
            if PoolProposal.kinds.contains(entry.kind) || entry.kind == .stockTaken { proposals.append(entry) }
            for change in changes { take(change, of: entry, isNewest: entry.number.epoch == newest) }
        }
    }

    private mutating func take(_ change: LedgerChange, of entry: Entry, isNewest: Bool) {
        switch change {
        case .loanOpened(let id, let item, let due):
            note(id, entry) {
                $0.beginning = .init(item: item, borrower: entry.disclosure?.borrower, due: due, begun: entry.time)
            }
        case .loanClosed(let id):
            note(id, entry) { $0.end = .init(at: entry.time, isVoid: entry.kind == .checkoutFailed) }
        case .loanRenewed(let id, let due):
            note(id, entry) {
                $0.due = due
                $0.renewals += 1
            }
        case .loanReported(let id):
            note(id, entry) { $0.isReported = true }
        case .errandBegan(_, let errand):
            // Staff who look into a locker have no loan.
            if errand.purpose != .service { note(errand.loan, entry) { $0.errand = errand.purpose } }
        case .errandEnded(let loan, let purpose):
            if purpose != .service { note(loan, entry) { $0.errand = .some(nil) } }
        // What an older journal knew of a locker or an item is outdated by the newer one.
        case .content(let locker, let content):
            if isNewest { contents[locker] = content }
        case .service(let locker, let isSuspended):
            if isNewest { suspensions[locker] = isSuspended }
        case .condition(let item, let condition):
            if isNewest { conditions[item] = condition }
        case .place(let item, let locker, _):
            if isNewest { places[item] = locker }
        case .passTried(let nonce, let loan, _): passUses[loan] = nonce
        case .passLeft, .card:
            // What a loan came to is applied as that of any other; the register says which cards count: the entry is a
            // proposal.
            break
        }
    }

    private mutating func note(_ loan: EntryNumber, _ entry: Entry, _ change: (inout LoanChange) -> Void) {
        if let index = indices[loan] {
            guard loans[index].end == nil else {
                if unmatched.last != entry.number { unmatched.append(entry.number) }
                return
            }
            change(&loans[index])
            loans[index].entry = entry.number
        } else {
            var first = LoanChange(loan: loan, entry: entry.number)
            change(&first)
            indices[loan] = loans.count
            loans.append(first)
        }
    }
}
