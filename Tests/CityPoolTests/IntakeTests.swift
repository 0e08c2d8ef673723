// What becomes of a batch, decided without a database: the rules at the top of `Intake.swift`, one by one.

import PoolIntake
import Testing

@testable import CityPool
@testable import StationCore

@Suite struct IntakeTests {
    let journal: TestJournal
    var epoch: Epoch { journal.head.epoch }

    init() {
        var journal = TestJournal()
        journal.lend(times: 3)
        self.journal = journal
    }

    /// Decides on documents, where the journal's first `count` entries are stored.
    func intake(_ documents: [[UInt8]], stored count: Int = 0, poison: Set<Int> = []) -> Intake {
        let elements = documents.compactMap { try? JSON(parsing: $0) }
        var stored: [EntryNumber: StoredPlace] = [:]
        for (index, entry) in journal.entries.prefix(count).enumerated() {
            stored[entry.number] = StoredPlace(hash: entry.hash, rejection: poison.contains(index) ? "damaged" : nil)
        }
        var heads: [Epoch: EpochHead] = [:]
        if count > 0 {
            let head = JournalHead(after: journal.entries[count - 1])
            heads[epoch] = EpochHead(head: head, isPoison: poison.contains(count - 1))
        }
        return Intake(Arrival.batch(elements), source: journal.source, heads: heads, stored: stored)
    }

    func filled(_ intake: Intake) -> [UInt64] { intake.fillings.map(\.number.sequence) }
    func rejected(_ intake: Intake) -> [UInt64] { intake.rejected.map(\.number.sequence) }
    func end(_ intake: Intake) -> UInt64? { intake.heads[epoch]?.head.sequence }

    @Test func aWholeJournalFillsAllItsPlacesAndOpensItsEpoch() {
        let intake = intake(journal.documents)
        #expect(filled(intake) == Array(1...13))
        #expect(intake.opened == [epoch])
        #expect(intake.heads[epoch] == EpochHead(head: journal.head, isPoison: false))
        #expect(intake.rejected.isEmpty && intake.forks.isEmpty && intake.waiting == 0)
    }

    @Test func whatIsThereAlreadyFillsNothingAgain() {
        #expect(filled(intake(journal.documents, stored: 13)) == [])
        #expect(filled(intake(Array(journal.documents[3...]), stored: 6)) == Array(7...13))
        #expect(filled(intake([journal.documents[0], journal.documents[0], journal.documents[1]])) == [1, 2])
    }

    @Test func entriesBeyondAGapWaitOutside() {
        let intake = intake(Array(journal.documents[4...]), stored: 3)
        #expect(filled(intake) == [])
        #expect(end(intake) == 3)
        #expect(intake.waiting == 9)
    }

    @Test func anUnknownEpochThatDoesNotStartAtItsFirstEntryWaits() {
        let intake = intake(Array(journal.documents[1...]))
        #expect(filled(intake) == [] && intake.heads.isEmpty && intake.waiting == 12)
    }

    @Test func aFirstEntryThatOpensNoEpochIsRefusedWithAllBehindIt() throws {
        let kind = JSON.string("org.milastation.station-started.v1")
        let first = journal.documents[0].rehashed("type", kind)
        let intake = intake([first] + journal.documents[1...])
        #expect(filled(intake) == [] && intake.heads.isEmpty)
        #expect(rejected(intake) == [1])
    }

    @Test func anotherEntryForAFilledPlaceIsAForkAndNothingOfTheBatchIsKept() {
        let other = journal.documents[2].rehashed("time", .string("2026-12-04T17:00:00.000Z"))
        let intake = intake([journal.documents[1], other] + journal.documents[3...], stored: 3)
        #expect(intake.forks.map(\.number.sequence) == [3])
        #expect(filled(intake) == [] && end(intake) == 3)
    }

    @Test func anEntryThatLinksToAnotherHistoryIsAFork() {
        let other = journal.documents[3].rehashed("previoushash", .string(EntryHash(of: [1]).description))
        #expect(intake([other], stored: 3).forks.map(\.number.sequence) == [4])
    }

    @Test(arguments: [2, 5, 12])
    func anEditedEntryIsSetAsideAndThoseBehindItGoOn(_ index: Int) {
        var documents = journal.documents
        documents[index] = documents[index].with("time", .string("2026-12-04T17:00:00.000Z"))
        let intake = intake(documents)
        #expect(filled(intake) == Array(1...13))
        #expect(rejected(intake) == [UInt64(index) + 1])
        #expect(intake.forks.isEmpty)
        #expect(intake.heads[epoch]?.head == journal.head)
    }

