// The books as their tables hold them, to be held against what the entries add up to: a bit that was flipped in a due time
// makes a loan that can be read and is wrong.

internal import GRDB
internal import StationCore

/// All books of a journal at one moment.
struct BookTables: Sendable {
    private let loans: [EntryNumber: Loan]
    private let errands: [Errand]
    private let contents: [LockerID: Content]
    private let suspended: Set<LockerID>
    private let conditions: [ItemID: Condition]
    private let places: [ItemID: (locker: LockerID, registered: LockerID?)]
    private let passes: [PassNonce: PassUse]

    /// Reads them.
    ///
    /// Throws: GRDB's errors; ``EntryRow/DamagedRow``.
    init(_ database: Database) throws {
        loans = Dictionary(try Books.loans(database, where: "?", "1").map { ($0.id, $0) }) { $1 }
        errands = try Books.errands(database)
        contents = try Books.contents(database)
        suspended = try Books.suspended(database)
        conditions = try Books.conditions(database)
        places = try Books.places(database)
        passes = try Books.passes(database)
    }

    /// What is different in an image of the books; `nil` where nothing is.
    ///
    /// - Parameter borrowers: whose the loans of the image are, where the entries that began them are still there.
    func difference(from image: BooksImage, _ borrowers: [EntryNumber: BorrowerID]) -> String? {
        guard Set(loans.keys) == Set(image.loans.keys) else { return "other loans are open than the entries say" }
        for (id, line) in image.loans {
            guard let loan = loans[id], loan.item == line.item, loan.due == line.due, loan.renewals == line.renewals,
                loan.isReported == line.isReported, borrowers[id].map({ $0 == loan.borrower }) ?? true
            else { return "loan \(id) is not as the entries say" }
        }
        guard errands.count == image.errands.count, Set(errands) == Set(image.errands.values) else {
            return "other errands are under way than the entries say"
        }
        guard contents == image.contents else { return "what lockers hold is not what the entries say" }
        guard suspended == image.suspended else { return "other lockers are out of service than the entries say" }
        guard conditions == image.conditions else { return "the state of items is not as the entries say" }
        let arePlacesRight = image.places.allSatisfy { item, place in
            places[item].map { $0.locker == place.locker && $0.registered == place.registered } ?? false
        }
        guard places.count == image.places.count, arePlacesRight else {
            return "items have other places than the entries say"
        }
        guard passes == image.passes.uses else { return "other passes were used than the entries say" }
        return nil
    }
}
