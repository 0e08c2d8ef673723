// A pool with its folder, one or two stations and an admin, ready to be started and asked.

import Foundation
import Glibc
import StationCore
import TestSupport
@testable import CityPool

/// What keeps the data of a pool under test.
enum Engine: String, CaseIterable, Sendable {
    case sqlite, postgres
}

/// A pool's data, and the pools that are started on them.
final class PoolHouse {
    let folder: Folder
    /// The database's address, where it is PostgreSQL.
    let postgres: String?
    private let cluster: PostgresCluster?
    private(set) var process: TestProcess?
    private(set) var port = 0
    /// The stations' tokens, by name.
    private(set) var tokens: [String: String] = [:]
    private(set) var admin = ""
    private(set) var key: NoteKey?

    var data: String { folder.file("data") }
    var database: String { "\(data)/pool.sqlite" }

    static let city = "potsdam.example"

    /// Makes the data, with stations of these names.
    init(
        on engine: Engine = .sqlite, stations: [String] = ["demo"], admin needsAdmin: Bool = true,
        server: PostgresCluster? = nil
    ) throws {
        folder = try Folder()
        let cluster = try engine == .postgres ? server ?? PostgresCluster.shared.get() : nil
        self.cluster = cluster
        postgres = try cluster?.makeDatabase()
        for name in stations {
            tokens[name] = try command(["station", "add", name, "--city-domain", Self.city])
        }
        if needsAdmin { admin = try command(["admin-token"]) }
        if !stations.isEmpty { key = NoteKey(try command(["key"])) }
    }

    /// Runs a command on the data that must succeed, and gives the one line it prints.
    @discardableResult
    func command(_ arguments: [String]) throws -> String {
        let ended = try run(arguments)
        guard ended.code == 0 else { throw BenchError("\(arguments): \(ended.code) \(ended.errors)") }
        return ended.output.trimmingCharacters(in: .newlines)
    }

    /// Runs a command on the data.
    func run(_ arguments: [String]) throws -> TestProcess.End {
        try TestProcess.run("city-pool", arguments + place)
    }

    /// Where the data are, as an option.
    private var place: [String] { ["--data", data] + (postgres.map { ["--postgres", $0] } ?? []) }

    /// Starts the pool, from a shell with limits where they are given, and waits until it takes connections.
    func serve(_ more: [String] = [], limitedBy limits: String? = nil) throws {
        let file = folder.file("port")
        try? FileManager.default.removeItem(atPath: file)
        let arguments = ["serve", "--port", "0", "--port-file", file] + place + more
        let program = TestProcess.path(of: "city-pool")
        let process =
            if let limits {
                try TestProcess("sh", ["-c", "\(limits); exec \"$@\"", "sh", program] + arguments)
            } else {
                try TestProcess("city-pool", arguments)
            }
        self.process = process
        port = 0
        try eventually("the pool serves") {
            guard process.isRunning else { throw BenchError("the pool ended: \(process.errors)") }
            port = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { Int($0.dropLast()) } ?? 0
            return port > 0
        }
    }

    /// Stops the pool as a service manager does, and gives its exit code.
    @discardableResult
    func stop() -> Int32 {
        process?.send(signal: SIGTERM)
        let code = process?.wait() ?? 0
        process = nil
        return code
    }

    /// Ends the pool as a power cut does.
    func kill() {
        process?.send(signal: SIGKILL)
        _ = process?.wait()
        process = nil
    }

    /// The database under a pool that is not served.
    func engine() async throws -> any DatabaseEngine {
        if let postgres { return try await PostgresEngine(PostgresAddress(postgres)) }
        return try SQLiteEngine(folder: data)
    }

    // MARK: - Asking

    func connect() throws -> Wire { try Wire(port: port) }

    /// One request on a connection of its own.
    func ask(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, fields: [String] = [],
        body: [UInt8]? = nil
    ) throws -> Answer {
        try connect().ask(method, path, token: token, type: type, fields: fields, body: body)
    }

    /// Sends documents as a station does.
    func send(_ documents: [[UInt8]], of station: String = "demo") throws -> Answer {
        try ask(
            "POST", "/v1/stations/\(station)/entries", token: tokens[station], type: EntryBatch.mediaType,
            body: EntryBatch.body(documents).body)
    }

    /// Sends documents that must be taken, and gives the pool's answer.
    @discardableResult
    func take(_ documents: [[UInt8]], of station: String = "demo") throws -> BatchAnswer {
        let answer = try send(documents, of: station)
        guard answer.status == 200 else { throw BenchError("\(answer.status): \(answer.text)") }
        return try BatchAnswer(body: answer.body)
    }

    /// The receipt in an answer, where the pool's key signed it.
    func receipt(_ answer: BatchAnswer) -> Receipt? {
        guard let key, let note = SignedNote(answer.receipt), isSigned(note, by: key) else { return nil }
        return Receipt(text: note.text)
    }

    /// Rows of the database, as `sqlite3` prints them; a pool on SQLite must not be running.
    func rows(_ sql: String) throws -> [String] {
        if let cluster, let postgres { return try cluster.rows(sql, in: postgres) }
        let ended = try TestProcess.run("sqlite3", ["-batch", database, sql])
        guard ended.code == 0 else { throw BenchError("sqlite3: \(ended.errors)") }
        return ended.output.split(separator: "\n").map(String.init)
    }
}
