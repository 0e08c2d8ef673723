// `mila-station run`: the station itself, with the scanner on standard input.

internal import ArgumentParser
internal import CLibrary
internal import Foundation
internal import Glibc
internal import Groundwork
internal import GuardProtocol
internal import Logging
internal import StationCore

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the station; scans come in on standard input.")

    @Option(help: ArgumentHelp("The station's configuration.", valueName: "file"))
    var config: String
    @Option(help: "What goes to standard output: sentences for people, JSON lines, or nothing.")
    var screen = ScreenKind.text
    @OptionGroup var logging: LogOptions

    func run() async throws {
        // Each thread that ever served a pull would else keep a heap of its own, with what the pull needed.
        keep_heaps(2)
        let configuration = try ConfigurationReader.read(config)
        let log = logging.start()
        signal(SIGPIPE, SIG_IGN)
        let writer = OutputWriter(descriptor: STDOUT_FILENO)
        let console = Console(writer: writer, isTyped: false)
        Terminal.makeRaw()
        let house = try StationHouse(configuration, console: console, writer: writer, log: log)
        try await house.open(screen: screen)
        Scanner(console: console, isTyped: false, idleGap: configuration.scanner.idleGap) { house.loop.post($0) }
            .start()
        switch try await house.serve(drainAtMost: .zero) {
        case .stopped: return
        case .inputEnded:
            log.critical("the scanner is lost: standard input has ended. Check its cable and its service")
            throw ArgumentParser.ExitCode(Groundwork.ExitCode.fault)
        case .fault: throw ArgumentParser.ExitCode(Groundwork.ExitCode.fault)
        }
    }
}

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with a configuration, line by line.")

    @Option(help: ArgumentHelp("The station's configuration.", valueName: "file"))
    var config: String

    @Flag(help: "Ask the lock guard for every line too: found, free, level, plausible or not.")
    var hardware = false

    @Option(help: ArgumentHelp("With --hardware and simulated lines: the folder that they are in.", valueName: "dir"))
    var simulated: String?

    func run() async throws {
        do {
            let configuration = try ConfigurationReader.read(config)
            var problems = ConfigurationCheck.problems(configuration)
            for line in problems + configuration.languages.report { print("\(config): \(line)") }
            // A table that is missing or old says nothing about these lines.
            if hardware, problems.isEmpty {
                let check = try HardwareCheck(configuration, simulatedFolder: simulated)
                for line in check.lines { print(line) }
                problems = check.problems
            }
            guard problems.isEmpty else { throw ArgumentParser.ExitCode(Groundwork.ExitCode.finding) }
            print("\(config): nothing wrong; \(configuration.doors.count) lockers.")
        } catch let problems as FileProblems {
            print(problems)
            throw ArgumentParser.ExitCode(Groundwork.ExitCode.finding)
        }
    }
}

struct LinesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines", abstract: "Compile the guard's table of lines from the configuration.")

    @Option(help: ArgumentHelp("The station's configuration.", valueName: "file"))
    var config: String

    func run() async throws {
        let configuration = try ConfigurationReader.read(config)
        try DurableFile.write(Array(configuration.lines.text.utf8), to: configuration.lineTableFile)
        let table = configuration.lines
        print("\(configuration.lineTableFile): \(table.lockers.count) lockers, \(table.lamps.count) lamps.")
    }
}
