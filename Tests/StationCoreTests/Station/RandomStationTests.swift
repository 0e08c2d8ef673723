// Stations that live through chance: any scans, any answers of the guard, any doors, power cuts in between. Whatever
// happens, the rules hold. A run that failed is repeated by its seed, which the test's argument shows.

import TestSupport
import Testing

@testable import StationCore

/// One station driven by a seed.
private struct RandomStation {
    private var chance: SeededGenerator
    private(set) var station: StationBench
    /// Openings whose coil is on, or may be, as the guard sees it.
    private var asked: [EntryNumber] = []
    private var pulsing: [EntryNumber] = []
    /// The lockers of coils that were energised, in this order.
    private var accepted: [LockerID] = []
    /// How many orders of this start were looked at.
    private var seenOrders = 0
    private(set) var findings: [String] = []
    /// How often a number was ordered without the guard having asked for patience.
    private var mayOrder: [EntryNumber: Bool] = [:]
    /// What rules the pool sends.
    private var rules: LendingCases

    init(seed: UInt64) throws {
        chance = SeededGenerator(seed: seed)
        rules = LendingCases(seed: seed)
        station = try StationBench(epoch: .epochOpened(.first, program: "test 1", predecessor: nil))
        station.facts.house = Self.house
    }

    mutating func live(steps: Int) throws {
        for _ in 0..<steps {
            try step()
            look()
        }
        try settle()
    }

    private mutating func step() throws {
        switch chance.number(below: 100) {
        case 0..<35: try scan()
        case 35..<60: try answer()
        case 60..<85: try door()
        case 85: newRules()
        case 86..<93:
            station.clock.wait(.milliseconds(chance.pick([1, 50, 900, 6_000, 61_000, 250_000, 86_400_000])))
            try take(.tick)
        case 93: try take(chance.pick([.guardLost, .guardJoined]))
        case 94:
            let locker = chance.pick(SampleHouse.lockers).id
            try take(
                chance.pick([
                    .lockerFault(locker, reason: "held"), .lockerWorks(locker), .lockerWorks(locker),
                    .sensorUnsteady(locker, true), .sensorUnsteady(locker, false), .sensorUnsteady(locker, false),
                    .emergencyStop("front", isPressed: true), .emergencyStop("front", isPressed: false),
                    .emergencyStop("front", isPressed: false),
                ]))
        case 95..<98:
            let content = chance.pick(Content.allCases + [.holds, .holds, .holds])
            for locker in SampleHouse.lockers { try take(.contentChecked(locker.id, content)) }
        case 98: station.journal.fault = chance.happens(30) ? .full : nil
        default: try powerCut()
        }
        if station.journal.fault != nil, chance.happens(40) { station.journal.fault = nil }
    }

    private mutating func scan() throws {
        let cards = SampleHouse.borrowers.map { SampleHouse.card(of: $0) }
        let labels = SampleHouse.items.map(\.label) + SampleHouse.lockers.map(\.label)
        let commands = Command.allCases.filter { $0.audience != .keypad }.compactMap(\.code?.text)
        let others = [
            MemoryFacts.englishCode.text, "nobody knows", "MB1234", "", "3", "1111",
            HouseCode.of(.borrowerCard, "9").text, "8004NEW",
        ]
        let (card, label, item) = (chance.pick(cards), chance.pick(labels), chance.pick(SampleHouse.items).label)
        let badge = SampleHouse.badge(of: chance.pick(SampleHouse.staff))
        func code(_ command: Command) -> String { command.code?.text ?? "" }
        // What belongs together comes together, more often than chance would have it.
        switch chance.number(below: 18) {
        case 0:
            try scan(lines: chance.happens(50) ? [card] : [card, SampleHouse.room.label, SampleHouse.locker8.label])
        case 1, 2, 3, 4, 5: try scan(lines: [label])
        case 6: try scan(lines: [chance.pick(others)])
        case 7: try scan(lines: [card, item, code(.renew), item])
        case 8: try scan(lines: [code(.finish), code(.giveBack), item])
        case 9: try scan(lines: [card, item, code(.incomplete), code(chance.pick([.yes, .no])), code(.no)])
        case 14: try scan(lines: [card, SampleHouse.violin.label, "2468", code(chance.pick([.yes, .no])), code(.no)])
        case 10: try scan(lines: [badge, chance.pick(["2468", "2468", "1"])])
        case 17: try scan(lines: [badge, "2468", code(.place), item, chance.pick(SampleHouse.lockers).label])
        case 15: try scan(lines: [badge, "2468", code(.stock), label, "3", label, code(.stock)])
        case 16:
            try scan(lines: [card])
            station.clock.wait(.seconds(86_400))
            try scan(lines: [card, code(.renew), code(.renew)])
        case 11: try scan(lines: [badge, "2468", chance.pick(commands), label, label, chance.pick(others)])
        case 13: try scan(lines: [pass])
        case 12: try scan(lines: [badge, "2468", code(.confirmReturns)] + SampleHouse.items.map(\.label))
        default: try scan(lines: [chance.pick(commands), label, chance.pick(labels + others)])
        }
    }

