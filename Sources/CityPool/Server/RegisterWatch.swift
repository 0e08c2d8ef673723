// Lets stations wait for a change of the register instead of asking again and again. The database is asked once for all who
// wait, twice a second, so that it does not matter which of several pools a change came through.

import ServiceLifecycle
import StationCore

/// Knows the version of the register, nearly up to date.
actor RegisterWatch {
    /// How long a version counts as fresh, and how often those who wait look.
    static let interval: Duration = .milliseconds(500)

    private let store: any PoolStore
    private var answer: (version: RegisterVersion?, at: ContinuousClock.Instant)?
    private var question: Task<RegisterVersion?, any Error>?

    init(_ store: any PoolStore) { self.store = store }

    /// The version of the register, at most ``interval`` old; `nil` before there is a register.
    func version() async throws -> RegisterVersion? {
        if let answer, answer.at.duration(to: .now) < Self.interval { return answer.version }
        // Who comes while the database is being asked gets the same answer.
        if let question { return try await question.value }
        let question = Task { [store] in try await store.registerVersion() }
        self.question = question
        defer { self.question = nil }
        let version = try await question.value
        answer = (version, .now)
        return version
    }

    /// Waits until the register has another version, at most so long, or until the pool stops; the version then.
    nonisolated func version(
        otherThan known: RegisterVersion, atMost patience: Duration
    ) async throws -> RegisterVersion? {
        let end = ContinuousClock.now + patience
        while true {
            let version = try await version()
            let left = ContinuousClock.now.duration(to: end)
            guard version == known, left > .zero else { return version }
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: min(left, Self.interval)) }
            } catch is CancellationError {
                return version
            }
        }
    }
}
