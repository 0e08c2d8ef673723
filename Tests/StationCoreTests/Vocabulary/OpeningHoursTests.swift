// When a house is open, and what that means for due times.

import TestSupport
import Testing

@testable import StationCore

@Suite("Opening hours")
struct OpeningHoursTests {
    private static let utc: TimeZoneTable = {
        guard let zone = TimeZoneTable([TimeZoneTable.Change(from: .of("2020-01-01T00:00:00.000Z"), offsetSeconds: 0)])
        else { preconditionFailure("one change is a table") }
        return zone
    }()

    /// Monday to Friday with a pause at noon, Saturday morning; closed around a new year.
    private static let hours = OpeningHours(
        week: Array(repeating: "10:00-13:00, 15:00-19:00", count: 5) + ["10:00-12:30", ""],
        closed: ["2026-12-24", "2026-12-28/2027-01-02"])

    @Test(
        "what is due is due on open hours: then, when the house closed last before, or when it is open next",
        arguments: [
            // 2026-12-07 is a Monday.
            ("2026-12-07T08:00:00.000Z", 1, 1080, "2026-12-08T18:00:00.000Z"),
            ("2026-12-07T08:00:00.000Z", 1, 1140, "2026-12-08T19:00:00.000Z"),
            ("2026-12-07T08:00:00.000Z", 1, 1200, "2026-12-08T19:00:00.000Z"),
            ("2026-12-07T08:00:00.000Z", 1, 840, "2026-12-08T13:00:00.000Z"),
            ("2026-12-07T08:00:00.000Z", 1, 480, "2026-12-08T13:00:00.000Z"),
            ("2026-12-07T08:00:00.000Z", 5, 1080, "2026-12-12T12:30:00.000Z"),
            ("2026-12-07T08:00:00.000Z", 6, 1080, "2026-12-14T18:00:00.000Z"),
            ("2026-12-07T18:30:00.000Z", 0, 1200, "2026-12-07T19:00:00.000Z"),
            ("2026-12-07T19:00:00.000Z", 0, 1200, "2026-12-08T19:00:00.000Z"),
            ("2026-12-12T13:00:00.000Z", 0, 1200, "2026-12-14T19:00:00.000Z"),
            ("2026-12-10T12:00:00.000Z", 14, 1080, "2026-12-25T18:00:00.000Z"),
            ("2026-12-14T12:00:00.000Z", 14, 1080, "2027-01-04T18:00:00.000Z"),
        ])
    func due(_ now: String, _ days: Int, _ minute: Int, _ due: String) throws {
        let hours = try #require(Self.hours)
        let period = try #require(LoanPeriod(days: days, dueMinuteOfDay: minute))
        #expect(period.due(after: .of(now), in: Self.utc, hours: hours) == .of(due))
    }

    @Test("for random hours a due time is open, later than now, and on the first day that can be", arguments: 1...5)
    func anyHours(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        func clock(_ minute: Int) -> String { "\(padded(minute / 60, 2)):\(padded(minute % 60, 2))" }
        for _ in 0..<300 {
            let week = (0..<7).map { _ -> String in
                var ends = Set<Int>()
                let wanted = 2 * generator.number(below: 3)
                while ends.count < wanted { ends.insert(generator.number(below: 1441)) }
                let sorted = ends.sorted()
                return stride(from: 0, to: sorted.count, by: 2).map { "\(clock(sorted[$0]))-\(clock(sorted[$0 + 1]))" }
                    .joined(separator: ",")
            }
            let start = 20_600 + generator.number(below: 3000)
            let closed = (0..<generator.number(below: 6)).map { _ in
                String(
                    WallTime(CivilDate(daysSince1970: start + generator.number(below: 20)), millisecondOfDay: 0).iso8601
                        .prefix(10))
            }
            guard let hours = OpeningHours(week: week, closed: closed) else {
                #expect(week.allSatisfy { $0.isEmpty })
                continue
            }
            let now = WallTime(milliseconds: (Int64(start) * 1440 + Int64(generator.number(below: 1440))) * 60_000)
            let planned = generator.number(below: 1440)
            let period = try #require(LoanPeriod(days: generator.number(below: 5), dueMinuteOfDay: planned))
            let due = period.due(after: now, in: Self.utc, hours: hours)
            #expect(due > now)

            /// Whether the house is open on a day, and at a minute of it.
            func isOpen(_ day: Int, _ minute: Int?) -> Bool {
                let date = CivilDate(daysSince1970: day)
                let isClosed = closed.contains(String(WallTime(date, millisecondOfDay: 0).iso8601.prefix(10)))
                let text = week[(day + 3) % 7]
                guard !isClosed, !text.isEmpty else { return false }
                guard let minute else { return true }
                return text.split(separator: ",").contains { piece in
                    let ends = piece.split(separator: "-").map(String.init)
                    return ends[0] <= clock(minute) && clock(minute) <= ends[1]
                }
            }
            // The end of a day is the beginning of the next one.
            let total = Int(due.milliseconds / 60_000)
            let (day, minute) =
                isOpen(total / 1440, total % 1440)
                ? (total / 1440, total % 1440) : (total / 1440 - 1, total % 1440 + 1440)
            #expect(isOpen(day, minute), "\(due.iso8601) with \(week) and \(closed)")
            let skipped = (start + period.days..<max(start + period.days, day)).filter { isOpen($0, nil) }
            #expect(skipped.isEmpty || skipped == [start] && period.days == 0, "\(due.iso8601) skips \(skipped)")
        }
    }

