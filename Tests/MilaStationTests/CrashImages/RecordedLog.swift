// What `Recorder/recorder.c` wrote down of a real program: each change of its files, each sync, and what it told others, in
// one order. A **prefix** of it is all that had happened when the power went.

import Foundation
import TestSupport

/// The log of a recorder, read once and shared by all who rebuild images from it.
struct RecordedLog: Sendable {
    /// What was done; the numbers are the recorder's.
    enum Operation: UInt32 {
        case started = 1
        case found, created, written, resized, synced, renamed, linked, unlinked, folderMade, folderSynced, told, sent
        case mapped
    }

    /// One thing that was done. Paths are those below the recorder's root, which is "" itself.
    struct Record {
        var operation: Operation
        var process: UInt32
        var descriptor: UInt32
        var inode: UInt64
        var offset: Int
        var path: String
        var other: String
        /// Where its bytes are among ``RecordedLog/bytes``.
        var payload: Range<Int>
    }

    let bytes: [UInt8]
    let records: [Record]
    /// The files that were there before the recording began, as far as a program opened them.
    let initial: [(path: String, payload: Range<Int>)]

    /// Reads a log.
    ///
    /// Throws: ``BenchError`` where it is none, or where a program mapped a file into its memory to write it, which no
    /// recorder sees.
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else { throw BenchError("no log at \(file)") }
        try self.init(bytes: [UInt8](data))
    }

    private init(bytes: [UInt8]) throws {
        var (records, place) = ([Record](), 0)
        func word(_ offset: Int) -> UInt32 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place + offset, as: UInt32.self).littleEndian }
        }
        func long(_ offset: Int) -> UInt64 {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place + offset, as: UInt64.self).littleEndian }
        }
        while place < bytes.count {
            guard place + Self.headCount <= bytes.count, let operation = Operation(rawValue: word(4)) else {
                throw BenchError("the log has no record at \(place)")
            }
            let (end, path, other) = (place + Int(word(0)), Int(word(32)), Int(word(36)))
            let names = place + Self.headCount
            guard names + path + other <= end, end <= bytes.count else { throw BenchError("a record is cut off") }
            let record = Record(
                operation: operation, process: word(8), descriptor: word(12), inode: long(16),
                offset: Int(long(24)), path: String(decoding: bytes[names..<names + path], as: UTF8.self),
                other: String(decoding: bytes[names + path..<names + path + other], as: UTF8.self),
                payload: names + path + other..<end)
            guard operation != .mapped else { throw BenchError("\(record) is written through memory, unseen") }
            records.append(record)
            place = end
        }
        self.init(bytes: bytes, records: records)
    }

    private init(bytes: [UInt8], records: [Record]) {
        self.bytes = bytes
        self.records = records
        initial = Self.initial(records)
    }

    /// The log of a recorder that missed something.
    func without(_ index: Int) -> RecordedLog {
        var rest = records
        rest.remove(at: index)
        return RecordedLog(bytes: bytes, records: rest)
    }

    private static func initial(_ records: [Record]) -> [(path: String, payload: Range<Int>)] {
        var (known, initial) = (Set<String>(), [(path: String, payload: Range<Int>)]())
        for record in records {
            switch record.operation {
            case .found:
                if known.insert(record.path).inserted { initial.append((record.path, record.payload)) }
            case .created, .unlinked: known.insert(record.path)
            case .renamed, .linked: known.formUnion([record.path, record.other])
            case .started, .written, .resized, .synced, .folderMade, .folderSynced, .told, .sent, .mapped: break
            }
        }
        return initial
    }

    /// How often a write-ahead log was begun anew though its program ran on: each time it had been written back.
    func checkpoints(of wal: String) -> Int {
        var (inode, begun, made) = (UInt64?.none, 0, 0)
        for record in records {
            if record.operation == .created, record.path == wal { (inode, made) = (record.inode, made + 1) }
            if record.operation == .written, record.inode == inode, record.offset == 0 { begun += 1 }
        }
        return begun - made
    }

    /// The records that made a write-ahead log empty.
    func emptied(_ wal: String) -> [Int] {
        var (inodes, found) = (Set<UInt64>(), [Int]())
        for (index, record) in records.enumerated() {
            switch record.operation {
            case .created, .found: if record.path == wal { inodes.insert(record.inode) }
            case .resized: if record.offset == 0, inodes.contains(record.inode) { found.append(index) }
            case .started, .written, .synced, .renamed, .linked, .unlinked, .folderMade, .folderSynced, .told, .sent,
                .mapped:
                break
            }
        }
        return found
    }

    /// How many bytes a record has before its paths.
    private static let headCount = 40
}
