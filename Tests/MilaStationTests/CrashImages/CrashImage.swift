// What a disk may hold after a power cut: what was synced for certain, and of the rest any part. The smallest part is a
// sector of 512 bytes, which is there as it was at one of the moments since the last sync.

import Crypto
import Foundation
import Glibc
import TestSupport

/// The files that a power cut has left.
struct CrashImage {
    /// What became of all that was not synced.
    enum Style: Hashable, CustomStringConvertible, Sendable {
        /// Nothing of it reached the disk.
        case dropped
        /// All of it did.
        case kept
        /// All of it did but the last write, of which only some sectors at its beginning or at its end did.
        case torn(seed: UInt64)
        /// Each sector, each file's length and each name by itself did or did not.
        case scattered(seed: UInt64)

        var description: String {
            switch self {
            case .dropped: "dropped"
            case .kept: "kept"
            case .torn(let seed): "torn:\(seed)"
            case .scattered(let seed): "scattered:\(seed)"
            }
        }
    }

    /// The least that a disk writes at a time.
    static let sector = 512
    private static let zeros = [UInt8](repeating: 0, count: sector)

    /// Files that a program opens together, and independently of others.
    struct Part: Sendable {
        /// The files by their paths below the root; `nil` stands for a folder.
        fileprivate(set) var files: [String: [UInt8]?] = [:]
        /// The same for two parts that hold the same.
        fileprivate(set) var digest: [UInt8] = []
    }

    private(set) var parts: [Part]

    /// What a power cut leaves of a disk.
    ///
    /// - Parameters:
    ///   - count: how many parts it has.
    ///   - part: the part that a path belongs to; `nil` where nobody looks at it.
    init(_ disk: RecordedDisk, _ style: Style, parts count: Int, part: (String) -> Int?) {
        var chance = Chance(style)
        var names = disk.durableNames
        for (index, change) in disk.pendingNames.enumerated() {
            guard chance.keeps(change: index, of: disk.pendingNames.count, disk.promise) else { continue }
            for (path, file) in change.names { names[path] = file }
        }
        parts = [Part](repeating: Part(), count: count)
        var hashes = [SHA256](repeating: SHA256(), count: count)
        for (path, number) in names.sorted(by: { $0.key < $1.key }) where Self.isReachable(path, names) {
            guard number != RecordedDisk.folder else {
                for part in 0..<count {
                    parts[part].files[path] = .some(nil)
                    hashes[part].update(data: Array("\(path)\n".utf8))
                }
                continue
            }
            guard let part = part(path) else { continue }
            let bytes = Self.content(of: disk.files[number], number, disk, &chance)
            parts[part].files[path] = bytes
            hashes[part].update(data: Array("\(path) \(bytes.count)\n".utf8))
            // A ballast is zeros and nothing else, a megabyte of them; its length tells all.
            if !path.hasSuffix("/ballast") { hashes[part].update(data: bytes) }
        }
        for part in 0..<count { parts[part].digest = Array(hashes[part].finalize()) }
    }

