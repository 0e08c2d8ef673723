// Whether a borrower may have an item, and until when: the rules of the policy over the facts, without doors and
// sessions. Everything that can't be decided is a refusal (rule S6).

/// A request to borrow, with all that its decision depends on.
struct LoanRequest {
    var item: ItemFacts
    var borrower: BorrowerFacts
    var house: HouseFacts
    var zone: TimeZoneTable
    var moment: Moment
    /// What has been proven in this session.
    var proofs = Proofs()
    /// Whether it is a room: nobody has to be in the house when it is given back.
    var isRoom = false

    /// What a borrower or staff have proven.
    struct Proofs: Equatable, Sendable {
        /// Whether the borrower has entered the PIN.
        var isPINRight = false
        /// Whether staff have agreed to this very loan.
        var isApproved = false
        /// Whether the card that opened the session is a house code.
        var isCardStrong = true
    }

    /// The shortest loan that is worth a way to the house.
    static let shortest: Duration = .seconds(3600)
}

/// What the rules say to a request.
enum LoanVerdict: Equatable {
    /// No, and until when where that is known: the end of a booking, or when one begins.
    case refused(Refusal, when: WallTime? = nil)
    /// Yes, once this is proven.
    case needs(LoanNeed)
    /// Yes, until then; where it is shorter than usual, because of a booking.
    case granted(due: WallTime, isShortened: Bool)
}

/// What has to be proven before a loan.
enum LoanNeed: Hashable, Sendable {
    /// The borrower's PIN.
    case pin
    /// A member of staff agrees, having taken a deposit of so many cents; 0 for none.
    case approval(depositCents: Int)
}

extension LoanRequest {
    private var terms: LendingTerms { house.policy.terms(for: item.item, borrower.borrower) }
    private var now: WallTime { moment.wall }
    private var hours: OpeningHours? { isRoom ? nil : house.policy.hours }

    /// The decision. What no one can help at the station is told before what a PIN or staff could mend.
    var verdict: LoanVerdict {
        let terms = terms
        if let refusal = standingRefusal ?? freshnessRefusal(terms) ?? personRefusal(terms) ?? amountRefusal(terms) {
            return .refused(refusal)
        }
        if isQuiet(terms) { return .refused(.quietHours) }
        let due = due(terms)
        guard case .granted = due else { return due }
        return need(terms).map(LoanVerdict.needs) ?? due
    }

    /// Why the borrower may not borrow anything.
    var standingRefusal: Refusal? { borrower.borrower.standingRefusal(at: moment.knownPast) }

    /// Whether doors stay shut for this item now.
    func isQuiet(_ terms: LendingTerms) -> Bool {
        guard item.item.locker != nil, let quiet = terms.quietHours else { return false }
        return quiet.contains(Int(zone.local(now).millisecondOfDay / 60_000))
    }

    /// Whether doors stay shut for this item now.
    var isQuiet: Bool { isQuiet(terms) }

    // MARK: - Freshness

    private func freshnessRefusal(_ terms: LendingTerms) -> Refusal? {
        guard !house.isPoolInReach else { return nil }
        if house.policy.offline != .both || isTooOld(.borrowing) { return .poolOutOfReach }
        let needsQualification = terms.qualification?.isEmpty == false
        return needsQualification && isTooOld(.qualifications) ? .poolOutOfReach : nil
    }

    private func isTooOld(_ right: AgingRight) -> Bool {
        guard let hours = house.policy.maximumAgeHours[right] else { return false }
        guard let confirmed = house.confirmed else { return true }
        return now > confirmed.adding(milliseconds: Int64(hours) * 3_600_000)
    }

    // MARK: - The person

    private func personRefusal(_ terms: LendingTerms) -> Refusal? {
        if let years = terms[.minimumAge], years > 0 {
            guard let born = borrower.borrower.born else { return .ageUnknown }
            guard let birthday = born.birthday(years),
                zone.local(moment.knownPast).date.daysSince1970 >= birthday.daysSince1970
            else { return .tooYoung }
        }
        if let name = terms.qualification, !name.isEmpty {
            guard let until = borrower.borrower.qualifications[name] else { return .notQualified }
            if let until, until < moment.knownPast { return .notQualified }
        }
        return nil
    }

    // MARK: - Numbers

    private func amountRefusal(_ terms: LendingTerms) -> Refusal? {
        if borrower.loans.count >= terms[.maximumLoans] ?? 20 { return .tooManyLoans }
        if let most = terms[.maximumOfCategory] {
            let same = borrower.loans.count { borrower.items[$0.item]?.category == item.item.category }
            if same >= most { return .tooManyOfCategory }
        }
        if let most = terms[.maximumValue] {
            let value = borrower.loans.reduce(item.item.valueCents) { $0 + (borrower.items[$1.item]?.valueCents ?? 0) }
            if value > most { return .tooValuable }
        }
        return nil
    }

    // MARK: - Time

