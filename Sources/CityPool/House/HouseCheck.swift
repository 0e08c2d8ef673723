// Puts a register together piece by piece, from whatever kind of file, and finds what does not fit: names, labels and
// cards that occur twice, and lockers or stations that don't exist. Every mistake is noted with its line and a remedy.

import Groundwork
import StationCore

/// A register under construction. Readers add what they could read, with an empty text for what they couldn't (and
/// noted), so that one mistake does not hide the next.
struct HouseCheck {
    /// The file, as messages call it.
    let file: String
    /// The mistakes so far.
    private(set) var problems: [FileProblem] = []
    private var house = House()
    private var lines: [String: Int?] = [:]
    private var placed: [(item: ItemID, station: StationID, locker: LockerID?, line: Int?)] = []

    /// An empty register to be read from a file.
    init(file: String) { self.file = file }

    /// Notes a mistake.
    mutating func note(_ problem: String, remedy: String, line: Int?) {
        problems.append(FileProblem(file: file, line: line, problem: problem, remedy: remedy))
    }

    /// Takes over mistakes that were found elsewhere.
    mutating func note(_ found: [FileProblem]) { problems += found }

    mutating func set(policy: Policy) { house.policy = policy }

    mutating func add(station: StationID, hours: OpeningHours? = nil, line: Int?) {
        guard isFirst("station '\(station)'", line: line) else { return }
        house.stations.append(.init(id: station, hours: hours))
    }

    /// Adds a locker to the station that was added last.
    mutating func add(locker: Locker, line: Int?) {
        guard let index = house.stations.indices.last else { return }
        let station = house.stations[index].id
        guard isFirst("locker '\(locker.id)' of '\(station)'", line: line) else { return }
        checkLabel(locker.label, kind: .locker, at: station, line: line)
        house.stations[index].lockers.append(locker)
    }

    /// Adds an item. Where its station could not be read, that was noted, and the rest is checked all the same.
    mutating func add(item: Item, station: StationID?, line: Int?) {
        guard isFirst("item '\(item.id)'", line: line), let station else { return }
        checkLabel(item.label, kind: .item, at: station, line: line)
        placed.append((item.id, station, item.locker, line))
        house.items.append(.init(item: item, station: station))
    }

    /// Adds a borrower with the codes of their cards.
    mutating func add(borrower: Borrower, codes: [(code: String, line: Int?)], line: Int?) {
        guard isFirst("borrower '\(borrower.id)'", line: line) else { return }
        var cards: [EntryHash] = []
        for (text, line) in codes {
            // What is on the card is not repeated: it is as good as a key (rule S10).
            guard let code = HouseCode(text), code.kind == .borrowerCard else {
                note(
                    "a card of borrower '\(borrower.id)' is no card code with a right check character",
                    remedy: "Write the code as it is printed on the card: it begins with MB and has 19 characters.",
                    line: line)
                continue
            }
            let fingerprint = CardCode.fingerprint(of: code.text)
            if isFirst("a card of borrower '\(borrower.id)'", key: "card \(fingerprint)", line: line) {
                cards.append(fingerprint)
            }
        }
        house.borrowers.append(.init(borrower: borrower, cards: cards))
    }

    /// Takes stations and their lockers from a register that was checked before.
    mutating func keepStations(of other: House) {
        for station in other.stations {
            add(station: station.id, hours: station.hours, line: nil)
            for locker in station.lockers { add(locker: locker, line: nil) }
        }
    }

    /// The register, where all of it fits.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    mutating func finish() throws -> House {
        let lockers = Dictionary(
            house.stations.map { ($0.id, Set($0.lockers.map(\.id))) }, uniquingKeysWith: { first, _ in first })
        for (item, station, locker, line) in placed {
            guard let known = lockers[station] else {
                note(
                    "item '\(item)' lives at '\(station)', which is no station of this register",
                    remedy: Self.choose("station", among: lockers.keys.map(\.text)), line: line)
                continue
            }
            if let locker, !known.contains(locker) {
                note(
                    "item '\(item)' lives in locker '\(locker)', which '\(station)' does not have",
                    remedy: Self.choose("locker", among: known.map(\.text)), line: line)
            }
        }
        if let problems = FileProblems(problems) { throw problems }
        return house.ordered
    }

    private mutating func checkLabel(_ label: String, kind: HouseCode.Kind, at station: StationID, line: Int?) {
        guard !label.isEmpty else { return }
        if let code = HouseCode(label), code.kind != kind {
            note(
                "the label '\(label)' is a code for another kind of thing",
                remedy: "Codes of items begin with MT, those of lockers with ML.", line: line)
        } else if HouseCode(label) == nil, HouseCode.isNearly(label) {
            note(
                "the label '\(LogText.safe(label))' has a wrong check character, or a letter that house codes don't use",
                remedy: "Compare it with the label, character by character.", line: line)
        } else {
            // Lockers of two houses may carry the same label; items move between houses, so theirs differ everywhere.
            let (thing, key) = (
                "the label '\(LogText.safe(label))'", "label \(CodeReader.key(ofRegistered: label).uppercased())"
            )
            if isFirst(thing, key: "\(key) at \(station)", line: line), kind == .item {
                _ = isFirst(thing, key: key, line: line)
            }
        }
    }

    private mutating func isFirst(_ thing: String, key: String? = nil, line: Int?) -> Bool {
        if let first = lines.updateValue(line, forKey: key ?? thing) {
            lines[key ?? thing] = first
            let place = first.map { " first in line \($0)" } ?? " in the register before"
            note("\(thing) is there twice,\(place)", remedy: "Remove one of them.", line: line)
            return false
        }
        return true
    }

    private static func choose(_ thing: String, among names: [String]) -> String {
        guard !names.isEmpty else { return "Add the \(thing) under 'stations'." }
        let some = names.sorted().prefix(12).joined(separator: ", ")
        return "Known are \(some)\(names.count > 12 ? ", …" : "")."
    }
}

/// How the values of a register are read from text, whatever kind of file it stands in.
enum HouseText {
    /// What a label looks like.
    static let labelShape = "1 to 64 printable ASCII characters without spaces around them"

    /// The text of a label.
    static func label(_ text: String) -> String? {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
            text.first != " ", text.last != " "
        else { return nil }
        return text
    }

    /// What a name looks like.
    static let nameShape = "a printable text of 1 to 200 characters"

    /// A name that people read.
    static func name(_ text: String) -> String? {
        (1...200).contains(text.count) && LocalizedText.isPrintable(text) ? text : nil
    }

    /// A category: a short word that the policy knows.
    static func category(_ text: String) -> String? { Identifier<Policy>(text)?.text }

    /// The end of a right: a date (it lasts until that day's end in UTC), or an instant.
    static func until(_ text: String) -> WallTime? {
        WallTime(iso8601: text) ?? WallTime(iso8601: "\(text)T23:59:59.999Z")
    }

    /// True or false.
    static func flag(_ text: String) -> Bool? { text == "true" ? true : text == "false" ? false : nil }

    /// The minute of the day that `18:00` names.
    static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }
}
