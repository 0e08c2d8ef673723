// Opens what a power cut has left as a station does when it starts, and compares it with what was promised before.

import Foundation
import GRDB
import Groundwork
import StationCore
import TestSupport

@testable import MilaStation

/// Looks at the files of a station.
struct StationImageCheck: ImageCheck {
    let source: EntrySource
    let history: [Entry]
    let key: NoteKey
    /// The station's data, below the recorded folder.
    let data: String
    private let books: [BooksState]
    private let hashes: [Data]
    private let zone: TimeZoneTable
    var forgotten: ForgottenCheck

    /// The lockers that a start with a new journal has to doubt.
    var lockers: [LockerID] = []

    /// How many entries are older than the recording, and the register that they speak of.
    let before: Int

    /// A check for images of a station whose files are whole in the end.
    ///
    /// - Parameter older: the entries that were there before the recording, as they were then.
    init(whole folder: String, data: String, source: EntrySource, older: [Entry] = []) throws {
        // In a copy: opening them changes them.
        let copy = try Folder(inMemory: true)
        for name in ["journal.sqlite", "station.key"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(data)/\(name)", toPath: copy.file(name))
        }
        let store = try JournalStore.open(copy.file("journal.sqlite"), source: source).store
        let left = try store.entries()
        history = older + left.filter { $0.number.sequence > UInt64(older.count) }
        forgotten = try ForgottenCheck(
            older: older, left: left, history: history, marks: try store.read(Retention.marks))
        try store.close()
        key = try SigningKey(file: copy.file("station.key"), name: source.description).noteKey
        before = older.count
        var state = BooksState.empty
        var books = [state]
        for entry in history {
            try state.take(entry)
            books.append(state)
        }
        self.books = books
        hashes = history.map { Data($0.hash.bytes) }
        zone = try benchZone()
        (self.source, self.data) = (source, data)
    }

    /// Key, register and journal.
    let parts = 3

    func part(of path: String) -> Int? {
        guard path.hasPrefix(data + "/") else { return nil }
        let name = path.dropFirst(data.count + 1)
        return name.hasPrefix("station.key") ? 0 : name.hasPrefix("register.sqlite") ? 1 : 2
    }

    func verdict(_ part: Int, _ folder: String, isThorough: Bool) async throws -> ImageVerdict {
        // As `StationHouse` does it.
        let folder = "\(folder)/\(data)"
        try DurableFile.makeFolder(folder)
        switch part {
        case 0:
            let found = try SigningKey(file: folder + "/station.key", name: source.description).noteKey
            return ImageVerdict(hasKey: found == key)
        case 1: return try lookAtRegister(folder + "/register.sqlite")
        default: return try lookAtJournal(folder + "/journal.sqlite", isThorough)
        }
    }

    private func lookAtRegister(_ file: String) throws -> ImageVerdict {
        let register = try RegisterStore(file)
        _ = try register.confirmed()
        let verdict = ImageVerdict(register: try register.version()?.number ?? 0)
        try register.confirm(at: WallTime(milliseconds: 1))
        try register.close()
        return verdict
    }

    private func lookAtJournal(_ file: String, _ isThorough: Bool) throws -> ImageVerdict {
        var verdict = ImageVerdict(holdsErased: try forgotten.stands(in: file.folder))
        let opened = try JournalStore.open(file, source: source)
        let journal = opened.store
        _ = try ClockFloor.read(journal, poolTime: nil)
        if let quarantine = opened.quarantine { verdict.faults.append("put aside: \(quarantine.reason)") }
        let isKnown = journal.head.epoch == history[0].number.epoch
        let count = Int(journal.head.sequence)
        if isKnown || count > 0 {
            try compare(journal, count, isThorough, &verdict)
            verdict.reached = count
        }
        try goOn(opened, in: file.folder, &verdict)
        guard isThorough else { return verdict }
        // And once more: what start-up wrote is as durable as what it found.
        let (head, again) = (journal.head, try JournalStore.open(file, source: source))
        if again.store.head != head || again.newEpoch != nil || again.quarantine != nil {
            verdict.faults.append("a second start finds another journal")
        }
        try again.store.close()
        return verdict
    }

