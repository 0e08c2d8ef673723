// What a borrower asks of the station itself: what do I have, stop this, how does it work.

import Testing

@testable import StationCore

@Suite("Commands")
struct CommandTests {
    private func serving(_ items: Item...) -> DeskBench {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        for item in items { bench.scan(item) }
        return bench
    }

    // MARK: - What do I have?

    @Test("loans are told in the order in which they are due, those that are overdue with a warning")
    func loans() {
        var bench = serving(SampleHouse.book)
        bench.wait(.seconds(3600))
        bench.scan(SampleHouse.projector)
        var borrower = bench.books.facts(of: SampleHouse.first)
        borrower.items = [SampleHouse.book.id: SampleHouse.book]
        let answer = bench.take(.scanned, Facts(.command(.loans, []), serving: borrower))
        #expect(answer.keys == ["you-have", "you-have"])
        #expect(answer.messages.map(\.item?.id.text) == ["book", "projector"])
        #expect(answer.messages.last?.item?.name == LocalizedText("projector"), "the register has it no more")
        bench.wall = SampleHouse.due.adding(milliseconds: 1)
        let later = bench.take(.scanned, Facts(.command(.loans, []), serving: borrower))
        #expect(later.messages.first == Message(.youHaveOverdue, item: SampleHouse.book, due: SampleHouse.due))
        #expect(later.happenings.isEmpty)
    }

    @Test("a borrower whom the register has forgotten is told so")
    func forgotten() {
        var bench = serving()
        #expect(bench.take(.scanned, Facts(.command(.loans, []))).keys == ["refused-borrower-unknown"])
    }

    // MARK: - Cancel

    @Test("what waits for the coils is taken back, what has begun goes on")
    func queued() {
        var bench = serving(SampleHouse.drill, SampleHouse.chair)
        #expect(bench.desk.summary == "serving requested-4 queued-5")
        let effects = bench.scan(Command.cancel)
        #expect(effects.summary == "‘too-late-to-cancel’ checkout-failed ‘cancelled’")
        #expect(effects.happenings.first?.fields(personDigest: nil).reason == "cancelled")
        #expect(bench.books.loans.map(\.item) == [SampleHouse.drill.id])
        #expect(bench.books.contents[.of("5")] == nil, "nothing moved, so nothing is in doubt")
        #expect(bench.desk.summary == "serving requested-4")
    }

    @Test("an item whose door is open is brought back by scanning it again")
    func undone() {
        var bench = serving(SampleHouse.drill)
        bench.pulse(SampleHouse.locker4)
        bench.take(.doorOpened(.of("4"), at: bench.now))
        #expect(bench.scan(Command.cancel).keys == ["too-late-to-cancel"])
        #expect(bench.scan(SampleHouse.drill).summary == "return-begun ‘locker-opens-for-return’")
        let end = bench.take(.doorLatched(.of("4"), at: bench.now))
        #expect(end.summary == "checkout-completed return-completed ‘taken’ ‘returned’")
        #expect(bench.books.loans.isEmpty && bench.books.contents[.of("4")] == .holds)
    }

    @Test("a return that is cancelled at the open door is none, and somebody has to look")
    func cancelledReturn() {
        var bench = Stage.returning.bench
        #expect(bench.scan(Command.cancel).keys == ["too-late-to-cancel-return"])
        let end = bench.take(.doorLatched(.of("4"), at: bench.now))
        #expect(end.summary == "return-failed ‘cancelled’")
        #expect(bench.books.loans.count == 1 && bench.books.contents[.of("4")] == .unverified)
        #expect(bench.desk.inDoubt == [.of("4")])
    }

    @Test("with nothing under way cancelling is the end of the session, and another's door is not touched")
    func nothing() {
        var bench = serving(SampleHouse.drill)
        bench.scan(SampleHouse.second)
        #expect(bench.scan(Command.cancel).keys == ["session-ended"])
        #expect(bench.desk.summary == "idle requested-4")
        #expect(bench.scan(Command.cancel).isEmpty)
    }
}
