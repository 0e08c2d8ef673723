// The clocks of a simulated board: one that counts from its start, and one that people would read, which may be wrong. What
// the station makes of them is the core's business.

@testable import StationCore

final class SimulatedClock {
    /// Nanoseconds since the world began: what is really so.
    fileprivate(set) var now: UInt64 = 0
    /// When the board got its power.
    private var bootedAt: UInt64 = 0
    /// How far the board's wall clock is ahead, in milliseconds, at `setAt`; and how much it gains in a million from then on.
    private var ahead: Int64 = 0
    private var gain: Int64 = 0
    private var setAt: UInt64 = 0
    /// Whether a time server holds it right.
    private(set) var isSynchronised = true
    /// Whether a fault keeps the time server from mending it.
    private(set) var isWrong = false
    /// Whether the board's clock goes on without power.
    var goesOnWithoutPower = true

    /// When the world began.
    static let beginning = SampleHouse.noon

    func advance(to instant: UInt64) { now = max(now, instant) }

    /// What the time really is.
    var truth: WallTime { Self.beginning.adding(milliseconds: Int64(now / 1_000_000)) }

    /// What counts from the board's start, which is never zero.
    var monotonic: MonotonicInstant { MonotonicInstant(nanoseconds: now - bootedAt + 5_000_000_000) }

    /// The board's clock at an instant of its monotonic clock.
    var reading: TimeKeeper.Reading {
        let since = Int64((now - setAt) / 1_000_000)
        let wall = truth.adding(milliseconds: ahead + since / 1000 * gain / 1000)
        return TimeKeeper.Reading(monotonic: monotonic, wall: wall, isSynchronised: isSynchronised)
    }

    /// The power came back.
    func boot() {
        bootedAt = now
        isSynchronised = false
        guard !goesOnWithoutPower else { return }
        set(aheadBy: -truth.milliseconds, gaining: 0)
    }

    /// A time server answers, or does not.
    func askTimeServer(isInReach: Bool) {
        guard !isWrong else { return }
        isSynchronised = isInReach
        if isInReach { set(aheadBy: 0, gaining: 0) }
    }

    /// Somebody or something sets the clock wrong.
    func goWrong(aheadBy ahead: Int64, gaining gain: Int64) {
        (isWrong, isSynchronised) = (true, false)
        set(aheadBy: ahead, gaining: gain)
    }

    func endFault() { isWrong = false }

    private func set(aheadBy ahead: Int64, gaining gain: Int64) { (self.ahead, self.gain, setAt) = (ahead, gain, now) }
}

/// The clock as one run of the station has it.
final class StationClock: ClockPort {
    private let board: SimulatedClock
    private var keeper: TimeKeeper
    /// Whether what the board says is taken as it is (a mutant).
    private let isTrusted: Bool

    init(_ board: SimulatedClock, floor: WallTime, isTrusted: Bool) {
        self.board = board
        keeper = TimeKeeper(floor: floor)
        self.isTrusted = isTrusted
    }

    func now() -> Moment {
        let reading = board.reading
        let moment = keeper.moment(reading)
        return isTrusted ? Moment(monotonic: reading.monotonic, wall: reading.wall, quality: .synchronised) : moment
    }

    func take(poolTime: WallTime, at instant: MonotonicInstant) { keeper.take(poolTime: poolTime, at: instant) }
}
