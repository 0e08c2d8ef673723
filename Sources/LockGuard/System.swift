// The few things the guard asks the kernel for directly: the time, timers, descriptors that close themselves, and
// errors that name the operation and keep the kernel's own code.

import CGpiod
import Glibc

/// A failed call to the kernel.
struct SystemError: Error, Equatable {
    /// What was being done, in words that follow "while".
    var operation: String
    /// The kernel's own code, an `errno`.
    var code: Int32

    init(_ operation: String, code: Int32 = errno) {
        (self.operation, self.code) = (operation, code)
    }
}

extension SystemError: CustomStringConvertible {
    var description: String { "\(operation): \(SystemError.text(of: code))" }

    /// The C library's text for an `errno`.
    static func text(of code: Int32) -> String { String(cString: strerror(code)) }
}

/// The time on CLOCK_BOOTTIME in nanoseconds: it neither jumps nor stops while the board sleeps.
func bootTime() -> UInt64 { time(of: CLOCK_BOOTTIME) }

/// An edge's time, which the kernel gives on CLOCK_MONOTONIC, as an instant on CLOCK_BOOTTIME; `now` where it is not
/// from the last minute, as with kernels that stamp edges by another clock.
func bootTime(ofMonotonic edge: UInt64, now: UInt64) -> UInt64 {
    let age = time(of: CLOCK_MONOTONIC).subtractingReportingOverflow(edge)
    guard !age.overflow, age.partialValue < 60_000_000_000, age.partialValue <= now else { return now }
    return now - age.partialValue
}

private func time(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    let result = clock_gettime(clock, &time)
    precondition(result == 0, "clock \(clock) has no time: errno \(errno)")
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// A file descriptor with one owner, closed when the owner lets go.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes over the descriptor that a call returned.
    ///
    /// Throws: ``SystemError`` with `operation` where the call returned a negative number.
    init(_ number: Int32, _ operation: @autoclosure () -> String) throws(SystemError) {
        guard number >= 0 else { throw SystemError(operation()) }
        self.number = number
    }

    deinit { close(number) }
}

/// Whether a descriptor tells epoll when there is something to read: files and devices like /dev/null don't.
func canBeWatched(_ number: Int32) -> Bool {
    guard let epoll = try? Descriptor(epoll_create1(O_CLOEXEC), "making an epoll") else { return false }
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: number))
    return epoll_ctl(epoll.number, EPOLL_CTL_ADD, number, &event) == 0
}

/// A kernel timer on CLOCK_BOOTTIME that fires once, at an absolute time.
struct KernelTimer: ~Copyable {
    private let descriptor: Descriptor
    /// What the kernel was last told; `nil` while the timer sleeps.
    private var armedFor: UInt64?

    init() throws(SystemError) {
        let flags = Int32(TFD_NONBLOCK) | Int32(TFD_CLOEXEC)
        descriptor = try Descriptor(timerfd_create(CLOCK_BOOTTIME, flags), "making a timer")
    }

    /// Readable once the time has come.
    var number: Int32 { descriptor.number }

    /// Fires at `instant`, at once where that is over; never where it is `nil`.
    mutating func arm(at instant: UInt64?) throws(SystemError) {
        guard instant != armedFor else { return }
        var setting = itimerspec()
        if let instant {
            // Zero would disarm the timer instead of firing it.
            let instant = max(instant, 1)
            setting.it_value.tv_sec = Int(instant / 1_000_000_000)
            setting.it_value.tv_nsec = Int(instant % 1_000_000_000)
        }
        guard timerfd_settime(number, Int32(TFD_TIMER_ABSTIME), &setting, nil) == 0 else {
            throw SystemError("setting a timer")
        }
        armedFor = instant
    }

    /// Takes notice that the timer fired, so that it can be armed again.
    mutating func acknowledge() {
        var count: UInt64 = 0
        if read(number, &count, 8) == 8 { armedFor = nil }
    }
}
