// The clocks of the board. Wall time never goes below a floor that the station knows to be past, and says how far it
// can be believed (rule S12).

internal import CClock
internal import Glibc
internal import Groundwork
internal import StationCore

/// The board's clocks.
final class SystemClock: ClockPort {
    /// What the board's clocks say by themselves.
    struct Reading {
        var monotonic: MonotonicInstant
        var wall: WallTime
        /// Whether a time server holds the wall clock right.
        var isSynchronised: Bool
    }

    private let read: () -> Reading
    private var floor: WallTime
    private var wasSynchronised = false

    /// Clocks that never say less than `floor`: the latest of the program's release, the last entry that was written
    /// with a synchronised clock, and the pool's last signed time.
    init(floor: WallTime, read: @escaping () -> Reading = SystemClock.read) {
        self.floor = max(floor, programReleased)
        self.read = read
    }

    func now() -> Moment {
        let reading = read()
        var quality = ClockQuality.unknown
        if reading.isSynchronised {
            quality = .synchronised
            wasSynchronised = true
        } else if wasSynchronised {
            quality = .holdover
        }
        if quality == .synchronised { floor = max(floor, reading.wall) }
        return Moment(monotonic: reading.monotonic, wall: max(reading.wall, floor), quality: quality)
    }

    private static func read() -> Reading {
        Reading(monotonic: monotonic, wall: wallTime, isSynchronised: clock_is_synchronised())
    }

    /// CLOCK_BOOTTIME, the clock that the guard uses too.
    static var monotonic: MonotonicInstant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    private static var wallTime: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// Salts from the system's generator.
final class SystemRandomness: RandomnessPort {
    func salt() -> Salt {
        guard let salt = Salt(Randomness.bytes(Salt.byteCount)) else {
            preconditionFailure("a salt has \(Salt.byteCount) bytes")
        }
        return salt
    }
}
