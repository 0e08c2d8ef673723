// Databases that a newer version has changed: the real programs say so in one sentence, leave them as they are, and start
// again with what they know. Older ones are upgraded: `JournalStoreTests`, `MigrationTests`, `CrashImageTests`.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct VersionTests {
    /// Gives a database the mark of a version that is not there yet, or takes it away again.
    private func mark(_ database: String, isNewer: Bool) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.write { database in
            try database.execute(
                sql: isNewer
                    ? "INSERT INTO grdb_migrations VALUES ('99-from-the-future')"
                    : "DELETE FROM grdb_migrations WHERE identifier = '99-from-the-future'")
        }
        try queue.close()
    }

    @Test func `what a newer version wrote is refused with what to do about it, and is there afterwards`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        #expect(house.stop(.station) == 0)
        #expect(house.stop(.pool) == 0)
        let databases: [(DemoStation.Part, file: String, program: String)] = [
            (.station, house.journal, "mila-station"),
            (.station, house.home + "/station/register.sqlite", "mila-station"),
            (.pool, house.poolDatabase, "city-pool"),
        ]
        for (part, file, program) in databases {
            try mark(file, isNewer: true)
            let bytes = FileManager.default.contents(atPath: file)
            try house.start(part)
            #expect(house.end(of: part) == 70, "\(file)")
            let said = house.errors(of: part)
            #expect(said.contains("was written by a newer \(program). Install that version again."), "\(said)")
            #expect(FileManager.default.contents(atPath: file) == bytes, "\(file)")
            try mark(file, isNewer: false)
        }
        // The control: without the mark they are opened.
        try house.start(.pool)
        try house.start(.station)
        try house.waitUntilReady()
        #expect(house.stop(.station) == 0)
        #expect(!FileManager.default.fileExists(atPath: house.journal + ".quarantined-1"))
    }

    @Test func `a version whose name is damaged is damage, and no newer version`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.guardJoined]) }
        try bench.tamper("UPDATE grdb_migrations SET identifier = '2-staff-and-pomicy' WHERE identifier LIKE '2-%'")
        #expect(try bench.open().quarantine?.reason == "the list of its versions")
    }
}
