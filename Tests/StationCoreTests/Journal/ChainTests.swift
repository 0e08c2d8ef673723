// A chain that was tampered with breaks, and the verifier says where and how (rule S9).

import Testing

@testable import StationCore

@Suite("The chain")
struct ChainTests {
    private let journal = TestJournal(count: 6)

    /// What the verifier finds in documents; `nil` where the chain holds.
    private func finding(_ documents: [[UInt8]], _ verifier: ChainVerifier = ChainVerifier()) -> ChainBreak? {
        var verifier = verifier
        do throws(ChainBreak) {
            for document in documents { try verifier.take(parsing: document) }
            try verifier.finish()
            return nil
        } catch { return error }
    }

    @Test("a whole journal is found whole, with its end and its length")
    func whole() throws {
        let checkpoint = Checkpoint(source: journal.source, head: journal.head)
        var verifier = ChainVerifier(source: journal.source, checkpoint: checkpoint)
        for document in journal.documents { try verifier.take(parsing: document) }
        try verifier.finish()
        #expect(verifier.head == journal.head && verifier.count == 6)
        #expect(finding([]) == nil)
    }

    @Test("entries that follow a known end are checked from there")
    func resumed() throws {
        let known = JournalHead(after: journal.entries[2])
        let rest = Array(journal.documents[3...])
        #expect(finding(rest, ChainVerifier(after: known)) == nil)
        let checkpoint = Checkpoint(source: journal.source, head: known)
        #expect(finding(rest, ChainVerifier(after: known, checkpoint: checkpoint)) == nil)
        #expect(finding(rest)?.kind == .removed, "without the known end the beginning is missing")
        let other = JournalHead(epoch: known.epoch, sequence: known.sequence, hash: EntryHash(of: [1]))
        #expect(finding(rest, ChainVerifier(after: other))?.kind == .relinked)
    }

    /// Documents damaged in one way, who looks at them, and where the damage shows.
    private func damaged(_ kind: ChainBreak.Kind) -> (documents: [[UInt8]], verifier: ChainVerifier, sequence: UInt64) {
        var documents = journal.documents
        var verifier = ChainVerifier()
        switch kind {
        case .unreadable:
            documents[2].removeLast()
            return (documents, verifier, 3)
        case .edited:
            documents[2] = documents[2].with("time", .string("2026-11-20T11:00:09.000Z"))
            return (documents, verifier, 3)
        case .removed:
            documents.remove(at: 2)
            return (documents, verifier, 3)
        case .reordered:
            documents.insert(documents[1], at: 2)
            return (documents, verifier, 3)
        case .relinked:
            documents[2] = documents[2].resealed("time", .string("2026-11-20T11:00:09.000Z"))
            return (documents, verifier, 4)
        case .truncated:
            verifier = ChainVerifier(checkpoint: Checkpoint(source: journal.source, head: journal.head))
            documents.removeLast(2)
            return (documents, verifier, 5)
        case .otherSource:
            documents[2] = TestJournal(count: 6, station: "other").documents[2]
            return (documents, verifier, 3)
        case .otherEpoch:
            documents[2] = TestJournal(count: 6, epoch: 0xf).documents[2]
            return (documents, verifier, 3)
        case .forked:
            verifier = ChainVerifier(checkpoint: Checkpoint(source: journal.source, head: journal.head))
            var fork = TestJournal(count: 5)
            fork.write(.guardLost)
            return (fork.documents, verifier, 6)
        }
    }

    @Test("each way to break a chain is found, at its place", arguments: ChainBreak.Kind.allCases)
    func breaks(_ kind: ChainBreak.Kind) throws {
        let (documents, verifier, sequence) = damaged(kind)
        let found = try #require(finding(documents, verifier))
        #expect(found.kind == kind && found.sequence == sequence)
        #expect(found.description.hasPrefix("entry \(sequence): \(kind.rawValue): "))
    }

    @Test("any changed byte of a document is found at its entry")
    func everyByte() {
        let document = journal.documents[2]
        let verifier = ChainVerifier(after: JournalHead(after: journal.entries[1]))
        for place in document.indices {
            for bit in [0x01, 0x20] as [UInt8] {
                var changed = document
                changed[place] ^= bit
                let found = finding([changed], verifier)
                #expect(found?.sequence == 3, "byte \(place): \(found?.description ?? "not found")")
            }
        }
        #expect(finding([document], verifier) == nil)
    }

