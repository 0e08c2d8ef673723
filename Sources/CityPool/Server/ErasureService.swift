// Has the pool forget what its time is over for: at the start, and every hour.

import Groundwork
import Logging
import ServiceLifecycle
import StationCore

/// The service that erases.
struct ErasureService: Service {
    /// How often it looks whether there is something.
    static let interval: Duration = .seconds(3600)
    /// The pause between two transactions: stations come first.
    private static let pause: Duration = .milliseconds(20)

    let pool: Pool
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    // A database that can't be written now may be in an hour; those who write batches end the pool
                    // where it is broken.
                    do { try await erase() } catch let error where !(error is CancellationError) {
                        logger.error("the pool can't forget what it should", metadata: ["error": "\(error)"])
                    }
                    try await Task.sleep(for: Self.interval)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func erase() async throws {
        let days = try await pool.store.house()?.house.policy.erasureDays ?? Policy.standardErasureDays
        let cutoff = pool.now.adding(milliseconds: -Int64(days) * 86_400_000)
        var isErased = false
        while try await pool.store.erase(before: cutoff) {
            isErased = true
            try await Task.sleep(for: Self.pause)
        }
        // Where nothing was erased now, an earlier run may have ended between an erasure and this.
        try await pool.store.scour()
        if isErased { logger.info("whose loans were that are over since \(days) days is erased") }
    }
}
