// A conductor over a journal on disk, the rest of the station being played.

import GuardProtocol
import TestSupport

@testable import MilaStation
@testable import StationCore

/// A conductor over a real journal; guard, screen, clock and register are played.
struct JournalStation {
    // The journal's folder goes with the bench.
    private let bench: JournalBench
    let opened: JournalStore.Opened
    let conductor: Conductor
    let world: PlayedWorld
    var journal: JournalStore { opened.store }

    /// Opens the journal and starts, as `StationHouse` does.
    init(_ bench: JournalBench) throws {
        self.bench = bench
        opened = try bench.open()
        world = PlayedWorld(journal: opened.store)
        let zone = try benchZone()
        let doors = JournalBench.lockers.map { ($0, DeskSetup.Door(pulse: .milliseconds(20), hasSensor: true)) }
        conductor = try Conductor(
            ports: StationPorts(
                journal: opened.store, facts: world, guardian: world, screen: world, clock: world,
                randomness: SystemRandomness()),
            setup: DeskSetup(doors: Dictionary(uniqueKeysWithValues: doors), zone: zone), program: "bench",
            epoch: opened.newEpoch.map { .epochOpened($0.reason, program: "bench", predecessor: $0.predecessor) },
            doubted: opened.newEpoch?.reason == .quarantined ? JournalBench.lockers : [])
    }

    /// Scans `card`, or the label `box-N` of the item in locker N.
    func scan(_ text: String) throws { try conductor.take(.text(text)) }

    /// The door that was ordered last opens and falls shut.
    func passDoor(_ locker: LockerID) throws {
        guard let number = world.ordered.last else { throw BenchError("no door was ordered to open") }
        try conductor.take(.openingAccepted(sequence: number.sequence))
        try conductor.take(.doorOpened(locker, at: world.now().monotonic))
        try conductor.take(.coilReleased(sequence: number.sequence, .complete))
        try conductor.take(.doorLatched(locker, at: world.now().monotonic))
    }
}

/// The world around a station: keeps what it was told and ordered to do.
final class PlayedWorld: FactsPort, GuardPort, ScreenPort, ClockPort {
    private let journal: JournalStore
    private(set) var told: [MessageID] = []
    private(set) var ordered: [EntryNumber] = []
    private var nanoseconds: UInt64 = 0

    init(journal: JournalStore) { self.journal = journal }

    /// Forgets what was told and ordered so far.
    func forget() { (told, ordered) = ([], []) }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        guard case .label(let label) = code else { return .unknown }
        let text = label.text
        if text == "card" { return .borrower(try facts(of: id("b-1"))) }
        let locker: LockerID = id(String(text.suffix(1)))
        guard text.hasPrefix("box-"), JournalBench.lockers.contains(locker) else { return .unknown }
        let item = Item(
            id: id(text), name: LocalizedText(text), label: text, category: "tools", locker: locker)
        let (loans, content) = try journal.read { database in
            (try Books.loans(database, where: "item = ?", text), try Books.contents(database)[locker] ?? .holds)
        }
        return .item(
            ItemFacts(
                item: item, locker: Locker(id: locker, name: LocalizedText("Fach"), label: "l"), loans: loans,
                content: content))
    }

    func circumstances(for wants: Wants) throws -> Facts {
        Facts(.nothing, serving: try wants.borrower.map { try facts(of: $0) })
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? { nil }

    func isPIN(_ pin: String, of code: Code) throws -> Bool { false }

    private func facts(of id: BorrowerID) throws -> BorrowerFacts {
        BorrowerFacts(
            borrower: Borrower(id: id, standing: .active),
            loans: try journal.read { try Books.loans($0, where: "borrower = ?", id.text) })
    }

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        ordered.append(number)
    }

    func close(_ number: EntryNumber, _ locker: LockerID) {}

    func show(_ place: LampPlace, _ signal: LampSignal) {}

    func tell(_ message: Message, in language: Language?) { told.append(message.id) }

    func hideTyping(_ isHidden: Bool) {}

    func now() -> Moment {
        nanoseconds += 1_000_000
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: nanoseconds), wall: WallTime(milliseconds: 1_795_000_000_000),
            quality: .synchronised)
    }

    func take(poolTime: WallTime, at instant: MonotonicInstant) {}
}
