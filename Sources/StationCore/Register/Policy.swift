// The rules of lending as the pool sets them. So far: how long, until what hour, on which
// days, and how many at once.

/// How long a loan lasts.
public struct LoanPeriod: Equatable, Sendable {
    /// Days from the checkout's local date to the due date, 0 to 3 660.
    public var days: Int
    /// The minute of the due day, in local time, at which the item is to be back, 0 to 1 439.
    public var dueMinuteOfDay: Int

    /// A period, or `nil` where a number is out of its range.
    public init?(days: Int, dueMinuteOfDay: Int) {
        guard (0...3660).contains(days), (0..<1440).contains(dueMinuteOfDay) else { return nil }
        (self.days, self.dueMinuteOfDay) = (days, dueMinuteOfDay)
    }

    /// Two weeks, until 18:00.
    public static let standard = LoanPeriod(unchecked: 14, 18 * 60)

    private init(unchecked days: Int, _ minute: Int) { (self.days, dueMinuteOfDay) = (days, minute) }

    /// When a loan that begins now is due, in a time zone. A period of 0 days whose hour is past is due a day later, and
    /// what would be due while the house is closed is due when it is open next, at the same hour if it can be.
    public func due(after now: WallTime, in zone: TimeZoneTable, hours: OpeningHours? = nil) -> WallTime {
        let first = zone.local(now).date.daysSince1970 + days
        func due(on day: Int, _ minute: Int) -> WallTime {
            zone.instant(CivilDate(daysSince1970: day), millisecondOfDay: Int64(minute) * 60_000)
        }
        if let hours {
            // Whatever is closed for longer than that is closed for good.
            for day in first...(first + OpeningHours.maximumClosedDays + 7) {
                guard let minute = hours.dueMinute(on: day, planned: dueMinuteOfDay) else { continue }
                let planned = due(on: day, minute)
                if planned > now { return planned }
            }
        }
        let planned = due(on: first, dueMinuteOfDay)
        return planned > now ? planned : due(on: first + 1, dueMinuteOfDay)
    }
}

/// The rules that count at a station.
public struct Policy: Equatable, Sendable {
    /// The period of items whose category has none of its own.
    public var standardPeriod: LoanPeriod
    /// The periods of categories.
    public var periods: [String: LoanPeriod]
    /// How many open loans a borrower may have at this station, 1 to 1 000.
    public var maximumLoans: Int
    /// When the station's house is open; `nil` where it always is.
    public var hours: OpeningHours?

    /// Rules; see the properties.
    public init(
        standardPeriod: LoanPeriod = .standard, periods: [String: LoanPeriod] = [:], maximumLoans: Int = 20,
        hours: OpeningHours? = nil
    ) {
        self.standardPeriod = standardPeriod
        self.periods = periods
        self.maximumLoans = maximumLoans
        self.hours = hours
    }

    /// The period of an item's category.
    public func period(for item: Item) -> LoanPeriod { periods[item.category] ?? standardPeriod }
}
