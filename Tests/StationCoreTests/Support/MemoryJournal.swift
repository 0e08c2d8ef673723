// A journal in memory, and the books that its entries add up to.

@testable import StationCore

final class MemoryJournal: JournalPort {
    /// Where it writes its steps: that of the station which runs on it now.
    var diary: Diary
    let source = EntrySource(cityDomain: "example.org", station: .of("demo"))
    private(set) var head: JournalHead
    private(set) var entries: [Entry] = []
    /// The books as the entries change them.
    private(set) var books = ReplayedBooks()
    /// What the next commits fail with.
    var fault: JournalFault?
    /// Whether there is room for outcomes only, as on a disk that is full but for the ballast.
    var refusesRequests = false
    /// Called in the middle of a commit, to look at the rest of the station.
    var whileCommitting: () -> Void = {}

    init(_ diary: Diary, epoch: Epoch = Epoch(0xe)) {
        self.diary = diary
        head = JournalHead(epoch: epoch, sequence: 0, hash: .none)
    }

    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        whileCommitting()
        if let fault { throw fault }
        if refusesRequests, urgency == .request { throw .full }
        diary.steps.append(.committed(entries.map(\.kind), urgency))
        for entry in entries {
            books.apply(entry)
            head = JournalHead(after: entry)
        }
        self.entries += entries
    }

    func unfinishedErrands() throws(JournalFault) -> [Errand] {
        if let fault { throw fault }
        return books.errands.values.sorted { ($0.opening, $0.loan) < ($1.opening, $1.loan) }
    }

    func lockersSuspended() throws(JournalFault) -> Set<LockerID> {
        if let fault { throw fault }
        return books.suspended
    }

    /// Wrong PINs in a row, by card.
    private(set) var attempts: [CardDigest: Int] = [:]

    func countPINAttempt(of card: CardDigest) throws(JournalFault) -> Int {
        if let fault { throw fault }
        attempts[card, default: 0] += 1
        return attempts[card] ?? 0
    }

    func clearPINAttempts(of card: CardDigest) throws(JournalFault) {
        if let fault { throw fault }
        attempts[card] = nil
    }

    func lockersInDoubt() throws(JournalFault) -> Set<LockerID> {
        if let fault { throw fault }
        return Set(books.contents.filter { $0.value == .unverified }.keys)
    }
}

/// The books that replaying entries gives, as the journal's adapter keeps them.
struct ReplayedBooks: Equatable {
    struct ErrandKey: Hashable {
        let loan: EntryNumber
        let purpose: Errand.Purpose
    }
    private(set) var loans: [EntryNumber: Loan] = [:]
    private(set) var contents: [LockerID: Content] = [:]
    private(set) var errands: [ErrandKey: Errand] = [:]
    private(set) var suspended: Set<LockerID> = []
    private(set) var conditions: [ItemID: Condition] = [:]
    private(set) var places: [ItemID: LockerID] = [:]
    private(set) var replacedCards: [BorrowerID: EntryHash] = [:]
    private(set) var passes = PassBook()
    /// Entries that could not be applied.
    private(set) var mistakes: [String] = []

    mutating func apply(_ entry: Entry) {
        do {
            for change in try entry.fields.changes(kind: entry.kind, number: entry.number) { apply(change, of: entry) }
        } catch {
            mistakes.append("\(entry.number): \(error)")
        }
    }

    private mutating func apply(_ change: LedgerChange, of entry: Entry) {
        switch change {
        case .loanOpened(let id, let item, let due):
            guard let borrower = entry.disclosure?.borrower, loans[id] == nil else {
                return mistakes.append("\(id): no loan")
            }
            loans[id] = Loan(id: id, item: item, borrower: borrower, due: due)
        case .loanClosed(let id):
            if loans.removeValue(forKey: id) == nil { mistakes.append("\(id): closed, and was not open") }
        case .errandBegan(_, let errand): errands[ErrandKey(loan: errand.loan, purpose: errand.purpose)] = errand
        case .errandEnded(let loan, let purpose):
            if errands.removeValue(forKey: ErrandKey(loan: loan, purpose: purpose)) == nil {
                mistakes.append("\(loan): ended, and was not under way")
            }
        case .content(let locker, let content): contents[locker] = content
        case .loanRenewed(let id, let due):
            if loans[id] == nil { mistakes.append("\(id): renewed, and was not open") }
            loans[id]?.due = due
            loans[id]?.renewals += 1
        case .loanReported(let id):
            if loans[id] == nil { mistakes.append("\(id): reported, and was not open") }
            loans[id]?.isReported = true
        case .service(let locker, true): suspended.insert(locker)
        case .service(let locker, false): suspended.remove(locker)
        case .condition(let item, let condition): conditions[item] = condition == .sound ? nil : condition
        case .place(let item, let locker, _): places[item] = locker
        case .passTried(let nonce, let loan, let until):
            if loans[loan] == nil { mistakes.append("\(nonce): a pass for no loan") }
            passes.note(nonce, loan: loan, until: until, at: entry.quality == .synchronised ? entry.time : nil)
        case .passLeft(let loan): passes.leave(loan)
        case .card(let card):
            guard let borrower = entry.disclosure?.borrower else { return mistakes.append("a card of nobody") }
            replacedCards[borrower] = card
        }
    }
}

extension ReplayedBooks {
    /// Whether these books say the same as those kept with a pencil.
    func agree(with books: PlainBooks) -> Bool {
        mistakes.isEmpty && loans == Dictionary(uniqueKeysWithValues: books.loans.map { ($0.id, $0) })
            && contents == books.contents && suspended == books.suspended && conditions == books.conditions
            && places == books.places && replacedCards == books.replacedCards
            && passes.uses.allSatisfy { books.passes[$0] == $1 }
            && Set(errands.values) == Set(books.errands) && errands.count == books.errands.count
    }
}
