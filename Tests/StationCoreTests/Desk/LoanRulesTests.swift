// The rules of lending where they matter to people: at the last second, on a birthday, when a booking begins.

import Testing

@testable import StationCore

/// A request of the first borrower for the drill, at noon, and what is changed in it.
private func request(at now: WallTime = SampleHouse.noon, _ change: (inout LoanRequest) -> Void = { _ in })
    -> LoanRequest
{
    var request = LoanRequest(
        item: ItemFacts(item: SampleHouse.drill, locker: SampleHouse.locker4),
        borrower: BorrowerFacts(borrower: SampleHouse.first), house: HouseFacts(), zone: SampleHouse.zone,
        moment: Moment(monotonic: MonotonicInstant(nanoseconds: 0), wall: now, quality: .synchronised))
    change(&request)
    return request
}

private let granted = LoanVerdict.granted(due: SampleHouse.due, isShortened: false)

extension WallTime {
    fileprivate func adding(hours: Int64, _ milliseconds: Int64 = 0) -> WallTime {
        adding(milliseconds: hours * 3_600_000 + milliseconds)
    }
}

extension LoanRequest {
    /// Books the drill for somebody, so many hours from noon on.
    fileprivate mutating func book(_ borrower: Borrower, _ start: Int64, hours: Int64, plus milliseconds: Int64 = 0) {
        let start = SampleHouse.noon.adding(hours: start, milliseconds)
        item.bookings.append(.of("k-\(item.bookings.count)", borrower, item.item, from: start, hours: hours))
    }

    /// Lends a piece of the item to somebody.
    fileprivate mutating func lend(to borrower: Borrower, due: WallTime) {
        let number = EntryNumber(epoch: Epoch(1), sequence: UInt64(item.loans.count + 1))
        item.loans.append(Loan(id: number, item: item.item.id, borrower: borrower.id, due: due))
    }
}

@Suite("Rules of lending: people")
struct PersonRulesTests {
    @Test("a right to borrow counts to its last millisecond", arguments: [(0, true), (1, false)])
    func validity(_ after: Int64, _ isGranted: Bool) {
        let request = request { $0.borrower.borrower.validUntil = SampleHouse.noon.adding(milliseconds: -after) }
        #expect(request.verdict == (isGranted ? granted : .refused(.borrowerExpired)))
    }

    @Test("a qualification counts to its last millisecond", arguments: [(0, true), (1, false)])
    func qualification(_ after: Int64, _ isGranted: Bool) {
        let request = request {
            $0.house.policy.standard.qualification = "laser"
            $0.borrower.borrower.qualifications = ["laser": SampleHouse.noon.adding(milliseconds: -after)]
        }
        #expect(request.verdict == (isGranted ? granted : .refused(.notQualified)))
    }

    @Test(
        "an age is reached when the birthday begins here; of those born on 29 February, on 1 March in other years",
        arguments: [
            // The station is an hour ahead of UTC.
            ("2008-11-20", "2026-11-19T22:59:59.999Z", false), ("2008-11-20", "2026-11-19T23:00:00.000Z", true),
            ("2008-02-29", "2026-02-28T22:59:59.999Z", false), ("2008-02-29", "2026-02-28T23:00:00.000Z", true),
            ("2008-02-29", "2026-03-01T12:00:00.000Z", true), ("2008-02-29", "2028-02-01T00:00:00.000Z", true),
        ])
    func birthday(_ born: String, _ now: String, _ isGranted: Bool) {
        let request = request(at: .of(now)) {
            $0.house.policy.standard[.minimumAge] = 18
            $0.borrower.borrower.born = CivilDate(iso8601: born)
        }
        if case .granted = request.verdict {
            #expect(isGranted)
        } else {
            #expect(!isGranted && request.verdict == .refused(.tooYoung))
        }
    }

