// Histories to fill a journal with.

import GuardProtocol
import TestSupport

@testable import MilaStation
@testable import StationCore

/// What may happen at a station, in an order that could be true; always the same for a seed.
struct RandomHistory {
    private var generator: SeededGenerator
    private var loans: [(id: EntryNumber, item: ItemID, locker: LockerID?)] = []
    private var errands: [Errand] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// The happenings of one decision, the first of which becomes the entry `number`.
    mutating func decision(at number: EntryNumber) -> [Happening] {
        switch UInt64.random(in: 0..<10, using: &generator) {
        case 0...2: checkout(at: number)
        case 3...4: giveBack(at: number)
        case 5...7: outcome()
        case 8: service(at: number)
        default: [other]
        }
    }

    private var locker: LockerID {
        mutating get { JournalBench.lockers.randomElement(using: &generator) ?? JournalBench.lockers[0] }
    }

    private var other: Happening {
        mutating get {
            let choices: [Happening] = [
                .refused(.onLoan, item: id("item-7"), locker: nil), .refused(.unknownCode, item: nil, locker: nil),
                .guardLost, .guardJoined, .stationStarted(program: "bench"), .stationStopped,
                .doorOpenedUnasked(locker: locker, at: WallTime(milliseconds: 1)),
                .lockerOutOfService(locker: locker, reason: "the line is held"), .contentDoubted(locker: locker),
                .staffSignedIn(id("s-1")), .staffSignedOut(id("s-1")), .pinRefused(.borrower(id("b-1"))),
                .borrowerProposed(card: EntryHash(of: [1]), staff: id("s-1")),
                .itemProposed(label: "(8004)1", staff: id("s-1")), .stockTaken(staff: id("s-1"), found: 12),
            ]
            return choices.randomElement(using: &generator) ?? .guardLost
        }
    }

    private mutating func service(at number: EntryNumber) -> [Happening] {
        let (locker, staff, item) = (locker, id("s-1") as StaffID, id("item-1") as ItemID)
        let admin = Attendant.admin(id("town-hall"), reason: OrderReason("the caretaker called"))
        var choices: [[Happening]] = [
            [.contentChecked(locker: locker, .holds, by: admin)],
            [.contentChecked(locker: locker, .empty, by: .staff(staff))],
            [.serviceSuspended(locker: locker, by: .staff(staff))], [.serviceResumed(locker: locker, by: admin)],
            [.conditionReported(item: item, .damaged, loan: nil)], [.itemChecked(item: item, staff: staff)],
            [.itemPlaced(item: item, locker: locker, registered: nil, staff: staff)],
        ]
        if let loan = loans.randomElement(using: &generator) {
            let due = WallTime(milliseconds: 1_797_000_000_000)
            choices.append([.loanRenewed(loan: loan.id, item: loan.item, due: due)])
        }
        if Bool.random(using: &generator) {
            errands.append(Errand(purpose: .service, opening: number, loan: number, item: nil, locker: locker))
            return [.serviceBegun(locker: locker, by: Bool.random(using: &generator) ? admin : .staff(staff))]
        }
        return choices.randomElement(using: &generator) ?? []
    }

    private mutating func checkout(at number: EntryNumber) -> [Happening] {
        let item: ItemID = id("item-\(number.sequence)")
        let shelf = Int.random(in: 0..<4, using: &generator) == 0
        let locker = shelf ? nil : locker
        let borrower: BorrowerID = id("b-\(Int.random(in: 1...5, using: &generator))")
        let due = WallTime(milliseconds: 1_796_000_000_000 + Int64(number.sequence))
        let begun = Happening.checkoutBegun(item: item, borrower: borrower, locker: locker, due: due, opening: nil)
        let errand = Errand(purpose: .checkout, opening: number, loan: number, item: item, locker: locker)
        loans.append((number, item, locker))
        // Every other one is fetched with a pass; of some the last attempt came to nothing.
        let pass = number.sequence.isMultiple(of: 2) ? [Self.pass(number)] : []
        // The open shelf has no door to wait for.
        if shelf { return [begun] + pass + [.checkoutCompleted(errand, nil, content: nil)] }
        errands.append(errand)
        return [begun] + pass
    }

    private static func pass(_ loan: EntryNumber) -> Happening {
        .passAccepted(
            PassNonce(loan.sequence % 14), booking: id("booking-\(loan.sequence)"), loan: loan,
            until: WallTime(milliseconds: 1_796_000_000_000))
    }

    private mutating func giveBack(at number: EntryNumber) -> [Happening] {
        let free = loans.filter { loan in !errands.contains { $0.loan == loan.id } }
        guard let loan = free.randomElement(using: &generator) else { return [other] }
        let isReported = loan.locker != nil && Int.random(in: 0..<3, using: &generator) == 0
        let begun = Happening.returnBegun(
            loan: loan.id, item: loan.item, locker: loan.locker, opening: nil, isReported: isReported)
        let errand = Errand(
            purpose: isReported ? .report : .giveBack, opening: number, loan: loan.id, item: loan.item,
            locker: loan.locker)
        if loan.locker == nil {
            loans.removeAll { $0.id == loan.id }
            return [begun, .returnCompleted(errand, nil, content: nil)]
        }
        errands.append(errand)
        return [begun]
    }

    private mutating func outcome() -> [Happening] {
        guard let errand = errands.randomElement(using: &generator) else { return [other] }
        errands.removeAll { $0 == errand }
        let door = DoorReport(
            opened: WallTime(milliseconds: 1), latched: WallTime(milliseconds: 2), basis: .sensed)
        switch (Int.random(in: 0..<4, using: &generator), errand.purpose) {
        case (0, _): return [.outcomeUnknown(errand)]
        case (1, .checkout):
            loans.removeAll { $0.id == errand.loan }
            return [.checkoutFailed(errand, .didNotOpen, content: nil)]
        case (1, .giveBack), (1, .report): return [.returnFailed(errand, .leftOpen, content: .unverified)]
        case (1, .service): return [.serviceFailed(errand, .didNotOpen)]
        case (_, .service): return [.serviceCompleted(errand, door)]
        case (_, .report): return [.returnReported(errand, door, content: .unverified)]
        case (_, .checkout): return [.checkoutCompleted(errand, door, content: .empty)]
        case (_, .giveBack):
            loans.removeAll { $0.id == errand.loan }
            return [.returnCompleted(errand, door, content: .holds)]
        }
    }
}
