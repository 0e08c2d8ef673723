// The pools of the fleet: real processes on one database, each at an address that stays its own, killed and started again
// while stations send; and the database's server, restarted under them.

import Foundation
import Glibc
import Groundwork
import StationCore
import TestSupport

@testable import CityPool
@testable import MilaStation

/// Pools on one database.
final class FleetPools {
    let engine: Engine
    private let folder: Folder
    private let cluster: PostgresCluster?
    private let address: String?
    private var processes: [TestProcess?]
    private var ports: [Int]
    private(set) var kills = 0
    private(set) var restarts = 0

    private var data: String { folder.file("data") }

    /// Makes a database, with a key.
    ///
    /// Throws: ``BenchError``
    init(on engine: Engine, inMemory: Bool) throws {
        self.engine = engine
        folder = try Folder(inMemory: inMemory)
        cluster = engine == .postgres ? try PostgresCluster(inMemory: inMemory) : nil
        address = try cluster?.makeDatabase()
        // SQLite has one process that owns its file.
        let count = engine == .postgres ? 2 : 1
        (processes, ports) = (Array(repeating: nil, count: count), Array(repeating: 0, count: count))
    }

    /// Opens the database in this process, while no pool runs on SQLite.
    func database() async throws -> PoolDatabase {
        if let address { return try await PoolDatabase(PostgresEngine(PostgresAddress(address))) }
        return try await PoolDatabase(SQLiteEngine(folder: data))
    }

    /// Adds stations, and gives the clients of each: one for each pool.
    func join(_ stations: [FleetJournal]) async throws -> [[PoolClient]] {
        try DurableFile.makeFolder(data)
        let store = try await database()
        let key = try await PoolKey.ensure(store, folder: data, cityDomain: PoolHouse.city)
        var tokens: [String] = []
        for station in stations {
            let token = AccessToken(kind: "station")
            let account = StationAccount(
                id: station.station, source: station.source, cardKey: Randomness.bytes(32), tokenHash: token.hash)
            guard try await store.add(account) else { throw BenchError("\(station.station) is there already") }
            tokens.append(try folder.write(token.text, to: "\(station.station).token"))
            chmod(folder.file("\(station.station).token"), 0o600)
        }
        try await store.close()
        for number in ports.indices { try serve(number) }
        return try zip(stations, tokens).map { station, token in
            try ports.map { port in
                try PoolClient(
                    .init(url: "http://127.0.0.1:\(port)", tokenFile: token, key: key.noteKey),
                    station: station.station,
                    source: station.source, patience: .seconds(60))
            }
        }
    }

    // MARK: - What happens to them

    /// Starts a pool at its address, as a service manager does: again, while something hinders it.
    private func serve(_ number: Int) throws {
        let file = folder.file("port-\(number)")
        try eventually("a pool serves") {
            try? FileManager.default.removeItem(atPath: file)
            let process = try TestProcess(
                "city-pool",
                ["serve", "--data", data, "--port", "\(ports[number])", "--port-file", file]
                    + (address.map { ["--postgres", $0] } ?? []))
            processes[number] = process
            try eventually("a pool is there or gone") {
                ports[number] = Int(fileText(file).dropLast()) ?? ports[number]
                return !fileText(file).isEmpty || !process.isRunning
            }
            return process.isRunning
        }
    }

    /// Ends one of the pools as a power cut does, and starts it again.
    func killOne(_ chance: inout SeededGenerator) throws {
        let number = chance.number(below: processes.count)
        processes[number]?.kill()
        kills += 1
        try serve(number)
    }

    /// Restarts PostgreSQL, in an orderly way or not.
    func restartServer(orderly: Bool) throws {
        guard let cluster else { return }
        try cluster.halt(orderly ? SIGINT : SIGQUIT)
        try cluster.start()
        restarts += 1
    }

    /// The most memory that a pool which runs now had so far, in bytes.
    var peakMemory: Int { processes.compactMap { $0?.peakResidentBytes }.max() ?? 0 }

    /// Stops the pools as a service manager does.
    func stop() {
        for process in processes {
            process?.send(signal: SIGTERM)
            process?.wait()
        }
    }
}
