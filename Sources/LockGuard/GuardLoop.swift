// The guard at work: one thread that sleeps in epoll until a timer, a sensor, the station or a signal wakes it. It asks
// the policies what to do and does it. What is due to go off always goes first.

import CGpiod
import Glibc
import GuardProtocol

/// The guard of one table, serving one station at a time.
final class GuardLoop {
    /// How many packets are read before the loop looks at everything else again.
    static let packetsInOneTurn = 64
    /// How long the guard waits before it tries a line again that can't be used, in nanoseconds.
    static let retryInterval: UInt64 = 2_000_000_000
    /// How often every input is read, in nanoseconds: the kernel wakes nobody for a chip that went away, and a door
    /// whose sensor is dead would count as one that did not open.
    static let checkInterval: UInt64 = 2_000_000_000

    let table: LineTable
    let digest: TableDigest
    let bank: LineBank
    var coils: CoilPolicy
    var link: LinkPolicy
    var board: LampBoard
    var contacts: Contacts
    var log = Log()
    var connection: Connection?
    /// Set where the station doesn't take what it is sent: it is lost at the end of the step.
    var isDeaf = false
    var coilTimer: KernelTimer
    var lampsChanged = true
    var lampTurnAt: UInt64?
    var retryAt: UInt64?
    private var checkAt: UInt64?

    /// Whether the lines are being opened for the first time: what was there before is no news.
    private(set) var isStarting = true

    private var otherTimer: KernelTimer
    private let listener: StationSocket
    private let signals: Descriptor
    private let epoll: Descriptor
    private let watchesInput: Bool
    /// What the connection is watched for besides its end.
    var watchedFor: UInt32 = 0
    private var manager: ServiceManager?

    /// Opens the lines of a table, every output off, and only then the socket.
    init(_ table: LineTable, on adapter: any LineAdapter, options: Options) throws(SystemError) {
        self.table = table
        digest = table.digest
        bank = LineBank(table, on: adapter)
        coils = CoilPolicy(table)
        link = LinkPolicy(table: digest, ownUser: getuid(), clientUser: options.clientUser)
        board = LampBoard(count: table.lamps.count)
        let sensors = table.lockers.map(\.sensor) + table.watched.map(\.sensor)
        contacts = Contacts(
            debounces: sensors.map { adapter.debounces ? 0 : UInt64($0?.debounceMilliseconds ?? 0) * 1_000_000 })
        watchesInput = options.endsWithInput
        signals = try GuardLoop.stopSignals()
        coilTimer = try KernelTimer()
        otherTimer = try KernelTimer()
        epoll = try Descriptor(epoll_create1(O_CLOEXEC), "making an epoll")
        let news = bank.openMissing()
        listener = try StationSocket(path: options.socketPath)
        manager = ServiceManager()

        board.showEverywhere(.outOfOrder)
        for one in news { heard(one, at: bootTime()) }
        contacts.forgetWaiting()
        isStarting = false
        if sensors.contains(where: { $0 != nil }) { checkAt = bootTime() + GuardLoop.checkInterval }
        for number in [coilTimer.number, otherTimer.number, signals.number, listener.number] {
            try watch(number, for: EPOLLIN.rawValue)
        }
        if watchesInput { try watch(STDIN_FILENO, for: EPOLLIN.rawValue) }
    }

    /// Serves until a signal, the end of standard input or a fault; all outputs are off then. The exit code.
    func run() -> Int32 {
        log.info("guarding \(table.lockers.count) lockers and \(table.lamps.count) lamps")
        manager?.ready()
        do {
            while try turn() {}
        } catch {
            log.error("\(error)")
            _ = stop()
            return ExitCode.fault
        }
        manager?.stopping()
        return stop()
    }

    /// One turn of the loop; `false` when it was the last.
    private func turn() throws(SystemError) -> Bool {
        try keepTime(at: bootTime())
        let awake = try sleep()
        switchOffDue(at: bootTime())
        if awake.stops { return false }
        for index in 0..<awake.sensorCount { readInputs(behind: awake.sensors[index]) }
        if awake.connection { try serve(events: awake.connectionEvents) }
        if awake.listener { try welcomeNewcomers() }
        return true
    }

