// A station finds its journal damaged: it is put aside, and a new one begins, under a recorder.

import Foundation
import GRDB
import StationCore
import TestSupport

@testable import MilaStation

extension RecordedDay {
    /// What is wrong with a journal.
    enum Damage: String, CaseIterable, Sendable {
        /// An entry was edited. What came last is in the write-ahead log only.
        case edited
        /// The file is no database any more.
        case unreadable
    }

    /// A station starts on a damaged journal; somebody has looked into a locker, and things are borrowed from it.
    static func quarantined(_ damage: Damage) async throws -> Recording {
        let day = try RecordedDay(recorded: [.station])
        try day.breakJournal(damage)
        try await day.open()
        let looked = try day.house.run("locker", "1", "holds")
        guard looked.code == 0 else { throw BenchError("locker: \(looked.errors)") }
        try await day.lendOne()
        try await day.pull()
        try day.close()
        try await day.open()
        try day.close()
        try day.end()
        return day.recording
    }

    private func lendOne() async throws {
        house.scan(cards[0])
        try await pass(items["drill-1"], until: "taken")
        try await scan(command(.finish), until: "session-ended")
    }

    /// A journal of some days, and what somebody did to it.
    private func breakJournal(_ damage: Damage) throws {
        try FileManager.default.createDirectory(
            atPath: house.journal.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let store = try JournalStore.open(house.journal, source: Self.source).store
        var history = RandomHistory(seed: 5)
        while store.head.sequence < 60 { try store.write(history.decision(at: store.head.next)) }
        try store.close()
        // The station makes one of its own.
        try FileManager.default.removeItem(atPath: house.journal.folder + "/ballast")
        switch damage {
        case .edited:
            let queue = try DatabaseQueue(path: house.journal)
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                try database.execute(sql: "UPDATE entry SET time = time + 1 WHERE sequence = 50")
                try database.execute(sql: "UPDATE upload SET receipt = 'the newest'")
            }
            // As a kill leaves them: the log is not written back.
            let folder = try Folder()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: house.journal + suffix, toPath: folder.file("journal.sqlite" + suffix))
            }
            try queue.close()
            for suffix in ["", "-wal"] {
                try? FileManager.default.removeItem(atPath: house.journal + suffix)
                try FileManager.default.copyItem(
                    atPath: folder.file("journal.sqlite" + suffix), toPath: house.journal + suffix)
            }
        case .unreadable:
            var bytes = FileManager.default.contents(atPath: house.journal) ?? Data()
            bytes.replaceSubrange(0..<2048, with: Data(repeating: 0xaa, count: 2048))
            try bytes.write(to: URL(fileURLWithPath: house.journal))
        }
    }
}
