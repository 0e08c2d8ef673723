// The checks of crash images are checked themselves: what is whole passes, and each loss is found. The recorder is checked by
// leaving out something of what it wrote down.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite(.serialized, .enabled(if: !isSanitized, "a sanitizer's own runtime stands between a program and its recorder"))
struct ImageCheckTests {
    private let recording: Recording
    private let station: StationImageCheck
    private let pool: PoolImageCheck

    init() async throws {
        recording = try await RecordedDay.shared()
        station = try StationImageCheck(whole: recording.home, data: "station", source: RecordedDay.source)
        pool = try await PoolImageCheck(
            whole: recording.home, data: "pool", station: id(SampleHouse.station), source: RecordedDay.source,
            history: station.history)
    }

    /// What a check says of the programs' own files, after somebody changed a database.
    private func verdict(
        _ check: any ImageCheck, _ part: Int, _ database: String, _ sql: String, in recording: Recording? = nil
    ) async throws -> ImageVerdict {
        let folder = try Folder(inMemory: true)
        let data = String(database.prefix { $0 != "/" })
        try FileManager.default.copyItem(
            atPath: "\((recording ?? self.recording).home)/\(data)", toPath: folder.file(data))
        let queue = try DatabaseQueue(path: folder.file(database))
        let changes = try await queue.write { database in
            try database.execute(sql: sql)
            return database.changesCount
        }
        try queue.close()
        #expect(changes > 0 || sql == "SELECT 1", "\(sql) changed nothing")
        return try await check.verdict(part, folder.path, isThorough: true)
    }

    @Test(arguments: [
        "SELECT 1", "DELETE FROM entry WHERE sequence = (SELECT max(sequence) FROM entry)",
        "DELETE FROM entry WHERE sequence = 7", "UPDATE entry SET time = time + 1 WHERE sequence = 7",
        "DELETE FROM loan", "UPDATE loan SET due = due + 1", "UPDATE content SET content = 'unverified'",
        "UPDATE upload SET acknowledged = 9999, receipt = ''",
    ])
    func `a journal that lost something is told from a whole one`(sql: String) async throws {
        let verdict = try await verdict(station, 2, "station/journal.sqlite", sql)
        let isWhole = verdict.faults.isEmpty && verdict.reached == station.history.count
        #expect(isWhole == (sql == "SELECT 1"), "\(verdict)")
    }

    @Test(arguments: [
        "SELECT 1", "DELETE FROM entries WHERE sequence = (SELECT max(sequence) FROM entries)",
        "UPDATE epochs SET sequence = sequence - 1", "UPDATE entries SET rejection = 'no' WHERE sequence = 7",
        "DELETE FROM loans WHERE position = 1", "UPDATE loans SET renewals = renewals + 1 WHERE position = 1",
        "UPDATE loans SET ended = NULL, ending = NULL WHERE position = 1", "UPDATE stations SET token = x'00'",
    ])
    func `a pool that lost something, or counts it twice, is told from a whole one`(sql: String) async throws {
        let isWhole: Bool
        do {
            let verdict = try await verdict(pool, 0, "pool/pool.sqlite", sql)
            // All but the last entry, which says that the station stopped.
            isWhole = verdict.faults.isEmpty && verdict.reached == station.history.count - 1 && verdict.hasKey
        } catch {
            isWhole = false
        }
        #expect(isWhole == (sql == "SELECT 1"))
    }

    @Test(arguments: [
        "SELECT 1", "DELETE FROM entry WHERE sequence = 161",
        "UPDATE retention SET note = replace(note, 'v1', 'v2')",
        "UPDATE retention SET note = replace(note, '160', '161')", "UPDATE retention SET trimmed = 159",
        "UPDATE retention SET books = CAST(replace(CAST(books AS TEXT), 'ladder', 'hammer') AS BLOB)",
        """
        UPDATE entry SET disclosure = (SELECT disclosure FROM entry WHERE disclosure LIKE 'WyJ%' LIMIT 1)
        WHERE sequence = 161
        """,
    ])
    func `a journal that has forgotten what it has not signed for is told from one that has`(sql: String)
        async throws
    {
        let recording = try await RecordedDay.sharedForgetting()
        let run = try CrashDay.station(recording, seed: 0).run
        let isWhole: Bool
        do {
            let verdict = try await verdict(run.check, 2, "station/journal.sqlite", sql, in: recording)
            isWhole = verdict.faults.isEmpty && verdict.trimmed == RecordedDay.trimmed
        } catch {
            isWhole = false
        }
        #expect(isWhole == (sql == "SELECT 1"))
    }

    @Test func `a pool that lost something when it was brought up to date is told from a whole one`() async throws {
        let recording = try await RecordedPoolMigration.run(from: 2)
        let run = try await CrashDay.migratedPool(recording, seed: 0)
        for sql in [
            "SELECT 1", "DELETE FROM register", "UPDATE register SET number = 6", "UPDATE items SET german = 'x'",
            "DELETE FROM borrowers WHERE id = 'b-2'", "DELETE FROM loans",
        ] {
            let verdict = try await verdict(run.check, 0, "pool/pool.sqlite", sql, in: recording)
            #expect(run.promises.faults(of: verdict, at: 0).isEmpty == (sql == "SELECT 1"), "\(sql): \(verdict)")
        }
    }

    @Test func `another register, or another key, is told from the right one`() async throws {
        let register = try await verdict(station, 1, "station/register.sqlite", "DELETE FROM register")
        #expect(register.register == 0)
        #expect(try await verdict(station, 1, "station/register.sqlite", "SELECT 1").register > 0)
        let folder = try Folder(inMemory: true)
        #expect(try await !station.verdict(0, folder.path, isThorough: false).hasKey)
    }

    @Test(arguments: ["mila-station", "city-pool"])
    func `a change that the recorder missed shows`(program: String) throws {
        let log = try recording.log(program)
        let (data, name) = program == "city-pool" ? ("pool", "pool") : ("station", "journal")
        let inode = log.records.first { $0.path == "\(data)/\(name).sqlite" }?.inode
        // What is written to the database comes from the write-ahead log, and stays.
        let writes = log.records.indices.filter {
            log.records[$0].operation == .written && log.records[$0].inode == inode
        }
        #expect(writes.count > 20)
        // Of a page that was written once more later nothing is left to see.
        let lasting = writes.filter { write in
            !writes.contains { $0 > write && log.records[$0].offset == log.records[write].offset }
        }
        var missed = [lasting[lasting.count / 2], lasting[lasting.count - 1]]
        missed += try [RecordedLog.Operation.renamed, .unlinked].map { operation in
            try #require(log.records.firstIndex { $0.operation == operation && $0.path.hasPrefix(data) })
        }
        missed.append(
            try #require(log.records.firstIndex { $0.operation == .created && $0.path.hasSuffix(".key.new") }))
        for index in missed {
            let isSeen: Bool
            do { isSeen = try recording.unexplained(log.without(index), below: data) != [] } catch { isSeen = true }
            #expect(isSeen, "record \(index) of \(program): \(log.records[index])")
        }
    }
}
