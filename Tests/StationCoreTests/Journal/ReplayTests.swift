// What entries change in the books, and what is said of an entry that lacks what its kind needs.

import Testing

@testable import StationCore

@Suite("Replay")
struct ReplayTests {
    private let number = EntryNumber(epoch: Epoch(0xe), sequence: 3)

    private func changes(_ happening: Happening) throws -> [LedgerChange] {
        try happening.fields(borrowerDigest: nil).changes(kind: happening.kind, number: number)
    }

    @Test("every kind of entry changes the books as a pencil would", arguments: EntryKind.allCases)
    func kinds(_ kind: EntryKind) throws {
        for happening in kind.samples {
            let changes = try changes(happening)
            var books = PlainBooks()
            books.note(happening, as: number)
            let opened = changes.compactMap { if case .loanOpened(let id, _, _) = $0 { id } else { nil } }
            #expect(opened == books.loans.map(\.id))
            let begun = changes.compactMap { if case .errandBegan(_, let errand) = $0 { errand } else { nil } }
            #expect(begun == books.errands)
            var contents: [LockerID: Content] = [:]
            for case .content(let locker, let content) in changes { contents[locker] = content }
            #expect(contents == books.contents)
        }
    }

    @Test("an outcome ends its errand; it ends the loan where the item is back or never left")
    func outcomes() throws {
        let errand = Errand(purpose: .checkout, opening: number, loan: number, item: .of("drill"), locker: .of("4"))
        let back = Errand(purpose: .giveBack, opening: number, loan: number, item: .of("drill"), locker: nil)
        #expect(
            try changes(.checkoutCompleted(errand, nil, content: .empty)) == [
                .errandEnded(loan: number, .checkout), .content(.of("4"), .empty),
            ])
        #expect(
            try changes(.checkoutFailed(errand, .didNotOpen, content: nil)) == [
                .errandEnded(loan: number, .checkout), .loanClosed(number),
            ])
        #expect(
            try changes(.returnCompleted(back, nil, content: nil)) == [
                .errandEnded(loan: number, .giveBack), .loanClosed(number),
            ])
        #expect(try changes(.returnFailed(back, .leftOpen, content: nil)) == [.errandEnded(loan: number, .giveBack)])
        #expect(
            try changes(.outcomeUnknown(errand)) == [
                .errandEnded(loan: number, .checkout), .content(.of("4"), .unverified),
            ])
    }

    @Test("an entry that lacks what its kind needs is named, not guessed", arguments: EntryKind.allCases)
    func lacking(_ kind: EntryKind) {
        let needed: [String] =
            switch kind {
            case .checkoutBegun: ["item", "due"]
            case .returnBegun: ["loan", "item"]
            case .checkoutCompleted, .checkoutFailed, .returnCompleted, .returnFailed: ["loan"]
            case .outcomeUnknown: ["loan", "purpose"]
            case .contentChecked, .contentDoubted: ["locker", "content"]
            case .doorOpenedUnasked: ["locker"]
            case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
                .lockerInService, .guardJoined, .guardLost, .registerApplied:
                []
            }
        guard let whole = kind.samples.first?.fields(borrowerDigest: nil) else { return }
        for name in needed {
            var fields = whole
            switch name {
            case "item": fields.item = nil
            case "due": fields.due = nil
            case "loan": fields.loan = nil
            case "purpose": fields.purpose = nil
            case "locker": fields.locker = nil
            default: fields.content = nil
            }
            let error = #expect(throws: EntryError.self) { try fields.changes(kind: kind, number: number) }
            #expect(error?.description == "the entry has no '\(name)'")
        }
    }
}
