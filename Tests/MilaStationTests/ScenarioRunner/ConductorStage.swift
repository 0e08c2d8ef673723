// A station on which scenarios are played: the real conductor over the real journal, register, catalogue and readers of
// codes, in a world that is played.

import Foundation
import Groundwork
import GuardProtocol
import StationCore
import TestSupport

@testable import MilaStation

/// The station of one scenario.
final class ConductorStage {
    /// All that is gone when the power goes.
    private struct Running {
        let journal: TroubledJournal
        let register: RegisterStore
        let facts: TroubledFacts
        let screen: PlayedScreen
        let conductor: Conductor
    }

    private let house: ScenarioHouse
    private let folder: Folder
    let deeds = DeedLog()
    let time: PlayedTime
    let guardian: PlayedGuard
    private var running: Running?
    private var lines = LineAssembler()
    private var registerVersion: UInt64 = 1
    /// How often the files were copied, as a power cut leaves them.
    private var generation = 0
    /// When the pool answered last, while it is out of reach.
    private var lastContact: WallTime?

    /// A station that was not started yet, with the register that the pool sent it before.
    init(_ scenario: Scenario) throws {
        house = scenario.house
        folder = try Folder(inMemory: true)
        time = PlayedTime(wall: scenario.begins)
        guardian = PlayedGuard(deeds: deeds)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let register = try RegisterStore(place + "/register.sqlite")
        try register.replace(with: house.snapshot(version: registerVersion), onLoan: [])
        try register.close()
    }

    private var place: String { folder.file("\(generation)") }
    var journalFile: String { place + "/journal.sqlite" }

    var isRunning: Bool { running != nil }
    var isTypingHidden: Bool { running?.screen.isTypingHidden ?? false }

    // MARK: - Start and end

    /// Starts as `StationHouse` does; the guard joins on its own.
    func start() throws {
        let opened = try JournalStore.open(journalFile, source: house.configuration.source)
        let register = try RegisterStore(place + "/register.sqlite")
        let journal = TroubledJournal(opened.store, deeds: deeds)
        let lockers = Set(house.configuration.doors.keys)
        let facts = try TroubledFacts(
            LiveFacts(
                register: register, journal: opened.store, station: house.configuration.station,
                poolKeys: [ScenarioPass.poolKey()], lockersHere: lockers, contact: PoolContact(noted: nil),
                zone: house.zone, languages: house.configuration.languages.codes))
        facts.lastContact = lastContact
        var setup = DeskSetup(doors: house.configuration.doors, zone: house.zone)
        setup.sessionTimeout = house.configuration.sessionTimeout
        setup.language = house.configuration.language
        let screen = PlayedScreen(
            deeds: deeds, catalogue: house.catalogue, language: house.configuration.language)
        let ports = StationPorts(
            journal: journal, facts: facts, guardian: guardian, screen: screen,
            clock: SystemClock(floor: try ClockFloor.read(opened.store, poolTime: try register.poolTime())) {
                [time] in time.reading
            },
            randomness: SystemRandomness())
        let conductor = try Conductor(
            ports: ports, setup: setup, program: "scenario", codes: house.configuration.scanner.codes,
            epoch: opened.newEpoch.map {
                .epochOpened($0.reason, program: "scenario", predecessor: $0.predecessor)
            },
            doubted: opened.newEpoch?.reason == .quarantined ? lockers.sorted() : [])
        running = Running(
            journal: journal, register: register, facts: facts, screen: screen, conductor: conductor)
    }

    /// The pool has told the time.
    func take(poolTime: WallTime) throws {
        guard let running else { throw StageTrouble("the station does not run, so nobody hears the pool") }
        running.conductor.take(poolTime: poolTime, at: time.reading.monotonic)
        let head = running.journal.head
        try running.register.keep(PoolTime(time: poolTime, epoch: head.epoch, sequence: head.sequence))
    }

    /// The power goes: the files stay as they are on the disk, all else is gone.
    func cutPower() throws {
        guardian.leave()
        lines = LineAssembler()
        let before = place
        generation += 1
        // What a process leaves behind that does not come to closing its files.
        try FileManager.default.copyItem(atPath: before, toPath: place)
        try close()
        time.restart()
        for locker in guardian.open.keys { guardian.open[locker] = time.now }
    }

    /// Writes over the beginning of the journal's file, which is in its log no more.
    func ruinJournal() throws {
        guard running == nil else { throw StageTrouble("the station still has the journal; let the power go first") }
        try JournalStore.open(journalFile, source: house.configuration.source).store.close()
        guard let file = FileHandle(forUpdatingAtPath: journalFile) else { throw StageTrouble("there is no journal") }
        try file.write(contentsOf: Data(repeating: 0x2a, count: 4096))
        try file.close()
    }

    func stop() throws {
        try running?.conductor.record(.stationStopped)
        guardian.leave()
        try close()
    }

    private func close() throws {
        try running?.journal.store.close()
        try running?.register.close()
        running = nil
    }

    // MARK: - What happens to it

