// Local time around the clock changes, and when loans are due.

import Testing

@testable import StationCore

/// Europe/Berlin around 2026, as the tz database has it.
private let berlin: TimeZoneTable = {
    let changes = [
        ("2025-10-26T01:00:00.000Z", 3600), ("2026-03-29T01:00:00.000Z", 7200), ("2026-10-25T01:00:00.000Z", 3600),
        ("2027-03-28T01:00:00.000Z", 7200),
    ].map { TimeZoneTable.Change(from: .of($0.0), offsetSeconds: Int32($0.1)) }
    guard let table = TimeZoneTable(changes) else { preconditionFailure("the changes are in order") }
    return table
}()

@Suite("Time zones")
struct TimeZoneTests {
    /// What local clocks show, `2026-03-29 03:00`, and the instant.
    private func shown(_ instant: String) -> String {
        let (date, millisecond) = berlin.local(.of(instant))
        let minutes = Int(millisecond / 60_000)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2)) "
            + "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    @Test(
        "local clocks jump in spring and go back in autumn",
        arguments: [
            ("2026-03-29T00:59:59.999Z", "2026-03-29 01:59"), ("2026-03-29T01:00:00.000Z", "2026-03-29 03:00"),
            ("2026-10-25T00:59:59.999Z", "2026-10-25 02:59"), ("2026-10-25T01:00:00.000Z", "2026-10-25 02:00"),
            ("2026-12-31T23:00:00.000Z", "2027-01-01 00:00"), ("2020-01-01T00:00:00.000Z", "2020-01-01 01:00"),
        ])
    func local(_ instant: String, _ shown: String) { #expect(self.shown(instant) == shown) }

    @Test(
        "a local time names one instant: a doubled one the later, a skipped one the change",
        arguments: [
            (3, 29, 119, "2026-03-29T00:59:00.000Z"), (3, 29, 120, "2026-03-29T01:00:00.000Z"),
            (3, 29, 150, "2026-03-29T01:00:00.000Z"), (3, 29, 179, "2026-03-29T01:00:00.000Z"),
            (3, 29, 180, "2026-03-29T01:00:00.000Z"), (3, 29, 181, "2026-03-29T01:01:00.000Z"),
            (10, 25, 119, "2026-10-24T23:59:00.000Z"), (10, 25, 120, "2026-10-25T01:00:00.000Z"),
            (10, 25, 179, "2026-10-25T01:59:00.000Z"), (10, 25, 180, "2026-10-25T02:00:00.000Z"),
            (7, 1, 0, "2026-06-30T22:00:00.000Z"),
        ])
    func instants(_ month: Int, _ day: Int, _ minute: Int, _ instant: String) throws {
        let date = try #require(CivilDate(year: 2026, month: month, day: day))
        #expect(berlin.instant(date, millisecondOfDay: Int64(minute) * 60_000) == .of(instant))
    }

    @Test("every hour of two years comes back from its local time, but for the doubled hours")
    func roundTrip() {
        var doubled = 0
        for hour in 0..<(2 * 365 * 24) {
            let instant = WallTime.of("2026-01-01T00:00:00.000Z").adding(milliseconds: Int64(hour) * 3_600_000)
            let (date, millisecond) = berlin.local(instant)
            let back = berlin.instant(date, millisecondOfDay: millisecond)
            if back != instant {
                doubled += 1
                #expect(back == instant.adding(milliseconds: 3_600_000))
            }
        }
        #expect(doubled == 1, "02:00 of 25 October 2026, the first time")
    }

    @Test("a table is not empty, in order, and keeps to offsets that exist")
    func tables() {
        func table(_ changes: [(Int64, Int32)]) -> TimeZoneTable? {
            TimeZoneTable(
                changes.map { TimeZoneTable.Change(from: WallTime(milliseconds: $0.0), offsetSeconds: $0.1) })
        }
        #expect(table([]) == nil)
        #expect(table([(2, 0), (1, 0)]) == nil && table([(1, 0), (1, 3600)]) == nil)
        #expect(table([(1, 64_801)]) == nil && table([(1, -64_801)]) == nil)
        #expect(table([(1, 64_800), (2, -64_800)]) != nil)
    }

    // MARK: - Due times

    @Test(
        "a loan is due at its local hour, whatever clock change lies between",
        arguments: [
            ("2026-11-20T11:00:00.000Z", 14, 1080, "2026-12-04T17:00:00.000Z"),
            ("2026-03-20T11:00:00.000Z", 14, 1080, "2026-04-03T16:00:00.000Z"),
            ("2026-10-20T11:00:00.000Z", 14, 1080, "2026-11-03T17:00:00.000Z"),
            ("2026-03-28T11:00:00.000Z", 1, 150, "2026-03-29T01:00:00.000Z"),
            ("2026-10-24T11:00:00.000Z", 1, 150, "2026-10-25T01:30:00.000Z"),
            ("2026-06-30T22:30:00.000Z", 0, 1080, "2026-07-01T16:00:00.000Z"),
            ("2026-07-01T15:59:59.999Z", 0, 1080, "2026-07-01T16:00:00.000Z"),
            ("2026-07-01T16:00:00.000Z", 0, 1080, "2026-07-02T16:00:00.000Z"),
            ("2026-07-01T16:00:00.001Z", 0, 1080, "2026-07-02T16:00:00.000Z"),
            ("2026-02-15T11:00:00.000Z", 14, 0, "2026-02-28T23:00:00.000Z"),
        ])
    func due(_ now: String, _ days: Int, _ minute: Int, _ due: String) throws {
        let period = try #require(LoanPeriod(days: days, dueMinuteOfDay: minute))
        #expect(period.due(after: .of(now), in: berlin) == .of(due))
    }

    @Test("whatever the hour of the checkout, a loan is due later than it begins")
    func dueLater() throws {
        let period = try #require(LoanPeriod(days: 0, dueMinuteOfDay: 150))
        for minute in 0..<(3 * 24 * 60) {
            let now = WallTime.of("2026-03-28T00:00:00.000Z").adding(milliseconds: Int64(minute) * 60_000)
            #expect(period.due(after: now, in: berlin) > now)
        }
    }
}
