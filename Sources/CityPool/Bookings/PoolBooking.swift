// A booking as the pool keeps it: for whom, of what, from when until when, and what became of it. Nobody writes down in what
// state a booking is: that follows from the time, from whether it was cancelled, and from the loan that fetched it.

import Groundwork
import StationCore

/// What is booked.
enum BookingSubject: Hashable, Sendable {
    /// One item; of equals, one of them.
    case item(ItemID)
    /// Any item of a category that lives at a station.
    case category(String, at: StationID)
    /// A locker with all that lives in it.
    case locker(LockerID, at: StationID)
    /// A room: a locker that people go in and out of.
    case room(LockerID, at: StationID)

    /// The kinds, as the database and the contract name them.
    enum Kind: String, CaseIterable, Sendable { case item, category, locker, room }

    var kind: Kind {
        switch self {
        case .item: .item
        case .category: .category
        case .locker: .locker
        case .room: .room
        }
    }

    /// Its name within its kind and station.
    var name: String {
        switch self {
        case .item(let item): item.text
        case .category(let category, _): category
        case .locker(let locker, _), .room(let locker, _): locker.text
        }
    }

    /// The station that it names; an item's follows from the register.
    var station: StationID? {
        switch self {
        case .item: nil
        case .category(_, let station), .locker(_, let station), .room(_, let station): station
        }
    }
}

/// A booking that somebody asks for.
struct BookingRequest: Equatable, Sendable {
    var subject: BookingSubject
    var borrower: BorrowerID
    var from: WallTime
    var until: WallTime

    /// The longest booking, in days.
    static let longestDays: Int64 = 366
    /// How far ahead a booking may begin, in days.
    static let furthestDays: Int64 = 1096
    /// The most bookings that a borrower may have ahead.
    static let mostOfBorrower = 200
}

/// A booking.
struct PoolBooking: Equatable, Sendable {
    /// What became of a booking.
    enum State: String, CaseIterable, Sendable {
        /// It is to be fetched.
        case booked
        /// What was booked is out, fetched within ``PoolBooking/lateAfter`` of the beginning.
        case fetched
        /// What was booked is out, fetched later than that.
        case fetchedLate = "fetched-late"
        /// It ended before anybody fetched it.
        case expired
        /// It is back, by the time that the loan was due.
        case returned
        /// It is back, later than that.
        case returnedLate = "returned-late"
        /// Somebody took it back before it was fetched.
        case cancelled
    }

    /// The loan that fetched a booking.
    struct Fetching: Equatable, Sendable {
        var at: WallTime
        /// When the loan is due: by the hours of the house and by renewals it may be another time than the booking's end.
        var due: WallTime
        /// When it ended; `nil` while it is open.
        var ended: WallTime?
    }

    /// So long after its beginning a booking may be fetched without being late, in milliseconds.
    static let lateAfter: Int64 = 3_600_000

    /// Its number in the pool; never given twice.
    var number: Int64
    var subject: BookingSubject
    /// Where it is fetched.
    var station: StationID
    /// Which item it is; `nil` for a locker or a room. Of a category it may become another one until it is fetched.
    var item: ItemID?
    /// Whose it is; `nil` where that was erased.
    var borrower: BorrowerID?
    var from: WallTime
    var until: WallTime
    /// When it was made or changed last.
    var changed: WallTime
    var cancelled: WallTime?
    var fetching: Fetching?

    /// In what state it is at a time.
    func state(at now: WallTime) -> State {
        if cancelled != nil { return .cancelled }
        guard let fetching else { return now < until ? .booked : .expired }
        if let ended = fetching.ended { return ended <= fetching.due ? .returned : .returnedLate }
        return fetching.at <= from.adding(milliseconds: Self.lateAfter) ? .fetched : .fetchedLate
    }

    /// Whether what is out should be back at a time.
    func isOverdue(at now: WallTime) -> Bool { fetching.map { $0.ended == nil && $0.due < now } ?? false }
}

/// Why a booking can't be made, changed or cancelled.
struct BookingRefusal: Error, Equatable, CustomStringConvertible {
    enum Reason: Sendable {
        /// There is no booking of this number.
        case unknown
        /// It speaks of something that the register does not have, or lends to nobody.
        case mistaken
        /// It is taken at that time.
        case taken
        /// The booking is fetched, cancelled or over.
        case closed
    }

    var reason: Reason
    /// What is wrong, and what to do.
    var description: String
}

extension PoolBooking {
    /// The booking as JSON, for people.
    func json(at now: WallTime) -> JSON {
        var object: [String: JSON] = [
            "number": .integer(number), "state": .string(state(at: now).rawValue),
            "kind": .string(subject.kind.rawValue),
            "station": .string(station.text), "from": .string(from.iso8601), "until": .string(until.iso8601),
            "changed": .string(changed.iso8601),
        ]
        if let borrower { object["borrower"] = .string(borrower.text) }
        if subject.kind != .item { object[subject.kind == .category ? "category" : "locker"] = .string(subject.name) }
        if let item { object["item"] = .string(item.text) }
        if let cancelled { object["cancelled"] = .string(cancelled.iso8601) }
        if let fetching {
            object["fetched"] = .string(fetching.at.iso8601)
            object["due"] = .string(fetching.due.iso8601)
            if let ended = fetching.ended { object["returned"] = .string(ended.iso8601) }
            if isOverdue(at: now) { object["overdue"] = .boolean(true) }
        }
        return .object(object)
    }
}