    @Test("hours are read as they are written, and written as they are read")
    func texts() throws {
        let hours = try #require(Self.hours)
        #expect(
            hours.week.map(OpeningHours.text) == Array(repeating: "10:00-13:00, 15:00-19:00", count: 5) + [
                "10:00-12:30", "",
            ])
        #expect(hours.closedDays.count == 7)
        let read = try OpeningHours(JSON(parsing: hours.json.canonical))
        #expect(read == hours)
        #expect(OpeningHours.intervals("00:00-24:00")?.first == OpeningHours.Interval(opens: 0, closes: 1440))
        #expect(OpeningHours.days("2028-02-28/2028-03-01")?.count == 3)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            "10:00", "10:00-", "-10:00", "10:00-10:00", "10:00-09:00", "24:00-25:00", "10:00-24:01", "1:00-2:00",
            "10:60-11:00", "10:00-11:00,10:30-12:00", "10:00-11:00,11:00-12:00", "10:00-11:00,", "a:00-b:00",
            "+1:00-02:00",
            "10:00-11:00-12:00", " ",
        ])
    func badHours(_ text: String) { #expect(OpeningHours.intervals(text) == nil) }

    @Test(
        "a day that the calendar has not, or a range that runs backwards, is refused",
        arguments: [
            "", "2026-02-29", "2026-2-1", "2026-12-24/", "/2026-12-24", "2027-01-02/2026-12-28",
            "2026-01-01/2040-01-01", "1/2/3",
        ])
    func badDays(_ text: String) { #expect(OpeningHours.days(text) == nil) }

    @Test("a week has seven days, one of them open")
    func badWeeks() {
        #expect(OpeningHours(week: Array(repeating: "", count: 7)) == nil)
        #expect(OpeningHours(week: Array(repeating: "10:00-11:00", count: 6)) == nil)
        #expect(OpeningHours(week: Array(repeating: "10:00-11:00", count: 6) + ["x"]) == nil)
        #expect(OpeningHours(week: Array(repeating: "10:00-11:00", count: 7), closed: ["x"]) == nil)
        let years = ["2026-01-01/2029-01-01", "2030-01-01/2033-01-01"]
        #expect(OpeningHours(week: Array(repeating: "10:00-11:00", count: 7), closed: years) == nil)
    }

    @Test("a house that is closed for years lends as if nothing were said")
    func closedForGood() throws {
        let week = ["10:00-11:00"] + Array(repeating: "", count: 6)
        let closed = (0..<300).map { number in
            // 2026-12-07 is a Monday.
            String(
                WallTime.of("2026-12-07T00:00:00.000Z").adding(milliseconds: Int64(number) * 7 * 86_400_000).iso8601
                    .prefix(10))
        }
        let hours = try #require(OpeningHours(week: week, closed: closed))
        let due = LoanPeriod.standard.due(after: .of("2026-12-07T12:00:00.000Z"), in: Self.utc, hours: hours)
        #expect(due == .of("2026-12-21T18:00:00.000Z"))
    }
}