    @Test func anEntryOfAKindThatAnOlderPoolDoesNotKnowIsSetAside() {
        var documents = journal.documents
        documents[4] = documents[4].with("type", .string("org.milastation.future.v7"))
        let intake = intake(documents)
        #expect(rejected(intake) == [5] && filled(intake) == Array(1...13))
    }

    @Test func anEntryThatLacksWhatItsKindNeedsIsSetAside() throws {
        // Its hash fits, so it is the station's word; but a checkout of no item can't be booked.
        let object = try #require(try JSON(parsing: journal.documents[1])["data"]?.object)
        let checkout = journal.documents[1].rehashed("data", .object(object.filter { $0.key != "item" }))
        let intake = intake([journal.documents[0], checkout])
        #expect(rejected(intake) == [2] && filled(intake) == [1, 2] && intake.forks.isEmpty)
    }

    @Test func anEntryWithAWrongDisclosureIsSetAside() {
        var documents = journal.documents
        let other = Base64URL.encode(Array(#"["AA","borrower","b-2"]"#.utf8))
        documents[1] = documents[1].with("disclosure", .string(other))
        #expect(rejected(intake(documents)) == [2])
    }

    @Test func theLinkToAPoisonEntryProvesNothing() {
        // Even its claimed hash is damaged, so the next entry can't link to it; it goes on all the same.
        var documents = journal.documents
        documents[4] = documents[4].with("entryhash", .string(EntryHash(of: [1]).description))
        let intake = intake(documents)
        #expect(intake.forks.isEmpty && rejected(intake) == [5] && end(intake) == 13)
    }

    @Test(arguments: ["id", "entryhash", "data"])
    func anElementThatLacksAMemberFillsThePlaceBetweenItsNeighbours(_ key: String) {
        var documents = journal.documents
        documents[4] = documents[4].with(key, nil)
        let intake = intake(documents)
        #expect(filled(intake) == Array(1...13) && rejected(intake) == [5])
        #expect(intake.fillings[4].hash == journal.entries[4].hash)
    }

    @Test func elementsThatAreNoEntriesAtAllFillPlacesToo() {
        var documents = journal.documents
        documents[4] = Array("7".utf8)
        documents[5] = Array("[]".utf8)
        let intake = intake(documents)
        #expect(rejected(intake) == [5, 6] && end(intake) == 13)
    }

    @Test func anUnreadableElementAtTheEndWaitsForTheOneBehindIt() {
        let documents = Array(journal.documents[..<4]) + [Array("7".utf8)]
        let alone = intake(documents)
        #expect(end(alone) == 4 && alone.waiting == 1 && alone.rejected.isEmpty)
        let followed = intake(documents + [journal.documents[5]], stored: 0)
        #expect(end(followed) == 6 && rejected(followed) == [5])
    }

    @Test func aDamagedEntryForAFilledPlaceChangesNothing() {
        let damaged = journal.documents[1].with("entryhash", .string(EntryHash(of: [1]).description))
        let intake = intake([damaged] + journal.documents[2...], stored: 2)
        #expect(intake.forks.isEmpty && rejected(intake) == [2] && end(intake) == 13)
    }

    @Test func aPoisonEntryThatComesAgainIsNamedAgain() {
        #expect(rejected(intake(Array(journal.documents[..<4]), stored: 4, poison: [2])) == [3])
    }

    @Test func entriesOfAnotherSourceAreNotTaken() {
        var other = TestJournal(station: "other")
        other.lend(times: 1)
        let intake = intake(other.documents)
        #expect(intake.foreignSource == other.source.description)
        #expect(filled(intake) == [])
    }

    @Test func whatIsStoredAndHashedIsTheCanonicalFormThatAnyoneElseComputes() throws {
        var journal = journal
        journal.write(.stationStarted(program: "\"\\ \u{1}\n é€😀 \u{7f}"))
        journal.write(.lockerOutOfService(locker: .of("4"), reason: ""))
        for entry in journal.entries {
            let json = try JSON(parsing: entry.document(source: journal.source))
            let (document, hash) = entry.documentAndHash(source: journal.source)
            #expect(document == json.canonical && hash == entry.hash)
            let bare = document.with("entryhash", nil).with("disclosure", nil)
            #expect(EntryHash(of: bare) == entry.hash)
            #expect(Arrival(json).hashFits && Arrival(json).document == document)
        }
    }

    @Test func aSequenceOfZeroIsNoPlace() {
        let zero = EntryNumber(epoch: epoch, sequence: 0)
        let document = journal.documents[0].with("id", .string(zero.description))
        #expect(Arrival(.string("")).number == nil)
        #expect((try? JSON(parsing: document)).map { Arrival($0).number } == .some(nil))
    }
}
