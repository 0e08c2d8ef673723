// The other programs of the house, as real processes beside this one: they end when it does, however it does.

internal import Foundation
internal import Glibc
internal import Groundwork

/// Why another program of the house does not do its part.
struct CompanionTrouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A program that runs beside this one. It ends with its standard input, whose other end this process holds.
final class Companion {
    private let name: String
    private let log: String
    private let process = Process()
    private let lifeline = Pipe()

    /// Starts `name`, which is installed beside this program, with its log in a file.
    ///
    /// Throws: ``CompanionTrouble`` where it can't be started.
    init(_ name: String, _ arguments: [String], log: String) throws {
        (self.name, self.log) = (name, log)
        process.executableURL = try Self.program(name)
        process.arguments = arguments
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try Self.appending(to: log)
        do { try process.run() } catch { throw CompanionTrouble("\(name) can't be started: \(error)") }
    }

    /// Whether it still runs; if not, its last words are in the error.
    ///
    /// Throws: ``CompanionTrouble`` where it has ended.
    func checkRunning() throws {
        guard !process.isRunning else { return }
        throw CompanionTrouble("\(name) has ended (\(ending)); its last words: \(lastWords). All of them: \(log)")
    }

    /// Ends it and waits for its end.
    ///
    /// Throws: ``CompanionTrouble`` where it did not end well.
    func finish() throws {
        try lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw CompanionTrouble(
                "\(name) did not end well (\(ending)); its last words: \(lastWords). All of them: \(log)")
        }
    }

    private var ending: String {
        switch process.terminationReason {
        case .exit: "exit code \(process.terminationStatus)"
        case .uncaughtSignal: "signal \(process.terminationStatus)"
        @unknown default: "status \(process.terminationStatus)"
        }
    }

    private var lastWords: String {
        let text = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        return LogText.safe(text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "none")
    }

    /// Runs a program to its end; what it wrote to its standard output, without spaces and line ends around it.
    ///
    /// Throws: ``CompanionTrouble`` where it can't be started; ``Failure`` where it fails.
    static func output(of name: String, _ arguments: [String], log: String) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = try program(name)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try appending(to: log)
        do { try process.run() } catch { throw CompanionTrouble("\(name) can't be started: \(error)") }
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure(
                code: process.terminationStatus,
                command: "\(name) \(arguments.prefix(2).joined(separator: " "))", log: log)
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs a program to its end, its log on this program's standard error.
    ///
    /// Throws: ``CompanionTrouble`` where it can't be started.
    static func run(_ name: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = try program(name)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        do { try process.run() } catch { throw CompanionTrouble("\(name) can't be started: \(error)") }
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        // As a shell says it: the number of a signal is no exit code.
        let code = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
        return (code, String(decoding: bytes, as: UTF8.self))
    }

    /// A program that ran to its end and failed.
    struct Failure: Error, CustomStringConvertible {
        let code: Int32
        let command: String
        let log: String
        var description: String { "'\(command)' failed with \(code); its words are in \(log)" }
    }

    /// The programs of the house are installed into one folder, and built into one.
    private static func program(_ name: String) throws -> URL {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appendingPathComponent(name)
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw CompanionTrouble("\(program.path) is missing: it belongs beside \(own.lastPathComponent)")
        }
        return program
    }

    private static func appending(to log: String) throws -> FileHandle {
        let descriptor = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CompanionTrouble("\(log) can't be written: \(systemError(errno))") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
