// Sessions: how they begin and end, and in which language.

import Testing

@testable import StationCore

@Suite("Sessions")
struct SessionTests {
    @Test("a session ends by command, by another card, by the end of the input, or after a minute without a scan")
    func ends() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.book)
        #expect(bench.scan(Command.finish) == [.tell(Message(.sessionEnded, count: 1))])
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.second).keys == ["session-ended", "session-began"])
        #expect(bench.desk.wants.borrower == SampleHouse.second.id)
        #expect(bench.take(.inputEnded).keys == ["session-ended"])
        bench.scan(SampleHouse.first)
        bench.wait(.seconds(60))
        #expect(bench.take(.tick) == [.tell(Message(.sessionTimedOut, count: 0))])
        #expect(!bench.desk.isBusy && bench.desk.nextDeadline == nil)
    }

    @Test("each scan, also a refused one, gives the session its minute again")
    func activity() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.wait(.seconds(59))
        bench.scan(.unknown)
        bench.wait(.seconds(59))
        #expect(bench.take(.tick).isEmpty)
        bench.wait(.seconds(1))
        #expect(bench.take(.tick).keys == ["session-timed-out"])
    }

    @Test("who is busy at a door is not timed out, and has a minute from its end on")
    func busy() {
        var bench = Stage.released.bench
        bench.take(.doorOpened(.of("4"), at: bench.now))
        bench.wait(.seconds(200))
        #expect(bench.take(.tick).keys == ["please-shut"])
        bench.take(.doorLatched(.of("4"), at: bench.now))
        bench.wait(.seconds(59))
        #expect(bench.take(.tick).isEmpty)
        bench.wait(.seconds(1))
        #expect(bench.take(.tick).keys == ["session-timed-out"])
    }

    @Test("a door outlives its borrower's session, and the next borrower's clock does not hang on it")
    func doorOutlives() {
        var bench = Stage.ajar.bench
        bench.scan(SampleHouse.second)
        bench.wait(.seconds(10))
        #expect(bench.take(.doorLatched(.of("4"), at: bench.now)).keys == ["taken"])
        #expect(bench.books.loans.map(\.borrower) == [SampleHouse.first.id])
        bench.wait(.seconds(50))
        #expect(bench.take(.tick).keys == ["session-timed-out"], "only the second one's own scan counts")
    }

    @Test("the language is the session's, and a door speaks the one it was asked in")
    func language() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        #expect(bench.desk.language == nil)
        #expect(bench.scan(.language(.english)) == [.tell(Message(.languageChosen, language: .english))])
        bench.scan(SampleHouse.drill)
        bench.scan(SampleHouse.second)
        #expect(bench.desk.language == nil, "the next person is spoken to as the house does")
        bench.scan(.language(.german))
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.effects.messages.last?.language == .english)
        #expect(bench.desk.language == .german)
    }

    @Test("each of two borrowers is spoken to in the language that they like, in greeting and goodbye")
    func likedLanguage() throws {
        let arabic = try #require(Language("ar"))
        var bench = DeskBench()
        var first = bench.books.facts(of: SampleHouse.first)
        first.borrower.language = arabic
        #expect(bench.scan(.borrower(first)) == [.tell(Message(.sessionBegan, count: 0, language: arabic))])
        #expect(bench.scan(Command.help).messages.map(\.language) == [arabic])
        #expect(bench.scan(SampleHouse.second).messages.map(\.language) == [arabic, nil])
        bench.scan(.language(.english))
        #expect(bench.scan(.borrower(first)).messages.map(\.language) == [.english, arabic])
        bench.wait(.seconds(60))
        #expect(bench.take(.tick).messages.map(\.language) == [arabic])
        #expect(bench.desk.language == nil)
    }

    @Test("a command counts for more than what a borrower likes, also one that came before the card")
    func commandFirst() throws {
        var bench = DeskBench()
        var first = bench.books.facts(of: SampleHouse.first)
        first.borrower.language = Language("ar")
        bench.scan(.language(.english))
        #expect(bench.scan(.borrower(first)).messages.map(\.language) == [.english])
        bench.scan(.language(.german))
        #expect(bench.scan(Command.finish).messages.map(\.language) == [nil], "the station's own")
        #expect(bench.scan(.borrower(first)).messages.map(\.language) == [Language("ar")])
    }

    @Test("a door that was asked for in the station's own language keeps it, whatever the next borrower speaks")
    func doorInOwnLanguage() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.drill)
        bench.scan(SampleHouse.second)
        bench.scan(.language(.english))
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.effects.messages.last?.id == .stated(.taken) && bench.effects.messages.last?.language == nil)
    }

    @Test("a borrower who is taken out of the register in mid-session gets nothing more")
    func removed() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        let drill = Subject.item(bench.books.facts(of: SampleHouse.drill))
        #expect(bench.take(.scanned, Facts(drill)).keys == ["refused-borrower-unknown"])
        let another = Facts(drill, serving: bench.books.facts(of: SampleHouse.second))
        #expect(bench.take(.scanned, another).keys == ["refused-borrower-unknown"])
    }
}
