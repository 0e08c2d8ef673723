// Whether the pool is in reach, and since when its word gets older.

import StationCore
import Testing

@testable import MilaStation

@Suite struct PoolContactTests {
    private let start = WallTime(milliseconds: 1_795_000_000_000)

    private func moment(_ seconds: UInt64) -> Moment {
        Moment(
            monotonic: MonotonicInstant(nanoseconds: seconds * 1_000_000_000),
            wall: start.adding(milliseconds: Int64(seconds) * 1000), quality: .synchronised)
    }

    @Test func `nobody is in reach before the first answer, whatever an earlier run wrote down`() {
        let contact = PoolContact(noted: start)
        #expect(contact.now(moment(0).monotonic) == (false, start))
        #expect(PoolContact(noted: nil).now(moment(0).monotonic) == (false, nil))
    }

    @Test func `the pool is in reach until two minutes after its last answer`() {
        let contact = PoolContact(noted: nil)
        _ = contact.answered(at: moment(10))
        #expect(contact.now(moment(129).monotonic) == (true, moment(10).wall))
        #expect(contact.now(moment(130).monotonic) == (false, moment(10).wall))
        _ = contact.answered(at: moment(200))
        #expect(contact.now(moment(201).monotonic) == (true, moment(200).wall))
    }

    @Test func `the time of the last answer is written down once an hour, and where the clock went back`() {
        let contact = PoolContact(noted: nil)
        #expect(contact.answered(at: moment(0)))
        #expect(!contact.answered(at: moment(30)) && !contact.answered(at: moment(3599)))
        #expect(contact.answered(at: moment(3600)))
        #expect(contact.answered(at: moment(60)))
    }

    @Test func `a station remembers over a restart when the pool confirmed its register`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        _ = house.stop(.station)
        let register = try RegisterStore(house.journal.folder + "/register.sqlite")
        #expect(try register.confirmed() != nil)
        try register.close()
    }
}
