// The folder of a demo: configuration, register, secrets, logs and the data of station and pool.

internal import ArgumentParser
internal import Foundation
internal import Groundwork
internal import GuardProtocol
internal import StationCore

/// Where a demo keeps its files.
struct DemoFolder {
    let path: String
    /// Whether it goes when the demo ends.
    let isTemporary: Bool

    /// The folder a person chose, or a temporary one.
    ///
    /// Throws: `ValidationError` where the folder holds other things than an earlier demo's.
    init(chosen: String?) throws {
        let files = FileManager.default
        guard let chosen else {
            path = NSTemporaryDirectory() + "mila-station-demo-" + UUID().uuidString
            isTemporary = true
            try files.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return
        }
        path = URL(fileURLWithPath: chosen).standardizedFileURL.path
        isTemporary = false
        try files.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let content = try files.contentsOfDirectory(atPath: path)
        guard content.isEmpty || content.contains("house.yaml") else {
            throw ValidationError("\(path) holds other things; choose an empty folder, or that of an earlier demo.")
        }
    }

    var configuration: String { path + "/station.yaml" }
    var house: String { path + "/house.yaml" }
    var pool: String { path + "/pool" }
    var poolPort: String { path + "/pool-port" }
    var token: String { path + "/pool-token" }
    var lineTable: String { path + "/lines.table" }
    var guardSocket: String { path + "/guard.socket" }
    var lines: String { path + "/lines" }
    func log(_ program: String) -> String { path + "/\(program).log" }

    /// Removes the folder if it was only for this demo.
    func discard() throws {
        if isTemporary { try FileManager.default.removeItem(atPath: path) }
    }

    /// Makes the station known to the pool, and keeps its token; the pool's key. The pool must not run yet.
    ///
    /// Throws: ``CompanionTrouble`` and `Companion.Failure` where the pool's commands fail; `SecretError`.
    func introduceStation() throws -> String {
        func ask(_ arguments: String...) throws -> String {
            try Companion.output(of: "city-pool", arguments + ["--data", pool], log: log("city-pool"))
        }
        if try SecretFile.readIfPresent(token) == nil {
            let secret: String
            do {
                secret = try ask("station", "add", SampleHouse.station, "--city-domain", SampleHouse.cityDomain)
            } catch let failure as Companion.Failure where failure.code == Groundwork.ExitCode.usage {
                // It is known already: a demo was cut short before the token was kept.
                secret = try ask("station", "token", SampleHouse.station)
            }
            try SecretFile.create(token, text: secret)
        }
        return try ask("key")
    }

    /// Writes the register that the pool loads.
    func writeHouse() throws { try DurableFile.write(Array(SampleHouse.houseYAML.utf8), to: house) }

    /// Starts the pool and waits until it takes connections.
    func startPool() async throws -> Companion {
        try? FileManager.default.removeItem(atPath: poolPort)
        let companion = try Companion(
            "city-pool",
            ["serve", "--data", pool, "--port", "0", "--port-file", poolPort, "--load", house, "--end-with-input"],
            log: log("city-pool"))
        while !FileManager.default.fileExists(atPath: poolPort) {
            try companion.checkRunning()
            try await Task.sleep(for: .milliseconds(20))
        }
        return companion
    }

    /// Writes the station's configuration and reads it as `run` would, then compiles the guard's table.
    func configure(poolKey: String, language: Language) throws -> StationConfiguration {
        let port = String(decoding: FileManager.default.contents(atPath: poolPort) ?? Data(), as: UTF8.self)
        let text = SampleHouse.stationYAML(
            poolPort: port.trimmingCharacters(in: .whitespacesAndNewlines), poolKey: poolKey, language: language)
        try DurableFile.write(Array(text.utf8), to: configuration)
        let configuration = try ConfigurationReader.read(configuration)
        try DurableFile.write(Array(configuration.lines.text.utf8), to: configuration.lineTableFile)
        return configuration
    }

    /// Starts the guard; its socket appears when all outputs are off.
    func startGuard() throws -> Companion {
        try Companion(
            "lock-guard", ["--lines", lineTable, "--socket", guardSocket, "--simulated", lines, "--end-with-input"],
            log: log("lock-guard"))
    }
}
