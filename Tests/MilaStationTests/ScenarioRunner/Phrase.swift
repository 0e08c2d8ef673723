// Sentences with gaps, by which steps and expectations are told apart: `{who} scans {what}`. What stands in a gap is one
// word or several, or a text in quotes.

import StationCore

@testable import MilaStation

/// A sentence with gaps.
struct Phrase: Sendable, CustomStringConvertible {
    let description: String
    private let words: [Substring]

    init(_ text: String) {
        description = text
        words = text.split(separator: " ")
    }

    /// What stands in the gaps of a sentence; `nil` where it is another sentence. A gap may end with a colon.
    func gaps(in sentence: [String]) -> [String: String]? { Self.match(words[...], sentence[...]) }

    private static func match(_ words: ArraySlice<Substring>, _ sentence: ArraySlice<String>) -> [String: String]? {
        guard let word = words.first else { return sentence.isEmpty ? [:] : nil }
        guard word.hasPrefix("{") else {
            return sentence.first.map { word == $0 } == true ? match(words.dropFirst(), sentence.dropFirst()) : nil
        }
        let (name, end) = (word.dropFirst().prefix { $0 != "}" }, word.drop { $0 != "}" }.dropFirst())
        for count in stride(from: 1, through: sentence.count, by: 1) {
            let gap = sentence.prefix(count).joined(separator: " ")
            if gap.hasSuffix(end), var gaps = match(words.dropFirst(), sentence.dropFirst(count)) {
                gaps[String(name)] = String(gap.dropLast(end.count))
                return gaps
            }
        }
        return nil
    }

    /// The words of a line. A text in quotes counts as one, so that what it says is never taken for a phrase.
    static func words(of line: some StringProtocol) -> [String] {
        split(String(line), at: " ").filter { !$0.isEmpty }
    }

    /// Splits a text, but not within quotes; `\"` ends none.
    static func split(_ text: String, at separator: Character) -> [String] {
        var (pieces, isQuoted, isEscaped) = ([""], false, false)
        for character in text {
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            if character == separator, !isQuoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        return pieces
    }
}

/// What stands in the gaps of a phrase, as values.
struct Gaps {
    let texts: [String: String]
    /// Who and what the names mean.
    let house: ScenarioHouse

    func text(_ name: String) -> String { texts[name] ?? "" }

    /// A locker: `4`, or `locker 4`, by a door of the station or a label of the register.
    func locker(_ name: String) throws -> LockerID {
        let words = text(name).split(separator: " ").filter { $0 != "locker" }
        guard words.count == 1, let id = LockerID(String(words[0])),
            house.lockers[id.text] != nil || house.configuration.doors[id] != nil
        else {
            throw ScenarioMistake("there is no locker '\(text(name))'", Self.choose(house.lockers.keys))
        }
        return id
    }

    /// A borrower, by name.
    func borrower(_ name: String) throws -> BorrowerID {
        guard let id = BorrowerID(text(name).lowercased()), house.cards[id.text] != nil else {
            throw ScenarioMistake("nobody here is called '\(text(name))'", Self.choose(house.cards.keys))
        }
        return id
    }

    /// Makes sure that somebody of this name is known, as borrower or staff.
    func checkPerson(_ name: String) throws {
        guard house.badges[text(name).lowercased()] == nil else { return }
        _ = try borrower(name)
    }

    /// An item, with or without an article.
    func item(_ text: String) throws -> ItemID {
        let words = text.split(separator: " ").drop { ["the", "a", "an"].contains($0) }
        guard let id = ItemID(words.joined(separator: "-")), house.items[id.text] != nil else {
            throw ScenarioMistake("there is no item '\(text)'", Self.choose(house.items.keys))
        }
        return id
    }

    /// What somebody scans: a text in quotes, `her card`, `Bert's card`, `locker 4`, a command, or an item.
    func code(_ name: String, by person: String) throws -> String {
        let thing = text(name)
        if thing.hasPrefix("\"") { return try Self.literal(thing) }
        if ScenarioPass.isMeant(thing) { return try ScenarioPass.text(thing, by: text(person), self) }
        // Before cards, as there is `replace card`.
        if let command = Self.commands[thing], let code = command.code { return code.text }
        if thing.hasSuffix(" card") {
            let owner = thing.split(separator: " ")[0]
            let who = owner.hasSuffix("'s") ? String(owner.dropLast(2)) : text(person)
            let cards = house.cards[who.lowercased()] ?? []
            guard let card = thing.contains("second") ? cards.dropFirst().first : cards.first else {
                throw ScenarioMistake("'\(who)' has no such card", Self.choose(house.cards.keys))
            }
            return card
        }
        if thing.hasSuffix(" badge") {
            let owner = thing.split(separator: " ")[0]
            let who = owner.hasSuffix("'s") ? String(owner.dropLast(2)) : text(person)
            let badges = house.badges[who.lowercased()] ?? []
            guard let badge = thing.contains("second") ? badges.dropFirst().first : badges.first else {
                throw ScenarioMistake("'\(who)' has no such badge", Self.choose(house.badges.keys))
            }
            return badge
        }
        if thing.hasPrefix("locker "), let label = house.lockers[try locker(name).text] { return label }
        if let code = house.languages[thing] { return code.text }
        return house.items[try item(thing).text] ?? ""
    }