    private static func isReachable(_ path: String, _ names: [String: Int]) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return true }
        let folder = String(path[..<slash])
        return names[folder] == RecordedDisk.folder && isReachable(folder, names)
    }

    private static func content(
        of file: RecordedDisk.File, _ number: Int, _ disk: RecordedDisk, _ chance: inout Chance
    ) -> [UInt8] {
        if file.pending.isEmpty { return file.durable }
        switch chance.style {
        case .dropped: return file.durable
        case .kept: return file.kept
        case .torn:
            // The write that was under way, or what was written last before it.
            guard number == disk.lastWritten ?? number else { return file.kept }
            return content(of: file, disk) { change, sectors in
                guard change == file.pending.count - 1 else { return sectors }
                let part = Int(chance.next() % UInt64(max(sectors.count, 1)))
                return chance.next().isMultiple(of: 2)
                    ? sectors.lowerBound..<sectors.lowerBound + part : sectors.upperBound - part..<sectors.upperBound
            }
        case .scattered:
            let size = chance.moment(of: file, number, sector: -1)
            var moments: [Int: Int] = [:]
            var bytes = file.durable
            var length = bytes.count
            for (index, change) in file.pending.enumerated() {
                switch change {
                case .resize(let wanted):
                    // What is cut off is zeros, should the length come back.
                    for each in wanted / sector..<max(wanted / sector, (bytes.count + sector - 1) / sector) {
                        let moment = moments[each] ?? chance.moment(of: file, number, sector: each)
                        moments[each] = moment
                        guard index < moment else { continue }
                        let part = max(wanted, each * sector)..<min(bytes.count, (each + 1) * sector)
                        bytes.put(Self.zeros, 0..<part.count, at: part.lowerBound)
                    }
                    if index < size { length = wanted }
                case .write(let offset, let payload):
                    let sectors = offset / sector...(offset + payload.count - 1) / sector
                    for each in sectors {
                        let moment = moments[each] ?? chance.moment(of: file, number, sector: each)
                        moments[each] = moment
                        guard index < moment else { continue }
                        let part = max(offset, each * sector)..<min(offset + payload.count, (each + 1) * sector)
                        let start = payload.lowerBound + part.lowerBound - offset
                        bytes.put(disk.log.bytes, start..<start + part.count, at: part.lowerBound)
                    }
                    if index < size { length = max(length, offset + payload.count) }
                }
            }
            bytes.resize(to: length)
            return bytes
        }
    }

    /// All changes of a file, of each write only the sectors that `part` gives. What is at a length beyond them is zeros.
    private static func content(
        of file: RecordedDisk.File, _ disk: RecordedDisk, part: (Int, Range<Int>) -> Range<Int>
    ) -> [UInt8] {
        var bytes = file.durable
        for (index, change) in file.pending.enumerated() {
            switch change {
            case .resize(let size): bytes.resize(to: size)
            case .write(let offset, let payload):
                let all = offset / sector..<(offset + payload.count - 1) / sector + 1
                let sectors = part(index, all)
                let first = max(offset, sectors.lowerBound * sector)
                let last = min(offset + payload.count, sectors.upperBound * sector)
                guard first < last else { continue }
                let start = payload.lowerBound + first - offset
                bytes.put(disk.log.bytes, start..<start + last - first, at: first)
            }
        }
        return bytes
    }
}

// MARK: - As files

extension CrashImage.Part {
    /// Writes the part into an empty folder.
    ///
    /// - Parameter ballast: a file that stands for every ballast of its size: a second name of it is quicker than a
    ///   megabyte of zeros.
    /// - Throws: ``BenchError`` where the folder can't be written.
    func write(to folder: String, ballast: String) throws {
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let place = "\(folder)/\(path)"
            guard let bytes else {
                guard mkdir(place, 0o700) == 0 else { throw BenchError("\(place): errno \(errno)") }
                continue
            }
            if path.hasSuffix("/ballast"), bytes.count == 1 << 20, link(ballast, place) == 0 { continue }
            let descriptor = open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            defer { close(descriptor) }
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard descriptor >= 0, count == bytes.count else { throw BenchError("\(place): errno \(errno)") }
        }
    }
}

/// The chances of one image, the same for a seed.
private struct Chance {
    let style: CrashImage.Style
    private let seed: UInt64
    private var generator: SeededGenerator
    /// In how many of 16 cases a sector stays as it was synced, and in how many it is as written last; in the others it is
    /// as it was at some moment between.
    private let (old, new): (UInt64, UInt64)

    init(_ style: CrashImage.Style) {
        self.style = style
        switch style {
        case .dropped, .kept: seed = 0
        case .torn(let seed), .scattered(let seed): self.seed = seed
        }
        generator = SeededGenerator(seed: seed)
        (old, new) = [(7, 7), (1, 14), (14, 1), (4, 4), (0, 15)][Int(generator.next() % 5)]
    }

    mutating func next() -> UInt64 { generator.next() }

    /// How many of a file's pending changes had been done when a sector was written; -1 is the file's length.
    func moment(of file: RecordedDisk.File, _ number: Int, sector: Int) -> Int {
        var own = SeededGenerator(seed: seed &+ UInt64(number) &* 0x1_0000_0000 &+ UInt64(bitPattern: Int64(sector)))
        let draw = own.next() % 16
        if draw < old { return 0 }
        if draw < old + new { return file.pending.count }
        return Int(own.next() % UInt64(file.pending.count + 1))
    }

    /// Whether a change of names reached the disk.
    mutating func keeps(change index: Int, of count: Int, _ promise: RecordedDisk.Promise) -> Bool {
        switch style {
        case .dropped: return false
        case .kept, .torn: return true
        case .scattered:
            switch promise {
            case .posix: return generator.next().isMultiple(of: 2)
            case .journaling:
                // The first so many of them.
                var own = SeededGenerator(seed: seed)
                return index < Int(own.next() % UInt64(count + 1))
            }
        }
    }
}
