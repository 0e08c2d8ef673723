// The lock guard's process in a simulated world. What it decides is decided by the policies of the real one: over coils, over
// its connection, over contacts. Only its loop, which the kernel drives, is another.

import GuardProtocol

@testable import LockGuard
@testable import StationCore

final class SimulatedGuard {
    private unowned let world: SimulatedWorld
    private let table: LineTable
    private var coils: CoilPolicy
    private var link: LinkPolicy
    private var contacts: Contacts
    /// Counts its lives, so that what was planned in an earlier one does not happen in a later.
    private var life = 0
    private(set) var isUp = false
    /// Until when it does nothing.
    private var hungUntil: UInt64?
    private var armedAt: UInt64?
    /// The lockers whose coil, or whose sensor, can't be used.
    private var brokenCoils: Set<LockerID> = []
    private var brokenSensors: Set<LockerID> = []
    /// When it died or hung last: for two seconds coils may be on that nobody watches.
    private(set) var troubledAt: UInt64?

    init(_ world: SimulatedWorld) {
        self.world = world
        table = SimulatedHouse.makeTable(loosened: world.mutant == .looseTable)
        coils = CoilPolicy(table)
        link = LinkPolicy(table: table.digest, ownUser: 0, clientUser: nil)
        contacts = Contacts(debounces: [])
    }

    private var now: UInt64 { world.clock.monotonic.nanoseconds }
    var digest: TableDigest { table.digest }
    func isBroken(_ locker: LockerID) -> Bool { brokenCoils.contains(locker) || brokenSensors.contains(locker) }

    // MARK: - Its life

    func start() {
        life += 1
        (isUp, hungUntil, armedAt) = (true, nil, nil)
        for locker in SimulatedHouse.lockers { world.doors.switchCoil(locker, order: nil) }
        coils = CoilPolicy(table)
        link = LinkPolicy(table: table.digest, ownUser: 0, clientUser: nil)
        let sensors = table.lockers.map(\.sensor) + table.watched.map(\.sensor)
        contacts = Contacts(debounces: sensors.map { UInt64($0?.debounceMilliseconds ?? 0) * 1_000_000 })
        for (place, locker) in SimulatedHouse.lockers.enumerated() {
            if !brokenCoils.contains(locker) { coils.lineBack(place, at: now) }
            read(locker, edges: 0)
        }
        sensedStop(edges: 0)
        contacts.forgetWaiting()
        world.see(.guardStarted)
        arm()
    }

    /// It dies; the service manager has all outputs switched off, then it comes back.
    func die(outputsOffAfter off: UInt64, backAfter back: UInt64) {
        guard isUp else { return }
        stopHere()
        let died = life
        world.after(off) { [self] _ in
            guard died == life else { return }
            for locker in SimulatedHouse.lockers { world.doors.switchCoil(locker, order: nil) }
        }
        world.after(off + back) { [self] world in
            if died == life, world.hasPower { start() }
        }
    }

    /// The power is gone: so are all coils.
    func losePower() {
        stopHere()
        for locker in SimulatedHouse.lockers { world.doors.switchCoil(locker, order: nil) }
    }

    private func stopHere() {
        life += 1
        isUp = false
        troubledAt = world.now
        world.station.guardEnded()
    }

    /// When the service manager's watchdog ends it, in nanoseconds.
    private static let watchdog: UInt64 = 1_900_000_000

    /// It does nothing for a while, at most until the watchdog ends it.
    func hang(for duration: UInt64) {
        guard isUp, hungUntil == nil else { return }
        (hungUntil, troubledAt) = (world.now + duration, world.now)
        let hung = life
        world.after(min(duration, Self.watchdog)) { [self] _ in
            guard hung == life else { return }
            hungUntil = nil
            if duration > Self.watchdog {
                die(outputsOffAfter: 50_000_000, backAfter: 1_000_000_000)
            } else {
                wake()
            }
        }
    }

    // MARK: - The station

    /// Lets a station connect; whether it may.
    func connect() -> Bool {
        guard isUp, hungUntil == nil else { return false }
        return link.connected(user: 0, at: now) == nil
    }

    /// The connection ended.
    func stationEnded() {
        guard isUp else { return }
        lose()
    }

    private func lose() {
        while let ended = coils.end(at: now) { switchOff(ended, .stationLost) }
        link.disconnected()
        arm()
    }

    func receive(_ frame: Frame) {
        guard isUp else { return }
        if let hungUntil {
            let then = life
            world.after(hungUntil - world.now + 1) { [self] _ in if then == life { receive(frame) } }
            return
        }
        guard link.state != .alone else { return }
        switchOffDue()
        keepAlive()
        guard link.state != .alone else { return }
        switch link.received(frame, at: now) {
        case .welcome:
            send(.welcome(table: digest))
            contacts.tell { send(message($0)) }
            for (place, locker) in SimulatedHouse.lockers.enumerated() where isBroken(locker) {
                send(.lineFault(locker: UInt16(place), .missing, systemError: 2))
            }
        case .turnAway(let reason):
            send(.unwelcome(reason, table: digest))
            lose()
            world.station.guardEnded()
        case .open(let request): open(request)
        case .close(let number, let locker):
            if let ended = coils.close(number, locker: locker, at: now) { switchOff(ended, .closed) }
        case .lamp, .nothing: break
        }
        arm()
    }

