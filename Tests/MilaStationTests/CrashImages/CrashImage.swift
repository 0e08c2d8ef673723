// What a disk may hold after a power cut: what was synced for certain, and of the rest any part. The smallest part is a
// sector of 512 bytes, which is there as it was at one of the moments since the last sync.
//
// An image is an outline first: which changes reached the disk. Most of a million outlines were seen before, and only of the
// others the bytes are put together (`ImagePart.swift`).

import Foundation
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

    /// What two outlines of a part share where the same changes reached the disk. Two that differ may still hold the same.
    struct Mark: Hashable {
        private var (first, second): (UInt64, UInt64) = (0, 0)

        /// Adds what is told apart by three numbers; the order of additions does not matter.
        fileprivate mutating func add(_ kind: Int, _ place: Int, _ value: Int) {
            let whole =
                UInt64(bitPattern: Int64(kind)) &* 0x9e37_79b9_7f4a_7c15
                ^ UInt64(bitPattern: Int64(place)) &* 0xd1b5_4a32_d192_ed03
                ^ UInt64(bitPattern: Int64(value)) &* 0xaef1_7502_108e_f2d9
            var generator = SeededGenerator(seed: whole)
            first &+= generator.next()
            second &+= generator.next()
        }
    }

    let style: Style
    /// Its names that can be reached.
    let names: [RecordedDisk.Name]
    /// For each part; `nil` where its style is so rare that comparing outlines would cost more than it saves.
    private(set) var marks: [Mark]?
    private(set) var chance: Chance

    /// What a power cut leaves of a disk.
    ///
    /// - Parameters:
    ///   - count: how many parts it has.
    ///   - part: the part that a path belongs to; `nil` where nobody looks at it.
    init(_ disk: RecordedDisk, _ style: Style, parts count: Int, part: (String) -> Int?) {
        self.style = style
        chance = Chance(style)
        var kept: [Int] = []
        for index in disk.pendingNames.indices
        where chance.keeps(change: index, of: disk.pendingNames.count, disk.promise) {
            kept.append(index)
        }
        names = disk.names(withChanges: kept, part: part)
        guard case .scattered = style else { return }
        marks = marks(disk, count)
    }

    private func marks(_ disk: RecordedDisk, _ count: Int) -> [Mark] {
        var marks = [Mark](repeating: Mark(), count: count)
        for name in names {
            let number = name.file
            guard let part = name.part else {
                for part in 0..<count { marks[part].add(name.hash, 0, number) }
                continue
            }
            let file = disk.files[number]
            marks[part].add(name.hash, number, file.version)
            guard !file.pending.isEmpty else { continue }
            let sectors = disk.sectors(of: number)
            marks[part].add(-1, number, length(of: file, number))
            if sectors.isResized { marks[part].add(-2, number, lengthMoment(of: file, number)) }
            for touched in sectors.touched {
                let moment = chance.moment(of: file, number, sector: touched.sector)
                // What reached a sector is the first so many changes of it; the last of these says which.
                guard let last = touched.changes.last(where: { $0 < moment }) else { continue }
                marks[part].add(number, touched.sector, last)
            }
        }
        return marks
    }

    /// How many of a file's pending changes had been done when its length reached the disk.
    func lengthMoment(of file: RecordedDisk.File, _ number: Int) -> Int {
        chance.moment(of: file, number, sector: -1)
    }

    /// How long a file is whose sectors are scattered.
    func length(of file: RecordedDisk.File, _ number: Int) -> Int {
        file.pending.prefix(lengthMoment(of: file, number)).reduce(file.durable.count) { length, change in
            switch change {
            case .resize(let wanted): wanted
            case .write(let offset, let payload): max(length, offset + payload.count)
            }
        }
    }
}

/// The chances of one image, the same for a seed.
struct Chance {
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
