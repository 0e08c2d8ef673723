// Decides when which entries go up. The journal is the outbox: the uplink only remembers how far the pool has
// acknowledged. Anything but a receipt signed by the pool is no acknowledgement, so nothing is ever skipped.

/// Carries a journal's entries to the pool, as a value that decides.
///
/// Legal transitions:
///
///     resting ──► sending ──► resting      (all acknowledged)
///        ▲           │  └───► sending      (acknowledged, and there are more)
///        │           └──────► pausing ──► sending
public struct Uplink: Equatable, Sendable {
    /// What happened.
    public enum Event: Equatable, Sendable {
        /// The journal ends here now.
        case journalEnds(JournalHead)
        /// The pool acknowledged all entries up to this sequence, and that is durably remembered. It may be lower than
        /// before, where the pool was restored from a backup.
        case acknowledged(sequence: UInt64)
        /// The batch was not acknowledged.
        case failed(Failure)
        /// The pause is over, or time just passed.
        case tick
    }

    /// Why a batch was not acknowledged.
    public enum Failure: Equatable, Sendable {
        /// No network, a server's error, a captive portal: later it may work.
        case temporary
        /// The pool asked for patience, in seconds (RFC 9110, Retry-After).
        case askedToWait(seconds: Int)
        /// The pool does not want this station's entries: a wrong token, or a fork of its journal.
        case refused
    }

    private enum State: Equatable {
        case resting
        case sending
        case pausing(until: MonotonicInstant)
    }

    private var state = State.resting
    private var end: UInt64
    /// The last acknowledged sequence.
    public private(set) var acknowledged: UInt64
    /// How many batches in a row were not acknowledged.
    public private(set) var failures = 0

    /// The pause after the first failure, before chance takes up to half of it.
    public static let shortestPause: Duration = .seconds(1)
    /// The longest pause; what the pool asks for is cut to it, and up to a second is added by chance.
    public static let longestPause: Duration = .seconds(300)

    /// An uplink at rest.
    public init(acknowledged: UInt64, journalEnd: UInt64) {
        self.acknowledged = acknowledged
        end = journalEnd
    }

    /// How many entries wait for the pool.
    public var backlog: UInt64 { end > acknowledged ? end - acknowledged : 0 }

    /// When a tick is due.
    public var nextDeadline: MonotonicInstant? {
        if case .pausing(let until) = state { until } else { nil }
    }

    /// What to do about an event: send the entries after the sequence it returns, or nothing now.
    ///
    /// - Parameter jitter: a fresh random number, 0 to 1, that keeps stations from calling in step.
    public mutating func handle(_ event: Event, at now: MonotonicInstant, jitter: Double) -> UInt64? {
        switch event {
        case .journalEnds(let head):
            end = head.sequence
        case .acknowledged(let sequence):
            guard state == .sending else { return nil }
            let progress = sequence > acknowledged
            acknowledged = sequence
            failures = progress ? 0 : failures + 1
            // Without progress the pool has not understood us: ask again, but not in a tight loop.
            state = progress ? .resting : .pausing(until: now + pause(jitter))
        case .failed(let failure):
            guard state == .sending else { return nil }
            failures += 1
            state = .pausing(until: now + pause(after: failure, jitter))
        case .tick:
            if case .pausing(let until) = state, now >= until { state = .resting }
        }
        guard state == .resting, backlog > 0 else { return nil }
        state = .sending
        return acknowledged
    }

    private func pause(after failure: Failure, _ jitter: Double) -> Duration {
        switch failure {
        case .temporary: pause(jitter)
        case .askedToWait(let seconds):
            min(max(.seconds(seconds), Self.shortestPause), Self.longestPause) + .milliseconds(Int(jitter * 1000))
        case .refused: Self.longestPause * (0.5 + jitter / 2)
        }
    }

    /// Doubles with each failure up to the longest pause, half of it by chance.
    private func pause(_ jitter: Double) -> Duration {
        let doubled = Self.shortestPause * (1 << min(max(failures - 1, 0), 9))
        return min(doubled, Self.longestPause) * (0.5 + jitter / 2)
    }
}
