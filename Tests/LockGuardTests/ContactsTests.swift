// Contacts: what is a bounce and what a change, what can't be believed, and what waits for a station.

import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

@Suite("Contacts")
struct ContactsTests {
    /// What was told of contacts that were fed with levels at times, in milliseconds.
    private struct Feed {
        var contacts: Contacts
        private(set) var news: [ContactNews] = []

        init(debounce: UInt64) { contacts = Contacts(debounces: [debounce * millisecond]) }

        /// Lets time pass until then, and an edge come.
        mutating func edge(_ isActive: Bool, at time: UInt64) {
            settle(until: time)
            let reading = InputReading(active: isActive, instant: time * millisecond, edges: 1)
            if let one = contacts.sensed(0, reading, at: time * millisecond) { news.append(one) }
        }

        /// Lets time pass until then: what is due is taken when it is, as the loop's timer does.
        mutating func settle(until time: UInt64) {
            while let due = contacts.nextDue, due <= time * millisecond {
                while let one = contacts.due(at: due) { news.append(one) }
            }
        }

        /// The changes: level and time.
        var changes: [(Bool, UInt64)] {
            news.compactMap {
                if case .changed(let change) = $0 { (change.isActive, change.instant / millisecond) } else { nil }
            }
        }
    }

    private func levels(_ feed: Feed) -> [String] { feed.changes.map { "\($0.0 ? "latched" : "open") \($0.1)" } }

    // latched ‾‾‾‾‾‾|_|‾|_|‾|_______   40 bounces, 1 ms each, then open
    //               100         180
    @Test("forty bounces are one change, at the time of the first")
    func bounces() {
        var feed = Feed(debounce: 20)
        feed.edge(true, at: 0)
        for bounce in 0..<40 as Range<UInt64> {
            feed.edge(false, at: 100 + bounce * 2)
            if bounce < 39 { feed.edge(true, at: 101 + bounce * 2) }
        }
        feed.settle(until: 1000)
        #expect(levels(feed) == ["latched 0", "open 178"])
    }

    @Test("a level that does not last is no change")
    func glitch() {
        var feed = Feed(debounce: 20)
        feed.edge(true, at: 0)
        feed.edge(false, at: 100)
        feed.edge(true, at: 119)
        feed.settle(until: 1000)
        #expect(levels(feed) == ["latched 0"])
        // One that lasts as long as it has to is one.
        feed.edge(false, at: 2000)
        feed.settle(until: 2020)
        #expect(levels(feed) == ["latched 0", "open 2000"])
    }

    @Test("without a time to last, each level is a change at once: what a glitch test would catch")
    func negativeControl() {
        var feed = Feed(debounce: 0)
        feed.edge(true, at: 0)
        feed.edge(false, at: 100)
        feed.edge(true, at: 119)
        #expect(levels(feed) == ["latched 0", "open 100", "latched 119"])
    }

    @Test("a contact that never settles is not believed until it has been quiet, and then says how it stands")
    func neverSettles() {
        var feed = Feed(debounce: 20)
        feed.edge(true, at: 0)
        var time: UInt64 = 1000
        // Edges that all leave it open, 10 ms apart: it bounces between any two looks.
        while time < 8000 {
            feed.edge(false, at: time)
            time += 10
        }
        #expect(feed.news.last == .unsteady(contact: 0))
        #expect(feed.news.count == 2, "it is told once")
        // Quiet for 30 s after the last edge, not after the first.
        feed.settle(until: time - 10 + 29_999)
        #expect(feed.news.count == 2)
        feed.settle(until: time - 10 + 30_000)
        #expect(feed.news.last == .steady(contact: 0))
        let reading = InputReading(active: false, instant: 99_000 * millisecond, edges: 0)
        #expect(
            feed.contacts.sensed(0, reading, at: 99_000 * millisecond)
                == .changed(ContactChange(contact: 0, isActive: false, instant: 99_000 * millisecond)))
    }

    @Test("a contact that hums is not believed, whatever level it is read at")
    func hums() {
        var feed = Feed(debounce: 20)
        feed.edge(true, at: 0)
        // 50 Hz for six seconds, read at one level and at the other by turns.
        for index in 0..<600 as Range<UInt64> { feed.edge(index % 2 == 0, at: 1000 + index * 10) }
        #expect(feed.news.last == .unsteady(contact: 0) && feed.changes.count == 1)
        // A rest in between, and it was none.
        var other = Feed(debounce: 20)
        other.edge(true, at: 0)
        for index in 0..<600 as Range<UInt64> {
            other.edge(index % 2 == 0, at: 1000 + index * 10 + (index >= 300 ? 100 : 0))
        }
        #expect(!other.news.contains(.unsteady(contact: 0)))
    }

    @Test("more changes in a minute than people can cause are not believed; as many as they can are")
    func tooManyChanges() {
        func feed(_ count: UInt64, every interval: UInt64) -> Feed {
            var feed = Feed(debounce: 20)
            for index in 0..<count { feed.edge(index % 2 == 0, at: index * interval) }
            feed.settle(until: count * interval + 100)
            return feed
        }
        #expect(feed(24, every: 1000).changes.count == 24)
        #expect(feed(25, every: 1000).news.last == .unsteady(contact: 0))
        #expect(feed(200, every: 3000).changes.count == 200, "a busy door")
    }

    @Test("a contact is news when it changes, and told again to a new station")
    func memory() {
        var contacts = Contacts(debounces: [0, 0, 0])
        func sensed(_ isActive: Bool, _ instant: UInt64) -> ContactNews? {
            contacts.sensed(1, InputReading(active: isActive, instant: instant, edges: 1), at: instant)
        }
        #expect(sensed(true, 5) != nil)
        #expect(sensed(true, 6) == nil)
        let opened = ContactChange(contact: 1, isActive: false, instant: 7)
        #expect(sensed(false, 7) == .changed(opened))
        contacts.keep(opened)
        var told: [ContactNews] = []
        contacts.tell { told.append($0) }
        #expect(told == [.changed(opened), .changed(opened)], "what was missed, then how it stands")
        told = []
        contacts.tell { told.append($0) }
        #expect(told == [.changed(opened)], "what was missed is told once")
        contacts.lost(1)
        #expect(sensed(false, 9) != nil, "a lost sensor's level is news again")
    }

    @Test("while nobody listens the last 256 changes are kept, oldest first")
    func memoryBound() {
        var contacts = Contacts(debounces: [0])
        func keep(_ instants: ClosedRange<UInt64>) {
            for instant in instants { contacts.keep(ContactChange(contact: 0, isActive: false, instant: instant)) }
        }
        func told() -> [UInt64] {
            var told: [UInt64] = []
            contacts.tell { if case .changed(let change) = $0 { told.append(change.instant) } }
            return told
        }
        keep(1...1000)
        #expect(told() == Array(745...1000))
        keep(1...3)
        #expect(told() == [1, 2, 3])
    }
}
