// Batches up and answers down.

import Testing

@testable import StationCore

@Suite("Batches and answers")
struct BatchTests {
    @Test("a batch is the documents as they are, in a JSON array")
    func body() throws {
        let documents = TestJournal(count: 3).documents
        let (body, count) = EntryBatch.body(documents)
        #expect(count == 3)
        let read = try #require(JSON(parsing: body).array)
        #expect(read.map(\.canonical) == documents)
        let (nothing, none) = EntryBatch.body([])
        #expect(text(nothing) == "[]" && none == 0)
    }

    @Test("a batch ends at 500 entries or 512 KiB, whichever comes first, and never in the middle of one")
    func limits() {
        let small = [UInt8](repeating: 0x31, count: 2)
        #expect(EntryBatch.body([[UInt8]](repeating: small, count: 501)).count == 500)
        let large = [UInt8](repeating: 0x31, count: 100_000)
        let (body, count) = EntryBatch.body([[UInt8]](repeating: large, count: 6))
        #expect(count == 5 && body.count <= EntryBatch.maximumBytes)
        let most = [UInt8](repeating: 0x31, count: EntryBatch.maximumBytes - 3)
        #expect(EntryBatch.body([most]).count == 1)
        #expect(EntryBatch.body([most]).body.count < EntryBatch.maximumBytes)
        #expect(EntryBatch.body([most + [0x31, 0x31]]).count == 0)
    }

    @Test("an answer is read back with its receipt and what was set aside")
    func answer() throws {
        let number = EntryNumber(epoch: Epoch(0xe), sequence: 3)
        for rejected in [[], [BatchAnswer.Rejection(number: number, reason: "no such item")]] {
            let answer = BatchAnswer(receipt: "note\n", rejected: rejected)
            #expect(try BatchAnswer(body: answer.body) == answer)
        }
    }

    /// Bodies that a captive portal, another program or a mistake could send, and what is said of each.
    static let foreign: [(body: String, finding: String)] = [
        ("<html>Welcome</html>", "no JSON"), ("", "no JSON"), ("[]", "an answer is a JSON object"),
        ("{}", "an answer lacks 'receipt'"), (#"{"receipt":1,"rejected":[]}"#, "'receipt' of an answer makes no sense"),
        (#"{"receipt":""}"#, "an answer lacks 'rejected'"),
        (#"{"receipt":"","rejected":{}}"#, "'rejected' of an answer is no list"),
        (#"{"receipt":"","rejected":[1]}"#, "a rejection is a JSON object"),
        (#"{"receipt":"","rejected":[{"id":"1","reason":""}]}"#, "'id' of a rejection makes no sense"),
        (#"{"receipt":"","rejected":[{"id":"000000000000000e-000000000003"}]}"#, "a rejection lacks 'reason'"),
        (
            #"{"receipt":"","rejected":[{"id":"000000000000000e-000000000003","reason":"","x":"y"}]}"#,
            "'x' is no member of a rejection"
        ),
        (#"{"receipt":"","rejected":[],"ok":true}"#, "'ok' is no member of an answer"),
    ]

    @Test("any other body is no answer, and the error says why", arguments: foreign.indices)
    func strangers(_ index: Int) {
        let (body, finding) = BatchTests.foreign[index]
        let error = #expect(throws: EntryError.self) { try BatchAnswer(body: Array(body.utf8)) }
        #expect(error?.description.hasPrefix(finding) == true, "\(error?.description ?? "")")
    }

    @Test("a receipt longer than any note is none")
    func longReceipt() {
        let answer = BatchAnswer(receipt: String(repeating: "a", count: SignedNote.maximumBytes + 1), rejected: [])
        #expect(throws: EntryError.self) { try BatchAnswer(body: answer.body) }
    }
}
