// Makes a moment of what a board's clocks say by themselves. Wall time never goes below a floor that is known to be past,
// and says how far it can be believed (rule S12).

/// Judges the clocks of a board, from one start of the program to its end.
public struct TimeKeeper: Equatable, Sendable {
    /// What a board's clocks say by themselves.
    public struct Reading: Equatable, Sendable {
        /// The monotonic clock.
        public var monotonic: MonotonicInstant
        /// The wall clock, right or wrong.
        public var wall: WallTime
        /// Whether a time server holds the wall clock right.
        public var isSynchronised: Bool

        /// What clocks say; see the properties.
        public init(monotonic: MonotonicInstant, wall: WallTime, isSynchronised: Bool) {
            self.monotonic = monotonic
            self.wall = wall
            self.isSynchronised = isSynchronised
        }
    }

    private var floor: WallTime
    private var wasSynchronised = false

    /// Clocks that never say less than `floor`: the latest of the program's release, the last entry that was written
    /// with a synchronised clock, and the pool's last signed time.
    public init(floor: WallTime) { self.floor = floor }

    /// What the clocks amount to.
    public mutating func moment(_ reading: Reading) -> Moment {
        var quality = ClockQuality.unknown
        if reading.isSynchronised {
            quality = .synchronised
            wasSynchronised = true
            floor = max(floor, reading.wall)
        } else if wasSynchronised {
            quality = .holdover
        }
        return Moment(monotonic: reading.monotonic, wall: max(reading.wall, floor), quality: quality)
    }
}