    /// What the journal holds is the recorded history up to some entry, and what follows from it.
    func compare(
        _ journal: JournalStore, _ count: Int, _ isThorough: Bool, _ verdict: inout ImageVerdict
    ) throws {
        guard count <= history.count, journal.head.epoch == history[0].number.epoch else {
            verdict.faults.append("\(count) entries of epoch \(journal.head.epoch), which nobody wrote")
            return
        }
        let found = try journal.read { database in
            try Row.fetchAll(database, sql: "SELECT sequence, hash FROM entry ORDER BY sequence").map {
                (sequence: $0["sequence"] as Int, hash: $0["hash"] as Data)
            }
        }
        // Nothing is missing but what the station signed for.
        let gone = try forgotten.trimmed(journal, key, isThorough, &verdict)
        guard gone <= count else { return verdict.faults.append("\(gone) entries are gone of \(count)") }
        if found.map(\.sequence) != Array(gone + 1..<count + 1) { verdict.faults.append("the order has holes") }
        // Start-up has checked these hashes against the entries themselves, at the end of the journal.
        if found.map(\.hash) != Array(hashes[gone..<count]) { verdict.faults.append("other entries than were written") }
        if isThorough {
            var verifier = ChainVerifier(source: source, after: try journal.start())
            for entry in try journal.entries() { try verifier.take(EntryDocument(entry: entry, source: source)) }
        }
        if try journal.books() != books[count] { verdict.faults.append("the books are not what \(count) entries give") }
        let acknowledged = try journal.read(UploadTable.acknowledged)
        if acknowledged > UInt64(count) {
            verdict.faults.append("the pool has \(acknowledged) of \(count) entries")
        }
        verdict.applied =
            history[min(before, count)..<count].last { $0.kind == .registerApplied }?.fields.register?.number ?? 0
    }

    /// The station starts: it writes down that it did, and that nobody knows how what was under way has ended.
    func goOn(_ opened: JournalStore.Opened, in folder: String, _ verdict: inout ImageVerdict) throws {
        let (journal, world) = (opened.store, PlayedWorld(journal: opened.store))
        let (head, errands) = (journal.head, try journal.unfinishedErrands())
        let doubted = opened.newEpoch?.reason == .quarantined ? lockers : []
        let doors = errands.compactMap(\.locker).map { ($0, DeskSetup.Door(pulse: .milliseconds(20), hasSensor: true)) }
        _ = try Conductor(
            ports: StationPorts(
                journal: journal, facts: world, guardian: world, screen: world, clock: world,
                randomness: SystemRandomness()),
            setup: DeskSetup(doors: Dictionary(doors) { $1 }, zone: zone), program: "crash image",
            epoch: opened.newEpoch.map { .epochOpened($0.reason, program: "crash image", predecessor: $0.predecessor) },
            doubted: doubted)
        let kinds = try journal.read { database in
            try String.fetchAll(
                database, sql: "SELECT kind FROM entry WHERE sequence > ? ORDER BY sequence",
                arguments: [Int64(head.sequence)])
        }
        let expected: [EntryKind] =
            (opened.newEpoch == nil ? [] : [.epochOpened]) + [.stationStarted] + errands.map { _ in .outcomeUnknown }
            + doubted.map { _ in .contentDoubted }
        if kinds != expected.map(\.rawValue) { verdict.faults.append("the start wrote \(kinds)") }
        if !(try journal.unfinishedErrands()).isEmpty { verdict.faults.append("errands are left without an outcome") }
        if !Set(errands.compactMap(\.locker)).isSubset(of: try journal.lockersInDoubt()) {
            verdict.faults.append("a locker is trusted though its errand was cut short")
        }
        if !world.ordered.isEmpty { verdict.faults.append("the start opened a door") }
        try forgotten.goOn(journal, in: folder, &verdict)
        try journal.close()
    }
}
