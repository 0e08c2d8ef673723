// The real `lock-guard` as a process of its own, found beside the test bundle.

import Glibc
import TestSupport

@testable import LockGuard

/// A running program whose standard streams the test holds.
final class GuardProcess {
    /// How a process ended.
    enum End: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    let identifier: pid_t
    private var input: Int32
    private let output: Int32
    private let errors: Int32
    private var pending: [UInt8] = []
    /// All log lines read so far.
    private(set) var log: [String] = []
    private var isReaped = false

    /// Starts `lock-guard`, or another program, with more in its environment, or a descriptor 3 that it inherits.
    init(
        _ arguments: [String], program: String? = nil, environment: [String] = [], connection: Int32? = nil
    ) throws {
        // Socket pairs instead of pipes: they are closed in other programs from the first moment on.
        let (inputs, outputs, error) = (try GuardProcess.pair(), try GuardProcess.pair(), try GuardProcess.pair())
        (input, output, errors) = (inputs.ours, outputs.ours, error.ours)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, end) in [(STDIN_FILENO, inputs), (STDOUT_FILENO, outputs), (STDERR_FILENO, error)] {
            posix_spawn_file_actions_adddup2(&actions, end.theirs, number)
        }
        if let connection { posix_spawn_file_actions_adddup2(&actions, connection, 3) }
        let path = program ?? TestProcess.path(of: "lock-guard")
        var pointers = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let variables = environment.map { strdup($0) }
        defer { for variable in variables { free(variable) } }
        var process = pid_t()
        var entry = environ
        var inherited: [UnsafeMutablePointer<CChar>?] = []
        while let variable = entry.pointee {
            inherited.append(variable)
            entry += 1
        }
        var all = variables + inherited + [nil]
        let result = posix_spawn(&process, path, &actions, nil, &pointers, &all)
        for end in [inputs, outputs, error] { close(end.theirs) }
        identifier = process
        guard result == 0 else {
            isReaped = true
            throw WorkbenchError("starting \(path): \(SystemError.text(of: result))")
        }
    }

    deinit {
        if !isReaped {
            kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
        for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) }
    }

    func send(signal: Int32) { kill(identifier, signal) }

    /// Ends the process's standard input.
    func endInput() {
        close(input)
        input = -1
    }

    /// Reads log lines until one contains `text`; `nil` where the process ended, or `time` passed, without one.
    @discardableResult
    func logLine(containing text: String, within time: UInt64 = patience) -> String? {
        let deadline = bootTime() + time
        while true {
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                log.append(line)
                if line.contains(text) { return line }
            }
            guard isReadable(errors, by: deadline) else { return nil }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(errors, &chunk, chunk.count)
            guard count > 0 else { return nil }
            pending += chunk[..<count]
        }
    }

    /// Waits for the end; its log and output are read to the end meanwhile. `nil` where it runs on.
    func end(within time: UInt64 = patience) -> End? {
        while logLine(containing: "\u{0}", within: time) != nil {}
        guard isReadable(errors, by: bootTime()) else { return nil }
        var status: Int32 = 0
        guard waitpid(identifier, &status, 0) == identifier else { return nil }
        isReaped = true
        return status & 0x7f == 0 ? .code((status >> 8) & 0xff) : .signal(status & 0x7f)
    }

    /// All that the ended process wrote to its standard output.
    func allOutput() -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = read(output, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The process's resident memory in bytes.
    var residentBytes: Int {
        let text = String(decoding: contents("/proc/\(identifier)/statm") ?? [], as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// How many descriptors the process has open.
    var openDescriptors: Int {
        guard let directory = opendir("/proc/\(identifier)/fd") else { return -1 }
        defer { closedir(directory) }
        var count = -2
        while readdir(directory) != nil { count += 1 }
        return count
    }

    private static func pair() throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw WorkbenchError("no socket pair") }
        return (ends[0], ends[1])
    }
}
