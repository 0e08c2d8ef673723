// Asks the pool what time it is: at the start, and now and then, so that a board without a clock, or with a wrong one, knows
// what is past (rule S12). The wall clock itself is the system's business; here only the floor is set.

internal import Logging
internal import ServiceLifecycle
internal import StationCore

/// The service that asks for the time.
struct PoolTimeService: Service {
    /// How long between two questions where the last was answered.
    static let interval: Duration = .seconds(3600)
    /// The first pause after a failure; it doubles up to ``longestPause``.
    private static let shortestPause: Duration = .seconds(2)
    private static let longestPause: Duration = .seconds(300)
    /// How long an answer may be under way: it counts as of the moment it came, and is too early by as much.
    private static let longestJourney: Duration = .seconds(10)
    /// By how much the board's clock may differ before that is worth a warning, in milliseconds.
    private static let tolerance: Int64 = 60_000

    let loop: StationLoop
    let client: PoolClient
    let store: RegisterStoreBox
    let log: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var pause = Self.shortestPause
                while true {
                    do {
                        try await ask()
                        pause = Self.shortestPause
                        try await Task.sleep(for: Self.interval)
                    } catch let error where !(error is CancellationError) {
                        log.info("the pool did not tell the time", metadata: ["reason": "\(error)"])
                        try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                        pause = min(pause * 2, Self.longestPause)
                    }
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func ask() async throws {
        let asked = SystemClock.monotonic
        let time = try await client.time()
        let answered = SystemClock.monotonic
        guard answered.duration(since: asked) <= Self.longestJourney else {
            throw PoolError("the answer took \(answered.duration(since: asked)), too long to tell the time by")
        }
        let store = store
        let before = try await loop.ask { place in
            let before = place.conductor.moment
            place.conductor.take(poolTime: time, at: answered)
            let head = place.journal.head
            try store.store.keep(PoolTime(time: time, epoch: head.epoch, sequence: head.sequence))
            return before
        }
        let difference = before.wall.milliseconds - time.milliseconds
        guard abs(difference) > Self.tolerance else { return }
        log.warning(
            "the board's clock and the pool's differ; without a time server the pool's says what has expired",
            metadata: [
                "board": "\(before.wall.iso8601)", "pool": "\(time.iso8601)", "clock": "\(before.quality.rawValue)",
            ])
    }
}
