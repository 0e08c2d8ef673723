// Doors and the guard when things go wrong, and what the lamps show meanwhile.

import GuardProtocol
import Testing

@testable import StationCore

@Suite("Doors")
struct DoorTests {
    @Test("a coil that rests is asked for again, with the same number, until patience ends")
    func askedAgain() {
        var bench = Stage.requested.bench
        let sequence = bench.sequence(of: SampleHouse.locker4)
        var orders = 1
        let end = bench.now + .seconds(21)
        while bench.desk.openings[.of("4")] != nil, bench.now < end {
            orders += bench.take(.openingRefused(sequence: sequence, .later)).opened.count
            bench.wait(.milliseconds(50))
            orders += bench.take(.tick).opened.count
        }
        #expect(bench.effects.summary.hasSuffix("checkout-failed ‘did-not-open’"))
        #expect((390...401).contains(orders), "every 50 ms for 20 s")
        #expect(bench.books.loans.isEmpty && bench.books.contents.isEmpty, "nothing moved, so nothing is in doubt")
        let numbers = bench.effects.compactMap { if case .open(let number, _, _) = $0 { number.sequence } else { nil } }
        #expect(Set(numbers) == [sequence])
    }

    @Test("a refusal for good voids the loan and leaves the locker as it was")
    func refusedForGood() {
        var bench = Stage.requested.bench
        let effects = bench.take(.openingRefused(sequence: bench.sequence(of: SampleHouse.locker4), .never))
        #expect(effects.happenings.first?.fields(personDigest: nil).reason == "refused-by-guard")
        #expect(bench.books.loans.isEmpty && bench.books.contents.isEmpty)
        #expect(bench.scan(SampleHouse.drill).summary == "checkout-begun OPEN 4", "it may be asked for again")
    }

    @Test("a door that did not open voids the loan and leaves the locker in doubt")
    func didNotOpen() {
        var bench = Stage.released.bench
        bench.wait(.seconds(5))
        #expect(bench.take(.tick).happenings.first?.fields(personDigest: nil).reason == "did-not-open")
        #expect(bench.books.loans.isEmpty && bench.books.contents[.of("4")] == .unverified)
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-unverified"])
    }

    @Test("a door left open keeps the loan and the doubt; when it latches at last, that is written down")
    func leftOpen() {
        var bench = Stage.leftOpen.bench
        #expect(bench.books.loans.count == 1 && bench.books.contents[.of("4")] == .unverified)
        let effects = bench.take(.doorLatched(.of("4"), at: bench.now))
        #expect(effects == [.record(.doorLatchedLate(locker: .of("4"), at: bench.wall))])
        #expect(bench.take(.doorLatched(.of("4"), at: bench.now)).isEmpty)
    }

