// Puts a register together piece by piece, from whatever kind of file, and finds what does not fit: names, labels and
// cards that occur twice, and lockers, stations or people that don't exist. Every mistake is noted with its line and a
// remedy.

import Groundwork
import StationCore

/// A register under construction. Readers add what they could read, with an empty text for what they couldn't (and
/// noted), so that one mistake does not hide the next.
struct HouseCheck {
    /// The file, as messages call it.
    let file: String
    /// The mistakes so far.
    private(set) var problems: [FileProblem] = []
    /// The register so far.
    var house = House()
    private var lines: [String: Int?] = [:]
    private var placed: [(item: ItemID, station: StationID, locker: LockerID?, line: Int?)] = []
    private var ruled: [(station: StationID, line: Int?)] = []
    /// The bookings' lines; of those that were in the register before there is none.
    private var booked: [BookingID: Int] = [:]

    /// An empty register to be read from a file.
    init(file: String) { self.file = file }

    /// Notes a mistake.
    mutating func note(_ problem: String, remedy: String, line: Int?) {
        problems.append(FileProblem(file: file, line: line, problem: problem, remedy: remedy))
    }

    /// Takes over mistakes that were found elsewhere.
    mutating func note(_ found: [FileProblem]) { problems += found }

    /// Says that a rule is for one station only.
    mutating func rule(isFor station: StationID, line: Int?) { ruled.append((station, line)) }

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

    /// Adds a booking; whether its item and borrower exist is checked in the end.
    mutating func add(booking: Booking, line: Int?) {
        guard isFirst("booking '\(booking.id)'", line: line) else { return }
        if booking.id.text.hasPrefix(Booking.poolPrefix) {
            note(
                "booking '\(booking.id)' has a name that the pool gives to its own bookings",
                remedy: "Give it one that does not begin with '\(Booking.poolPrefix)'.", line: line)
        }
        house.bookings.append(booking)
        booked[booking.id] = line
    }

    /// Takes all but the items from a register that was checked before.
    mutating func keepAllButItems(of other: House) {
        keepBookings(of: other)
        (house.policy, house.borrowers, house.staff) = (other.policy, other.borrowers, other.staff)
        for station in other.stations {
            add(station: station.id, hours: station.hours, line: nil)
            for locker in station.lockers { add(locker: locker, line: nil) }
        }
    }

    /// Takes all but the borrowers from a register that was checked before.
    mutating func keepAllButBorrowers(of other: House) {
        keepBookings(of: other)
        (house.policy, house.stations, house.items, house.staff) = (
            other.policy, other.stations, other.items, other.staff
        )
    }

    private mutating func keepBookings(of other: House) {
        for booking in other.bookings { add(booking: booking, line: nil) }
    }

    // MARK: - The end

    /// The register, where all of it fits.
    ///
    /// Throws: ``FileProblems`` with every mistake.
    mutating func finish() throws -> House {
        checkPlaces()
        checkBookings()
        if let problems = FileProblems(problems) { throw problems }
        return house.ordered
    }

    private mutating func checkPlaces() {
        let lockers = Dictionary(
            house.stations.map { ($0.id, Set($0.lockers.map(\.id))) }, uniquingKeysWith: { first, _ in first })
        let stations = Self.choose("station", "'stations'", among: lockers.keys.map(\.text))
        for (station, line) in ruled where lockers[station] == nil {
            note("a rule is for '\(station)', which is no station of this register", remedy: stations, line: line)
        }
        for (item, station, locker, line) in placed {
            guard let known = lockers[station] else {
                note(
                    "item '\(item)' lives at '\(station)', which is no station of this register", remedy: stations,
                    line: line)
                continue
            }
            if let locker, !known.contains(locker) {
                note(
                    "item '\(item)' lives in locker '\(locker)', which '\(station)' does not have",
                    remedy: Self.choose("locker", "'stations'", among: known.map(\.text)), line: line)
            }
        }
    }

    private mutating func checkBookings() {
        let items = Set(house.items.map(\.item.id))
        let borrowers = Set(house.borrowers.map(\.borrower.id))
        for booking in house.bookings {
            let line = booked[booking.id]
            let remedy = line == nil ? " Or load a house file without the booking." : ""
            if !items.contains(booking.item) {
                note(
                    "booking '\(booking.id)' is for item '\(booking.item)', which is not in this register",
                    remedy: Self.choose("item", "'items'", among: items.map(\.text)) + remedy, line: line)
            }
            if !borrowers.contains(booking.borrower) {
                note(
                    "booking '\(booking.id)' is of borrower '\(booking.borrower)', who is not in this register",
                    remedy: Self.choose("borrower", "'borrowers'", among: borrowers.map(\.text)) + remedy, line: line)
            }
        }
    }

    // MARK: - Single pieces

    private mutating func checkLabel(_ label: String, kind: HouseCode.Kind, at station: StationID, line: Int?) {
        guard !label.isEmpty else { return }
        if let code = HouseCode(label), code.kind != kind {
            note(
                "the label '\(Self.shown(label))' is a code for another kind of thing",
                remedy: "Codes of items begin with MT, those of lockers with ML.", line: line)
        } else if HouseCode(label) == nil, HouseCode.isNearly(label) {
            note(
                "the label '\(Self.shown(label))' has a wrong check character, or a letter that house codes don't use",
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

    /// A label for a message; not where it is a card's or a badge's code (rule S10).
    private static func shown(_ label: String) -> String {
        ["MB", "MS"].contains(label.prefix(2).uppercased()) ? "…" : LogText.safe(label)
    }

    /// Whether a thing occurs for the first time; notes it where it does not.
    mutating func isFirst(_ thing: String, key: String? = nil, line: Int?) -> Bool {
        if let first = lines.updateValue(line, forKey: key ?? thing) {
            lines[key ?? thing] = first
            let place = first.map { " first in line \($0)" } ?? " in the register before"
            note("\(thing) is there twice,\(place)", remedy: "Remove one of them.", line: line)
            return false
        }
        return true
    }

    private static func choose(_ thing: String, _ list: String, among names: [String]) -> String {
        guard !names.isEmpty else { return "Add the \(thing) under \(list)." }
        let some = names.sorted().prefix(12).joined(separator: ", ")
        return "Known are \(some)\(names.count > 12 ? ", …" : "")."
    }
}
