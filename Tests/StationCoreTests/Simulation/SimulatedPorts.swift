// The ports of a simulated station, one set for each of its runs. Each thing that is done through them is an effect: a death
// may come before it, and a journal's commit may be cut at three places.

import GuardProtocol
import TestSupport

@testable import StationCore

/// The journal over the simulated disk.
final class SimulatedJournal: JournalPort {
    let file: JournalFile
    private unowned let world: SimulatedWorld
    private let life: Lifeline
    /// What a mutant keeps back until the step is over.
    private var kept: [(entries: [Entry], urgency: CommitUrgency)] = []

    init(_ file: JournalFile, _ world: SimulatedWorld, _ life: Lifeline) {
        (self.file, self.world, self.life) = (file, world, life)
    }

    var source: EntrySource { file.source }
    var head: JournalHead { kept.last?.entries.last.map(JournalHead.init(after:)) ?? file.head }

    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        guard world.mutant != .opensBeforeCommit || !isOrder(entries) else {
            kept.append((entries, urgency))
            return
        }
        try store(entries, urgency: urgency)
    }

    private func isOrder(_ entries: [Entry]) -> Bool {
        entries.contains { [.checkoutBegun, .returnBegun, .serviceBegun].contains($0.kind) }
    }

    /// Writes what a mutant kept back.
    func writeKept() throws(JournalFault) {
        for (entries, urgency) in kept { try store(entries, urgency: urgency) }
        kept = []
    }

    private func store(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        let isUrgent = urgency == .outcome && world.mutant != .ballastForNobody
        guard world.disk.takeRoom(fromBallast: isUrgent) else {
            throw isUrgent ? .failed("the disk is full, the ballast did not suffice") : .full
        }
        try write(.entries(entries))
        world.see(.committed(entries))
    }

    private func write(_ record: DiskRecord) throws(JournalFault) {
        guard life.spend() else { throw .failed("it died before it wrote") }
        file.write(record)
        guard life.spend() else { throw .failed("it died before it synced") }
        world.spendTime(world.disk.lag)
        do { try world.disk.sync(file, doneAt: world.now + world.spentTime) } catch {
            throw .failed("the disk did not sync")
        }
        guard life.spend() else { throw .failed("it died after it synced") }
    }

    func unfinishedErrands() throws(JournalFault) -> [Errand] {
        file.books.errands.values.filter { $0.locker != nil }.sorted { ($0.opening, $0.loan) < ($1.opening, $1.loan) }
    }

    func lockersInDoubt() throws(JournalFault) -> Set<LockerID> {
        Set(file.books.contents.filter { $0.value == .unverified }.keys)
    }

    func lockersSuspended() throws(JournalFault) -> Set<LockerID> { file.books.suspended }

    func countPINAttempt(of card: CardDigest) throws(JournalFault) -> Int {
        guard world.disk.takeRoom(fromBallast: true) else { throw .full }
        let count = (file.attempts[card] ?? 0) + 1
        try write(.attempts(card, count))
        return count
    }

    func clearPINAttempts(of card: CardDigest) throws(JournalFault) {
        guard world.disk.takeRoom(fromBallast: true) else { throw .failed("the disk is full") }
        try write(.attempts(card, 0))
    }

    /// Remembers how far the pool has come.
    func remember(acknowledged head: JournalHead) throws(JournalFault) {
        guard world.disk.takeRoom(fromBallast: false) else { throw .full }
        try write(.acknowledged(head))
    }
}

/// Facts from the sample house, from what the pool sent, and from books that a pencil keeps.
final class SimulatedFacts: FactsPort {
    private let memory = MemoryFacts()
    private let file: JournalFile
    private unowned let world: SimulatedWorld
    /// Where the journal ended when this run began.
    private let startedAfter: UInt64

    init(_ file: JournalFile, _ world: SimulatedWorld) {
        (self.file, self.world, startedAfter) = (file, world, file.head.sequence)
    }

    private func ask<Answer>(_ question: (MemoryFacts) throws -> Answer) throws -> Answer {
        for entry in file.entries.dropFirst(memory.noted) { memory.books.note(entry) }
        memory.noted = file.entries.count
        let register = world.station.register
        (memory.borrowers, memory.bookings, memory.house) = (register.borrowers, register.bookings, register.house)
        (memory.revokedPasses, memory.passesUnknownBefore) = (register.revokedPasses, passesUnknownBefore)
        memory.house.isPoolInReach = world.station.isPoolInReach
        memory.house.confirmed = world.station.confirmed
        (memory.failures, memory.isReadable) = (file.attempts, world.isReadable)
        if world.mutant == .overlooksBlocked {
            for index in memory.borrowers.indices { memory.borrowers[index].standing = .active }
        }
        return try question(memory)
    }

