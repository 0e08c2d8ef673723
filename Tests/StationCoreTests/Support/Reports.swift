// What staff and borrowers are read out, from the books that a pencil keeps.

@testable import StationCore

extension PlainBooks {
    func reports(for command: Command) -> [Report] {
        switch command {
        case .renew:
            SampleHouse.items.filter { item in loans.contains { $0.item == item.id } }.map { .item(facts(of: $0)) }
        case .overdue, .confirmReturns:
            loans.map { loan in
                .loan(loan, SampleHouse.items.first { $0.id == loan.item } ?? Item(unregistered: loan.item))
            }
        case .stock: SampleHouse.items.filter { $0.home == nil }.map { .item(facts(of: $0)) }
        case .openAll: SampleHouse.lockers.map(Report.locker)
        case .alarms: []
        case .finish, .cancel, .loans, .help, .yes, .no, .giveBack, .takeAnother, .damaged, .incomplete, .suspend,
            .resume, .markEmpty, .markHolding, .markSound, .place, .replaceCard, .newBorrower, .newItem, .digit0,
            .digit1,
            .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9:
            []
        }
    }
}