    /// Does what is due because time went by, then sets the timers for what is due next.
    private func keepTime(at now: UInt64) throws(SystemError) {
        switchOffDue(at: now)
        switch link.due(at: now) {
        case .heartbeat(let count): send(.heartbeat(count: count))
        case .lost: lose("said nothing for \(Heartbeat.patience / 1_000_000_000) s")
        case nil: break
        }
        if isDeaf { lose("does not read what it is told") }
        if let due = checkAt, now >= due {
            checkAt = now + GuardLoop.checkInterval
            readInputs()
        }
        if let due = retryAt, now >= due {
            retryAt = nil
            // A line of a chip that was away must not count as the only one that is back.
            readInputs()
            for one in bank.openMissing() { heard(one, at: now) }
            if bank.hasMissing { retryAt = now + GuardLoop.retryInterval }
        }
        if lampsChanged || lampTurnAt.map({ $0 <= now }) ?? false {
            lampsChanged = false
            for one in bank.show(board, at: now) { heard(one, at: now) }
            lampTurnAt = board.nextTurn(after: now)
        }
        settleContacts(at: now)
        manager?.feed(at: now)
        try coilTimer.arm(at: coils.nextOff)
        let routine = earlier(earlier(link.deadline, lampTurnAt), earlier(retryAt, manager?.feedAt))
        try otherTimer.arm(at: earlier(routine, earlier(checkAt, contacts.nextDue)))
    }

    private func earlier(_ one: UInt64?, _ other: UInt64?) -> UInt64? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// What woke the loop.
    private struct Awake {
        var stops = false
        var listener = false
        var connection = false
        var connectionEvents: UInt32 = 0
        var sensors: InlineArray<16, Int32> = InlineArray(repeating: -1)
        var sensorCount = 0
    }

    private func sleep() throws(SystemError) -> Awake {
        var events: InlineArray<16, epoll_event> = InlineArray(repeating: epoll_event())
        let count = withUnsafeMutableBytes(of: &events) { buffer in
            epoll_wait(epoll.number, buffer.assumingMemoryBound(to: epoll_event.self).baseAddress, 16, -1)
        }
        guard count >= 0 || errno == EINTR else { throw SystemError("waiting for events") }
        var awake = Awake()
        for index in 0..<max(0, Int(count)) {
            let number = events[index].data.fd
            switch number {
            case coilTimer.number: coilTimer.acknowledge()
            case otherTimer.number: otherTimer.acknowledge()
            case signals.number: awake.stops = true
            case listener.number: awake.listener = true
            case STDIN_FILENO where watchesInput: awake.stops = awake.stops || inputEnded()
            case connection?.number ?? -1: (awake.connection, awake.connectionEvents) = (true, events[index].events)
            default:
                awake.sensors[awake.sensorCount] = number
                awake.sensorCount += 1
            }
        }
        return awake
    }

    /// Watches a descriptor; one that is watched already stays so.
    func watch(_ number: Int32, for events: UInt32) throws(SystemError) {
        var event = epoll_event(events: events, data: epoll_data_t(fd: number))
        guard epoll_ctl(epoll.number, EPOLL_CTL_ADD, number, &event) == 0 || errno == EEXIST else {
            throw SystemError("watching descriptor \(number)")
        }
    }

    /// Watches the connection for room to send while frames wait, else for frames.
    func watchConnection() throws(SystemError) {
        guard let number = connection?.number, let isBlocked = connection?.isBlocked else { return }
        let wanted = isBlocked ? EPOLLOUT.rawValue : EPOLLIN.rawValue
        guard wanted != watchedFor else { return }
        watchedFor = wanted
        var event = epoll_event(events: wanted | EPOLLRDHUP.rawValue, data: epoll_data_t(fd: number))
        guard epoll_ctl(epoll.number, EPOLL_CTL_MOD, number, &event) == 0 else {
            throw SystemError("watching the connection")
        }
    }

    /// The next newcomer; `nil` when there is none.
    func nextNewcomer() -> (socket: Int32, user: UInt32)? { listener.accept() }

    /// Removes the socket's file.
    func removeSocket() { listener.remove() }

    private func inputEnded() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
        }
    }

    /// The signals that stop the guard, as a descriptor. A closed pipe must not end it, so SIGPIPE is ignored.
    private static func stopSignals() throws(SystemError) -> Descriptor {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
        guard sigprocmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError("holding back signals") }
        let flags = Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC)
        return try Descriptor(signalfd(-1, &set, flags), "waiting for signals")
    }
}
