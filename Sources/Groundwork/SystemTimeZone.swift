// A time zone from the system's tz database, as the table of offset changes that the core works with. The C library knows the
// rules; asking it day by day costs a few milliseconds once.

internal import Glibc
public import StationCore

/// Why there is no table of a time zone.
public struct TimeZoneTrouble: Error, CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String
}

/// The time zones that this machine knows.
public enum SystemTimeZone {
    private static let folder = "/usr/share/zoneinfo/"
    /// The years that the table covers; due dates lie well within.
    private static let years = (first: 2020, last: 2060)

    /// Whether the tz database has a zone of this name.
    public static func exists(_ name: String) -> Bool {
        let harmless = name.utf8.allSatisfy { byte in
            Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+")
        }
        return harmless && !name.isEmpty && !name.hasPrefix("/") && FileStatus(path: folder + name)?.kind == .regular
    }

    /// The table of a zone. Sets the zone of the whole process, so that logs speak the same time.
    ///
    /// Throws: ``TimeZoneTrouble`` where the tz database does not know the zone.
    public static func table(_ name: String) throws -> TimeZoneTable {
        guard exists(name) else {
            throw TimeZoneTrouble(
                description: "the system knows no time zone '\(name)'. Install tzdata, or correct 'time-zone'.")
        }
        setenv("TZ", name, 1)
        return try table(of: "entry '\(name)'")
    }

    /// The table of the zone that the process is in: that of `TZ`, or else the machine's.
    ///
    /// Throws: ``TimeZoneTrouble`` where it makes no sense.
    public static func current() throws -> TimeZoneTable { try table(of: "zone of this machine") }

    private static func table(of what: String) throws -> TimeZoneTable {
        tzset()
        let (start, end) = (seconds(years.first), seconds(years.last))
        var changes = [TimeZoneTable.Change(from: .earliest, offsetSeconds: offset(at: start))]
        var previous = start
        for moment in stride(from: start, through: end, by: 86_400) {
            if offset(at: moment) != changes[changes.count - 1].offsetSeconds {
                let change = firstMoment(after: previous, until: moment)
                changes.append(
                    TimeZoneTable.Change(
                        from: WallTime(milliseconds: Int64(change) * 1000), offsetSeconds: offset(at: change)))
            }
            previous = moment
        }
        guard let table = TimeZoneTable(changes) else {
            throw TimeZoneTrouble(description: "the tz database's \(what) makes no sense.")
        }
        return table
    }

    private static func seconds(_ year: Int) -> time_t {
        CivilDate(year: year, month: 1, day: 1).map { $0.daysSince1970 * 86_400 } ?? 0
    }

    private static func offset(at moment: time_t) -> Int32 {
        var (moment, parts) = (moment, tm())
        localtime_r(&moment, &parts)
        return Int32(parts.tm_gmtoff)
    }

    /// The first second in (low, high] whose offset is that of `high`.
    private static func firstMoment(after low: time_t, until high: time_t) -> time_t {
        var (low, high) = (low, high)
        let target = offset(at: high)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == target { high = middle } else { low = middle }
        }
        return high
    }
}
