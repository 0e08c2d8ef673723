// The guard's dealings with the station: who may connect, what they are told, and what happens when they are gone.

import CGpiod
import GuardProtocol
import Glibc

extension GuardLoop {
    /// Lets newcomers in or turns them away.
    func welcomeNewcomers() throws(SystemError) {
        for _ in 0..<16 {
            guard let (socket, user) = nextNewcomer() else { return }
            let capacity =
                Contacts.capacity + 4 * table.lockers.count + table.watched.count + GuardLoop.packetsInOneTurn
            let newcomer = try Connection(socket, capacity: capacity)
            if let reason = link.connected(user: user, at: bootTime()) {
                log.warning("a connection of user \(user) was turned away: \(reason)")
                newcomer.hangUp(after: .unwelcome(reason, table: digest))
                continue
            }
            connection = consume newcomer
            isDeaf = false
            watchedFor = EPOLLIN.rawValue
            try watch(socket, for: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
        }
    }

    /// Reads what the station sent, as far as its answers can be sent.
    func serve(events: UInt32) throws(SystemError) {
        // What a station asked for before it ended is not carried out: nobody would hear how it went.
        guard events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) == 0 else {
            return lose("went away")
        }
        if connection?.flush() == false { return lose("went away") }
        for _ in 0..<GuardLoop.packetsInOneTurn {
            guard let isBlocked = connection?.isBlocked, !isBlocked, let packet = connection?.receive() else { break }
            switch packet {
            case .nothing: return try watchConnection()
            case .end: return lose("went away")
            case .frame(let frame):
                let now = bootTime()
                switchOffDue(at: now)
                try obey(link.received(frame, at: now), at: now)
            }
        }
        try watchConnection()
    }

    private func obey(_ order: LinkPolicy.Order, at now: UInt64) throws(SystemError) {
        switch order {
        case .welcome:
            log.info("a station is served")
            board.showEverywhere(.dark)
            lampsChanged = true
            send(.welcome(table: digest))
            contacts.tell { send(message($0)) }
            for locker in table.lockers.indices {
                guard let failure = bank.failure(ofLocker: locker) else { continue }
                send(.lineFault(locker: UInt16(locker), failure.fault, systemError: failure.code))
            }
        case .turnAway(let reason):
            lose("was turned away: \(reason)", last: .unwelcome(reason, table: digest))
        case .open(let request):
            try open(request, at: now)
        case .close(let number, let locker):
            if let ended = coils.close(number, locker: locker, at: now) { switchOff(ended, .closed) }
        case .lamp(let place, let signal):
            if board.show(signal, at: place) { lampsChanged = true }
        case .nothing:
            break
        }
    }

    /// Tells the station something; nobody is told where there is none.
    func send(_ message: GuardMessage) {
        guard link.isServing, !isDeaf else { return }
        if connection?.send(message) == false { isDeaf = true }
    }

    /// The station is gone or is to go: coils off at once, then the connection is closed and the lamps say so.
    func lose(_ reason: String, last message: GuardMessage? = nil) {
        endAll(.stationLost, at: bootTime())
        if let connection = connection.take() {
            log.warning("the station \(reason)")
            connection.hangUp(after: message)
        }
        link.disconnected()
        isDeaf = false
        board.showEverywhere(.outOfOrder)
        lampsChanged = true
    }
}