    @Test("any cut document is found at its entry")
    func everyLength() {
        let document = journal.documents[2]
        let verifier = ChainVerifier(after: JournalHead(after: journal.entries[1]))
        for length in document.indices {
            #expect(finding([Array(document.prefix(length))], verifier)?.sequence == 3)
        }
    }

    @Test("two entries that changed places are found at the first of them")
    func swapped() {
        for first in 0..<5 {
            var documents = journal.documents
            documents.swapAt(first, first + 1)
            #expect(finding(documents)?.sequence == UInt64(first + 1))
        }
    }

    @Test("the first entry of all has nothing before it")
    func beginning() {
        var documents = journal.documents
        documents[0] = documents[0].resealed("previoushash", .string(EntryHash(of: [1]).description))
        #expect(finding(documents)?.kind == .relinked && finding(documents)?.sequence == 1)
    }

    @Test("a journal of another station is refused from its first entry on, where the station is known")
    func expectedSource() {
        let other = EntrySource(cityDomain: "example.net", station: .of("demo"))
        let found = finding(journal.documents, ChainVerifier(source: other))
        #expect(found?.kind == .otherSource && found?.sequence == 1)
    }

    @Test("a tail cut off shows only against a checkpoint; without one nothing can show it")
    func cutTail() {
        let documents = Array(journal.documents.dropLast())
        #expect(finding(documents) == nil)
        let checkpoint = Checkpoint(source: journal.source, head: journal.head)
        #expect(finding(documents, ChainVerifier(checkpoint: checkpoint))?.kind == .truncated)
        #expect(finding([], ChainVerifier(checkpoint: checkpoint))?.sequence == 1)
    }

    @Test("who is known to have come further than the checkpoint has passed it")
    func beyondCheckpoint() {
        let checkpoint = Checkpoint(source: journal.source, head: JournalHead(after: journal.entries[1]))
        let known = JournalHead(after: journal.entries[3])
        let verifier = ChainVerifier(after: known, checkpoint: checkpoint)
        #expect(finding(Array(journal.documents[4...]), verifier) == nil)
        let elsewhere = JournalHead(epoch: Epoch(0xf), sequence: known.sequence, hash: known.hash)
        #expect(finding([], ChainVerifier(after: elsewhere, checkpoint: checkpoint))?.kind == .truncated)
    }

    // MARK: - Disclosures

    @Test("an erased disclosure leaves the chain whole and the borrower unknown")
    func erased() throws {
        var verifier = ChainVerifier()
        for var entry in journal.entries {
            entry.disclosure = nil
            let bytes = entry.document(source: journal.source)
            #expect(!text(bytes).contains("disclosure"))
            try verifier.take(parsing: bytes)
        }
        #expect(verifier.head == journal.head)
    }

    @Test("a disclosure of another person, or where none belongs, is found")
    func exchanged() {
        let other = Disclosure(salt: Salt.of(7), person: .borrower(.of("b-2")))
        for index in [0, 1] {
            var documents = journal.documents
            documents[index] = documents[index].with("disclosure", .string(other.text))
            let found = finding(documents)
            #expect(found?.kind == .edited && found?.sequence == UInt64(index + 1))
            #expect(found?.finding.contains("disclosure") == true)
        }
    }

    @Test("a disclosure tells its borrower, and its digest depends on the salt")
    func disclosure() throws {
        let disclosure = Disclosure(salt: Salt.of(7), person: .borrower(.of("b-1")))
        #expect(try Disclosure(disclosure.text) == disclosure)
        #expect(disclosure.digest != Disclosure(salt: Salt.of(8), person: .borrower(.of("b-1"))).digest)
        #expect(Salt([1]) == nil && Salt([UInt8](repeating: 0, count: 17)) == nil)
    }

    @Test(
        "what is no disclosure is refused",
        arguments: [
            "", "%", "W10", "WyJhIiwiYm9ycm93ZXIiXQ", "WyJhIiwiaXRlbSIsImItMSJd", "WzEsImJvcnJvd2VyIiwiYi0xIl0",
            "WyJhIiwiYm9ycm93ZXIiLCIiXQ", "WyJhIiwiYm9ycm93ZXIiLCJiLTEiXQ==",
        ])
    func noDisclosure(_ text: String) { #expect(throws: EntryError.self) { try Disclosure(text) } }
}
