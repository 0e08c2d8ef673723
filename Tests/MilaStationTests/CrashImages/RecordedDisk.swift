// A disk on which a recorded program's changes happen again, one after another. It knows what a power cut can't take any
// more, because it was synced, and what is still pending. `CrashImage.swift` makes images of it.

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
        /// Which sync, or which beginning, made ``durable`` what it is: the number of its record.
        var version = 0
    }

    /// A change of names: each path gets the file of a number, or none.
    struct NameChange {
        var folder: String
        var names: [(path: String, file: Int?)]
    }

    /// A name that can be reached: that of a file of some part of an image, or that of a folder, which belongs to all parts.
    struct Name {
        var path: String
        var file: Int
        var part: Int?
        /// Tells paths apart, quicker than they do.
        var hash: Int
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
    /// What ``sectors(of:)`` has found of files that did not change since.
    private var sectors: [Int: PendingSectors] = [:]
    /// What ``names(withChanges:part:)`` has found since the last change of a name.
    private var names: [[Int]: [Name]] = [:]

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
            files[number].version = position
            sectors[number] = nil
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

    /// The names that can be reached, sorted, where of the pending changes so many have reached the disk.
    ///
    /// - Parameter part: the part that a path belongs to, always the same; `nil` where nobody looks at it.
    func names(withChanges kept: [Int], part: (String) -> Int?) -> [Name] {
        if let known = names[kept] { return known }
        var all = durableNames
        for index in kept { for (path, file) in pendingNames[index].names { all[path] = file } }
        let found = all.sorted { $0.key < $1.key }.compactMap { path, file -> Name? in
            guard Self.isReachable(path, all) else { return nil }
            let part = file == Self.folder ? nil : part(path)
            guard file == Self.folder || part != nil else { return nil }
            return Name(path: path, file: file, part: part, hash: path.hashValue)
        }
        names[kept] = found
        return found
    }

    private static func isReachable(_ path: String, _ names: [String: Int]) -> Bool {
        guard !path.parent.isEmpty else { return true }
        return names[path.parent] == folder && isReachable(path.parent, names)
    }

    private func change(_ path: String, to number: Int) { change([(path, number)]) }

    private func change(_ names: [(path: String, file: Int?)]) {
        for (path, file) in names { keptNames[path] = file }
        self.names = [:]
        pendingNames.append(NameChange(folder: names[0].path.parent, names: names))
    }

    private func settle(_ isDurable: (NameChange) -> Bool) {
        names = [:]
        for change in pendingNames where isDurable(change) {
            for (path, file) in change.names { durableNames[path] = file }
        }
        pendingNames.removeAll(where: isDurable)
    }

    /// The sectors of a file that are not synced yet. Hundreds of images of one moment ask for them.
    func sectors(of number: Int) -> PendingSectors {
        if let known = sectors[number] { return known }
        let found = PendingSectors(files[number])
        sectors[number] = found
        return found
    }

    private func change(_ number: Int, _ change: Change) {
        files[number].pending.append(change)
        sectors[number] = nil
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

extension RecordedDisk {
    /// Whether nothing is pending.
    var isSettled: Bool { pendingNames.isEmpty && files.allSatisfy(\.pending.isEmpty) }
}

extension String {
    /// The folder that a relative path stands in; "" where that is the root.
    fileprivate var parent: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "" }
}
