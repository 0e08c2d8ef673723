// How long a loan lasts, and when it is due: on an open hour of the house, in the station's time zone.

/// How long a loan lasts.
public struct LoanPeriod: Equatable, Sendable {
    /// Days from the checkout's local date to the due date, 0 to 3 660.
    public let days: Int
    /// The minute of the due day, in local time, at which the item is to be back, 0 to 1 439.
    public let dueMinuteOfDay: Int

    /// A period, or `nil` where a number is out of its range.
    public init?(days: Int, dueMinuteOfDay: Int) {
        guard LendingTerms.Number.days.range.contains(days), LendingTerms.Number.until.range.contains(dueMinuteOfDay)
        else { return nil }
        (self.days, self.dueMinuteOfDay) = (days, dueMinuteOfDay)
    }

    /// The period that terms give; two weeks until 18:00 where they say nothing.
    init(_ terms: LendingTerms) {
        (days, dueMinuteOfDay) = (terms[.days] ?? 14, terms[.until] ?? 18 * 60)
    }

    /// Two weeks, until 18:00.
    public static let standard = LoanPeriod(LendingTerms())

    /// When a loan that begins now is due, in a time zone. A period of 0 days whose hour is past is due a day later, and
    /// what would be due while the house is closed is due when it is open next, at the same hour if it can be.
    public func due(after now: WallTime, in zone: TimeZoneTable, hours: OpeningHours? = nil) -> WallTime {
        let first = zone.local(now).date.daysSince1970 + days
        if let due = Self.opening(from: first, dueMinuteOfDay, after: now, in: zone, hours: hours) { return due }
        let planned = zone.instant(day: first, minute: dueMinuteOfDay)
        return planned > now ? planned : zone.instant(day: first + 1, minute: dueMinuteOfDay)
    }

    /// When a loan is due that somebody has booked until a time after `now`: then, or on the hours of the house as other
    /// loans are.
    static func due(
        bookedUntil end: WallTime, after now: WallTime, in zone: TimeZoneTable, hours: OpeningHours?
    ) -> WallTime {
        let local = zone.local(end)
        let (day, minute) = (local.date.daysSince1970, Int(local.millisecondOfDay / 60_000))
        // An instant says more than a minute: seconds, and which one of an hour that comes twice.
        if hours?.dueMinute(on: day, planned: minute) == minute { return end }
        return opening(from: day, minute, after: now, in: zone, hours: hours) ?? end
    }

    /// The first time after `now` on which something can be due that was to be due at a minute of a day: on open hours.
    /// `nil` where no hours are known.
    private static func opening(
        from first: Int, _ minute: Int, after now: WallTime, in zone: TimeZoneTable, hours: OpeningHours?
    ) -> WallTime? {
        guard let hours else { return nil }
        // Whatever is closed for longer than that is closed for good.
        for day in first...(first + OpeningHours.maximumClosedDays + 7) {
            guard let minute = hours.dueMinute(on: day, planned: minute) else { continue }
            let moment = zone.instant(day: day, minute: minute)
            if moment > now { return moment }
        }
        return nil
    }

    /// The last moment at which the house is open before something that begins then, and after `now`; `nil` where there
    /// is none. An instant and no minute: where the clock is set back, 02:15 comes twice and the house is open at both.
    static func lastOpening(
        before end: WallTime, after now: WallTime, in zone: TimeZoneTable, hours: OpeningHours?
    ) -> WallTime? {
        guard let hours else { return end > now ? end : nil }
        let (last, first) = (zone.local(end).date.daysSince1970, zone.local(now).date.daysSince1970)
        for day in stride(from: last, through: first, by: -1) {
            let open = hours.hours(on: day).last { zone.instant(day: day, minute: $0.opens) <= end }
            guard let open else { continue }
            let moment = min(end, zone.instant(day: day, minute: open.closes))
            return moment > now ? moment : nil
        }
        return nil
    }
}

extension TimeZoneTable {
    /// The instant at which local clocks show a minute of a day.
    func instant(day: Int, minute: Int) -> WallTime {
        instant(CivilDate(daysSince1970: day), millisecondOfDay: Int64(minute) * 60_000)
    }
}
