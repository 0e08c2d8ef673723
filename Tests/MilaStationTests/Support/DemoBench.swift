// Runs the programs of the house as real processes, found beside the test bundle.

import Foundation
import Glibc
import GRDB

@testable import MilaStation

/// Why a test could not set up what it needs.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// How long a test waits for what must come, on a machine that others share, in seconds.
let benchPatience: TimeInterval = 90

/// Whether the programs run under a sanitizer, as `scripts/sanitize` has them: their memory says nothing then.
let isSanitized = getenv("TSAN_OPTIONS") != nil || getenv("ASAN_OPTIONS") != nil

/// A running program. Its standard output and errors go to files, its standard input is the test's.
final class BenchProcess {
    private let process = Process()
    private let input = Pipe()
    private let ended = DispatchGroup()
    let outputFile: String
    let errorFile: String

    /// The folder of the programs, which are built beside the tests.
    static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// Starts a program of the house; `name` distinguishes the files in `folder` that its output goes to.
    init(_ program: String, _ arguments: [String], in folder: String, as name: String) throws {
        outputFile = "\(folder)/\(name).out"
        errorFile = "\(folder)/\(name).err"
        process.executableURL = Self.programs.appendingPathComponent(program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = try Self.appending(outputFile)
        process.standardError = try Self.appending(errorFile)
        // A program that was killed leaves a pipe that nobody reads: that is an error of `write`, no signal.
        signal(SIGPIPE, SIG_IGN)
        // Foundation's own waiting keeps a core busy on a thread that has no run loop.
        ended.enter()
        process.terminationHandler = { [ended] _ in ended.leave() }
        do { try process.run() } catch {
            ended.leave()
            throw error
        }
    }

    deinit { kill() }

    var identifier: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { Self.text(outputFile) }
    var errors: String { Self.text(errorFile) }

    /// Writes to the program's standard input; what a program that has ended does not take is lost.
    func feed(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                write(input.fileHandleForWriting.fileDescriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    func feed(_ text: String) { feed(Array(text.utf8)) }

    /// Ends the program's standard input.
    func endInput() { try? input.fileHandleForWriting.close() }

    func send(signal: Int32) { Glibc.kill(identifier, signal) }

    /// Kills the program and waits until it is gone.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(identifier, SIGKILL)
        ended.wait()
    }

    /// Waits for the end; the exit code, or the signal's number below zero. A program that does not end is killed.
    func wait() -> Int32 {
        if ended.wait(timeout: .now() + benchPatience) == .timedOut { kill() }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// A program that this one has started.
    func child(named name: String) -> pid_t? {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task")) ?? []
        let children = tasks.flatMap { task in
            Self.text("/proc/\(identifier)/task/\(task)/children").split(separator: " ").compactMap { pid_t($0) }
        }
        return children.first { Self.text("/proc/\($0)/comm") == name + "\n" }
    }

    /// The most memory the program had resident so far, in bytes.
    var peakResidentBytes: Int {
        let status = Self.text("/proc/\(identifier)/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
    }

    /// Runs a program to its end: its exit code, standard output and standard error.
    static func run(_ program: String, _ arguments: [String], in folder: String, input: String = "") throws -> (
        code: Int32, output: String, errors: String
    ) {
        let name = "\(program)-\(UUID().uuidString)"
        let process = try BenchProcess(program, arguments, in: folder, as: name)
        process.feed(input)
        process.endInput()
        let code = process.wait()
        return (code, process.output, process.errors)
    }

    private static func appending(_ path: String) throws -> FileHandle {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchError("\(path) can't be written: errno \(errno)") }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// A folder that goes when the test does.
final class BenchFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/mila-station-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw BenchError("no folder: errno \(errno)") }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Waits until something is true, and gives up after ``benchPatience``.
func eventually(_ what: String, _ isTrue: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(benchPatience)
    while try !isTrue() {
        guard Date() < deadline else { throw BenchError("it never happened: \(what)") }
        usleep(2000)
    }
}

/// One line of the screen's JSON, or an entry of an export.
typealias JSONLine = [String: Any]

/// The whole lines of a text as JSON objects; a last line without its end was cut off by a kill.
func jsonLines(_ text: String) throws -> [JSONLine] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if !lines.isEmpty { lines.removeLast() }
    return try lines.map { line in
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? JSONLine else {
            throw BenchError("no JSON object: \(line)")
        }
        return object
    }
}

/// Rows of a database that another process has finished with.
func rows(_ sql: String, in database: String) throws -> [Row] {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: database, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { try Row.fetchAll($0, sql: sql) }
}
