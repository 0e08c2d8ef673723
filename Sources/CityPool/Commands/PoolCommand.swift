// The commands of the pool. What a command gives goes to standard output, alone; all words about it go to standard error,
// so that a script can take a token without cutting it out.

import ArgumentParser
import Foundation
import GRDB
import Groundwork
import StationCore

/// `city-pool`.
struct PoolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "city-pool", abstract: "The city pool: registry and ledger of the lending stations.",
        version: programVersion,
        subcommands: [
            ServeCommand.self, StationCommand.self, RegisterCommand.self, ProposalsCommand.self,
            AdminTokenCommand.self, KeyCommand.self,
        ])
}

/// Where the pool's data are.
struct DataOptions: ParsableArguments {
    @Option(name: .customLong("data"), help: "The folder with the pool's database and key.")
    var folder: String

    /// Opens the database.
    ///
    /// Throws: ``CommandError`` where another process has it open.
    func open() throws -> SQLitePool {
        do {
            return try SQLitePool(folder: folder)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw CommandError(
                "\(folder) is in use: a running city-pool owns its data. Stop it and call again; "
                    + "stations keep what they have to say until then.", code: ExitCode.fault)
        }
    }
}

/// An error for the person at the command line.
struct CommandError: Error, CustomStringConvertible {
    var description: String
    var code: Int32

    init(_ description: String, code: Int32) {
        self.description = description
        self.code = code
    }
}

/// Writes a line to standard error.
func tell(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// Runs the command that was called and gives the exit code.
func runCommand() async -> Int32 {
    do {
        var command = try PoolCommand.parseAsRoot()
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
        return 0
    } catch let error as CommandError {
        tell("city-pool: \(error)")
        return error.code
    } catch let problems as FileProblems {
        tell("\(problems)")
        return ExitCode.finding
    } catch {
        switch PoolCommand.exitCode(for: error) {
        case .success:
            print(PoolCommand.fullMessage(for: error))
            return 0
        case .validationFailure:
            tell(PoolCommand.fullMessage(for: error))
            return ExitCode.usage
        default:
            tell("city-pool: \(error)")
            return ExitCode.fault
        }
    }
}
