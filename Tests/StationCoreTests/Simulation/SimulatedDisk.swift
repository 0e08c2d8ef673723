// The disk under a simulated journal. What was written is gone after a power cut unless it was synced; of what was not,
// chance keeps a part, and a torn record is none. A program that dies loses nothing that it wrote.

import TestSupport

@testable import StationCore

/// What is written in one transaction.
enum DiskRecord {
    case entries([Entry])
    case attempts(CardDigest, Int)
    case acknowledged(JournalHead)
}

/// A file with a journal, as its owner sees it: what was written, synced or not.
final class JournalFile {
    let epoch: Epoch
    let source = EntrySource(cityDomain: "example.org", station: .of("demo"))
    private(set) var records: [DiskRecord] = []
    /// How many records a power cut can't take.
    private(set) var syncedRecords = 0
    private(set) var syncedHead: JournalHead
    /// The last two syncs: up to where, and when each was done.
    private var syncs: [(sequence: UInt64, instant: UInt64)] = []
    private(set) var head: JournalHead
    private(set) var entries: [Entry] = []
    private(set) var books = ReplayedBooks()
    private(set) var attempts: [CardDigest: Int] = [:]
    /// How far the pool has acknowledged.
    private(set) var acknowledged: UInt64 = 0
    /// The latest time that an entry vouches for.
    private(set) var floor = WallTime.earliest

    init(epoch: Epoch) {
        self.epoch = epoch
        head = JournalHead(epoch: epoch, sequence: 0, hash: .none)
        syncedHead = head
    }

    func write(_ record: DiskRecord) {
        records.append(record)
        apply(record)
    }

    /// Puts what was written where a power cut can't take it; done at an instant of the world.
    func sync(doneAt instant: UInt64 = 0) {
        (syncedRecords, syncedHead) = (records.count, head)
        syncs = syncs.suffix(1) + [(head.sequence, instant)]
    }

    /// What a power cut leaves: what was synced, and so many of the records after it.
    func loseAllBut(unsynced kept: Int) {
        guard syncedRecords + kept < records.count else { return sync() }
        let left = records.prefix(syncedRecords + kept)
        (records, entries, books, attempts, acknowledged) = ([], [], ReplayedBooks(), [:], 0)
        (head, floor) = (JournalHead(epoch: epoch, sequence: 0, hash: .none), .earliest)
        for record in left { write(record) }
        sync()
    }

    var unsyncedRecords: Int { records.count - syncedRecords }

    /// Whether an entry would be there after a power cut at this instant.
    func isDurable(_ sequence: UInt64, at now: UInt64) -> Bool {
        syncs.contains { $0.instant <= now && sequence <= $0.sequence }
    }

    func entry(_ sequence: UInt64) -> Entry? {
        sequence > 0 && sequence <= entries.count ? entries[Int(sequence) - 1] : nil
    }

    /// Puts other entries in place of all there are (a mutant).
    func replace(with forged: [Entry]) {
        (records, entries, books) = ([], [], ReplayedBooks())
        write(.entries(forged))
        sync()
    }

    private func apply(_ record: DiskRecord) {
        switch record {
        case .entries(let new):
            for entry in new {
                books.apply(entry)
                head = JournalHead(after: entry)
                if entry.quality == .synchronised { floor = entry.time }
            }
            entries += new
        case .attempts(let card, let count): attempts[card] = count == 0 ? nil : count
        case .acknowledged(let head): acknowledged = head.sequence
        }
    }
}

/// The disk: one journal, and how well it serves it.
final class SimulatedDisk {
    private(set) var file: JournalFile?
    /// Why the next journal is a new one.
    private(set) var newEpoch: (reason: EpochReason, predecessor: ClosedEpoch?)?
    private var chance: SeededGenerator
    private let mutant: Mutant?
    var isFull = false { didSet { if !isFull { ballast = Self.ballastRecords } } }
    /// How long each sync takes, in nanoseconds.
    var lag: UInt64 = 1_000_000
    var failsNextSync = false
    /// Whether the journal's file can't be read at the next start.
    var isDamaged = false
    /// How many records the ballast has room for.
    private var ballast = SimulatedDisk.ballastRecords
    static let ballastRecords = 300

    /// The disk failed to sync: what was written may be gone.
    struct SyncFailed: Error {}

    init(seed: UInt64, mutant: Mutant?) {
        chance = SeededGenerator(seed: seed)
        self.mutant = mutant
    }

    /// The journal's file at a start of the station; a new one where there is none that can be read.
    func open() -> JournalFile {
        if let file, !isDamaged { return file }
        let last = file?.entries.last
        newEpoch = (file == nil ? .first : .quarantined, last.map { ClosedEpoch(number: $0.number, hash: $0.hash) })
        isDamaged = false
        let new = JournalFile(epoch: Epoch(chance.next()))
        file = new
        return new
    }

    /// Whether there is room, from the ballast where that is needed.
    func takeRoom(fromBallast: Bool) -> Bool {
        guard isFull else { return true }
        guard fromBallast, ballast > 0 else { return false }
        ballast -= 1
        return true
    }

    /// Syncs a file, which is done at an instant of the world.
    func sync(_ file: JournalFile, doneAt instant: UInt64) throws {
        if failsNextSync {
            failsNextSync = false
            // What the kernel did with these pages nobody knows.
            file.loseAllBut(unsynced: chance.number(below: file.unsyncedRecords + 1))
            throw SyncFailed()
        }
        // A checkpoint syncs now and then, whatever commits do.
        guard mutant != .syncNormal || chance.happens(2) else { return }
        file.sync(doneAt: instant)
    }

    /// The power is gone.
    func losePower() {
        guard let file else { return }
        file.loseAllBut(unsynced: chance.number(below: file.unsyncedRecords + 1))
    }

    /// Somebody with a screwdriver edits the file (a mutant).
    func edit(_ change: (JournalFile) -> Void) { file.map(change) }
}

extension JournalFile {
    /// Writes an old entry anew, and all hashes behind it, as somebody could who has the memory card (a mutant).
    func rewrite(_ sequence: UInt64) {
        var previous = entry(sequence - 1)?.hash ?? .none
        var forged = entries
        for index in Int(sequence) - 1..<max(Int(sequence) - 1, forged.count) {
            if index == Int(sequence) - 1 { forged[index].time = forged[index].time.adding(milliseconds: 1) }
            forged[index].previousHash = previous
            forged[index].hash = forged[index].computedHash(source: source)
            previous = forged[index].hash
        }
        replace(with: forged)
    }
}