    /// Between two things that happen station and guard show each other that they live; a station that is busy for too long
    /// does not.
    private func keepAlive() {
        guard link.isServing else { return }
        let frame = StationMessage.heartbeat(count: 1).frame
        _ = link.received(frame, at: world.station.lastSign)
        while let due = link.due(at: now) {
            guard case .lost = due else { continue }
            lose()
            world.station.guardEnded()
            return
        }
    }

    private func send(_ message: GuardMessage) {
        guard link.isServing else { return }
        // What the station gets are the bytes of the frame.
        guard let heard = try? GuardMessage(message.frame) else { preconditionFailure("\(message) is no message") }
        world.station.heardLater(heard)
    }

    // MARK: - Coils

    private func open(_ request: OpenRequest) {
        if let refusal = coils.open(request, at: now) {
            world.stats.count("guard refusal", "\(refusal)")
            send(.refused(request.number, locker: request.locker, refusal))
            return
        }
        guard let locker = SimulatedHouse.locker(at: request.locker) else { return }
        world.doors.switchCoil(locker, order: request.number)
        send(.accepted(request.number, locker: request.locker, at: now))
    }

    private func switchOffDue() { while let ended = coils.due(at: now) { switchOff(ended, .elapsed) } }

    private func switchOff(_ ended: CoilPolicy.Ended, _ reason: GuardMessage.Release) {
        guard let locker = SimulatedHouse.locker(at: UInt16(ended.locker)) else { return }
        world.doors.switchCoil(locker, order: nil)
        switch reason {
        case .elapsed, .closed: break
        case .stationLost, .stopping, .lineFailed: world.see(.pulseCut(order: ended.number))
        }
        send(.released(ended.number, locker: UInt16(ended.locker), at: now, reason))
    }

    // MARK: - Lines

    /// A line can't be used any more.
    func lineFails(_ locker: LockerID, isCoil: Bool) {
        guard let place = SimulatedHouse.place(of: locker), !isBroken(locker) else { return }
        if isCoil { brokenCoils.insert(locker) } else { brokenSensors.insert(locker) }
        guard isUp else { return }
        if isCoil {
            if case .energised(let number, _) = coils.coils[Int(place)],
                let ended = coils.close(number, locker: Int(place), at: now)
            {
                switchOff(ended, .lineFailed)
                coils.lineFailed(Int(place))
                coils.switchedOff(Int(place))
            } else {
                coils.lineLost(Int(place))
            }
        } else {
            if contacts.isUnsteady(Int(place)) { send(message(.steady(contact: Int(place)))) }
            contacts.lost(Int(place))
        }
        send(.lineFault(locker: place, .missing, systemError: 2))
        arm()
    }

    func lineWorks(_ locker: LockerID) {
        guard let place = SimulatedHouse.place(of: locker), isBroken(locker) else { return }
        let hadCoil = brokenCoils.remove(locker) != nil
        brokenSensors.remove(locker)
        guard isUp else { return }
        if hadCoil { coils.lineBack(Int(place), at: now) }
        send(.lineBack(locker: place))
        read(locker, edges: 0)
        arm()
    }

    // MARK: - Contacts

    /// The sensor of a door may have changed.
    func read(_ locker: LockerID, edges: Int) {
        guard let place = SimulatedHouse.place(of: locker), isUp, !brokenSensors.contains(locker),
            SampleHouse.setup.doors[locker]?.hasSensor == true
        else { return }
        sensed(Int(place), isActive: world.doors.showsLatched(locker), edges: edges)
    }

    func sensedStop(edges: Int) {
        if isUp { sensed(table.lockers.count, isActive: world.isStopPressed, edges: edges) }
    }

    private func sensed(_ place: Int, isActive: Bool, edges: Int) {
        let reading = InputReading(active: isActive, instant: now, edges: edges)
        if let news = contacts.sensed(place, reading, at: now) { heard(news) }
        arm()
    }

    private func heard(_ news: ContactNews) {
        switch news {
        case .changed(let change):
            if link.isServing { send(message(news)) } else { contacts.keep(change) }
        case .unsteady, .steady: send(message(news))
        }
    }

    private func message(_ news: ContactNews) -> GuardMessage {
        switch news {
        case .changed(let change) where change.contact < table.lockers.count:
            .door(locker: UInt16(change.contact), change.isActive ? .latched : .open, at: change.instant)
        case .changed(let change): .watched(place: 0, isActive: change.isActive, at: change.instant)
        case .unsteady(let contact): .sensorUnsteady(contact: UInt16(contact), true)
        case .steady(let contact): .sensorUnsteady(contact: UInt16(contact), false)
        }
    }

    // MARK: - Time

    /// Looks after what is due.
    func wake() {
        guard isUp else { return }
        armedAt = nil
        guard hungUntil == nil else { return }  // It wakes when it hangs no more.
        switchOffDue()
        keepAlive()
        while let news = contacts.due(at: now) {
            heard(news)
            guard case .steady(let place) = news else { continue }
            if let locker = SimulatedHouse.locker(at: UInt16(place)) {
                read(locker, edges: 0)
            } else {
                sensedStop(edges: 0)
            }
        }
        arm()
    }

    private func arm() {
        guard isUp, let next = [coils.nextOff, contacts.nextDue].compactMap(\.self).min() else { return }
        let instant = world.now + (next > now ? next - now : 0)
        guard armedAt.map({ instant < $0 }) ?? true else { return }
        armedAt = instant
        let armed = life
        world.after(instant - world.now) { [self] _ in if armed == life, armedAt == instant { wake() } }
    }
}