    /// One of some passes, most of which somebody has shown before.
    private var pass: String {
        mutating get {
            let number = chance.number(below: 60)
            let item = SampleHouse.items[number % SampleHouse.items.count]
            return Pass.of(
                nonce: UInt64(number), station: number % 10 == 7 ? "marina" : "demo", .item(item.id),
                borrower: SampleHouse.borrowers[number % SampleHouse.borrowers.count].id.text, from: SampleHouse.noon,
                until: Pass.times.upperBound
            ).signed().text
        }
    }

    private mutating func scan(lines: [String]) throws {
        for line in lines { try quietly { try $0.scan(line) } }
    }

    /// The pool sends other rules, other bookings, or both.
    private mutating func newRules() {
        let now = station.clock.moment.wall
        if chance.happens(50) { station.facts.bookings = rules.bookings(at: now) }
        station.facts.house = chance.happens(50) ? rules.house(at: now).0 : Self.house
    }

    /// Rules under which everything comes up that rules can ask for.
    private static let house: HouseFacts = {
        let rules: [LendingRule] = [
            .of(category: "music") { terms in
                terms.partsCheck = .each
                terms[.pinAbove] = 100
            },
            .of(category: "events") { $0.confirmation = .staff },
        ]
        return HouseFacts(policy: Policy(rules: rules))
    }()

    private mutating func answer() throws {
        guard !asked.isEmpty || !pulsing.isEmpty else { return }
        if let number = asked.first {
            asked.removeFirst()
            if chance.happens(70) {
                pulsing.append(number)
                accepted += station.coils.orders.filter { $0.number == number }.map(\.locker)
                try take(.openingAccepted(sequence: number.sequence))
            } else {
                mayOrder[number] = true
                let refusal = chance.pick([GuardRefusal.later, .never])
                try take(.openingRefused(sequence: number.sequence, refusal))
            }
        } else {
            let number = pulsing.removeFirst()
            let end: PulseEnd = chance.happens(90) ? .complete : .cutShort
            try take(.coilReleased(sequence: number.sequence, end))
        }
    }

    private mutating func door() throws {
        // The doors that move are those whose coils were energised; now and then another, which puts its locker in doubt.
        guard let locker = chance.happens(3) ? chance.pick(SampleHouse.lockers).id : accepted.suffix(2).first else {
            return
        }
        let instant = station.clock.moment.monotonic
        let event: DeskEvent = chance.happens(50) ? .doorOpened(locker, at: instant) : .doorLatched(locker, at: instant)
        try take(event)
    }

    private mutating func take(_ event: DeskEvent) throws { try quietly { try $0.take(event) } }

    /// Does something on a disk that may be full: what happened is not lost, it comes again when there is room.
    private mutating func quietly(_ action: (StationBench) throws -> Void) throws {
        let before = StationSnapshot(station)
        do { try action(station) } catch JournalFault.full {
            station.journal.fault = nil
            try action(station)
        }
        findings += before.changesByRefusals(station)
    }

