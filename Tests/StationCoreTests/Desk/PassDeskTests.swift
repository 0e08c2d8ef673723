// Passes at the desk: what a good one opens, how often, and every reason for which one counts for nothing.

import Testing

@testable import StationCore

/// How a pass is refused, for each reason.
enum PassCase {
    static func meeting(_ refusal: Refusal, on bench: inout DeskBench) -> [Effect] {
        let pass = Pass.sample(.item(SampleHouse.drill.id))
        var facts = bench.facts(of: pass)
        switch refusal {
        case .passOfUnknownKey: facts.signature = .ofUnknownKey
        case .passForged: facts.signature = .wrong
        case .passOfOtherStation: facts.isForThisStation = false
        case .passRevoked: facts.isRevoked = true
        case .passClockUnknown: bench.quality = .unknown
        case .passTooEarly: bench.wall = pass.from.adding(milliseconds: -1)
        case .passTooLate: bench.wall = pass.until
        case .passOlderThanJournal: facts.unknownBefore = pass.from.adding(milliseconds: 1)
        case .passForNothingHere: facts.items = []
        case .passUsed:
            bench.scan(pass)
            bench.openAndShut(SampleHouse.locker4)
            return bench.scan(pass)
        case .passSpent:
            for _ in 1...PassUse.maximumAttempts {
                bench.scan(pass)
                bench.take(.openingRefused(sequence: bench.sequence(of: SampleHouse.locker4), .never))
            }
            return bench.scan(pass)
        default: Issue.record("\(refusal) is not about passes")
        }
        return bench.scan(.pass(facts))
    }
}

@Suite("Passes at the desk")
struct PassDeskTests {
    private let drillPass = Pass.sample(.item(SampleHouse.drill.id))