    /// `open all` and `digit 4`, by the names of the commands; `done` is the one that people say otherwise.
    private static let commands: [String: Command] = {
        let all = Command.allCases.map { ($0.rawValue.replacing("-", with: " "), $0) }
        return Dictionary(all + [("done", .finish)]) { first, _ in first }
    }()

    /// What somebody enters: a text in quotes, or `the PIN` of the person.
    func entered(_ name: String, by person: String) throws -> String {
        guard text(name).hasSuffix(" PIN") else { return try Self.literal(text(name)) }
        guard let pin = house.pins[text(person).lowercased()] else {
            throw ScenarioMistake("'\(text(person))' has no PIN", Self.choose(house.pins.keys))
        }
        return pin
    }

    /// A text in quotes, without them; `\r`, `\n`, `\t`, `\"`, `\\` and `\x1d` stand for what cannot be written.
    static func literal(_ quoted: String) throws -> String {
        guard quoted.count >= 2, quoted.hasPrefix("\""), quoted.hasSuffix("\"") else {
            throw ScenarioMistake("'\(quoted)' is no text in quotes", "Put it into double quotes.")
        }
        var text = ""
        var rest = quoted.dropFirst().dropLast()
        while let character = rest.popFirst() {
            guard character == "\\" else {
                text.append(character)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "r": text.append("\r")
            case "t": text.append("\t")
            case "\"": text.append("\"")
            case "\\": text.append("\\")
            case "x":
                guard let byte = UInt8(rest.prefix(2), radix: 16), byte < 0x80 else { fallthrough }
                text.unicodeScalars.append(Unicode.Scalar(byte))
                rest = rest.dropFirst(2)
            default:
                throw ScenarioMistake("'\(quoted)' has a backslash too many", "Write \\\\ for a backslash.")
            }
        }
        return text
    }

    /// How long: `5 s`, `300 ms`, `2 min`, `24 h`, `3 days`, or several of them.
    func duration(_ name: String) throws -> Duration {
        let units: [Substring: Duration] = [
            "ms": .milliseconds(1), "s": .seconds(1), "min": .seconds(60), "h": .seconds(3600),
            "day": .seconds(86_400), "days": .seconds(86_400),
        ]
        var (words, sum) = (text(name).split(separator: " ")[...], Duration.zero)
        while let number = words.popFirst() {
            guard let count = Int(number), (0...1_000_000).contains(count),
                let unit = words.popFirst().flatMap({ units[$0] })
            else {
                throw ScenarioMistake("'\(text(name))' is no duration", "Write, for instance: 1 min 30 s")
            }
            sum += unit * count
        }
        return sum
    }

    /// A local time of the station: `2026-11-20 12:00`.
    func time(_ name: String) throws -> WallTime {
        guard let time = LocalTime(house.zone).instant(text(name)) else {
            throw ScenarioMistake("'\(text(name))' is no time", "Write local time: 2026-11-20 12:00")
        }
        return time
    }

    static func choose(_ names: some Sequence<String>) -> String {
        "Known are \(names.sorted().joined(separator: ", "))."
    }
}

/// Local time as scenarios write it: `2026-11-20 12:00`, or with seconds. An hour that the clocks show twice means the
/// second one.
struct LocalTime {
    private let zone: TimeZoneTable

    init(_ zone: TimeZoneTable) { self.zone = zone }

    func instant(_ text: String) -> WallTime? {
        let clock = text.utf8.count == 16 ? text + ":00" : text
        guard clock.utf8.count == 19, clock.dropFirst(10).first == " ",
            let shown = WallTime(iso8601: "\(clock.prefix(10))T\(clock.suffix(8)).000Z")
        else { return nil }
        let (date, millisecond) = shown.civil
        return zone.instant(date, millisecondOfDay: millisecond)
    }

    func text(_ instant: WallTime) -> String {
        let shown = instant.adding(milliseconds: zone.offsetMilliseconds(at: instant)).iso8601
        let rest = shown.dropFirst(16).prefix(7) == ":00.000" ? "" : shown.dropFirst(16).dropLast()
        return "\(shown.prefix(10)) \(shown.dropFirst(11).prefix(5))\(rest)"
    }
}
