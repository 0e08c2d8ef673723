// What a station believes of its clocks (rule S12). Instants are seconds after the board's start; wall times are days.

import StationCore
import Testing

@Suite struct TimeKeeperTests {
    private static let day: Int64 = 86_400_000
    private let floor = WallTime(milliseconds: 100 * day)

    private func reading(day: Int64, after seconds: UInt64, sure: Bool = false) -> TimeKeeper.Reading {
        TimeKeeper.Reading(
            monotonic: MonotonicInstant(nanoseconds: seconds * 1_000_000_000),
            wall: WallTime(milliseconds: day * Self.day), isSynchronised: sure)
    }

    @Test func `a clock that nobody vouches for never says less than what is past`() {
        var keeper = TimeKeeper(floor: floor)
        let moment = keeper.moment(reading(day: 0, after: 10))
        #expect(moment.wall == floor && moment.knownPast == floor && moment.quality == .unknown)
    }

    @Test func `rights are judged by what is past while the clock may be ahead`() {
        var keeper = TimeKeeper(floor: floor)
        let moment = keeper.moment(reading(day: 4000, after: 10))
        #expect(moment.wall == WallTime(milliseconds: 4000 * Self.day))
        #expect(moment.knownPast == floor)
        // A held clock is believed.
        #expect(keeper.moment(reading(day: 4000, after: 10, sure: true)).knownPast == moment.wall)
    }

    @Test func `what was past at the start is past by a day more a day later`() {
        var keeper = TimeKeeper(floor: floor)
        _ = keeper.moment(reading(day: 0, after: 10))
        let moment = keeper.moment(reading(day: 0, after: 10 + 86_400))
        #expect(moment.knownPast == floor.adding(milliseconds: Self.day) && moment.wall == moment.knownPast)
    }

    @Test func `a held clock raises the floor and is not raised itself by the board's other clock`() {
        var keeper = TimeKeeper(floor: floor)
        #expect(keeper.moment(reading(day: 200, after: 10, sure: true)).quality == .synchronised)
        // The other clock runs ahead by a second.
        let moment = keeper.moment(reading(day: 201, after: 10 + 86_401, sure: true))
        #expect(moment.wall == WallTime(milliseconds: 201 * Self.day))
        let held = keeper.moment(reading(day: 100, after: 10 + 86_402))
        #expect(held.quality == .holdover && held.wall == WallTime(milliseconds: 201 * Self.day))
    }

    @Test func `only the pool's word lowers the floor`() {
        var keeper = TimeKeeper(floor: floor)
        _ = keeper.moment(reading(day: 4000, after: 10, sure: true))
        #expect(keeper.moment(reading(day: 150, after: 11, sure: true)).wall == WallTime(milliseconds: 4000 * Self.day))
        let word = WallTime(milliseconds: 150 * Self.day)
        keeper.take(poolTime: word, at: MonotonicInstant(nanoseconds: 12_000_000_000))
        #expect(keeper.moment(reading(day: 150, after: 12, sure: true)).wall == word)
    }

    @Test func `time goes on from the pool's word`() {
        var keeper = TimeKeeper(floor: floor)
        _ = keeper.moment(reading(day: 0, after: 10))
        keeper.take(
            poolTime: WallTime(milliseconds: 150 * Self.day), at: MonotonicInstant(nanoseconds: 20_000_000_000))
        let moment = keeper.moment(reading(day: 0, after: 20 + 86_400))
        #expect(moment.knownPast == WallTime(milliseconds: 151 * Self.day))
    }
}
