// A station's batch says that something was fetched while somebody changes its booking, at two pools on one PostgreSQL: each
// of the two is first once, and the other one waits for it and sees what it wrote.

import Foundation
import StationCore
import TestSupport
import Testing

@testable import CityPool

@Suite struct BookingFetchRaceTests {
    /// What somebody does to a booking.
    enum Doing: String, CaseIterable, Sendable {
        case cancel, change, move

        /// What the statement says that does it.
        var statement: String {
            switch self {
            case .cancel: "SET cancelled = ?2"
            case .change: "SET begins"
            case .move: "SET item = ?2"
            }
        }

        /// Does it to the first booking; says why it is refused, or `nil`.
        func callAsFunction(at store: PoolDatabase) async throws -> BookingRefusal.Reason? {
            do {
                switch self {
                case .cancel: _ = try await store.cancel(booking: 1, at: BookingHouse.now)
                case .change:
                    _ = try await store.change(
                        booking: 1, from: BookingHouse.hour(20), until: BookingHouse.hour(24), at: BookingHouse.now)
                case .move:
                    // Somebody else wants the item that is kept for the first booking, which may get another one.
                    _ = try await store.book(.init(.item("drill-1"), by: "b-2", 3, 5), at: BookingHouse.now)
                }
                return nil
            } catch let refusal as BookingRefusal { return refusal.reason }
        }
    }

    /// A pool with a booking of a category, another one on the same database that stops where a statement says this, and a
    /// batch in which the booking is fetched.
    private func pools(stoppingAt text: String) async throws -> (
        BookingHouse, PoolDatabase, Stop, @Sendable (PoolDatabase) async throws -> Void
    ) {
        let pool = try await BookingHouse(on: .postgres)
        let account = try #require(try await pool.store.station(.of("demo")))
        let booking = try await pool.store.book(.init(.any("tools"), 2, 6), at: BookingHouse.now)
        #expect(booking.number == 1 && booking.item == .of("drill-1"))
        let stop = Stop(at: text)
        let stopping = try await PoolDatabase(StoppingEngine(base: try await pool.house.engine(), stop: stop))
        let fetch: @Sendable (PoolDatabase) async throws -> Void = { store in
            var station = BookedStation()
            _ = station.lend("drill-1", to: "b-1", at: BookingHouse.hour(2), due: BookingHouse.hour(6))
            try await station.send(to: store, account)
        }
        return (pool, stopping, stop, fetch)
    }

    /// Waits until a transaction waits for another one.
    private func somebodyWaits(_ pool: BookingHouse) async throws {
        try await soon("somebody waits") { try pool.house.isSomebodyWaiting }
    }

    @Test(arguments: Doing.allCases) func `what a batch has fetched is not changed by who waited for the batch`(
        _ doing: Doing
    ) async throws {
        let (pool, stopping, stop, fetch) = try await pools(stoppingAt: "SET loan_station")
        let store = pool.store
        async let fetched: Void = fetch(stopping)
        try await soon("the batch has fetched") { stop.isReached }
        async let refusal = doing(at: store)
        try await somebodyWaits(pool)
        stop.goOn()
        try await fetched
        #expect(try await refusal == (doing == .move ? .taken : .closed))
        let booking = try await pool.store.booking(1)
        #expect(booking.state(at: BookingHouse.hour(3)) == .fetched)
        #expect(booking.item == .of("drill-1") && booking.from == BookingHouse.hour(2))
        for store in [pool.store, stopping] { try await store.close() }
    }

    @Test(arguments: Doing.allCases) func `a batch that waited for a change fetches what is booked after it`(
        _ doing: Doing
    ) async throws {
        let (pool, stopping, stop, fetch) = try await pools(stoppingAt: doing.statement)
        let store = pool.store
        async let refusal = doing(at: stopping)
        try await soon("the booking is changed") { stop.isReached }
        async let fetched: Void = fetch(store)
        try await somebodyWaits(pool)
        stop.goOn()
        #expect(try await refusal == nil)
        try await fetched
        let booking = try await pool.store.booking(1)
        switch doing {
        case .cancel: #expect(booking.state(at: BookingHouse.hour(3)) == .cancelled && booking.fetching == nil)
        case .change: #expect(booking.state(at: BookingHouse.hour(3)) == .booked && booking.fetching == nil)
        case .move:
            // It had got another item by then, and the first one was fetched all the same.
            #expect(booking.state(at: BookingHouse.hour(3)) == .fetched && booking.item == .of("drill-1"))
        }
        for store in [pool.store, stopping] { try await store.close() }
    }
}
