// Bringing back, with a card and without one.

import Testing

@testable import StationCore

@Suite("Return")
struct ReturnTests {
    /// A desk whose first borrower took these items in an earlier session.
    private func lent(_ items: Item...) -> DeskBench {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        for item in items {
            bench.scan(item)
            if let locker = SampleHouse.lockers.first(where: { $0.id == item.locker }) { bench.openAndShut(locker) }
        }
        bench.scan(Command.finish)
        return bench
    }

    @Test("card, item, door, latched: the loan is over and the locker holds the item")
    func withCard() throws {
        var bench = lent(SampleHouse.drill)
        #expect(bench.books.contents[.of("4")] == .empty)
        let loan = try #require(bench.books.loans.first).id
        #expect(bench.scan(SampleHouse.first) == [.tell(Message(.sessionBegan, count: 1))])
        let number = bench.next
        #expect(
            bench.scan(SampleHouse.drill) == [
                .record(
                    .returnBegun(loan: loan, item: .of("drill"), locker: .of("4"), opening: nil, isReported: false)),
                .open(number, .of("4"), pulse: .milliseconds(200)),
            ])
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.books.loans.isEmpty && bench.books.errands.isEmpty)
        #expect(bench.books.contents[.of("4")] == .holds)
        #expect(bench.effects.keys.suffix(2) == ["locker-opens-for-return", "returned"])
    }

    @Test("the locker's label brings back what lives in it")
    func byLocker() {
        var bench = lent(SampleHouse.drill)
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.locker4).summary == "return-begun OPEN 4")
    }

    @Test("an item of the open shelf is back at once")
    func openShelf() {
        var bench = lent(SampleHouse.book)
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.book).summary == "return-begun return-completed ‘returned’")
        #expect(bench.books.loans.isEmpty)
    }

    @Test("without a card nothing is opened and no loan changes: the answer says when it is due")
    func withoutCard() {
        var bench = lent(SampleHouse.drill)
        let loans = bench.books.loans
        let effects = bench.scan(SampleHouse.drill)
        #expect(effects.opened.isEmpty && effects.keys == ["refused-on-loan"])
        #expect(effects.messages.first?.due == SampleHouse.due)
        #expect(bench.books.loans == loans)
    }

    @Test("what lives in another house is not lent here, and can be left here with a card or without one")
    func foreign() {
        var bench = DeskBench()
        #expect(bench.scan(SampleHouse.kayak).keys == ["refused-not-here"])
        bench.scan(Command.giveBack)
        #expect(bench.scan(SampleHouse.kayak).summary == "item-received ‘received-for-another-house’")
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.kayak).keys == ["refused-not-here"])
        bench.scan(Command.giveBack)
        let effects = bench.scan(SampleHouse.kayak)
        #expect(effects.happenings.map(\.person) == [.borrower(SampleHouse.first.id)])
        #expect(bench.books.loans.isEmpty)
        bench.house.isPoolInReach = false
        bench.house.policy.offline = .off
        bench.scan(Command.giveBack)
        #expect(bench.scan(SampleHouse.kayak).keys == ["refused-pool-out-of-reach"])
    }

    @Test("stock-taking says what belongs to another house")
    func foreignStock() {
        var bench = DeskBench()
        bench.signIn()
        bench.scan(Command.stock)
        #expect(bench.scan(SampleHouse.kayak).summary == "stock-differs ‘stock-foreign’")
    }

    @Test("another borrower can't bring it back with their own card")
    func anothersCard() {
        var bench = lent(SampleHouse.drill)
        bench.scan(SampleHouse.second)
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-on-loan"])
    }

    @Test("what was taken in this session is not brought back by scanning it again; in the next session it is")
    func sameSession() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.book)
        bench.wait(.seconds(2))
        let again = bench.scan(SampleHouse.book)
        #expect(again.messages == [Message(.alreadyYours, item: SampleHouse.book, due: SampleHouse.due)])
        bench.scan(Command.finish)
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.book).keys == ["returned"])
    }

    @Test("of equals the earlier loans come back first, one a scan, and then another may be taken")
    func equals() {
        var bench = lent(SampleHouse.chair, SampleHouse.chair)
        let loans = bench.books.loans.map(\.id)
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.chair)
        bench.openAndShut(SampleHouse.locker5)
        #expect(bench.books.loans.map(\.id) == [loans[1]])
        bench.scan(SampleHouse.chair)
        bench.openAndShut(SampleHouse.locker5)
        #expect(bench.books.loans.isEmpty)
        #expect(bench.scan(SampleHouse.chair).happenings.map(\.kind) == [.checkoutBegun])
    }

    @Test("scanning again while the door stands open is one return, not two")
    func twice() {
        var bench = Stage.returning.bench
        bench.wait(.seconds(2))
        let effects = bench.scan(SampleHouse.drill)
        #expect(effects.happenings.isEmpty && effects.keys == ["locker-opens-for-return"])
        bench.take(.doorLatched(.of("4"), at: bench.now))
        #expect(bench.books.loans.isEmpty && bench.books.errands.isEmpty)
    }

    @Test("taking one and bringing one back can share a door")
    func shared() {
        var bench = lent(SampleHouse.chair)
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.bench)
        bench.pulse(SampleHouse.locker5)
        bench.take(.doorOpened(.of("5"), at: bench.now))
        #expect(bench.scan(SampleHouse.chair).summary == "return-begun ‘locker-opens-for-return’")
        #expect(
            bench.take(.doorLatched(.of("5"), at: bench.now)).summary
                == "checkout-completed return-completed ‘taken’ ‘returned’")
        #expect(bench.books.loans.map(\.item) == [.of("bench")])
    }

    @Test("a locker in doubt takes nothing back either, until somebody has looked")
    func inDoubt() {
        var bench = lent(SampleHouse.drill)
        bench.take(.contentChecked(.of("4"), .unverified))
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-unverified"])
        bench.take(.contentChecked(.of("4"), .empty))
        #expect(bench.scan(SampleHouse.drill).happenings.map(\.kind) == [.returnBegun])
    }

    @Test("a door that never opened, or was left open, ends no loan and leaves the locker in doubt")
    func failures() {
        for (wait, event, reason, message) in [
            (Duration.seconds(5), nil, "did-not-open", "did-not-open"),
            (
                .seconds(240), DeskEvent.doorOpened(.of("4"), at: MonotonicInstant(nanoseconds: 0)), "left-open",
                "left-open-returned"
            ),
        ] {
            var bench = lent(SampleHouse.drill)
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.drill)
            bench.pulse(SampleHouse.locker4)
            if let event { bench.take(event) }
            bench.wait(wait)
            let effects = bench.take(.tick)
            #expect(effects.summary == "return-failed ‘\(message)’")
            #expect(effects.happenings.first?.fields(personDigest: nil).reason == reason)
            #expect(bench.books.loans.count == 1 && bench.books.contents[.of("4")] == .unverified)
        }
    }

    @Test("when nobody knows what the door did, the loan goes on and the borrower is told so")
    func unknown() {
        var bench = Stage.returning.bench
        bench = lent(SampleHouse.projector)
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.projector)
        let sequence = bench.sequence(of: SampleHouse.locker6)
        bench.take(.openingAccepted(sequence: sequence))
        let effects = bench.take(.coilReleased(sequence: sequence, .cutShort))
        #expect(effects.summary == "outcome-unknown ‘outcome-unknown-returned’")
        #expect(bench.books.loans.count == 1 && bench.books.contents[.of("6")] == .unverified)
    }
}