    private mutating func powerCut() throws {
        station.journal.fault = nil
        findings += disorder(station.diary.steps, entries: station.journal.entries)
        // The steps of one start: what the next one says is checked from its own beginning.
        let (house, bookings) = (station.facts.house, station.facts.bookings)
        station = try StationBench(on: station.journal)
        (station.facts.house, station.facts.bookings) = (house, bookings)
        (asked, pulsing, accepted, seenOrders, mayOrder) = ([], [], [], 0, [:])
        if !station.coils.orders.isEmpty { findings.append("a coil was ordered at the start") }
    }

    /// Takes note of new orders, and holds the rules against the station as it is.
    private mutating func look() {
        for order in station.coils.orders.dropFirst(seenOrders) {
            if mayOrder[order.number] == false { findings.append("\(order.number) ordered twice") }
            mayOrder[order.number] = false
            asked.append(order.number)
        }
        seenOrders = station.coils.orders.count
        let books = station.journal.books
        if !books.agree(with: station.facts.books) { findings.append("books differ: \(books.mistakes)") }
        for item in SampleHouse.items where books.loans.values.count(where: { $0.item == item.id }) > item.quantity {
            findings.append("more of \(item.id) lent than there is")
        }
    }

    /// Lets all doors come to their end.
    private mutating func settle() throws {
        station.journal.fault = nil
        try station.take(.guardLost)
        for _ in 0..<3 {
            station.clock.wait(.seconds(300))
            try station.take(.tick)
        }
        look()
        if station.conductor.isBusy { findings.append("a door never came to an end") }
        if try !station.journal.unfinishedErrands().isEmpty { findings.append("an errand never came to an end") }
        findings += disorder(station.diary.steps, entries: station.journal.entries)
    }
}

@Suite("Stations that live through chance")
struct RandomStationTests {
    @Test("order, books, chain and numbers hold whatever happens", arguments: 1...12 as ClosedRange<UInt64>)
    func rulesHold(seed: UInt64) throws {
        var random = try RandomStation(seed: seed)
        try random.live(steps: 400)
        #expect(random.findings.prefix(3).isEmpty)
        let journal = random.station.journal
        #expect(journal.entries.count > 100, "a run in which little happens proves little")

        var verifier = ChainVerifier(source: journal.source)
        var replayed = ReplayedBooks()
        for entry in journal.entries {
            let bytes = entry.document(source: journal.source)
            try verifier.take(parsing: bytes)
            let document = try EntryDocument(parsing: bytes)
            #expect(document.entry == entry)
            replayed.apply(document.entry)
        }
        #expect(verifier.head == journal.head && verifier.count == journal.head.sequence)
        #expect(replayed == journal.books, "replaying what travelled gives the same books")
    }

    @Test("all kinds of entries but those of the shell come up in these runs")
    func reach() throws {
        var missing = Set(EntryKind.allCases).subtracting([.stationStopped, .contentDoubted, .registerApplied])
        for seed in 1...60 as ClosedRange<UInt64> where !missing.isEmpty {
            var random = try RandomStation(seed: seed)
            try random.live(steps: 1000)
            missing.subtract(random.station.journal.entries.map(\.kind))
        }
        #expect(missing.isEmpty)
    }

    @Test("books that miss a change, or make one twice, do not agree")
    func negativeControl() throws {
        let station = try StationBench()
        try station.scan(SampleHouse.card(of: SampleHouse.first))
        try station.scan(SampleHouse.drill.label)
        try station.openAndShut()
        let entries = station.journal.entries
        #expect(station.journal.books.agree(with: station.facts.books))
        for left in entries.indices where [.checkoutBegun, .checkoutCompleted].contains(entries[left].kind) {
            var missing = ReplayedBooks()
            var doubled = ReplayedBooks()
            for (index, entry) in entries.enumerated() {
                if index != left { missing.apply(entry) }
                doubled.apply(entry)
                if index == left { doubled.apply(entry) }
            }
            #expect(!missing.agree(with: station.facts.books) && !doubled.agree(with: station.facts.books))
        }
    }
}