    @Test("who is asked for an age and has none in the register is refused, a baby too where no age is asked for")
    func unknownAge() {
        #expect(request { $0.house.policy.standard[.minimumAge] = 1 }.verdict == .refused(.ageUnknown))
        #expect(request { $0.house.policy.standard[.minimumAge] = 0 }.verdict == granted)
    }

    @Test("what is no longer in the register counts as a loan, and as nothing of value")
    func lostItems() {
        func request(_ change: (inout LendingTerms) -> Void) -> LoanRequest {
            StationCoreTests.request {
                $0.borrower.loans = [
                    Loan(
                        id: EntryNumber(epoch: Epoch(1), sequence: 1), item: .of("gone"), borrower: .of("b-1"),
                        due: SampleHouse.due)
                ]
                change(&$0.house.policy.standard)
            }
        }
        #expect(request { $0[.maximumLoans] = 1 }.verdict == .refused(.tooManyLoans))
        #expect(request { $0[.maximumOfCategory] = 1 }.verdict == granted)
        #expect(request { $0[.maximumValue] = 0 }.verdict == granted)
    }
}

@Suite("Rules of lending: times")
struct TimeRulesTests {
    @Test(
        "doors stay shut from the first minute of quiet hours to their last, over midnight too",
        arguments: [
            ("20:59:59.999", false), ("21:00:00.000", true), ("22:59:59.999", true), ("23:00:00.000", true),
            ("05:59:59.999", true), ("06:00:00.000", false), ("11:59:59.999", false), ("12:00:00.000", true),
            ("12:59:59.999", true), ("13:00:00.000", false),
        ])
    func quietHours(_ utc: String, _ isQuiet: Bool) {
        let quiet = request(at: .of("2026-11-20T\(utc)Z")) {
            $0.house.policy.standard.quietHours = QuietHours("13:00-14:00, 22:00-07:00")
        }
        #expect((quiet.verdict == .refused(.quietHours)) == isQuiet)
        var shelf = quiet
        shelf.item.item.locker = nil
        #expect(shelf.verdict != .refused(.quietHours), "a shelf has no doors")
    }

    @Test(
        "the register may be as old as the rules say, and not a millisecond older", arguments: [(0, true), (1, false)])
    func age(_ after: Int64, _ isGranted: Bool) {
        func request(_ right: AgingRight, _ name: String?) -> LoanRequest {
            StationCoreTests.request {
                $0.house.isPoolInReach = false
                $0.house.confirmed = SampleHouse.noon.adding(hours: -36, -after)
                $0.house.policy.maximumAgeHours = [right: 36]
                $0.house.policy.standard.qualification = name
                $0.borrower.borrower.qualifications = ["laser": nil]
            }
        }
        let expected = isGranted ? granted : .refused(.poolOutOfReach)
        #expect(request(.borrowing, nil).verdict == expected)
        #expect(request(.qualifications, "laser").verdict == expected)
        #expect(request(.qualifications, nil).verdict == granted)
        var reached = request(.borrowing, nil)
        reached.house.isPoolInReach = true
        #expect(reached.verdict == granted)
        reached.house.isPoolInReach = false
        reached.house.confirmed = nil
        #expect(reached.verdict == .refused(.poolOutOfReach), "what nobody ever confirmed is too old")
    }
}

@Suite("Rules of lending: bookings")
struct BookingRulesTests {
    @Test("a booking is in the way from its beginning on, and no longer at its end")
    func edges() {
        func verdict(_ milliseconds: Int64) -> LoanVerdict {
            request { $0.book(SampleHouse.second, -2, hours: 2, plus: milliseconds) }.verdict
        }
        #expect(verdict(0) == granted)
        #expect(verdict(1) == .refused(.booked, when: SampleHouse.noon.adding(milliseconds: 1)))
        let begins = request { $0.book(SampleHouse.second, 0, hours: 2) }
        #expect(begins.verdict == .refused(.booked, when: SampleHouse.noon.adding(hours: 2)))
    }

