// Renewing: the loan lasts as long as one that begins now, but never into somebody else's booking.

extension Desk {
    /// The command to renew: the first one asks what, the second one means everything.
    mutating func renewAsked(_ reports: [Report], _ facts: Facts, _ decision: inout Decision) {
        guard let session else {
            decision.refuse(.noSession)
            return
        }
        guard let serving = facts.serving else {
            decision.refuse(.borrowerUnknown)
            return
        }
        if serving.loans.isEmpty {
            decision.tell(Message(.youHaveNothing))
            return
        }
        guard session.intent == .renewal else {
            self.session?.intent = .renewal
            decision.tell(Message(.scanToRenew))
            return
        }
        self.session?.intent = nil
        for case .item(let item) in reports {
            renew(item.loans.filter { $0.borrower == session.borrower }, item, serving, facts.house, &decision)
        }
    }

    mutating func renew(
        _ loans: [Loan], _ item: ItemFacts, _ serving: BorrowerFacts, _ house: HouseFacts, _ decision: inout Decision
    ) {
        if loans.isEmpty { decision.refuse(.notYours, item: item.item) }
        let request = request(item, serving, house, isApproved: false, decision.moment)
        for (first, pieces) in loans.grouped {
            if let refusal = request.renewalRefusal(of: first) {
                decision.refuse(refusal, item: item.item, due: first.due)
                continue
            }
            guard let due = request.renewedDue(of: first) else {
                decision.tell(
                    Message(.renewalGainsNothing, item: item.item, due: first.due).with { $0.pieces = pieces })
                continue
            }
            for loan in loans where loan.due == first.due && loan.renewals == first.renewals {
                decision.record(.loanRenewed(loan: loan.id, item: item.item.id, due: due))
            }
            decision.tell(Message(.renewed, item: item.item, due: due).with { $0.pieces = pieces })
        }
    }
}
