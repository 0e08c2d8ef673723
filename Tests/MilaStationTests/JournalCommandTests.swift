// `journal export`, `verify` and `status`: of a station that runs and of one that does not, of a journal that is whole
// and of one that somebody has been at. A verifier in another language checks the same exports.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct JournalCommandTests {
    /// A journal with two loans and a return, its station's key, and its export with a checkpoint of its end.
    private struct Sample {
        let folder: Folder
        let database: String
        let checkpoint: String
        let export: String
        let key: String

        /// One journal is made; each test is at a copy of it.
        private static let original = Result { try Sample(made: ()) }

        init() throws {
            let original = try Self.original.get()
            folder = try Folder()
            let data = folder.path + "/data"
            try FileManager.default.copyItem(atPath: original.folder.path + "/data", toPath: data)
            (database, key) = (data + "/station/journal.sqlite", original.key)
            (checkpoint, export) = (folder.path + "/checkpoint", folder.path + "/export.ndjson")
            try FileManager.default.copyItem(atPath: original.checkpoint, toPath: checkpoint)
            try FileManager.default.copyItem(atPath: original.export, toPath: export)
        }

        init(made: Void) throws {
            folder = try Folder()
            let data = folder.path + "/data"
            database = data + "/station/journal.sqlite"
            checkpoint = folder.path + "/checkpoint"
            export = folder.path + "/export.ndjson"
            let (card, items) = (SampleHouse.borrowers[0].card.text, SampleHouse.items.map(\.label.text))
            let demo = try TestProcess.run(
                "mila-station", ["demo", "--screen", "none", "--into", data],
                input: "\(card)\n\(items[5])\n\(items[4])\n\(items[0])\n")
            guard demo.code == 0 else { throw BenchError(demo.errors) }
            let exported = try TestProcess.run(
                "mila-station", ["journal", "export", "--database", database, "--checkpoint", checkpoint])
            guard exported.code == 0 else { throw BenchError(exported.errors) }
            try Data(exported.output.utf8).write(to: URL(fileURLWithPath: export))
            let status = try TestProcess.run(
                "mila-station", ["journal", "status", "--database", database])
            let line = status.output.split(separator: "\n").first { $0.hasPrefix("key: ") }
            key = String(try #require(line).dropFirst("key: ".count))
        }

        func run(_ command: String, _ arguments: String...) throws -> TestProcess.End {
            try TestProcess.run(
                "mila-station", ["journal", command, "--database", database] + arguments)
        }

        func tamper(_ sql: String) throws {
            let queue = try DatabaseQueue(path: database)
            try queue.write { try $0.execute(sql: sql) }
            try queue.close()
        }

        func python(_ script: String, _ arguments: [String]) throws -> TestProcess.End {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            return try TestProcess.run("python3", ["-B", tests.appendingPathComponent(script).path] + arguments)
        }
    }

    @Test func `a whole journal verifies, with its checkpoint too`() throws {
        let sample = try Sample()
        let plain = try sample.run("verify")
        #expect(plain.code == 0, "\(plain.output)")
        let checked = try sample.run("verify", "--checkpoint", sample.checkpoint)
        #expect(checked.code == 0, "\(checked.output)")
        let keyed = try sample.run("verify", "--checkpoint", sample.checkpoint, "--key", sample.key)
        #expect(keyed.code == 0, "\(keyed.output)")
    }

    @Test(arguments: [
        ("UPDATE entry SET item = 'other' WHERE sequence = 6", "entry 6: edited"),
        ("UPDATE entry SET time = time + 1 WHERE sequence = 1", "entry 1: edited"),
        ("UPDATE entry SET hash = randomblob(32) WHERE sequence = 4", "entry 4: edited"),
        ("DELETE FROM entry WHERE sequence = 5", "entry 5: it is missing"),
        ("DELETE FROM entry WHERE sequence = 1", "entry 1: it is missing"),
        (
            """
            UPDATE entry SET sequence = -1 WHERE sequence = 5; UPDATE entry SET sequence = 5 WHERE sequence = 6;
            UPDATE entry SET sequence = 6 WHERE sequence = -1
            """, "entry 5: "
        ),
        ("UPDATE entry SET kind = 'nonsense' WHERE sequence = 7", "entry 7: the column kind"),
    ])
    func `verify says where somebody has been at the journal`(sql: String, finding: String) throws {
        let sample = try Sample()
        try sample.tamper(sql)
        let verify = try sample.run("verify")
        #expect(verify.code == 1)
        #expect(verify.output.contains(finding), "\(verify.output)")
    }

    @Test func `a tail that was cut off shows against a checkpoint only`() throws {
        let sample = try Sample()
        let last = try #require(
            try rows("SELECT max(sequence) AS last FROM entry", in: sample.database).first?["last"] as Int?)
        try sample.tamper("DELETE FROM entry WHERE sequence > \(last - 2)")
        #expect(try sample.run("verify").code == 0)
        let verify = try sample.run("verify", "--checkpoint", sample.checkpoint)
        #expect(verify.code == 1)
        #expect(verify.output.contains("entry \(last - 1): truncated"), "\(verify.output)")
    }

    @Test func `a checkpoint that another key signed, or that is none, proves nothing`() throws {
        let (sample, other) = (try Sample(), try Sample(made: ()))
        let foreign = try sample.run("verify", "--checkpoint", other.checkpoint)
        #expect(foreign.code == 1)
        #expect(foreign.output.contains("not signed by the key"))
        let none = try sample.run("verify", "--checkpoint", sample.export)
        #expect(none.code == 2)
        #expect(none.errors.contains("is no checkpoint"))
    }

    @Test func `a verifier in Python finds the same journal whole, and every way of being at it`() throws {
        let sample = try Sample()
        let whole = try sample.python("verify_journal.py", [sample.export])
        #expect(whole.code == 0, "\(whole.output)")
        let all = try sample.python("test_verify_journal.py", [sample.export, sample.checkpoint, sample.key])
        #expect(all.code == 0, "\(all.output)")
        #expect(all.text.contains("\nOK"))

        let lines = try String(contentsOfFile: sample.export, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: true)
        let cut = sample.folder.path + "/cut.ndjson"
        try Data((lines.dropLast().joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: cut))
        #expect(try sample.python("verify_journal.py", [cut]).code == 0)
        let short = try sample.python(
            "verify_journal.py", [cut, "--checkpoint", sample.checkpoint, "--key", sample.key])
        #expect(short.code == 1)
        #expect(short.output.contains("cut off"))
        #expect(try sample.python("verify_journal.py", []).code == 2)
    }

    @Test func `a running station is asked for its journal, and answers as the file would`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[0].label.text)
        try eventually("the drill is taken") { house.screen.contains("\"id\":\"taken\"") }

        let status = try house.run("journal", "status")
        #expect(status.code == 0, "\(status.errors)")
        #expect(status.output.contains("openloans: 1"))
        #expect(status.output.contains("program: 0.1.0"))
        #expect(try house.run("journal", "verify").code == 0)
        let running = try house.run("journal", "export")
        #expect(running.code == 0, "\(running.errors)")
        #expect(house.stop(.station) == 0)

        let stored = try house.run("journal", "export")
        #expect(stored.output.hasPrefix(running.output))
        #expect(try jsonLines(stored.output).last?["type"] as? String == "org.milastation.station-stopped.v1")
        #expect(try house.run("journal", "status").output.contains("running: false"))
    }

    @Test func `a journal that is not there, or none, is a fault that says so`() throws {
        let folder = try Folder()
        let missing = try TestProcess.run(
            "mila-station", ["journal", "verify", "--database", folder.path + "/none.sqlite"])
        #expect(missing.code == 70)
        #expect(missing.errors.contains("there is no journal at"))
        let text = folder.path + "/text.sqlite"
        try Data("this is no database, and longer than its header would be".utf8).write(to: URL(fileURLWithPath: text))
        let none = try TestProcess.run("mila-station", ["journal", "export", "--database", text])
        #expect(none.code == 70)
        #expect(none.errors.contains("can't be read"))
        let wrong = try TestProcess.run("mila-station", ["journal", "export"])
        #expect(wrong.code == 2)
    }
}
