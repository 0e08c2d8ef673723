// Entries of another time than a bench's own.

@testable import MilaStation
@testable import StationCore

extension JournalStore {
    /// Writes happenings as they would have been at some time, in one transaction.
    func write(
        _ happenings: [Happening], at wall: WallTime, quality: ClockQuality = .synchronised
    ) throws(JournalFault) {
        var (head, entries) = (head, [Entry]())
        let moment = Moment(monotonic: MonotonicInstant(nanoseconds: 0), wall: wall, quality: quality)
        for happening in happenings {
            entries.append(
                Entry(happening, after: head, at: moment, salt: SystemRandomness().salt(), source: source))
            head = JournalHead(after: entries[entries.count - 1])
        }
        try commit(entries, urgency: .outcome)
    }

    /// Somebody takes an item from an open shelf.
    @discardableResult
    func lend(
        _ item: String, to borrower: String, due: WallTime, at wall: WallTime
    ) throws(JournalFault) -> EntryNumber {
        let loan = head.next
        let errand = Errand(purpose: .checkout, opening: loan, loan: loan, item: id(item), locker: nil)
        try write(
            [
                .checkoutBegun(item: id(item), borrower: id(borrower), locker: nil, due: due, opening: nil),
                .checkoutCompleted(errand, nil, content: nil),
            ], at: wall)
        return loan
    }

    /// And brings it back.
    func giveBack(_ loan: EntryNumber, _ item: String, at wall: WallTime) throws(JournalFault) {
        let errand = Errand(purpose: .giveBack, opening: head.next, loan: loan, item: id(item), locker: nil)
        try write(
            [
                .returnBegun(loan: loan, item: id(item), locker: nil, opening: nil, isReported: false),
                .returnCompleted(errand, nil, content: nil),
            ], at: wall)
    }
}
