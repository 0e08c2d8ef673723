// Every reason to say no, reached. A new reason does not compile here until a test shows how a borrower meets it.

import Testing

@testable import StationCore

@Suite("Refusals")
struct RefusalTests {
    /// Lets the station refuse for a reason, as a borrower would meet it; the effects of the last step.
    private func meet(_ refusal: Refusal) throws -> [Effect] {
        var bench = DeskBench()
        switch refusal {
        case .unknownCode: return bench.scan(.unknown)
        case .mistypedCode: return bench.scan(.mistyped)
        case .unreadableCode: return bench.scan(.unreadable)
        case .wrongKeyboardLayout: return bench.scan(.wrongLayout)
        case .undecidable: return bench.scan(.undecidable)
        case .passUnreadable: return bench.scan(.brokenPass)
        case .passOfUnknownKey, .passForged, .passOfOtherStation, .passRevoked, .passClockUnknown, .passTooEarly,
            .passTooLate, .passOlderThanJournal, .passUsed, .passSpent, .passForNothingHere:
            return PassCase.meeting(refusal, on: &bench)
        case .emergencyStop:
            bench.scan(SampleHouse.first)
            bench.take(.emergencyStop("front", isPressed: true))
            return bench.scan(SampleHouse.drill)
        case .loanOver:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.room)
            bench.take(.openingAccepted(sequence: bench.sequence(of: SampleHouse.locker8)))
            bench.take(.coilReleased(sequence: bench.sequence(of: SampleHouse.locker8), .complete))
            bench.wait(.seconds(15 * 86_400))
            bench.scan(SampleHouse.first)
            return bench.scan(SampleHouse.locker8)
        case .borrowerBlocked: return bench.scan(SampleHouse.blocked)
        case .borrowerExpired: return bench.scan(SampleHouse.expired)
        case .borrowerUnknown:
            bench.scan(SampleHouse.first)
            return bench.take(.scanned, Facts(.item(bench.books.facts(of: SampleHouse.drill)), serving: nil))
        case .noSession: return bench.scan(Command.loans)
        case .tooManyLoans:
            bench.scan(SampleHouse.first)
            bench.house.policy.standard[.maximumLoans] = 0
            return bench.scan(SampleHouse.drill)
        case .tooManyOfCategory:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.book)
            bench.house.policy.rules = [.of(category: "tools") { $0[.maximumOfCategory] = 1 }]
            return bench.scan(SampleHouse.drill)
        case .tooValuable:
            bench.scan(SampleHouse.first)
            bench.house.policy.standard[.maximumValue] = 49_999
            return bench.scan(SampleHouse.violin)
        case .tooYoung:
            bench.scan(SampleHouse.second)
            bench.house.policy.standard[.minimumAge] = 18
            return bench.scan(SampleHouse.drill)
        case .ageUnknown:
            bench.scan(SampleHouse.first)
            bench.house.policy.standard[.minimumAge] = 18
            return bench.scan(SampleHouse.drill)
        case .notQualified:
            bench.scan(SampleHouse.first)
            bench.house.policy.standard.qualification = "laser"
            return bench.scan(SampleHouse.drill)
        case .booked, .bookedSoon:
            bench.scan(SampleHouse.first)
            let start = refusal == .booked ? bench.wall : bench.wall.adding(milliseconds: 1_800_000)
            var facts = bench.books.facts(of: SampleHouse.drill)
            facts.bookings = [.of("k-1", SampleHouse.second, SampleHouse.drill, from: start, hours: 5)]
            return bench.take(.scanned, Facts(.item(facts), serving: bench.books.facts(of: SampleHouse.first)))
        case .quietHours:
            bench.scan(SampleHouse.first)
            bench.house.policy.standard.quietHours = QuietHours("11:00-13:00")
            return bench.scan(SampleHouse.drill)
        case .poolOutOfReach:
            bench.scan(SampleHouse.first)
            bench.house.isPoolInReach = false
            bench.house.policy.offline = .returns
            return bench.scan(SampleHouse.drill)
        case .damaged:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.drill)
            bench.openAndShut(SampleHouse.locker4)
            bench.scan(Command.damaged)
            bench.scan(SampleHouse.second)
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.drill)
            bench.openAndShut(SampleHouse.locker4)
            bench.wait(.seconds(5))
            return bench.scan(SampleHouse.drill)
        case .notEnough:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.chair)
            return bench.scan(.number(4))
        case .notRenewable:
            bench.house.policy.standard[.renewals] = 0
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.book)
            bench.scan(Command.renew)
            return bench.scan(SampleHouse.book)
        case .notYours:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.book)
            bench.scan(Command.renew)
            return bench.scan(SampleHouse.drill)
        case .cardNeeded:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.chair)
            bench.scan(SampleHouse.chair)
            bench.openAndShut(SampleHouse.locker5)
            bench.scan(Command.finish)
            bench.scan(Command.giveBack)
            return bench.scan(SampleHouse.chair)
        case .pinMissing:
            bench.house.policy.standard[.pinAbove] = 10_000
            var facts = bench.books.facts(ofCardOf: SampleHouse.first)
            facts.card?.hasPIN = false
            bench.scan(.borrower(facts))
            return bench.scan(SampleHouse.violin)
        case .wrongPIN:
            bench.scan(SampleHouse.member)
            return bench.scan(.pin(.wrong(failures: 1)))
        case .pinTooSoon:
            bench.scan(SampleHouse.member)
            bench.scan(.pin(.wrong(failures: 9)))
            return bench.scan(.pin(.tooSoon))
        case .pinLocked: return bench.scan(SampleHouse.member, failures: 100)
        case .staffOnly: return bench.scan(Command.openAll)
        case .staffExpired:
            var member = SampleHouse.member
            member.validUntil = bench.wall.adding(milliseconds: -1)
            return bench.scan(member)
        case .codeUnusable:
            bench.signIn()
            bench.scan(Command.newItem)
            return bench.scan(.newCode(.unusable))
        case .notReported:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.book)
            bench.scan(Command.finish)
            bench.scan(Command.giveBack)
            bench.scan(SampleHouse.book)
            bench.signIn()
            bench.scan(Command.confirmReturns)
            return bench.scan(SampleHouse.drill)
        case .lockerSuspended:
            bench.signIn()
            bench.scan(Command.suspend)
            bench.scan(SampleHouse.locker4)
            bench.scan(Command.finish)
            bench.scan(SampleHouse.first)
            return bench.scan(SampleHouse.drill)
        case .onLoan:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.book)
            bench.scan(SampleHouse.second)
            return bench.scan(SampleHouse.book)
        case .notLendable: return bench.scan(SampleHouse.relic)
        case .notHere: return bench.scan(SampleHouse.ladder)
        case .lockerEmpty:
            bench.take(.contentChecked(.of("4"), .empty))
            return bench.scan(SampleHouse.locker4)
        case .whichItem: return bench.scan(SampleHouse.locker5)
        case .lockerUnverified:
            bench.take(.contentChecked(.of("4"), .unverified))
            return bench.scan(SampleHouse.drill)
        case .lockerOutOfService:
            bench.take(.lockerFault(.of("4"), reason: "missing"))
            return bench.scan(SampleHouse.drill)
        case .lockerInUse:
            bench.scan(SampleHouse.first)
            bench.scan(SampleHouse.chair)
            bench.scan(SampleHouse.second)
            return bench.scan(SampleHouse.bench)
        case .guardAbsent:
            bench.take(.guardLost)
            return bench.scan(SampleHouse.drill)
        case .storageFull:
            let station = try StationBench()
            station.journal.fault = .full
            try station.scan(SampleHouse.card(of: SampleHouse.first))
            try station.scan(SampleHouse.drill.label)
            return station.screen.told.suffix(1).map { .tell($0) }
        }
    }

    @Test("each reason to refuse is met and told, opens nothing and lends nothing", arguments: Refusal.allCases)
    func reasons(_ refusal: Refusal) throws {
        let effects = try meet(refusal)
        #expect(effects.messages.map(\.id) == [.refused(refusal)])
        #expect(effects.opened.isEmpty)
        #expect(!effects.happenings.contains { $0.kind == .checkoutBegun })
        // What can't be written because the disk is full is the one refusal that is only told.
        if refusal == .wrongPIN {
            #expect(effects.happenings.map(\.kind) == [.pinRefused])
        } else if refusal != .storageFull {
            #expect(effects.happenings.map(\.kind) == [.refused])
            #expect(effects.happenings.first?.fields(personDigest: nil).reason == refusal.rawValue)
        }
    }

    @Test("a refusal names the item, the locker and when the item comes back")
    func details() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.drill)
        bench.openAndShut(SampleHouse.locker4)
        bench.scan(SampleHouse.second)
        let effects = bench.scan(SampleHouse.drill)
        let message = Message(
            .refused(.onLoan), item: SampleHouse.drill, locker: SampleHouse.locker4, due: SampleHouse.due)
        #expect(effects == [.record(.refused(.onLoan, item: .of("drill"), locker: .of("4"))), .tell(message)])
        bench.scan(Command.finish)
        #expect(bench.scan(SampleHouse.drill) == effects, "without a session the answer is the same")
    }

    @Test("what only staff can mend is told before what passes by itself")
    func order() {
        var bench = DeskBench()
        bench.take(.lockerFault(.of("4"), reason: "missing"))
        bench.take(.guardLost)
        bench.take(.contentChecked(.of("4"), .unverified))
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-out-of-service"])
        bench.take(.lockerWorks(.of("4")))
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-unverified"])
        bench.take(.contentChecked(.of("4"), .empty))
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-guard-absent"])
        bench.take(.guardJoined)
        #expect(bench.scan(SampleHouse.drill).keys == ["refused-locker-empty"])
    }

    @Test("a locker that the station was not set up with is out of service")
    func strangeLocker() {
        var bench = DeskBench()
        var item = SampleHouse.drill
        item.locker = .of("7")
        bench.scan(SampleHouse.first)
        let facts = ItemFacts(item: item, locker: SampleHouse.locker7)
        #expect(bench.scan(.item(facts)).keys == ["refused-locker-out-of-service"])
    }

    @Test("the end of the right to borrow is the last instant that counts")
    func lastInstant() {
        var bench = DeskBench()
        bench.wall = .of("2026-11-01T00:00:00.000Z")
        #expect(bench.scan(SampleHouse.expired).keys == ["session-began"])
        bench = DeskBench()
        bench.wall = .of("2026-11-01T00:00:00.001Z")
        #expect(bench.scan(SampleHouse.expired).keys == ["refused-borrower-expired"])
    }

    @Test("who was blocked with loans may bring them back, and take nothing")
    func blockedWithLoans() {
        var bench = DeskBench()
        bench.scan(SampleHouse.first)
        bench.scan(SampleHouse.drill)
        bench.openAndShut(SampleHouse.locker4)
        bench.take(.inputEnded)
        var blocked = bench.books.facts(of: SampleHouse.first)
        blocked.borrower.standing = .blocked
        #expect(bench.take(.scanned, Facts(.borrower(blocked))).keys == ["session-began"])
        let book = Subject.item(bench.books.facts(of: SampleHouse.book))
        #expect(bench.take(.scanned, Facts(book, serving: blocked)).keys == ["refused-borrower-blocked"])
        let drill = Subject.item(bench.books.facts(of: SampleHouse.drill))
        #expect(bench.take(.scanned, Facts(drill, serving: blocked)).happenings.map(\.kind) == [.returnBegun])
    }
}
