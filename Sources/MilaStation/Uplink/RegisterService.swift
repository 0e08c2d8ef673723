// Brings the pool's register to the station: asks for what is new, and puts it in place between two decisions.

internal import Logging
internal import ServiceLifecycle
internal import StationCore

/// The service that keeps the register up to date.
struct RegisterService: Service {
    /// How long the pool may hold an answer back until there is something new; and, where it does not do that, how long
    /// between two questions.
    static let interval: Duration = .seconds(30)
    /// The least time between two questions, whatever the pool does.
    private static let leastPause: Duration = .milliseconds(100)
    /// The first pause after a failure; it doubles up to ``interval``.
    private static let shortestPause: Duration = .seconds(1)

    let loop: StationLoop
    let client: PoolClient
    let store: RegisterStoreBox
    let contact: PoolContact
    let log: Logger
    /// Called after each attempt, with the version that is in place.
    let onAttempt: @Sendable (RegisterVersion?) -> Void

    func run() async throws {
        var pause = Self.shortestPause
        // The first answer is wanted at once: it says whether the pool is in reach.
        var wait = Duration.zero
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let asked = SystemClock.monotonic
                let (version, isNew) = try await update(wait: wait)
                onAttempt(version)
                pause = Self.shortestPause
                let took = SystemClock.monotonic.duration(since: asked)
                // A pool of an earlier version does not hold its answer back.
                let isHasty = wait > .zero && !isNew && took < Self.interval / 2
                wait = Self.interval
                try await sleep(isHasty ? Self.interval - took : Self.leastPause)
            } catch is CancellationError {
                return
            } catch {
                guard !Task.isShuttingDownGracefully else { return }
                wait = .zero
                log.warning(
                    "the register could not be renewed; the one in place stays", metadata: ["reason": "\(error)"])
                onAttempt(try? await loop.ask { _ in try store.store.version() })
                try? await sleep(pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, Self.interval)
            }
        }
    }

    private func sleep(_ duration: Duration) async throws {
        try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }

    /// The register in place is what the pool says now.
    private func confirm() async throws {
        let (store, contact) = (store, contact)
        try await loop.ask { place in
            let moment = place.conductor.moment
            if contact.answered(at: moment) { try store.store.confirm(at: moment.wall) }
        }
    }

    /// Asks once, and has the pool hold its answer back so long while there is nothing new; the version in place then, and
    /// whether it is new.
    private func update(wait: Duration) async throws -> (RegisterVersion?, isNew: Bool) {
        let (store, client) = (store, client)
        let known = try await loop.ask { _ in try store.store.version() }
        let answer = try await cancelWhenGracefulShutdown {
            try await client.register(since: known, wait: wait.components.seconds)
        }
        guard let snapshot = answer else {
            try await confirm()
            return (known, false)
        }
        if let known, known.incarnation == snapshot.version.incarnation, known.number > snapshot.version.number {
            throw RegisterTrouble(description: "the pool sent version \(snapshot.version), older than \(known)")
        }
        guard snapshot.version != known else {
            try await confirm()
            return (known, false)
        }
        try await loop.ask { place in
            try store.store.replace(with: snapshot, onLoan: try place.journal.read(Books.itemsOnLoan))
            try place.conductor.record(.registerApplied(snapshot.version))
        }
        try await confirm()
        log.info(
            "the register is up to date",
            metadata: [
                "version": "\(snapshot.version)", "items": "\(snapshot.items.count)",
                "borrowers": "\(snapshot.borrowers.count)",
            ])
        return (snapshot.version, true)
    }
}

/// Carries the register's store to where closures for the loop's thread are made; it is used on that thread alone.
struct RegisterStoreBox: @unchecked Sendable {
    let store: RegisterStore
}
