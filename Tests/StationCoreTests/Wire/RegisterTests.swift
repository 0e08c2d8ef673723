// The register on its way from the pool to a station.

import Testing

@testable import StationCore

@Suite("The register")
struct RegisterTests {
    private let snapshot: RegisterSnapshot

    init() throws {
        let version = try #require(RegisterVersion(incarnation: "p-1", number: 7))
        var marquee = SampleHouse.bench
        marquee.parts = [LocalizedText(german: "Heringe", english: "Pegs"), LocalizedText("Hammer")]
        let pin = try #require(PINVerifier(salt: [UInt8](0..<16), hash: EntryHash(of: [1])))
        var first = SampleHouse.second
        first.id = .of("b-0")
        first.standing = .blocked
        first.blockedBecause = "owes a drill"
        first.qualifications = ["laser": SampleHouse.due, "bike": nil]
        var standard = LendingTerms()
        for number in LendingTerms.Number.allCases { standard[number] = number.range.upperBound }
        (standard.qualification, standard.confirmation, standard.partsCheck) = ("laser", .staff, .each)
        standard.quietHours = QuietHours("22:00-07:00")
        var tools = LendingRule.of(category: "tools", group: "clubs") { $0[.days] = 3 }
        tools.station = .of("demo")
        snapshot = RegisterSnapshot(
            station: .of("demo"), version: version, cardKey: [UInt8](0..<32),
            borrowers: ([first] + SampleHouse.borrowers).map {
                RegisterSnapshot.Card(
                    borrower: $0,
                    cards: [
                        CardKey(digest: SampleHouse.digest(of: $0.id.text)),
                        CardKey(digest: SampleHouse.digest(of: $0.id.text + "+"), pin: pin, isWeak: true),
                    ])
            },
            staff: [
                RegisterSnapshot.Badge(
                    staff: Staff(id: .of("s-1"), validUntil: SampleHouse.due),
                    badges: [CardKey(digest: SampleHouse.digest(of: "s-1"), pin: pin)]),
                RegisterSnapshot.Badge(staff: SampleHouse.otherMember, badges: []),
            ],
            items: SampleHouse.items + [marquee], lockers: SampleHouse.lockers,
            bookings: [.of("k-1", SampleHouse.second, SampleHouse.drill, from: SampleHouse.noon, hours: 2)],
            policy: Policy(
                standard: standard, rules: [tools, .of { _ in }],
                hours: OpeningHours(
                    week: Array(repeating: "10:00-18:00", count: 5) + ["", ""], closed: ["2026-12-24"]),
                offline: .returns, maximumAgeHours: [.borrowing: 24]))
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

    @Test("passes that were taken back are read again; a register without them is as it was before there were passes")
    func revokedPasses() throws {
        var snapshot = snapshot
        #expect(snapshot.json.object?["revokedpasses"] == nil)
        snapshot.revokedPasses = [PassNonce(1), PassNonce(.max)]
        #expect(try RegisterSnapshot(snapshot.json) == snapshot)
        for wrong in [JSON.string("0000000000000001"), .array([.string("1")]), .array([.integer(1)])] {
            #expect(throws: EntryError.self) { try RegisterSnapshot(changed(["revokedpasses"], wrong)) }
        }
    }

    @Test("a snapshot is read back as it was written")
    func roundTrip() throws {
        let bytes = snapshot.json.canonical
        #expect(try RegisterSnapshot(JSON(parsing: bytes)) == snapshot)
        #expect(snapshot.borrowers.first?.cards.first?.digest.description.utf8.count == 64)
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
        ("borrowers/0/born", .string("2008-02-30"), "'born' of a borrower"),
        ("borrowers/0/blockedbecause", .string("\u{1b}[2J"), "'blockedbecause' of a borrower"),
        ("borrowers/0/groups", .string("clubs"), "'groups' of a borrower is no list"),
        ("borrowers/0/groups/0", .string("a b"), "a category, group or qualification has"),
        ("borrowers/0/qualifications", .array([]), "'qualifications' of a borrower is no object"),
        ("borrowers/0/qualifications/laser", .string("soon"), "a qualification of a borrower ends"),
        ("borrowers/0/qualifications/a b", .string(""), "a category, group or qualification has"),
        ("borrowers/0/cards/1/pin", .string("2468"), "'pin' of a card"),
        ("borrowers/0/cards/1/pin", nil, "a card lacks 'pin'"),
        ("borrowers/0/cards/1/digest", .string("00"), "a card digest is 64 hex digits"),
        ("borrowers/0/cards/1/x", .integer(1), "'x' is no member of a card"),
        ("staff", nil, "the register lacks 'staff'"),
        ("staff/0/badges/0", .string(String(repeating: "0", count: 64)), "a badge has no PIN"),
        ("staff/0/validuntil", .string("2026"), "'validuntil' of a member of staff"),
        ("staff/0/x", .integer(1), "'x' is no member of a member of staff"),
        ("bookings", nil, "the register lacks 'bookings'"),
        ("bookings/0/from", .string("9999-01-01T00:00:00.000Z"), "a booking ends before it begins"),
        ("bookings/0/until", .string("tomorrow"), "'until' of a booking"),
        ("bookings/0/x", .integer(1), "'x' is no member of a booking"),
        ("items/0/value", .integer(-1), "'value' of an item is no whole number from 0"),
        ("borrowers/4/validuntil", .string("2026"), "'validuntil' of a borrower"),
        ("items/0/quantity", .integer(0), "'quantity' of an item is no whole number from 1 to 10000"),
        ("items/0/quantity", .integer(10_001), "'quantity' of an item is no whole number"),
        ("items/0/quantity", .string("1"), "'quantity' of an item is no whole number"),
        ("items/0/lendable", .string("yes"), "'lendable' of an item is neither true nor false"),
        ("items/0/label", .string(""), "'label' of an item"), ("items/0/locker", .string(""), "'locker' of an item"),
        ("items/8/home", .string("a b"), "'home' of an item"),
        ("items/0/price", .integer(1), "'price' is no member of an item"),
        ("items/0/name/de", nil, "a text lacks 'de'"), ("items/0/name/en", .string(""), "'en' of a text"),
        ("items/0/name/de", .string("a\nb"), "'de' of a text"), ("items/0/name/fr", .string("x"), "'fr' is no member"),
        ("items/10/parts/0/de", .string("\u{202e}abc"), "'de' of a text"),
        ("lockers/0/label", .string(""), "'label' of a locker"), ("lockers/0/id", nil, "a locker lacks 'id'"),
        ("lockers/0/x", .integer(1), "'x' is no member of a locker"),
        ("policy/standard", nil, "the policy lacks 'standard'"),
        ("policy/standard/maximum-loans", .integer(1001), "'maximum-loans' of the standard terms"),
        ("policy/standard/days", .integer(3661), "'days' of the standard terms"),
        ("policy/standard/until", .integer(1440), "'until' of the standard terms"),
        ("policy/standard/parts", .string("all"), "'parts' of the standard terms"),
        ("policy/standard/confirmation", .string("boss"), "'confirmation' of the standard terms"),
        ("policy/standard/qualification", .string("a b"), "'qualification' of the standard terms"),
        ("policy/standard/quiet-hours", .string("at night"), "'quiet-hours' of the standard terms"),
        ("policy/standard/x", .integer(1), "'x' is no member of the standard terms"),
        ("policy/rules", nil, "the policy lacks 'rules'"),
        ("policy/rules/0/category", .string("a b"), "a category, group or qualification has"),
        ("policy/rules/0/station", .string("a b"), "'station' of a rule"),
        ("policy/rules/0/days", .string("3"), "'days' of a rule"),
        ("policy/rules/0/x", .integer(1), "'x' is no member of a rule"),
        ("policy/rules/0", .boolean(true), "a rule is a JSON object"),
        ("policy/offline", .string("some"), "'offline' of the policy"),
        ("policy/maximumage", nil, "the policy lacks 'maximumage'"),
        ("policy/maximumage/borrowing", .integer(0), "'borrowing' of the table of ages"),
        ("policy/maximumage/x", .integer(1), "'x' is no member of the table of ages"),
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

    @Test("a verifier of PINs has one text, and any other is none")
    func verifiers() throws {
        let pin = try #require(PINVerifier(salt: [UInt8](0..<16), hash: EntryHash(of: [1])))
        let text = pin.description
        #expect(PINVerifier(text) == pin && text.hasPrefix("scrypt-12-8-1:000102"))
        for wrong in [
            "", "2468", text + "0", text.replacing("scrypt-12", with: "scrypt-13"), text.uppercased(),
            String(text.dropLast()),
        ] {
            #expect(PINVerifier(wrong) == nil)
        }
        #expect(PINVerifier(salt: [1], hash: EntryHash(of: [1])) == nil)
    }
}
