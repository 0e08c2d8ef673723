// The pool's own bookings in the database. Whoever makes or changes one holds the register's lock from before the first
// look until the commit, so that of two who want the same at the same moment, at two pools even, one is told that it is
// taken. Stations hear of it as of any change of the register: its number counts up.

import Groundwork
import StationCore

/// Which bookings are asked for.
struct BookingQuery: Equatable, Sendable {
    /// Only those at a station.
    var station: StationID?
    /// Only those of a borrower.
    var borrower: BorrowerID?
    /// Only those that are booked or out.
    var openOnly = true
    /// Only those after this number.
    var after: Int64 = 0
    /// How many at most.
    var limit: Int
}

extension PoolDatabase {
    /// How many random bytes tell the passes of a booking apart.
    static let passNonceCount = 8

    func book(_ request: BookingRequest, at now: WallTime) async throws -> PoolBooking {
        try Self.check(from: request.from, until: request.until, at: now)
        return try await engine.write { database in
            try database.lock("register")
            try Self.check(request.borrower, until: request.until, database, at: now)
            let plan = try Self.carryOut(database) {
                try Self.stock(database, at: now, askedBy: request.borrower)
                    .plan(request.subject, from: request.from, until: request.until)
            }
            let row = try database.row(
                """
                INSERT INTO pool_bookings
                    (kind, station, category, locker, item, borrower, begins, ends, changed, nonce)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING number
                """,
                Self.subjectValues(request.subject, plan) + [
                    .text(request.borrower.text), .time(request.from), .time(request.until), .time(now),
                    .bytes(Randomness.bytes(Self.passNonceCount)),
                ])
            guard let number: Int64 = try row?.get("number") else {
                throw StoreDamage(description: "a booking got no number")
            }
            try Self.announce(database)
            return try Self.existing(number, database)
        }
    }

    func change(booking number: Int64, from: WallTime?, until: WallTime?, at now: WallTime) async throws -> PoolBooking
    {
        try await engine.write { database in
            try database.lock("register")
            try Self.hold([number], database)
            let booking = try Self.open(number, database, at: now)
            let (from, until) = (from ?? booking.from, until ?? booking.until)
            guard (from, until) != (booking.from, booking.until) else { return booking }
            try Self.check(from: from, until: until, at: now)
            if let borrower = booking.borrower {
                try Self.check(borrower, until: until, database, at: now, besides: number)
            }
            let plan = try Self.carryOut(database) {
                try Self.stock(database, at: now, askedBy: booking.borrower, without: number)
                    .plan(booking.subject, from: from, until: until, current: booking.item)
            }
            try Self.revokePass(of: number, database, at: now)
            try database.execute(
                """
                UPDATE pool_bookings SET begins = ?2, ends = ?3, station = ?4, item = ?5, changed = ?6, nonce = ?7
                WHERE number = ?1
                """,
                [
                    .integer(number), .time(from), .time(until), .text(plan.station.text), .text(plan.item?.text),
                    .time(now), .bytes(Randomness.bytes(Self.passNonceCount)),
                ])
            try Self.announce(database)
            return try Self.existing(number, database)
        }
    }

    func cancel(booking number: Int64, at now: WallTime) async throws -> PoolBooking {
        try await engine.write { database in
            try database.lock("register")
            try Self.hold([number], database)
            _ = try Self.open(number, database, at: now)
            try Self.revokePass(of: number, database, at: now)
            try database.execute(
                "UPDATE pool_bookings SET cancelled = ?2, changed = ?2 WHERE number = ?1",
                [.integer(number), .time(now)])
            try Self.announce(database)
            return try Self.existing(number, database)
        }
    }

    func booking(_ number: Int64) async throws -> PoolBooking {
        try await engine.read { try Self.existing(number, $0) }
    }

    func bookings(_ query: BookingQuery, at now: WallTime) async throws -> [PoolBooking] {
        try await engine.read { database in
            try database.rows(
                """
                SELECT \(Self.bookingColumns) FROM \(Self.bookingTables)
                WHERE b.number > ?1 AND (?2 IS NULL OR b.station = ?2) AND (?3 IS NULL OR b.borrower = ?3)
                    AND (?4 = 0 OR b.cancelled IS NULL AND l.ended IS NULL AND (b.ends > ?5 OR l.id IS NOT NULL))
                ORDER BY b.number LIMIT ?6
                """,
                [
                    .integer(query.after), .text(query.station?.text), .text(query.borrower?.text),
                    .flag(query.openOnly), .time(now), .integer(Int64(query.limit)),
                ]
            ).map(Self.booking)
        }
    }

    // MARK: - Rules

    private static func check(from: WallTime, until: WallTime, at now: WallTime) throws(BookingRefusal) {
        let day: Int64 = 86_400_000
        guard from < until else { throw .mistaken("the booking ends before it begins") }
        guard until > now else { throw .mistaken("the booking is over already; give a later 'until'") }
        guard until <= from.adding(milliseconds: BookingRequest.longestDays * day) else {
            throw .mistaken("a booking lasts \(BookingRequest.longestDays) days at most")
        }
        guard from <= now.adding(milliseconds: BookingRequest.furthestDays * day) else {
            throw .mistaken("a booking begins within \(BookingRequest.furthestDays) days")
        }
    }

