// Stations whose visitors borrow all day, while the pool changes its rules, its bookings and what it says of people.
// Whatever a visitor is told about a loan, the oracle says so too.

import TestSupport
import Testing

@testable import StationCore

private struct LendingStation {
    private var chance: SeededGenerator
    private var rules: LendingCases
    private let station: StationBench
    private(set) var witness = LendingWitness()
    private(set) var findings: [String] = []
    /// How many orders of coils were followed.
    private var served = 0

    init(seed: UInt64) throws {
        (chance, rules) = (SeededGenerator(seed: seed), LendingCases(seed: seed))
        station = try StationBench()
    }

    mutating func visit() throws {
        station.clock.wait(.seconds(chance.pick([60, 3600, 20_000, 86_400, 300_000])))
        try station.take(.tick)
        let now = station.clock.moment.wall
        (station.facts.house, witness.hours) = rules.house(at: now)
        station.facts.borrowers = rules.borrowers(at: now)
        if chance.happens(70) { station.facts.bookings = rules.bookings(at: now) }

        let borrower = chance.pick(SampleHouse.borrowers)
        try scan(SampleHouse.card(of: borrower))
        if chance.happens(30) {
            for loan in station.facts.books.loans where loan.borrower == borrower.id {
                try scan(Command.giveBack)
                try SampleHouse.items.first { $0.id == loan.item }.map { try scan($0.label) }
            }
        }
        if chance.happens(20) { for _ in 0..<2 { try scan(Command.renew) } }
        for _ in 0...chance.number(below: 4) { try borrow() }
        try scan(Command.finish)
    }

    private mutating func borrow() throws {
        let item = chance.pick(SampleHouse.items)
        let label = item.locker.flatMap { id in SampleHouse.lockers.first { $0.id == id }?.label }
        try scan(chance.happens(20) ? label ?? item.label : item.label)
        if let entry = station.conductor.desk.pinEntry, entry.purpose == .borrower, chance.happens(70) {
            try scan(SampleHouse.pin)
        }
        if station.conductor.desk.session?.request != nil, chance.happens(70) {
            for line in [SampleHouse.badge(of: SampleHouse.member), SampleHouse.pin] { try scan(line) }
        }
        if item.quantity > 1, chance.happens(50) { try scan(chance.pick(["2", "3"])) }
    }

    private mutating func scan(_ command: Command) throws { try scan(command.code?.text ?? "") }

    private mutating func scan(_ line: String) throws {
        let request = LendingWitness.request(line, of: station)
        let (told, entries) = (station.screen.told.count, station.journal.entries.count)
        let before = StationSnapshot(station)
        try station.scan(line)
        findings += before.changesByRefusals(station)
        findings += witness.hear(
            station.screen.told.dropFirst(told), station.journal.entries.dropFirst(entries), to: request)
        try serveDoors()
        for item in SampleHouse.items
        where station.facts.books.loans.count(where: { $0.item == item.id }) > item.quantity {
            findings.append("more of \(item.id) lent than there is")
        }
    }

    /// The guard and the visitor do what is to be done at each door whose coil was ordered.
    private mutating func serveDoors() throws {
        while station.coils.orders.count > served {
            let order = station.coils.orders[served]
            served += 1
            try station.take(.openingAccepted(sequence: order.number.sequence))
            station.clock.wait(order.pulse)
            try station.take(.coilReleased(sequence: order.number.sequence, .complete))
            guard let door = SampleHouse.setup.doors[order.locker], door.hasSensor, door.longestHold == nil else {
                continue
            }
            try station.take(.doorOpened(order.locker, at: station.clock.moment.monotonic))
            station.clock.wait(.seconds(5))
            try station.take(.doorLatched(order.locker, at: station.clock.moment.monotonic))
        }
    }
}

@Suite("Stations that lend all day")
struct LendingStationTests {
    @Test("what visitors are told about loans is what the oracle says, and a refusal changes nothing")
    func answers() throws {
        var (cases, answers): ([LendingCase], [LendingAnswer]) = ([], [])
        for seed in 1...8 as ClosedRange<UInt64> {
            var random = try LendingStation(seed: seed)
            for _ in 0..<120 { try random.visit() }
            #expect(random.findings.prefix(3).isEmpty, "seed \(seed)")
            cases += random.witness.cases
            answers += random.witness.answers
        }
        let differences = LendingOracle.differences(answers, try LendingOracle.answers(to: cases), cases)
        #expect(differences.isEmpty, "\(differences.count) differences: \(differences.prefix(3))")
        let expected = LendingOracle.refusals.map(\.rawValue) + ["granted", "needs-pin", "needs-approval"]
        #expect(Set(expected).symmetricDifference(answers.map(\.says)).isEmpty && answers.count > 700)
    }

    @Test("a step that does more than it tells is found")
    func negativeControl() throws {
        let station = try StationBench()
        let before = StationSnapshot(station)
        try station.scan("nobody knows")
        #expect(before.changesByRefusals(station).isEmpty)
        try station.conductor.record(.contentDoubted(locker: .of("4")))
        #expect(before.changesByRefusals(station).count == 1)
    }
}
