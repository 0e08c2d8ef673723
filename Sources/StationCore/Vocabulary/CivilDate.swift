// Dates of the proleptic Gregorian calendar and their ISO 8601 form. The day count follows the well-known
// 400-year-era arithmetic (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").

/// A day of the calendar.
public struct CivilDate: Hashable, Sendable {
    /// The year, 1 to 9999.
    public var year: Int
    /// The month, 1 to 12.
    public var month: Int
    /// The day of the month, 1 to 31.
    public var day: Int

    /// A date, or `nil` where the calendar has no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        guard CivilDate(daysSince1970: daysSince1970) == self else { return nil }
    }

    /// The date so many days after 1970-01-01.
    public init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 1970-01-01 this date is.
    public var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension CivilDate {
    /// The date as `2026-12-04`.
    public var iso8601: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    /// The date that a text such as `2026-12-04` names; `nil` where it is none.
    public init?(iso8601 text: String) {
        guard let date = WallTime(iso8601: text + "T00:00:00.000Z")?.civil.date else { return nil }
        self = date
    }
}

extension WallTime {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The UTC date, and the milliseconds since its midnight.
    public var civil: (date: CivilDate, millisecondOfDay: Int64) {
        let day =
            milliseconds >= 0
            ? milliseconds / Self.millisecondsPerDay
            : (milliseconds - Self.millisecondsPerDay + 1) / Self.millisecondsPerDay
        return (CivilDate(daysSince1970: Int(day)), milliseconds - day * Self.millisecondsPerDay)
    }

    /// The instant on a UTC date, so many milliseconds after its midnight.
    public init(_ date: CivilDate, millisecondOfDay: Int64) {
        self.init(milliseconds: Int64(date.daysSince1970) * Self.millisecondsPerDay + millisecondOfDay)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-12-04T17:00:00.000Z`.
    public var iso8601: String {
        let (date, millisecond) = civil
        let seconds = Int(millisecond / 1000)
        let parts: [(Int, width: Int, end: Unicode.Scalar)] = [
            (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (seconds / 3600, 2, ":"),
            (seconds / 60 % 60, 2, ":"), (seconds % 60, 2, "."), (Int(millisecond % 1000), 3, "Z"),
        ]
        var text: [UInt8] = []
        text.reserveCapacity(24)
        for part in parts {
            appendPadded(part.0, part.width, to: &text)
            text.append(UInt8(ascii: part.end))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The instant that text names, or `nil` where it is not exactly of the form ``iso8601`` writes.
    public init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard byte.isASCIIDigit else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let millisecond = number(20..<23),
            let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second < 60
        else { return nil }
        self.init(date, millisecondOfDay: Int64(((hour * 60 + minute) * 60 + second) * 1000 + millisecond))
        guard iso8601 == text else { return nil }
    }
}

/// A number in decimal, filled with zeros on the left up to a width.
func padded(_ number: Int, _ width: Int) -> String {
    var text: [UInt8] = []
    appendPadded(number, width, to: &text)
    return String(decoding: text, as: UTF8.self)
}

/// Appends a number in decimal, filled with zeros on the left up to a width.
private func appendPadded(_ number: Int, _ width: Int, to text: inout [UInt8]) {
    precondition(number >= 0, "only what is not negative is padded: \(number)")
    let start = text.count
    var rest = number
    while rest > 0 || text.count - start < width {
        text.append(UInt8(0x30 + rest % 10))
        rest /= 10
    }
    text[start...].reverse()
}
