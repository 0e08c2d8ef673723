// Brings the pool's register to the station: asks for what is new, and puts it in place between two decisions.

internal import Logging
internal import ServiceLifecycle
internal import StationCore

/// The service that keeps the register up to date.
struct RegisterService: Service {
    /// How long between two questions.
    static let interval: Duration = .seconds(30)
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
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                onAttempt(try await update())
                pause = Self.shortestPause
                try await sleep(Self.interval)
            } catch is CancellationError {
                return
            } catch {
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

    private func update() async throws -> RegisterVersion? {
        let store = store
        let known = try await loop.ask { _ in try store.store.version() }
        guard let snapshot = try await client.register(since: known) else {
            try await confirm()
            return known
        }
        if let known, known.incarnation == snapshot.version.incarnation, known.number > snapshot.version.number {
            throw RegisterTrouble(description: "the pool sent version \(snapshot.version), older than \(known)")
        }
        guard snapshot.version != known else {
            try await confirm()
            return known
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
        return snapshot.version
    }
}

/// Carries the register's store to where closures for the loop's thread are made; it is used on that thread alone.
struct RegisterStoreBox: @unchecked Sendable {
    let store: RegisterStore
}
