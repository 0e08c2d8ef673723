// The house that the tests lend from. Locker 4 holds one drill, locker 5 a bench and three equal chairs, locker 6
// (without a sensor) a projector; a book stands on the open shelf.

@testable import StationCore

enum SampleHouse {
    static let locker4 = Locker(id: .of("4"), name: LocalizedText("Fach 4"), label: HouseCode.of(.locker, "04").text)
    static let locker5 = Locker(id: .of("5"), name: LocalizedText("Fach 5"), label: HouseCode.of(.locker, "05").text)
    static let locker6 = Locker(id: .of("6"), name: LocalizedText("Fach 6"), label: HouseCode.of(.locker, "06").text)
    /// In the register, and empty by plan.
    static let locker7 = Locker(id: .of("7"), name: LocalizedText("Fach 7"), label: HouseCode.of(.locker, "07").text)
    /// The door of a room, which is held while somebody has it.
    static let locker8 = Locker(id: .of("8"), name: LocalizedText("Raum 8"), label: HouseCode.of(.locker, "08").text)
    static let lockers = [locker4, locker5, locker6, locker7, locker8]

    static let drill = item("drill", locker: "4")
    static let chair = item("chair", quantity: 3, locker: "5")
    static let bench = item("bench", locker: "5")
    static let projector = item("projector", category: "events", locker: "6")
    static let book = item("book")
    /// Lives at another station.
    static let ladder = item("ladder", locker: "99")
    static let relic = item("relic", isLendable: false)
    /// Worth 500 €, in a case with a bow.
    static let violin = item(
        "violin", category: "music", valueCents: 50_000, parts: [LocalizedText("bow"), LocalizedText("case")])
    /// Lives in another house.
    static let kayak = Item(
        id: .of("kayak"), name: LocalizedText("kayak"), label: "label-kayak", category: "boats", home: .of("marina"))
    static let room = item("room", category: "rooms", locker: "8")
    static let items = [drill, chair, bench, projector, book, ladder, relic, violin, kayak, room]

    static let first = Borrower(id: .of("b-1"), standing: .active)
    static let second = Borrower(
        id: .of("b-2"), standing: .active, groups: ["clubs"], born: CivilDate(year: 2008, month: 11, day: 21),
        qualifications: ["bike": nil])
    static let blocked = Borrower(id: .of("b-3"), standing: .blocked)
    static let expired = Borrower(id: .of("b-4"), standing: .active, validUntil: .of("2026-11-01T00:00:00.000Z"))
    static let borrowers = [first, second, blocked, expired]

    static let member = Staff(id: .of("s-1"))
    static let otherMember = Staff(id: .of("s-2"))
    static let staff = [member, otherMember]
    /// The PIN of every card and badge in the tests.
    static let pin = "2468"

    /// What a card or badge of this owner is known by.
    static func digest(of owner: String) -> CardDigest { CardDigest(EntryHash(of: Array(owner.utf8))) }

    /// The stations' time zone in the tests: one hour ahead of UTC.
    static let zone: TimeZoneTable = {
        guard let zone = TimeZoneTable([TimeZoneTable.Change(from: .earliest, offsetSeconds: 3600)]) else {
            preconditionFailure("one change is a table")
        }
        return zone
    }()

    static let setup = DeskSetup(
        doors: [
            .of("4"): DeskSetup.Door(pulse: .milliseconds(200), hasSensor: true),
            .of("5"): DeskSetup.Door(pulse: .milliseconds(300), hasSensor: true, repeatsPulse: true),
            .of("6"): DeskSetup.Door(pulse: .milliseconds(400), hasSensor: false),
            .of("8"): DeskSetup.Door(pulse: .seconds(5), hasSensor: true, longestHold: .seconds(8 * 3600)),
        ],
        zone: zone)

    /// When every test begins: 12:00 local time on 20 November 2026.
    static let noon = WallTime.of("2026-11-20T11:00:00.000Z")
    /// When a standard loan of that day is due: 18:00 local time two weeks later.
    static let due = WallTime.of("2026-12-04T17:00:00.000Z")

    private static let cards = Dictionary(
        uniqueKeysWithValues: borrowers.map { borrower in
            (borrower.id, HouseCode.of(.borrowerCard, String(borrower.id.text.suffix(1))).text)
        })

    /// The code on a borrower's card.
    static func card(of borrower: Borrower) -> String { cards[borrower.id] ?? "" }

    /// The code on a badge.
    static func badge(of member: Staff) -> String { HouseCode.of(.staffBadge, String(member.id.text.suffix(1))).text }

    private static func item(
        _ id: String, category: String = "tools", quantity: Int = 1, locker: String? = nil, isLendable: Bool = true,
        valueCents: Int = 0,
        parts: [LocalizedText] = []
    ) -> Item {
        Item(
            id: .of(id), name: LocalizedText(id), label: "label-\(id)", category: category, quantity: quantity,
            parts: parts, locker: locker.map { .of($0) }, isLendable: isLendable, valueCents: valueCents)
    }
}
