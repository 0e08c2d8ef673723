// Lets the journal forget what its time is over for, a little between two decisions.

internal import Logging
internal import ServiceLifecycle
internal import StationCore

/// The service that erases and trims.
struct RetentionService: Service {
    /// How often it looks whether there is something.
    static let interval: Duration = .seconds(3600)
    /// The pause between two transactions: the station comes first.
    private static let pause: Duration = .milliseconds(50)

    let loop: StationLoop
    let log: Logger
    /// How many days after its end a loan still says whose it was.
    let erasureDays: @Sendable () throws -> Int
    /// Signs a note about entries that are trimmed.
    let sign: @Sendable (TrimNote) throws -> String

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                // An earlier start may have ended between an erasure and this.
                var isLogOld = true
                while true {
                    do {
                        if isLogOld { try await loop.ask { try $0.journal.emptyLog() } }
                        isLogOld = false
                        try await forget()
                    } catch JournalFault.full {
                        log.warning("the disk is full, so the journal forgets nothing for now")
                        isLogOld = true
                    }
                    try await Task.sleep(for: Self.interval)
                }
            }
        } catch is CancellationError {
            return
        } catch {
            // Lending goes on; what should be gone stays until somebody has looked.
            log.error("the journal can't forget what it should", metadata: ["reason": "\(error)"])
        }
        try await gracefulShutdown()
    }

    /// Does all that is due now.
    func forget() async throws {
        let (readErasureDays, sign) = (erasureDays, sign)
        // The rules are read once, not again between each two decisions.
        let erasureDays = try await loop.ask { _ in try readErasureDays() }
        var isErased = false
        while try await loop.ask({ place in
            guard let now = place.sureTime else { return false }
            return try place.journal.erase(before: now.adding(days: -erasureDays))
        }) {
            isErased = true
            try await Task.sleep(for: Self.pause)
        }
        if isErased { try await loop.ask { try $0.journal.emptyLog() } }
        while try await loop.ask({ place in
            guard let now = place.sureTime else { return false }
            return try place.journal.trim(before: now.adding(days: -Retention.keptDays), sign: sign)
        }) {
            try await Task.sleep(for: Self.pause)
        }
    }
}

extension StationLoop.Workplace {
    /// The time, where the clock is known to be right: a wrong one must not make anybody forget (rule S12).
    fileprivate var sureTime: WallTime? {
        let moment = conductor.moment
        return moment.quality == .synchronised ? moment.wall : nil
    }
}

extension WallTime {
    fileprivate func adding(days: Int) -> WallTime { adding(milliseconds: Int64(days) * 86_400_000) }
}
