// A simulated world: a station with its lock guard, its pool, the network between them, the doors, the people and what goes
// wrong, for as many days as its deeds last. The same seed, deeds and mutant give the same history, bit for bit.

import GuardProtocol
import TestSupport

@testable import StationCore

final class SimulatedWorld {
    let seed: UInt64
    let mutant: Mutant?
    let source = EntrySource(cityDomain: "example.org", station: .of("demo"))
    let clock = SimulatedClock()
    let disk: SimulatedDisk
    private(set) lazy var guardian = SimulatedGuard(self)
    private(set) lazy var doors = SimulatedDoors(self, seed: seed ^ 0xd0)
    private(set) lazy var network = SimulatedNetwork(self, seed: seed ^ 0xe7)
    private(set) lazy var pool = SimulatedPool(self)
    private(set) lazy var station = SimulatedStation(self, seed: seed ^ 0x57)
    private(set) lazy var visitors = Visitors(self)
    var stats = Statistics()
    private(set) var witness = Witness()
    private(set) var findings: [Finding] = []
    private(set) var history = HistoryHash()
    private var agenda = Agenda<(SimulatedWorld) -> Void>()
    private var checkers: [any RuleChecker]
    private let deeds: [Deed]
    private let end: UInt64

    private(set) var hasPower = true
    /// Whether register and books can be read.
    var isReadable = true
    /// Whether somebody holds the emergency stop pressed: the coils get no current then.
    var isStopPressed = false
    var hasStopReleased: Bool { !isStopPressed }
    /// Whether the screen shows that a PIN is waited for.
    var isPINAskedFor = false
    /// Since when neither station nor guard nor a sensor has missed anything.
    var undisturbedSince: UInt64 = 0
    /// The time that the present step has spent waiting for the disk.
    private(set) var spentTime: UInt64 = 0

    private static let second: UInt64 = 1_000_000_000
    private static let day = 86_400 * second
    /// How long there is, after the last deed's end, to put everything right.
    private static let calm = 3 * day

    /// One checker for each rule; computed, as each world needs its own.
    static var allCheckers: [any RuleChecker] {
        [
            CheckerS1(), CheckerS2(), CheckerS3(), CheckerS4(), CheckerS5(), CheckerS6(), CheckerS7(), CheckerS8(),
            CheckerS9(), CheckerS10(), CheckerS11(), CheckerS12(),
        ]
    }

    init(seed: UInt64, deeds: [Deed], mutant: Mutant? = nil, watching rule: Rule? = nil) {
        (self.seed, self.deeds, self.mutant) = (seed, deeds, mutant)
        disk = SimulatedDisk(seed: seed ^ 0xd15c, mutant: mutant)
        checkers = Self.allCheckers.filter { rule == nil || type(of: $0).rule == rule }
        let last = deeds.map { deed in
            if case .fault(_, let seconds) = deed.what { deed.at + seconds * 1000 } else { deed.at }
        }.max()
        end = UInt64(last ?? 0) * 1_000_000 + Self.calm
    }

    var now: UInt64 { clock.now }
    /// How many days it lasts.
    var days: Double { Double(end) / Double(Self.day) }

    /// Plans something for so many nanoseconds later.
    func after(_ wait: UInt64, _ event: @escaping (SimulatedWorld) -> Void) { agenda.plan(event, at: now + wait) }

    func spendTime(_ nanoseconds: UInt64) { spentTime += nanoseconds }

    func takeSpentTime() -> UInt64 {
        defer { spentTime = 0 }
        return spentTime
    }

    // MARK: - Running

    /// Lets it all happen, until the end or the first finding.
    func run() {
        guardian.start()
        station.start()
        for deed in deeds { agenda.plan({ $0.happen(deed) }, at: UInt64(deed.at) * 1_000_000) }
        every(3600 * Self.second) { $0.clock.askTimeServer(isInReach: !$0.network.has(.networkLost)) }
        every(900 * Self.second) { $0.station.askForRegister() }
        every(Self.day) { $0.pull() }
        every(2 * Self.day + 5000) { $0.pool.backUp() }
        if mutant == .rewritesHistory { after(3 * Self.day) { $0.disk.edit { $0.rewrite(3) } } }
        tidyUp()
        while findings.isEmpty, let (instant, event) = agenda.next(), instant <= end {
            clock.advance(to: instant)
            event(self)
        }
        if findings.isEmpty { settle() }
        stats.count("time", "simulated hours", Int(now / (3600 * Self.second)))
    }

