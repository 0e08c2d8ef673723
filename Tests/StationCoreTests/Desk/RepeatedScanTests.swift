// The same label scanned twice by a slip of the hand, or by a scanner that is left on it: one action, and an amber answer.

import Testing

@testable import StationCore

@Suite("Repeated scans")
struct RepeatedScanTests {
    private func serving() -> DeskBench {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        return bench
    }

    @Test("within two seconds the same label is one action; after that it is asked about anew")
    func window() {
        var bench = serving()
        #expect(bench.scan(SampleHouse.book).keys == ["taken"])
        bench.wait(.milliseconds(1999))
        let again = bench.scan(SampleHouse.book)
        #expect(again == [.tell(Message(.stated(.scannedTwice), item: SampleHouse.book))])
        #expect(MessageID.stated(.scannedTwice).severity == .warning)
        bench.wait(.seconds(2))
        #expect(bench.scan(SampleHouse.book).keys == ["already-yours"])
    }

    @Test("a scanner that is left on a label says the same for as long as it lies there")
    func left() {
        var bench = serving()
        bench.scan(SampleHouse.book)
        for _ in 0..<10 {
            bench.wait(.seconds(1))
            #expect(bench.scan(SampleHouse.book).keys == ["scanned-twice"])
        }
        #expect(bench.books.loans.count == 1)
    }

    @Test("it can't bring back at once what the session before has taken, nor take what it has just brought back")
    func noReversal() {
        var bench = serving()
        bench.scan(SampleHouse.book)
        bench.scan(SampleHouse.first)
        bench.scan(Command.finish)
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.book).keys == ["returned"], "the card in between shows that it is meant")
        #expect(bench.scan(SampleHouse.book).keys == ["scanned-twice"])
        #expect(bench.books.loans.isEmpty)
    }

    @Test("of things with a quantity each scan counts")
    func quantity() {
        var bench = serving()
        for _ in 0..<3 { bench.scan(SampleHouse.chair) }
        #expect(bench.books.loans.count == 3)
    }

    @Test("another code in between, a refusal and a failure make the next scan count")
    func meant() {
        var bench = serving()
        bench.scan(SampleHouse.book)
        bench.scan(.unknown)
        #expect(bench.scan(SampleHouse.book).keys == ["already-yours"])

        bench = serving()
        bench.take(.guardLost)
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-guard-absent"])
        bench.take(.guardJoined)
        #expect(bench.scan(SampleHouse.drill).opened == [.of("4")])
        bench.take(.openingRefused(sequence: bench.sequence(of: SampleHouse.locker4), .never))
        #expect(bench.scan(SampleHouse.drill).opened == [.of("4")])
    }
}
