// A whole station in memory: the conductor over ports that keep everything in one list, in the order in which it was
// done, so that a test can say what came before what.

@testable import StationCore

import GuardProtocol

/// One thing that the conductor did to the world.
enum Step: Equatable {
    case committed([EntryKind], CommitUrgency)
    case opened(EntryNumber, LockerID)
    case closed(EntryNumber, LockerID)
    case showed(LampPlace, LampSignal)
    case told(MessageID)
}

/// The steps of all ports of one station.
final class Diary {
    var steps: [Step] = []
}

/// A conductor with ports in memory.
struct StationBench {
    let diary: Diary
    let journal: MemoryJournal
    let facts = MemoryFacts()
    let coils: MemoryGuard
    let screen: MemoryScreen
    let clock = SteppedClock()
    let salts = CountedSalts()
    let conductor: Conductor

    /// A station that starts; on a journal where one is given, else on a new one. Its guard is there.
    init(
        on journal: MemoryJournal? = nil, epoch: Happening? = nil, doubted: [LockerID] = [], isGuardPresent: Bool = true
    ) throws {
        diary = Diary()
        self.journal = journal ?? MemoryJournal(diary)
        self.journal.diary = diary
        coils = MemoryGuard(diary)
        screen = MemoryScreen(diary)
        let ports = StationPorts(
            journal: self.journal, facts: facts, guardian: coils, screen: screen, clock: clock, randomness: salts)
        conductor = try Conductor(
            ports: ports, setup: SampleHouse.setup, program: "test 1", epoch: epoch, doubted: doubted)
        keepBooks()
        if isGuardPresent { try take(.guardJoined) }
    }

    func scan(_ text: String) throws { try take(.text(text)) }

    func take(_ line: ScannedLine) throws {
        defer { keepBooks() }
        try conductor.take(line)
    }

    func take(_ event: DeskEvent) throws {
        defer { keepBooks() }
        try conductor.take(event)
    }

    /// Nothing was ordered that the guard could carry out.
    struct NoCoilOrdered: Error {}

    /// The guard opens and shuts the locker whose coil was ordered last.
    func openAndShut() throws {
        guard let order = coils.orders.last else { throw NoCoilOrdered() }
        try take(.openingAccepted(sequence: order.number.sequence))
        clock.wait(order.pulse)
        try take(.coilReleased(sequence: order.number.sequence, .complete))
        try take(.doorOpened(order.locker, at: clock.moment.monotonic))
        clock.wait(.seconds(5))
        try take(.doorLatched(order.locker, at: clock.moment.monotonic))
    }

    /// Lets the facts say what the journal holds by now.
    private func keepBooks() {
        for entry in journal.entries.dropFirst(facts.noted) { facts.books.note(entry) }
        facts.noted = journal.entries.count
    }
}
