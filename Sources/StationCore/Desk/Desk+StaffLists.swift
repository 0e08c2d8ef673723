// What staff are read out, and stock-taking.

extension Desk {
    mutating func listOverdue(_ reports: [Report], _ decision: inout Decision) {
        let overdue = loans(in: reports).filter { $0.loan.due < decision.moment.wall && !$0.loan.isReported }
        if overdue.isEmpty { decision.tell(Message(.nothingOverdue)) }
        for (loan, item) in overdue {
            decision.tell(Message(.overdueLoan, item: item, due: loan.due).with { $0.borrower = loan.borrower })
        }
    }

    /// Reads out what was reported, and takes the items scanned next for seen.
    mutating func listReported(_ reports: [Report], _ decision: inout Decision) {
        let reported = loans(in: reports).filter(\.loan.isReported)
        if reported.isEmpty {
            decision.tell(Message(.nothingReported))
            return
        }
        staff?.duty = .confirmReturn
        for (loan, item) in reported {
            decision.tell(Message(.reportedLoan, item: item).with { $0.borrower = loan.borrower })
        }
        decision.tell(Message(.scanItem))
    }

    func listAlarms(_ reports: [Report], _ decision: inout Decision) {
        var isQuiet = true
        for case .alarm(let alarm) in reports {
            isQuiet = false
            decision.tell(Message(.alarm(alarm.kind), item: alarm.item, locker: alarm.locker, due: alarm.time))
        }
        if isQuiet { decision.tell(Message(.nothingAlarming)) }
    }

    private func loans(in reports: [Report]) -> [(loan: Loan, item: Item)] {
        reports.compactMap { if case .loan(let loan, let item) = $0 { (loan, item) } else { nil } }
            .sorted { ($0.loan.due, $0.loan.id) < ($1.loan.due, $1.loan.id) }
    }

    // MARK: - Stock

    mutating func stockCommanded(_ reports: [Report], _ decision: inout Decision) {
        guard let found = staff?.stock, let member = staff?.staff else {
            staff?.stock = [:]
            decision.tell(Message(.stockBegan))
            return
        }
        staff?.stock = nil
        staff?.lastCounted = nil
        var differences = 0
        for case .item(let facts) in reports {
            guard let (difference, statement, pieces) = facts.difference(found: found[facts.item.id] ?? 0) else {
                continue
            }
            differences += 1
            decision.record(.stockDiffers(item: facts.item.id, difference))
            decision.tell(
                Message(statement, item: facts.item, locker: facts.locker).with { $0.pieces = pieces })
        }
        decision.record(.stockTaken(staff: member, found: found.values.reduce(0, +)))
        decision.tell(Message(.stockTaken, count: differences))
    }

    mutating func count(_ item: Item, _ decision: inout Decision) {
        guard item.home == nil else {
            decision.record(.stockDiffers(item: item.id, .foreign))
            decision.tell(Message(.stockForeign, item: item))
            return
        }
        let count = item.quantity == 1 ? 1 : (staff?.stock?[item.id] ?? 0) + 1
        note(count, of: item, &decision)
    }

    mutating func numberEnteredByStaff(_ number: Int, _ facts: Facts, _ decision: inout Decision) {
        guard staff?.stock != nil, let item = staff?.lastCounted else {
            decision.tell(Message(.nothingToAnswer))
            return
        }
        note(number, of: item, &decision)
    }

    private mutating func note(_ count: Int, of item: Item, _ decision: inout Decision) {
        staff?.stock?[item.id] = count
        staff?.lastCounted = item.quantity > 1 ? item : nil
        decision.tell(Message(.stockCounted, item: item).with { $0.pieces = count })
    }
}

extension ItemFacts {
    /// How what was found differs from what should be here, with how many pieces; `nil` where it does not. What was
    /// reported as brought back may be here or not.
    fileprivate func difference(found: Int) -> (StockDifference, Statement, Int)? {
        let away = loans.count
        let reported = loans.count(where: \.isReported)
        if found < item.quantity - away {
            return (
                .missing, item.locker == nil ? .stockMissingOnShelf : .stockMissing, item.quantity - away - found
            )
        }
        let most = item.quantity - away + reported
        guard found > most else { return nil }
        return found <= item.quantity
            ? (.onLoan, .stockOnLoan, found - most) : (.tooMany, .stockTooMany, found - item.quantity)
    }
}
