// What comes between: another word while a PIN or staff are waited for, and what is left when it is over.

import Testing

@testable import StationCore

@Suite("Interruptions")
struct InterruptionTests {
    /// A borrower who has asked for something valuable and is asked for the PIN.
    private static var asked: DeskBench {
        var bench = DeskBench()
        bench.house.policy.standard[.pinAbove] = 10_000
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.violin)
        return bench
    }

    @Test("cancelling at the question for a PIN takes the item back, and the session goes on")
    func cancelledPIN() {
        var bench = Self.asked
        #expect(bench.scan(Command.cancel).summary == "‘cancelled’")
        #expect(bench.desk.summary == "serving")
        #expect(bench.scan(Command.cancel).summary == "‘session-ended’")
    }

    @Test("done at the question for a PIN takes the item back and ends the session")
    func donePIN() {
        var bench = Self.asked
        #expect(bench.scan(Command.finish).summary == "‘cancelled’ ‘session-ended’")
        #expect(bench.desk.summary == "idle")
    }

    @Test("a badge without its PIN is let go with a word", arguments: [Command.cancel, .finish])
    func letGo(command: Command) {
        var bench = DeskBench()
        bench.scan(SampleHouse.member)
        #expect(bench.scan(command).summary == "‘staff-goodbye’")
        #expect(bench.desk.summary == "idle" && bench.desk.wants.pin == nil)
    }

    @Test("who asks for another language is asked for the PIN in it")
    func language() {
        var bench = Self.asked
        let effects = bench.scan(.language(.english))
        #expect(effects.keys == ["language-chosen", "enter-pin"])
        #expect(effects.messages.allSatisfy { $0.language == .english })
        #expect(bench.desk.summary == "serving awaits-pin requested")
    }

    @Test("only one thing can wait for staff: the one before is taken back aloud, the same one is not")
    func oneRequest() {
        var bench = DeskBench()
        bench.house.policy.standard.confirmation = .staff
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.book)
        bench.wait(.seconds(3))
        #expect(bench.scan(SampleHouse.book).keys == ["ask-staff"])
        #expect(bench.scan(SampleHouse.violin).keys == ["cancelled", "ask-staff"])
        #expect(bench.signIn().keys == ["approved", "taken"])
        #expect(bench.books.loans.map(\.item) == [SampleHouse.violin.id])
    }

    @Test("staff agree to as many as are asked for, with a deposit for each")
    func approvedPieces() {
        var bench = DeskBench()
        bench.house.policy.standard[.deposit] = 2000
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.chair)
        bench.signIn()
        bench.openAndShut(SampleHouse.locker5)
        let asked = bench.scan(.number(3))
        #expect(asked.keys == ["ask-deposit"] && asked.messages.map(\.cents) == [4000])
        #expect(bench.books.loans.count == 1, "nobody has agreed to more than one")
        bench.scan(SampleHouse.member)
        let agreed = bench.scan(.pin(.right))
        #expect(
            agreed.happenings.first
                == .loanApproved(item: SampleHouse.chair.id, depositCents: 4000, staff: SampleHouse.member.id))
        bench.openAndShut(SampleHouse.locker5)
        #expect(bench.books.loans.count == 3)
    }

    @Test("nobody is asked how many where there are no more")
    func noMore() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        for expected in [true, true, false] {
            #expect(bench.scan(SampleHouse.chair).keys.contains("how-many") == expected)
            bench.openAndShut(SampleHouse.locker5)
            bench.scan(SampleHouse.book)
            bench.scan(SampleHouse.book)
        }
    }

    @Test("equals that are renewed together are told in one sentence")
    func renewedTogether() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.chair)
        bench.openAndShut(SampleHouse.locker5)
        bench.scan(.number(2))
        bench.openAndShut(SampleHouse.locker5)
        bench.wait(.seconds(86_400))
        bench.take(.tick)
        bench.scan(SampleHouse.first)
        bench.scan(Command.renew)
        let effects = bench.scan(SampleHouse.chair)
        #expect(effects.summary == "loan-renewed loan-renewed ‘renewed’")
        #expect(effects.messages.map(\.pieces) == [2])
    }

    @Test("a part that is missing from what was just taken is asked for like any other")
    func incomplete() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.violin)
        #expect(bench.scan(Command.incomplete).keys == ["is-part-there"])
    }

    @Test("what staff call off did not fail to open")
    func calledOff() {
        var bench = DeskBench()
        bench.signIn()
        bench.scan(Command.openAll)
        #expect(bench.scan(Command.cancel).keys.contains("service-cancelled"))
    }

    @Test("a group for which doors are never quiet brings things back at night too")
    func loudGroup() {
        var bench = DeskBench()
        var clubs = LendingRule.of(group: "clubs") { $0.quietHours = QuietHours("") }
        clubs.terms.partsCheck = .set
        bench.house.policy.rules = [clubs]
        bench.scan(SampleHouse.second)
        bench.scan(SampleHouse.drill)
        bench.openAndShut(SampleHouse.locker4)
        bench.scan(Command.finish)
        bench.house.policy.standard.quietHours = QuietHours("00:00-24:00")
        bench.scan(SampleHouse.second)
        #expect(bench.scan(SampleHouse.drill).summary == "return-begun OPEN 4")
    }

    @Test("staff bring nothing back for others: that takes a card, or nobody signed in")
    func staffBringNothing() {
        var bench = DeskBench()
        bench.signIn()
        #expect(bench.scan(Command.giveBack).summary == "refused ‘refused-no-session’")
    }

    @Test("what is on the open shelf has no locker to be named")
    func shelf() {
        var bench = DeskBench()
        bench.signIn()
        #expect(bench.scan(SampleHouse.book).keys == ["item-stands-on-shelf"])
        bench.scan(Command.stock)
        let found = bench.scan(Command.stock)
        #expect(found.messages.first { $0.item?.id == SampleHouse.book.id }?.id == .stated(.stockMissingOnShelf))
        #expect(found.messages.first { $0.item?.id == SampleHouse.drill.id }?.id == .stated(.stockMissing))
    }

    @Test("all lockers are refused in one sentence while the guard is away")
    func openAllUnguarded() {
        var bench = DeskBench(isGuardPresent: false)
        bench.signIn()
        #expect(bench.scan(Command.openAll).summary == "refused ‘refused-guard-absent’")
    }

    @Test("what was reported before is thanked for again, and stays as it is")
    func reportedTwice() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.book)
        bench.scan(Command.finish)
        for expected in ["return-begun return-reported ‘return-reported’", "‘return-reported’"] {
            bench.scan(Command.giveBack)
            bench.forgetLastScan()
            #expect(bench.scan(SampleHouse.book).summary == expected)
        }
    }
}
