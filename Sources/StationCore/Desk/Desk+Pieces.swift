// Equals: the first scan takes or brings back one and asks how many; further scans count, and so does a number.

extension Desk {
    /// Counts what was taken or brought back of equals; with the first one it asks how many in all, unless none is left.
    mutating func askHowMany(
        _ more: Int, _ item: Item, _ purpose: Errand.Purpose, left: Int, _ decision: inout Decision
    ) {
        guard item.quantity > 1, let session else { return }
        var pieces = Pieces(item: item, purpose: purpose, count: more)
        var answer = Statement.howMany
        if let earlier = session.pieces, earlier.item.id == item.id, earlier.purpose == purpose {
            pieces.count += earlier.count
            answer = .piecesCounted
        } else if left == 0 {
            return
        }
        self.session?.pieces = pieces
        decision.tell(Message(answer, item: item).with { $0.pieces = pieces.count })
    }

    /// A number was entered: so many in all, of what was scanned last.
    mutating func numberEntered(_ number: Int, _ facts: Facts, _ decision: inout Decision) {
        if staff != nil {
            numberEnteredByStaff(number, facts, &decision)
            return
        }
        guard let pieces = session?.pieces else {
            decision.tell(Message(.nothingToAnswer))
            return
        }
        guard let item = facts.pending, item.item.id == pieces.item.id, let serving = facts.serving else {
            decision.refuse(.undecidable, item: pieces.item)
            return
        }
        guard number > pieces.count else {
            decision.tell(Message(.piecesCounted, item: pieces.item).with { $0.pieces = pieces.count })
            return
        }
        switch pieces.purpose {
        case .checkout: takeMore(number - pieces.count, item, serving, facts.house, pieces, &decision)
        case .giveBack, .report, .service:
            bringMore(number - pieces.count, item, serving, facts.house, pieces, &decision)
        }
    }

    /// All of them, or none: who asks for twelve tables has no use for five.
    mutating func takeMore(
        _ more: Int, _ item: ItemFacts, _ serving: BorrowerFacts, _ house: HouseFacts, _ pieces: Pieces,
        isApproved: Bool = false, _ decision: inout Decision
    ) {
        let free = item.item.quantity - item.loans.count
        if more > free {
            decision.refuse(.notEnough, item: item.item, locker: item.locker, count: free + pieces.count)
            return
        }
        var (growing, rest) = (serving, item)
        var (due, isShorter): (WallTime?, Bool) = (nil, false)
        for _ in 0..<more {
            // Staff have agreed to as many as they were asked about.
            let request = request(rest, growing, house, isApproved: isApproved, decision.moment)
            switch request.verdict {
            case .refused(let refusal, let when):
                decision.refuse(refusal, item: item.item, locker: item.locker, due: when)
                return
            case .needs(let need):
                ask(for: need, item.item, pieces: more, &decision)
                return
            case .granted(let granted, let isShortened):
                (due, isShorter) = (granted, isShortened)
                let loan = Loan(id: decision.upcoming, item: item.item.id, borrower: serving.borrower.id, due: granted)
                growing.loans.append(loan)
                growing.items[item.item.id] = item.item
                rest.loans.append(loan)
            }
        }
        if let refusal = availabilityRefusal(item) ?? inUseRefusal(item.locker, .borrower(serving.borrower.id)) {
            decision.refuse(refusal, item: item.item, locker: item.locker)
            return
        }
        guard let due else { return }
        if isShorter { decision.tell(Message(.shortened, item: item.item, due: due)) }
        begin(more, item, serving, due, .none, &decision)
    }

    private mutating func bringMore(
        _ more: Int, _ item: ItemFacts, _ serving: BorrowerFacts, _ house: HouseFacts, _ pieces: Pieces,
        _ decision: inout Decision
    ) {
        let begun = session?.begun ?? []
        let own = item.loans.filter {
            $0.borrower == serving.borrower.id && !begun.contains($0.id) && returning($0, item) == nil
        }
        guard more <= own.count else {
            decision.refuse(.notEnough, item: item.item, locker: item.locker, count: own.count + pieces.count)
            return
        }
        if let refusal = returnRefusal(item, by: serving, house, decision.moment)
            ?? inUseRefusal(item.locker, .borrower(serving.borrower.id))
        {
            decision.refuse(refusal, item: item.item, locker: item.locker)
            return
        }
        beginReturns(Array(own.prefix(more)), item, .borrower(serving.borrower.id), .none, &decision)
        askHowMany(more, item.item, .giveBack, left: own.count - more, &decision)
    }
}

extension [PendingErrand] {
    /// The errands, those that are told in one sentence together, with how many there are.
    var grouped: [(PendingErrand, Int)] {
        var groups: [(PendingErrand, Int)] = []
        for errand in self {
            let place = groups.firstIndex {
                $0.0.item?.id == errand.item?.id && $0.0.errand.purpose == errand.errand.purpose
                    && $0.0.due == errand.due
                    && $0.0.isTakenBack == errand.isTakenBack
            }
            if let place { groups[place].1 += 1 } else { groups.append((errand, 1)) }
        }
        return groups
    }
}
