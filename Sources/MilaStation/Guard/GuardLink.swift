// The station's end of the guard's socket: a thread that connects, greets, listens and connects again. What the guard
// says becomes an event; what the desk wants goes out from the loop's thread.

internal import Foundation
internal import Glibc
internal import GuardProtocol
internal import Logging
internal import StationCore

/// The connection to the lock guard.
final class GuardLink: GuardPort, @unchecked Sendable {
    // `descriptor`, `lastSent` and `isStopping` are touched under `lock` only; that is what makes this class sendable.

    private let path: String
    private let table: LineTable
    private let places: [LockerID: UInt16]
    private let lamps: [LampPlace: UInt16]
    private let lockers: [LockerID]
    private let log: Logger
    private let post: @Sendable (DeskEvent) -> Void
    private let lock = NSLock()
    private var descriptor: Int32 = -1
    private var lastSent: UInt64 = 0
    private var beats: UInt64 = 0
    private var isStopping = false

    /// A link to the guard that listens at a path and was given this table.
    init(path: String, table: LineTable, log: Logger, post: @escaping @Sendable (DeskEvent) -> Void) {
        self.path = path
        self.table = table
        self.log = log
        self.post = post
        lockers = table.lockers.compactMap { LockerID($0.name) }
        places = Dictionary(uniqueKeysWithValues: lockers.enumerated().map { ($1, UInt16($0)) })
        var lamps: [LampPlace: UInt16] = [:]
        for (place, lamp) in table.lamps.enumerated() {
            if lamp.name == "station" {
                lamps[.station] = UInt16(place)
            } else if let locker = LockerID(lamp.name) {
                lamps[.locker(locker)] = UInt16(place)
            }
        }
        self.lamps = lamps
    }

    /// Starts connecting.
    func start() { Thread(block: { [self] in run() }).start(named: "guard") }

