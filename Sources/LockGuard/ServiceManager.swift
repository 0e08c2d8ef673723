// What the service manager is told: that the guard is ready, that it still turns, that it stops. One plain datagram
// each, as sd_notify(3) describes it; without a service manager nothing is sent.

import Glibc

/// The service manager that started this process, where there is one.
struct ServiceManager {
    private let socket: Int32
    private var address = UnixAddress()
    private let feedEvery: UInt64?
    /// When the watchdog has to be fed next; `nil` where nobody asked for that.
    private(set) var feedAt: UInt64?

    /// The service manager that the environment names; `nil` where it names none that can be reached.
    init?() {
        guard let name = getenv("NOTIFY_SOCKET"), let address = UnixAddress(path: String(cString: name)) else {
            return nil
        }
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard socket >= 0 else { return nil }
        self.address = address
        let watchdog = getenv("WATCHDOG_USEC").flatMap { UInt64(String(cString: $0)) }
        let process = getenv("WATCHDOG_PID").flatMap { Int32(String(cString: $0)) }
        let isOurs = process == nil || process == getpid()
        // Half the time allowed, as sd_watchdog_enabled(3) recommends.
        feedEvery = isOurs ? watchdog.map { max($0, 1000) * 500 } : nil
        feedAt = feedEvery.map { bootTime() + $0 }
    }

    func ready() { send("READY=1") }
    func stopping() { send("STOPPING=1") }

    /// Feeds the watchdog if that is due. To be called only by a loop whose timers run.
    mutating func feed(at now: UInt64) {
        guard let due = feedAt, let feedEvery, now >= due else { return }
        send("WATCHDOG=1")
        feedAt = now + feedEvery
    }

    private func send(_ state: StaticString) {
        _ = address.withPointer { pointer, size in
            sendto(socket, state.utf8Start, state.utf8CodeUnitCount, noWaiting, pointer, size)
        }
    }
}
