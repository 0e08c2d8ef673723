// The real `city-pool` as a process of its own, found beside the test bundle.

import Foundation
import Glibc

/// Why a test could not set up what it needs.
struct BenchError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// How long a test waits for what must come, on a machine that others share.
let patience: Double = 60

/// What an ended program left.
struct Ended {
    var code: Int32
    var output: String
    var errors: String
}

/// A running program. Its standard output and errors go to files, its standard input is the test's.
final class PoolProcess {
    let identifier: pid_t
    private var input: Int32
    private let folder: String
    private var status: Int32?

    /// The folder of the programs, which are built beside the tests.
    static let programs: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])
    }()

    /// Starts `city-pool`, or another program.
    init(_ arguments: [String], program: String = "\(PoolProcess.programs)/city-pool") throws {
        folder = try Folder.make()
        var ends: [Int32] = [-1, -1]
        // A socket pair instead of a pipe: it is closed in other programs from the first moment on.
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw BenchError("no socket pair") }
        input = ends[1]
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        for (number, name) in [(STDOUT_FILENO, "output"), (STDERR_FILENO, "errors")] {
            posix_spawn_file_actions_addopen(&actions, number, "\(folder)/\(name)", O_WRONLY | O_CREAT, 0o600)
        }
        var pointers = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let result = posix_spawnp(&process, program, &actions, nil, &pointers, environ)
        guard result == 0 else { throw BenchError("starting \(program): errno \(result)") }
        identifier = process
    }

    deinit {
        endInput()
        if status == nil {
            kill(identifier, SIGKILL)
            _ = wait()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Ends the process's standard input.
    func endInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Writes to the process's standard input and ends it.
    func feed(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        endInput()
    }

    func send(signal: Int32) { kill(identifier, signal) }

    /// Waits for the end; the exit code, or the signal's number below zero.
    func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while waitpid(identifier, &raw, 0) < 0, errno == EINTR {}
        let code = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
        status = code
        return code
    }

    /// Whether the process has not ended yet.
    var isRunning: Bool {
        guard status == nil else { return false }
        var information = siginfo_t()
        return waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == 0
    }

    var output: String { text("output") }
    var errors: String { text("errors") }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
    }

    /// Runs a program to its end.
    static func run(
        _ arguments: [String], program: String = "\(PoolProcess.programs)/city-pool", input: [UInt8] = []
    ) throws -> Ended {
        let process = try PoolProcess(arguments, program: program)
        process.feed(input)
        let code = process.wait()
        return Ended(code: code, output: process.output, errors: process.errors)
    }
}

/// Folders for tests, which go when the test does.
final class Folder {
    let path: String

    init() throws { path = try Self.make() }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and gives its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    fileprivate static func make() throws -> String {
        var template = Array("/tmp/city-pool-test-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw BenchError("no folder: errno \(errno)") }
        return String(cString: path)
    }
}

/// Waits until something is true, and gives up after ``patience``.
func eventually(_ what: String, _ isTrue: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(patience)
    while try !isTrue() {
        guard Date() < deadline else { throw BenchError("it never happened: \(what)") }
        usleep(5000)
    }
}
