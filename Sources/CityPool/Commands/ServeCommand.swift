// `city-pool serve`: the pool at work.

import ArgumentParser
import Groundwork
import Logging
import NIOCore

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves stations and admins.",
        discussion: "Stops at SIGTERM or SIGINT, when what is under way is finished.")

    @OptionGroup var data: DataOptions

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose.")
    var port = 8480

    @Option(help: "A file to write the port to, once connections are taken.")
    var portFile: String?

    @Option(help: "A register to load first (YAML), unless the one in place was edited since.")
    var load: String?

    @Option(help: "The certificate for TLS, with the chain to its root (PEM).")
    var certificate: String?

    @Option(help: "The certificate's private key (PEM); only its owner may read the file.")
    var privateKey: String?

    @Option(help: "The root that clients' certificates must come from (PEM). Then nobody connects without one.")
    var clientCA: String?

    @Option(help: "The time zone in which the houses are open, e.g. Europe/Berlin; without it, this machine's.")
    var timeZone: String?

    @Option(help: "How many seconds a request may take to arrive, before its connection is cut.")
    var requestSeconds: Int64 = 15

    @Flag(help: "Stop at the end of standard input.")
    var endWithInput = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535.") }
        try checkTimeZone(timeZone)
        guard (1...600).contains(requestSeconds) else {
            throw ValidationError("--request-seconds is a number from 1 to 600.")
        }
        guard (certificate == nil) == (privateKey == nil) else {
            throw ValidationError("--certificate and --private-key belong together.")
        }
        guard clientCA == nil || certificate != nil else {
            throw ValidationError("--client-ca needs --certificate and --private-key.")
        }
    }

    func run() async throws {
        startLogging(level: .info)
        let logger = Logger(label: "city-pool")
        let store = try await data.open()
        if let load {
            let house = try HouseYAML.read(file: load)
            do {
                let version = try await store.replace(with: house, overwriting: false, isWhole: true)
                logger.info("the register is loaded", metadata: ["version": "\(version)"])
            } catch let edited as RegisterEdited {
                // A restart must not take back what people have done meanwhile.
                logger.error(
                    "the file was not loaded: the register was edited since; 'city-pool register load' says what differs",
                    metadata: ["edits": "\(edited.edits)"])
            }
        }
        let pool = try await Pool(
            store: store, folder: data.folder, logger: logger, zone: try timeZone.map { try SystemTimeZone.table($0) })
        if certificate == nil, !["127.0.0.1", "::1", "localhost"].contains(host) {
            logger.warning(
                "this address is reached from outside, without TLS: tokens and pseudonyms can be read on the way")
        }
        let tls = certificate.map {
            PoolServer.TLSFiles(certificate: $0, privateKey: privateKey ?? "", clientCA: clientCA)
        }
        let server = PoolServer(
            host: host, port: port, portFile: portFile, tls: tls, endsWithInput: endWithInput,
            times: ConnectionTimes(request: .seconds(requestSeconds)))
        do {
            try await server.run(pool, logger: logger)
        } catch let error as IOError {
            throw CommandError("\(host):\(port) can't be listened on: \(error)", code: ExitCode.fault)
        }
        try await store.close()
    }
}
