// Runs any program to its end, with variables of the test's choice in its environment.

import Foundation

enum Tool {
    /// The exit code, and what the program wrote to standard output and standard error, in one.
    typealias Answer = (code: Int32, output: String)

    /// Runs a program, found in PATH or by its path; one that takes longer than ``benchPatience`` is killed.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Answer {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["-s", "KILL", "\(Int(benchPatience))"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let code = process.terminationStatus
        return (process.terminationReason == .exit ? code : -code, String(decoding: bytes, as: UTF8.self))
    }

    /// The path of a program of the house.
    static func program(_ name: String) -> String { BenchProcess.programs.appendingPathComponent(name).path }
}

/// Waits as ``eventually(_:_:)`` does, and lets other tasks go on meanwhile: two tests that hold a thread each would
/// leave none for what they wait for.
func soon(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let deadline = Date().addingTimeInterval(benchPatience)
    while try await !isTrue() {
        guard Date() < deadline else { throw BenchError("it never happened: \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
