// Whether the pool is in reach, and since when its word is not fresh any more.

internal import Logging
internal import NIOConcurrencyHelpers
internal import StationCore

/// The station's contact with its pool.
final class PoolContact: Sendable {
    /// How long after an answer the pool counts as in reach: three questions may fail.
    static let patience: Duration = RegisterService.interval * 4
    /// How often the time of the last contact is written down. A power cut makes the register look older by so much.
    private static let noteInterval: Int64 = 3_600_000

    private let state = NIOLockedValueBox<(answered: MonotonicInstant?, confirmed: WallTime?, noted: WallTime?)>(
        (nil, nil, nil))

    /// No contact yet, but for what an earlier run wrote down.
    init(noted: WallTime?) { state.withLockedValue { $0 = (nil, noted, noted) } }

    /// The pool has answered that the register is right.
    ///
    /// - Returns: whether that is to be written down.
    func answered(at moment: Moment) -> Bool {
        state.withLockedValue { state in
            state.answered = moment.monotonic
            state.confirmed = moment.wall
            if let noted = state.noted, noted <= moment.wall,
                moment.wall < noted.adding(milliseconds: Self.noteInterval)
            {
                return false
            }
            state.noted = moment.wall
            return true
        }
    }

    /// Whether the pool answered lately, and when it last confirmed the register.
    func now(_ now: MonotonicInstant) -> (isInReach: Bool, confirmed: WallTime?) {
        state.withLockedValue { state in
            (state.answered.map { now.duration(since: $0) < Self.patience } ?? false, state.confirmed)
        }
    }
}
