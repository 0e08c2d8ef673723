// A disk on which a recorded program's changes happen again, one after another. It knows what a power cut can't take any
// more, because it was synced, and what is still pending. `CrashImage.swift` makes images of it.

import Foundation
import Glibc
import TestSupport

/// The files of a recorded program, as they were after a prefix of its log.
final class RecordedDisk {
    /// When a name in a folder can't be lost any more.
    enum Promise: CaseIterable, Sendable {
        /// When its folder was synced, and not before: all that POSIX promises. Until then each change of a name reaches the
        /// disk by itself, or not.
        case posix
        /// With any later sync of a file, and in the order of the changes: what ext4 and other journaling file systems do.
        case journaling
    }

    /// A change of a file that is not synced yet.
    enum Change {
        case write(offset: Int, payload: Range<Int>)
        case resize(Int)
    }

    struct File {
        /// What was synced last.
        var durable: [UInt8] = []
        /// What happened to it since, in order.
        var pending: [Change] = []
        /// What the program itself reads: all changes done.
        var kept: [UInt8] = []
    }

    /// A change of names: each path gets the file of a number, or none.
    struct NameChange {
        var folder: String
        var names: [(path: String, file: Int?)]
    }

    /// The number of what is no file but a folder.
    static let folder = -1

    let log: RecordedLog
    let promise: Promise
    private(set) var files: [File] = []
    private(set) var durableNames: [String: Int] = [:]
    private(set) var pendingNames: [NameChange] = []
    private(set) var keptNames: [String: Int] = [:]
    private var numbers: [UInt64: Int] = [:]
    /// How many records were done.
    private(set) var position = 0
    /// The file that the last record wrote to.
    private(set) var lastWritten: Int?

    /// A disk with what was there before the recording began.
    init(_ log: RecordedLog, _ promise: Promise) {
        self.log = log
        self.promise = promise
        for (path, payload) in log.initial {
            var folder = path.parent
            while !folder.isEmpty {
                durableNames[folder] = Self.folder
                folder = folder.parent
            }
            durableNames[path] = files.count
            files.append(File(durable: Array(log.bytes[payload]), kept: Array(log.bytes[payload])))
        }
        keptNames = durableNames
    }

    /// Does the next record.
    ///
    /// Throws: ``BenchError`` where it does not fit what came before: then the recorder has missed something.
    func advance() throws {
        let record = log.records[position]
        position += 1
        lastWritten = nil
        switch record.operation {
        case .started, .told, .sent, .mapped: break
        case .found: try find(record)
        case .created:
            numbers[record.inode] = files.count
            files.append(File())
            change(record.path, to: files.count - 1)
        case .written:
            guard let number = numbers[record.inode] else { return }
            change(number, .write(offset: record.offset, payload: record.payload))
            lastWritten = number
        case .resized:
            if let number = numbers[record.inode] { change(number, .resize(record.offset)) }
        case .synced:
            guard let number = numbers[record.inode] else { return }
            files[number].durable = files[number].kept
            files[number].pending = []
            if promise == .journaling { settle { _ in true } }
        case .renamed:
            guard let number = keptNames[record.path], number != Self.folder else {
                throw BenchError("\(record.path) is renamed and is no file")
            }
            guard record.path.parent == record.other.parent else { throw BenchError("\(record.path) moves elsewhere") }
            change([(record.path, nil), (record.other, number)])
        case .linked:
            guard let number = keptNames[record.path] else { throw BenchError("\(record.path) is linked to nothing") }
            change([(record.other, number)])
        case .unlinked: change([(record.path, nil)])
        case .folderMade: change([(record.path, Self.folder)])
        case .folderSynced: settle { self.promise == .journaling || $0.folder == record.path }
        }
    }

    private func change(_ path: String, to number: Int) { change([(path, number)]) }

    private func change(_ names: [(path: String, file: Int?)]) {
        for (path, file) in names { keptNames[path] = file }
        pendingNames.append(NameChange(folder: names[0].path.parent, names: names))
    }

    private func settle(_ isDurable: (NameChange) -> Bool) {
        for change in pendingNames where isDurable(change) {
            for (path, file) in change.names { durableNames[path] = file }
        }
        pendingNames.removeAll(where: isDurable)
    }

    private func change(_ number: Int, _ change: Change) {
        files[number].pending.append(change)
        switch change {
        case .resize(let size): files[number].kept.resize(to: size)
        case .write(let offset, let payload):
            files[number].kept.put(log.bytes, payload, at: offset)
        }
    }

    /// A program opened a file that was there already: it is what was rebuilt so far.
    private func find(_ record: RecordedLog.Record) throws {
        guard let number = keptNames[record.path], number != Self.folder,
            files[number].kept == Array(log.bytes[record.payload])
        else { throw BenchError("record \(position - 1): \(record.path) is not what was recorded of it") }
        numbers[record.inode] = number
    }
}

extension String {
    /// The folder that a relative path stands in; "" where that is the root.
    fileprivate var parent: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "" }
}

extension [UInt8] {
    // By the C library: the standard library's own ways take a call for each byte where the tests are not optimised.

    /// Cuts bytes off, or adds zeros.
    mutating func resize(to size: Int) {
        if size < count { removeLast(count - size) }
        guard size > count else { return }
        let more = size - count
        append(
            contentsOf: [UInt8](unsafeUninitializedCapacity: more) { room, filled in
                if let start = room.baseAddress { memset(start, 0, more) }
                filled = more
            })
    }

    /// Puts bytes at a place, behind zeros where that is beyond the end.
    mutating func put(_ bytes: [UInt8], _ range: Range<Int>, at offset: Int) {
        if offset + range.count > count { resize(to: offset + range.count) }
        withUnsafeMutableBytes { whole in
            bytes.withUnsafeBytes { from in
                guard let target = whole.baseAddress, let source = from.baseAddress else { return }
                memcpy(target + offset, source + range.lowerBound, range.count)
            }
        }
    }
}
