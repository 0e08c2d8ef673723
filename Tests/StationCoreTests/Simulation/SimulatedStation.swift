// The station's process in a simulated world: the conductor that runs in production, over simulated ports, with the loop
// around it that takes one letter after another. It dies and comes back.

import GuardProtocol
import TestSupport

@testable import StationCore

final class SimulatedStation {
    /// What waits for the loop.
    enum Letter {
        case line(ScannedLine)
        case event(DeskEvent)
        case work((SimulatedStation) throws(JournalFault) -> Void)
    }

    /// One run, from start to death.
    struct Run {
        let life: Lifeline
        let journal: SimulatedJournal
        let facts: SimulatedFacts
        let conductor: Conductor
        var uplink: Uplink
        var isGuardConnected = false
        var isGreeted = false
    }

    unowned let world: SimulatedWorld
    var run: Run?
    private var letters: [Letter] = []
    private var isTurnPlanned = false
    /// Until when a slow disk holds it up, and since when.
    private var busyUntil: UInt64 = 0
    private var busySince: UInt64 = 0
    private var tickAt: UInt64?
    private var starts = 0
    var chance: SeededGenerator
    /// The register that is in place, and when the pool last said that it is right.
    var register: SimulatedRegister
    var confirmed: WallTime?
    /// What time it was by the pool's last word.
    var poolTime: WallTime?
    var answeredAt: UInt64?
    var requests = 0
    /// The death that comes at the next start, after so many effects.
    var deathAtStart: (effects: Int, death: Lifeline.Death)?

    init(_ world: SimulatedWorld, seed: UInt64) {
        self.world = world
        chance = SeededGenerator(seed: seed)
        register = SimulatedRegister(version: SimulatedStation.noVersion)
    }

    private static let noVersion: RegisterVersion = {
        guard let version = RegisterVersion(incarnation: "none", number: 0) else { preconditionFailure("a version") }
        return version
    }()

    var isUp: Bool { run != nil }
    var file: JournalFile? { run?.journal.file }
    /// When the guard heard of it last.
    var lastSign: UInt64 {
        let sign = busyUntil > world.now ? busySince : world.now
        return world.clock.monotonic.nanoseconds - (world.now - sign)
    }
    /// Whether the pool answered lately.
    var isPoolInReach: Bool { answeredAt.map { world.now - $0 < 3_600_000_000_000 } ?? false }

    // MARK: - Its life

    func start() {
        guard run == nil, world.hasPower else { return }
        starts += 1
        let life = Lifeline()
        if let (effects, death) = deathAtStart {
            deathAtStart = nil
            life.die(after: effects, of: death)
        }
        let isNew = world.disk.file == nil || world.disk.isDamaged
        let file = world.disk.open()
        let journal = SimulatedJournal(file, world, life)
        let facts = SimulatedFacts(file, world)
        let guardian = SimulatedGuardPort(world, life)
        let unfinished = (try? journal.unfinishedErrands()) ?? []
        let needsEpoch = file.head.sequence == 0
        world.see(.stationStarting(isJournalNew: isNew))
        let known = world.witness.last.map { $0.epoch == file.epoch ? $0.sequence : 0 } ?? 0
        world.see(.recovered(Array(file.entries.dropFirst(Int(known)))))
        let ports = StationPorts(
            journal: journal, facts: facts, guardian: guardian, screen: SimulatedScreen(world, life),
            clock: StationClock(
                world.clock,
                floor: max(
                    file.floor, poolTime ?? SimulatedClock.beginning.adding(milliseconds: -86_400_000 * 30)),
                isTrusted: world.mutant == .trustsClock),
            randomness: SeededSalts(seed: chance.next()))
        let epoch = world.disk.newEpoch
        let isQuarantined = needsEpoch && epoch?.reason == .quarantined
        var conductor: Conductor?
        do {
            conductor = try Conductor(
                ports: ports, setup: SampleHouse.setup, program: "simulation 1",
                epoch: needsEpoch
                    ? .epochOpened(epoch?.reason ?? .first, program: "simulation 1", predecessor: epoch?.predecessor)
                    : nil,
                doubted: isQuarantined ? SimulatedHouse.lockers : [])
        } catch {
            world.stats.count("station", "did not start: \(error)")
        }
        guard let conductor, life.isAlive else { return dead(life) }
        let uplink = Uplink(acknowledged: file.acknowledged, journalEnd: file.head.sequence)
        run = Run(life: life, journal: journal, facts: facts, conductor: conductor, uplink: uplink)
        if world.mutant == .repeatsInterruptedPulse {
            world.after(1_000_000_000) { world in
                for errand in unfinished {
                    guard let locker = errand.locker, life.isAlive else { continue }
                    guardian.open(errand.opening, locker, pulse: .milliseconds(200), at: world.clock.monotonic)
                }
            }
        }
        (letters, isTurnPlanned, tickAt) = ([], false, nil)
        busyUntil = max(busyUntil, world.now)
        world.stats.count("station", "started")
        connect()
        announce()
    }

