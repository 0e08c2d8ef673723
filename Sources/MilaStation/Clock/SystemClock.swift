// The clocks of the board. Wall time never goes below a floor that the station knows to be past, and says how far it
// can be believed (rule S12).

internal import CClock
internal import Glibc
internal import Groundwork
internal import StationCore

/// The board's clocks.
final class SystemClock: ClockPort {
    private var floor: WallTime
    private var wasSynchronised = false

    /// Clocks that never say less than `floor`: the latest of the program's release, the last entry that was written
    /// with a synchronised clock, and the pool's last signed time.
    init(floor: WallTime) { self.floor = max(floor, programReleased) }

    func now() -> Moment {
        var quality = ClockQuality.unknown
        if clock_is_synchronised() {
            quality = .synchronised
            wasSynchronised = true
        } else if wasSynchronised {
            quality = .holdover
        }
        let wall = Self.wallTime
        if quality == .synchronised { floor = max(floor, wall) }
        return Moment(monotonic: Self.monotonic, wall: max(wall, floor), quality: quality)
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
