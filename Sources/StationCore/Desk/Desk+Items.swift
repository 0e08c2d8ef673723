// What the label of an item asks for: to be taken, to come back, or whatever the command before it said.

extension Desk {
    /// An item's label: the borrower's own loan comes back, anything else is asked for. Without a session the answer
    /// is whether the item could be had.
    mutating func itemScanned(_ item: ItemFacts, _ facts: Facts, _ decision: inout Decision) {
        if staff != nil {
            itemScannedByStaff(item, &decision)
            return
        }
        guard let session else {
            itemScannedByAnybody(item, facts.house, &decision)
            return
        }
        guard let serving = facts.serving, serving.borrower.id == session.borrower else {
            decision.refuse(.borrowerUnknown, item: item.item)
            return
        }
        let own = item.loans.filter { $0.borrower == session.borrower }
        self.session?.lastItem = TouchedItem(item: item.item, loan: own.first?.id)
        if self.session?.pieces?.item.id != item.item.id { self.session?.pieces = nil }
        switch session.intent {
        case .renewal:
            self.session?.intent = nil
            renew(own, item, serving, facts.house, &decision)
        case .giveBack:
            self.session?.intent = nil
            if let loan = own.first {
                giveBack(loan, item, serving, facts.house, &decision)
            } else {
                report(item, facts.house, by: .borrower(session.borrower), &decision)
            }
        case .another:
            self.session?.intent = nil
            take(item, own, serving, facts.house, &decision)
        case .condition(let condition):
            self.session?.intent = nil
            conditionSaid(condition, &decision)
        case nil:
            let earlier = own.filter { !session.begun.contains($0.id) }
            // Of several equals each scan brings back another one.
            if let loan = earlier.first(where: { returning($0, item) == nil }) ?? earlier.first {
                giveBack(loan, item, serving, facts.house, &decision)
            } else {
                take(item, own, serving, facts.house, &decision)
            }
        }
    }

    /// The borrower wants an item, having these of its equals.
    private mutating func take(
        _ item: ItemFacts, _ own: [Loan], _ serving: BorrowerFacts, _ house: HouseFacts, _ decision: inout Decision
    ) {
        if let loan = own.first, item.item.quantity == 1 {
            decision.tell(Message(.alreadyYours, item: item.item, locker: item.locker, due: loan.due))
        } else {
            checkOut(item, serving, house, &decision)
        }
    }

    private mutating func itemScannedByAnybody(_ item: ItemFacts, _ house: HouseFacts, _ decision: inout Decision) {
        if let until = anonymousReturn, decision.moment.monotonic < until {
            anonymousReturn = nil
            report(item, house, by: .anybody, &decision)
        } else if let refusal = availabilityRefusal(item) {
            decision.refuse(refusal, item: item.item, locker: item.locker, due: item.nextDue)
        } else {
            decision.tell(Message(.itemAvailable, item: item.item, locker: item.locker))
        }
    }

    /// Why nobody could have the item now, whoever asks.
    func availabilityRefusal(_ facts: ItemFacts) -> Refusal? {
        if facts.item.home != nil { return .notHere }
        if facts.loans.count >= facts.item.quantity { return .onLoan }
        if !facts.item.isLendable { return .notLendable }
        if facts.condition == .damaged { return .damaged }
        return doorRefusal(facts) ?? (facts.content == .empty ? .lockerEmpty : nil)
    }

    /// Why the item's door can't be opened, whatever for.
    func doorRefusal(_ facts: ItemFacts) -> Refusal? {
        guard facts.item.locker != nil else { return nil }
        guard let locker = facts.locker else { return .notHere }
        guard setup.doors[locker.id] != nil, faults[locker.id] == nil else { return .lockerOutOfService }
        if suspended.contains(locker.id) { return .lockerSuspended }
        if facts.content == .unverified { return .lockerUnverified }
        if !isGuardPresent { return .guardAbsent }
        return pressedStops.isEmpty ? nil : .emergencyStop
    }

    /// Whether the item is a room whose door is held while somebody has it.
    func isRoom(_ facts: ItemFacts) -> Bool {
        facts.locker.flatMap { setup.doors[$0.id] }?.longestHold != nil
    }

    /// Somebody else is at this door.
    func inUseRefusal(_ locker: Locker?, _ visitor: Visitor) -> Refusal? {
        guard let locker, let opening = openings[locker.id] else { return nil }
        return opening.visitor == visitor ? nil : .lockerInUse
    }

    // MARK: - The state of things

    /// Somebody says that what they scanned last, or scan next, is damaged or lacks a part.
    mutating func conditionSaid(_ condition: Condition, _ decision: inout Decision) {
        guard session != nil else {
            decision.refuse(.noSession)
            return
        }
        guard let touched = session?.lastItem else {
            session?.intent = .condition(condition)
            decision.tell(Message(.scanWhatIsDamaged))
            return
        }
        if condition == .incomplete, !touched.item.parts.isEmpty, let loan = touched.loan {
            session?.partsQuestions.removeAll { $0.loan == loan }
            session?.partsQuestions.insert(
                PartsQuestion(item: touched.item, loan: loan, purpose: .giveBack, part: 0), at: 0)
            askAboutParts(&decision)
            return
        }
        decision.record(.conditionReported(item: touched.item.id, condition, loan: touched.loan))
        decision.tell(Message(.conditionNoted, item: touched.item))
    }

    /// Asks after the parts of what was just taken or brought back.
    mutating func partsToCheck(_ pending: PendingErrand, _ decision: inout Decision) {
        guard session != nil, pending.partsCheck != .none, let item = pending.item, !item.parts.isEmpty else { return }
        session?.partsQuestions.append(
            PartsQuestion(
                item: item, loan: pending.errand.loan, purpose: pending.errand.purpose,
                part: pending.partsCheck == .each ? 0 : nil))
        if session?.partsQuestions.count == 1 { askAboutParts(&decision) }
    }

    private func askAboutParts(_ decision: inout Decision) {
        guard let question = session?.partsQuestions.first else { return }
        if let part = question.part {
            decision.tell(
                Message(.isPartThere, item: question.item).with { $0.parts = [question.item.parts[part]] })
        } else {
            decision.tell(Message(.areAllPartsThere, item: question.item))
        }
    }

    /// An answer to the question about parts that was asked last.
    mutating func answerParts(isThere: Bool, _ decision: inout Decision) {
        guard var question = session?.partsQuestions.first else {
            decision.tell(Message(.nothingToAnswer))
            return
        }
        switch question.part {
        case nil where isThere: break
        case nil: question.part = 0
        case let part?:
            if !isThere { question.missing.append(part) }
            question.part = part + 1
        }
        if let part = question.part, part < question.item.parts.count {
            session?.partsQuestions[0] = question
        } else {
            session?.partsQuestions.removeFirst()
            note(question, &decision)
        }
        askAboutParts(&decision)
    }

    private mutating func note(_ question: PartsQuestion, _ decision: inout Decision) {
        let item = question.item
        decision.record(
            .partsChecked(
                loan: question.loan, item: item.id, question.purpose, missing: question.missing.map { $0 + 1 }))
        guard !question.missing.isEmpty else {
            decision.tell(Message(.partsComplete, item: item))
            return
        }
        decision.record(.conditionReported(item: item.id, .incomplete, loan: question.loan))
        decision.tell(
            Message(.partsMissing, item: item).with { $0.parts = question.missing.map { item.parts[$0] } })
    }
}

extension ItemFacts {
    /// When the first of the item's open loans is due.
    fileprivate var nextDue: WallTime? { loans.map(\.due).min() }
}
