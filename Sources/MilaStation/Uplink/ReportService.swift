// Tells the pool how the station is, for admins who can't reach it behind its router: after uploads, and now and then.

internal import Logging
internal import ServiceLifecycle
internal import StationCore

/// The service that reports to the pool.
final class ReportService: Service {
    /// How long it is silent at most.
    static let interval: Duration = .seconds(300)
    /// The least time between two reports: of many uploads in a row the pool hears once.
    private static let pause: Duration = .seconds(2)

    private let client: PoolClient
    private let log: Logger
    private let report: @Sendable () async throws -> StationReport
    private let (occasions, occasion) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// A service that sends what `report` says.
    init(client: PoolClient, log: Logger, report: @escaping @Sendable () async throws -> StationReport) {
        self.client = client
        self.log = log
        self.report = report
    }

    /// There is something to report. May be called from any thread.
    func occur() { occasion.yield() }

    func run() async throws {
        let clock = Task { [occasion] in
            while !Task.isCancelled {
                occasion.yield()
                try await Task.sleep(for: Self.interval)
            }
        }
        defer { clock.cancel() }
        for await _ in occasions.cancelOnGracefulShutdown() {
            do {
                try await cancelWhenGracefulShutdown { [client, report] in
                    try await client.send(try await report())
                    try await Task.sleep(for: Self.pause)
                }
            } catch _ where Task.isShuttingDownGracefully {
                return
            } catch {
                // The next upload or interval tries again; that the pool is out of reach the uplink says loud enough.
                log.info("the pool did not take the report", metadata: ["reason": "\(error)"])
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            }
        }
    }
}
