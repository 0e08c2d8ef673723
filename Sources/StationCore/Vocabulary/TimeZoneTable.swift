// A time zone as the core knows it: a table of offset changes that the shell reads from the system's tz
// database. Local times that a clock change skips or repeats have one defined meaning here.

/// The offsets from UTC of one time zone, with the instants at which they begin.
public struct TimeZoneTable: Equatable, Sendable {
    /// One offset, in force from an instant until the next change.
    public struct Change: Equatable, Sendable {
        /// When the offset comes into force.
        public var from: WallTime
        /// Seconds to add to UTC, −18 h … +18 h.
        public var offsetSeconds: Int32

        /// An offset in force from an instant on.
        public init(from: WallTime, offsetSeconds: Int32) {
            self.from = from
            self.offsetSeconds = offsetSeconds
        }
    }

    /// The changes, in order of time; before the first one its offset counts too.
    public let changes: [Change]

    /// A table, or `nil` where it is empty, out of order, or holds an offset of more than 18 hours.
    public init?(_ changes: [Change]) {
        guard !changes.isEmpty,
            zip(changes, changes.dropFirst()).allSatisfy({ $0.from < $1.from }),
            changes.allSatisfy({ abs($0.offsetSeconds) <= 18 * 3600 })
        else { return nil }
        self.changes = changes
    }

    /// The offset in force at an instant, in milliseconds.
    public func offsetMilliseconds(at instant: WallTime) -> Int64 {
        let change = changes.last { $0.from <= instant } ?? changes[0]
        return Int64(change.offsetSeconds) * 1000
    }

    /// The local date, and the milliseconds that local clocks show since its midnight.
    public func local(_ instant: WallTime) -> (date: CivilDate, millisecondOfDay: Int64) {
        instant.adding(milliseconds: offsetMilliseconds(at: instant)).civil
    }

    /// The instant at which local clocks show a time. A time shown twice means the later one (the borrower has
    /// until the end); a time that is skipped means the instant of the change.
    public func instant(_ date: CivilDate, millisecondOfDay: Int64) -> WallTime {
        let shown = WallTime(date, millisecondOfDay: millisecondOfDay)
        let candidates = Set(changes.map(\.offsetSeconds)).map {
            shown.adding(milliseconds: -Int64($0) * 1000)
        }
        let showing = candidates.filter { $0.adding(milliseconds: offsetMilliseconds(at: $0)) == shown }
        if let latest = showing.max() { return latest }
        // Skipped: no instant shows it, so the change that skips it lies between the candidates.
        let earliest = candidates.min() ?? shown
        return changes.first { $0.from > earliest }?.from ?? shown
    }
}
