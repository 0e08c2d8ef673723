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
        case .staffUnavailable: return bench.scan(.staffBadge)
        case .borrowerBlocked: return bench.scan(SampleHouse.blocked)
        case .borrowerExpired: return bench.scan(SampleHouse.expired)
        case .borrowerUnknown:
            bench.scan(SampleHouse.first)
            return bench.take(.scanned, Facts(.item(bench.books.facts(of: SampleHouse.drill)), serving: nil))
        case .noSession: return bench.scan(.command(.loans))
        case .tooManyLoans:
            bench.scan(SampleHouse.first)
            let serving = bench.books.facts(of: SampleHouse.first, maximumLoans: 0)
            return bench.take(.scanned, Facts(.item(bench.books.facts(of: SampleHouse.drill)), serving: serving))
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
        if refusal != .storageFull {
            #expect(effects.happenings.map(\.kind) == [.refused])
            #expect(effects.happenings.first?.fields(borrowerDigest: nil).reason == refusal.rawValue)
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
        bench.scan(.command(.finish))
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
        let facts = ItemFacts(item: item, locker: SampleHouse.locker7, period: .standard)
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
