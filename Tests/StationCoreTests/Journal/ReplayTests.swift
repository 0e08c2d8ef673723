// What entries change in the books, and what is said of an entry that lacks what its kind needs.

import Testing

@testable import StationCore

@Suite("Replay")
struct ReplayTests {
    private let number = EntryNumber(epoch: Epoch(0xe), sequence: 3)

    private func changes(_ happening: Happening) throws -> [LedgerChange] {
        try happening.fields(personDigest: nil).changes(kind: happening.kind, number: number)
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
            var suspended: Set<LockerID> = []
            var conditions: [ItemID: Condition] = [:]
            var places: [ItemID: LockerID] = [:]
            var cards: [EntryHash] = []
            var passes: [PassNonce: PassUse] = [:]
            for change in changes {
                switch change {
                case .service(let locker, let isSuspended): if isSuspended { suspended.insert(locker) }
                case .condition(let item, let condition): if condition != .sound { conditions[item] = condition }
                case .place(let item, let locker, _): places[item] = locker
                case .card(let card): cards.append(card)
                case .passTried(let nonce, let loan, let until):
                    passes[nonce] = PassUse(attempts: 1, loan: loan, until: until)
                case .passLeft(let loan): #expect(changes.contains(.loanClosed(loan)))
                case .loanOpened, .loanClosed, .loanRenewed, .loanReported, .errandBegan, .errandEnded, .content: break
                }
            }
            #expect(suspended == books.suspended && places == books.places && cards == books.replacedCards.map(\.value))
            #expect(passes == books.passes)
            #expect(conditions == books.conditions.filter { $0.value != .sound })
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
                .errandEnded(loan: number, .checkout), .loanClosed(number), .passLeft(loan: number),
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
            case .passAccepted: ["pass", "loan", "due"]
            case .returnBegun: ["loan", "item"]
            case .checkoutCompleted, .checkoutFailed, .returnCompleted, .returnFailed, .returnReported,
                .returnConfirmed:
                ["loan"]
            case .loanRenewed: ["loan", "due"]
            case .conditionReported: ["item", "reason"]
            case .itemChecked: ["item"]
            case .itemPlaced: ["item", "locker"]
            case .serviceBegun, .serviceSuspended, .serviceResumed: ["locker"]
            case .serviceCompleted, .serviceFailed: ["opening"]
            case .cardReplaced: ["card"]
            case .outcomeUnknown: ["loan", "purpose"]
            case .contentChecked, .contentDoubted: ["locker", "content"]
            case .doorOpenedUnasked: ["locker"]
            case .epochOpened, .stationStarted, .stationStopped, .refused, .doorLatchedLate, .lockerOutOfService,
                .lockerInService, .guardJoined, .guardLost, .registerApplied, .loanApproved, .partsChecked,
                .staffSignedIn, .staffSignedOut, .pinRefused, .stockTaken, .stockDiffers, .borrowerProposed,
                .itemProposed, .itemReceived, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted,
                .sensorTrusted, .emergencyStopPressed, .emergencyStopReleased:
                []
            }
        guard let whole = kind.samples.first?.fields(personDigest: nil) else { return }
        for name in needed {
            var fields = whole
            switch name {
            case "item": fields.item = nil
            case "due": fields.due = nil
            case "loan": fields.loan = nil
            case "purpose": fields.purpose = nil
            case "locker": fields.locker = nil
            case "reason": fields.reason = nil
            case "opening": fields.opening = nil
            case "card": fields.card = nil
            case "pass": fields.pass = nil
            default: fields.content = nil
            }
            let error = #expect(throws: EntryError.self) { try fields.changes(kind: kind, number: number) }
            #expect(error?.description == "the entry has no '\(name)'")
        }
    }
}
