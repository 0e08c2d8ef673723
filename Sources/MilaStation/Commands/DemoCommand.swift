// `mila-station demo`: all of it on this machine. The station, the lock guard and the pool are the real programs, set up
// as an administrator would set them up; only lines and doors are simulated.

internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import Groundwork
internal import Logging
internal import StationCore

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Try all of it on this machine: simulated lockers, sample stock, a pool.",
        discussion: """
            Scan by typing a code and Enter, or pipe codes in. The end of input finishes the session, waits for the \
            doors and brings the rest to the pool, then the demo ends.
            """)

    @Option(help: ArgumentHelp("A folder to keep the data in; without it they go with the demo.", valueName: "dir"))
    var into: String?
    @Option(help: "What goes to standard output: sentences for people, JSON lines, or nothing.")
    var screen = ScreenKind.text
    @Option(help: ArgumentHelp("The language the station starts with; its first screen lists all.", valueName: "tag"))
    var language = Language.german
    @Option(help: ArgumentHelp("What goes to the log on standard error.", valueName: "level"))
    var logLevel = Logger.Level.error

    /// How long guard and pool may take to answer, and how long the pool may take to get the rest at the end.
    private static let (startPatience, drainPatience): (Duration, Duration) = (.seconds(30), .seconds(10))

    func validate() throws {
        let languages = try Languages.builtIn()
        guard languages[language] == nil else { return }
        let known = languages.all.map(\.language.tag).joined(separator: ", ")
        throw ValidationError("There are no texts in '\(language)'; there are some in \(known).")
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        startLogging(level: logLevel)
        let folder = try DemoFolder(chosen: into)
        do {
            try await run(in: folder)
        } catch {
            try? folder.discard()  // The first error is the one to tell.
            throw error
        }
        try folder.discard()
    }

    private func run(in folder: DemoFolder) async throws {
        let poolKey = try folder.introduceStation()
        try folder.writeHouse()
        let pool = try await folder.startPool()
        let configuration = try folder.configure(poolKey: poolKey, language: language)
        let guardian = try folder.startGuard()
        let ending = try await serve(configuration)
        // All that the station wanted is done: the guard goes before the pool, as they came.
        try guardian.finish()
        try pool.finish()
        if ending == .fault { throw ArgumentParser.ExitCode(Groundwork.ExitCode.fault) }
    }

    private func serve(_ configuration: StationConfiguration) async throws -> StationHouse.Ending {
        let writer = OutputWriter(descriptor: STDOUT_FILENO)
        let isTyped = Terminal.isThere
        let console = Console(writer: writer, isTyped: isTyped && screen == .text)
        Terminal.makeRaw()
        defer { Terminal.restore() }
        let log = Logger(label: "mila-station")
        let house = try StationHouse(configuration, console: console, writer: writer, log: log)
        showCodes(configuration, on: console)
        try await house.open(screen: screen)
        let scanner = Scanner(console: console, isTyped: isTyped) { house.loop.post($0) }
        return try await withThrowingTaskGroup(of: StationHouse.Ending?.self) { group in
            group.addTask { try await house.serve(drainAtMost: Self.drainPatience) }
            group.addTask {
                if let missing = await house.missing(after: Self.startPatience) {
                    throw CompanionTrouble("\(missing); the logs are in \(configuration.lineTableFile.folder)")
                }
                scanner.start()
                return nil
            }
            while let ending = try await group.next() {
                guard let ending else { continue }
                group.cancelAll()
                return ending
            }
            return .stopped
        }
    }

    private func showCodes(_ configuration: StationConfiguration, on console: Console) {
        let page = FirstScreen(languages: configuration.languages, language: language, folder: into)
        switch screen {
        case .text: console.show(page.text)
        case .json: console.show(page.json)
        case .none: break
        }
    }
}
