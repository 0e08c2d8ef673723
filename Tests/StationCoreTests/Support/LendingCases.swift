// Requests to borrow that chance makes, with a liking for edges: the last millisecond, the clock change, the birthday.

import TestSupport

@testable import StationCore

struct LendingCases {
    private(set) var chance: SeededGenerator
    private var now = WallTime(milliseconds: 0)

    init(seed: UInt64) { chance = SeededGenerator(seed: seed) }

    mutating func next() -> LendingCase {
        now = anyNow()
        let hours = anyHours()
        var request = LoanRequest(
            item: ItemFacts(item: anyItem("i-1")), borrower: anyBorrower(),
            house: anyHouse(hours, percent: 20), zone: Self.berlin,
            moment: Moment(monotonic: MonotonicInstant(nanoseconds: 0), wall: now, quality: .synchronised))
        addLoans(to: &request)
        addBookings(to: &request)
        request.proofs.isPINRight = chance.happens(60)
        request.proofs.isApproved = chance.happens(60)
        request.proofs.isCardStrong = chance.happens(70)
        request.isRoom = chance.happens(20)
        return LendingCase(request: request, zone: "Europe/Berlin", hours: hours)
    }

    // MARK: - For whole stations

    /// Rules that leave much allowed, as they may count at a time, and the words of their hours.
    mutating func house(at time: WallTime) -> (HouseFacts, LendingCase.Hours?) {
        now = time
        let hours = anyHours()
        return (anyHouse(hours, percent: 6), hours)
    }

    /// Bookings at the sample house.
    mutating func bookings(at time: WallTime) -> [Booking] {
        now = time
        return (0..<chance.number(below: 9)).map { index in
            let start = anyTime().adding(milliseconds: -Int64(chance.pick([0, 0, 2, 24])) * Self.hour)
            return .of(
                "k-\(index)", chance.pick(SampleHouse.borrowers), chance.pick(SampleHouse.items), from: start,
                hours: Int64(chance.pick([1, 5, 24, 100])))
        }
    }

    /// The borrowers of the sample house, and what a register may say of them at a time.
    mutating func borrowers(at time: WallTime) -> [Borrower] {
        now = time
        return SampleHouse.borrowers.map { borrower in
            var changed = anyBorrower().borrower
            changed.id = borrower.id
            return changed
        }
    }

    // MARK: - Times

    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour

    /// Europe/Berlin while it changes its clocks on the last Sundays of March and October.
    static let berlin: TimeZoneTable = {
        var changes = [TimeZoneTable.Change(from: .earliest, offsetSeconds: 3600)]
        for year in 2020...2040 {
            for (month, offset) in [(3, Int32(7200)), (10, 3600)] {
                guard let last = CivilDate(year: year, month: month, day: 31) else { continue }
                // 1970-01-01 was a Thursday.
                let sunday = CivilDate(daysSince1970: last.daysSince1970 - (last.daysSince1970 + 4) % 7)
                changes.append(
                    TimeZoneTable.Change(from: WallTime(sunday, millisecondOfDay: hour), offsetSeconds: offset))
            }
        }
        guard let zone = TimeZoneTable(changes) else { preconditionFailure("the changes are in order") }
        return zone
    }()

    /// A little before a time, the time itself, or a little after it.
    private mutating func around(_ time: WallTime) -> WallTime {
        time.adding(milliseconds: chance.pick([-1, 0, 0, 1]))
    }

    /// A time between two others, to the minute.
    private mutating func between(_ first: String, _ last: String) -> WallTime {
        let (first, last) = (WallTime.of(first).milliseconds, WallTime.of(last).milliseconds)
        return WallTime(milliseconds: first + Int64(chance.number(below: Int((last - first) / 60_000))) * 60_000)
    }

    private mutating func anyNow() -> WallTime {
        let time: WallTime
        switch chance.number(below: 10) {
        case 0..<4:
            let change = chance.pick(Array(Self.berlin.changes.dropFirst(11).prefix(8))).from
            let days = Int64(chance.pick([0, 0, 0, 1, 1, 2, 14]))
            let minutes = Int64(chance.pick([-180, -61, -60, -59, -30, -1, 0, 1, 29, 30, 59, 60, 61, 120, 600, 1000]))
            time = change.adding(milliseconds: -days * Self.day + minutes * 60_000)
        case 4: time = between("2027-02-27T22:00:00.000Z", "2027-03-02T22:00:00.000Z")
        case 5: time = between("2028-02-27T22:00:00.000Z", "2028-03-02T22:00:00.000Z")
        default: time = between("2026-01-01T00:00:00.000Z", "2029-12-31T00:00:00.000Z")
        }
        return chance.happens(30) ? around(time) : time
    }

