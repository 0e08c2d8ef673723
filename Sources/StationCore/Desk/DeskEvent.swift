// What can happen to the desk, and what it can want in answer.

/// One thing that happened, as the desk hears of it.
public enum DeskEvent: Equatable, Sendable {
    /// A line was scanned; the facts say what it means.
    case scanned
    /// There will be no more scans: the input ended.
    case inputEnded
    /// Time passed: something may be over.
    case tick
    /// The guard serves this station; what it says of lines and doors follows.
    case guardJoined
    /// The guard is gone, or does not answer.
    case guardLost
    /// The coil of an opening is energised.
    case openingAccepted(sequence: UInt64)
    /// The guard did not carry an opening out; no line moved.
    case openingRefused(sequence: UInt64, GuardRefusal)
    /// The coil of an opening is off again.
    case coilReleased(sequence: UInt64, PulseEnd)
    /// A sensor saw a door open at an instant.
    case doorOpened(LockerID, at: MonotonicInstant)
    /// A sensor saw a door latch, or stand latched, at an instant.
    case doorLatched(LockerID, at: MonotonicInstant)
    /// The guard can't use a line of a locker.
    case lockerFault(LockerID, reason: String)
    /// The guard can use the locker's lines again.
    case lockerWorks(LockerID)
    /// A door's sensor changes too fast to be believed, or is quiet again.
    case sensorUnsteady(LockerID, Bool)
    /// An emergency stop was sensed as pressed or released, by the name that the configuration has for it.
    case emergencyStop(String, isPressed: Bool)
    /// An admin orders something.
    case ordered(AdminOrder)
}

/// Why the guard did not carry out an opening, as far as the desk acts on it.
public enum GuardRefusal: Equatable, Sendable {
    /// The coils are busy or rest; asking again later is harmless, nothing moved.
    case later
    /// It won't do it at all.
    case never
}

/// How a pulse ended.
public enum PulseEnd: Equatable, Sendable {
    /// It lasted as long as it was asked to, or until the station ended it.
    case complete
    /// It was cut short, or the line failed: what the lock did is open.
    case cutShort
}

/// What the desk wants to be done. Everything recorded by one decision is committed, in this order and in one
/// transaction, before anything else of it is done.
public enum Effect: Equatable, Sendable {
    /// Write this into the journal.
    case record(Happening)
    /// Ask the guard to energise a locker's coil for the committed entry of this number.
    case open(EntryNumber, LockerID, pulse: Duration)
    /// Ask the guard to end the hold that the entry of this number ordered.
    case close(EntryNumber, LockerID)
    /// Say this to whoever stands in front of the station.
    case tell(Message)
}

/// When a decision is made.
public struct Occasion: Equatable, Sendable {
    /// What the clocks say.
    public var moment: Moment
    /// The number that the next entry of the journal will have.
    public var next: EntryNumber

    /// An occasion; see the properties.
    public init(moment: Moment, next: EntryNumber) {
        self.moment = moment
        self.next = next
    }
}

/// What the station is set up with, as far as the desk needs it.
public struct DeskSetup: Equatable, Sendable {
    /// How one locker is opened.
    public struct Door: Equatable, Sendable {
        /// How long the coil is energised.
        public var pulse: Duration
        /// Whether a sensor tells what the door does.
        public var hasSensor: Bool
        /// Whether a door that did not open gets one more pulse.
        public var repeatsPulse: Bool
        /// How long the coil may be held while a loan lasts; `nil` where it only gets pulses.
        public var longestHold: Duration?

        /// A door; see the properties.
        public init(pulse: Duration, hasSensor: Bool, repeatsPulse: Bool = false, longestHold: Duration? = nil) {
            self.pulse = pulse
            self.hasSensor = hasSensor
            self.repeatsPulse = repeatsPulse
            self.longestHold = longestHold
        }
    }

    /// The doors of this station.
    public var doors: [LockerID: Door]
    /// The station's time zone.
    public var zone: TimeZoneTable
    /// The language in which the station speaks to whoever asked for no other.
    public var language = Language.german
    /// How long the same label, scanned again, counts as the same scan.
    public var repeatWindow: Duration = .seconds(2)
    /// How long a session lasts without a scan.
    public var sessionTimeout: Duration = .seconds(60)
    /// How long an opening waits for the coils to be free.
    public var queuePatience: Duration = .seconds(20)
    /// How long after a refusal the guard is asked again where the coils only rest.
    public var askAgain: Duration = .milliseconds(50)
    /// How long the guard may take to answer.
    public var answerPatience: Duration = .seconds(2)
    /// How long after the pulse a sensor may take to say "open".
    public var openPatience: Duration = .seconds(5)
    /// How long a door may stand open before the borrower is reminded.
    public var shutReminder: Duration = .seconds(60)
    /// How long a door may stand open before it counts as left open.
    public var shutPatience: Duration = .seconds(240)

    /// A set-up with the usual patience.
    public init(doors: [LockerID: Door], zone: TimeZoneTable) {
        self.doors = doors
        self.zone = zone
    }
}
