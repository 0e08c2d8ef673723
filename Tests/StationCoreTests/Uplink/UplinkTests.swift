// When entries go up: every state of the uplink with every event, pauses with chance, nothing skipped.

import TestSupport
import Testing

@testable import StationCore

@Suite("The uplink")
struct UplinkTests {
    private let now = MonotonicInstant(nanoseconds: 1_000_000_000)

    private func head(_ sequence: UInt64) -> JournalHead {
        JournalHead(epoch: Epoch(0xe), sequence: sequence, hash: .none)
    }

    /// The states of an uplink whose journal ends at 10 and of which the pool has 4, unless it rests.
    private enum State: String, CaseIterable { case resting, sending, pausing }

    private func uplink(_ state: State) -> Uplink {
        var uplink = Uplink(acknowledged: 4, journalEnd: state == .resting ? 4 : 10)
        if state != .resting { _ = uplink.handle(.tick, at: now, jitter: 1) }
        if state == .pausing { _ = uplink.handle(.failed(.temporary), at: now, jitter: 1) }
        return uplink
    }

    private enum EventName: String, CaseIterable {
        case journalGrew, journalSame, allAcknowledged, someAcknowledged, noneAcknowledged, lowered, failed, waiting
        case refused, tickEarly, tickDue

        init(_ event: Uplink.Event, isDue: Bool) {
            switch event {
            case .journalEnds(let head): self = head.sequence > 10 ? .journalGrew : .journalSame
            case .acknowledged(10): self = .allAcknowledged
            case .acknowledged(let sequence):
                self = sequence > 4 ? .someAcknowledged : sequence < 4 ? .lowered : .noneAcknowledged
            case .failed(.temporary): self = .failed
            case .failed(.askedToWait): self = .waiting
            case .failed(.refused): self = .refused
            case .tick: self = isDue ? .tickDue : .tickEarly
            }
        }
    }

    private func event(_ name: EventName, _ state: State) -> Uplink.Event {
        switch name {
        case .journalGrew: .journalEnds(head(12))
        case .journalSame: .journalEnds(head(state == .resting ? 4 : 10))
        case .allAcknowledged: .acknowledged(sequence: 10)
        case .someAcknowledged: .acknowledged(sequence: 7)
        case .noneAcknowledged: .acknowledged(sequence: 4)
        case .lowered: .acknowledged(sequence: 2)
        case .failed: .failed(.temporary)
        case .waiting: .failed(.askedToWait(seconds: 30))
        case .refused: .failed(.refused)
        case .tickEarly, .tickDue: .tick
        }
    }

    /// What is sent, how many seconds are paused, and how far the pool has come; `-` where that is nothing or no time.
    private func expected(_ name: EventName, _ state: State) -> String {
        switch (state, name) {
        case (.resting, .journalGrew): "send 4, pause -, at 4"
        case (.resting, _): "send -, pause -, at 4"
        case (.sending, .allAcknowledged): "send -, pause -, at 10"
        case (.sending, .someAcknowledged): "send 7, pause -, at 7"
        case (.sending, .noneAcknowledged): "send -, pause 1.0, at 4"
        case (.sending, .lowered): "send -, pause 1.0, at 2"
        case (.sending, .failed): "send -, pause 1.0, at 4"
        case (.sending, .waiting): "send -, pause 31.0, at 4"
        case (.sending, .refused): "send -, pause 300.0, at 4"
        case (.sending, .journalGrew), (.sending, .journalSame), (.sending, .tickEarly), (.sending, .tickDue):
            "send -, pause -, at 4"
        case (.pausing, .tickDue): "send 4, pause -, at 4"
        case (.pausing, _): "send -, pause 1.0, at 4"
        }
    }

