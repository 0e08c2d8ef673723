// What there is to be booked and what of it is taken, read from the database: the register's items and lockers, the bookings
// of the house file and of the pool, and the loans that are open.

import StationCore

extension PoolDatabase {
    /// So long from now a loan that should be back is expected to stay out, in milliseconds: nobody knows, and by tomorrow
    /// somebody has asked.
    static let overdueStay: Int64 = 86_400_000

    /// What there is, and what is taken from a time on.
    ///
    /// - Parameters:
    ///   - borrower: whose own loans are in nobody's way, because they bring back or keep what they have.
    ///   - number: a booking that is left out, because it is to be changed.
    static func stock(
        _ database: any DatabaseSession, at now: WallTime, askedBy borrower: BorrowerID? = nil,
        without number: Int64? = nil
    ) throws -> BookingStock {
        var stock = BookingStock()
        for place in try places(database) {
            stock.items[place.item.id] = place
            guard let locker = place.item.locker else { continue }
            stock.lockers[.locker(locker, at: place.station), default: []].append(place.item.id)
        }
        stock.lost = Set(
            try database.rows("SELECT item FROM lost_items").map { (row) throws -> ItemID in try row.identifier("item")
            })
        for row in try database.rows("SELECT station, id FROM lockers") {
            let thing = BookableThing.locker(try row.identifier("id"), at: try row.identifier("station"))
            if stock.lockers[thing] == nil { stock.lockers[thing] = [] }
        }
        for row in try database.rows(
            "SELECT id, item, begins, ends FROM bookings WHERE ends > ?1", [.time(now)])
        {
            stock.fixed.add(
                Claim(
                    holder: .fileBooking(try row.identifier("id")), from: try row.get("begins"),
                    until: try row.get("ends"), pieces: [.item(try row.identifier("item")): 1]))
        }
        let fetched = try addBookings(to: &stock, database, at: now, without: number)
        try addLoans(to: &stock, database, at: now, askedBy: borrower, without: fetched)
        return stock
    }

    /// Adds the pool's own bookings that are not over.
    ///
    /// - Returns: the loans that they are counted with.
    private static func addBookings(
        to stock: inout BookingStock, _ database: any DatabaseSession, at now: WallTime, without number: Int64?
    ) throws -> Set<Claim.Holder> {
        let rows = try database.rows(
            """
            SELECT \(bookingColumns) FROM \(bookingTables)
            WHERE b.ends > ?1 AND b.cancelled IS NULL AND l.ended IS NULL AND b.number <> ?2 ORDER BY b.number
            """, [.time(now), .integer(number ?? 0)])
        var fetched: Set<Claim.Holder> = []
        for row in rows {
            let booking = try booking(row)
            if case .category(let category, _) = booking.subject, let item = booking.item, booking.fetching == nil {
                stock.movable.append(
                    .init(
                        number: booking.number, category: category, station: booking.station, item: item,
                        from: booking.from, until: booking.until))
                continue
            }
            var claim = Claim(
                holder: .booking(booking.number), from: booking.from, until: booking.until,
                pieces: stock.pieces(of: booking))
            if let fetching = booking.fetching {
                // Now the loan says until when; what else is in a locker is still booked.
                let loan = Claim.Holder.loan(station: try row.identifier("loan_station"), id: try row.get("loan"))
                fetched.insert(loan)
                // What is out is what the loan is of, whatever was kept.
                if booking.item != nil { claim.pieces = [.item(try row.identifier("loan_item")): 1] }
                claim.from = min(claim.from, fetching.at)
                claim.until = max(claim.until, stay(dueAt: fetching.due, at: now))
                claim.isOverdue = booking.isOverdue(at: now)
            }
            stock.fixed.add(claim)
        }
        return fetched
    }

    /// Adds the open loans that no booking is counted with.
    private static func addLoans(
        to stock: inout BookingStock, _ database: any DatabaseSession, at now: WallTime, askedBy borrower: BorrowerID?,
        without fetched: Set<Claim.Holder>
    ) throws {
        for row in try database.rows("SELECT station, id, item, borrower, begun, due FROM loans WHERE ended IS NULL") {
            let holder = Claim.Holder.loan(station: try row.identifier("station"), id: try row.get("id"))
            let owner: BorrowerID? = try row.identifier(ifAny: "borrower")
            guard !fetched.contains(holder), owner == nil || owner != borrower else { continue }
            let due: WallTime = try row.get("due")
            let begun: WallTime = try row.get("begun")
            // A station's clock may be wrong: whatever it says, the item is out now.
            stock.fixed.add(
                Claim(
                    holder: holder, from: min(begun, now), until: stay(dueAt: due, at: now),
                    pieces: [.item(try row.identifier("item")): 1], isOverdue: due < now))
        }
    }

    private static func stay(dueAt due: WallTime, at now: WallTime) -> WallTime {
        due > now ? due : now.adding(milliseconds: overdueStay)
    }

    /// The pool's own bookings as a station gets them: those that are neither cancelled nor over, of the items in this
    /// register. One of a locker is one of each piece in it.
    static func stationBookings(_ database: any DatabaseSession, of house: House, at now: WallTime) throws -> [Booking]
    {
        var stock = BookingStock()
        for place in house.items {
            stock.items[place.item.id] = place
            guard let locker = place.item.locker else { continue }
            stock.lockers[.locker(locker, at: place.station), default: []].append(place.item.id)
        }
        let borrowers = Set(house.borrowers.map(\.borrower.id))
        return try database.rows(
            """
            SELECT \(bookingColumns) FROM \(bookingTables)
            WHERE b.ends > ?1 AND b.cancelled IS NULL AND l.ended IS NULL ORDER BY b.number
            """, [.time(now)]
        ).map(booking).flatMap { booking -> [Booking] in
            guard let borrower = booking.borrower, borrowers.contains(borrower) else { return [] }
            let items = stock.pieces(of: booking).flatMap { thing, count -> [ItemID] in
                guard case .item(let item) = thing, stock.items[item] != nil else { return [] }
                return Array(repeating: item, count: count)
            }.sorted()
            return items.enumerated().compactMap { index, item in
                let name = "\(Booking.poolPrefix)\(booking.number)" + (items.count > 1 ? ".\(index + 1)" : "")
                return BookingID(name).flatMap {
                    Booking(id: $0, borrower: borrower, item: item, from: booking.from, until: booking.until)
                }
            }
        }
    }
}

extension BookingStock {
    /// What a booking takes. What the register no longer has takes nothing.
    func pieces(of booking: PoolBooking) -> [BookableThing: Int] {
        switch booking.subject {
        case .item, .category: return booking.item.map { [.item($0): 1] } ?? [:]
        case .locker(let locker, let station), .room(let locker, let station):
            let thing = BookableThing.locker(locker, at: station)
            var pieces = [thing: 1]
            for item in lockers[thing] ?? [] { pieces[.item(item)] = items[item]?.item.quantity }
            return pieces
        }
    }
}

extension Booking {
    /// What the names of the pool's own bookings begin with in a register; no house file may give such a name.
    static let poolPrefix = "pool."
}