    @Test("a door that somebody opened by other means is in doubt until someone has looked")
    func openedUnasked() {
        var bench = Stage.serving.bench
        bench.take(.doorOpened(.of("4"), at: bench.now))
        #expect(bench.books.contents[.of("4")] == .unverified)
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-unverified"])
        bench.take(.doorLatched(.of("4"), at: bench.now))
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-unverified"])
        bench.take(.contentChecked(.of("4"), .holds))
        #expect(bench.scan(SampleHouse.drill).summary == "checkout-begun OPEN 4")
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.effects.keys.last == "taken")
    }

    @Test(
        "a sensor that says open all the time keeps no door shut, but what it did is not known",
        arguments: [true, false])
    func brokenSensor(latchesLater: Bool) {
        var bench = Stage.serving.bench
        bench.take(.doorOpened(.of("4"), at: bench.now))
        bench.take(.contentChecked(.of("4"), .holds))
        #expect(bench.scan(SampleHouse.drill).summary == "checkout-begun OPEN 4")
        bench.pulse(SampleHouse.locker4)
        // Or the door really stood open, and the borrower shuts it behind the item.
        if latchesLater { bench.take(.doorLatched(.of("4"), at: bench.now)) }
        bench.wait(.seconds(5))
        #expect(bench.take(.tick).summary == "outcome-unknown ‘outcome-unknown-taken’")
        #expect(bench.books.loans.count == 1 && bench.books.contents[.of("4")] == .unverified)
    }

    @Test("a door that opens before its pulse leaves the outcome unknown, and the guard's answer comes too late")
    func openedBeforeItsPulse() {
        var bench = Stage.requested.bench
        let sequence = bench.sequence(of: SampleHouse.locker4)
        bench.take(.doorOpened(.of("4"), at: bench.now))
        #expect(bench.books.loans.count == 1 && bench.books.contents[.of("4")] == .unverified)
        #expect(bench.take(.openingAccepted(sequence: sequence)).isEmpty)
        #expect(bench.take(.coilReleased(sequence: sequence, .complete)).isEmpty)
    }

    @Test("losing the guard: waiting doors fail, pulsing ones are unknown, open ones go on")
    func guardLost() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.drill)
        bench.pulse(SampleHouse.locker4)
        bench.take(.doorOpened(.of("4"), at: bench.now))
        bench.scan(SampleHouse.projector)
        bench.take(.openingAccepted(sequence: bench.sequence(of: SampleHouse.locker6)))
        bench.scan(SampleHouse.chair)
        #expect(bench.desk.summary == "serving ajar-4 queued-5 pulsing-6")
        let effects = bench.take(.guardLost)
        #expect(effects.opened.isEmpty)
        #expect(effects.happenings.map(\.kind) == [.guardLost, .outcomeUnknown, .checkoutFailed])
        #expect(bench.desk.summary == "serving ajar-4 unguarded in-doubt-6")
        #expect(bench.take(.doorLatched(.of("4"), at: bench.now)).keys == ["taken"])
        #expect(bench.take(.guardJoined).opened.isEmpty, "nothing is pulsed again")
        #expect(bench.books.loans.map(\.item) == [.of("drill"), .of("projector")])
    }

    @Test("a guard that comes back says anew which lines work")
    func guardBack() {
        var bench = Stage.faulty.bench
        bench.take(.guardLost)
        let effects = bench.take(.guardJoined)
        #expect(effects.summary == "locker-in-service guard-joined ‘station-ready’")
        #expect(bench.take(.lockerFault(.of("4"), reason: "held")).summary == "locker-out-of-service")
    }

    @Test("what the guard says of openings long over, and of lockers this station has not, changes nothing")
    func strangers() {
        var bench = Stage.serving.bench
        let before = bench.desk
        for event in [
            DeskEvent.openingAccepted(sequence: 99), .openingRefused(sequence: 99, .later),
            .coilReleased(sequence: 99, .cutShort), .doorOpened(.of("77"), at: bench.now),
            .doorLatched(.of("77"), at: bench.now), .lockerFault(.of("77"), reason: "missing"),
            .lockerWorks(.of("77")),
        ] {
            #expect(bench.take(event).isEmpty && bench.desk == before, "\(event)")
        }
        #expect(bench.take(.contentChecked(.of("77"), .unverified)).summary == "refused" && bench.desk == before)
    }

    @Test("a content check is written down each time, and settles the doubt")
    func contentChecks() {
        var bench = DeskBench()
        for content in Content.allCases {
            #expect(
                bench.take(.contentChecked(.of("4"), content)) == [
                    .record(.contentChecked(locker: .of("4"), content, by: .admin(.of("town-hall"), reason: nil)))
                ])
            #expect(bench.desk.inDoubt.isEmpty == (content != .unverified))
        }
    }

    // MARK: - Lamps

    @Test("each lamp shows the state of its door, and the station's lamp that of the session")
    func lamps() {
        func signals(_ stage: Stage) -> [Signal?] {
            let lamps = stage.bench.desk.lamps
            return [lamps[.station], lamps[.locker(stage.locker.id)]]
        }
        for stage in Stage.allCases {
            let expected: [Signal] =
                switch stage {
                case .unguarded: [.outOfOrder, .rest]
                case .ready: [.ready, .rest]
                case .serving, .queued: [.serving, .rest]
                case .requested, .pulsing, .pulsingUnsensed, .released, .ajar, .returning, .holding: [.serving, .yours]
                case .reminded, .leftOpen: [.serving, .shutThisDoor]
                case .faulty: [.serving, .outOfOrder]
                }
            #expect(signals(stage) == expected, "\(stage)")
        }
        var bench = Stage.leftOpen.bench
        bench.take(.doorLatched(.of("4"), at: bench.now))
        #expect(bench.desk.lamps[.locker(.of("4"))] == .askForHelp)
        #expect(Desk(setup: SampleHouse.setup, inDoubt: [.of("5")]).lamps[.locker(.of("5"))] == .askForHelp)
        #expect(bench.desk.lamps.count == 5)
    }

    @Test("no two meanings of a lamp look alike, even to who sees no colours; dark is only rest")
    func signals() {
        let lamps = Signal.allCases.map(\.lamp)
        #expect(Set(lamps).count == lamps.count)
        #expect(Signal.allCases.filter { $0.lamp.colour == .off } == [.rest])
    }

    // MARK: - Messages

    @Test("every message has a key of its own, and those that fail are no success")
    func messages() {
        let keys = MessageID.allCases.map(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.utf8.allSatisfy { $0 == 0x2d || $0.isASCIILetterOrDigit } })
        for refusal in Refusal.allCases { #expect(MessageID.refused(refusal).isSevere, "\(refusal)") }
        for kind in Alarm.Kind.allCases { #expect(MessageID.alarm(kind).isSevere, "\(kind)") }
        // A failure is named as one; what is a warning only is listed in the code beside it.
        let failures = Statement.allCases.filter { statement in
            ["did-not", "left-open", "unknown", "out-of-order", "too-late", "missing", "overdue", "blocked"]
                .contains { statement.rawValue.contains($0) }
        }
        #expect(failures.count > 10)
        for failure in failures where ![.overdueLoan, .nothingOverdue].contains(failure) {
            #expect(MessageID.stated(failure).isSevere, "\(failure)")
        }
        for statement in [Statement.taken, .returned, .stationReady, .help, .staffWelcome, .renewed] {
            #expect(!MessageID.stated(statement).isSevere, "\(statement)")
        }
    }
}

extension MessageID {
    fileprivate var isSevere: Bool { severity == .warning || severity == .error }
}
