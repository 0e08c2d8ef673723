// How many bodies are in memory at once. Who finds the gate closed is told to come again before a byte of the body is
// read, so the memory of the pool is bounded whatever arrives.

import Synchronization

/// Counts the places for bodies.
final class IntakeGate: Sendable {
    private let free: Mutex<Int>

    /// A gate with so many places.
    init(places: Int) { free = Mutex(places) }

    /// Does something that needs a place.
    ///
    /// Throws: ``Problem/busy`` where there is none, and what `body` throws.
    func pass<Result>(_ body: () async throws -> Result) async throws -> Result {
        let entered = free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        guard entered else { throw Problem.busy }
        defer { free.withLock { $0 += 1 } }
        return try await body()
    }
}