    /// A time that is told from now on: some hours off, or a local time of one of the next days.
    private mutating func anyTime() -> WallTime {
        if chance.happens(60) {
            let minutes = chance.pick([0, 1, 30, 59, 60, 60, 61, 180, 1440, 4320, 14 * 1440])
            return around(now.adding(milliseconds: Int64(minutes) * 60_000))
        }
        let today = Self.berlin.local(now).date.daysSince1970
        let date = CivilDate(daysSince1970: today + chance.number(below: 16))
        let minute = chance.pick([0, 120, 150, 179, 180, 600, 780, 840, 1080, 1140, 1439])
        return around(Self.berlin.instant(date, millisecondOfDay: Int64(minute) * 60_000))
    }

    // MARK: - The house

    private static let days = [
        "", "10:00-13:00, 15:00-19:00", "09:00-18:00", "18:00-22:00", "00:00-24:00", "00:00-03:00",
        "01:30-02:30, 20:00-24:00", "02:15-02:45", "08:00-08:01",
    ]

    private mutating func anyHours() -> LendingCase.Hours? {
        guard chance.happens(60) else { return nil }
        let usual = chance.pick(Self.days)
        var week = (0..<7).map { _ in chance.happens(50) ? usual : chance.pick(Self.days) }
        if week.allSatisfy(\.isEmpty) { week[chance.number(below: 7)] = "10:00-14:00" }
        let today = Self.berlin.local(now).date.daysSince1970
        let closed = (0..<chance.number(below: 4)).map { _ in
            let first = today + chance.number(below: 20)
            let dates = [first, first + chance.number(below: 10)].map { CivilDate(daysSince1970: $0).iso8601 }
            return chance.happens(50) ? dates[0] : dates.joined(separator: "/")
        }
        return (week, closed)
    }

    private mutating func anyHouse(_ hours: LendingCase.Hours?, percent: Int) -> HouseFacts {
        var policy = Policy(
            standard: anyTerms(percent: percent),
            hours: hours.flatMap { OpeningHours(week: $0.week, closed: $0.closed) })
        policy.rules = (0..<chance.number(below: 4)).map { _ in
            LendingRule(
                category: chance.pick([nil, "tools", "events"]), group: chance.pick([nil, "clubs", "friends"]),
                terms: anyTerms(percent: (percent + 1) / 2))
        }
        policy.offline = chance.pick([.both, .both, .both, .both, .both, .both, .both, .returns, .off])
        if chance.happens(30) { policy.maximumAgeHours[.borrowing] = chance.pick([1, 24, 720]) }
        if chance.happens(30) { policy.maximumAgeHours[.qualifications] = chance.pick([1, 12, 36]) }
        let age = Int64(chance.pick([0, 1, 12, 24, 36, 720]))
        return HouseFacts(
            policy: policy, isPoolInReach: chance.happens(70),
            confirmed: chance.happens(90) ? around(now.adding(milliseconds: -age * Self.hour)) : nil)
    }

    private mutating func anyTerms(percent: Int) -> LendingTerms {
        let numbers: [LendingTerms.Number: [Int]] = [
            .days: [0, 0, 1, 2, 3, 14, 30], .until: [0, 120, 150, 179, 180, 480, 840, 1080, 1200, 1439],
            .maximumLoans: [0, 1, 2, 3, 40], .maximumOfCategory: [0, 1, 2],
            .maximumValue: [0, 1000, 21_000, 50_000, 100_000], .minimumAge: [0, 14, 18, 18], .deposit: [0, 0, 2500],
            .pinAbove: [0, 999, 1000, 20_000, 50_000], .cardPINAbove: [0, 999, 1000, 20_000],
        ]
        var terms = LendingTerms()
        // In the order of the cases: a dictionary's order differs from run to run.
        for number in LendingTerms.Number.allCases {
            if let values = numbers[number], chance.happens(percent) { terms[number] = chance.pick(values) }
        }
        if chance.happens(percent) { terms.qualification = chance.pick(["", "laser", "bike"]) }
        if chance.happens(percent) { terms.confirmation = chance.pick(LendingTerms.Confirmation.allCases) }
        if chance.happens(2 * percent) {
            terms.quietHours = QuietHours(
                chance.pick(["", "22:00-07:00", "13:00-15:00, 22:00-07:00", "02:00-03:00", "00:00-00:30"]))
        }
        return terms
    }

