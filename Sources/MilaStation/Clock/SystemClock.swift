// The clocks of the board, read where the core's `TimeKeeper` judges them.

internal import CLibrary
internal import Glibc
internal import Groundwork
internal import StationCore

/// The board's clocks.
final class SystemClock: ClockPort {
    typealias Reading = TimeKeeper.Reading

    private let read: () -> Reading
    private var keeper: TimeKeeper

    /// Clocks that never say less than `floor`, which ``ClockFloor`` knows, nor less than the program's release.
    init(floor: WallTime, read: @escaping () -> Reading = SystemClock.read) {
        keeper = TimeKeeper(floor: max(floor, programReleased))
        self.read = read
    }

    func now() -> Moment { keeper.moment(read()) }

    func take(poolTime: WallTime, at instant: MonotonicInstant) { keeper.take(poolTime: poolTime, at: instant) }

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
