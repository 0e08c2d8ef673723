// Looks into a write-ahead log before SQLite does. SQLite takes the first frame that does not fit for the end of the log:
// that is right for what a power cut tore off, and loses all that was committed after it where a bit was flipped.
//
// Each commit is synced before the next one is begun, so a power cut can tear the last transaction only. Where frames of
// more than one transaction follow the first bad one, something was damaged that had been synced. The log is begun anew at
// each start, or what an earlier power cut tore off could lie behind a later one. Damage in the very last
// transaction looks like a power cut in it and can't be told from it here; the pool tells it, if it has the entry.
//
// The form of the log: https://www.sqlite.org/fileformat2.html#the_write_ahead_log

internal import Foundation
internal import GRDB
internal import Groundwork

enum WriteAheadLog {
    // All of the log is counted in words of 32 bits, big-endian but for the contents of pages.
    private static let headerWords = 8
    private static let frameHeaderWords = 6
    /// A power cut leaves a sector as it was or as it was to be.
    private static let sectorWords = 128
    /// SQLite writes a log back after a thousand pages: one that is larger than this is not ours.
    private static let mostBytes = 64 << 20

    /// What shows that a log was damaged after it had been synced; `nil` where nothing does, or where there is no log.
    ///
    /// Throws: ``JournalTrouble`` where it can't be read.
    static func damage(_ file: String) throws -> String? {
        let words = try words(of: file)
        // The header is synced before the first frame is written.
        guard words.count > headerWords else { return nil }
        guard let log = Header(words[..<headerWords]) else { return "the write-ahead log: its header" }
        let frameWords = frameHeaderWords + log.pageWords
        var (sum, firstBad, commits) = (log.sum, Int?.none, 0)
        for number in 0..<(words.count - headerWords) / frameWords {
            let start = headerWords + number * frameWords
            let (header, page) = (words[start..<start + frameHeaderWords], start + frameHeaderWords)
            // Frames of an earlier round of the log are still there, under other salts.
            let strayBits =
                (header[start + 2] ^ log.salts.0).nonzeroBitCount + (header[start + 3] ^ log.salts.1).nonzeroBitCount
            guard strayBits <= 1 else {
                firstBad = firstBad ?? number
                continue
            }
            let expected = log.checksum(
                words[page..<page + log.pageWords], log.checksum(header.prefix(2), sum))
            // The next frame was summed up from what this one says, whether that is right or not.
            sum = Checksum(header[start + 4], header[start + 5])
            let (isGood, ends) = (strayBits == 0 && sum == expected, header[start + 1] != 0)
            // What the first bad frame says of itself counts where a torn write can't have left an older frame's word in it.
            let isWord = isGood ? firstBad != nil : firstBad == nil && start % sectorWords <= sectorWords - 4
            if !isGood { firstBad = firstBad ?? number }
            if isWord, ends { commits += 1 }
        }
        guard let firstBad, commits > 1 else { return nil }
        return "the write-ahead log: \(commits) transactions from frame \(firstBad + 1) on"
    }

    /// Writes the log back into its database, so that what is written next begins it anew, under other salts, and what a power
    /// cut tore off is not taken for a part of it. It is not cut off: until the next sync a file system may show what was
    /// there before in some sectors and nothing in others. Where the disk is full it stays as it is: a station starts on a
    /// full disk too.
    static func writeBack(_ database: DatabaseQueue) throws {
        do {
            try database.writeWithoutTransaction { _ = try $0.checkpoint(.restart) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {}
    }

    private static func words(of file: String) throws -> [UInt32] {
        guard FileManager.default.fileExists(atPath: file) else { return [] }
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            bytes = try handle.read(upToCount: mostBytes) ?? Data()
        } catch { throw JournalTrouble("\(file) can't be read: \(error)") }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
            }
        }
    }

    /// Two sums over words, each of which weighs their order.
    private struct Checksum: Equatable {
        var first: UInt32
        var second: UInt32
        init(_ first: UInt32, _ second: UInt32) { (self.first, self.second) = (first, second) }
    }

    private struct Header {
        let pageWords: Int
        let salts: (UInt32, UInt32)
        let sum: Checksum
        /// Whether words are summed up in the order that they are written in.
        private let isBigEndian: Bool

        /// The header of a log; `nil` where it is none.
        init?(_ words: ArraySlice<UInt32>) {
            guard words[0] & ~1 == 0x377f_0682, words[1] == 3_007_000 else { return nil }
            isBigEndian = words[0] & 1 == 1
            pageWords = Int(words[2]) / 4
            salts = (words[4], words[5])
            sum = Checksum(words[6], words[7])
            guard (512...65536).contains(words[2]), words[2].nonzeroBitCount == 1,
                checksum(words.prefix(6), Checksum(0, 0)) == sum
            else { return nil }
        }

        /// The sum of an even number of words, going on from another sum.
        func checksum(_ words: ArraySlice<UInt32>, _ start: Checksum) -> Checksum {
            var sum = start
            for place in stride(from: words.startIndex, to: words.endIndex, by: 2) {
                sum.first &+= (isBigEndian ? words[place] : words[place].byteSwapped) &+ sum.second
                sum.second &+= (isBigEndian ? words[place + 1] : words[place + 1].byteSwapped) &+ sum.first
            }
            return sum
        }
    }
}
