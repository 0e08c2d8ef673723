// Finds out whether a booking fits, and which item it is for. A booking of a category gets an item when it is made, so that a
// station can keep it free; until it is fetched it may get another one where that makes room for somebody.

import StationCore

/// What there is to be booked, and what of it is taken.
struct BookingStock: Sendable {
    /// A booking of a category that nobody fetched yet.
    struct Movable: Equatable, Sendable {
        var number: Int64
        var category: String
        var station: StationID
        var item: ItemID
        var from: WallTime
        var until: WallTime
    }

    /// The items with their stations.
    var items: [ItemID: House.Place] = [:]
    /// The items that are marked as lost: nobody gets one of them.
    var lost: Set<ItemID> = []
    /// The lockers of the register, with all that lives in each.
    var lockers: [BookableThing: [ItemID]] = [:]
    /// What is taken for good.
    var fixed = Occupancy()
    /// What may get another item.
    var movable: [Movable] = []

    /// The most pieces that a locker may hold to be booked as a whole: each is a line in a station's register.
    static let mostPiecesOfLocker = 100
}

/// What a booking takes.
struct BookingPlan: Equatable, Sendable {
    /// Where it is fetched.
    var station: StationID
    /// Which item it is for; `nil` for a locker or a room.
    var item: ItemID?
    /// The bookings of categories that get another item.
    var moved: [Int64: ItemID] = [:]
}

extension BookingStock {
    /// How a booking can be made.
    ///
    /// - Parameter current: the item that it has so far, which it keeps where it can.
    /// - Throws: ``BookingRefusal`` where it can't.
    func plan(
        _ subject: BookingSubject, from: WallTime, until: WallTime, current: ItemID? = nil
    ) throws(BookingRefusal) -> BookingPlan {
        switch subject {
        case .item(let item):
            guard let place = items[item] else {
                throw .mistaken("the register has no item '\(item)'; 'GET /v1/items' lists them")
            }
            guard place.item.isLendable else { throw .mistaken("item '\(item)' is not lent; see 'lendable'") }
            guard !lost.contains(item) else {
                throw .mistaken("item '\(item)' is marked as lost; mark it as found where it is there")
            }
            let moved = try take([.item(item): 1], named: "item '\(item)'", from: from, until: until)
            return BookingPlan(station: place.station, item: item, moved: moved)
        case .locker(let locker, let station), .room(let locker, let station):
            let moved = try take(
                try pieces(of: locker, at: station), named: "locker '\(locker)' of '\(station)'", from: from,
                until: until)
            return BookingPlan(station: station, item: nil, moved: moved)
        case .category(let category, let station):
            return try plan(category, station, from: from, until: until, current: current)
        }
    }

    /// All that a booking of a locker takes.
    private func pieces(of locker: LockerID, at station: StationID) throws(BookingRefusal) -> [BookableThing: Int] {
        let thing = BookableThing.locker(locker, at: station)
        guard let contents = lockers[thing] else {
            throw .mistaken("station '\(station)' has no locker '\(locker)' in the register")
        }
        var pieces = [thing: 1]
        for item in contents { pieces[.item(item)] = items[item]?.item.quantity }
        guard pieces.values.reduce(0, +) <= Self.mostPiecesOfLocker else {
            throw .mistaken(
                "locker '\(locker)' of '\(station)' holds more than \(Self.mostPiecesOfLocker) pieces; book its items")
        }
        return pieces
    }

    private func quantity(of thing: BookableThing) -> Int {
        switch thing {
        case .item(let item): items[item]?.item.quantity ?? 0
        case .locker: 1
        }
    }

    // MARK: - Fitting

    /// The first time at which one of these pieces is missing.
    private func shortage(
        _ pieces: [BookableThing: Int], in occupancy: Occupancy, from: WallTime, until: WallTime
    ) -> Range<WallTime>? {
        pieces.compactMap { thing, count in
            occupancy.shortage(of: thing, wanting: count, quantity: quantity(of: thing), from: from, until: until)
        }.min { $0.lowerBound < $1.lowerBound }
    }

    /// Everything that is taken now.
    var occupancy: Occupancy {
        var occupancy = fixed
        for booking in movable { occupancy.add(booking.claim) }
        return occupancy
    }

    /// Takes these pieces; gives the bookings that have to move for it.
    private func take(
        _ pieces: [BookableThing: Int], named name: String, from: WallTime, until: WallTime
    ) throws(BookingRefusal) -> [Int64: ItemID] {
        guard let shortage = shortage(pieces, in: occupancy, from: from, until: until) else { return [:] }
        let shelves = Set(pieces.keys.compactMap(shelf))
        var rest = loosened(shelves, from: from, until: until)
        guard self.shortage(pieces, in: rest.fixed, from: from, until: until) == nil else {
            throw .taken(name, shortage)
        }
        rest.fixed.add(Claim(holder: .booking(0), from: from, until: until, pieces: pieces))
        guard let places = rest.arranged() else { throw .taken(name, shortage) }
        return rest.moves(places)
    }

