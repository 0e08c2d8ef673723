// Dates against a plain count of days, and the one way in which times are written.

import Testing

@testable import StationCore

@Suite("Dates and times")
struct CivilDateTests {
    @Test("eight hundred years of days, counted one by one, are the days that the arithmetic gives")
    func everyDay() throws {
        // 1600-01-01 is 135 140 days before 1970-01-01: 370 years of 365 days and 90 leap days.
        var count = -(370 * 365 + 90)
        for year in 1600...2400 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...days {
                    let date = CivilDate(daysSince1970: count)
                    guard date.year == year, date.month == month + 1, date.day == day, date.daysSince1970 == count
                    else {
                        Issue.record("\(year)-\(month + 1)-\(day) is day \(count), not \(date)")
                        return
                    }
                    count += 1
                }
                #expect(CivilDate(year: year, month: month + 1, day: days + 1) == nil)
            }
        }
        let first = try #require(CivilDate(year: 1970, month: 1, day: 1))
        #expect(first.daysSince1970 == 0)
    }

    @Test("what the calendar has not is no date")
    func noDates() {
        for (year, month, day) in [
            (0, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 2, 29),
            (1900, 2, 29), (2026, 4, 31), (-4, 2, 29),
        ] { #expect(CivilDate(year: year, month: month, day: day) == nil) }
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil && CivilDate(year: 2400, month: 2, day: 29) != nil)
    }

    @Test(
        "times are written in one way and read back",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2001-09-09T01:46:40.000Z", 1_000_000_000_000),
            ("2026-12-04T17:00:00.250Z", 1_796_403_600_250), ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("2000-02-29T12:00:00.000Z", 951_825_600_000),
        ] as [(String, Int64)])
    func iso8601(_ text: String, _ milliseconds: Int64) {
        #expect(WallTime(milliseconds: milliseconds).iso8601 == text)
        #expect(WallTime(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "a time written in another way is none",
        arguments: [
            "", "2026-12-04", "2026-12-04T17:00:00Z", "2026-12-04T17:00:00.00Z", "2026-12-04 17:00:00.000Z",
            "2026-12-04T17:00:00.000z", "2026-12-04T17:00:00.000+", "2026-12-04T24:00:00.000Z",
            "2026-12-04T17:60:00.000Z",
            "2026-12-04T17:00:60.000Z", "2026-02-29T17:00:00.000Z", "0000-12-04T17:00:00.000Z",
            "2026-1２-4T17:00:00.000Z",
            "-026-12-04T17:00:00.000Z", "2026-13-04T17:00:00.000Z", "2026-12-0xT17:00:00.000Z",
        ])
    func noTimes(_ text: String) { #expect(WallTime(iso8601: text) == nil) }

    @Test("wall time stays between the years 1 and 9999, and additions stop there")
    func bounds() {
        #expect(WallTime(milliseconds: .min) == .earliest && WallTime(milliseconds: .max) == .latest)
        #expect(WallTime.latest.adding(milliseconds: .max) == .latest)
        #expect(WallTime.earliest.adding(milliseconds: .min) == .earliest)
        #expect(WallTime.earliest < .latest && !(WallTime.latest < .earliest))
        #expect(WallTime.earliest.adding(milliseconds: 1).milliseconds == WallTime.earliest.milliseconds + 1)
    }

    @Test("monotonic time counts forward; what is not later is no time ago")
    func monotonic() {
        let start = MonotonicInstant(nanoseconds: 5)
        let later = start + .milliseconds(2)
        #expect(later.nanoseconds == 2_000_005 && start < later)
        #expect(later.duration(since: start) == .milliseconds(2) && start.duration(since: later) == .zero)
        #expect(start + .seconds(-1) == start)
        #expect(start.duration(since: start) == .zero)
    }

    @Test("durations are cut to what waits can be, never wrapped around")
    func durations() {
        #expect(Duration.seconds(-1).wholeMilliseconds == 0)
        #expect(Duration.milliseconds(1500).wholeMilliseconds == 1500)
        #expect(Duration.microseconds(999).wholeMilliseconds == 0)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(10_000_000).wholeMilliseconds == .max)
    }

    @Test("numbers are filled with zeros and never cut")
    func padding() {
        #expect(padded(0, 0) == "" && padded(0, 3) == "000" && padded(7, 2) == "07" && padded(12345, 2) == "12345")
    }
}
