// Checkout and return: the entries that begin them, and their way to a door.

extension Desk {
    mutating func checkOut(
        _ facts: ItemFacts, _ serving: BorrowerFacts, _ house: HouseFacts, isApproved: Bool = false,
        _ decision: inout Decision
    ) {
        guard let session else { return }
        let request = request(facts, serving, house, isApproved: isApproved, decision.moment)
        if let refusal = request.standingRefusal ?? availabilityRefusal(facts) {
            let due = refusal == .onLoan ? facts.loans.map(\.due).min() : nil
            decision.refuse(refusal, item: facts.item, locker: facts.locker, due: due)
            return
        }
        switch request.verdict {
        case .refused(let refusal, let when):
            decision.refuse(refusal, item: facts.item, locker: facts.locker, due: when)
        case .needs(let need): ask(for: need, facts.item, &decision)
        case .granted(let due, let isShortened):
            if let refusal = inUseRefusal(facts.locker, .borrower(session.borrower)) {
                decision.refuse(refusal, item: facts.item, locker: facts.locker)
                return
            }
            if isShortened { decision.tell(Message(.shortened, item: facts.item, due: due)) }
            if facts.condition == .incomplete { decision.tell(Message(.itemIncomplete, item: facts.item)) }
            begin(1, facts, serving, due, request.partsCheck, &decision)
        }
    }

    /// A request of the borrower who is served.
    func request(
        _ facts: ItemFacts, _ serving: BorrowerFacts, _ house: HouseFacts, isApproved: Bool, _ moment: Moment
    ) -> LoanRequest {
        LoanRequest(
            item: facts, borrower: serving, house: house, zone: setup.zone, moment: moment,
            proofs: .init(
                isPINRight: session?.isPINRight == true, isApproved: isApproved,
                isCardStrong: session?.card?.isStrong != false), isRoom: isRoom(facts))
    }

    /// Begins the loans of so many pieces, which are granted, and goes to their door.
    ///
    /// - Parameter pass: what one piece is fetched with, where that is no card.
    mutating func begin(
        _ count: Int, _ facts: ItemFacts, _ serving: BorrowerFacts, _ due: WallTime,
        _ partsCheck: LendingTerms.PartsCheck, pass: Pass? = nil, _ decision: inout Decision
    ) {
        var pending: [PendingErrand] = []
        var opening = facts.locker.flatMap { openings[$0.id]?.number }
        for piece in 1...count {
            let loan = decision.record(
                .checkoutBegun(
                    item: facts.item.id, borrower: serving.borrower.id, locker: facts.locker?.id, due: due,
                    opening: opening))
            if let pass {
                decision.record(.passAccepted(pass.nonce, booking: pass.booking, loan: loan, until: pass.until))
            }
            session?.begun.insert(loan)
            session?.lastItem = TouchedItem(item: facts.item, loan: loan)
            if facts.locker != nil { opening = opening ?? loan }
            let errand = Errand(
                purpose: .checkout, opening: opening ?? loan, loan: loan, item: facts.item.id, locker: facts.locker?.id)
            let after: Content? =
                facts.locker == nil || isRoom(facts) ? nil : facts.piecesInside > piece ? .holds : .empty
            pending.append(
                PendingErrand(errand: errand, item: facts.item, due: due, contentAfter: after, partsCheck: partsCheck))
        }
        go(pending, facts.locker, .borrower(serving.borrower.id), &decision)
        askHowMany(
            count, facts.item, .checkout, left: facts.item.quantity - facts.loans.count - count, &decision)
    }

    mutating func giveBack(
        _ loan: Loan, _ facts: ItemFacts, _ serving: BorrowerFacts, _ house: HouseFacts, _ decision: inout Decision
    ) {
        guard let session else { return }
        if let refusal = returnRefusal(facts, by: serving, house, decision.moment)
            ?? inUseRefusal(facts.locker, .borrower(session.borrower))
        {
            decision.refuse(refusal, item: facts.item, locker: facts.locker)
            return
        }
        if let locker = facts.locker, isRoom(facts) {
            if leaveRoom(loan.id, at: locker.id, &decision) { return }
            var outside = facts
            outside.locker = nil
            beginReturns([loan], outside, .borrower(session.borrower), .none, &decision)
            return
        }
        if let locker = facts.locker, let index = returning(loan, facts) {
            // Whoever took it back before means it after all.
            openings[locker.id]?.errands[index].isTakenBack = false
            decision.tell(Message(.lockerOpensForReturn, item: facts.item, locker: facts.locker))
            return
        }
        let partsCheck = house.policy.terms(for: facts.item, serving.borrower).partsCheck ?? .none
        beginReturns([loan], facts, .borrower(session.borrower), partsCheck, &decision)
        let earlier = facts.loans.count { $0.borrower == session.borrower && !session.begun.contains($0.id) }
        askHowMany(1, facts.item, .giveBack, left: earlier - 1, &decision)
    }

