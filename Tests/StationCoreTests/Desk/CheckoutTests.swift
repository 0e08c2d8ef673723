// Borrowing from the card to the latched door, as the people at the station live through it.

import Testing

@testable import StationCore

@Suite("Checkout")
struct CheckoutTests {
    @Test("a card begins a session that says how many loans there are")
    func card() {
        var bench = DeskBench()
        #expect(bench.scan(SampleHouse.first) == [.tell(Message(.sessionBegan, count: 0))])
        bench.scan(SampleHouse.book)
        #expect(bench.scan(SampleHouse.first) == [.tell(Message(.sessionContinues, count: 1))])
        #expect(bench.desk.wants.borrower == SampleHouse.first.id && bench.desk.isBusy)
    }

    //  scan        accepted      released       open         latched
    //   │ begun,    │ "opens"     │              │             │ completed,
    //   │ OPEN      │             │              │             │ "taken until"
    @Test("an item behind a door: begun and ordered, opened, latched, taken until its due time")
    func behindADoor() throws {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        let number = bench.next
        let asked = bench.scan(SampleHouse.drill)
        #expect(
            asked == [
                .record(
                    .checkoutBegun(
                        item: .of("drill"), borrower: .of("b-1"), locker: .of("4"), due: SampleHouse.due, opening: nil)),
                .open(number, .of("4"), pulse: .milliseconds(200)),
            ])
        let told = bench.take(.openingAccepted(sequence: number.sequence))
        let opens = Message(
            .lockerOpens, item: SampleHouse.drill, locker: SampleHouse.locker4, due: SampleHouse.due)
        #expect(told == [.tell(opens)])
        bench.wait(.milliseconds(200))
        #expect(bench.take(.coilReleased(sequence: number.sequence, .complete)).isEmpty)
        #expect(bench.take(.doorOpened(.of("4"), at: bench.now)).isEmpty)
        let opened = bench.wall
        bench.wait(.seconds(5))
        let errand = Errand(
            purpose: .checkout, opening: number, loan: number, item: .of("drill"), locker: .of("4"))
        let taken = Message(.taken, item: SampleHouse.drill, locker: SampleHouse.locker4, due: SampleHouse.due)
        #expect(
            bench.take(.doorLatched(.of("4"), at: bench.now)) == [
                .record(
                    .checkoutCompleted(
                        errand, DoorReport(opened: opened, latched: bench.wall, basis: .sensed), content: .empty)),
                .tell(taken),
            ])
    }

    @Test("the times in the journal are those at which the sensor saw the door, not those at which it was heard of")
    func late() throws {
        var bench = Stage.released.bench
        let seen = bench.now
        bench.wait(.seconds(2))
        bench.take(.doorOpened(.of("4"), at: seen))
        bench.wait(.seconds(3))
        let effects = bench.take(.doorLatched(.of("4"), at: seen + .seconds(1)))
        guard case .checkoutCompleted(_, let door?, _)? = effects.happenings.first else {
            Issue.record("no checkout was completed: \(effects.summary)")
            return
        }
        #expect(door.latched.map { $0.milliseconds - door.opened.milliseconds } == 1000)
        #expect(bench.wall.milliseconds - door.opened.milliseconds == 5000)
    }

    @Test("without a sensor the end of the pulse is the end, and only assumed")
    func unsensed() {
        var bench = Stage.pulsingUnsensed.bench
        let effects = bench.take(.coilReleased(sequence: bench.sequence(of: SampleHouse.locker6), .complete))
        guard case .checkoutCompleted(_, let door?, content: .empty)? = effects.happenings.first else {
            Issue.record("no checkout was completed: \(effects.summary)")
            return
        }
        #expect(door.basis == .assumed && door.latched == nil)
    }

    @Test("the sensor may be quicker than the pulse")
    func quickDoor() {
        var bench = Stage.pulsing.bench
        let sequence = bench.sequence(of: SampleHouse.locker4)
        bench.take(.doorOpened(.of("4"), at: bench.now))
        #expect(bench.take(.coilReleased(sequence: sequence, .complete)).isEmpty)
        #expect(bench.take(.doorLatched(.of("4"), at: bench.now)).keys == ["taken"])
    }

    @Test("an item on the open shelf is lent at once, without a door")
    func openShelf() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        let effects = bench.scan(SampleHouse.book)
        #expect(effects.summary == "checkout-begun checkout-completed ‘taken’")
        #expect(bench.books.loans.map(\.due) == [SampleHouse.due] && bench.books.contents.isEmpty)
    }

    @Test("a locker's label asks for the one thing in it")
    func lockerLabel() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.locker4).summary == "checkout-begun OPEN 4")
        #expect(bench.books.loans.map(\.item) == [.of("drill")])
        #expect(
            bench.scan(SampleHouse.locker5).messages == [Message(.refused(.whichItem), locker: SampleHouse.locker5)])
        #expect(bench.scan(SampleHouse.locker7).messages == [Message(.lockerHasNothing, locker: SampleHouse.locker7)])
    }

    @Test("equals are lent one by one, the locker holds what is left, and the last one leaves it empty")
    func equals() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        for taken in 1...3 {
            bench.scan(SampleHouse.chair)
            bench.openAndShut(SampleHouse.locker5)
            #expect(bench.books.loans.count == taken)
            #expect(bench.books.contents[.of("5")] == .holds)
        }
        #expect(bench.scan(SampleHouse.chair).keys == ["refused-on-loan"])
        bench.scan(SampleHouse.bench)
        bench.openAndShut(SampleHouse.locker5)
        #expect(bench.books.contents[.of("5")] == .empty)
    }

    @Test("two items behind one door go through one opening")
    func joined() throws {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.chair)
        let opening = try #require(bench.desk.openings[.of("5")]).number
        bench.pulse(SampleHouse.locker5)
        bench.take(.doorOpened(.of("5"), at: bench.now))
        let more = bench.scan(SampleHouse.bench)
        #expect(more.summary == "checkout-begun ‘locker-opens’")
        guard case .checkoutBegun(_, _, _, _, opening: opening)? = more.happenings.first else {
            Issue.record("the second loan does not name the first one's opening")
            return
        }
        let end = bench.take(.doorLatched(.of("5"), at: bench.now))
        #expect(end.summary == "checkout-completed checkout-completed ‘taken’ ‘taken’")
        #expect(bench.books.errands.isEmpty && bench.books.loans.count == 2)
    }

    @Test("before the guard has accepted, a second item at the same door is not told to be open")
    func joinedEarly() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.chair)
        #expect(bench.scan(SampleHouse.bench).summary == "checkout-begun")
        let accepted = bench.take(.openingAccepted(sequence: bench.sequence(of: SampleHouse.locker5)))
        #expect(accepted.summary == "‘locker-opens’ ‘locker-opens’")
    }

    @Test("more comes out of a door that was unlocked and not yet pulled open")
    func unlocked() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.chair)
        bench.pulse(SampleHouse.locker5)
        #expect(bench.scan(SampleHouse.bench).summary == "checkout-begun ‘locker-opens’")
        bench.wait(.seconds(5))
        #expect(bench.take(.tick).summary == "pulse-repeated ‘opens-again’ OPEN 5", "this door gets one more pulse")
        bench.pulse(SampleHouse.locker5)
        bench.wait(.seconds(5))
        #expect(bench.take(.tick).summary == "checkout-failed checkout-failed ‘did-not-open’ ‘did-not-open’")
    }

    @Test("one coil at a time: the second door waits for the first one's pulse to end, not for its door")
    func oneCoil() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        #expect(bench.scan(SampleHouse.drill).opened == [.of("4")])
        #expect(bench.scan(SampleHouse.chair).opened.isEmpty)
        #expect(bench.take(.tick).opened.isEmpty)
        let sequence = bench.sequence(of: SampleHouse.locker4)
        #expect(bench.take(.openingAccepted(sequence: sequence)).opened.isEmpty)
        #expect(bench.take(.coilReleased(sequence: sequence, .complete)).opened == [.of("5")])
        #expect(bench.desk.summary == "serving released-4 requested-5")
    }

    @Test("the borrower's own limit counts loans, not scans")
    func limit() {
        var bench = DeskBench()
        bench.house.policy.standard[.maximumLoans] = 4
        bench.scan(SampleHouse.first)
        for item in [SampleHouse.book, SampleHouse.drill, SampleHouse.chair, SampleHouse.chair] { bench.scan(item) }
        #expect(bench.books.loans.count == 4)
        #expect(bench.scan(SampleHouse.projector).keys == ["refused-too-many-loans"])
        #expect(bench.scan(SampleHouse.book).keys == ["already-yours"])
    }

    @Test("further pieces that a booking makes due earlier are told so")
    func shorterPieces() {
        var bench = DeskBench()
        let tomorrow = bench.wall.adding(milliseconds: 86_400_000)
        func chairs() -> ItemFacts {
            var facts = bench.books.facts(of: SampleHouse.chair)
            facts.bookings = [.of("k-1", SampleHouse.second, SampleHouse.chair, from: tomorrow, hours: 5)]
            return facts
        }
        bench.scan(SampleHouse.first)
        #expect(
            bench.take(.scanned, Facts(.item(chairs()), serving: bench.books.facts(of: SampleHouse.first)))
                .keys == ["how-many"])
        let more = bench.take(
            .scanned,
            Facts(.number(3), serving: bench.books.facts(of: SampleHouse.first), pending: chairs()))
        #expect(more.messages.first == Message(.shortened, item: SampleHouse.chair, due: tomorrow))
        #expect(bench.books.loans.map(\.due) == [SampleHouse.due, tomorrow, tomorrow])
    }
}
