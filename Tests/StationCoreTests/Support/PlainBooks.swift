// The books as a person with a pencil would keep them: from what happened, not from the changes that the journal's
// replay computes. Tests hold the one against the other, and look facts up in these.

@testable import StationCore

struct PlainBooks: Equatable {
    private(set) var loans: [Loan] = []
    private(set) var contents: [LockerID: Content] = [:]
    private(set) var errands: [Errand] = []

    mutating func note(_ happening: Happening, as number: EntryNumber) {
        switch happening {
        case .checkoutBegun(let item, let borrower, let locker, let due, let opening):
            loans.append(Loan(id: number, item: item, borrower: borrower, due: due))
            errands.append(
                Errand(purpose: .checkout, opening: opening ?? number, loan: number, item: item, locker: locker))
        case .returnBegun(let loan, let item, let locker, let opening):
            errands.append(
                Errand(purpose: .giveBack, opening: opening ?? number, loan: loan, item: item, locker: locker))
        case .checkoutCompleted(let errand, _, let content): done(errand, isLoanOver: false, content)
        case .checkoutFailed(let errand, _, let content): done(errand, isLoanOver: true, content)
        case .returnCompleted(let errand, _, let content): done(errand, isLoanOver: true, content)
        case .returnFailed(let errand, _, let content): done(errand, isLoanOver: false, content)
        case .outcomeUnknown(let errand):
            done(errand, isLoanOver: false, errand.locker == nil ? nil : .unverified)
        case .contentChecked(let locker, let content): contents[locker] = content
        case .contentDoubted(let locker), .doorOpenedUnasked(let locker, _): contents[locker] = .unverified
        case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
            .lockerInService, .guardJoined, .guardLost, .registerApplied:
            break
        }
    }

    private mutating func done(_ errand: Errand, isLoanOver: Bool, _ content: Content?) {
        errands.removeAll { $0 == errand }
        if isLoanOver { loans.removeAll { $0.id == errand.loan } }
        if let locker = errand.locker, let content { contents[locker] = content }
    }
}

// MARK: - Facts

extension PlainBooks {
    func facts(of borrower: Borrower, maximumLoans: Int = 4) -> BorrowerFacts {
        BorrowerFacts(
            borrower: borrower, loans: loans.filter { $0.borrower == borrower.id }, maximumLoans: maximumLoans)
    }

    func facts(of item: Item) -> ItemFacts {
        let inside = SampleHouse.items.filter { $0.locker == item.locker }.map { neighbour in
            neighbour.quantity - loans.count { $0.item == neighbour.id }
        }.reduce(0, +)
        return ItemFacts(
            item: item, locker: SampleHouse.lockers.first { $0.id == item.locker },
            loans: loans.filter { $0.item == item.id },
            content: item.locker.flatMap { contents[$0] } ?? .holds, othersInside: inside > 1, period: .standard)
    }

    func facts(of locker: Locker) -> Subject {
        .locker(locker, items: SampleHouse.items.filter { $0.locker == locker.id }.map { facts(of: $0) })
    }
}
