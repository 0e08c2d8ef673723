// A station of three processes that a test starts, kills and starts again, as a service manager would.

import Foundation
import Glibc
import Groundwork
import StationCore
import TestSupport

@testable import MilaStation

/// The house of the demo, with doors that are in a hurry.
final class DemoStation {
    /// One of the three processes.
    enum Part: String, CaseIterable {
        case guardian = "lock-guard"
        case station = "mila-station"
        case pool = "city-pool"
    }

    let folder: Folder
    private let demo: DemoFolder
    private var processes: [Part: TestProcess] = [:]
    private var starts = 0
    private(set) var poolPort = "0"
    private var isSimulated = true
    /// What the guard finds in its environment besides the test's own.
    var guardEnvironment: [String: String] = [:]
    private let environment: (Part) throws -> [String: String]
    /// The files that the station's runs wrote their screens to.
    private(set) var screens: [String] = []

    /// Starts all three.
    ///
    /// - Parameters:
    ///   - startsGuard, startsStation: whether they are started too.
    ///   - house, configuration: what is different in the register and in `station.yaml`.
    ///   - environment: what is added to a part's environment, for a test's folder.
    init(
        startsGuard: Bool = true, startsStation: Bool = true, house change: (String) -> String = { $0 },
        configuration changeConfiguration: (String) throws -> String = { $0 },
        environment: @escaping (Part, Folder) throws -> [String: String] = { _, _ in [:] }
    ) throws {
        let folder = try Folder()
        self.folder = folder
        self.environment = { try environment($0, folder) }
        demo = try DemoFolder(chosen: folder.path + "/data")
        let poolEnvironment = try environment(.pool, folder)
        if !poolEnvironment.isEmpty {
            // The demo would give the pool its own environment.
            let added = try TestProcess.run(
                "city-pool",
                ["station", "add", SampleHouse.station, "--city-domain", SampleHouse.cityDomain, "--data", demo.pool],
                environment: poolEnvironment)
            guard added.code == 0 else { throw BenchError("station add: \(added.errors)") }
            try SecretFile.create(demo.token, text: added.output.trimmingCharacters(in: .newlines))
        }
        let poolKey = try demo.introduceStation()
        try demo.writeHouse()
        try Data(change(SampleHouse.houseYAML).utf8).write(to: URL(fileURLWithPath: demo.house))
        try start(.pool)
        try eventually("the pool listens") { FileManager.default.fileExists(atPath: demo.poolPort) }
        poolPort = String(decoding: FileManager.default.contents(atPath: demo.poolPort) ?? Data(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let yaml = SampleHouse.stationYAML(poolPort: poolPort, poolKey: poolKey, language: .german)
            // Between two steps of a test a busy machine may let more than a minute pass.
            .replacingOccurrences(of: "session-timeout: 60 s", with: "session-timeout: 600 s")
            .replacingOccurrences(of: "pulse: 300 ms", with: "pulse: 20 ms")
            .replacingOccurrences(of: "rest: 200 ms", with: "rest: 5 ms")
            .replacingOccurrences(of: "opens: 400 ms, latches: 1500 ms", with: "opens: 20 ms, latches: 80 ms")
        let changed = try changeConfiguration(yaml)
        isSimulated = changed.contains("backend: simulated")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: demo.configuration))
        let lines = try run("lines")
        guard lines.code == 0 else { throw BenchError("lines: \(lines.errors)") }
        if startsGuard { try start(.guardian) }
        if startsStation { try start(.station) }
    }

    deinit { for process in processes.values { process.kill() } }

    var configuration: String { demo.configuration }
    /// The folder of configuration, secrets, and the data of station and pool.
    var home: String { demo.path }
    /// Where the simulated lines are, and the guard's table.
    var linesFolder: String { demo.lines }
    var tableFile: String { demo.lineTable }
    var journal: String { demo.path + "/station/journal.sqlite" }
    var guardSocket: String { demo.guardSocket }
    var controlSocket: String { ControlSocket.path(besides: journal) }
    var poolDatabase: String { demo.pool + "/pool.sqlite" }
    /// The guard's orders to the lines: BOOTTIME_NS CHIP/LINE VALUE.
    var trace: [(nanoseconds: UInt64, line: String, value: String)] {
        let text = String(
            decoding: FileManager.default.contents(atPath: demo.lines + "/trace") ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let time = UInt64(words[0]) else { return nil }
            return (time, String(words[1]), String(words[2]))
        }
    }

