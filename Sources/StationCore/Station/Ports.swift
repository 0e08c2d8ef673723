// What the station needs from the world: small synchronous ports. Production and simulation put different adapters
// behind them; the conductor is the same.

public import GuardProtocol

/// Why the journal took nothing.
public enum JournalFault: Error, Equatable, Sendable {
    /// No room on the disk. Nothing was written; what was there is whole.
    case full
    /// Writing or syncing failed. What is on the disk is not known, so the process must end (a second sync that
    /// succeeds proves nothing: "Can Applications Recover from fsync Failures?", ATC '20).
    case failed(String)
}

/// How much a decision needs its entries.
public enum CommitUrgency: Equatable, Sendable {
    /// Somebody asks for something: where room is short it can be refused.
    case request
    /// Something happened already: it is written, from the ballast where need be.
    case outcome
}

/// Where entries are kept.
public protocol JournalPort: AnyObject {
    /// The journal's end.
    var head: JournalHead { get }
    /// The station that the entries name.
    var source: EntrySource { get }
    /// Stores entries in one transaction with what they change in the books, and returns when they are durable.
    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault)
    /// The errands that began and have no outcome.
    func unfinishedErrands() throws(JournalFault) -> [Errand]
    /// The lockers whose content is in doubt.
    func lockersInDoubt() throws(JournalFault) -> Set<LockerID>
    /// The lockers that staff have taken out of service.
    func lockersSuspended() throws(JournalFault) -> Set<LockerID>
    /// Counts an attempt to enter a card's PIN, before anybody looks whether it is right; durable on return.
    ///
    /// - Returns: how many attempts in a row were not right, this one included.
    func countPINAttempt(of card: CardDigest) throws(JournalFault) -> Int
    /// Forgets the attempts of a card whose PIN was right.
    func clearPINAttempts(of card: CardDigest) throws(JournalFault)
}

/// Who knows what codes mean.
public protocol FactsPort: AnyObject {
    /// What a code means now.
    ///
    /// Throws: any error where it can't be told; the desk refuses then.
    func subject(of code: Code, for wants: Wants) throws -> Subject
    /// What is known of a borrower by pseudonym; `nil` where nobody has it.
    func borrower(_ id: BorrowerID) throws -> BorrowerFacts?
    /// What counts now around a scan: facts about nothing but the borrower, the item and the house that are wanted.
    func circumstances(for wants: Wants) throws -> Facts
    /// Whether a PIN is that of the card or badge with this code.
    func isPIN(_ pin: String, of code: Code) throws -> Bool
}

/// The way to the guard. Answers come back as events.
public protocol GuardPort: AnyObject {
    /// Asks for a coil to be energised. Where there is no guard the request is lost, and the loss of the guard is
    /// reported as an event.
    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant)
    /// Asks for the hold of a coil to end.
    func close(_ number: EntryNumber, _ locker: LockerID)
    /// Shows a signal on a lamp.
    func show(_ place: LampPlace, _ signal: LampSignal)
}

/// Who tells people.
public protocol ScreenPort: AnyObject {
    /// Says something; `language` is the one that the borrower chose or likes, `nil` for the station's own.
    func tell(_ message: Message, in language: Language?)
    /// Whether what is typed next is a PIN, which nobody may see.
    func hideTyping(_ isHidden: Bool)
}

/// Who tells the time.
public protocol ClockPort: AnyObject {
    /// What the clocks say now.
    func now() -> Moment
    /// Takes the pool's signed word for what time it was at an instant.
    func take(poolTime: WallTime, at instant: MonotonicInstant)
}

/// Where unpredictable bytes come from.
public protocol RandomnessPort: AnyObject {
    /// A fresh salt.
    func salt() -> Salt
}

/// All ports of a station.
public struct StationPorts {
    /// Where entries are kept.
    public var journal: any JournalPort
    /// Who knows what codes mean.
    public var facts: any FactsPort
    /// The way to the guard.
    public var guardian: any GuardPort
    /// Who tells people.
    public var screen: any ScreenPort
    /// Who tells the time.
    public var clock: any ClockPort
    /// Where unpredictable bytes come from.
    public var randomness: any RandomnessPort

    /// The ports of a station.
    public init(
        journal: any JournalPort, facts: any FactsPort, guardian: any GuardPort, screen: any ScreenPort,
        clock: any ClockPort, randomness: any RandomnessPort
    ) {
        self.journal = journal
        self.facts = facts
        self.guardian = guardian
        self.screen = screen
        self.clock = clock
        self.randomness = randomness
    }
}
