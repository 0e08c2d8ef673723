// When somebody is in the house. What is due falls on open hours: nobody can bring a marquee back on a Sunday evening.

/// The hours of a week, and the days that are an exception.
public struct OpeningHours: Equatable, Sendable {
    /// A time of a day, in minutes of local time.
    public struct Interval: Equatable, Sendable {
        /// When it begins, 0 to 1 439.
        public let opens: Int
        /// When it ends, later than it begins, at most 1 440.
        public let closes: Int
    }

    /// The hours of each day, Monday first; none on a day that is always closed. In order, and apart from each other.
    public let week: [[Interval]]
    /// Days that are closed whatever day of the week they are.
    public let closedDays: Set<CivilDate>

    /// The most days that can be named as closed: years of holidays.
    public static let maximumClosedDays = 2000

    /// Hours as people write them: seven days, Monday first, such as `10:00-13:00, 15:00-19:00` or nothing; and the closed
    /// days, such as `2026-12-24` or `2026-12-24/2027-01-02`.
    ///
    /// Returns `nil` where one of them makes no sense, or no day of the week is open.
    public init?(week: [String], closed: [String] = []) {
        let days = week.map(Self.intervals)
        let closedDays = closed.map(Self.days)
        guard days.count == 7, days.contains(where: { $0?.isEmpty == false }), !days.contains(where: { $0 == nil }),
            !closedDays.contains(where: { $0 == nil })
        else { return nil }
        self.week = days.compactMap(\.self)
        self.closedDays = Set(closedDays.compactMap(\.self).joined())
        guard self.closedDays.count <= Self.maximumClosedDays else { return nil }
    }

    /// The hours of one day in a text; `nil` where it is none.
    public static func intervals(_ text: String) -> [Interval]? {
        var intervals: [Interval] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
            let ends = piece.drop { $0 == " " }.split(separator: "-", omittingEmptySubsequences: false).map(minute)
            guard ends.count == 2, let opens = ends[0], let closes = ends[1], opens < closes,
                opens > intervals.last?.closes ?? -1
            else { return nil }
            intervals.append(Interval(opens: opens, closes: closes))
        }
        return intervals
    }

    /// The days that a text names: one, or from one to another; `nil` where it is none.
    public static func days(_ text: String) -> [CivilDate]? {
        let ends = text.split(separator: "/", omittingEmptySubsequences: false).map { date in
            CivilDate(iso8601: String(date))?.daysSince1970
        }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
            last - first < maximumClosedDays
        else { return nil }
        return (first...last).map(CivilDate.init(daysSince1970:))
    }

    private static func minute(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hour = Int(text.prefix(2)),
            let minute = Int(text.suffix(2)), (0...24).contains(hour), (0..<60).contains(minute),
            hour * 60 + minute <= 1440, bytes.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ":") })
        else { return nil }
        return hour * 60 + minute
    }

    /// The hours of a day as text, as ``init(week:closed:)`` reads it.
    public static func text(_ intervals: [Interval]) -> String {
        func clock(_ minute: Int) -> String { "\(padded(minute / 60, 2)):\(padded(minute % 60, 2))" }
        return intervals.map { "\(clock($0.opens))-\(clock($0.closes))" }.joined(separator: ", ")
    }

    /// The hours of a day; none on a closed one.
    ///
    /// - Parameter day: its number, counted from 1970-01-01 on as 0.
    public func hours(on day: Int) -> [Interval] {
        // 1970-01-01 was a Thursday.
        let weekday = ((day + 3) % 7 + 7) % 7
        return closedDays.contains(CivilDate(daysSince1970: day)) ? [] : week[weekday]
    }

    /// The minute of a day at which something planned for `minute` is due: then, where the house is open; else when it last
    /// closed before that; else, on a day that opens later, at its first closing. `nil` on a closed day.
    func dueMinute(on day: Int, planned minute: Int) -> Int? {
        let today = hours(on: day)
        guard let last = today.last(where: { $0.opens <= minute }) else { return today.first?.closes }
        return min(minute, last.closes)
    }
}
