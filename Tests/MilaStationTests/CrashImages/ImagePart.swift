// The bytes of an image: put together from what was synced and from those pending changes that reached the disk, and written
// into a folder where a program can open them.

import Crypto
import Foundation
import Glibc
import TestSupport

/// Files that a program opens together, and independently of others.
struct ImagePart: Sendable {
    /// The files by their paths below the root; `nil` stands for a folder.
    private(set) var files: [String: [UInt8]?] = [:]
    /// The same for two parts that hold the same.
    let digest: [UInt8]

    /// A part of an image of a disk as it is now.
    init(_ number: Int, of image: CrashImage, _ disk: RecordedDisk) {
        var (hash, chance) = (SHA256(), image.chance)
        for name in image.names where name.part == nil || name.part == number {
            guard name.part != nil else {
                files[name.path] = .some(nil)
                hash.update(data: Array("\(name.path)\n".utf8))
                continue
            }
            let bytes = image.content(of: disk.files[name.file], name.file, disk, &chance)
            files[name.path] = bytes
            hash.update(data: Array("\(name.path) \(bytes.count)\n".utf8))
            // A ballast is zeros and nothing else, a megabyte of them; its length tells all.
            if !name.path.hasSuffix("/ballast") { hash.update(data: bytes) }
        }
        digest = Array(hash.finalize())
    }

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

extension CrashImage {
    private static let zeros = [UInt8](repeating: 0, count: PendingSectors.size)

    fileprivate func content(
        of file: RecordedDisk.File, _ number: Int, _ disk: RecordedDisk, _ chance: inout Chance
    ) -> [UInt8] {
        if file.pending.isEmpty { return file.durable }
        switch style {
        case .dropped: return file.durable
        case .kept: return file.kept
        case .torn:
            // The write that was under way, or what was written last before it.
            guard number == disk.lastWritten ?? number else { return file.kept }
            return torn(file, disk) { sectors in
                let part = Int(chance.next() % UInt64(max(sectors.count, 1)))
                return chance.next().isMultiple(of: 2)
                    ? sectors.lowerBound..<sectors.lowerBound + part : sectors.upperBound - part..<sectors.upperBound
            }
        case .scattered: return scattered(file, number, disk)
        }
    }

    /// Each sector as it was at some moment.
    private func scattered(_ file: RecordedDisk.File, _ number: Int, _ disk: RecordedDisk) -> [UInt8] {
        let (sectors, size) = (disk.sectors(of: number), PendingSectors.size)
        let lengthMoment = lengthMoment(of: file, number)
        var bytes = file.durable
        bytes.resize(to: sectors.extent)
        for touched in sectors.touched {
            let moment = chance.moment(of: file, number, sector: touched.sector)
            let (start, end) = (touched.sector * size, min((touched.sector + 1) * size, sectors.extent))
            for index in touched.changes where index < moment {
                switch file.pending[index] {
                case .resize(let wanted):
                    // A file that was not cut has all that was in it.
                    guard index < lengthMoment, max(wanted, start) < end else { continue }
                    bytes.put(Self.zeros, 0..<end - max(wanted, start), at: max(wanted, start))
                case .write(let offset, let payload):
                    let part = max(offset, start)..<min(offset + payload.count, end)
                    let from = payload.lowerBound + part.lowerBound - offset
                    bytes.put(disk.log.bytes, from..<from + part.count, at: part.lowerBound)
                }
            }
        }
        bytes.resize(to: length(of: file, number))
        return bytes
    }

    /// All changes of a file, of the last write only the sectors that `part` gives. What is at a length beyond them is zeros.
    private func torn(
        _ file: RecordedDisk.File, _ disk: RecordedDisk, part: (Range<Int>) -> Range<Int>
    ) -> [UInt8] {
        let size = PendingSectors.size
        var bytes = file.durable
        for (index, change) in file.pending.enumerated() {
            switch change {
            case .resize(let size): bytes.resize(to: size)
            case .write(let offset, let payload):
                let all = offset / size..<(offset + payload.count - 1) / size + 1
                let sectors = index == file.pending.count - 1 ? part(all) : all
                let first = max(offset, sectors.lowerBound * size)
                let last = min(offset + payload.count, sectors.upperBound * size)
                guard first < last else { continue }
                let start = payload.lowerBound + first - offset
                bytes.put(disk.log.bytes, start..<start + last - first, at: first)
            }
        }
        return bytes
    }
}