    private static func check(
        _ borrower: BorrowerID, until: WallTime, _ database: any DatabaseSession, at now: WallTime,
        besides number: Int64 = 0
    ) throws {
        let row = try database.row(
            "SELECT standing, valid_until FROM borrowers WHERE id = ?1", [.text(borrower.text)])
        guard let row else { throw BookingRefusal.mistaken("the register has no borrower '\(borrower)'") }
        guard try row.get("standing") == Borrower.Standing.active.rawValue else {
            throw BookingRefusal.mistaken("borrower '\(borrower)' is blocked")
        }
        let end: WallTime? = try row.get("valid_until")
        guard end.map({ until <= $0 }) ?? true else {
            throw BookingRefusal.mistaken("the right of borrower '\(borrower)' to borrow ends before the booking does")
        }
        let others = try database.row(
            """
            SELECT count(*) AS count FROM pool_bookings
            WHERE borrower = ?1 AND ends > ?2 AND cancelled IS NULL AND number <> ?3
            """, [.text(borrower.text), .time(now), .integer(number)])
        let count: Int = try others?.get("count") ?? 0
        guard count < BookingRequest.mostOfBorrower else {
            throw BookingRefusal.mistaken(
                "borrower '\(borrower)' has \(count) bookings ahead, which is the most; cancel one first")
        }
    }

    /// A booking that can still be changed: neither fetched, cancelled nor over.
    private static func open(
        _ number: Int64, _ database: any DatabaseSession, at now: WallTime
    ) throws -> PoolBooking {
        let booking = try existing(number, database)
        let state = booking.state(at: now)
        guard state == .booked else {
            throw BookingRefusal(
                reason: .closed,
                description:
                    "booking \(number) is '\(state.rawValue)': only one that is 'booked' can be changed or cancelled")
        }
        return booking
    }

    // MARK: - Rows

    /// Holds bookings until the end of the transaction, so that no station's batch finds them fetched meanwhile. Only the
    /// statements after it see what a batch had written that it waited for: PostgreSQL looks again at the row itself, and
    /// at nothing else that a statement asks about.
    static func hold(_ numbers: some Sequence<Int64>, _ database: any DatabaseSession) throws {
        try database.execute(
            "UPDATE pool_bookings SET changed = changed WHERE number = ?1",
            each: numbers.sorted().map { [.integer($0)] })
    }

    private static func subjectValues(_ subject: BookingSubject, _ plan: BookingPlan) -> [SQLValue] {
        var (category, locker): (String?, String?)
        switch subject {
        case .item: break
        case .category(let name, _): category = name
        case .locker(let name, _), .room(let name, _): locker = name.text
        }
        return [
            .text(subject.kind.rawValue), .text(plan.station.text), .text(category), .text(locker),
            .text(plan.item?.text),
        ]
    }

    /// Makes a plan and gives bookings of categories the items that it has for them; makes another one where one of these
    /// was fetched since. That one is held and stays where it is, so each round has fewer bookings to move.
    private static func carryOut(
        _ database: any DatabaseSession, _ plan: () throws -> BookingPlan
    ) throws -> BookingPlan {
        while true {
            let made = try plan()
            try hold(made.moved.keys, database)
            let isAsSeen = try made.moved.keys.allSatisfy { try existing($0, database).fetching == nil }
            guard isAsSeen else { continue }
            try database.execute(
                "UPDATE pool_bookings SET item = ?2 WHERE number = ?1",
                each: made.moved.sorted { $0.key < $1.key }.map { [.integer($0.key), .text($0.value.text)] })
            return made
        }
    }

    /// Tells the stations that something changed.
    static func announce(_ database: any DatabaseSession) throws {
        try database.execute("UPDATE register SET number = number + 1")
    }

    static func existing(_ number: Int64, _ database: any DatabaseSession) throws -> PoolBooking {
        let row = try database.row(
            "SELECT \(bookingColumns) FROM \(bookingTables) WHERE b.number = ?1", [.integer(number)])
        guard let row else {
            throw BookingRefusal(reason: .unknown, description: "there is no booking \(number)")
        }
        return try booking(row)
    }

    static let bookingColumns = """
        b.number, b.kind, b.station, b.category, b.locker, b.item, b.borrower, b.begins, b.ends, b.changed,
        b.cancelled, l.station AS loan_station, l.id AS loan, l.item AS loan_item, l.begun, l.due, l.ended
        """

    /// Bookings with the loans that fetched them. What never left its locker, or was back before the booking began, has
    /// fetched nothing.
    static let bookingTables = """
        pool_bookings b LEFT JOIN loans l ON l.station = b.loan_station AND l.id = b.loan
            AND l.ending IS DISTINCT FROM 'void' AND (l.ended IS NULL OR l.ended > b.begins)
        """

    static func booking(_ row: SQLRow) throws -> PoolBooking {
        let number: Int64 = try row.get("number")
        let station: StationID = try row.identifier("station")
        guard let kind = BookingSubject.Kind(rawValue: try row.get("kind")) else {
            throw StoreDamage(description: "booking \(number) is of no kind")
        }
        let subject: BookingSubject =
            switch kind {
            case .item: .item(try row.identifier("item"))
            case .category: .category(try row.get("category"), at: station)
            case .locker: .locker(try row.identifier("locker"), at: station)
            case .room: .room(try row.identifier("locker"), at: station)
            }
        let begun: WallTime? = try row.get("begun")
        return PoolBooking(
            number: number, subject: subject, station: station, item: try row.identifier(ifAny: "item"),
            borrower: try row.identifier(ifAny: "borrower"), from: try row.get("begins"), until: try row.get("ends"),
            changed: try row.get("changed"), cancelled: try row.get("cancelled"),
            fetching: try begun.map {
                PoolBooking.Fetching(at: $0, due: try row.get("due"), ended: try row.get("ended"))
            })
    }
}
