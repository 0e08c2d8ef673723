// Writes calendars as RFC 5545 wants them: lines of at most 75 bytes that end with CR and LF, text with its special characters
// escaped, times in UTC. Calendar programs subscribe to them by their address.

import StationCore

/// A calendar.
struct CalendarFile: Equatable, Sendable {
    /// Something that has a time.
    struct Event: Equatable, Sendable {
        /// When it is.
        enum Span: Equatable, Sendable {
            case times(Range<WallTime>)
            /// A whole day, in local time.
            case day(CivilDate)
        }

        /// The same as long as it is the same event, in every calendar.
        var uid: String
        var span: Span
        var summary: String
        /// Whether the time is taken by it.
        var isBusy: Bool
    }

    var name: String
    /// When it was made.
    var at: WallTime
    var events: [Event]

    /// The media type (RFC 5545, section 8.1).
    static let mediaType = "text/calendar; charset=utf-8"

    /// The calendar as it travels.
    var bytes: [UInt8] {
        var lines = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//MilaStation//city-pool//DE", "CALSCALE:GREGORIAN",
            // RFC 7986, and what programs understood before it.
            "NAME:\(Self.escaped(name))", "X-WR-CALNAME:\(Self.escaped(name))", "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        ]
        for event in events {
            lines += ["BEGIN:VEVENT", "UID:\(Self.escaped(event.uid))", "DTSTAMP:\(Self.time(at))"]
            switch event.span {
            case .times(let range):
                lines += ["DTSTART:\(Self.time(range.lowerBound))", "DTEND:\(Self.time(range.upperBound))"]
            case .day(let date):
                let next = CivilDate(daysSince1970: date.daysSince1970 + 1)
                lines += ["DTSTART;VALUE=DATE:\(Self.date(date))", "DTEND;VALUE=DATE:\(Self.date(next))"]
            }
            lines += [
                "SUMMARY:\(Self.escaped(event.summary))", "TRANSP:\(event.isBusy ? "OPAQUE" : "TRANSPARENT")",
                "END:VEVENT",
            ]
        }
        lines.append("END:VCALENDAR")
        return lines.flatMap(Self.folded)
    }

    /// A text without what would end or divide it (section 3.3.11).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\", ";", ",": escaped += "\\\(character)"
            case "\n", "\r\n", "\r": escaped += "\\n"
            default: if LocalizedText.isPrintable(String(character)) { escaped.append(character) }
            }
        }
        return escaped
    }

    /// A line cut into pieces of at most 75 bytes, of which all but the first begin with a space (section 3.1). No character
    /// is cut.
    static func folded(_ line: String) -> [UInt8] {
        var (bytes, room): ([UInt8], Int) = ([], 75)
        for scalar in line.unicodeScalars {
            let piece = Array(String(scalar).utf8)
            if piece.count > room {
                bytes += [0x0d, 0x0a, 0x20]
                room = 74
            }
            bytes += piece
            room -= piece.count
        }
        return bytes + [0x0d, 0x0a]
    }

    /// An instant as `20270301T080000Z`.
    static func time(_ time: WallTime) -> String {
        time.iso8601.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func date(_ date: CivilDate) -> String { date.iso8601.filter { $0 != "-" } }
}
