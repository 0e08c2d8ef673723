// The database is put back from a backup, as the handbook says: stations send what it lacks, and take its register.

import Foundation
import StationCore
import TestSupport
import Testing

@Suite struct RestoreTests {
    @Test(arguments: Engine.allCases)
    func `stations send what the backup lacks, and registers go on`(_ engine: Engine) throws {
        try Restore(on: engine).run()
    }
}

/// A pool whose database is saved, goes on, and is put back.
private struct Restore {
    private let house: PoolHouse
    private let backup: String

    init(on engine: Engine) throws {
        house = try PoolHouse(on: engine)
        backup = house.folder.file("backup")
    }

    private func load(_ quantity: Int) throws -> RegisterVersion {
        let yaml = SampleHouse.yaml.replacing("quantity: 12", with: "quantity: \(quantity)")
        let version = RegisterVersion(
            try house.command(["register", "load", try house.folder.write(yaml, to: "house.yaml")]))
        return try #require(version)
    }

    private func save() throws {
        if let address = house.postgres {
            try PostgresCluster.run("pg_dump", ["--format", "custom", "--file", backup, "--dbname", address])
        } else {
            _ = try house.rows(".backup '\(backup)'")
        }
    }

    private func putBack() throws {
        if let address = house.postgres {
            _ = try house.rows("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            try PostgresCluster.run("pg_restore", ["--dbname", address, "--schema", "public", backup])
        } else {
            let files = try FileManager.default.contentsOfDirectory(atPath: house.data)
            for file in files where file.hasPrefix("pool.sqlite") {
                try FileManager.default.removeItem(atPath: "\(house.data)/\(file)")
            }
            try FileManager.default.copyItem(atPath: backup, toPath: house.database)
        }
    }

    /// The register's version, as the station gets it.
    private func registerVersion() throws -> RegisterVersion? {
        let answer = try house.ask("GET", "/v1/stations/demo/register", token: house.tokens["demo"])
        return try RegisterSnapshot(JSON(parsing: SignedRegister(body: answer.body).payload)).version
    }

    func run() throws {
        var journal = TestJournal()
        journal.lend(times: 10)
        let documents = journal.documents
        let kept = try load(11)
        try house.serve()
        try house.take(Array(documents[..<21]))
        house.stop()
        try save()
        let lost = try load(10)
        #expect(lost.number == kept.number + 1)
        try house.serve()
        try house.take(Array(documents[21...]))
        house.stop()

        try putBack()
        // The control: without the command, the register is an older one of the same incarnation, which no station takes.
        try house.serve()
        #expect(try registerVersion() == kept)
        house.stop()
        let incarnation = try house.command(["restored"])
        #expect(incarnation != kept.incarnation)
        try house.serve()
        #expect(try registerVersion() == RegisterVersion(incarnation: incarnation, number: kept.number))
        let receipt = try #require(house.receipt(try house.take([])))
        #expect(receipt.head.sequence == 21 && receipt.incarnation == incarnation)
        #expect(house.receipt(try house.take(Array(documents[21...])))?.head == journal.head)
        house.stop()
        #expect(try house.rows("SELECT count(*), count(DISTINCT sequence) FROM entries") == ["41|41"])
        #expect(try house.rows("SELECT count(*), count(ended) FROM loans") == ["10|10"])
    }
}
