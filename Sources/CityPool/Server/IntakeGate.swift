// How many bodies are in memory at once. Who finds the gate closed is told to come again before a byte of the body is
// read, so the memory of the pool is bounded whatever arrives.

import NIOConcurrencyHelpers

/// Counts the places for bodies.
final class IntakeGate: Sendable {
    private let free: NIOLockedValueBox<Int>

    /// A gate with so many places.
    init(places: Int) { free = NIOLockedValueBox(places) }

    /// Does something that needs a place.
    ///
    /// Throws: ``Problem/busy`` where there is none, and what `body` throws.
    func pass<Result>(_ body: () async throws -> Result) async throws -> Result {
        let entered = free.withLockedValue { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard entered else { throw Problem.busy }
        defer { free.withLockedValue { $0 += 1 } }
        return try await body()
    }
}
