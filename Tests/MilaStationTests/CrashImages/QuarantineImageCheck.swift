// Opens what a power cut has left of a station that found its journal damaged: the old one is somewhere whole, the new one
// says that it is a successor, and of which, and no locker is trusted that nobody has looked into.

import Foundation
import GRDB
import StationCore
import TestSupport

@testable import MilaStation

/// Looks at the files of a station that put its journal aside.
struct QuarantineImageCheck: ImageCheck {
    private(set) var station: StationImageCheck
    /// What the damaged journal holds, as it was found.
    private let old: Content
    private let lockers: [LockerID]
    private let predecessor: EntryNumber?

    /// A check for images of a station whose files are whole in the end, but for those put aside.
    ///
    /// - Parameters:
    ///   - log: what was recorded, with the damaged files in it.
    ///   - isTrusting: a station that doubts no locker, as a negative control.
    init(whole folder: String, data: String, source: EntrySource, log: RecordedLog, isTrusting: Bool = false) throws {
        station = try StationImageCheck(whole: folder, data: data, source: source)
        let copy = try Folder(inMemory: true)
        let journal = "\(data)/journal.sqlite"
        for (path, payload) in log.initial where path.hasPrefix(journal) {
            let file = copy.file("journal.sqlite" + path.dropFirst(journal.count))
            try Data(log.bytes[payload]).write(to: URL(fileURLWithPath: file))
        }
        old = Content(file: copy.file("journal.sqlite"))
        guard let first = station.history.first, first.kind == .epochOpened,
            first.fields.reason == EpochReason.quarantined.rawValue
        else { throw BenchError("the new journal does not begin with why") }
        predecessor = first.fields.predecessor
        lockers = station.history.filter { $0.kind == .contentDoubted }.compactMap(\.fields.locker)
        station.lockers = isTrusting ? [] : lockers
    }

    var parts: Int { station.parts }

    func part(of path: String) -> Int? { station.part(of: path) }

    func verdict(_ part: Int, _ folder: String, isThorough: Bool) async throws -> ImageVerdict {
        guard part == 2 else { return try await station.verdict(part, folder, isThorough: isThorough) }
        var verdict = ImageVerdict()
        let folder = "\(folder)/\(station.data)"
        let file = folder + "/journal.sqlite"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let opened = try JournalStore.open(file, source: station.source)
        let (journal, count) = (opened.store, Int(opened.store.head.sequence))
        if count > 0 {
            try station.compare(journal, count, isThorough, &verdict)
            verdict.reached = count
            if opened.newEpoch != nil { verdict.faults.append("an epoch begins where there are entries") }
        } else if opened.newEpoch?.reason != .quarantined {
            verdict.faults.append("LOST: the new journal does not say that it is a successor")
        } else if opened.newEpoch?.predecessor?.number != predecessor {
            verdict.faults.append("LOST: the new journal does not say of which it is the successor")
        }
        let aside = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasPrefix("journal.sqlite.quarantined-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
        }
        if !aside.contains(where: { Content(file: "\(folder)/\($0)") == old }) {
            verdict.faults.append("LOST: the damaged journal is nowhere whole: \(aside)")
        }
        try station.goOn(opened, in: folder, &verdict)
        if count == 0 {
            let again = try JournalStore.open(file, source: station.source).store
            if try !Set(lockers).isSubset(of: again.lockersInDoubt()) {
                verdict.faults.append("a locker is trusted though its journal is gone")
            }
            try again.close()
        }
        return verdict
    }
}

/// What a damaged journal holds: all rows of its tables, or the bytes of a file that is no database.
private enum Content: Equatable {
    case rows([String: [String]])
    case bytes(Data)

    init(file: String) {
        do {
            let queue = try DatabaseQueue(path: file)
            defer { try? queue.close() }
            self = .rows(
                try queue.read { database in
                    var tables: [String: [String]] = [:]
                    for name in try String.fetchAll(
                        database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
                    {
                        tables[name] = try Row.fetchAll(database, sql: "SELECT * FROM \"\(name)\"").map(\.description)
                    }
                    return tables
                })
        } catch {
            self = .bytes(FileManager.default.contents(atPath: file) ?? Data())
        }
    }
}
