// Opens what a power cut has left as a station does when it starts, and compares it with what was promised before.

import Foundation
import GRDB
import Groundwork
import StationCore
import TestSupport

@testable import MilaStation

/// What was found in an image, or in a part of it.
struct ImageVerdict: Sendable {
    /// How many entries of the recorded history it has.
    var reached = 0
    /// Whether the program's key is the recorded one.
    var hasKey = false
    /// The number of the register, and of the one that the journal says was applied.
    var register: UInt64 = 0
    var applied: UInt64 = 0
    /// What is wrong with it, whatever was promised.
    var faults: [String] = []

    /// Takes over what was found in another part.
    mutating func add(_ other: ImageVerdict) {
        reached = max(reached, other.reached)
        hasKey = hasKey || other.hasKey
        (register, applied) = (max(register, other.register), max(applied, other.applied))
        faults += other.faults
    }
}

/// Looks at images of a program's files with the program's own code.
protocol ImageCheck: Sendable {
    /// How many parts an image has: files that the program opens together, and independently of others.
    var parts: Int { get }
    /// The part that a path belongs to; `nil` where nobody looks at it.
    func part(of path: String) -> Int?
    /// What is found in a part that is in a folder.
    func verdict(_ part: Int, _ folder: String, isThorough: Bool) async throws -> ImageVerdict
}

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

    /// How many entries are older than the recording, and the register that they speak of.
    private let before: Int

    /// A check for images of a station whose files are whole in the end.
    init(whole folder: String, data: String, source: EntrySource, before: Int = 0) throws {
        // In a copy: opening them changes them.
        let copy = try Folder(inMemory: true)
        for name in ["journal.sqlite", "station.key"] {
            try FileManager.default.copyItem(atPath: "\(folder)/\(data)/\(name)", toPath: copy.file(name))
        }
        let store = try JournalStore.open(copy.file("journal.sqlite"), source: source).store
        history = try store.entries()
        try store.close()
        key = try SigningKey(file: copy.file("station.key"), name: source.description).noteKey
        self.before = before
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
        var verdict = ImageVerdict()
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
        try goOn(opened, &verdict)
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
    private func compare(
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
        if found.map(\.sequence) != Array(1..<count + 1) { verdict.faults.append("the order has holes") }
        // Start-up has checked these hashes against the entries themselves, at the end of the journal.
        if found.map(\.hash) != Array(hashes[..<count]) { verdict.faults.append("other entries than were written") }
        if isThorough {
            var verifier = ChainVerifier(source: source, after: nil)
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
    private func goOn(_ opened: JournalStore.Opened, _ verdict: inout ImageVerdict) throws {
        let (journal, world) = (opened.store, PlayedWorld(journal: opened.store))
        let (head, errands) = (journal.head, try journal.unfinishedErrands())
        let doors = errands.compactMap(\.locker).map { ($0, DeskSetup.Door(pulse: .milliseconds(20), hasSensor: true)) }
        _ = try Conductor(
            ports: StationPorts(
                journal: journal, facts: world, guardian: world, screen: world, clock: world,
                randomness: SystemRandomness()),
            setup: DeskSetup(doors: Dictionary(doors) { $1 }, zone: zone), program: "crash image",
            epoch: opened.newEpoch.map { .epochOpened($0.reason, program: "crash image", predecessor: $0.predecessor) })
        let kinds = try journal.read { database in
            try String.fetchAll(
                database, sql: "SELECT kind FROM entry WHERE sequence > ? ORDER BY sequence",
                arguments: [Int64(head.sequence)])
        }
        let expected: [EntryKind] =
            (opened.newEpoch == nil ? [] : [.epochOpened]) + [.stationStarted] + errands.map { _ in .outcomeUnknown }
        if kinds != expected.map(\.rawValue) { verdict.faults.append("the start wrote \(kinds)") }
        if !(try journal.unfinishedErrands()).isEmpty { verdict.faults.append("errands are left without an outcome") }
        if !Set(errands.compactMap(\.locker)).isSubset(of: try journal.lockersInDoubt()) {
            verdict.faults.append("a locker is trusted though its errand was cut short")
        }
        if !world.ordered.isEmpty { verdict.faults.append("the start opened a door") }
        try journal.close()
    }
}