    private func due(_ terms: LendingTerms) -> LoanVerdict {
        let own = ownBooking
        let planned =
            own.map { LoanPeriod.due(bookedUntil: $0.until, after: now, in: zone, hours: hours) }
            ?? unbookedDue
        switch item.bookingLimit(of: borrower.borrower.id, from: now, until: planned) {
        case nil: return .granted(due: planned, isShortened: false)
        case let limit? where limit <= now:
            return .refused(.booked, when: item.freeAgain(after: now, borrower.borrower.id))
        case let limit? where own.map({ $0.until <= limit }) == true:
            // The pool gave both their bookings, and the house does not open in between.
            return .granted(due: own?.until ?? planned, isShortened: false)
        case let limit?:
            let end = LoanPeriod.lastOpening(before: limit, after: now, in: zone, hours: hours)
            guard let end, end >= now.adding(milliseconds: Int64(Self.shortest.wholeMilliseconds)) else {
                return .refused(.bookedSoon, when: limit)
            }
            return .granted(due: end, isShortened: true)
        }
    }

    /// The borrower's own booking that has begun; of several, the one that ends last.
    private var ownBooking: Booking? {
        item.bookings.filter { $0.borrower == borrower.borrower.id && $0.from <= now && now < $0.until }
            .max { $0.until < $1.until }
    }

    /// When a loan that begins now would be due if nobody had booked anything.
    private var unbookedDue: WallTime { LoanPeriod(terms).due(after: now, in: zone, hours: hours) }

    /// Until when a loan can be renewed: from now as if it began now, and not into another's booking. `nil` where that is
    /// no later than it is due already.
    func renewedDue(of loan: Loan) -> WallTime? {
        let planned = unbookedDue
        var others = item
        others.loans.removeAll { $0.id == loan.id }
        var due = planned
        if let limit = others.bookingLimit(of: loan.borrower, from: now, until: planned) {
            guard let end = LoanPeriod.lastOpening(before: limit, after: now, in: zone, hours: hours)
            else { return nil }
            due = end
        }
        return due > loan.due ? due : nil
    }

    /// Why a loan can't be renewed; `nil` where it can be, if that gains any time.
    func renewalRefusal(of loan: Loan) -> Refusal? {
        if let refusal = standingRefusal ?? freshnessRefusal(terms) { return refusal }
        if loan.isReported || loan.renewals >= terms[.renewals] ?? 1 { return .notRenewable }
        // Somebody else's booking stands in the way, and will tomorrow too.
        return unbookedDue > loan.due && renewedDue(of: loan) == nil ? .notRenewable : nil
    }

    // MARK: - Proofs

    private func need(_ terms: LendingTerms) -> LoanNeed? {
        let value = item.item.valueCents
        let isValuable = terms[.pinAbove].map { value > $0 } ?? false
        let isWeak = !proofs.isCardStrong && value > terms[.cardPINAbove] ?? 0
        if isValuable || isWeak, !proofs.isPINRight { return .pin }
        let deposit = terms[.deposit] ?? 0
        guard deposit > 0 || terms.confirmation == .staff, !proofs.isApproved else { return nil }
        return .approval(depositCents: deposit)
    }
}

extension Borrower {
    /// Why this person may not borrow at a time; `nil` where they may.
    func standingRefusal(at now: WallTime) -> Refusal? {
        switch standing {
        case .blocked: .borrowerBlocked
        case .active: validUntil.map { now > $0 } == true ? .borrowerExpired : nil
        }
    }
}

extension ItemFacts {
    /// The bookings of others that may stand in the way from a time on. Whoever fetched what they booked has a loan
    /// instead.
    private func bookings(notOf borrower: BorrowerID, from start: WallTime) -> [Booking] {
        bookings.filter { booking in
            booking.borrower != borrower && booking.until > start
                && !(booking.from <= start && loans.contains { $0.borrower == booking.borrower })
        }
    }

    /// The first moment in a time at which there would be too few pieces for all who have booked: `start` where that is
    /// so from the beginning, `nil` where there are enough all the time.
    ///
    /// Loans that are due by then count as back.
    fileprivate func bookingLimit(of borrower: BorrowerID, from start: WallTime, until end: WallTime) -> WallTime? {
        let others = bookings(notOf: borrower, from: start)
        func isShort(at time: WallTime) -> Bool {
            let out = time == start ? loans.count : loans.count { $0.due > time }
            return out + others.count { $0.from <= time && time < $0.until } + 1 > item.quantity
        }
        let moments = [start] + others.map(\.from).filter { start < $0 && $0 < end }.sorted()
        return moments.first(where: isShort)
    }

    /// When the first of the bookings that stand in the way now is over.
    fileprivate func freeAgain(after now: WallTime, _ borrower: BorrowerID) -> WallTime? {
        bookings(notOf: borrower, from: now).filter { $0.from <= now }.map(\.until).min()
    }
}

extension CivilDate {
    /// The day on which who was born on this day reaches an age; of those born on 29 February, 1 March where the year has
    /// no such day (sections 187 and 188 of the German civil code). `nil` beyond the year 9999.
    fileprivate func birthday(_ years: Int) -> CivilDate? {
        CivilDate(year: year + years, month: month, day: day) ?? CivilDate(year: year + years, month: 3, day: 1)
    }
}
