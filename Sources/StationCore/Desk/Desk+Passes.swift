// Passes: whoever brings one gets what it is for, and nothing else. It opens no session; who wants more scans a card.

extension Desk {
    mutating func passScanned(_ facts: PassFacts, _ house: HouseFacts, _ decision: inout Decision) {
        if let (reason, when) = facts.refusal(at: decision.moment) {
            decision.refuse(reason, due: when)
            return
        }
        guard let borrower = facts.borrower else {
            decision.refuse(.borrowerUnknown)
            return
        }
        // Whoever stood here before has left.
        if session?.borrower != borrower.borrower.id { endSession(telling: .sessionEnded, &decision) }
        endStaff(telling: .staffGoodbye, &decision)
        anonymousReturn = nil
        decision.language = chosenLanguage ?? borrower.borrower.language
        if let loan = facts.use?.loan {
            usedPassScanned(facts, loan, borrower, house, &decision)
        } else if let use = facts.use, use.attempts >= PassUse.maximumAttempts {
            decision.refuse(.passSpent)
        } else if facts.use == nil, let known = facts.unknownBefore, facts.pass.from < known {
            decision.refuse(.passOlderThanJournal)
        } else {
            fetch(facts, borrower, house, &decision)
        }
    }

    /// A pass counts once; but who has a room goes in and out with it.
    private mutating func usedPassScanned(
        _ facts: PassFacts, _ number: EntryNumber, _ borrower: BorrowerFacts, _ house: HouseFacts,
        _ decision: inout Decision
    ) {
        let opening = openings.values.first { opening in
            opening.errands.contains { $0.errand.loan == number && $0.errand.purpose == .checkout }
        }
        for room in facts.items where isRoom(room) {
            guard let loan = room.loans.first(where: { $0.id == number }) else { continue }
            enter(room, loan, borrower, house, &decision)
            return
        }
        if let opening {
            let item = opening.errands.first { $0.errand.loan == number }?.item
            decision.tell(Message(.scannedTwice, item: item, locker: opening.locker))
        } else {
            decision.refuse(.passUsed)
        }
    }

    private mutating func fetch(
        _ facts: PassFacts, _ borrower: BorrowerFacts, _ house: HouseFacts, _ decision: inout Decision
    ) {
        let items = facts.candidates(for: borrower.borrower.id)
        guard let first = items.first else {
            decision.refuse(.passForNothingHere)
            return
        }
        // Nobody is there to be asked which, or how many of them.
        if facts.pass.kind == .locker, items.count > 1 || first.item.quantity > 1 {
            decision.refuse(.whichItem, locker: first.locker)
            return
        }
        if items.count == 1, first.item.quantity == 1,
            let loan = first.loans.first(where: { $0.borrower == borrower.borrower.id })
        {
            decision.tell(Message(.alreadyYours, item: first.item, locker: first.locker, due: loan.due))
            return
        }
        let verdicts = items.map { (item: $0, verdict: verdict($0, borrower, house, decision.moment)) }
        for case (let item, .granted(let due, let isShortened)) in verdicts {
            if isShortened { decision.tell(Message(.shortened, item: item.item, due: due)) }
            if item.condition == .incomplete { decision.tell(Message(.itemIncomplete, item: item.item)) }
            let partsCheck = house.policy.terms(for: item.item, borrower.borrower).partsCheck ?? .none
            begin(1, item, borrower, due, partsCheck, pass: facts.pass, &decision)
            return
        }
        switch verdicts.first?.verdict {
        case .refused(let reason, let when): decision.refuse(reason, item: first.item, locker: first.locker, due: when)
        case .needs, .granted, nil: decision.refuse(.staffOnly, item: first.item)
        }
    }

    /// Whether an item can be fetched now. The pool has said who has the pass, so that no PIN is needed, and that they may
    /// have the item, whether it is in reach or not. A deposit or a consent it can't give.
    private func verdict(
        _ item: ItemFacts, _ borrower: BorrowerFacts, _ house: HouseFacts, _ moment: Moment
    ) -> LoanVerdict {
        var house = house
        house.isPoolInReach = true
        let request = LoanRequest(
            item: item, borrower: borrower, house: house, zone: setup.zone, moment: moment,
            proofs: .init(isPINRight: true), isRoom: isRoom(item))
        if let refusal = request.standingRefusal ?? availabilityRefusal(item) {
            return .refused(refusal, when: refusal == .onLoan ? item.loans.map(\.due).min() : nil)
        }
        let verdict = request.verdict
        if case .granted = verdict, let refusal = inUseRefusal(item.locker, .borrower(borrower.borrower.id)) {
            return .refused(refusal)
        }
        return verdict
    }
}
