// The time that is known to be past when the station starts: what a held clock wrote into the journal last, and the pool's
// signed word. Of two that contradict each other the later word counts, not the later time: the pool may put a floor right
// that a wrong time server has raised by years.

internal import GRDB
internal import StationCore

/// The pool's word on the time, and where the journal ended when it was given.
struct PoolTime: Equatable, Sendable {
    var time: WallTime
    var epoch: Epoch
    var sequence: UInt64
}

enum ClockFloor {
    /// The latest time that journal and pool vouch for; the earliest there is where neither does.
    static func read(_ journal: JournalStore, poolTime: PoolTime?) throws -> WallTime {
        // Entries that are older than the pool's word are outweighed by it. In a journal of another epoch all are newer.
        let first = poolTime.map { $0.epoch == journal.head.epoch ? $0.sequence : 0 } ?? 0
        let latest = try journal.read { database in
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT time FROM entry WHERE quality = 'synchronised' AND sequence > ? ORDER BY sequence DESC LIMIT 1
                    """, arguments: [Int64(first)])
        }
        return max(poolTime?.time ?? .earliest, latest.map(WallTime.init(milliseconds:)) ?? .earliest)
    }
}
