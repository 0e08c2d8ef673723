// The form of an entry: what is hashed, what travels, and how it is read back.

import Testing

@testable import StationCore

@Suite("Entries")
struct EntryTests {
    /// An entry as a program of another language wrote and hashed it (Python's json and hashlib).
    private let document = """
        {"clockquality":"holdover",\
        "data":{"borrower":"76e626d0c3ad9047d30c9d0abd180b2076442a0b9297491859f2ae2b8a281fb4",\
        "due":"2026-12-04T17:00:00.000Z","item":"drill","locker":"4"},\
        "datacontenttype":"application/json",\
        "disclosure":"WyJCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3IiwiYm9ycm93ZXIiLCJiLTEiXQ",\
        "entryhash":"e8a72054bd897c698a5cab83039715c905306138066c3c7256eefe080073b22a",\
        "epoch":"000000000000000e","id":"000000000000000e-000000000001",\
        "previoushash":"0000000000000000000000000000000000000000000000000000000000000000",\
        "sequence":"000000000001","source":"tag:example.org,2026:station:demo","specversion":"1.0",\
        "time":"2026-11-20T11:00:00.000Z","type":"org.milastation.checkout-begun.v1"}
        """

    @Test("an entry has the bytes and the hash that a program of another language gives it")
    func foreignProgram() throws {
        let journal = TestJournal(count: 1)
        #expect(text(try #require(journal.documents.first)) == document)
        let read = try EntryDocument(parsing: Array(document.utf8))
        try read.checkHash()
        #expect(read.entry == journal.entries.first && read.source == journal.source)
    }

    @Test("what travels is the canonical form of its own JSON", arguments: EntryKind.allCases)
    func canonical(_ kind: EntryKind) throws {
        for happening in kind.samples {
            var journal = TestJournal()
            journal.write(happening)
            let bytes = try #require(journal.documents.first)
            #expect(try JSON(parsing: bytes).canonical == bytes)
        }
    }

    @Test("an entry of any kind is read back as it was written", arguments: EntryKind.allCases)
    func roundTrip(_ kind: EntryKind) throws {
        #expect(!kind.samples.isEmpty)
        for happening in kind.samples {
            #expect(happening.kind == kind)
            var journal = TestJournal(count: 3)
            let entry = journal.write(happening)
            let document = try EntryDocument(parsing: entry.document(source: journal.source))
            #expect(document == EntryDocument(entry: entry, source: journal.source))
            try document.checkHash()
            #expect(EntryKind(type: kind.type) == kind)
            let (bytes, hash) = entry.documentAndHash(source: journal.source)
            #expect(bytes == entry.document(source: journal.source) && hash == entry.hash)
        }
    }

    @Test("a type of another maker, version or spelling is none of ours")
    func types() {
        for type in [
            "org.milastation.refused", "org.milastation.refused.v2", "refused.v1", "org.milastation.Refused.v1",
        ] {
            #expect(EntryKind(type: type) == nil)
        }
        #expect(Set(EntryKind.allCases.map(\.type)).count == EntryKind.allCases.count)
    }

    // MARK: - What is refused

