// The register on its way from the pool to a station.

import Testing

@testable import StationCore

@Suite("The register")
struct RegisterTests {
    private let snapshot: RegisterSnapshot

    init() throws {
        let version = try #require(RegisterVersion(incarnation: "p-1", number: 7))
        let period = try #require(LoanPeriod(days: 3, dueMinuteOfDay: 720))
        var marquee = SampleHouse.bench
        marquee.parts = [LocalizedText(german: "Heringe", english: "Pegs"), LocalizedText("Hammer")]
        snapshot = RegisterSnapshot(
            station: .of("demo"), version: version, cardKey: [UInt8](0..<32),
            borrowers: SampleHouse.borrowers.map {
                RegisterSnapshot.Card(borrower: $0, digests: [CardDigest(EntryHash(of: Array($0.id.text.utf8)))])
            },
            items: SampleHouse.items + [marquee], lockers: SampleHouse.lockers,
            policy: Policy(
                periods: ["tools": period], maximumLoans: 5,
                hours: OpeningHours(
                    week: Array(repeating: "10:00-18:00", count: 5) + ["", ""], closed: ["2026-12-24"])))
    }

    private func changed(_ path: [String], _ value: JSON?) -> JSON {
        func change(_ json: JSON, _ path: ArraySlice<String>) -> JSON {
            guard let key = path.first else { return value ?? json }
            if let index = Int(key), var array = json.array {
                array[index] = change(array[index], path.dropFirst())
                return .array(array)
            }
            var object = json.object ?? [:]
            if path.count == 1 {
                object[key] = value
            } else if let member = object[key] {
                object[key] = change(member, path.dropFirst())
            }
            return .object(object)
        }
        return change(snapshot.json, path[...])
    }

    @Test("a snapshot is read back as it was written")
    func roundTrip() throws {
        let bytes = snapshot.json.canonical
        #expect(try RegisterSnapshot(JSON(parsing: bytes)) == snapshot)
        #expect(snapshot.borrowers.first?.digests.first?.description.utf8.count == 64)
    }

    @Test("a signed snapshot keeps its payload byte for byte, and its note speaks of these bytes")
    func signed() throws {
        let payload = snapshot.json.canonical
        let signed = SignedRegister(payload: payload, note: "a note\n")
        #expect(try SignedRegister(body: signed.body) == signed)
        let said = SignedRegister.noteText(station: .of("demo"), version: snapshot.version, payload: payload)
        #expect(said == "milastation register v1\ndemo\np-1/7\n\(EntryHash(of: payload))\n")
        let other = SignedRegister.noteText(station: .of("demo"), version: snapshot.version, payload: payload + [0x20])
        #expect(other != said)
    }

    @Test(
        "what is no signed snapshot is refused",
        arguments: [
            "", "[]", "{}", #"{"note":"a"}"#, #"{"note":1,"register":{}}"#, #"{"note":"","register":{},"x":1}"#,
        ])
    func noRegister(_ body: String) {
        #expect(throws: EntryError.self) { try SignedRegister(body: Array(body.utf8)) }
    }

