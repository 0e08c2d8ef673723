// The books of a journal as one value: as its tables have them, or as its entries add up.

import StationCore
import TestSupport

@testable import MilaStation

/// The books, to be compared.
struct BooksState: Equatable {
    /// A loan as a value in a set.
    struct Line: Hashable {
        var id: EntryNumber, item: ItemID, borrower: BorrowerID, due: WallTime
        var renewals: Int, isReported: Bool
        init(_ loan: Loan) {
            (id, item, borrower, due) = (loan.id, loan.item, loan.borrower, loan.due)
            (renewals, isReported) = (loan.renewals, loan.isReported)
        }
    }

    var loans: Set<Line> = []
    var errands: Set<Errand> = []
    var contents: [LockerID: Content] = [:]
    var suspended: Set<LockerID> = []
    var conditions: [ItemID: Condition] = [:]
    var places: [ItemID: LockerID] = [:]
    var passes = PassBook()

    /// No loan, no errand, no locker touched.
    static let empty = BooksState()

    /// The books that a full replay of the entries gives.
    init(replaying entries: [Entry]) throws {
        for entry in entries { try take(entry) }
    }

    /// What an entry changes.
    mutating func take(_ entry: Entry) throws {
        for change in try entry.fields.changes(kind: entry.kind, number: entry.number) {
            switch change {
            case .loanOpened(let id, let item, let due):
                guard let borrower = entry.disclosure?.borrower else { throw BenchError("\(id) discloses nobody") }
                loans.insert(Line(Loan(id: id, item: item, borrower: borrower, due: due)))
            case .loanClosed(let id): loans = loans.filter { $0.id != id }
            case .errandBegan(_, let errand): errands.insert(errand)
            case .errandEnded(let loan, let purpose):
                errands = errands.filter { $0.loan != loan || $0.purpose != purpose }
            case .content(let locker, let content): contents[locker] = content
            case .loanRenewed(let id, let due):
                alter(id) {
                    $0.due = due
                    $0.renewals += 1
                }
            case .loanReported(let id): alter(id) { $0.isReported = true }
            case .service(let locker, true): suspended.insert(locker)
            case .service(let locker, false): suspended.remove(locker)
            case .condition(let item, let condition): conditions[item] = condition == .sound ? nil : condition
            case .place(let item, let locker, _): places[item] = locker
            case .passTried(let nonce, let loan, let until):
                passes.note(nonce, loan: loan, until: until, at: entry.quality == .synchronised ? entry.time : nil)
            case .passLeft(let loan): passes.leave(loan)
            case .card: break
            }
        }
    }

    private mutating func alter(_ loan: EntryNumber, _ change: (inout Line) -> Void) {
        guard var line = loans.first(where: { $0.id == loan }) else { return }
        loans.remove(line)
        change(&line)
        loans.insert(line)
    }

    init(loans: Set<Line> = [], errands: Set<Errand> = [], contents: [LockerID: Content] = [:]) {
        (self.loans, self.errands, self.contents) = (loans, errands, contents)
    }
}
