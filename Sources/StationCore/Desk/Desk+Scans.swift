// What a scan means in the state the desk is in: cards open sessions, labels ask for things, commands do what they say.

extension Desk {
    mutating func scanned(_ facts: Facts, _ decision: inout Decision) {
        let now = decision.moment.monotonic
        session?.lastActivity = now
        let label = facts.subject.label
        if let label, let lastLabel, lastLabel.label == label, now < lastLabel.instant + setup.repeatWindow {
            self.lastLabel?.instant = now
            decision.tell(Message(.scannedTwice, item: facts.subject.item, locker: facts.subject.locker))
            return
        }
        meaning(of: facts, &decision)
        // Whoever was refused may have been asked to try again.
        lastLabel = decision.isRefusal ? nil : label.map { LabelScan(label: $0, instant: now) }
    }

    private mutating func meaning(of facts: Facts, _ decision: inout Decision) {
        switch facts.subject {
        case .nothing: break
        case .borrower(let borrower): cardScanned(borrower, &decision)
        case .item(let item): itemScanned(item, facts.serving, &decision)
        case .locker(let locker, let items): lockerScanned(locker, items, facts.serving, &decision)
        case .staffBadge: decision.refuse(.staffUnavailable)
        case .command(.finish): endSession(telling: .sessionEnded, &decision)
        case .command(.cancel): cancel(&decision)
        case .command(.help): decision.tell(Message(.help))
        case .command(.loans): listLoans(facts.serving, &decision)
        case .language(let language): choose(language, &decision)
        case .unknown: decision.refuse(.unknownCode)
        case .mistyped: decision.refuse(.mistypedCode)
        case .unreadable: decision.refuse(.unreadableCode)
        case .wrongLayout: decision.refuse(.wrongKeyboardLayout)
        case .undecidable: decision.refuse(.undecidable)
        }
    }

    mutating func endSession(telling message: MessageID, _ decision: inout Decision) {
        guard let ended = session else { return }
        decision.tell(Message(message, count: ended.begun.count))
        session = nil
        chosenLanguage = nil
        decision.language = language
    }

    private mutating func choose(_ language: Language, _ decision: inout Decision) {
        chosenLanguage = language
        decision.language = language
        decision.tell(Message(.languageChosen))
    }

    /// Tells the borrower what they have, in the order in which it is due.
    private mutating func listLoans(_ serving: BorrowerFacts?, _ decision: inout Decision) {
        guard session != nil else {
            decision.refuse(.noSession)
            return
        }
        guard let serving else {
            decision.refuse(.borrowerUnknown)
            return
        }
        if serving.loans.isEmpty { decision.tell(Message(.youHaveNothing)) }
        for loan in serving.loans.sorted(by: { ($0.due, $0.id) < ($1.due, $1.id) }) {
            let id: MessageID = loan.due < decision.moment.wall ? .youHaveOverdue : .youHave
            let item = serving.items[loan.item] ?? Item(unregistered: loan.item)
            decision.tell(Message(id, item: item, due: loan.due))
        }
    }

    /// A card opens a session even where its borrower may not borrow: what they have must come back.
    private mutating func cardScanned(_ facts: BorrowerFacts, _ decision: inout Decision) {
        let borrower = facts.borrower
        if session?.borrower == borrower.id {
            decision.tell(Message(.sessionContinues, count: facts.loans.count))
            return
        }
        endSession(telling: .sessionEnded, &decision)
        if let refusal = standingRefusal(borrower, decision.moment), facts.loans.isEmpty {
            decision.refuse(refusal)
            return
        }
        session = Session(
            borrower: borrower.id, language: facts.language, lastActivity: decision.moment.monotonic)
        decision.language = language
        decision.tell(Message(.sessionBegan, count: facts.loans.count))
    }

    /// A locker's label asks for what is in it; without a session it answers what that is.
    private mutating func lockerScanned(
        _ locker: Locker, _ items: [ItemFacts], _ serving: BorrowerFacts?, _ decision: inout Decision
    ) {
        guard let first = items.first else {
            decision.tell(Message(.lockerHasNothing, locker: locker))
            return
        }
        guard items.count == 1 else {
            decision.refuse(.whichItem, locker: locker)
            return
        }
        itemScanned(first, serving, &decision)
    }