    /// Starts a part that does not run.
    func start(_ part: Part) throws {
        starts += 1
        let arguments: [String] =
            switch part {
            case .guardian: guardLines + ["--socket", demo.guardSocket]
            case .station: ["run", "--config", demo.configuration, "--screen", "json"]
            case .pool:
                ["serve", "--data", demo.pool, "--port", poolPort, "--port-file", demo.poolPort, "--load", demo.house]
            }
        let process = try TestProcess(
            part.rawValue, arguments, in: folder, as: "\(part.rawValue)-\(starts)",
            environment: try environment(part).merging(part == .guardian ? guardEnvironment : [:]) { $1 })
        if part == .station { screens.append(process.outputFile) }
        processes[part] = process
    }

    /// Kills a part with SIGKILL, and for the guard does what its service does after any death.
    func kill(_ part: Part) throws {
        killOnly(part)
        if part == .guardian { try switchOutputsOff() }
    }

    /// Kills a part with SIGKILL and does nothing about it.
    func killOnly(_ part: Part) { processes[part]?.kill() }

    /// What the guard's service does after any death of the guard.
    ///
    /// - Parameters:
    ///   - environment: what is added to the program's environment.
    ///   - beforeInputEnds: done before its standard input ends.
    func switchOutputsOff(environment: [String: String] = [:], beforeInputEnds: () throws -> Void = {}) throws {
        let off = try TestProcess("lock-guard", guardLines + ["--outputs-off"], environment: environment)
        try beforeInputEnds()
        off.endInput()
        let code = off.wait()
        guard code == 0 else { throw BenchError("--outputs-off left with \(code): \(off.errors)") }
    }

    /// The guard's lines, as its command line names them.
    private var guardLines: [String] {
        ["--lines", demo.lineTable] + (isSimulated ? ["--simulated", demo.lines] : [])
    }

    /// Sends a signal to a part.
    func send(_ signal: Int32, to part: Part) { processes[part]?.send(signal: signal) }

    /// The process that a part runs as.
    func identifier(of part: Part) -> pid_t? { processes[part]?.identifier }

    /// Whether a part runs.
    func isRunning(_ part: Part) -> Bool { processes[part]?.isRunning ?? false }

    /// Waits until the guard has joined and a register is in place, from now or from an earlier run.
    func waitUntilReady() throws {
        try eventually("the guard joins") { screen.contains("station-ready") }
        try eventually("a register is there") {
            try run("journal", "status").output.contains("\nregister: ")
        }
    }

    /// What the station's present run has said.
    var screen: String { processes[.station]?.output ?? "" }

    /// Scans lines.
    func scan(_ lines: String...) { for line in lines { processes[.station]?.feed(line + "\n") } }

    /// Sends bytes as they are, without the end of a line.
    func feed(_ bytes: String) { processes[.station]?.feed(bytes) }

    /// Tells a part to stop and waits for its end.
    func stop(_ part: Part) -> Int32? {
        processes[part]?.send(signal: SIGTERM)
        return processes[part]?.wait()
    }

    /// Waits until a part has ended by itself; how. A part that does not end is killed.
    func end(of part: Part) -> Int32? { processes[part]?.wait() }

    /// Runs a command of `mila-station` with this station's configuration.
    func run(_ command: String...) throws -> TestProcess.End {
        try TestProcess.run("mila-station", command + ["--config", demo.configuration])
    }

    /// The levels of all outputs.
    func outputs() throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: demo.lines + "/outputs")
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                let bytes = FileManager.default.contents(atPath: demo.lines + "/outputs/" + name) ?? Data()
                return (name, String(decoding: bytes, as: UTF8.self))
            })
    }

    /// What went wrong in a part's last run, for a test's message.
    func errors(of part: Part) -> String { processes[part]?.errors ?? "" }
}
