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
            ServeCommand.self, StationCommand.self, RegisterCommand.self, ItemCommand.self, BorrowerCommand.self,
            CardCommand.self, BookingCommand.self, ProposalsCommand.self, CaseCommand.self,
            AdminTokenCommand.self, KeyCommand.self, RestoredCommand.self,
        ])
}

/// Where the pool's data are.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: "The folder with the pool's key, and with its database where that is not PostgreSQL.")
    var folder: String

    @Option(
        help: """
            The PostgreSQL to keep the data in, as a URL or keywords of libpq; without it they are kept with SQLite. Passwords \
            belong into a password file, a service file or --postgres-file.
            """)
    var postgres: String?

    @Option(help: "A file with what --postgres takes; only its owner may read it.")
    var postgresFile: String?

    func validate() throws {
        guard postgres == nil || postgresFile == nil else {
            throw ValidationError("--postgres and --postgres-file exclude each other.")
        }
    }

    /// Opens the database.
    ///
    /// Throws: ``CommandError`` where another process has it open.
    func open() async throws -> PoolDatabase {
        if let address = try address() {
            // The key is there, whatever the database is.
            try DurableFile.makeFolder(folder)
            return try await PoolDatabase(PostgresEngine(address))
        }
        do {
            return try await PoolDatabase(SQLiteEngine(folder: folder))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw CommandError(
                "\(folder) is in use: a running city-pool owns its data. Stop it and call again; "
                    + "stations keep what they have to say until then.", code: ExitCode.fault)
        }
    }

    /// Opens the database, does something with it, and closes it.
    func use<Result>(_ body: (PoolDatabase) async throws -> Result) async throws -> Result {
        let store = try await open()
        let result: Result
        do { result = try await body(store) } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
        return result
    }

    private func address() throws -> PostgresAddress? {
        if let postgresFile { return try PostgresAddress(try SecretFile.read(postgresFile)) }
        guard let postgres else { return nil }
        let address = try PostgresAddress(postgres)
        if address.hasPassword { PostgresAddress.blankArgument(postgres) }
        return address
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

/// Checks the time zone that an option names.
///
/// Throws: `ValidationError` where this machine does not know it.
func checkTimeZone(_ name: String?) throws {
    guard let name, !SystemTimeZone.exists(name) else { return }
    throw ValidationError(
        "--time-zone '\(LogText.safe(name))' is none that this machine knows; install tzdata, or correct it.")
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
    } catch let refusal as BookingRefusal {
        tell("city-pool: \(refusal)")
        return ExitCode.finding
    } catch let edited as RegisterEdited {
        tell("city-pool: \(edited)")
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
