// What a station of the fleet has written, and what the pool's ledger has to say of it in the end. The loans are counted
// while the journal is written, not by the pool's own code.

import StationCore
import TestSupport

/// A journal, as it travels, with the loans that it adds up to.
struct FleetJournal: Sendable {
    /// A loan as the ledger should know it.
    struct Loan: Equatable, Sendable {
        var id: EntryNumber
        var item: String
        var borrower: String
        var begun: WallTime
        var due: WallTime
        var ended: WallTime?
        var ending: String?
        var renewals = 0
        var isReported = false
    }

    let station: StationID
    let source: EntrySource
    let epoch: Epoch
    let documents: [[UInt8]]
    let hashes: [EntryHash]
    /// In the order in which they began.
    let loans: [Loan]

    /// A day's work of so many entries, or a few more: things go out, come back, are renewed or reported.
    init(station name: String, entries count: Int, seed: UInt64) {
        var (chance, writer) = (SeededGenerator(seed: seed), FleetWriter(station: name, epoch: seed | 1))
        while writer.journal.entries.count < count {
            switch (writer.open.count, chance.number(below: 100)) {
            case (40..., _), (1..., ..<38): writer.giveBack(chance.number(below: writer.open.count))
            case (1..., ..<44): writer.renew(chance.number(below: writer.open.count))
            case (1..., ..<48): writer.report(chance.number(below: writer.open.count))
            case (_, ..<52): writer.checkOut(chance.number(below: 500), opens: false)
            default: writer.checkOut(chance.number(below: 500), opens: true)
            }
        }
        let journal = writer.journal
        (station, source, epoch) = (.of(name), journal.source, journal.head.epoch)
        (documents, hashes, loans) = (journal.documents, journal.entries.map(\.hash), writer.loans)
    }
}

/// Writes a journal, and keeps account of its loans.
private struct FleetWriter {
    var journal: TestJournal
    var loans: [FleetJournal.Loan] = []
    /// The places of those that are open.
    var open: [Int] = []

    init(station: String, epoch: UInt64) { journal = TestJournal(station: station, epoch: epoch) }

    private var now: WallTime {
        guard let last = journal.entries.last else { preconditionFailure("a journal begins with an entry") }
        return last.time
    }

    private static func later(_ time: WallTime, days: Int64) -> WallTime {
        WallTime(milliseconds: time.milliseconds + days * 86_400_000)
    }

    mutating func checkOut(_ number: Int, opens: Bool) {
        let (item, borrower, locker) = ("item-\(number)", "b-\(number % 90)", "\(number % 30)")
        let due = Self.later(now, days: 14)
        let id = journal.write(
            .checkoutBegun(item: .of(item), borrower: .of(borrower), locker: .of(locker), due: due, opening: nil))
        loans.append(.init(id: id, item: item, borrower: borrower, begun: now, due: due))
        let errand = journal.errand(.checkout, id, id, item, locker)
        if opens {
            journal.write(.checkoutCompleted(errand, nil, content: .empty))
            open.append(loans.count - 1)
        } else {
            journal.write(.checkoutFailed(errand, .didNotOpen, content: nil))
            (loans[loans.count - 1].ended, loans[loans.count - 1].ending) = (now, "void")
        }
    }

    mutating func giveBack(_ number: Int) {
        let place = open.remove(at: number)
        journal.giveBack(loans[place].id, loans[place].item)
        (loans[place].ended, loans[place].ending) = (now, "returned")
    }

    mutating func renew(_ number: Int) {
        let place = open[number]
        let due = Self.later(loans[place].due, days: 7)
        journal.write(.loanRenewed(loan: loans[place].id, item: .of(loans[place].item), due: due))
        (loans[place].due, loans[place].renewals) = (due, loans[place].renewals + 1)
    }

    mutating func report(_ number: Int) {
        journal.report(loans[open[number]].id, loans[open[number]].item)
        loans[open[number]].isReported = true
    }
}