    @Test("an hour before a booking is worth the way, a millisecond less is not; a loan may end when one begins")
    func shortest() {
        func verdict(_ milliseconds: Int64) -> LoanVerdict {
            request { $0.book(SampleHouse.second, 1, hours: 2, plus: milliseconds) }.verdict
        }
        #expect(verdict(0) == .granted(due: SampleHouse.noon.adding(hours: 1), isShortened: true))
        #expect(verdict(-1) == .refused(.bookedSoon, when: SampleHouse.noon.adding(hours: 1, -1)))
        let later = request { request in
            let hours = (SampleHouse.due.milliseconds - SampleHouse.noon.milliseconds) / 3_600_000
            request.book(SampleHouse.second, hours, hours: 2)
        }
        #expect(later.verdict == granted)
    }

    @Test("who booked an item has it until the booking ends; of two bookings of theirs, the later end counts")
    func ownBooking() {
        let booked = request {
            $0.book(SampleHouse.first, -1, hours: 3)
            $0.book(SampleHouse.first, 0, hours: 30)
            $0.book(SampleHouse.first, -2, hours: 5)
        }
        #expect(booked.verdict == .granted(due: SampleHouse.noon.adding(hours: 30), isShortened: false))
        #expect(request { $0.book(SampleHouse.first, 1, hours: 3) }.verdict == granted, "not begun yet")
    }

    @Test("of equals, who fetched what they booked is not counted twice, nor named as in the way")
    func fetched() {
        var fetched = request {
            $0.item.item.quantity = 3
            $0.book(SampleHouse.second, -1, hours: 3)
            $0.lend(to: SampleHouse.second, due: SampleHouse.noon.adding(hours: 2))
            $0.book(SampleHouse.expired, -1, hours: 6)
        }
        #expect(fetched.verdict == granted)
        fetched.item.item.quantity = 2
        #expect(fetched.verdict == .refused(.booked, when: SampleHouse.noon.adding(hours: 5)))
    }

    @Test("a piece that is due by then counts as back when a booking begins, one that is due later does not")
    func dueByThen() {
        func verdict(_ milliseconds: Int64) -> LoanVerdict {
            request {
                $0.item.item.quantity = 2
                $0.book(SampleHouse.second, 5, hours: 3)
                $0.lend(to: SampleHouse.expired, due: SampleHouse.noon.adding(hours: 5, milliseconds))
            }.verdict
        }
        #expect(verdict(0) == granted)
        #expect(verdict(1) == .granted(due: SampleHouse.noon.adding(hours: 5), isShortened: true))
    }

    @Test(
        "a loan that a booking ends is due at the last open moment before it",
        arguments: [
            // Noon is on a Friday; the house is closed on Saturday, and open round the clock on Sunday.
            ("2026-11-20T15:30:00.500Z", "2026-11-20T15:30:00.500Z"),
            ("2026-11-20T18:00:00.000Z", "2026-11-20T18:00:00.000Z"),
            ("2026-11-20T21:00:00.000Z", "2026-11-20T18:00:00.000Z"),
            ("2026-11-21T12:00:00.000Z", "2026-11-20T18:00:00.000Z"),
            ("2026-11-22T12:00:00.000Z", "2026-11-22T12:00:00.000Z"),
            ("2026-11-23T08:59:59.999Z", "2026-11-22T23:00:00.000Z"),
            ("2026-11-23T09:00:00.000Z", "2026-11-23T09:00:00.000Z"),
        ])
    func lastOpening(_ start: String, _ due: String) {
        let short = request {
            $0.house.policy.hours = OpeningHours(
                week: Array(repeating: "10:00-13:00, 15:00-19:00", count: 5) + ["", "00:00-24:00"])
            $0.item.bookings = [.of("k-1", SampleHouse.second, SampleHouse.drill, from: .of(start), hours: 5)]
        }
        #expect(short.verdict == .granted(due: .of(due), isShortened: true))
    }

