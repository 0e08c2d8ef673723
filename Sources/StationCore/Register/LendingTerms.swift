// What rules of lending can say: how long, how many, to whom, and what is needed for it. A rule says some of it; the
// rules before it say the rest.

/// Some terms of lending. What is not set here is said by the rules before.
public struct LendingTerms: Equatable, Sendable {
    /// The terms that are numbers, by the names that house files and registers use.
    public enum Number: String, CaseIterable, Sendable {
        /// Days from the checkout's local date to the due date; 0 is the same day.
        case days
        /// The minute of the due day, in local time, at which the item is to be back.
        case until
        /// Open loans that a borrower may have at a station.
        case maximumLoans = "maximum-loans"
        /// Open loans that a borrower may have of the item's category.
        case maximumOfCategory = "maximum-of-category"
        /// The value of all that a borrower may have at a station, in cents.
        case maximumValue = "maximum-value"
        /// Years that a borrower must have lived.
        case minimumAge = "minimum-age"
        /// The deposit that staff take before, in cents.
        case deposit
        /// The value of an item, in cents, above which the borrower's PIN is asked for.
        case pinAbove = "pin-above"
        /// The same for cards that can be copied or guessed: all but house codes.
        case cardPINAbove = "card-pin-above"
        /// How often a loan can be renewed.
        case renewals

        /// What the number may be.
        public var range: ClosedRange<Int> {
            switch self {
            case .days: 0...3660
            case .until: 0...1439
            case .maximumLoans, .maximumOfCategory: 0...1000
            case .minimumAge: 0...120
            case .maximumValue, .deposit, .pinAbove, .cardPINAbove: 0...100_000_000
            case .renewals: 0...100
            }
        }

        /// Whether it is an amount of money, in cents.
        public var isMoney: Bool {
            switch self {
            case .maximumValue, .deposit, .pinAbove, .cardPINAbove: true
            case .days, .until, .maximumLoans, .maximumOfCategory, .minimumAge, .renewals: false
            }
        }
    }

    /// Who has to agree to a loan.
    public enum Confirmation: String, CaseIterable, Sendable {
        /// Nobody.
        case none
        /// Staff, with badge and PIN.
        case staff
    }

    /// How the parts of an item are checked when it is taken and when it comes back.
    public enum PartsCheck: String, CaseIterable, Sendable {
        /// They are only named.
        case none
        /// One answer for all.
        case set
        /// One answer for each.
        case each
    }

    /// The numbers that are set, each within its range.
    public private(set) var numbers: [Number: Int] = [:]
    /// What the borrower must have been taught: the name of a qualification; empty for none.
    public var qualification: String?
    /// Who has to agree.
    public var confirmation: Confirmation?
    /// How parts are checked.
    public var partsCheck: PartsCheck?
    /// When doors stay shut, in local time; may go on after midnight.
    public var quietHours: QuietHours?

    /// No terms at all.
    public init() {}

    /// A number; what is outside its range is our own mistake, readers check it first.
    public subscript(number: Number) -> Int? {
        get { numbers[number] }
        set {
            precondition(
                newValue.map(number.range.contains) != false, "\(number.rawValue) out of range: \(newValue ?? 0)")
            numbers[number] = newValue
        }
    }

    /// Takes over what other terms set.
    mutating func take(_ other: LendingTerms) {
        numbers.merge(other.numbers) { _, later in later }
        qualification = other.qualification ?? qualification
        confirmation = other.confirmation ?? confirmation
        partsCheck = other.partsCheck ?? partsCheck
        quietHours = other.quietHours ?? quietHours
    }
}

/// Hours of a day in which doors stay shut: interval by interval, the last one may go on after midnight.
public struct QuietHours: Equatable, Sendable {
    /// The hours, as people wrote them: `22:00-07:00`.
    public let text: String
    private let intervals: [OpeningHours.Interval]

    /// Hours in a text such as `13:00-15:00, 22:00-07:00`; empty for none. `nil` where it makes no sense.
    public init?(_ text: String) {
        var intervals: [OpeningHours.Interval] = []
        for piece in text.split(separator: ",") {
            let trimmed = piece.drop { $0 == " " }
            if let within = OpeningHours.intervals(String(trimmed)) {
                intervals += within
                continue
            }
            let ends = trimmed.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let evening = OpeningHours.intervals("\(ends[0])-24:00"),
                let morning = OpeningHours.intervals("00:00-\(ends[1])")
            else { return nil }
            intervals += evening + morning
        }
        (self.text, self.intervals) = (text, intervals)
    }

    /// Whether a minute of the day is one of them.
    func contains(_ minute: Int) -> Bool { intervals.contains { $0.opens <= minute && minute < $0.closes } }
}
