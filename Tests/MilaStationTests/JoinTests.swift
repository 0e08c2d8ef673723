// From a code on a piece of paper to a station that its pool knows, with the real programs.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct JoinTests {
    private let folder: Folder
    private var config: String { folder.file("station.yaml") }
    private var token: String { folder.file("pool-token") }
    private var data: String { folder.file("pool") }

    init() throws { folder = try Folder() }

    /// A pool that is served until its input ends, and its port.
    private func serve() throws -> (pool: TestProcess, port: Int) {
        let (house, file) = (try folder.write(SampleHouse.houseYAML, to: "house.yaml"), folder.file("port"))
        try? FileManager.default.removeItem(atPath: file)
        let pool = try TestProcess(
            "city-pool",
            ["serve", "--data", data, "--port", "0", "--port-file", file, "--load", house, "--end-with-input"])
        var port = 0
        try eventually("the pool serves") {
            port = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap { Int($0.dropLast()) } ?? 0
            return port > 0
        }
        return (pool, port)
    }

    private func writeConfiguration(url: String, key: String = "key-file: pool-key") throws {
        let example = try String(
            contentsOfFile: TestTools.package.path + "/docs/examples/station.yaml", encoding: .utf8)
        let start = try #require(example.range(of: "\npool:\n")).lowerBound
        let yaml = example[..<start].replacing("id: schlaatz", with: "id: \(SampleHouse.station)")
            .replacing("city-domain: city.example", with: "city-domain: \(SampleHouse.cityDomain)")
            .replacing(/\ndata: .*/, with: "\ndata: data")
        _ = try folder.write(
            yaml + "\npool:\n  url: \(url)\n  \(key)\n  token-file: pool-token\n", to: "station.yaml")
    }

    private func invite() throws -> String {
        let made = try TestProcess.run(
            "city-pool",
            ["station", "invite", SampleHouse.station, "--city-domain", SampleHouse.cityDomain, "--data", data])
        #expect(made.code == 0, "\(made.errors)")
        return made.output.trimmingCharacters(in: .newlines)
    }

    private func join(_ code: String) throws -> TestProcess.End {
        try TestProcess.run("mila-station", ["join", "--config", config], input: code + "\n")
    }

    @Test func `a station joins with its code, and the pool knows it`() async throws {
        let code = try invite()
        let (pool, port) = try serve()
        try writeConfiguration(url: "http://127.0.0.1:\(port)")
        // Before that it says what is missing.
        let early = try TestProcess.run("mila-station", ["check", "--config", config])
        #expect(early.code == 1 && early.text.contains("mila-station join"), "\(early.text)")

        let mistyped = try join(code.dropLast() + (code.hasSuffix("0") ? "1" : "0"))
        #expect(mistyped.code == 2 && mistyped.errors.contains("no join code"), "\(mistyped.text)")
        let joined = try join(code.lowercased())
        #expect(joined.code == 0, "\(joined.text)")
        let file = try #require(FileStatus(path: token))
        #expect(file.permissions == 0o600)
        #expect(!joined.text.contains(try SecretFile.read(token)))

        let configuration = try ConfigurationReader.read(config)
        let client = try PoolClient(
            configuration.pool, station: configuration.station, source: configuration.source, patience: .seconds(60))
        let register = try await client.register(since: nil)
        #expect(register?.items.count == SampleHouse.items.count)
        try await client.close()
        let key = try SigningKey(file: configuration.keyFile, name: configuration.source.description)
        #expect(joined.output.contains(key.noteKey.description))

        // Used: the same board may say it again, another one may not.
        #expect(try join(code).code == 0)
        try FileManager.default.removeItem(atPath: configuration.keyFile)
        let other = try join(code)
        #expect(other.code == 1 && other.errors.contains("Have another one made"), "\(other.text)")
        pool.endInput()
        #expect(pool.wait() == 0)
        let next = try invite()
        let again = try serve()
        try writeConfiguration(url: "http://127.0.0.1:\(again.port)")
        #expect(try join(next).code == 0)
    }

    @Test func `a pool that the code does not name is sent nothing`() throws {
        let code = try invite()
        let key = try #require(NoteKey(name: "pool.other.example", publicKey: [UInt8](repeating: 1, count: 32)))
        let server = try ScriptedPool { _, _ in
            ScriptedPool.answer("200 OK", ["Content-Type: text/plain"], body: Array("\(key)\n".utf8))
        }
        try writeConfiguration(url: server.url)
        let refused = try join(code)
        #expect(refused.code == 1 && refused.errors.contains("its key is another one"), "\(refused.text)")
        #expect(server.requests.count == 1 && server.requests[0].hasPrefix("GET /v1/key "))
        #expect(!FileManager.default.fileExists(atPath: token))

        // A key in the configuration counts more than what the code says.
        try writeConfiguration(url: server.url, key: "key: \(key)")
        let other = try join(code)
        #expect(other.code == 2 && other.errors.contains("another pool's key"), "\(other.text)")
        #expect(server.requests.count == 1)
    }

    @Test func `a code is not sent where others could read it on the way`() throws {
        try writeConfiguration(url: "http://192.0.2.1:8480")
        let refused = try join(try invite())
        #expect(refused.code == 2 && refused.errors.contains("not encrypted"), "\(refused.text)")
    }

    @Test(arguments: ["", "key: x\n  key-file: y"])
    func `a configuration names the pool's key once`(_ keys: String) throws {
        try writeConfiguration(url: "http://127.0.0.1:1", key: keys)
        let said = try TestProcess.run("mila-station", ["check", "--config", config])
        #expect(said.code == 1 && said.text.contains("'key' or by 'key-file'"), "\(said.text)")
    }
}