    /// An item's label: the borrower's own loan comes back, anything else is asked for. Without a session the answer
    /// is whether the item could be had.
    private mutating func itemScanned(_ facts: ItemFacts, _ serving: BorrowerFacts?, _ decision: inout Decision) {
        guard let session else {
            if let refusal = availabilityRefusal(facts) {
                decision.refuse(refusal, item: facts.item, locker: facts.locker, due: facts.nextDue)
            } else {
                decision.tell(Message(.itemAvailable, item: facts.item, locker: facts.locker))
            }
            return
        }
        guard let serving, serving.borrower.id == session.borrower else {
            decision.refuse(.borrowerUnknown, item: facts.item)
            return
        }
        let own = facts.loans.filter { $0.borrower == session.borrower }
        if let earlier = own.first(where: { !session.begun.contains($0.id) }) {
            giveBack(earlier, facts, &decision)
        } else if let loan = own.first, facts.item.quantity == 1 {
            decision.tell(Message(.alreadyYours, item: facts.item, locker: facts.locker, due: loan.due))
        } else {
            checkOut(facts, serving, &decision)
        }
    }

    func standingRefusal(_ borrower: Borrower, _ moment: Moment) -> Refusal? {
        switch borrower.standing {
        case .blocked: .borrowerBlocked
        case .active: borrower.validUntil.map { moment.wall > $0 } == true ? .borrowerExpired : nil
        }
    }

    /// Why nobody could have the item now, whoever asks.
    func availabilityRefusal(_ facts: ItemFacts) -> Refusal? {
        if facts.loans.count >= facts.item.quantity { return .onLoan }
        if !facts.item.isLendable { return .notLendable }
        return doorRefusal(facts) ?? (facts.content == .empty ? .lockerEmpty : nil)
    }

    /// Why the item's door can't be opened, whatever for.
    func doorRefusal(_ facts: ItemFacts) -> Refusal? {
        guard facts.item.locker != nil else { return nil }
        guard let locker = facts.locker else { return .notHere }
        guard setup.doors[locker.id] != nil, faults[locker.id] == nil else { return .lockerOutOfService }
        if facts.content == .unverified { return .lockerUnverified }
        return isGuardPresent ? nil : .guardAbsent
    }
}

/// A label on an item or a locker that was scanned.
struct LabelScan: Equatable, Sendable {
    /// What carries the label.
    enum Label: Equatable, Sendable {
        case item(ItemID)
        case locker(LockerID)
    }

    let label: Label
    /// When it was scanned last.
    var instant: MonotonicInstant
}

extension Subject {
    /// The label that was scanned, where scanning it again at once can only be a slip: of equals, each scan counts.
    fileprivate var label: LabelScan.Label? {
        switch self {
        case .item(let facts): facts.item.quantity == 1 ? .item(facts.item.id) : nil
        case .locker(let locker, let items):
            items.allSatisfy { $0.item.quantity == 1 } ? .locker(locker.id) : nil
        case .nothing, .borrower, .staffBadge, .command, .language, .unknown, .mistyped, .unreadable, .wrongLayout,
            .undecidable:
            nil
        }
    }

    fileprivate var item: Item? {
        switch self {
        case .item(let facts): facts.item
        case .locker(_, let items): items.count == 1 ? items.first?.item : nil
        case .nothing, .borrower, .staffBadge, .command, .language, .unknown, .mistyped, .unreadable, .wrongLayout,
            .undecidable:
            nil
        }
    }

    fileprivate var locker: Locker? { if case .locker(let locker, _) = self { locker } else { nil } }
}

extension ItemFacts {
    /// When the first of the item's open loans is due.
    fileprivate var nextDue: WallTime? { loans.map(\.due).min() }
}

extension Item {
    /// An item that the register no longer has: all that is known is what it is called there.
    fileprivate init(unregistered id: ItemID) {
        self.init(id: id, name: LocalizedText(id.text), label: "", category: "")
    }
}
