// `mila-station join`: from a code on a piece of paper to a station that its pool knows.

internal import ArgumentParser
internal import Foundation
internal import Groundwork
internal import StationCore

struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Join the pool with a code that its admin made.",
        discussion: """
            The code is read from standard input, so that it stays out of the list of processes. The pool's key is compared \
            with it before anything is sent; then the station's key is made, if there is none, and shown to the pool. \
            What the pool answers goes into the configuration's token-file and key-file. Where the answer was lost, \
            the same code works again.
            """)

    @Option(help: ArgumentHelp("The station's configuration.", valueName: "file"))
    var config: String

    func run() async throws {
        let configuration = try ConfigurationReader.read(config)
        // Whoever is on the way could show the pool's key, which is no secret, and use the code first.
        guard configuration.pool.url.hasPrefix("https://") || ConfigurationCheck.isLoopback(configuration.pool.url)
        else {
            throw SecretError(
                problem: "\(configuration.pool.url) is not encrypted: the code could be read on the way. Use https://")
        }
        if isatty(STDIN_FILENO) == 1 {
            FileHandle.standardError.write(Data("Join code: ".utf8))
        }
        guard let line = readLine(), let code = JoinCode(line) else {
            throw SecretError(
                problem: "that is no join code; compare its 33 letters and digits, the last of which shows mistakes")
        }
        if let known = configuration.pool.key, !code.names(known) {
            throw SecretError(
                problem: "\(config) names another pool's key than the code; remove it, or have a code of that pool made"
            )
        }
        try DurableFile.makeFolder(configuration.dataFolder)
        let key = try SigningKey(file: configuration.keyFile, name: configuration.source.description)
        do {
            let membership = try await JoinClient(configuration: configuration, key: key).join(with: code)
            if let file = configuration.pool.keyFile {
                try DurableFile.write(Array("\(membership.poolKey)\n".utf8), to: file)
            }
            try DurableFile.write(Array((membership.token + "\n").utf8), to: configuration.pool.tokenFile, mode: 0o600)
            print("\(configuration.station) has joined \(membership.poolKey.name). Its own key: \(key.noteKey)")
        } catch let error as PoolError {
            FileHandle.standardError.write(Data("Not joined: \(error)\n".utf8))
            throw ArgumentParser.ExitCode(
                error.failure == .refused ? Groundwork.ExitCode.finding : Groundwork.ExitCode.fault)
        }
    }
}