    /// The books, for people of the simulated world who know what they have.
    var books: PlainBooks { (try? ask(\.books)) ?? PlainBooks() }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        let subject = try ask { try $0.subject(of: code, for: wants) }
        if world.mutant == .writesCardsDown, wants.newCode == .item, case .house(let house) = code,
            house.kind != .command
        {
            return .newCode(.label(house.text))
        }
        switch subject {
        case .borrower(var facts):
            let digest = facts.card?.digest
            facts.card?.failures = digest.flatMap { file.attempts[$0] } ?? 0
            return .borrower(facts)
        case .pass(let facts): return .pass(remembered(facts))
        case .item(let facts): return .item(seen(facts))
        case .locker(let locker, let items): return .locker(locker, items: items.map(seen))
        case .nothing, .staffBadge, .command, .language, .number, .pin, .brokenPass, .newCode, .unknown, .mistyped,
            .unreadable, .wrongLayout, .undecidable:
            return subject
        }
    }

    /// As the journal's adapter tells it: the first time of a journal that somebody vouches for.
    private var passesUnknownBefore: WallTime? {
        file.entries.first { $0.quality != .unknown }?.time ?? .latest
    }

    /// A mutant keeps in memory only which passes were used.
    private func remembered(_ facts: PassFacts) -> PassFacts {
        guard world.mutant == .forgetsPasses, let loan = facts.use?.loan, loan.sequence <= startedAfter else {
            return facts
        }
        var facts = facts
        facts.use = nil
        return facts
    }

    private func seen(_ facts: ItemFacts) -> ItemFacts {
        guard world.mutant == .overlooksDoubt, facts.content == .unverified else { return facts }
        var facts = facts
        facts.content = .holds
        return facts
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? { try ask { try $0.borrower(id) } }

    func circumstances(for wants: Wants) throws -> Facts { try ask { try $0.circumstances(for: wants) } }

    func isPIN(_ pin: String, of code: Code) throws -> Bool { try ask { try $0.isPIN(pin, of: code) } }
}

/// The way to the simulated guard.
final class SimulatedGuardPort: GuardPort {
    private unowned let world: SimulatedWorld
    private let life: Lifeline

    init(_ world: SimulatedWorld, _ life: Lifeline) { (self.world, self.life) = (world, life) }

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        guard life.spend(), let place = SimulatedHouse.place(of: locker) else { return }
        var pulse = pulse.wholeMilliseconds
        if world.mutant == .looseTable { pulse *= 10 }
        world.see(.ordered(number, locker))
        world.station.send(
            .open(
                OpenRequest(
                    number: number.sequence, locker: place, pulseMilliseconds: pulse, issuedAt: instant.nanoseconds)))
    }

    func close(_ number: EntryNumber, _ locker: LockerID) {
        guard life.spend(), let place = SimulatedHouse.place(of: locker) else { return }
        world.station.send(.close(number.sequence, locker: place))
    }

    func show(_ place: LampPlace, _ signal: LampSignal) { _ = life.spend() }
}

/// The screen: what is told is seen by whoever watches the world.
final class SimulatedScreen: ScreenPort {
    private unowned let world: SimulatedWorld
    private let life: Lifeline

    init(_ world: SimulatedWorld, _ life: Lifeline) { (self.world, self.life) = (world, life) }

    func hideTyping(_ isHidden: Bool) { if life.isAlive { world.isPINAskedFor = isHidden } }

    func tell(_ message: Message, in language: Language?) {
        if life.spend() { world.see(.told(message)) }
    }
}

/// Salts from a seed.
final class SeededSalts: RandomnessPort {
    private var chance: SeededGenerator

    init(seed: UInt64) { chance = SeededGenerator(seed: seed) }

    func salt() -> Salt {
        guard let salt = Salt(chance.bytes(Salt.byteCount)) else {
            preconditionFailure("a salt has \(Salt.byteCount) bytes")
        }
        return salt
    }
}