    /// The present run dies after so many more effects, or at the next start where there is none.
    func die(after effects: Int, of death: Lifeline.Death) {
        guard let run else {
            deathAtStart = (effects, death)
            return
        }
        run.life.die(after: effects, of: death)
        if !run.life.isAlive { dead(run.life) }
    }

    /// What is left to do for a run that is over.
    private func dead(_ life: Lifeline) {
        run = nil
        letters = []
        world.stats.count("station", life.death == .powerCut ? "died of a power cut" : "died")
        world.see(.stationEnded)
        if life.death == .powerCut {
            world.losePower()
        } else {
            world.guardian.stationEnded()
            world.after(5_000_000_000) { $0.station.start() }
        }
    }

    /// It is gone because the power is.
    func losePower() {
        guard let run else { return }
        run.life.die(after: 0, of: .powerCut)
        self.run = nil
        letters = []
        world.see(.stationEnded)
    }

    // MARK: - Letters

    func post(_ letter: Letter) {
        guard run != nil else { return }
        letters.append(letter)
        planTurn()
    }

    private func planTurn() {
        guard !isTurnPlanned, !letters.isEmpty, let life = run?.life else { return }
        isTurnPlanned = true
        world.after(busyUntil > world.now ? busyUntil - world.now : 0) { [self] _ in
            guard run?.life === life else { return }
            isTurnPlanned = false
            turn()
        }
    }

    private func turn() {
        guard let run, !letters.isEmpty else { return }
        let began = world.now
        do throws(JournalFault) {
            switch letters.removeFirst() {
            case .line(let line): try take(line, run)
            case .event(let event):
                try run.conductor.take(event)
                shutByPatience(event)
            case .work(let work): try work(self)
            }
            try run.journal.writeKept()
        } catch {
            world.stats.count("station", "journal fault")
            if run.life.isAlive {
                world.see(.faulted(error))
                run.life.die(after: 0, of: .killed)
            }
        }
        _ = run.conductor.takeUndecided()
        let lag = world.takeSpentTime()
        if lag > 0 { (busySince, busyUntil) = (began, world.now + lag) }
        guard run.life.isAlive else { return dead(run.life) }
        if lag > Heartbeat.patience { world.after(Heartbeat.patience) { $0.guardian.wake() } }
        world.see(.stepped)
        planTick()
        announce()
        planTurn()
    }

    /// A mutant has no patience with doors that nobody shuts: it takes them for latched.
    private func shutByPatience(_ event: DeskEvent) {
        guard world.mutant == .abandonedIsFree, case .doorOpened(let locker, _) = event, let life = run?.life else {
            return
        }
        world.after(230_000_000_000) { [self] world in
            guard run?.life === life, world.doors.openSince(locker) != nil else { return }
            post(.event(.doorLatched(locker, at: world.clock.monotonic)))
        }
    }