    /// Which errand at the item's door brings this loan back.
    func returning(_ loan: Loan, _ facts: ItemFacts) -> Int? {
        facts.locker.flatMap { openings[$0.id] }?.errands.firstIndex {
            $0.errand.loan == loan.id && $0.errand.purpose == .giveBack
        }
    }

    /// Why the item can't come back here now; `nil` stands for somebody without a card.
    func returnRefusal(
        _ facts: ItemFacts, by borrower: BorrowerFacts?, _ house: HouseFacts, _ moment: Moment
    ) -> Refusal? {
        if !house.isPoolInReach, house.policy.offline == .off { return .poolOutOfReach }
        // A room is given back with its door shut.
        if isRoom(facts), borrower != nil { return nil }
        if let refusal = doorRefusal(facts) { return refusal }
        let visitor = borrower ?? BorrowerFacts(borrower: Borrower(unknownAt: facts.item))
        let request = LoanRequest(item: facts, borrower: visitor, house: house, zone: setup.zone, moment: moment)
        return request.isQuiet ? .quietHours : nil
    }

    /// Begins the returns of loans of one item, and goes to its door.
    mutating func beginReturns(
        _ loans: [Loan], _ facts: ItemFacts, _ visitor: Visitor, _ partsCheck: LendingTerms.PartsCheck,
        purpose: Errand.Purpose = .giveBack, _ decision: inout Decision
    ) {
        var pending: [PendingErrand] = []
        var opening = facts.locker.flatMap { openings[$0.id]?.number }
        for loan in loans {
            let number = decision.record(
                .returnBegun(
                    loan: loan.id, item: facts.item.id, locker: facts.locker?.id, opening: opening,
                    isReported: purpose == .report))
            if facts.locker != nil { opening = opening ?? number }
            let errand = Errand(
                purpose: purpose, opening: opening ?? number, loan: loan.id, item: facts.item.id,
                locker: facts.locker?.id)
            let after: Content? = facts.locker == nil ? nil : purpose == .report ? .unverified : .holds
            pending.append(
                PendingErrand(errand: errand, item: facts.item, due: nil, contentAfter: after, partsCheck: partsCheck))
        }
        go(pending, facts.locker, visitor, &decision)
    }

    /// Somebody without the borrower's card brings an item back: it goes into a locker that is known to be empty, and the
    /// loan goes on until staff have looked.
    mutating func report(_ facts: ItemFacts, _ house: HouseFacts, by visitor: Visitor, _ decision: inout Decision) {
        let open = facts.loans.filter { !$0.isReported }
        if open.isEmpty, !facts.loans.isEmpty {
            // Somebody has said so before; saying it again is as good.
            decision.tell(Message(.returnReported, item: facts.item, locker: facts.locker))
            return
        }
        if facts.item.home != nil, open.isEmpty {
            receive(facts.item, house, by: visitor, &decision)
            return
        }
        let refusal: Refusal?
        switch open.count {
        case 0: refusal = .notYours
        // Of equals nobody can say whose this one is.
        case 1 where facts.locker == nil || facts.content == .empty:
            refusal = returnRefusal(facts, by: nil, house, decision.moment)
        default: refusal = returnRefusal(facts, by: nil, house, decision.moment) ?? .cardNeeded
        }
        if let refusal = refusal ?? inUseRefusal(facts.locker, visitor) {
            decision.refuse(refusal, item: facts.item, locker: facts.locker)
            return
        }
        beginReturns(open, facts, visitor, .none, purpose: .report, &decision)
    }

    /// Something of another station stays here until somebody takes it home. Its loan is that station's.
    private func receive(_ item: Item, _ house: HouseFacts, by visitor: Visitor, _ decision: inout Decision) {
        if !house.isPoolInReach, house.policy.offline == .off {
            decision.refuse(.poolOutOfReach, item: item)
            return
        }
        var giver: BorrowerID?
        if case .borrower(let borrower) = visitor { giver = borrower }
        decision.record(.itemReceived(item: item.id, giver))
        decision.tell(Message(.receivedForAnotherHouse, item: item))
    }

