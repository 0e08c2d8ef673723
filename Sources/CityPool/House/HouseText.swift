// How the values of a register are read from text, whatever kind of file it stands in.

import StationCore

/// Reads single values. What can't be one gives `nil`.
enum HouseText {
    /// What an identifier looks like.
    static let identifierShape = "1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit"

    /// A name that policy and register share: of a category, a group or a qualification.
    static func sharedName(_ text: String) -> String? { Identifier<Policy>(text)?.text }

    /// What a label looks like.
    static let labelShape = "1 to 64 printable ASCII characters without spaces around them"

    /// The text of a label, or of a card.
    static func label(_ text: String) -> String? {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
            text.first != " ", text.last != " "
        else { return nil }
        return text
    }

    /// What a name looks like.
    static let nameShape = "a printable text of 1 to 200 characters"

    /// A name, or a sentence, that people read.
    static func name(_ text: String) -> String? {
        (1...200).contains(text.count) && LocalizedText.isPrintable(text) ? text : nil
    }

    /// True or false.
    static func flag(_ text: String) -> Bool? { text == "true" ? true : text == "false" ? false : nil }

    // MARK: - Money

    /// What an amount of money looks like.
    static let eurosShape = "an amount in euros such as 49.50, from 0 to 1000000"

    /// The cents of an amount in euros, with at most two decimals. Spreadsheets in Germany write a comma.
    static func cents(_ text: String) -> Int? {
        let parts = text.split(omittingEmptySubsequences: false) { ".,".contains($0) }
        guard (1...2).contains(parts.count), (1...7).contains(parts[0].utf8.count),
            parts.count == 1 || (1...2).contains(parts[1].utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let euros = Int(parts[0])
        else { return nil }
        let decimals = parts.count == 1 ? "00" : (parts[1] + "0").prefix(2)
        guard let cents = Int(decimals), LendingTerms.Number.maximumValue.range.contains(euros * 100 + cents) else {
            return nil
        }
        return euros * 100 + cents
    }

    /// Cents as an amount in euros.
    static func euros(_ cents: Int) -> String {
        let rest = cents % 100
        return "\(cents / 100)" + (rest == 0 ? "" : ".\(rest / 10)\(rest % 10)")
    }

    // MARK: - Time

    /// What a date looks like.
    static let dateShape = "a date such as 2027-12-31"

    /// The end of a right: a date (it lasts until that day's end in UTC), or an instant.
    static func until(_ text: String) -> WallTime? {
        WallTime(iso8601: text) ?? WallTime(iso8601: "\(text)T23:59:59.999Z")
    }

    /// What an instant looks like.
    static let instantShape = "an instant such as 2026-12-01T10:00Z or 2026-12-01T11:00+01:00"

    /// An instant as RFC 3339 writes it, where seconds may be left out. It names its offset from UTC, because the pool
    /// knows no time zones.
    static func instant(_ text: String) -> WallTime? {
        if let instant = WallTime(iso8601: text) { return instant }
        for suffix in [":00.000Z", ".000Z"] {
            if text.hasSuffix("Z"), let instant = WallTime(iso8601: "\(text.dropLast())\(suffix)") { return instant }
        }
        let (local, offset) = (text.dropLast(6), text.suffix(6))
        guard let sign = offset.first, "+-".contains(sign), let minutes = minuteOfDay(String(offset.dropFirst())),
            let instant = instant("\(local)Z")
        else { return nil }
        return instant.adding(milliseconds: Int64(minutes) * (sign == "+" ? -60_000 : 60_000))
    }

    /// The minute of the day that `18:00` names.
    static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    /// What the time until an erasure looks like.
    static let erasureShape = "a time such as 30 days, at most 3650 days"

    /// The days until an erasure.
    static func days(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 2, words[1] == "days" || words[1] == "day", words[0].utf8.count <= 4,
            let days = Int(words[0]), Policy.erasureRange.contains(days)
        else { return nil }
        return days
    }

    /// What an age looks like.
    static let ageShape = "a time such as 36 hours or 30 days, at most 366 days"

    /// The hours of an age.
    static func hours(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 2, (1...4).contains(words[0].utf8.count), let number = Int(words[0]) else { return nil }
        let hours: Int? =
            switch words[1] {
            case "hour", "hours": number
            case "day", "days": number * 24
            default: nil
            }
        return hours.flatMap { Policy.ageRange.contains($0) ? $0 : nil }
    }
}
