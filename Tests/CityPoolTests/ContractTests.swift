// The contract and the pool say the same: every address, every kind of problem, and whatever schemathesis asks.

import Foundation
import Logging
import StationCore
import TestSupport
import Testing
import Yams

@testable import CityPool

@Suite struct ContractTests {
    private let house: PoolHouse
    private let file = TestTools.package.appendingPathComponent("docs/api/city-pool.openapi.yaml")

    init() throws { house = try PoolHouse() }

    private func contract() throws -> [String: Any] {
        try #require(try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any])
    }

    @Test func `the contract has every address with every method, and no other`() async throws {
        let paths = try #require(try contract()["paths"] as? [String: [String: Any]])
        let methods = ["get", "put", "post", "delete", "patch"]
        let listed = paths.flatMap { path, item in
            item.keys.filter(methods.contains).map { "\($0.uppercased()) \(path)" }
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try await PoolDatabase(SQLiteEngine(folder: house.data))
        let pool = try await Pool(store: store, folder: house.data, logger: logger)
        let routes = PoolRoutes(pool: pool, gate: IntakeGate(places: 1), watch: RegisterWatch(store))
        #expect(routes.addresses.sorted() == listed.sorted())
        #expect(listed.count > 10)
    }

    @Test func `the contract has every kind of problem, and no other`() throws {
        let components = try #require(try contract()["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let properties = try #require(schemas["Problem"]?["properties"] as? [String: [String: Any]])
        let listed = try #require(properties["type"]?["enum"] as? [String])
        #expect(listed.sorted() == Problem.Kind.allCases.map { Problem.typePrefix + $0.rawValue }.sorted())
    }

    @Test func `the pool serves its contract to anybody`() throws {
        try house.serve()
        let answer = try house.ask("GET", "/v1/openapi.yaml")
        #expect(answer.status == 200 && answer.fields["content-type"] == "application/yaml")
        #expect(try answer.body == Array(Data(contentsOf: file)))
    }

    @Test func `an address says which methods it takes`() throws {
        try house.serve()
        for (method, path, allowed) in [
            ("DELETE", "/v1/items", "GET, HEAD"), ("PUT", "/v1/stations/any/entries", "GET, HEAD, POST"),
            ("QUERY", "/v1/register", "PUT"), ("TRACE", "/health", "GET, HEAD"),
        ] {
            let answer = try house.ask(method, path, token: house.admin)
            #expect(answer.problem == "method-not-allowed" && answer.fields["allow"] == allowed, "\(method) \(path)")
        }
        #expect(try house.ask("DELETE", "/v1/nowhere", token: house.admin).problem == "not-found")
        #expect(try house.ask("GET", "/v1/stations/any", token: house.admin).problem == "not-found")
    }

    // MARK: - By another program

    /// Runs schemathesis with a contract against the pool.
    ///
    /// The seed is the same in each run, so that what lands has passed what the next one asks; `SCHEMATHESIS_SEED` has
    /// another one tried.
    private func schemathesis(_ contract: String, _ more: [String] = []) throws -> TestProcess.End {
        let folder = try Folder()
        let settings = try folder.write(
            """
            [parameters]
            "path.id" = "demo"
            "path.number" = 1
            "path.item" = "saw"
            [generation]
            max-examples = 25
            [[operations]]
            include-operation-id = ["deliver", "register", "report", "time"]
            headers = { Authorization = "Bearer \(house.tokens["demo"] ?? "")" }
            # Elements that are no entries are set aside, not refused: those behind them go on.
            [operations.checks]
            negative_data_rejection.enabled = false
            # To a schema 1.0 is a whole number; it is no canonical form of one.
            positive_data_acceptance.enabled = false
            [[operations]]
            exclude-operation-id = ["deliver", "register", "report", "time"]
            headers = { Authorization = "Bearer \(house.admin)" }
            # The form of a register is the handbook's to say.
            [operations.checks]
            positive_data_acceptance.enabled = false
            """, to: "schemathesis.toml")
        let seed = ProcessInfo.processInfo.environment["SCHEMATHESIS_SEED"] ?? "7"
        // It keeps what it found in the folder that it runs in.
        return try TestProcess.run(
            "sh",
            [
                "-c", "cd \"$0\" && exec \"$@\"", folder.path, TestTools.path(of: "schemathesis"), "--config-file",
                settings, "run", "--url", "http://127.0.0.1:\(house.port)", "--seed", seed,
                // What follows from answers would differ from run to run.
                "--phases", "examples,coverage,fuzzing", "--workers", "1", "--no-color", contract,
            ] + more, atMost: 600)
    }

    @Test(.enabled(if: TestTools.areThere, "needs schemathesis: `make test`"))
    func `whatever another program thinks of, the pool answers as its contract says`() throws {
        try house.serve(["--load", try house.folder.write(SampleHouse.wholeYAML, to: "whole.yaml")])
        // There is something to be had at each address.
        var journal = TestJournal()
        journal.checkOut("drill-1")
        journal.write(.itemReceived(item: .of("painting"), nil))
        try house.take(journal.documents)
        let said = try schemathesis(file.path)
        #expect(said.code == 0, "\(said.text.suffix(6000))")
        #expect(said.output.contains("Tested: 32"))
    }

    @Test(.enabled(if: TestTools.areThere, "needs schemathesis: `make test`"))
    func `a contract that lies is found out`() throws {
        try house.serve(["--load", try house.folder.write(SampleHouse.yaml, to: "house.yaml")])
        let lie = try String(contentsOf: file, encoding: .utf8)
            .replacingOccurrences(
                of: "lent: { description: how many of it are on loan, type: integer", with: "lent: { type: string")
        let said = try schemathesis(
            try house.folder.write(lie, to: "lie.yaml"), ["--include-operation-id", "items"])
        #expect(said.code == 1 && said.output.contains("violates schema"))
    }
}