    @Test("a pass opens its locker, and the loan is of who booked, until the booking ends")
    func fetched() {
        var bench = DeskBench()
        let effects = bench.scan(drillPass)
        #expect(effects.summary == "checkout-begun pass-accepted OPEN 4")
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.effects.keys.suffix(2) == ["locker-opens", "taken"])
        let loan = bench.books.loans.first
        #expect(loan?.borrower == SampleHouse.second.id && loan?.due == drillPass.until)
        #expect(
            effects.happenings.last
                == .passAccepted(
                    drillPass.nonce, booking: drillPass.booking, loan: loan?.id ?? bench.next, until: drillPass.until))
        // It opens no session: who wants more scans a card.
        #expect(bench.desk.session == nil)
        #expect(bench.scan(SampleHouse.book).keys == ["item-available"])
    }

    @Test("what is booked may be any item of a category, or what lives in a locker")
    func resources() {
        var bench = DeskBench()
        #expect(bench.scan(Pass.sample(.locker(.of("6")), nonce: 1)).opened == [.of("6")])
        bench.pulse(SampleHouse.locker6)
        // Of the events only the projector is here, and who has booked another one has it now.
        #expect(bench.scan(Pass.sample(.category("events"), nonce: 2)).keys == ["already-yours"])
        let other = Pass.sample(.category("events"), nonce: 9, borrower: SampleHouse.first)
        #expect(bench.scan(other).keys == ["refused-on-loan"])
        // Of the tools the drill comes first; with that lent it is a chair.
        #expect(bench.scan(Pass.sample(.category("tools"), nonce: 3)).opened == [.of("4")])
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.scan(Pass.sample(.category("tools"), nonce: 4)).opened == [.of("5")])
        #expect(bench.scan(Pass.sample(.locker(.of("5")), nonce: 5)).keys == ["refused-which-item"])
        #expect(bench.scan(Pass.sample(.category("boats"), nonce: 6)).keys == ["refused-not-here"])
        #expect(bench.scan(Pass.sample(.item(.of("violin")), nonce: 8)).keys == ["taken"])
    }

    @Test("scanned again at the open door it is a slip; once the item is taken it is used, in every journal to come")
    func once() {
        var bench = DeskBench()
        bench.scan(drillPass)
        #expect(bench.scan(drillPass).keys == ["scanned-twice"])
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.scan(drillPass).keys == ["refused-pass-used"])
        bench.scan(SampleHouse.second)
        bench.scan(SampleHouse.drill)
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.books.loans.isEmpty)
        #expect(bench.scan(drillPass).keys.last == "refused-pass-used")
    }

    @Test("a door that stays shut leaves the pass as it was, three times")
    func attempts() {
        var bench = DeskBench()
        for attempt in 1...PassUse.maximumAttempts {
            #expect(bench.scan(drillPass).opened == [.of("4")], "attempt \(attempt)")
            bench.take(.openingRefused(sequence: bench.sequence(of: SampleHouse.locker4), .never))
            #expect(bench.books.loans.isEmpty)
        }
        #expect(bench.scan(drillPass).summary == "refused ‘refused-pass-spent’")
    }

    @Test("where nobody knows what the door did, the pass is used: the loan stands")
    func unknownOutcome() {
        var bench = DeskBench()
        bench.scan(Pass.sample(.category("tools"), nonce: 1))
        bench.take(.guardLost)
        bench.take(.guardJoined)
        #expect(bench.books.loans.count == 1)
        #expect(bench.scan(Pass.sample(.category("tools"), nonce: 1)).keys == ["refused-pass-used"])
    }

    @Test("whoever has a room goes in and out with the pass, within its time")
    func room() {
        var bench = DeskBench()
        let pass = Pass.sample(.locker(SampleHouse.locker8.id))
        #expect(bench.scan(pass).summary == "checkout-begun pass-accepted OPEN 8")
        bench.take(.openingAccepted(sequence: bench.sequence(of: SampleHouse.locker8)))
        #expect(bench.scan(pass).keys == ["room-open"])
        // The guard went away, and with it the hold.
        bench.take(.guardLost)
        bench.take(.guardJoined)
        #expect(bench.scan(pass).summary == "hold-begun OPEN 8")
        bench.take(.openingAccepted(sequence: bench.sequence(of: SampleHouse.locker8)))
        bench.wall = pass.until
        #expect(bench.scan(pass).keys.contains("refused-pass-too-late"))
    }

    @Test("given back, a room is over, and so is its pass")
    func roomGivenBack() {
        var bench = DeskBench()
        let pass = Pass.sample(.item(SampleHouse.room.id))
        bench.scan(pass)
        bench.take(.openingAccepted(sequence: bench.sequence(of: SampleHouse.locker8)))
        bench.scan(SampleHouse.second)
        bench.scan(SampleHouse.room)
        #expect(bench.books.loans.isEmpty)
        #expect(bench.scan(pass).keys == ["refused-pass-used"])
    }

    @Test("the pool's word counts: no other's booking of that time, no PIN and no silence of the pool stand against it")
    func poolsWord() {
        var bench = DeskBench()
        bench.house.isPoolInReach = false
        bench.house.policy.offline = .off
        bench.house.policy.standard[.pinAbove] = 0
        var facts = bench.facts(of: Pass.sample(.item(SampleHouse.violin.id)))
        facts.items[0].bookings = [
            .of("k-1", SampleHouse.first, SampleHouse.violin, from: bench.wall, hours: 2),
            .of("k-2", SampleHouse.first, SampleHouse.violin, from: facts.pass.until, hours: 2),
        ]
        #expect(bench.scan(.pass(facts)).keys == ["taken"])
        #expect(bench.books.loans.first?.due == facts.pass.until)
    }

    @Test("of a category the thing that the pool keeps is handed out, and none that somebody else has booked")
    func kept() {
        for isKnown in [true, false] {
            var bench = DeskBench()
            var facts = bench.facts(of: Pass.sample(.category("tools")))
            // The drill would be the first of them.
            facts.items[0].bookings = [.of("k-1", SampleHouse.first, SampleHouse.drill, from: bench.wall, hours: 2)]
            if isKnown {
                facts.items[1].bookings = [
                    .of(facts.pass.booking.text, SampleHouse.second, SampleHouse.chair, from: bench.wall, hours: 2)
                ]
            }
            #expect(bench.scan(.pass(facts)).opened == [.of("5")])
        }
        var bench = DeskBench()
        var facts = bench.facts(of: Pass.sample(.category("tools")))
        facts.items[1].bookings = [
            .of(facts.pass.booking.text, SampleHouse.second, SampleHouse.chair, from: bench.wall, hours: 2)
        ]
        #expect(bench.scan(.pass(facts)).opened == [.of("5")], "free are both")
    }

    @Test("who has fetched a piece by card gets no second one that others have booked")
    func fetchedByCard() {
        func answer(booked count: Int) -> [String] {
            var bench = DeskBench()
            bench.scan(SampleHouse.second)
            bench.scan(SampleHouse.chair)
            bench.openAndShut(SampleHouse.locker5)
            var facts = bench.facts(of: Pass.sample(.item(SampleHouse.chair.id)))
            #expect(facts.items[0].loans.count == 1)
            facts.items[0].bookings = (0..<count).map {
                .of("k-\($0)", SampleHouse.first, SampleHouse.chair, from: bench.wall, hours: 2)
            }
            return bench.scan(.pass(facts)).keys
        }
        #expect(answer(booked: 2).last == "refused-booked")
        #expect(answer(booked: 0).last != "refused-booked")
    }

    @Test("what holds for everybody holds for who has a pass")
    func others() {
        func refusal(_ change: (inout DeskBench, inout PassFacts) -> Void) -> [String] {
            var bench = DeskBench()
            var facts = bench.facts(of: drillPass)
            change(&bench, &facts)
            return bench.scan(.pass(facts)).keys
        }
        #expect(refusal { $1.borrower = nil } == ["refused-borrower-unknown"])
        #expect(refusal { $1.borrower?.borrower.standing = .blocked } == ["refused-borrower-blocked"])
        #expect(refusal { $1.items[0].content = .unverified } == ["refused-locker-unverified"])
        #expect(refusal { $1.items[0].content = .empty } == ["refused-locker-empty"])
        #expect(refusal { $1.items[0].condition = .damaged } == ["refused-damaged"])
        #expect(
            refusal { bench, _ in bench.take(.lockerFault(.of("4"), reason: "line")) } == [
                "refused-locker-out-of-service"
            ])
        #expect(refusal { bench, _ in bench.take(.guardLost) } == ["refused-guard-absent"])
        #expect(
            refusal { bench, _ in bench.take(.emergencyStop("front", isPressed: true)) } == ["refused-emergency-stop"])
        #expect(refusal { bench, _ in bench.house.policy.standard.confirmation = .staff } == ["refused-staff-only"])
        #expect(
            refusal { bench, _ in bench.house.policy.standard.quietHours = QuietHours("11:00-13:00") }
                == ["refused-quiet-hours"])
        #expect(
            refusal { bench, facts in
                bench.scan(SampleHouse.first)
                bench.scan(SampleHouse.drill)
                facts.items = [bench.books.facts(of: SampleHouse.drill)]
            } == ["session-ended", "refused-on-loan"])
    }

    @Test("who has the item already is told so, and the pass stays as it was")
    func alreadyTheirs() {
        var bench = DeskBench()
        bench.scan(SampleHouse.second)
        bench.scan(SampleHouse.drill)
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.scan(drillPass).keys == ["already-yours"])
        #expect(bench.books.passes.isEmpty && bench.desk.session != nil)
    }

    @Test("a pass that counts for nothing ends nobody's session")
    func undisturbed() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        var facts = bench.facts(of: drillPass)
        facts.signature = .wrong
        bench.scan(.pass(facts))
        #expect(bench.desk.session?.borrower == SampleHouse.first.id)
    }

    @Test("it speaks the language of who has it")
    func language() {
        var bench = DeskBench()
        var facts = bench.facts(of: drillPass)
        facts.borrower?.borrower.language = .english
        bench.scan(.pass(facts))
        bench.openAndShut(SampleHouse.locker4)
        #expect(bench.effects.messages.suffix(2).map(\.language) == [.english, .english])
        #expect(bench.desk.language == nil)
    }

    @Test("a pass begins with its first second and ends before its last")
    func bounds() {
        var bench = DeskBench()
        bench.wall = drillPass.from
        #expect(bench.scan(drillPass).opened == [.of("4")])
        bench = DeskBench()
        bench.wall = drillPass.until.adding(milliseconds: -1)
        #expect(bench.scan(drillPass).keys != ["refused-pass-too-late"])
    }
}

@Suite("The book of passes")
struct PassBookTests {
    @Test("passes are forgotten 90 days after they ended, by a clock that was right")
    func forgotten() {
        let (end, loan) = (SampleHouse.noon, EntryNumber(epoch: Epoch(1), sequence: 1))
        var book = PassBook()
        book.note(PassNonce(1), loan: loan, until: end, at: end)
        let later = end.adding(milliseconds: 90 * 86_400_000)
        book.note(PassNonce(2), loan: loan, until: later, at: later)
        book.note(PassNonce(3), loan: loan, until: later, at: nil)
        #expect(book.uses.count == 3)
        book.note(PassNonce(4), loan: loan, until: later, at: later.adding(milliseconds: 1))
        #expect(book.uses[PassNonce(1)] == nil && book.uses.count == 3)
    }
}