    private func every(_ interval: UInt64, _ event: @escaping (SimulatedWorld) -> Void) {
        after(interval) { world in
            event(world)
            if world.now + interval < world.end { world.every(interval, event) }
        }
    }

    private func happen(_ deed: Deed) {
        switch deed.what {
        case .visit(let visit): visitors.come(visit, seed: deed.seed)
        case .fault(let fault, let seconds):
            stats.count("fault", fault.rawValue)
            var chance = SeededGenerator(seed: deed.seed)
            begin(fault, for: UInt64(seconds) * Self.second, &chance)
        }
    }

    /// Sees something: remembers it, and asks every checker.
    func see(_ sight: Sight) {
        history.mix(sight)
        count(sight)
        witness.see(sight)
        for index in checkers.indices {
            guard let words = checkers[index].see(sight, in: self) else { continue }
            findings.append(Finding(rule: type(of: checkers[index]).rule, words: words, instant: now))
        }
    }

    private func count(_ sight: Sight) {
        switch sight {
        case .committed(let entries), .recovered(let entries):
            for entry in entries { stats.count("entry", entry.kind.rawValue) }
        case .told(let message): if case .refused(let refusal) = message.id { stats.count("refusal", refusal.rawValue) }
        case .lineTaking: stats.count("station", "lines taken")
        case .poolApplied: stats.count("pool", "entries applied")
        case .coilOn: stats.count("door", "coil energised")
        case .pulseCut: stats.count("door", "pulse cut short")
        case .poolRestored: stats.count("pool", "restored")
        case .stationStarting, .guardStarted: undisturbedSince = now
        case .ordered, .coilOff, .stationEnded, .faulted, .stepped, .lineTaken, .receipted, .poolSetAside, .poolTook,
            .pulled, .settled:
            break
        }
    }

    // MARK: - Power

    func losePower() {
        guard hasPower else { return }
        hasPower = false
        station.losePower()
        disk.losePower()
        guardian.losePower()
        stats.count("power", "lost")
        after(45 * Self.second) { world in
            world.hasPower = true
            world.clock.boot()
            world.guardian.start()
            world.after(3 * Self.second) { $0.station.start() }
        }
    }

    // MARK: - Reading the journal

    /// Entries as they travel.
    func read(_ file: JournalFile, after sequence: UInt64, limit: Int) -> [[UInt8]] {
        file.entries.dropFirst(Int(sequence)).prefix(limit).map { $0.document(source: source) }
    }

    /// An admin pulls what is new.
    private func pull() {
        guard let file = station.file else { return }
        let next = checkers.compactMap { $0 as? CheckerS9 }.first?.next(in: file) ?? 0
        var documents = read(file, after: next, limit: Int.max)
        if mutant == .readsInWrongOrder, documents.count > 2 { documents.swapAt(0, 1) }
        see(.pulled(documents))
    }

    // MARK: - The end

    /// In the days after the last deed staff put right what they find.
    private func tidyUp() {
        let lastDeed = end - Self.calm
        for hour in stride(from: UInt64(12), to: 60, by: 12) {
            agenda.plan({ $0.visitors.come(.tidy, seed: hour) }, at: lastDeed + hour * 3600 * Self.second)
        }
    }

    private func settle() {
        pull()
        see(.settled)
        guard let run = station.run, findings.isEmpty else { return }
        if run.conductor.isBusy { found(.s7, "a door or a session never came to an end") }
        if !run.journal.file.books.errands.isEmpty { found(.s4, "an errand never came to an end") }
        if !run.journal.file.books.agree(with: run.facts.books) {
            found(.s4, "the books differ from those of a pencil: \(run.journal.file.books.mistakes.prefix(3))")
        }
    }

    private func found(_ rule: Rule, _ words: String) {
        findings.append(Finding(rule: rule, words: words, instant: now))
    }
}
