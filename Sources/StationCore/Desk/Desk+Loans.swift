// Checkout and return: the entries that begin them, and their way to a door.

extension Desk {
    mutating func checkOut(_ facts: ItemFacts, _ serving: BorrowerFacts, _ decision: inout Decision) {
        let refusal =
            standingRefusal(serving.borrower, decision.moment)
            ?? availabilityRefusal(facts)
            ?? (serving.loans.count >= serving.maximumLoans ? .tooManyLoans : nil)
            ?? inUseRefusal(facts, serving.borrower.id)
        if let refusal {
            let due = refusal == .onLoan ? facts.loans.map(\.due).min() : nil
            decision.refuse(refusal, item: facts.item, locker: facts.locker, due: due)
            return
        }
        let due = facts.period.due(after: decision.moment.wall, in: setup.zone, hours: facts.hours)
        let joined = facts.locker.flatMap { openings[$0.id]?.number }
        let loan = decision.record(
            .checkoutBegun(
                item: facts.item.id, borrower: serving.borrower.id, locker: facts.locker?.id, due: due, opening: joined)
        )
        session?.begun.insert(loan)
        let errand = Errand(
            purpose: .checkout, opening: joined ?? loan, loan: loan, item: facts.item.id, locker: facts.locker?.id)
        let after: Content? = facts.locker == nil ? nil : facts.othersInside ? .holds : .empty
        go(PendingErrand(errand: errand, item: facts.item, due: due, contentAfter: after), facts, serving, &decision)
    }

    mutating func giveBack(_ loan: Loan, _ facts: ItemFacts, _ decision: inout Decision) {
        if let refusal = doorRefusal(facts) ?? inUseRefusal(facts, loan.borrower) {
            decision.refuse(refusal, item: facts.item, locker: facts.locker)
            return
        }
        if let opening = facts.locker.flatMap({ openings[$0.id] }),
            opening.errands.contains(where: { $0.errand.loan == loan.id && $0.errand.purpose == .giveBack })
        {
            decision.tell(Message(.lockerOpensForReturn, item: facts.item, locker: facts.locker))
            return
        }
        let joined = facts.locker.flatMap { openings[$0.id]?.number }
        let number = decision.record(
            .returnBegun(loan: loan.id, item: facts.item.id, locker: facts.locker?.id, opening: joined))
        let errand = Errand(
            purpose: .giveBack, opening: joined ?? number, loan: loan.id, item: facts.item.id, locker: facts.locker?.id)
        let pending = PendingErrand(
            errand: errand, item: facts.item, due: nil, contentAfter: facts.locker == nil ? nil : .holds)
        go(pending, facts, nil, &decision, borrower: loan.borrower)
    }

    /// Somebody else is at this door, or it has just been opened and not yet seen open.
    private func inUseRefusal(_ facts: ItemFacts, _ borrower: BorrowerID) -> Refusal? {
        guard let locker = facts.locker, let opening = openings[locker.id] else { return nil }
        return opening.borrower == borrower && opening.isWelcoming ? nil : .lockerInUse
    }

    /// Sends an errand on its way: done at once on the open shelf, else through the door.
    private mutating func go(
        _ errand: PendingErrand, _ facts: ItemFacts, _ serving: BorrowerFacts?, _ decision: inout Decision,
        borrower: BorrowerID? = nil
    ) {
        guard let locker = facts.locker, let borrower = borrower ?? serving?.borrower.id else {
            complete(errand, nil, nil, &decision)
            return
        }
        if openings[locker.id] != nil {
            openings[locker.id]?.errands.append(errand)
            if let opening = openings[locker.id] { tellOpens(opening, errand, &decision) }
        } else {
            openings[locker.id] = Opening(
                number: errand.errand.opening, locker: locker, borrower: borrower, errands: [errand],
                language: language ?? setup.language, queueEnds: decision.moment.monotonic + setup.queuePatience,
                phase: .queued(askAt: decision.moment.monotonic))
        }
    }

    /// Records that an errand is done and tells the borrower.
    func complete(_ pending: PendingErrand, _ door: DoorReport?, _ opening: Opening?, _ decision: inout Decision) {
        let id: MessageID
        switch pending.errand.purpose {
        case .checkout:
            decision.record(.checkoutCompleted(pending.errand, door, content: pending.contentAfter))
            id = .taken
        case .giveBack:
            decision.record(.returnCompleted(pending.errand, door, content: pending.contentAfter))
            id = .returned
        }
        decision.tell(opening?.message(id, pending) ?? Message(id, item: pending.item, due: pending.due))
    }

    /// Tells the borrower that the door opens, once the guard has accepted; before that there is nothing to tell.
    func tellOpens(_ opening: Opening, _ pending: PendingErrand, _ decision: inout Decision) {
        switch opening.phase {
        case .queued, .requested: break
        case .pulsing, .released, .ajar:
            let id: MessageID = pending.errand.purpose == .checkout ? .lockerOpens : .lockerOpensForReturn
            decision.tell(opening.message(id, pending))
        }
    }
}