    @Test("each event leads to what the table says in each state")
    func table() {
        for state in State.allCases {
            for name in EventName.allCases {
                var uplink = uplink(state)
                let event = event(name, state)
                if state != .resting { #expect(EventName(event, isDue: name == .tickDue) == name) }
                let instant = name == .tickDue ? uplink.nextDeadline ?? now : now
                let send = uplink.handle(event, at: instant, jitter: 1).map { "\($0)" } ?? "-"
                let pause = uplink.nextDeadline.map { "\(Double($0.nanoseconds - now.nanoseconds) / 1e9)" } ?? "-"
                let found = "send \(send), pause \(pause), at \(uplink.acknowledged)"
                #expect(found == expected(name, state), "\(state) × \(name)")
            }
        }
    }

    @Test("pauses double from a second to five minutes, and half of each is chance")
    func backOff() {
        for jitter in [0.0, 0.5, 1.0] {
            var uplink = uplink(.sending)
            for failures in 1...20 {
                let instant = MonotonicInstant(nanoseconds: UInt64(failures) * 1_000_000_000_000)
                #expect(uplink.handle(.failed(.temporary), at: instant, jitter: jitter) == nil)
                #expect(uplink.failures == failures)
                let whole = min(1 << (failures - 1), 300)
                let pause = Duration.seconds(whole) * (0.5 + jitter / 2)
                #expect(uplink.nextDeadline == instant + pause, "after \(failures) failures")
                let early = MonotonicInstant(nanoseconds: (instant + pause).nanoseconds - 1)
                #expect(uplink.handle(.tick, at: early, jitter: jitter) == nil)
                #expect(uplink.handle(.tick, at: instant + pause, jitter: jitter) == 4)
            }
        }
    }

    @Test(
        "a pool that asks for patience gets it, between a second and five minutes, and a little more by chance",
        arguments: [(-5, 1), (0, 1), (1, 1), (30, 30), (300, 300), (100_000, 300)])
    func askedToWait(_ seconds: Int, _ expected: Int) {
        for jitter in [0.0, 1.0] {
            var uplink = uplink(.sending)
            _ = uplink.handle(.failed(.askedToWait(seconds: seconds)), at: now, jitter: jitter)
            #expect(uplink.nextDeadline == now + .seconds(expected) + .milliseconds(Int(jitter * 1000)))
        }
    }

    @Test("progress forgets the failures; an answer that acknowledges nothing new is one")
    func progress() {
        var uplink = uplink(.pausing)
        #expect(uplink.handle(.tick, at: now + .seconds(1), jitter: 1) == 4)
        #expect(uplink.handle(.acknowledged(sequence: 4), at: now, jitter: 1) == nil)
        #expect(uplink.failures == 2 && uplink.nextDeadline == now + .seconds(2))
        #expect(uplink.handle(.tick, at: now + .seconds(2), jitter: 1) == 4)
        #expect(uplink.handle(.acknowledged(sequence: 5), at: now, jitter: 1) == 5)
        #expect(uplink.failures == 0 && uplink.nextDeadline == nil)
    }

    @Test("a pool restored from a backup gets again what it lost")
    func restored() {
        var uplink = uplink(.sending)
        #expect(uplink.handle(.acknowledged(sequence: 1), at: now, jitter: 0) == nil)
        #expect(uplink.backlog == 9)
        #expect(uplink.handle(.tick, at: now + .seconds(1), jitter: 0) == 1)
    }

    @Test("an acknowledgement or a failure that belongs to no batch changes nothing")
    func unasked() {
        for event in [Uplink.Event.acknowledged(sequence: 10), .failed(.temporary), .failed(.refused)] {
            for state in [State.resting, .pausing] {
                var uplink = uplink(state)
                let before = uplink
                #expect(uplink.handle(event, at: now, jitter: 1) == nil && uplink == before)
            }
        }
    }

    @Test("a pool that knows of more than the journal holds leaves nothing to send")
    func ahead() {
        var uplink = uplink(.sending)
        #expect(uplink.handle(.acknowledged(sequence: 99), at: now, jitter: 1) == nil)
        #expect(uplink.backlog == 0)
        #expect(uplink.handle(.journalEnds(head(11)), at: now, jitter: 1) == nil)
        #expect(uplink.handle(.journalEnds(head(100)), at: now, jitter: 1) == 99)
    }

    @Test(
        "whatever the network does, the pool gets every entry, in order and without a hole",
        arguments: 1...10 as ClosedRange<UInt64>)
    func everyEntry(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var uplink = Uplink(acknowledged: 0, journalEnd: 0)
        var (now, end, pool) = (now, UInt64(0), UInt64(0))
        var sent: UInt64?
        for step in 0..<2000 {
            let jitter = Double(chance.number(below: 1001)) / 1000
            let isSettled = step > 1500
            let isNetworkUp = isSettled || chance.happens(40)
            if !isSettled, chance.happens(30) {
                end += UInt64(chance.number(below: 5))
                sent = uplink.handle(.journalEnds(head(end)), at: now, jitter: jitter) ?? sent
            } else if let after = sent {
                #expect(after <= pool, "a batch that leaves a hole")
                sent = nil
                if isNetworkUp {
                    pool = max(pool, min(end, after + UInt64(isSettled ? 500 : chance.number(below: 4))))
                    sent = uplink.handle(.acknowledged(sequence: pool), at: now, jitter: jitter)
                } else {
                    let failures: [Uplink.Failure] = [
                        .temporary, .askedToWait(seconds: chance.number(below: 400)), .refused,
                    ]
                    sent = uplink.handle(.failed(chance.pick(failures)), at: now, jitter: jitter)
                }
            } else {
                now = uplink.nextDeadline ?? now
                sent = uplink.handle(.tick, at: now, jitter: jitter)
            }
        }
        #expect(pool == end && uplink.backlog == 0 && end > 300)
    }
}
