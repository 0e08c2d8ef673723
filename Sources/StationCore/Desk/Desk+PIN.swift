// PINs: of staff, to sign in or to agree to a loan; of borrowers, for what is valuable. The comparison is the shell's;
// here is what it is for, and how long the next one has to wait.

extension Desk {
    /// Something is needed before so many pieces are lent: asks for it and remembers the request. What was asked for before
    /// and still waits is taken back, as only one thing can wait.
    mutating func ask(for need: LoanNeed, _ item: Item, pieces: Int = 1, _ decision: inout Decision) {
        guard let card = session?.card else {
            decision.refuse(.undecidable, item: item)
            return
        }
        if need == .pin, !card.hasPIN {
            decision.refuse(.pinMissing, item: item)
            return
        }
        if session?.request?.item.id != item.id { dropRequest(&decision) }
        session?.request = PendingRequest(item: item, pieces: pieces, need: need)
        switch need {
        case .pin: expectPIN(card, .borrower, item: item, &decision)
        case .approval(let cents):
            decision.tell(
                Message(cents > 0 ? .askDeposit : .askStaff, item: item).with {
                    $0.cents = cents > 0 ? cents * pieces : nil
                    $0.pieces = pieces
                })
        }
    }

    /// A badge: agrees to the loan that waits for it, else signs in.
    mutating func badgeScanned(_ facts: StaffFacts, _ decision: inout Decision) {
        if let until = facts.staff.validUntil, until < decision.moment.knownPast {
            decision.refuse(.staffExpired)
            return
        }
        if staff?.staff == facts.staff.id {
            // Whoever shows the badge again begins anew, and may type the PIN after it: that is no new label (rule S10).
            staff?.duty = .open
            decision.tell(Message(.staffWelcome))
            return
        }
        if case .approval? = session?.request?.need {
            expectPIN(facts.badge, .approval(facts.staff.id), item: session?.request?.item, &decision)
            return
        }
        endVisit(&decision)
        expectPIN(facts.badge, .signIn(facts.staff.id), item: nil, &decision)
    }

    private mutating func expectPIN(
        _ card: CardFacts, _ purpose: PINEntry.Purpose, item: Item?, _ decision: inout Decision
    ) {
        guard card.hasPIN, card.failures < PINPatience.maximumFailures else {
            decision.refuse(card.hasPIN ? .pinLocked : .pinMissing, item: item)
            return
        }
        let now = decision.moment.monotonic
        // After a restart nobody knows how long ago the last wrong PIN was: the wait begins again.
        if pinNotBefore[card.digest] == nil, card.failures > 0 {
            pinNotBefore[card.digest] = now + PINPatience.wait(after: card.failures)
        }
        pinEntry = PINEntry(card: card.digest, purpose: purpose, deadline: now + setup.sessionTimeout)
        decision.tell(Message(.enterPIN, item: item))
    }

    mutating func pinEntered(_ answer: PINAnswer, _ facts: Facts, _ decision: inout Decision) {
        guard let entry = pinEntry else {
            decision.tell(Message(.nothingToAnswer))
            return
        }
        pinEntry?.digits = 0
        switch answer {
        case .tooSoon:
            decision.refuse(.pinTooSoon, count: wholeSeconds(pinWait(at: decision.moment.monotonic)))
        case .wrong(let failures):
            let wait = PINPatience.wait(after: failures)
            pinNotBefore[entry.card] = decision.moment.monotonic + wait
            decision.record(.pinRefused(entry.person(session)))
            if failures >= PINPatience.maximumFailures {
                dropRequest(&decision)
                pinEntry = nil
                decision.refuse(.pinLocked)
            } else {
                // The entry above says it all.
                decision.tell(Message(.refused(.wrongPIN), count: wholeSeconds(wait)))
            }
        case .right:
            pinNotBefore[entry.card] = nil
            pinEntry = nil
            pinProven(entry.purpose, facts, &decision)
        }
    }

    private mutating func pinProven(_ purpose: PINEntry.Purpose, _ facts: Facts, _ decision: inout Decision) {
        switch purpose {
        case .signIn(let member): signIn(member, &decision)
        case .approval(let member):
            guard let request = session?.request, case .approval(let cents) = request.need else { return }
            decision.record(
                .loanApproved(item: request.item.id, depositCents: cents * request.pieces, staff: member))
            decision.tell(Message(.approved, item: request.item).with { $0.pieces = request.pieces })
            goOn(with: request, facts, isApproved: true, &decision)
        case .borrower:
            session?.isPINRight = true
            decision.tell(Message(.pinRight))
            if let request = session?.request { goOn(with: request, facts, isApproved: false, &decision) }
        }
    }

    /// The loan that waited is asked for again, with what is known of it now.
    private mutating func goOn(
        with request: PendingRequest, _ facts: Facts, isApproved: Bool, _ decision: inout Decision
    ) {
        session?.request = nil
        guard let item = facts.pending, item.item.id == request.item.id, let serving = facts.serving else {
            decision.refuse(.undecidable, item: request.item)
            return
        }
        if request.pieces > 1, let pieces = session?.pieces {
            takeMore(request.pieces, item, serving, facts.house, pieces, isApproved: isApproved, &decision)
        } else {
            checkOut(item, serving, facts.house, isApproved: isApproved, &decision)
        }
    }

    /// Takes back the loan that waits for a PIN or for staff.
    mutating func dropRequest(_ decision: inout Decision) {
        guard let request = session?.request else { return }
        session?.request = nil
        decision.tell(Message(.cancelled, item: request.item))
    }

    /// A digit of the sheet: the shell keeps it, here it is only counted aloud.
    mutating func digitScanned(_ decision: inout Decision) {
        guard pinEntry != nil else {
            decision.tell(wants.countedPieces != nil ? Message(.digitTaken) : Message(.nothingToAnswer))
            return
        }
        pinEntry?.digits += 1
        decision.tell(Message(.digitTaken, count: pinEntry?.digits))
    }

    private func wholeSeconds(_ duration: Duration) -> Int {
        Int((duration.wholeMilliseconds + 999) / 1000)
    }
}

extension PINEntry {
    /// Whose PIN it is.
    fileprivate func person(_ session: Session?) -> Person {
        switch purpose {
        case .signIn(let staff), .approval(let staff): .staff(staff)
        case .borrower:
            if let session { .borrower(session.borrower) } else { preconditionFailure("a borrower's PIN, no session") }
        }
    }
}
