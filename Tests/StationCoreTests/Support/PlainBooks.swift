// The books as a person with a pencil would keep them: from what happened, not from the changes that the journal's
// replay computes. Tests hold the one against the other, and look facts up in these.

@testable import StationCore

struct PlainBooks: Equatable {
    private(set) var loans: [Loan] = []
    private(set) var contents: [LockerID: Content] = [:]
    private(set) var errands: [Errand] = []
    private(set) var suspended: Set<LockerID> = []
    private(set) var conditions: [ItemID: Condition] = [:]
    private(set) var places: [ItemID: LockerID] = [:]
    private(set) var replacedCards: [BorrowerID: EntryHash] = [:]
    /// All passes that were ever tried.
    private(set) var passes: [PassNonce: PassUse] = [:]

    mutating func note(_ happening: Happening, as number: EntryNumber) {
        switch happening {
        case .checkoutBegun(let item, let borrower, let locker, let due, let opening):
            loans.append(Loan(id: number, item: item, borrower: borrower, due: due))
            errands.append(
                Errand(purpose: .checkout, opening: opening ?? number, loan: number, item: item, locker: locker))
        case .returnBegun(let loan, let item, let locker, let opening, let isReported):
            errands.append(
                Errand(
                    purpose: isReported ? .report : .giveBack, opening: opening ?? number, loan: loan, item: item,
                    locker: locker))
        case .serviceBegun(let locker, _):
            errands.append(Errand(purpose: .service, opening: number, loan: number, item: nil, locker: locker))
        case .checkoutCompleted(let errand, _, let content): done(errand, isLoanOver: false, content)
        case .passAccepted(let nonce, _, let loan, let until):
            passes[nonce] = PassUse(attempts: 1 + (passes[nonce]?.attempts ?? 0), loan: loan, until: until)
        case .checkoutFailed(let errand, _, let content):
            done(errand, isLoanOver: true, content)
            for nonce in passes.keys where passes[nonce]?.loan == errand.loan { passes[nonce]?.loan = nil }
        case .returnCompleted(let errand, _, let content): done(errand, isLoanOver: true, content)
        case .returnFailed(let errand, _, let content): done(errand, isLoanOver: false, content)
        case .returnReported(let errand, _, let content):
            done(errand, isLoanOver: false, content)
            change(errand.loan) { $0.isReported = true }
        case .returnConfirmed(let loan, _, let locker, _):
            loans.removeAll { $0.id == loan }
            if let locker { contents[locker] = .holds }
        case .loanRenewed(let loan, _, let due):
            change(loan) {
                $0.due = due
                $0.renewals += 1
            }
        case .serviceCompleted(let errand, _), .serviceFailed(let errand, _): done(errand, isLoanOver: false, nil)
        case .serviceSuspended(let locker, _): suspended.insert(locker)
        case .serviceResumed(let locker, _): suspended.remove(locker)
        case .conditionReported(let item, let condition, _): conditions[item] = condition
        case .itemChecked(let item, _): conditions[item] = nil
        case .itemPlaced(let item, let locker, _, _):
            places[item] = locker
            contents[locker] = .holds
        case .cardReplaced(let borrower, let card): replacedCards[borrower] = card
        case .outcomeUnknown(let errand):
            done(errand, isLoanOver: false, errand.locker == nil ? nil : .unverified)
        case .contentChecked(let locker, let content, _): contents[locker] = content
        case .contentDoubted(let locker), .doorOpenedUnasked(let locker, _): contents[locker] = .unverified
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied, .loanApproved, .partsChecked, .staffSignedIn,
            .staffSignedOut, .pinRefused, .stockTaken, .stockDiffers, .borrowerProposed, .itemProposed,
            .itemReceived, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted, .sensorTrusted,
            .emergencyStopPressed, .emergencyStopReleased:
            break
        }
    }

    private mutating func change(_ loan: EntryNumber, _ change: (inout Loan) -> Void) {
        for index in loans.indices where loans[index].id == loan { change(&loans[index]) }
    }

    private mutating func done(_ errand: Errand, isLoanOver: Bool, _ content: Content?) {
        errands.removeAll { $0 == errand }
        if isLoanOver { loans.removeAll { $0.id == errand.loan } }
        if let locker = errand.locker, let content { contents[locker] = content }
    }
}

// MARK: - Facts

extension PlainBooks {
    func facts(of borrower: Borrower) -> BorrowerFacts {
        let loans = loans.filter { $0.borrower == borrower.id }
        var items: [ItemID: Item] = [:]
        for item in SampleHouse.items where loans.contains(where: { $0.item == item.id }) { items[item.id] = item }
        return BorrowerFacts(borrower: borrower, loans: loans, items: items)
    }

    /// The same, of a borrower whose card was scanned.
    func facts(ofCardOf borrower: Borrower) -> BorrowerFacts {
        var facts = facts(of: borrower)
        facts.card = CardFacts(digest: SampleHouse.digest(of: borrower.id.text), hasPIN: true)
        return facts
    }

    func facts(of registered: Item) -> ItemFacts {
        var item = registered
        item.locker = places[item.id] ?? item.locker
        let inside = SampleHouse.items.filter { (places[$0.id] ?? $0.locker) == item.locker }.map { neighbour in
            neighbour.quantity - loans.count { $0.item == neighbour.id }
        }.reduce(0, +)
        var facts = ItemFacts(
            item: item, locker: SampleHouse.lockers.first { $0.id == item.locker },
            loans: loans.filter { $0.item == item.id },
            content: item.locker.flatMap { contents[$0] } ?? .holds, piecesInside: inside,
            condition: conditions[item.id] ?? .sound)
        facts.registeredLocker = registered.locker
        return facts
    }

    func facts(of locker: Locker) -> Subject {
        .locker(
            locker,
            items: SampleHouse.items.filter { (places[$0.id] ?? $0.locker) == locker.id }.map { facts(of: $0) })
    }
}