    mutating func returnAsked(_ decision: inout Decision) {
        guard staff == nil else {
            decision.refuse(.noSession)
            return
        }
        if session == nil {
            anonymousReturn = decision.moment.monotonic + setup.sessionTimeout
        } else {
            session?.intent = .giveBack
        }
        decision.tell(Message(.scanToReturn))
    }

    mutating func anotherAsked(_ decision: inout Decision) {
        guard session != nil else {
            decision.refuse(.noSession)
            return
        }
        session?.intent = .another
        decision.tell(Message(.scanToTakeAnother))
    }

    /// Sends errands of one kind on their way: done at once on the open shelf, else through the door.
    mutating func go(
        _ pending: [PendingErrand], _ locker: Locker?, _ visitor: Visitor, queuePatience: Duration? = nil,
        _ decision: inout Decision
    ) {
        guard let locker, let first = pending.first else {
            complete(pending, nil, nil, &decision)
            return
        }
        if openings[locker.id] != nil {
            openings[locker.id]?.errands += pending
            if let opening = openings[locker.id] { tellOpens(opening, pending, &decision) }
        } else {
            openings[locker.id] = Opening(
                number: first.errand.opening, order: first.errand.opening, locker: locker, visitor: visitor,
                errands: pending,
                language: decision.language ?? setup.language,
                queueEnds: decision.moment.monotonic + (queuePatience ?? setup.queuePatience),
                phase: .queued(askAt: decision.moment.monotonic))
        }
    }

    /// Records that errands are done and tells whoever did them; those of equals in one sentence.
    func completed(_ pending: PendingErrand, _ door: DoorReport?) -> Happening {
        switch pending.errand.purpose {
        case .checkout: .checkoutCompleted(pending.errand, door, content: pending.contentAfter)
        case .giveBack: .returnCompleted(pending.errand, door, content: pending.contentAfter)
        case .report: .returnReported(pending.errand, door, content: pending.contentAfter)
        case .service: .serviceCompleted(pending.errand, door)
        }
    }

    mutating func complete(
        _ pending: [PendingErrand], _ door: DoorReport?, _ opening: Opening?, _ decision: inout Decision
    ) {
        for one in pending {
            decision.record(completed(one, door))
            if one.contentAfter == .unverified, let locker = one.errand.locker { inDoubt.insert(locker) }
        }
        for (one, count) in pending.grouped {
            decision.tell(one.message(one.errand.purpose.done, opening, count))
        }
        for one in pending where opening.map({ isServed($0) }) ?? true { partsToCheck(one, &decision) }
    }

    /// Tells whoever waits that the door opens, once the guard has accepted; before that there is nothing to tell.
    func tellOpens(_ opening: Opening, _ pending: [PendingErrand], _ decision: inout Decision) {
        switch opening.phase {
        case .queued, .requested: break
        case .pulsing, .released, .ajar:
            for (one, count) in pending.grouped {
                decision.tell(one.message(one.errand.purpose.opens, opening, count))
            }
        }
    }

    /// Whether whoever a door was opened for still stands here.
    func isServed(_ opening: Opening) -> Bool {
        switch opening.visitor {
        case .borrower(let borrower): session?.borrower == borrower
        case .staff(let staff): self.staff?.staff == staff
        case .admin, .anybody: false
        }
    }
}

extension Borrower {
    /// Nobody known: for rules that hold whoever brings something.
    fileprivate init(unknownAt item: Item) {
        guard let id = BorrowerID("nobody") else { preconditionFailure("'nobody' has an identifier's shape") }
        self.init(id: id, standing: .active)
    }
}

extension LoanRequest {
    /// How the parts are checked.
    var partsCheck: LendingTerms.PartsCheck {
        house.policy.terms(for: item.item, borrower.borrower).partsCheck ?? .none
    }
}

extension Errand.Purpose {
    /// What is said when the door opens.
    var opens: Statement {
        switch self {
        case .checkout: .lockerOpens
        case .giveBack, .report: .lockerOpensForReturn
        case .service: .lockerOpensForStaff
        }
    }

    /// What is said when it is done.
    var done: Statement {
        switch self {
        case .checkout: .taken
        case .giveBack: .returned
        case .report: .returnReported
        case .service: .lockerServed
        }
    }
}
