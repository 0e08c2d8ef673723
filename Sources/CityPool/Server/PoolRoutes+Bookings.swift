// The addresses of the pool's own bookings, for admins.

import Hummingbird
import Logging
import StationCore

extension PoolRoutes {
    /// The most bytes of a booking that somebody asks for.
    static let maximumBookingBytes = 4096

    func addBookings(to router: Router<PoolContext>) {
        router.get("v1/bookings") { request, _ in try await getBookings(request) }
        router.post("v1/bookings") { request, _ -> Response in
            try await pool.admitAdmin(token: request.token)
            let booking = try await bookingBody(request) { json in
                try await pool.store.book(try BookingRequest(json), at: pool.now)
            }
            pool.logger.info("a booking was made", metadata: ["booking": "\(booking.number)"])
            var answer = Response.json(booking.json(at: pool.now))
            answer.status = .created
            answer.headers[.location] = "/v1/bookings/\(booking.number)"
            return answer
        }
        router.get("v1/bookings/:number") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            return .json(try await pool.store.booking(try bookingNumber(context)).json(at: pool.now))
        }
        router.get("v1/bookings/:number/pass") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            let wanted = request.uri.queryParameters.get("form") ?? BookingPass.Form.text.rawValue
            guard let form = BookingPass.Form(rawValue: wanted) else {
                throw Problem.unreadable("'form' is 'text', 'svg' or 'page'.")
            }
            guard let key = try await pool.key() else {
                throw StoreDamage(description: "there is a booking, but no key")
            }
            let basis = try await pool.store.pass(of: try bookingNumber(context))
            let pass = try BookingPass(basis, key: key, zone: pool.zone, at: pool.now)
            // Nobody may frame the page, or put anything into it.
            let policy: HTTPFields = [.contentSecurityPolicy: BookingPass.pagePolicy]
            return Response(Array(try pass.body(form).utf8), type: form.mediaType, headers: policy)
        }
        router.patch("v1/bookings/:number") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            let number = try bookingNumber(context)
            let booking = try await bookingBody(request) { json in
                let change = try BookingChange(json)
                return try await pool.store.change(
                    booking: number, from: change.from, until: change.until, at: pool.now)
            }
            pool.logger.info("a booking was changed", metadata: ["booking": "\(number)"])
            return .json(booking.json(at: pool.now))
        }
        router.delete("v1/bookings/:number") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            let booking = try await pool.store.cancel(booking: try bookingNumber(context), at: pool.now)
            pool.logger.info("a booking was cancelled", metadata: ["booking": "\(booking.number)"])
            return .json(booking.json(at: pool.now))
        }
    }

    private func getBookings(_ request: Request) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let query = request.uri.queryParameters
        let station: StationID? = try query.identifier("station")
        let borrower: BorrowerID? = try query.identifier("borrower")
        let (after, limit) = try page(query)
        let bookings = try await pool.store.bookings(
            BookingQuery(
                station: station, borrower: borrower, openOnly: try openOnly(query), after: after, limit: limit),
            at: pool.now)
        var object: [String: JSON] = ["bookings": .array(bookings.map { $0.json(at: pool.now) })]
        if bookings.count == limit, let last = bookings.last { object["next"] = .integer(last.number) }
        return .json(.object(object))
    }

    func bookingNumber(_ context: PoolContext) throws -> Int64 {
        let text = context.parameters.get("number") ?? ""
        guard let number = Int64(text), (1...JSON.maximumInteger).contains(number) else {
            throw Problem.unreadable("The number of a booking is a whole number from 1 on.")
        }
        return number
    }

    private func bookingBody(
        _ request: Request, _ use: (JSON) async throws -> PoolBooking
    ) async throws -> PoolBooking {
        try await body(of: request, mediaTypes: ["application/json"], most: Self.maximumBookingBytes) { bytes in
            let json: JSON
            do { json = try JSON(parsing: bytes) } catch {
                throw Problem.unreadable("The body is no JSON that the pool takes: \(error).")
            }
            do { return try await use(json) } catch let error as EntryError {
                throw Problem.unreadable("\(error).")
            }
        }
    }
}

extension Parameters {
    /// The identifier of a name; `nil` where there is none.
    ///
    /// Throws: ``Problem`` where it is something else.
    func identifier<Subject>(_ name: String) throws -> Identifier<Subject>? {
        guard let text = get(name) else { return nil }
        guard let identifier = Identifier<Subject>(text) else {
            throw Problem.unreadable("'\(name)' is no identifier: \(HouseText.identifierShape).")
        }
        return identifier
    }
}

/// Another time for a booking.
struct BookingChange: Equatable, Sendable {
    var from: WallTime?
    var until: WallTime?

    /// A change from JSON.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a change")
        from = try members.takeOptional("from", HouseText.instant)
        until = try members.takeOptional("until", HouseText.instant)
        try members.finish()
        guard from != nil || until != nil else { throw EntryError("a change has 'from', 'until' or both") }
    }
}

extension BookingRequest {
    /// A request from JSON: `borrower`, `from`, `until`, and one of `item`, `category`, `locker` and `room`; all but the
    /// first of these with a `station`.
    ///
    /// Throws: ``EntryError`` with the member that makes no sense.
    init(_ json: JSON) throws(EntryError) {
        var members = try JSONMembers(json, "a booking")
        borrower = try members.take("borrower", BorrowerID.init)
        from = try members.take("from", HouseText.instant)
        until = try members.take("until", HouseText.instant)
        let station = try members.takeOptional("station", StationID.init)
        let wanted = BookingWish(
            item: try members.takeOptional("item", ItemID.init),
            category: try members.takeOptional("category", HouseText.sharedName),
            locker: try members.takeOptional("locker", LockerID.init),
            room: try members.takeOptional("room", LockerID.init), station: station)
        try members.finish()
        guard let subject = wanted.subject else { throw EntryError("a booking \(BookingWish.shape)") }
        self.subject = subject
    }
}

/// What somebody wants to book, as command and address take it apart.
struct BookingWish {
    var item: ItemID?
    var category: String?
    var locker: LockerID?
    var room: LockerID?
    var station: StationID?

    /// What makes sense.
    static let shape = "names an item, or a station with one of a category, a locker and a room"

    /// What is booked; `nil` where that makes no sense.
    var subject: BookingSubject? {
        switch (item, category, locker, room, station) {
        case (let item?, nil, nil, nil, nil): .item(item)
        case (nil, let category?, nil, nil, let station?): .category(category, at: station)
        case (nil, nil, let locker?, nil, let station?): .locker(locker, at: station)
        case (nil, nil, nil, let room?, let station?): .room(room, at: station)
        default: nil
        }
    }
}