    /// Ends the connection for good.
    func stop() {
        lock.withLock {
            isStopping = true
            if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    // MARK: - From the loop's thread

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        guard let place = places[locker] else { preconditionFailure("locker \(locker) has no place in the table") }
        let request = OpenRequest(
            number: number.sequence, locker: place, pulseMilliseconds: pulse.wholeMilliseconds,
            issuedAt: instant.nanoseconds)
        send(.open(request))
    }

    func close(_ number: EntryNumber, _ locker: LockerID) {
        if let place = places[locker] { send(.close(number.sequence, locker: place)) }
    }

    func show(_ place: LampPlace, _ signal: LampSignal) {
        if let lamp = lamps[place] { send(.lamp(place: lamp, signal)) }
    }

    /// Shows the guard that the loop lives, where nothing else was sent for a while. Called by the loop itself: a
    /// station that decides nothing any more must not look alive.
    func beat() {
        let isDue = lock.withLock {
            descriptor >= 0 && SystemClock.monotonic.nanoseconds - lastSent >= Heartbeat.interval * 9 / 10
        }
        guard isDue else { return }
        beats += 1
        send(.heartbeat(count: beats))
    }

    private func send(_ message: StationMessage) { lock.withLock { sendLocked(message) } }

    /// Sends while `lock` is held.
    private func sendLocked(_ message: StationMessage) {
        guard descriptor >= 0 else { return }
        lastSent = SystemClock.monotonic.nanoseconds
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        let frame = message.frame
        let sent = withUnsafeBytes(of: frame.bytes) { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
        // A guard that takes no frame is as good as gone; the listening thread hears of it and says so.
        if sent != Frame.byteCount { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    // MARK: - On the link's thread

    private func run() {
        var isReported = false
        while !lock.withLock({ isStopping }) {
            switch UnixSocket.connect(path, type: UnixSocket.packets) {
            case .success(let connected):
                let (greeted, reason) = serve(connected)
                if lock.withLock({ isStopping }) { return }
                if greeted || !isReported { log.error("the guard is gone", metadata: ["reason": "\(reason)"]) }
                isReported = true
            case .failure(let error):
                if !isReported {
                    log.error("the guard can't be reached", metadata: ["socket": "\(path)", "error": "\(error.code)"])
                    isReported = true
                }
            }
            pause()
        }
    }

    /// Waits a moment before the next attempt, and wakes the desk so that its deadlines pass without a guard too.
    private func pause() {
        poll(nil, 0, 250)
        post(.tick)
    }

    /// Talks to a guard until one of the two goes away.
    private func serve(_ connected: Int32) -> (greeted: Bool, reason: String) {
        lock.withLock {
            descriptor = connected
            // The greeting is the first frame, whatever the loop sends at this moment.
            sendLocked(.hello(table: table.digest))
        }
        var isGreeted = false
        defer {
            lock.withLock {
                descriptor = -1
                Glibc.close(connected)
            }
            if isGreeted { post(.guardLost) }
        }
        var heard = SystemClock.monotonic.nanoseconds
        var waited = pollfd(fd: connected, events: Int16(POLLIN), revents: 0)
        var packet = [UInt8](repeating: 0, count: Frame.byteCount + 1)
        while true {
            let ready = poll(&waited, 1, 1000)
            post(.tick)
            if SystemClock.monotonic.nanoseconds - heard > Heartbeat.patience {
                return (isGreeted, "it does not answer")
            }
            guard ready > 0 else { continue }
            let count = recv(connected, &packet, packet.count, 0)
            guard count > 0 else {
                return (isGreeted, "the connection ended")
            }
            guard let frame = packet.withUnsafeBytes({ Frame(packet: UnsafeRawBufferPointer(rebasing: $0[..<count])) })
            else { return (isGreeted, "it sent \(count) bytes, no frame has that many") }
            heard = SystemClock.monotonic.nanoseconds
            do throws(FrameError) {
                let message = try GuardMessage(frame)
                if case .unwelcome(let reason, _) = message {
                    return (
                        isGreeted,
                        reason == .otherTable
                            ? "it has another line table; run 'mila-station lines' and restart it"
                            : "it does not serve us: \(reason)"
                    )
                }
                if case .welcome = message { isGreeted = true }
                if let event = event(message) { post(event) }
            } catch {
                return (isGreeted, "it sent no message: \(error)")
            }
        }
    }

    private func event(_ message: GuardMessage) -> DeskEvent? {
        switch message {
        case .welcome: return .guardJoined
        case .unwelcome, .heartbeat: return nil
        case .accepted(let number, _, _): return .openingAccepted(sequence: number)
        case .refused(let number, let place, let reason):
            switch reason {
            case .coilsBusy, .resting, .tooMany: return .openingRefused(sequence: number, .later)
            case .unknownLocker, .beyondCap, .stale, .outOfService:
                log.warning(
                    "the guard refused an opening", metadata: ["locker": "\(name(place))", "reason": "\(reason)"])
                return .openingRefused(sequence: number, .never)
            }
        case .released(let number, _, _, let reason):
            switch reason {
            case .elapsed, .closed: return .coilReleased(sequence: number, .complete)
            case .stationLost, .stopping, .lineFailed: return .coilReleased(sequence: number, .cutShort)
            }
        case .door(let place, let level, let instant):
            guard let locker = locker(place) else { return nil }
            let at = MonotonicInstant(nanoseconds: instant)
            return level == .open ? .doorOpened(locker, at: at) : .doorLatched(locker, at: at)
        case .lineFault(let place, let fault, let error):
            log.error(
                "a line can't be used",
                metadata: ["locker": "\(name(place))", "fault": "\(fault)", "errno": "\(error)"])
            return locker(place).map { .lockerFault($0, reason: "\(fault)") }
        case .lineBack(let place): return locker(place).map { .lockerWorks($0) }
        case .watched(let place, let isActive, _):
            guard Int(place) < table.watched.count else { return nil }
            return .emergencyStop(table.watched[Int(place)].name, isPressed: isActive)
        case .sensorUnsteady(let contact, let isUnsteady):
            guard let locker = locker(contact) else {
                log.warning(
                    "an emergency stop's contact changes too fast to be believed", metadata: ["isSo": "\(isUnsteady)"])
                return nil
            }
            return .sensorUnsteady(locker, isUnsteady)
        }
    }

    private func locker(_ place: UInt16) -> LockerID? {
        Int(place) < lockers.count ? lockers[Int(place)] : nil
    }

    private func name(_ place: UInt16) -> String { locker(place)?.text ?? "place \(place)" }
}