    @Test("the house is open both times that a clock shows 02:15, where it is open from 01:30 to 02:30")
    func doubledHour() {
        let night = request(at: .of("2026-10-24T20:00:00.000Z")) {
            $0.zone = LendingCases.berlin
            $0.house.policy.hours = OpeningHours(week: Array(repeating: "01:30-02:30", count: 7))
            let first = WallTime.of("2026-10-25T00:15:00.000Z")
            $0.item.bookings = [.of("k-1", SampleHouse.second, SampleHouse.drill, from: first, hours: 5)]
        }
        #expect(night.verdict == .granted(due: .of("2026-10-25T00:15:00.000Z"), isShortened: true))
    }
}

@Suite("Rules of lending: renewals")
struct RenewalRulesTests {
    /// A loan of the first borrower that is due in an hour.
    private static let loan = Loan(
        id: EntryNumber(epoch: Epoch(1), sequence: 1), item: SampleHouse.drill.id, borrower: SampleHouse.first.id,
        due: SampleHouse.noon.adding(hours: 1))

    private func renewal(_ change: (inout LoanRequest) -> Void = { _ in }) -> LoanRequest {
        request {
            $0.item.loans = [Self.loan]
            $0.borrower.loans = [Self.loan]
            change(&$0)
        }
    }

    @Test("a renewed loan lasts as long as one that begins now, and not into somebody's booking")
    func intoBooking() {
        #expect(renewal().renewedDue(of: Self.loan) == SampleHouse.due)
        #expect(renewal().renewalRefusal(of: Self.loan) == nil)
        let shorter = renewal { $0.book(SampleHouse.second, 30, hours: 2) }
        #expect(shorter.renewedDue(of: Self.loan) == SampleHouse.noon.adding(hours: 30))
        for start in [-1, 0, 1] as [Int64] {
            let booked = renewal { $0.book(SampleHouse.second, start, hours: 3) }
            #expect(booked.renewedDue(of: Self.loan) == nil && booked.renewalRefusal(of: Self.loan) == .notRenewable)
        }
        let own = renewal { $0.book(SampleHouse.first, 1, hours: 3) }
        #expect(own.renewedDue(of: Self.loan) == SampleHouse.due, "one's own booking is not in the way")
    }

    @Test("a loan that would not last longer is no refusal: renewing it later will gain something")
    func notLonger() {
        var late = Self.loan
        late.due = SampleHouse.due
        #expect(renewal().renewalRefusal(of: late) == nil && renewal().renewedDue(of: late) == nil)
        late.due = SampleHouse.due.adding(milliseconds: -1)
        #expect(renewal().renewalRefusal(of: late) == nil && renewal().renewedDue(of: late) == SampleHouse.due)
    }

    @Test("a loan is renewed once where nobody says how often, and never more often than allowed")
    func howOften() {
        for (allowed, most) in [(nil, 1), (0, 0), (3, 3)] as [(Int?, Int)] {
            let request = renewal { $0.house.policy.standard[.renewals] = allowed }
            for renewals in 0...4 {
                var loan = Self.loan
                loan.renewals = renewals
                #expect(request.renewalRefusal(of: loan) == (renewals < most ? nil : .notRenewable))
            }
        }
    }

    @Test("who may not borrow may not renew, nor may anybody where the pool is out of reach for too long")
    func whoMayNot() {
        let blocked = renewal { $0.borrower.borrower.standing = .blocked }
        #expect(blocked.renewalRefusal(of: Self.loan) == .borrowerBlocked)
        let expired = renewal { $0.borrower.borrower.validUntil = SampleHouse.noon.adding(milliseconds: -1) }
        #expect(expired.renewalRefusal(of: Self.loan) == .borrowerExpired)
        let alone = renewal {
            $0.house.isPoolInReach = false
            $0.house.policy.offline = .returns
        }
        #expect(alone.renewalRefusal(of: Self.loan) == .poolOutOfReach)
    }

    @Test("what somebody says is back is not renewed")
    func reported() {
        var loan = Self.loan
        loan.isReported = true
        #expect(renewal().renewalRefusal(of: loan) == .notRenewable)
    }
}