    private func take(_ line: ScannedLine, _ run: Run) throws(JournalFault) {
        world.see(.lineTaking(line))
        let isDropped = world.mutant == .dropsUnreadable && (line == .unreadable || line == .tooLong)
        if !isDropped { try run.conductor.take(line) }
        if run.life.isAlive { world.see(.lineTaken(line)) }
    }

    private func planTick() {
        guard let run, let deadline = run.conductor.nextDeadline else { return }
        let wait = deadline.duration(since: world.clock.monotonic)
        let instant = world.now + UInt64(wait / .nanoseconds(1))
        guard tickAt.map({ instant < $0 }) ?? true else { return }
        tickAt = instant
        world.after(instant - world.now) { [self] _ in
            guard self.run?.life === run.life, tickAt == instant else { return }
            tickAt = nil
            post(.event(.tick))
        }
    }

    // MARK: - The guard

    /// Connects to the guard, and tries again where it does not answer.
    private func connect() {
        guard let life = run?.life, run?.isGuardConnected == false else { return }
        if world.guardian.connect() {
            run?.isGuardConnected = true
            send(.hello(table: world.guardian.digest))
        } else {
            world.after(5_000_000_000) { [self] _ in if run?.life === life { connect() } }
        }
    }

    /// Sends the guard a message, as the bytes of a frame.
    func send(_ message: StationMessage) {
        guard let run, run.isGuardConnected else { return }
        let life = run.life
        world.after(300_000 + world.spentTime) { [self] world in
            if self.run?.life === life, self.run?.isGuardConnected == true { world.guardian.receive(message.frame) }
        }
    }

    /// The guard said something; it is here in a moment.
    func heardLater(_ message: GuardMessage) {
        guard let life = run?.life, run?.isGuardConnected == true else { return }
        world.after(1_000_000) { [self] _ in if run?.life === life { heard(message) } }
    }

    private func heard(_ message: GuardMessage) {
        if case .welcome = message { run?.isGreeted = true }
        if let event = event(message) { post(.event(event)) }
    }

    /// The guard hung up, or is gone.
    func guardEnded() {
        guard let life = run?.life, run?.isGuardConnected == true else { return }
        run?.isGuardConnected = false
        if run?.isGreeted == true { post(.event(.guardLost)) }
        run?.isGreeted = false
        world.after(250_000_000) { [self] _ in if run?.life === life { connect() } }
    }

    private func event(_ message: GuardMessage) -> DeskEvent? {
        switch message {
        case .welcome: return .guardJoined
        case .unwelcome, .heartbeat: return nil
        case .accepted(let number, _, _): return .openingAccepted(sequence: number)
        case .refused(let number, _, let reason):
            switch reason {
            case .coilsBusy, .resting, .tooMany: return .openingRefused(sequence: number, .later)
            case .unknownLocker, .beyondCap, .stale, .outOfService:
                return .openingRefused(sequence: number, .never)
            }
        case .released(let number, _, _, let reason):
            switch reason {
            case .elapsed, .closed: return .coilReleased(sequence: number, .complete)
            case .stationLost, .stopping, .lineFailed: return .coilReleased(sequence: number, .cutShort)
            }
        case .door(let place, let level, let instant):
            let at = MonotonicInstant(nanoseconds: instant)
            return SimulatedHouse.locker(at: place).map {
                level == .open ? .doorOpened($0, at: at) : .doorLatched($0, at: at)
            }
        case .watched(_, let isActive, _): return .emergencyStop(SimulatedHouse.emergencyStop, isPressed: isActive)
        case .sensorUnsteady(let contact, let isUnsteady):
            return SimulatedHouse.locker(at: contact).map { .sensorUnsteady($0, isUnsteady) }
        case .lineFault(let place, let fault, _):
            return SimulatedHouse.locker(at: place).map { .lockerFault($0, reason: "\(fault)") }
        case .lineBack(let place): return SimulatedHouse.locker(at: place).map { .lockerWorks($0) }
        }
    }
}
