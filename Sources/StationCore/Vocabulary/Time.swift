// Two kinds of time that are never mixed: elapsed time is monotonic, due dates are wall time. Where both are
// needed they come together as a `Moment`, made by the shell's clock.

/// An instant of the board's monotonic clock (CLOCK_BOOTTIME): for waiting and for measuring, never for dates.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the board started.
    public var nanoseconds: UInt64

    /// An instant so many nanoseconds after the board started.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// Whether the left instant is the earlier one.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant a while later.
    public static func + (instant: Self, duration: Duration) -> Self {
        Self(nanoseconds: instant.nanoseconds &+ UInt64(duration.wholeNanoseconds))
    }

    /// How long after `earlier` this instant is; zero where it is not after it.
    public func duration(since earlier: Self) -> Duration {
        nanoseconds > earlier.nanoseconds ? .nanoseconds(Int64(nanoseconds - earlier.nanoseconds)) : .zero
    }
}

extension Duration {
    /// This duration in nanoseconds, cut to 0 … 2⁶²: waits are neither negative nor longer than a century.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, seconds < 4_000_000_000 else { return seconds < 0 ? 0 : 1 << 62 }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// This duration in whole milliseconds, cut to 0 … 2³²−1.
    public var wholeMilliseconds: UInt32 { UInt32(clamping: wholeNanoseconds / 1_000_000) }
}

/// A date and time as people use it: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970 in UTC; between the years 1 and 9999.
    public var milliseconds: Int64

    /// The earliest instant that has an ISO 8601 form of four-digit years.
    public static let earliest = WallTime(milliseconds: -62_135_596_800_000)
    /// The latest instant that has an ISO 8601 form of four-digit years.
    public static let latest = WallTime(milliseconds: 253_402_300_799_999)

    /// An instant so many milliseconds after 1970 began in UTC, cut to ``earliest`` … ``latest``.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999)
    }

    /// Whether the left instant is the earlier one.
    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant so many milliseconds later.
    public func adding(milliseconds more: Int64) -> WallTime {
        let (sum, overflow) = milliseconds.addingReportingOverflow(more)
        return WallTime(milliseconds: overflow ? (more < 0 ? .min : .max) : sum)
    }
}

/// How far the wall clock can be believed.
public enum ClockQuality: String, CaseIterable, Sendable {
    /// The system's clock is held right by a time server.
    case synchronised
    /// It was right once since the station started, and runs free now.
    case holdover
    /// Nobody vouches for it.
    case unknown
}

/// What the clocks say at the moment of a decision.
public struct Moment: Equatable, Sendable {
    /// The monotonic clock.
    public var monotonic: MonotonicInstant
    /// The wall clock, never before the floor the station knows (rule S12).
    public var wall: WallTime
    /// How far ``wall`` can be believed.
    public var quality: ClockQuality
    /// By when it is judged whether a right has expired, or somebody is old enough: ``wall``, or, while nobody vouches for
    /// that, the latest time that is known to be past. A clock that is ahead by years takes nobody's right away, and one
    /// that is behind gives none back (rule S12).
    public var knownPast: WallTime { past ?? wall }
    private let past: WallTime?

    /// The clocks' readings of one moment; without `knownPast`, ``wall`` is known to be past.
    public init(
        monotonic: MonotonicInstant, wall: WallTime, quality: ClockQuality, knownPast: WallTime? = nil
    ) {
        self.monotonic = monotonic
        self.wall = wall
        self.quality = quality
        past = knownPast
    }
}
