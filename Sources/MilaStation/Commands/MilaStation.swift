// The command `mila-station`. Exit codes: 0 fine, 1 a negative finding, 2 wrong usage or configuration, 70 a fault.

public import ArgumentParser
internal import Foundation
internal import Groundwork
public import Logging
public import StationCore

@main
struct MilaStation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mila-station", abstract: "The controller of an unattended lending station.",
        version: programVersion,
        subcommands: [
            DemoCommand.self, RunCommand.self, CheckCommand.self, LinesCommand.self, JournalCommand.self,
            LockerCommand.self, HardwareCommand.self, JoinCommand.self,
        ])

    /// Parses and runs, and turns every way to fail into its exit code and one clear message.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ArgumentParser.ExitCode {
            Foundation.exit(code.rawValue)
        } catch let problems as FileProblems {
            fail("\(problems)", Groundwork.ExitCode.usage)
        } catch let error as CompanionTrouble {
            fail("\(error)", Groundwork.ExitCode.fault)
        } catch let error as JournalTrouble {
            fail("\(error)", Groundwork.ExitCode.fault)
        } catch let error as TimeZoneTrouble {
            fail("\(error)", Groundwork.ExitCode.fault)
        } catch let error as SecretError {
            fail("\(error)", Groundwork.ExitCode.usage)
        } catch {
            // ArgumentParser's own errors: help and version leave with 0, mistakes with 2.
            let message = fullMessage(for: error)
            if exitCode(for: error).isSuccess {
                print(message)
                Foundation.exit(0)
            }
            fail(
                message,
                exitCode(for: error) == .validationFailure ? Groundwork.ExitCode.usage : Groundwork.ExitCode.fault)
        }
    }

    private static func fail(_ message: String, _ code: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        Foundation.exit(code)
    }
}

/// Options that all commands with a log share.
struct LogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What goes to the log on standard error.", valueName: "level"))
    var logLevel = Logger.Level.info

    /// The program's log.
    func start() -> Logger {
        startLogging(level: logLevel)
        return Logger(label: "mila-station")
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension ScreenKind: ExpressibleByArgument {}
extension Language: ExpressibleByArgument {
    /// The language of a tag on the command line.
    public init?(argument: String) { self.init(argument) }
}