    /// Does something with the conductor; a journal that fails ends the station, one that does not run hears nothing.
    func conduct(_ work: (Conductor) throws -> Void) throws {
        guard let running else { return }
        do {
            try work(running.conductor)
            try answerOrders()
        } catch let fault as JournalFault {
            deeds.append(Deed(channel: .ends, name: "the station", details: ["fault": "\(fault)"]))
            guardian.leave()
            try close()
        }
    }

    /// Takes bytes from the scanner.
    func scan(_ bytes: [UInt8]) throws {
        for byte in bytes { if let line = lines.take(byte) { try conduct { try $0.take(line) } } }
    }

    /// Lets the guard accept what it was asked, where it answers by itself.
    func answerOrders() throws {
        while guardian.answersByItself, let order = guardian.orders.first { try accept(order) }
        while let sequence = guardian.closed.first {
            guardian.closed.removeFirst()
            try conduct { try $0.take(.coilReleased(sequence: sequence, .complete)) }
        }
    }

    func accept(_ order: PlayedGuard.Order) throws {
        guardian.orders.removeAll { $0.sequence == order.sequence }
        guardian.coils.append((order, time.now + order.pulse))
        try conduct { try $0.take(.openingAccepted(sequence: order.sequence)) }
    }

    /// Lets time pass, with all that falls due in it.
    func pass(until end: MonotonicInstant) throws {
        for _ in 0..<10_000 {
            let coil = guardian.answersByItself ? guardian.coils.min { $0.end < $1.end } : nil
            let deadline = running?.conductor.nextDeadline
            guard let next = [coil?.end, deadline].compactMap(\.self).min(), next <= end else {
                return time.pass(until: end)
            }
            if next > time.now { time.pass(until: next) }
            if let coil, coil.end == next {
                guardian.coils.removeAll { $0.order.sequence == coil.order.sequence }
                try conduct { try $0.take(.coilReleased(sequence: coil.order.sequence, .complete)) }
            } else {
                try conduct { try $0.take(.tick) }
            }
        }
        throw StageTrouble("the station wants to be woken ten thousand times on the way to the step's end")
    }

    /// The guard joins, and says what it knows of lines and doors.
    func joinGuard() throws {
        guardian.isThere = true
        try conduct { try $0.take(.guardJoined) }
        for (locker, door) in house.configuration.doors.sorted(by: { $0.key < $1.key }) where door.hasSensor {
            let open = guardian.open[locker]
            try conduct { try $0.take(open.map { .doorOpened(locker, at: $0) } ?? .doorLatched(locker, at: time.now)) }
        }
        for locker in guardian.failing.sorted() { try failLines(of: locker) }
    }

    func failLines(of locker: LockerID) throws {
        guard guardian.isThere else { return }
        try conduct { try $0.take(.lockerFault(locker, reason: "the line is held")) }
    }

    func hasSensor(_ locker: LockerID) -> Bool { house.configuration.doors[locker]?.hasSensor ?? false }

    func replaceRegister(with house: ScenarioHouse) throws {
        registerVersion += 1
        let snapshot = try house.snapshot(version: registerVersion)
        if let running {
            try running.register.replace(with: snapshot, onLoan: try running.journal.store.read(Books.itemsOnLoan))
        }
        try conduct { try $0.record(.registerApplied(snapshot.version)) }
    }

    func set(_ disk: DiskState) { running?.journal.disk = disk }

    /// Out of reach the pool's word gets older from now on; in reach it never does.
    func set(poolIsInReach: Bool) {
        lastContact = poolIsInReach ? nil : time.reading.wall
        running?.facts.lastContact = lastContact
    }

    func set(registerIsReadable: Bool) { running?.facts.isReadable = registerIsReadable }

    // MARK: - What can be seen

    /// The books, for what a scenario says of loans and contents.
    func books() throws -> BooksState {
        guard let running else { throw StageTrouble("the station does not run, so its books can't be asked") }
        return try running.journal.store.books()
    }

    /// What is wrong with the journal, at a scenario's end: its chain is whole, the books are what its entries say, and
    /// no code of a card is in it (rule S10).
    func journalFindings() throws -> [String] {
        let store =
            try running?.journal.store ?? JournalStore.open(journalFile, source: house.configuration.source).store
        let entries = try store.entries()
        var (findings, verifier) = ([String](), ChainVerifier(source: store.source))
        let cards = house.cards.values.joined()
        do {
            for entry in entries {
                let document = entry.document(source: store.source)
                try verifier.take(parsing: document)
                let text = String(decoding: document, as: UTF8.self)
                if text.contains(/MP[0-9A-HJ-NP-X]{80}/) { findings.append("entry \(entry.number) holds a pass") }
                if cards.contains(where: text.contains) { findings.append("entry \(entry.number) holds a card's code") }
            }
            try verifier.finish()
        } catch {
            findings.append("the journal's chain is broken: \(error)")
        }
        if verifier.head != store.head { findings.append("the journal does not end where it says") }
        let (books, replayed) = (try store.books(), try BooksState(replaying: entries))
        if books != replayed { findings.append("the books say \(books), the entries \(replayed)") }
        if running == nil { try store.close() }
        return findings
    }
}

/// Why a stage can't go on.
struct StageTrouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
