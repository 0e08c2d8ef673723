// What a name may look like, so that it is safe in a path, a URL, a log and on a terminal.

import Testing

@testable import StationCore

@Suite("Identifiers")
struct IdentifierTests {
    @Test("letters, digits and ._- behind a letter or digit", arguments: ["4", "a", "Z9", "drill-1", "0_.-", "b.c"])
    func names(_ text: String) {
        #expect(ItemID(text)?.text == text)
        #expect(ItemID(text)?.description == text)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", ".", "..", "-a", "_a", ".a", "a b", "a/b", "a\n", "a\0", "ä", "a:b", "a%", "①", "a\u{301}", " a",
        ])
    func noNames(_ text: String) { #expect(ItemID(text) == nil) }

    @Test("64 characters are a name, 65 are not")
    func length() {
        #expect(ItemID(String(repeating: "a", count: 64)) != nil)
        #expect(ItemID(String(repeating: "a", count: 65)) == nil)
    }

    @Test("every single byte is decided as the rule says")
    func bytes() {
        let first = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".unicodeScalars)
        let later = first.union("._-".unicodeScalars)
        for value in 0..<256 as Range<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect((ItemID(String(Character(scalar))) != nil) == first.contains(scalar), "\(value)")
            #expect((ItemID("a" + String(Character(scalar))) != nil) == later.contains(scalar), "\(value)")
        }
    }

    @Test("names have one order, that of their characters")
    func order() {
        let names = ["10", "2", "B", "a"].map { LockerID.of($0) }
        #expect(names.shuffledOnce.sorted() == names)
    }

    @Test("the source of a station names its city")
    func sources() {
        let source = EntrySource(cityDomain: "example.org", station: .of("demo"))
        #expect(source.description == "tag:example.org,2026:station:demo")
        #expect(EntrySource(stored: source.description) == source)
        #expect(EntrySource(cityDomain: "example.net", station: .of("demo")) != source)
    }
}

extension Array {
    /// The same elements in another order, always the same other one.
    fileprivate var shuffledOnce: [Element] { reversed() }
}