    // MARK: - People and things

    private mutating func anyBorrower() -> BorrowerFacts {
        var borrower = Borrower(id: .of("b-1"), standing: chance.happens(3) ? .blocked : .active)
        if chance.happens(20) {
            let days = Int64(chance.pick([-1, 0, 0, 1, 30]))
            borrower.validUntil = around(now.adding(milliseconds: days * Self.day))
        }
        borrower.groups = Set(["clubs", "friends", "others"].filter { _ in chance.happens(40) })
        if chance.happens(75) { borrower.born = anyBirth() }
        for name in ["laser", "bike"] where chance.happens(60) {
            borrower.qualifications[name] = .some(chance.happens(50) ? around(now) : nil)
        }
        return BorrowerFacts(borrower: borrower)
    }

    private mutating func anyBirth() -> CivilDate? {
        let today = Self.berlin.local(now).date
        if chance.happens(25) { return CivilDate(year: today.year - chance.pick([14, 18, 19, 22]), month: 2, day: 29) }
        let day = CivilDate(daysSince1970: today.daysSince1970 + chance.pick([-1, 0, 1, 100]))
        return CivilDate(year: day.year - chance.pick([13, 14, 17, 18, 18, 40]), month: day.month, day: day.day)
    }

    private mutating func anyItem(_ id: String) -> Item {
        Item(
            id: .of(id), name: LocalizedText(id), label: id, category: chance.pick(["tools", "tools", "events"]),
            quantity: chance.pick([1, 1, 1, 2, 3]), locker: chance.happens(50) ? .of("4") : nil,
            valueCents: chance.pick([0, 0, 1000, 1001, 20_000, 50_001]))
    }

    private mutating func addLoans(to request: inout LoanRequest) {
        let (item, me) = (request.item.item, request.borrower.borrower.id)
        var count: UInt64 = 0
        func loan(_ item: ItemID, _ borrower: BorrowerID, _ due: WallTime) -> Loan {
            count += 1
            return Loan(id: EntryNumber(epoch: Epoch(1), sequence: count), item: item, borrower: borrower, due: due)
        }
        // Where all are on loan the desk does not ask; the rules have an answer all the same.
        let away = chance.happens(5) ? item.quantity : chance.number(below: item.quantity)
        request.item.loans = (0..<away).map { _ in
            let borrower = chance.pick([me, .of("b-2"), .of("b-3")])
            let late = chance.happens(20)
            return loan(item.id, borrower, late ? now.adding(milliseconds: -Self.hour) : anyTime())
        }
        request.borrower.loans = request.item.loans.filter { $0.borrower == me }
        if !request.borrower.loans.isEmpty { request.borrower.items[item.id] = item }
        for index in 0..<chance.pick([0, 0, 0, 1, 2, 3]) {
            let other = anyItem("i-\(index + 2)")
            request.borrower.loans.append(loan(other.id, me, anyTime()))
            // What is no longer in the register is still with the borrower.
            if chance.happens(85) { request.borrower.items[other.id] = other }
        }
        if chance.happens(3) {
            request.borrower.loans += (0..<(19 + chance.number(below: 2))).map { _ in loan(.of("gone"), me, now) }
        }
    }

    private mutating func addBookings(to request: inout LoanRequest) {
        let (item, me) = (request.item.item.id, request.borrower.borrower.id)
        var count = 0
        func book(_ borrower: BorrowerID, _ from: WallTime, _ until: WallTime) {
            count += 1
            let id = BookingID.of("k-\(count)")
            guard let booking = Booking(id: id, borrower: borrower, item: item, from: from, until: until) else {
                return
            }
            request.item.bookings.append(booking)
        }
        for _ in 0..<chance.pick([0, 0, 1, 1, 2, 3]) {
            let who = chance.pick([me, .of("b-2"), .of("b-2"), .of("b-3")])
            if chance.happens(30) {
                let start = around(now.adding(milliseconds: Int64(chance.pick([0, 0, -1, -24])) * Self.hour))
                book(who, start, anyTime())
            } else {
                let start = anyTime()
                book(who, start, start.adding(milliseconds: Int64(chance.pick([1, 24, 100])) * Self.hour))
            }
        }
        // What begins just when the loan would end.
        if chance.happens(15), case .granted(let due, _) = request.verdict {
            book(.of("b-3"), around(due), due.adding(milliseconds: Self.day))
        }
    }
}
