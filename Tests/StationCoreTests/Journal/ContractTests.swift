// Entries of all kinds, held against the schemas of the contract by another program: what a client in another language
// generates from the contract reads what stations write.

import Foundation
import TestSupport
import Testing

@testable import StationCore

@Suite("Entries, held against the contract", .enabled(if: TestTools.areThere, "needs jsonschema: `make test`"))
struct ContractTests {
    private let contract = TestTools.package.appendingPathComponent("docs/api/city-pool.openapi.yaml").path

    /// What the other program finds wrong with entries.
    private func findings(_ documents: [[UInt8]], _ contract: String) throws -> [String] {
        let folder = try Folder()
        let file = try folder.write(documents.map { text($0) }.joined(separator: "\n") + "\n", to: "entries.ndjson")
        let said = try TestTools.run("contract_says.py", [contract, file])
        guard said.code < 2, said.errors.isEmpty else { throw BenchError(said.text) }
        return said.output.split(separator: "\n").map(String.init)
    }

    private var documents: [[UInt8]] {
        EntryKind.allCases.flatMap(\.samples).compactMap { happening in
            var journal = TestJournal()
            journal.write(happening)
            return journal.documents.first
        }
    }

    @Test func `entries of every kind fit the schema, and spoiled ones do not`() throws {
        #expect(try findings(documents, contract) == [])
    }

    @Test func `a schema that asks for other things is found out`() throws {
        let folder = try Folder()
        let right = try String(contentsOfFile: contract, encoding: .utf8)
        for (wrong, what) in [
            (("enum: [due, item, loan]", "enum: [due, item]"), "loan-renewed.v1 does not fit"),
            (
                ("propertyNames: { enum: [due, item, loan] }", "maxProperties: 9"),
                "loan-renewed.v1 fits though it is spoiled"
            ),
            (("org.milastation.guard-lost.v1", "org.milastation.guard-left.v1"), "guard-left.v1 is in the contract"),
        ] {
            #expect(right.contains(wrong.0))
            let file = try folder.write(right.replacingOccurrences(of: wrong.0, with: wrong.1), to: "wrong.yaml")
            #expect(try findings(documents, file).contains { $0.contains(what) }, "\(what)")
        }
    }
}
