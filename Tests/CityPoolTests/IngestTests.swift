// Entries on their way into the real pool: what it stores, applies, answers and never loses.

import Foundation
import StationCore
import TestSupport
import Testing

@Suite struct IngestTests {
    @Test(arguments: Engine.allCases) func aBatchIsStoredAppliedAndReceipted(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        let loan = journal.checkOut("drill-1")
        journal.giveBack(journal.checkOut("marquee", locker: "5"), "marquee", locker: "5")
        let answer = try house.take(journal.documents)
        let receipt = try #require(house.receipt(answer))
        #expect(receipt.source == journal.source && receipt.head == journal.head)
        #expect(answer.rejected.isEmpty)
        #expect(house.stop() == 0)
        #expect(try house.rows("SELECT count(*), max(sequence) FROM entries WHERE rejection IS NULL") == ["7|7"])
        #expect(
            try house.rows("SELECT id, item, borrower, ending FROM loans ORDER BY position") == [
                "\(loan)|drill-1|b-1|", "\(journal.entries[3].number)|marquee|b-1|returned",
            ])
        #expect(
            try house.rows("SELECT locker, content FROM locker_states ORDER BY locker") == ["4|empty", "5|holds"])
        #expect(try house.rows("SELECT incarnation FROM pool") == [receipt.incarnation])
    }

    @Test(arguments: Engine.allCases) func aReceiptOfAnotherKeyOrWithAnotherWordIsNone(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        let answer = try house.take(TestJournal().documents)
        #expect(house.receipt(answer) != nil)
        var forged = answer
        forged.receipt = answer.receipt.replacingOccurrences(of: "\n1\n", with: "\n9\n")
        #expect(forged.receipt != answer.receipt && house.receipt(forged) == nil)
        #expect(try PoolHouse(on: engine).receipt(answer) == nil)
    }

    @Test(arguments: Engine.allCases) func anEmptyBatchIsAnsweredWithWhatIsThere(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        #expect(try house.take([]) == BatchAnswer(receipt: "", rejected: []))
        let journal = TestJournal()
        try house.take(journal.documents)
        #expect(house.receipt(try house.take([]))?.head == journal.head)
    }

    @Test(arguments: Engine.allCases) func theSameBatchThreeTimesAndOverlappingOnesCountOnce(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        journal.lend(times: 20)
        let documents = journal.documents
        for _ in 0..<3 { #expect(house.receipt(try house.take(Array(documents[..<40])))?.head.sequence == 40) }
        #expect(house.receipt(try house.take(Array(documents[20..<60])))?.head.sequence == 60)
        #expect(house.receipt(try house.take(Array(documents[..<30])))?.head.sequence == 60)
        #expect(house.receipt(try house.take(Array(documents[55...])))?.head == journal.head)
        house.stop()
        #expect(try house.rows("SELECT count(*), count(DISTINCT sequence) FROM entries") == ["81|81"])
        #expect(try house.rows("SELECT count(*), count(ended) FROM loans") == ["20|20"])
    }

    @Test(arguments: Engine.allCases) func howTheBatchesAreCutDoesNotChangeTheBooks(_ engine: Engine) throws {
        var journal = TestJournal()
        journal.lend(times: 3)
        let open = journal.checkOut("drill-1")
        journal.lend(times: 2)
        journal.checkOut("marquee", locker: "5")
        journal.report(open, "drill-1")
        journal.giveBack(open, "drill-1")
        journal.giveBack(open, "drill-1")
        journal.write(
            .returnBegun(
                loan: journal.entries[1].number, item: .of("a"), locker: .of("6"), opening: nil, isReported: false))
        let books = try [1, 2, 3, 7, 500].map { size in
            let house = try PoolHouse(on: engine, admin: false)
            try house.serve()
            for start in stride(from: 0, to: journal.documents.count, by: size) {
                try house.take(Array(journal.documents.dropFirst(start).prefix(size)))
            }
            #expect(house.process?.errors.contains("a loan that is not open here") == true)
            house.stop()
            let loans = try house.rows(
                """
                SELECT station, id, item, borrower, due, begun, ended, ending, errand, renewals, is_reported
                FROM loans ORDER BY position
                """)
            return loans + (try house.rows("SELECT * FROM locker_states ORDER BY locker"))
        }
        #expect(books[0].count == 9 && books[0][3].hasSuffix("|returned||0|1"), "\(books[0])")
        for other in books.dropFirst() { #expect(other == books[0]) }
    }

    @Test(arguments: Engine.allCases) func aGapIsWaitedForAndClosesLater(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        journal.lend(times: 5)
        let documents = journal.documents
        #expect(try house.take(Array(documents[4...])).receipt == "")
        try house.take(Array(documents[..<3]))
        #expect(house.receipt(try house.take(Array(documents[4...])))?.head.sequence == 3)
        #expect(house.receipt(try house.take(Array(documents[3...])))?.head == journal.head)
    }

    @Test(arguments: Engine.allCases) func aForkIsKeptForInspectionAlarmedAndNeverApplied(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        var cloned = journal
        journal.checkOut("drill-1")
        cloned.checkOut("marquee")
        cloned.checkOut("marquee", locker: "5")
        let head = house.receipt(try house.take(journal.documents))?.head
        for _ in 0..<2 {
            let answer = try house.send(cloned.documents)
            #expect(answer.status == 409 && answer.problem == "fork")
            // The station needs the pool's signed word to believe it.
            let shown = answer.json?["receipt"]?.string.flatMap { SignedNote($0) }.flatMap { Receipt(text: $0.text) }
            #expect(shown?.head == head && head != nil)
        }
        #expect(house.receipt(try house.take([]))?.head == head)
        let log = house.process?.errors ?? ""
        #expect(log.contains("ALARM") && log.contains(cloned.entries[1].number.description))
        house.stop()
        #expect(try house.rows("SELECT sequence FROM forks ORDER BY sequence") == ["2", "3", "4"])
        #expect(try house.rows("SELECT item FROM loans") == ["drill-1"])
        #expect(try house.rows("SELECT count(*) FROM entries") == ["3"])
    }

    @Test(arguments: Engine.allCases) func aPoisonEntryIsSetAsideAndBlocksNobody(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        journal.lend(times: 3)
        var documents = journal.documents
        documents[1] = documents[1].with("time", .string("2026-12-04T17:00:00.000Z"))
        documents[6] = documents[6].with("type", .string("org.milastation.future.v7"))
        documents[8] = Array("\"what is this\"".utf8)
        for _ in 0..<2 {
            let answer = try house.take(documents)
            #expect(answer.rejected.map(\.number.sequence) == [2, 7, 9])
            #expect(answer.rejected.first?.reason.contains("edited") == true)
            #expect(house.receipt(answer)?.head == journal.head)
        }
        house.stop()
        #expect(try house.rows("SELECT sequence FROM entries WHERE rejection IS NOT NULL") == ["2", "7", "9"])
        #expect(try house.rows("SELECT length(document) FROM entries WHERE sequence = 9") == ["14"])
        #expect(try house.rows("SELECT count(*) FROM loans") == ["2"])
    }

    @Test(arguments: Engine.allCases) func aNewEpochIsTakenAndTheOldLoansStayOpen(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var old = TestJournal(epoch: 1)
        let loan = old.checkOut("drill-1")
        try house.take(old.documents)
        var new = TestJournal(epoch: 2)
        new.write(.contentDoubted(locker: .of("4")))
        #expect(try house.take(Array(new.documents[1...])).receipt == "")
        #expect(house.receipt(try house.take(new.documents))?.head == new.head)
        // A straggler of the old journal still counts for its loan, but no longer for the locker.
        old.giveBack(loan, "drill-1")
        #expect(house.receipt(try house.take(old.documents))?.head == old.head)
        #expect(house.receipt(try house.take([]))?.head == new.head)
        house.stop()
        #expect(try house.rows("SELECT ending FROM loans") == ["returned"])
        #expect(try house.rows("SELECT content FROM locker_states") == ["unverified"])
    }

    @Test(arguments: Engine.allCases) func aVoidCheckoutAndAnUnknownOutcomeAreBookedAsWhatTheyAre(_ engine: Engine)
        throws
    {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        let due = WallTime(milliseconds: 1_900_000_000_000)
        let begun = { (item: String) in
            Happening.checkoutBegun(item: .of(item), borrower: .of("b-1"), locker: .of("4"), due: due, opening: nil)
        }
        let (first, second) = (journal.write(begun("a")), EntryNumber(epoch: journal.head.epoch, sequence: 4))
        func errand(_ loan: EntryNumber, _ item: String) -> Errand {
            Errand(purpose: .checkout, opening: loan, loan: loan, item: .of(item), locker: .of("4"))
        }
        journal.write(.checkoutFailed(errand(first, "a"), .didNotOpen, content: nil))
        #expect(journal.write(begun("b")) == second)
        journal.write(.outcomeUnknown(errand(second, "b")))
        try house.take(journal.documents)
        house.stop()
        #expect(try house.rows("SELECT item, ending, errand FROM loans ORDER BY position") == ["a|void|", "b||"])
        #expect(try house.rows("SELECT content FROM locker_states") == ["unverified"])
    }

    @Test(arguments: Engine.allCases) func twoStationsWithTheSameEpochDoNotMeet(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine, stations: ["one", "two"])
        try house.serve()
        var (first, second) = (TestJournal(station: "one"), TestJournal(station: "two"))
        first.checkOut("drill-1")
        second.checkOut("marquee")
        #expect(house.receipt(try house.take(first.documents, of: "one"))?.source == first.source)
        #expect(house.receipt(try house.take(second.documents, of: "two"))?.source == second.source)
        #expect(try house.send(first.documents, of: "two").problem == "foreign-source")
        house.stop()
        #expect(try house.rows("SELECT station, item FROM loans ORDER BY station") == ["one|drill-1", "two|marquee"])
    }

    @Test(arguments: Engine.allCases) func storedEntriesAreHandedOnByteForByte(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.serve()
        var journal = TestJournal()
        journal.lend(times: 300)
        for start in stride(from: 0, to: journal.documents.count, by: 400) {
            try house.take(Array(journal.documents.dropFirst(start).prefix(400)))
        }
        let path = "/v1/stations/demo/entries"
        let all = try house.ask("GET", path, token: house.admin)
        #expect(all.fields["content-type"] == "application/x-ndjson")
        #expect(all.body == journal.documents.flatMap { $0 + [0x0a] })
        var verifier = ChainVerifier(source: journal.source)
        for line in all.body.split(separator: 0x0a) { try verifier.take(EntryDocument(parsing: line)) }
        #expect(verifier.head == journal.head)
        let some = try house.ask("GET", "\(path)?after=1199&limit=1&epoch=\(journal.head.epoch)", token: house.admin)
        #expect(some.body == journal.documents[1199] + [0x0a])
        let none = try house.ask("GET", "\(path)?after=999999", token: house.admin)
        #expect(none.status == 200 && none.body.isEmpty)
        #expect(try house.ask("GET", "\(path)?epoch=00000000000000ff", token: house.admin).status == 404)
        #expect(try house.ask("GET", "\(path)?after=-1", token: house.admin).status == 400)
        let receipt = try house.ask("GET", "/v1/stations/demo/receipt", token: house.admin)
        #expect(house.receipt(BatchAnswer(receipt: receipt.text, rejected: []))?.head == journal.head)
    }

    @Test(arguments: Engine.allCases) func loansAndItemsTellWhatIsOut(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine)
        try house.command(["register", "load", try house.folder.write(SampleHouse.yaml, to: "house.yaml")])
        try house.serve()
        var journal = TestJournal()
        let open = journal.checkOut("drill-1")
        journal.giveBack(journal.checkOut("table", locker: "5"), "table", locker: "5")
        try house.take(journal.documents)
        func loans(_ query: String) throws -> JSON? {
            try house.ask("GET", "/v1/loans\(query)", token: house.admin).json
        }
        #expect(try loans("")?["loans"]?.array?.map { $0["id"]?.string } == [open.description])
        #expect(try loans("?state=all&station=demo")?["loans"]?.array?.count == 2)
        let page = try loans("?state=all&limit=1")
        let next = try #require(page?["next"]?.integer)
        #expect(try loans("?state=all&limit=1&after=\(next)")?["loans"]?.array?.first?["ending"] == .string("returned"))
        #expect(try loans("?station=other")?["loans"]?.array == [])
        let items = try #require(try house.ask("GET", "/v1/items", token: house.admin).json?["items"]?.array)
        let drill = try #require(items.first { $0["id"] == .string("drill-1") })
        #expect(drill["lent"] == .integer(1) && drill["content"] == .string("empty"))
        #expect(items.first { $0["id"] == .string("table") }?["lent"] == .integer(0))
    }
}
