// Runs the pool: addresses over HTTP/1.1, with or without TLS, within bounds on headers, times and connections, until
// it is told to stop. What is under way then is finished first.

import Foundation
import Glibc
import Groundwork
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// How the pool is reached.
struct PoolServer: Sendable {
    /// The files for TLS.
    struct TLSFiles: Sendable {
        var certificate: String
        var privateKey: String
        /// Whose certificates clients must show; `nil` where they need none.
        var clientCA: String?
    }

    var host: String
    var port: Int
    /// Where to write the port that was chosen.
    var portFile: String?
    var tls: TLSFiles?
    /// Whether to stop at the end of standard input.
    var endsWithInput: Bool
    var times = ConnectionTimes()

    /// The most connections at once; who comes then waits in the system's queue.
    static let maximumConnections = 4096
    /// The most bodies and registers in memory at once.
    static let places = 64
    /// The most bytes of a request's header fields, all together, and of one of them.
    static let maximumHeaderBytes = (all: 16 * 1024, one: 8 * 1024)

    /// Serves until a signal or the end of input says stop.
    func run(_ pool: Pool, logger: Logger) async throws {
        let times = times
        let connections = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionLimits(times: times)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: Self.maximumHeaderBytes.one, maxHeaderListSize: Self.maximumHeaderBytes.all,
                maxHeaderFieldCount: 64))
        let plain = HTTPServerBuilder.http1(configuration: connections)
        let portFile = portFile
        if let portFile { unlink(portFile) }
        let application = Application(
            router: PoolRoutes(
                pool: pool, gate: IntakeGate(places: Self.places), watch: RegisterWatch(pool.store)
            ).router(),
            server: try tls.map { try .tls(plain, tlsConfiguration: $0.configuration()) } ?? plain,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: 512,
                availableConnectionsDelegate: .maximum(Self.connectionLimit(), logger: logger)),
            onServerRunning: { channel in
                // The socket listens by now: who connects is served as soon as this returns.
                guard let portFile, let port = channel.localAddress?.port else { return }
                do { try DurableFile.write(Array("\(port)\n".utf8), to: portFile) } catch {
                    logger.error("the port file can't be written", metadata: ["error": "\(error)"])
                }
            },
            logger: logger)
        var services = [
            ServiceGroupConfiguration.ServiceConfiguration(service: application),
            .init(service: ErasureService(pool: pool, logger: logger)),
        ]
        if endsWithInput {
            services.append(.init(service: InputEnd(), successTerminationBehavior: .gracefullyShutdownGroup))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// As many connections as the system lets this process open files, with some left for the database.
    private static func connectionLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
        limit.rlim_cur = min(limit.rlim_max, 16_384)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return min(maximumConnections, max(64, Int(limit.rlim_cur) - 128))
    }
}

extension PoolServer.TLSFiles {
    /// What NIOSSL needs.
    ///
    /// Throws: `SecretError` where the private key may be read by others, and NIOSSL's errors.
    fileprivate func configuration() throws -> TLSConfiguration {
        let key = try NIOSSLPrivateKey(bytes: Array(try SecretFile.read(privateKey).utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let clientCA {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(clientCA))
            // A server asks for the client's certificate, and takes none that the trust roots don't vouch for.
            configuration.certificateVerification = .noHostnameVerification
        }
        return configuration
    }
}

/// Ends when standard input does, so that a demo's pool does not outlive the demo.
private struct InputEnd: Service {
    func run() async throws {
        let (end, ended) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingNewest(1))
        // A thread of its own, because the read blocks until there is something.
        Thread.detachNewThread {
            var bytes = [UInt8](repeating: 0, count: 512)
            while true {
                let count = read(STDIN_FILENO, &bytes, bytes.count)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            ended.finish()
        }
        for await _ in end.cancelOnGracefulShutdown() {}
    }
}