    /// Changes to a snapshot, and what is said about each.
    static let changes: [(path: String, value: JSON?, finding: String)] = [
        ("station", nil, "the register lacks 'station'"), ("station", .string("a b"), "'station' of the register"),
        ("version", .string("p-1"), "'version' of the register"),
        ("cardkey", .string("00"), "'cardkey' of the register"),
        ("policy", nil, "the register lacks 'policy'"),
        ("extra", .boolean(true), "'extra' is no member of the register"),
        ("borrowers", .string(""), "'borrowers' of the register is no list"),
        ("borrowers/0/standing", .string("good"), "'standing' of a borrower"),
        ("borrowers/0/cards/0", .string("00"), "a card digest is 64 hex digits"),
        ("borrowers/0/cards/0", .integer(1), "a card digest is 64 hex digits"),
        ("borrowers/0/name", .string("x"), "'name' is no member of a borrower"),
        ("borrowers/3/validuntil", .string("2026"), "'validuntil' of a borrower"),
        ("items/0/quantity", .integer(0), "'quantity' of an item is no whole number from 1 to 10000"),
        ("items/0/quantity", .integer(10_001), "'quantity' of an item is no whole number"),
        ("items/0/quantity", .string("1"), "'quantity' of an item is no whole number"),
        ("items/0/lendable", .string("yes"), "'lendable' of an item is neither true nor false"),
        ("items/0/label", .string(""), "'label' of an item"), ("items/0/locker", .string(""), "'locker' of an item"),
        ("items/0/price", .integer(1), "'price' is no member of an item"),
        ("items/0/name/de", nil, "a text lacks 'de'"), ("items/0/name/en", .string(""), "'en' of a text"),
        ("items/0/name/de", .string("a\nb"), "'de' of a text"), ("items/0/name/fr", .string("x"), "'fr' is no member"),
        ("items/7/parts/0/de", .string("\u{202e}abc"), "'de' of a text"),
        ("lockers/0/label", .string(""), "'label' of a locker"), ("lockers/0/id", nil, "a locker lacks 'id'"),
        ("lockers/0/x", .integer(1), "'x' is no member of a locker"),
        ("policy/maximumloans", .integer(1001), "'maximumloans' of the policy"),
        ("policy/standard", nil, "the policy lacks 'standard'"),
        ("policy/standard/days", .integer(3661), "'days' of a loan period"),
        ("policy/standard/dueminute", .integer(1440), "'dueminute' of a loan period"),
        ("policy/standard/x", .integer(1), "'x' is no member of a loan period"),
        ("policy/categories", nil, "the policy lacks 'categories'"),
        ("policy/categories", .string("none"), "'categories' of the policy is no object"),
        ("policy/categories/tools", .boolean(true), "a loan period is a JSON object"),
        ("policy/x", .integer(1), "'x' is no member of the policy"),
        ("policy/hours", .string("always"), "the table of opening hours is a JSON object"),
        ("policy/hours/week", nil, "the table of opening hours lacks 'week'"),
        ("policy/hours/week/0", .integer(1), "opening hours are texts"),
        ("policy/hours/week/0", .string("10-18"), "the opening hours make no sense"),
        ("policy/hours/closed/0", .string("Christmas"), "the opening hours make no sense"),
        ("policy/hours/x", .integer(1), "'x' is no member of the table of opening hours"),
    ]

    @Test("a member that is missing, unknown or makes no sense is named", arguments: changes.indices)
    func refused(_ index: Int) {
        let (path, value, finding) = RegisterTests.changes[index]
        let json = changed(path.split(separator: "/").map(String.init), value)
        #expect(json != snapshot.json)
        let error = #expect(throws: EntryError.self) { try RegisterSnapshot(json) }
        #expect(error?.description.hasPrefix(finding) == true, "\(path): \(error?.description ?? "")")
    }

    @Test("texts from outside are safe on a terminal")
    func printable() {
        for text in ["Fach 4", "Ausleihstätte", "自転車", "e\u{301}"] { #expect(LocalizedText.isPrintable(text)) }
        for text in [
            "\u{1b}[2J", "a\u{7f}", "\u{9b}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{200f}", "\u{e000}", "\u{378}",
        ] {
            #expect(!LocalizedText.isPrintable("a\(text)"))
        }
    }

    @Test("a version is an incarnation and a number, written in one way")
    func versions() throws {
        let version = try #require(RegisterVersion("p-1/7"))
        #expect(version.description == "p-1/7" && version.incarnation == "p-1" && version.number == 7)
        for text in ["", "p-1", "p-1/", "/7", "p-1/07", "p-1/+7", "p-1/-7", "p-1/7/7", "a b/7", "p-1/9007199254740992"]
        {
            #expect(RegisterVersion(text) == nil, "\(text)")
        }
    }

    @Test("the policy's period is that of the category, else the standard one")
    func periods() throws {
        let tools = try #require(LoanPeriod(days: 3, dueMinuteOfDay: 720))
        #expect(snapshot.policy.period(for: SampleHouse.drill) == tools)
        var item = SampleHouse.drill
        item.category = "art"
        #expect(snapshot.policy.period(for: item) == .standard)
        #expect(LoanPeriod(days: -1, dueMinuteOfDay: 0) == nil && LoanPeriod(days: 0, dueMinuteOfDay: 1440) == nil)
    }
}
