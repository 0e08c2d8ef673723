// What is there, who could have it when, and for how long: made of the register, the bookings and the open loans, and without
// a word about people. Anybody may ask, so the database is asked once for all who ask within a moment.

import StationCore

/// All that answers are made of, as it was at one moment.
struct AvailabilityBasis: Sendable {
    var at: WallTime
    var house: House
    var stock: BookingStock
    /// In what state items are, where their stations say so.
    var conditions: [ItemID: Condition]
}

/// A time in which so many pieces are free.
struct FreeSpan: Equatable, Sendable {
    var from: WallTime
    var until: WallTime
    var pieces: Int
}

/// What can be had of an item on one day.
struct FreeDay: Equatable, Sendable {
    var date: CivilDate
    /// When the house is open on that day; `nil` where it always is.
    var open: [Range<WallTime>]?
    /// How many pieces are free all the time that it is open; 0 on a day on which it is closed.
    var pieces: Int
}

/// Some days, in local time.
struct DayWindow: Equatable, Sendable {
    var first: CivilDate
    var count: Int

    /// The most days that may be asked for.
    static let mostDays = 62
    /// The most days ahead: later ones nobody can book.
    static let furthestDays = Int(BookingRequest.furthestDays)

    /// The days, one by one.
    var dates: [CivilDate] { (0..<count).map { CivilDate(daysSince1970: first.daysSince1970 + $0) } }

    /// When they begin and end; what is past of them is left out.
    func bounds(in zone: TimeZoneTable, at now: WallTime) -> Range<WallTime> {
        let start = max(now, zone.instant(first, millisecondOfDay: 0))
        let end = zone.instant(CivilDate(daysSince1970: first.daysSince1970 + count), millisecondOfDay: 0)
        return start..<max(start, end)
    }
}

extension AvailabilityBasis {
    /// How many pieces of an item are free, step by step.
    func spans(of item: Item, in bounds: Range<WallTime>) -> [FreeSpan] {
        guard !bounds.isEmpty else { return [] }
        let steps = stock.occupancy.steps(of: .item(item.id), from: bounds.lowerBound, until: bounds.upperBound)
        let ends = steps.dropFirst().map(\.at) + [bounds.upperBound]
        return zip(steps, ends).map { step, end in
            FreeSpan(
                from: step.at, until: end, pieces: stock.isLent(item) ? max(0, item.quantity - step.taken) : 0)
        }
    }

    /// What can be had of an item on each of some days.
    func days(of item: Item, at station: StationID, _ window: DayWindow, in zone: TimeZoneTable) -> [FreeDay] {
        let spans = spans(of: item, in: window.bounds(in: zone, at: at))
        let hours = house.stations.first { $0.id == station }?.hours
        return window.dates.map { date in
            let whole = DayWindow(first: date, count: 1).bounds(in: zone, at: at)
            let open = hours.map { $0.times(on: date, in: zone) }
            let counted = (open ?? [whole]).map { $0.clamped(to: whole) }.filter { !$0.isEmpty }
            let pieces = spans.filter { span in
                counted.contains { span.from < $0.upperBound && $0.lowerBound < span.until }
            }.map(\.pieces).min()
            return FreeDay(date: date, open: open, pieces: pieces ?? 0)
        }
    }
}

extension OpeningHours {
    /// When the house is open on a day.
    func times(on date: CivilDate, in zone: TimeZoneTable) -> [Range<WallTime>] {
        hours(on: date.daysSince1970).compactMap { interval in
            let opens = zone.instant(date, millisecondOfDay: Int64(interval.opens) * 60_000)
            let closes = zone.instant(date, millisecondOfDay: Int64(interval.closes) * 60_000)
            return opens < closes ? opens..<closes : nil
        }
    }
}

/// Asks the database for what is available, at most once in ``interval``.
actor AvailabilityWatch {
    /// How old an answer may be.
    static let interval: Duration = .seconds(1)

    private let store: any PoolStore
    private var answer: (basis: AvailabilityBasis?, at: ContinuousClock.Instant)?
    private var question: Task<AvailabilityBasis?, any Error>?

    init(_ store: any PoolStore) { self.store = store }

    /// What is available; `nil` before there is a register.
    func basis(at now: WallTime) async throws -> AvailabilityBasis? {
        if let answer, answer.at.duration(to: .now) < Self.interval { return answer.basis }
        if let question { return try await question.value }
        let question = Task { [store] in try await store.availability(at: now) }
        self.question = question
        defer { self.question = nil }
        let basis = try await question.value
        answer = (basis, .now)
        return basis
    }
}
