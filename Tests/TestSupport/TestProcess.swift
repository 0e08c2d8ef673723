// Runs programs as real processes: those of the house, which are built beside the tests, and others.

package import Foundation
internal import Glibc

/// A running program. Its standard output and errors go to files, its standard input is the test's.
///
/// Started by `posix_spawn` and not by Foundation's `Process`, which reads beyond the end of its list of descriptors
/// where there are many of them, and keeps a core busy while it waits on a thread without a run loop.
package final class TestProcess {
    package let identifier: pid_t
    /// The files that standard output and standard error go to.
    package let (outputFile, errorFile): (String, String)
    private let folder: Folder
    private var input: Int32 = -1
    private var status: Int32?

    /// The folder of the house's programs, which are built beside the tests.
    package static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// The path of a program of the house.
    package static func path(of program: String) -> String { "\(programs)/\(program)" }

    /// Starts a program of the house by its name, another one by its path, or by its name where PATH leads to it.
    ///
    /// `name` distinguishes the files in `folder` that its output goes to; `terminal` is its standard input instead of
    /// the test's; `environment` is added to the test's own.
    ///
    /// Throws: ``BenchError`` where it can't be started.
    package init(
        _ program: String, _ arguments: [String], in folder: Folder? = nil, as name: String = "program",
        terminal: Int32? = nil, environment: [String: String] = [:]
    ) throws {
        self.folder = try folder ?? Folder()
        (outputFile, errorFile) = (self.folder.file("\(name).out"), self.folder.file("\(name).err"))
        // A socket pair instead of a pipe: a program that was killed leaves an error of `send` and no signal, and other
        // programs that are started meanwhile don't hold it open.
        var ends: [Int32] = [-1, -1]
        if terminal == nil {
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw BenchError("no socket pair: errno \(errno)") }
            input = ends[1]
        }
        defer { if ends[0] >= 0 { close(ends[0]) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, terminal ?? ends[0], STDIN_FILENO)
        for (number, file) in [(STDOUT_FILENO, outputFile), (STDERR_FILENO, errorFile)] {
            posix_spawn_file_actions_addopen(&actions, number, file, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        }
        // The threads that run tests block SIGCHLD, and whoever is started would inherit that: a shell would wait for ever.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let own = Self.path(of: program)
        let path = access(own, X_OK) == 0 ? own : program
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var environs = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + environs { free(word) } }
        var process = pid_t()
        let result = posix_spawnp(&process, path, &actions, &attributes, &words, &environs)
        identifier = process
        guard result == 0 else {
            status = -1
            throw BenchError("\(program) can't be started: errno \(result)")
        }
    }

    deinit {
        kill()
        endInput()
    }

    /// Whether the process has not ended yet.
    package var isRunning: Bool {
        guard status == nil else { return false }
        var information = siginfo_t()
        return waitid(P_PID, id_t(identifier), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == 0
    }

    package var output: String { fileText(outputFile) }
    package var errors: String { fileText(errorFile) }

    /// Writes to the program's standard input; what a program that has ended does not take is lost.
    package func feed(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    package func feed(_ text: String) { feed(Array(text.utf8)) }

    /// Ends the program's standard input.
    package func endInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    package func send(signal: Int32) { if status == nil { Glibc.kill(identifier, signal) } }

    /// Kills the program, where it still runs, and waits until it is gone.
    package func kill() {
        send(signal: SIGKILL)
        _ = reap(0)
    }

    /// Waits for the end; the exit code, or the signal's number below zero. A program that does not end in time is killed.
    @discardableResult
    package func wait(atMost patience: TimeInterval = patience) -> Int32 {
        let deadline = Date().addingTimeInterval(patience)
        while true {
            if let code = reap(WNOHANG) { return code }
            if Date() > deadline { kill() }
            usleep(1000)
        }
    }

    private func reap(_ options: Int32) -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        var found = waitpid(identifier, &raw, options)
        while found < 0, errno == EINTR { found = waitpid(identifier, &raw, options) }
        guard found == identifier else { return nil }
        status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
        return status
    }

    /// A program that this one has started.
    package func child(named name: String) -> pid_t? {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task")) ?? []
        let children = tasks.flatMap { task in
            fileText("/proc/\(identifier)/task/\(task)/children").split(separator: " ").compactMap { pid_t($0) }
        }
        return children.first { fileText("/proc/\($0)/comm") == name + "\n" }
    }

    /// The most memory the program had resident so far, in bytes.
    package var peakResidentBytes: Int {
        let status = fileText("/proc/\(identifier)/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
    }

    /// How a program ended, and what it wrote.
    package struct End: Sendable {
        /// The exit code, or the signal's number below zero.
        package let code: Int32
        package let (output, errors): (String, String)
        /// All that it wrote.
        package var text: String { output + errors }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:],
        atMost patience: TimeInterval = patience
    ) throws -> End {
        let process = try TestProcess(program, arguments, environment: environment)
        process.feed(input)
        process.endInput()
        let code = process.wait(atMost: patience)
        return End(code: code, output: process.output, errors: process.errors)
    }
}
