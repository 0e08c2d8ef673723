// The unsynced part of a file, by sectors: what a power cut may leave of each does not depend on the others.

import Glibc

/// Which of a file's pending changes touch which of its sectors.
struct PendingSectors {
    /// The least that a disk writes at a time, in bytes.
    static let size = 512

    /// A sector, and the changes that touch it, oldest first.
    struct Touched {
        var sector: Int
        var changes: [Int]
    }

    private(set) var touched: [Touched] = []
    /// Whether the file's length was changed by itself.
    private(set) var isResized = false
    /// How long the file may have become, with all that was ever written.
    private(set) var extent: Int

    init(_ file: RecordedDisk.File) {
        extent = file.durable.count
        for case .write(let offset, let payload) in file.pending { extent = max(extent, offset + payload.count) }
        let size = Self.size
        var places: [Int: Int] = [:]
        for (index, change) in file.pending.enumerated() {
            let sectors: Range<Int>
            switch change {
            case .write(let offset, let payload):
                sectors = offset / size..<(offset + payload.count + size - 1) / size
            case .resize(let wanted):
                isResized = true
                // What is cut off is zeros, should the length come back.
                sectors = wanted / size..<max(wanted / size, (extent + size - 1) / size)
            }
            for sector in sectors {
                if let place = places[sector] {
                    touched[place].changes.append(index)
                } else {
                    places[sector] = touched.count
                    touched.append(Touched(sector: sector, changes: [index]))
                }
            }
        }
    }
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
