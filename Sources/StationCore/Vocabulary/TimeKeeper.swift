// Makes a moment of what a board's clocks say by themselves. Wall time never goes below a floor that is known to be past,
// and says how far it can be believed (rule S12). Elapsed time counts on top of the floor: what was past when the program
// started is past by an hour more an hour later, whatever the wall clock says.

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
    /// The instant at which ``floor`` was known to be past; `nil` before the first reading.
    private var floorSince: MonotonicInstant?
    private var wasSynchronised = false

    /// Clocks that never say less than `floor`: the latest of the program's release, the last entry that was written
    /// with a synchronised clock, and the pool's last signed time.
    public init(floor: WallTime) { self.floor = floor }

    /// What the clocks amount to.
    public mutating func moment(_ reading: Reading) -> Moment {
        if reading.isSynchronised {
            wasSynchronised = true
            if reading.wall >= floor { (floor, floorSince) = (reading.wall, reading.monotonic) }
        }
        let since = floorSince ?? reading.monotonic
        floorSince = since
        if wasSynchronised {
            // Not with the elapsed time: a clock that is held right may go slower than the board's other one.
            return Moment(
                monotonic: reading.monotonic, wall: max(reading.wall, floor),
                quality: reading.isSynchronised ? .synchronised : .holdover)
        }
        let elapsed = reading.monotonic.duration(since: since).wholeNanoseconds / 1_000_000
        let past = floor.adding(milliseconds: elapsed)
        return Moment(
            monotonic: reading.monotonic, wall: max(reading.wall, past), quality: .unknown, knownPast: past)
    }

    /// Takes the pool's word for what time it was at an instant: the new floor, be it later or earlier than the one before.
    /// A time server that was wrong by years is put right so; only an answer to this station's own question, signed by the
    /// pool, may do it.
    public mutating func take(poolTime: WallTime, at instant: MonotonicInstant) {
        (floor, floorSince) = (poolTime, instant)
    }
}
