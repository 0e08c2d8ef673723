// Listens to what a station says to requests to borrow, so that the oracle can be asked whether it is true.

@testable import StationCore

struct LendingWitness {
    private(set) var cases: [LendingCase] = []
    private(set) var answers: [LendingAnswer] = []
    /// The words that the hours of the house were made from.
    var hours: LendingCase.Hours?

    /// What a line asks for that is scanned next, where it is a loan that the rules are asked about.
    static func request(_ line: String, of station: StationBench) -> LoanRequest? {
        let desk = station.conductor.desk
        guard desk.staff == nil, let session = desk.session,
            let serving = try? station.facts.borrower(session.borrower)
        else { return nil }
        func request(_ item: Item, isApproved: Bool = false) -> LoanRequest {
            desk.request(
                station.facts.facts(of: item), serving, station.facts.house, isApproved: isApproved,
                station.clock.moment)
        }
        if let entry = desk.pinEntry, line.allSatisfy(\.isNumber) {
            guard let waiting = session.request, line == SampleHouse.pin else { return nil }
            var asked = request(waiting.item, isApproved: entry.purpose != .borrower)
            if entry.purpose == .borrower { asked.proofs.isPINRight = true }
            return asked.forLast(of: waiting.pieces)
        }
        if let pieces = session.pieces, pieces.purpose == .checkout, let number = Int(line) {
            return number > pieces.count
                ? request(pieces.item).forLast(of: number - pieces.count) : nil
        }
        guard session.intent == nil, let item = labelled(line, station) else { return nil }
        let own = station.facts.books.loans.filter { $0.item == item.id && $0.borrower == session.borrower }
        // What the borrower brought along goes back, and what they have just taken is theirs already.
        let isTheirs = own.contains { !session.begun.contains($0.id) } || !own.isEmpty && item.quantity == 1
        return isTheirs ? nil : request(item)
    }

    /// The item that a label asks for: its own, or that of a locker with nothing else in it.
    private static func labelled(_ line: String, _ station: StationBench) -> Item? {
        if let item = SampleHouse.items.first(where: { $0.label == line }) { return item }
        guard let locker = SampleHouse.lockers.first(where: { $0.label == line }),
            case .locker(_, let items) = station.facts.books.facts(of: locker), items.count == 1
        else { return nil }
        return SampleHouse.items.first { $0.id == items.first?.item.id }
    }

    /// Notes the answer to a request, where the rules had the last word; gives what is wrong with it at once.
    mutating func hear(_ told: ArraySlice<Message>, _ entries: ArraySlice<Entry>, to request: LoanRequest?) -> [String]
    {
        guard let request else {
            // These are reasons to lend nothing, and nothing else.
            let reasons: [Refusal] = [
                .ageUnknown, .tooYoung, .notQualified, .tooManyLoans, .tooManyOfCategory, .tooValuable, .booked,
                .bookedSoon,
            ]
            let ids = told.map(\.id)
            return reasons.filter { ids.contains(.refused($0)) }.map { "\($0) told, and nothing was to be lent" }
        }
        let item = request.item.item.id
        let begun = entries.last { $0.kind == .checkoutBegun && $0.fields.item == item }
        let isShortened = told.contains { $0.id == .stated(.shortened) }
        let answer =
            begun?.fields.due.map {
                LendingAnswer(says: "granted", due: $0.milliseconds, isShortened: isShortened)
            } ?? told.lazy.filter { $0.item?.id == item }.compactMap(LendingAnswer.init).first
        guard let answer else { return [] }
        cases.append(LendingCase(request: request, zone: "Etc/GMT-1", hours: hours))
        answers.append(answer)
        return []
    }
}

extension LendingAnswer {
    /// What a message says to a request, where the rules of lending lead to it.
    fileprivate init?(_ message: Message) {
        switch message.id {
        case .refused(let refusal) where LendingOracle.refusals.contains(refusal):
            self.init(says: refusal.rawValue, when: message.due?.milliseconds)
        case .stated(.enterPIN): self.init(says: "needs-pin")
        case .stated(.askStaff), .stated(.askDeposit):
            self.init(says: "needs-approval", depositCents: Int64((message.cents ?? 0) / message.pieces))
        case .refused, .stated, .alarm: return nil
        }
    }
}

extension LoanRequest {
    /// The request for the last of so many pieces, those before it being lent; or for the first that is not.
    fileprivate func forLast(of count: Int) -> LoanRequest {
        var request = self
        for _ in 1..<max(count, 1) {
            guard case .granted(let due, _) = request.verdict else { break }
            let number = EntryNumber(epoch: Epoch(1), sequence: UInt64(request.borrower.loans.count + 1))
            let loan = Loan(id: number, item: item.item.id, borrower: borrower.borrower.id, due: due)
            request.item.loans.append(loan)
            request.borrower.loans.append(loan)
            request.borrower.items[item.item.id] = item.item
        }
        return request
    }
}
