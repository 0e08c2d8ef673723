// Staff at the station: badge and PIN, then a label opens its locker; a command before it asks for something else. All of
// this works without network, pool or clock (rule S8), and all of it is in the journal.

extension Desk {
    mutating func signIn(_ member: StaffID, _ decision: inout Decision) {
        staff = StaffSession(staff: member, lastActivity: decision.moment.monotonic)
        decision.record(.staffSignedIn(member))
        decision.tell(Message(.staffWelcome))
    }

    mutating func endStaff(telling statement: Statement, _ decision: inout Decision) {
        guard let ended = staff else { return }
        decision.record(.staffSignedOut(ended.staff))
        decision.tell(Message(statement))
        staff = nil
        chosenLanguage = nil
        decision.language = language
    }

    // MARK: - Commands

    mutating func staffCommanded(_ command: Command, _ reports: [Report], _ decision: inout Decision) {
        guard let member = staff else {
            decision.refuse(.staffOnly)
            return
        }
        staff?.duty = .open
        switch command {
        case .openAll: openAll(member.staff, reports, &decision)
        case .suspend: expect(.suspend, .scanLocker, &decision)
        case .resume: expect(.resume, .scanLocker, &decision)
        case .markEmpty: expect(.mark(.empty), .scanLocker, &decision)
        case .markHolding: expect(.mark(.holds), .scanLocker, &decision)
        case .markSound: expect(.markSound, .scanItem, &decision)
        case .place: expect(.place(nil), .scanItem, &decision)
        case .replaceCard: expect(.replaceCard(nil), .whoNeedsCard, &decision)
        case .newBorrower: expect(.newBorrower, .scanNewCard, &decision)
        case .newItem: expect(.newItem, .scanNewLabel, &decision)
        case .stock: stockCommanded(reports, &decision)
        case .overdue: listOverdue(reports, &decision)
        case .confirmReturns: listReported(reports, &decision)
        case .alarms: listAlarms(reports, &decision)
        case .finish, .cancel, .loans, .help, .yes, .no, .renew, .giveBack, .takeAnother, .damaged, .incomplete,
            .digit0, .digit1, .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9:
            preconditionFailure("\(command) is no command for staff")
        }
    }

    private mutating func expect(_ duty: StaffSession.Duty, _ question: Statement, _ decision: inout Decision) {
        staff?.duty = duty
        decision.tell(Message(question))
    }

    private mutating func openAll(_ member: StaffID, _ reports: [Report], _ decision: inout Decision) {
        guard isGuardPresent else {
            decision.refuse(.guardAbsent)
            return
        }
        let known = reports.compactMap { if case .locker(let locker) = $0 { locker } else { nil } }
        let free = setup.doors.keys.sorted().filter { openings[$0] == nil }
        // The last one waits for all before it.
        let patience = setup.queuePatience * free.count
        for id in free {
            let locker = known.first { $0.id == id } ?? Locker(id: id, name: LocalizedText(id.text), label: "")
            serve(locker, member, queuePatience: patience, &decision)
        }
    }

    // MARK: - Labels

    mutating func lockerScannedByStaff(_ locker: Locker, _ decision: inout Decision) {
        guard let member = staff?.staff, let duty = staff?.duty else { return }
        guard setup.doors[locker.id] != nil else {
            decision.refuse(.lockerOutOfService, locker: locker)
            return
        }
        switch duty {
        case .open, .confirmReturn, .newItem, .newBorrower, .replaceCard, .markSound, .place(nil):
            serve(locker, member, &decision)
            return
        case .suspend:
            suspend(locker.id, by: .staff(member), &decision)
            decision.tell(Message(.lockerSuspended, locker: locker))
        case .resume:
            resume(locker.id, by: .staff(member), &decision)
            decision.tell(Message(.lockerResumed, locker: locker))
        case .mark(let content):
            contentChecked(locker.id, content, by: .staff(member), &decision)
            decision.tell(Message(content == .empty ? .lockerMarkedEmpty : .lockerMarkedHolding, locker: locker))
        case .place(let item?):
            inDoubt.remove(locker.id)
            decision.record(
                .itemPlaced(
                    item: item.item.id, locker: locker.id, registered: item.registeredLocker, staff: member))
            decision.tell(Message(.itemPlaced, item: item.item, locker: locker))
        }
        staff?.duty = .open
    }