    private func plan(
        _ category: String, _ station: StationID, from: WallTime, until: WallTime, current: ItemID?
    ) throws(BookingRefusal) -> BookingPlan {
        let candidates = candidates(category, station)
        guard let first = candidates.first else {
            throw .mistaken("nothing of category '\(category)' that is lent lives at '\(station)'")
        }
        let occupancy = occupancy
        func shortage(of item: ItemID) -> Range<WallTime>? {
            self.shortage([.item(item): 1], in: occupancy, from: from, until: until)
        }
        let preferred = candidates.filter { $0 == current } + candidates.filter { $0 != current }
        if let item = preferred.first(where: { shortage(of: $0) == nil }) {
            return BookingPlan(station: station, item: item)
        }
        var rest = loosened([Shelf(category: category, station: station)], from: from, until: until)
        rest.movable.append(
            Movable(number: 0, category: category, station: station, item: current ?? first, from: from, until: until))
        guard var places = rest.arranged(), let item = places.removeValue(forKey: 0) else {
            let shortages = candidates.compactMap(shortage)
            let all = shortages.dropFirst().reduce(shortages[0]) { all, next in
                // The time in which all of them are taken, where there is one.
                let common = all.clamped(to: next)
                return common.isEmpty ? all : common
            }
            throw .taken("everything of category '\(category)' at '\(station)'", all)
        }
        return BookingPlan(station: station, item: item, moved: moves(places))
    }

    /// The items of one category at one station: what a booking of a category may get.
    private struct Shelf: Hashable {
        var category: String
        var station: StationID
    }

    private func shelf(_ thing: BookableThing) -> Shelf? {
        guard case .item(let item) = thing, let place = items[item] else { return nil }
        return Shelf(category: place.item.category, station: place.station)
    }

    /// The same stock in which only those bookings can be moved that may make room at a time: they are for these shelves, and
    /// overlap it, or one that does, and so on. Whatever is wrong elsewhere is in nobody's way then.
    private func loosened(_ shelves: Set<Shelf>, from: WallTime, until: WallTime) -> BookingStock {
        var (first, last) = (from, until)
        var (near, others): ([Movable], [Movable]) = ([], movable)
        while true {
            let found = others.filter {
                $0.from < last && first < $0.until
                    && shelves.contains(Shelf(category: $0.category, station: $0.station))
            }
            guard !found.isEmpty else { break }
            near += found
            others.removeAll(where: found.contains)
            (first, last) = found.reduce((first, last)) { (min($0.0, $1.from), max($0.1, $1.until)) }
        }
        var stock = self
        stock.movable = near
        for booking in others { stock.fixed.add(booking.claim) }
        return stock
    }

    /// Whether anybody can have an item.
    func isLent(_ item: Item) -> Bool { item.isLendable && !lost.contains(item.id) }

    /// The items of a category that are lent at a station.
    private func candidates(_ category: String, _ station: StationID) -> [ItemID] {
        items.values.filter { $0.item.category == category && $0.station == station && isLent($0.item) }
            .map(\.item.id).sorted()
    }

    /// An item for each movable booking, or `nil` where none was found. They get theirs in the order in which they begin, so
    /// where nothing else is booked or lent, as many of them fit as there are pieces.
    private func arranged() -> [Int64: ItemID]? {
        var (occupancy, places) = (fixed, [Int64: ItemID]())
        for booking in movable.sorted(by: { ($0.from, $0.number) < ($1.from, $1.number) }) {
            let candidates = candidates(booking.category, booking.station)
            let preferred = candidates.filter { $0 == booking.item } + candidates.filter { $0 != booking.item }
            let item = preferred.first {
                shortage([.item($0): 1], in: occupancy, from: booking.from, until: booking.until) == nil
            }
            guard let item else { return nil }
            var moved = booking
            moved.item = item
            occupancy.add(moved.claim)
            places[booking.number] = item
        }
        return places
    }

    /// Those that have another item than before.
    private func moves(_ places: [Int64: ItemID]) -> [Int64: ItemID] {
        let before = Dictionary(movable.map { ($0.number, $0.item) }, uniquingKeysWith: { first, _ in first })
        return places.filter { before[$0.key] != $0.value }
    }
}

extension BookingStock.Movable {
    fileprivate var claim: Claim {
        Claim(holder: .booking(number), from: from, until: until, pieces: [.item(item): 1])
    }
}

extension BookingRefusal {
    static func mistaken(_ text: String) -> BookingRefusal { BookingRefusal(reason: .mistaken, description: text) }

    fileprivate static func taken(_ name: String, _ time: Range<WallTime>) -> BookingRefusal {
        BookingRefusal(
            reason: .taken,
            description: "\(name) is taken from \(time.lowerBound.iso8601) until \(time.upperBound.iso8601) at least; "
                + "ask for another time, or see /v1/availability")
    }
}
