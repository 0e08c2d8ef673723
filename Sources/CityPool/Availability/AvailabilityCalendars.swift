// The calendars of an item and of a station: what is booked, out or overdue, and when the house is open. Nobody's name is in
// them, and no name that somebody gave to a booking.

import StationCore

/// Makes calendars of what is available.
struct AvailabilityCalendars {
    let basis: AvailabilityBasis
    let zone: TimeZoneTable
    /// What the names of events end with, so that they differ from those of every other calendar.
    let domain: String
    let isGerman: Bool

    /// How many days of opening hours a station's calendar has.
    static let openDays = 62

    /// The calendar of an item; `nil` where the register has none of this name.
    func calendar(of id: ItemID) -> CalendarFile? {
        guard let place = basis.stock.items[id] else { return nil }
        let claims = basis.stock.occupancy.claims(on: .item(id), from: basis.at, until: .latest)
        return CalendarFile(
            name: text(place.item.name), at: basis.at,
            events: claims.map { event($0, among: [id]) }.sorted(by: Self.order))
    }

    /// The calendar of a station; `nil` where the register has none of this name.
    func calendar(of id: StationID) -> CalendarFile? {
        guard let station = basis.house.stations.first(where: { $0.id == id }) else { return nil }
        let here = Set(basis.stock.items.values.filter { $0.station == id }.map(\.item.id))
        let claims = basis.stock.occupancy.claims.filter { claim in
            claim.until > basis.at
                && claim.pieces.keys.contains { thing in
                    switch thing {
                    case .item(let item): here.contains(item)
                    case .locker(_, let station): station == id
                    }
                }
        }
        let events = claims.map { event($0, among: here) } + opening(station)
        return CalendarFile(name: id.text, at: basis.at, events: events.sorted(by: Self.order))
    }

    private func text(_ text: LocalizedText) -> String { isGerman ? text.german : text.english }

    private func event(_ claim: Claim, among items: Set<ItemID>) -> CalendarFile.Event {
        CalendarFile.Event(
            uid: uid(claim.holder), span: .times(claim.from..<claim.until),
            summary: "\(name(claim, among: items)): \(word(claim))", isBusy: true)
    }

    /// What is taken; of a locker with several things in it, or with none, the locker's own name.
    private func name(_ claim: Claim, among items: Set<ItemID>) -> String {
        for case .locker(let id, let station) in claim.pieces.keys where claim.pieces.count != 2 {
            let locker = basis.house.stations.first { $0.id == station }?.lockers.first { $0.id == id }
            return locker.map { text($0.name) } ?? id.text
        }
        return claim.pieces.compactMap { thing, count -> String? in
            guard case .item(let id) = thing, items.contains(id), let item = basis.stock.items[id]?.item else {
                return nil
            }
            return count > 1 ? "\(count) × \(text(item.name))" : text(item.name)
        }.joined(separator: ", ")
    }

    private func word(_ claim: Claim) -> String {
        if claim.isOverdue { return isGerman ? "überfällig" : "overdue" }
        switch claim.holder {
        case .booking, .fileBooking: return isGerman ? "gebucht" : "booked"
        case .loan: return isGerman ? "ausgeliehen" : "on loan"
        }
    }

    private func uid(_ holder: Claim.Holder) -> String {
        let name =
            switch holder {
            case .booking(let number): "booking-\(number)"
            // Who wrote the house file may have named it after somebody.
            case .fileBooking(let id): "file-\(EntryHash(of: Array("\(domain) \(id)".utf8)).description.prefix(32))"
            case .loan(let station, let id): "loan-\(station)-\(id)"
            }
        return "\(name)@\(domain)"
    }

    /// When the house is open in the next days, and the days on which it is closed though it is open otherwise.
    private func opening(_ station: House.Station) -> [CalendarFile.Event] {
        guard let hours = station.hours else { return [] }
        let window = DayWindow(first: zone.local(basis.at).date, count: Self.openDays)
        return window.dates.flatMap { date -> [CalendarFile.Event] in
            if hours.closedDays.contains(date) {
                return [
                    .init(
                        uid: "closed-\(station.id)-\(date.iso8601)@\(domain)", span: .day(date),
                        summary: isGerman ? "geschlossen" : "closed", isBusy: false)
                ]
            }
            return hours.times(on: date, in: zone).enumerated().map { index, time in
                .init(
                    uid: "open-\(station.id)-\(date.iso8601)-\(index + 1)@\(domain)", span: .times(time),
                    summary: isGerman ? "geöffnet" : "open", isBusy: false)
            }
        }
    }

    /// By time, then by name, so that a calendar in which nothing changed is the same.
    private static func order(_ one: CalendarFile.Event, _ other: CalendarFile.Event) -> Bool {
        func key(_ event: CalendarFile.Event) -> (Int64, String) {
            switch event.span {
            case .times(let range): (range.lowerBound.milliseconds, event.uid)
            case .day(let date): (Int64(date.daysSince1970) * 86_400_000, event.uid)
            }
        }
        return key(one) < key(other)
    }
}