    /// Opens a locker for staff: out of service, in doubt or without a network, it makes no difference.
    private mutating func serve(
        _ locker: Locker, _ member: StaffID, queuePatience: Duration? = nil, _ decision: inout Decision
    ) {
        guard isGuardPresent else {
            decision.refuse(.guardAbsent, locker: locker)
            return
        }
        if let opening = openings[locker.id] {
            if opening.visitor == .staff(member) {
                tellOpens(opening, opening.errands, &decision)
            } else {
                decision.refuse(.lockerInUse, locker: locker)
            }
            return
        }
        if let hold = holds[locker.id] {
            decision.tell(Message(.roomOpen, locker: locker, due: hold.until))
            return
        }
        beginService(locker, by: .staff(member), .staff(member), queuePatience: queuePatience, &decision)
    }

    mutating func itemScannedByStaff(_ facts: ItemFacts, _ decision: inout Decision) {
        guard let member = staff else { return }
        if member.stock != nil {
            count(facts.item, &decision)
            return
        }
        switch member.duty {
        case .markSound:
            decision.record(.itemChecked(item: facts.item.id, staff: member.staff))
            decision.tell(Message(.itemChecked, item: facts.item))
            staff?.duty = .open
        case .place:
            staff?.duty = .place(facts)
            decision.tell(Message(.scanLocker, item: facts.item))
        case .confirmReturn: confirmReturn(facts, member.staff, &decision)
        case .replaceCard(nil) where facts.loans.count == 1:
            staff?.duty = .replaceCard(facts.loans[0].borrower)
            decision.tell(Message(.scanNewCard).with { $0.borrower = facts.loans[0].borrower })
        case .open, .suspend, .resume, .mark, .replaceCard, .newBorrower, .newItem: show(facts, &decision)
        }
    }

    private func show(_ facts: ItemFacts, _ decision: inout Decision) {
        if facts.loans.isEmpty {
            let place: Statement = facts.item.locker == nil ? .itemStandsOnShelf : .itemStands
            decision.tell(Message(place, item: facts.item, locker: facts.locker))
        }
        for loan in facts.loans {
            decision.tell(
                Message(.itemStandsLent, item: facts.item, locker: facts.locker, due: loan.due)
                    .with { $0.borrower = loan.borrower })
        }
    }

    private mutating func confirmReturn(_ facts: ItemFacts, _ member: StaffID, _ decision: inout Decision) {
        guard let loan = facts.loans.first(where: \.isReported) else {
            decision.refuse(.notReported, item: facts.item)
            return
        }
        if let locker = facts.locker { inDoubt.remove(locker.id) }
        decision.record(
            .returnConfirmed(loan: loan.id, item: facts.item.id, locker: facts.locker?.id, staff: member))
        decision.tell(Message(.returnConfirmed, item: facts.item))
    }

    // MARK: - People

    mutating func borrowerShownToStaff(_ facts: BorrowerFacts, _ decision: inout Decision) {
        let borrower = facts.borrower
        if case .replaceCard(nil) = staff?.duty {
            staff?.duty = .replaceCard(borrower.id)
            decision.tell(Message(.scanNewCard).with { $0.borrower = borrower.id })
            return
        }
        let isBlocked = borrower.standingRefusal(at: decision.moment.knownPast) != nil
        decision.tell(
            Message(isBlocked ? .borrowerStandsBlocked : .borrowerStands, count: facts.loans.count).with {
                $0.borrower = borrower.id
                $0.reason = isBlocked ? borrower.blockedBecause : nil
            })
    }

    mutating func newCodeScanned(_ code: NewCode, _ decision: inout Decision) {
        guard let member = staff else {
            decision.refuse(.staffOnly)
            return
        }
        switch (member.duty, code) {
        case (.replaceCard(let borrower?), .card(let card)):
            decision.record(.cardReplaced(borrower, card: card))
            decision.tell(Message(.cardReplaced).with { $0.borrower = borrower })
        case (.newBorrower, .card(let card)):
            decision.record(.borrowerProposed(card: card, staff: member.staff))
            decision.tell(Message(.borrowerProposed))
        case (.newItem, .label(let label)):
            decision.record(.itemProposed(label: label, staff: member.staff))
            decision.tell(Message(.itemProposed))
        case (.replaceCard, _), (.newBorrower, _), (.newItem, _):
            decision.refuse(.codeUnusable)
            return
        case (.open, _), (.suspend, _), (.resume, _), (.mark, _), (.markSound, _), (.place, _), (.confirmReturn, _):
            decision.refuse(.unknownCode)
            return
        }
        staff?.duty = .open
    }
}