    @Test("a document without one of its members is refused, and the member named")
    func missingMembers() throws {
        let bytes = Array(document.utf8)
        for key in try #require(JSON(parsing: bytes).object).keys where key != "disclosure" {
            let error = #expect(throws: EntryError.self) { try EntryDocument(parsing: bytes.with(key, nil)) }
            #expect(error?.description == "an entry lacks '\(key)'")
            let number = #expect(throws: EntryError.self) { try EntryDocument(parsing: bytes.with(key, .integer(1))) }
            #expect(number?.description.contains(key) == true || key == "data")
        }
    }

    @Test("each member of the data is checked, and named where it makes no sense")
    func badData() throws {
        let bytes = Array(document.utf8)
        let keys = [
            "basis", "borrower", "content", "due", "item", "latched", "loan", "locker", "opened", "opening",
            "predecessor", "predecessorhash", "purpose", "register",
        ]
        for key in keys {
            let data = JSON.object([key: .string("no such thing")])
            let error = #expect(throws: EntryError.self) { try EntryDocument(parsing: bytes.with("data", data)) }
            #expect(error?.description == "'\(key)' of an entry's data makes no sense")
        }
    }

    /// Changes to a document, and what is said about each.
    static let changes: [(key: String, value: JSON, finding: String)] = [
        ("specversion", .string("0.3"), "'specversion' of an entry is not '1.0'"),
        ("datacontenttype", .string("text/plain"), "'datacontenttype' of an entry is not 'application/json'"),
        ("epoch", .string("000000000000000f"), "'epoch' of an entry is not '000000000000000e'"),
        ("sequence", .string("000000000002"), "'sequence' of an entry is not '000000000001'"),
        ("id", .string("000000000000000e-1"), "'id' of an entry makes no sense"),
        ("time", .string("2026-11-20T11:00:00Z"), "'time' of an entry makes no sense"),
        ("type", .string("com.example.refused.v1"), "'type' of an entry makes no sense"),
        ("clockquality", .string("good"), "'clockquality' of an entry makes no sense"),
        ("entryhash", .string("E8"), "'entryhash' of an entry makes no sense"),
        ("data", .array([]), "an entry's data is a JSON object"),
        ("data", .object(["name": .string("x")]), "'name' is no member of an entry's data"),
        ("subject", .string("x"), "'subject' is no member of an entry"),
        ("\u{1b}[2J", .string("x"), "an entry has a member it should not have"),
        (
            "disclosure", .string("e30"),
            "the disclosure is not base64url of [salt, \"borrower\", \"staff\" or \"admin\", pseudonym]"
        ),
    ]

    @Test(
        "a member that makes no sense is refused and named; strange names are not repeated", arguments: changes.indices)
    func changed(_ index: Int) {
        let (key, value, finding) = EntryTests.changes[index]
        let error = #expect(throws: EntryError.self) {
            try EntryDocument(parsing: Array(document.utf8).with(key, value))
        }
        #expect(error?.description == finding)
    }

    @Test("the same JSON in another form is not the entry")
    func otherForm() {
        for changed in ["{ " + document.dropFirst(), document + "\n", document.replacing("drill", with: "dr\\u0069ll")]
        {
            let error = #expect(throws: EntryError.self) { try EntryDocument(parsing: Array(changed.utf8)) }
            #expect(error?.description.contains("canonical") == true)
        }
        let error = #expect(throws: EntryError.self) { try EntryDocument(parsing: Array("no".utf8)) }
        #expect(error?.description.hasPrefix("no JSON") == true)
        #expect(throws: EntryError.self) { try EntryDocument(parsing: Array("[]".utf8)) }
    }
}

@Suite("Names of entries")
struct EntryNumberTests {
    @Test("an entry is named by epoch and sequence, and its name is read back")
    func roundTrip() throws {
        let number = EntryNumber(epoch: Epoch(0xfedc_ba98_7654_3210), sequence: 42)
        #expect(number.description == "fedcba9876543210-000000000042")
        #expect(EntryNumber(number.description) == number)
        let last = EntryNumber(epoch: Epoch(0), sequence: EntryNumber.maximumSequence)
        #expect(EntryNumber(last.description) == last)
    }

    @Test("text order is number order, and an epoch comes before all of the next one")
    func order() {
        let numbers = [(1, 2), (1, 10), (2, 1)].map { EntryNumber(epoch: Epoch($0.0), sequence: $0.1) }
        #expect(numbers == numbers.sorted() && numbers.map(\.description) == numbers.map(\.description).sorted())
    }

    @Test(
        "what is no name is none",
        arguments: [
            "", "-", "000000000000000e", "000000000000000e-", "000000000000000e-00000000001",
            "000000000000000e-0000000000011", "00000000000000e-000000000001", "000000000000000E-000000000001",
            "000000000000000g-000000000001", "+00000000000000e-000000000001", "000000000000000e-+00000000001",
            "000000000000000e-000000000001-", "000000000000000e-00000000000１",
        ])
    func noNames(_ text: String) { #expect(EntryNumber(text) == nil) }

    @Test("a hash is 64 lower-case hex digits, and nothing else")
    func hashes() {
        let hash = EntryHash(of: Array("abc".utf8))
        // FIPS 180-4, the example of one block.
        #expect(hash.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(EntryHash(hash.description) == hash && EntryHash(stored: hash.bytes) == hash)
        #expect(EntryHash.none.description == String(repeating: "0", count: 64))
        for text in [
            "", String(repeating: "0", count: 63), String(repeating: "A", count: 64),
            String(repeating: "g", count: 64), String(repeating: "é", count: 32),
        ] { #expect(EntryHash(text) == nil) }
        #expect(EntryHash(stored: [1, 2]) == nil)
    }
}
