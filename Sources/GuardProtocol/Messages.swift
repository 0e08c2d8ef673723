// What station and guard say to each other. Lockers and lamps are named by their place in the line table,
// which both sides compare by digest when they meet. Instants are CLOCK_BOOTTIME nanoseconds: both processes
// live on one machine, and that clock neither jumps nor stops while the board sleeps.

/// A number the station gives an opening: the sequence of the journal entry that says who, which locker and why.
public typealias RequestNumber = UInt64

/// The order to energise one locker's coil for a while.
public struct OpenRequest: Equatable, Sendable {
    /// The sequence of the committed entry behind this opening (rule S1).
    public var number: RequestNumber
    /// The locker's place in the line table.
    public var locker: UInt16
    /// How long the coil is to be energised, in milliseconds; more than the locker's cap is refused. A hold ends earlier where
    /// the station says ``StationMessage/close(_:locker:)``.
    public var pulseMilliseconds: UInt32
    /// When the station asked, in CLOCK_BOOTTIME nanoseconds; older than ``maximumAgeNanoseconds`` is refused.
    public var issuedAt: UInt64

    /// How old a request may be when it reaches the guard: an order that arrives late must not open a door.
    public static let maximumAgeNanoseconds: UInt64 = 2_000_000_000

    /// An order to open; see the properties for units and limits.
    public init(number: RequestNumber, locker: UInt16, pulseMilliseconds: UInt32, issuedAt: UInt64) {
        self.number = number
        self.locker = locker
        self.pulseMilliseconds = pulseMilliseconds
        self.issuedAt = issuedAt
    }
}

/// What a lamp shows: a colour for those who see it and a rhythm for those who don't tell colours apart.
public struct LampSignal: Hashable, Sendable {
    /// The colours a lamp of red, green and blue lines can mix.
    public enum Colour: UInt8, CaseIterable, Sendable { case off, red, amber, green, blue, white }

    /// When the lamp is lit. Each rhythm means the same whatever the colour.
    public enum Rhythm: UInt8, CaseIterable, Sendable {
        /// Lit all the time.
        case steady
        /// Half a second on, half a second off.
        case slow
        /// An eighth of a second on, an eighth off.
        case fast
        /// Two short flashes each second.
        case double
    }

    /// The colour while lit.
    public var colour: Colour
    /// The pattern of lit and dark.
    public var rhythm: Rhythm

    /// A signal of a colour and a rhythm.
    public init(_ colour: Colour, _ rhythm: Rhythm) {
        self.colour = colour
        self.rhythm = rhythm
    }

    /// Dark.
    public static let dark = LampSignal(.off, .steady)
    /// What the guard shows by itself while no station is connected: out of order.
    public static let outOfOrder = LampSignal(.red, .fast)
}

/// What a station tells its guard.
public enum StationMessage: Equatable, Sendable {
    /// The first message: which table the station was configured with.
    case hello(table: TableDigest)
    /// Energise a coil.
    case open(OpenRequest)
    /// End the time of a coil that was energised for this request before it is over. Nothing happens where it is over.
    case close(RequestNumber, locker: UInt16)
    /// Show a signal on the lamp at a place of the table.
    case lamp(place: UInt16, LampSignal)
    /// Still alive; at least every ``Heartbeat/interval``.
    case heartbeat(count: UInt64)
}

/// What a guard tells its station.
public enum GuardMessage: Equatable, Sendable {
    /// The answer to a hello with the same table: the guard serves this station from now on.
    case welcome(table: TableDigest)
    /// The answer to a hello the guard won't serve; it closes the connection after it.
    case unwelcome(Unwelcome, table: TableDigest)
    /// The coil of a request is energised.
    case accepted(RequestNumber, locker: UInt16, at: UInt64)
    /// A request was not carried out; no line moved.
    case refused(RequestNumber, locker: UInt16, Refusal)
    /// The coil of a request is off again.
    case released(RequestNumber, locker: UInt16, at: UInt64, Release)
    /// A door sensor changed, or (after a welcome) stands so.
    case door(locker: UInt16, DoorLevel, at: UInt64)
    /// A watched line changed, or (after a welcome) stands so: active is pressed.
    case watched(place: UInt16, isActive: Bool, at: UInt64)
    /// A contact changes faster than anything that people move, or no longer does: its place, doors by their lockers, after
    /// them the watched lines. What it says is not passed on until it has
    /// been quiet for a while; the door works as one without a sensor.
    case sensorUnsteady(contact: UInt16, Bool)
    /// A line of this locker can't be used; the locker is out of service until ``lineBack(locker:)``. Where only its
    /// sensor is at fault, the coil still obeys, so that staff can open it (rules S3 and S8).
    case lineFault(locker: UInt16, LineFault, systemError: Int32)
    /// The locker's lines work again.
    case lineBack(locker: UInt16)
    /// Still alive; at least every ``Heartbeat/interval``.
    case heartbeat(count: UInt64)

    /// Why a guard serves no station on this connection.
    public enum Unwelcome: UInt8, CaseIterable, Sendable {
        /// The station was configured with another table: run `mila-station lines` and restart the guard.
        case otherTable
        /// Another station is connected.
        case occupied
        /// The peer is not the user the guard was told to obey.
        case stranger
        /// The first frame was no hello of this protocol version, or a later packet was no message.
        case protocolMismatch
    }

    /// Why a request was not carried out.
    public enum Refusal: UInt8, CaseIterable, Sendable {
        /// No such place in the table.
        case unknownLocker
        /// The pulse asked for is zero or longer than the cap.
        case beyondCap
        /// As many coils as the power budget allows are energised, or this one is.
        case coilsBusy
        /// This coil rests after its last pulse. It rests after the guard's start, too: when it was last on isn't known.
        case resting
        /// The request is older than ``OpenRequest/maximumAgeNanoseconds``, or from the future.
        case stale
        /// The line of this locker's coil is missing, held by another program, or failed.
        case outOfService
        /// More requests in a second than a person could cause.
        case tooMany
    }

    /// Why a coil went off.
    public enum Release: UInt8, CaseIterable, Sendable {
        /// The pulse, or the longest time of a hold, was over.
        case elapsed
        /// The station went away or stopped answering.
        case stationLost
        /// The guard was told to stop.
        case stopping
        /// Setting the line failed; what the coil does is not known.
        case lineFailed
        /// The station ended it.
        case closed
    }

    /// What a door sensor says.
    public enum DoorLevel: UInt8, CaseIterable, Sendable { case latched, open }

    /// What is wrong with a line.
    public enum LineFault: UInt8, CaseIterable, Sendable {
        /// No chip of that label, or no line of that name on it.
        case missing
        /// Another program holds the line.
        case held
        /// Reading or writing it failed.
        case failed
    }
}

/// How often each side shows that it lives, and when the other stops believing it.
public enum Heartbeat {
    /// At least one heartbeat in this time, in nanoseconds.
    public static let interval: UInt64 = 1_000_000_000
    /// No frame for this long, in nanoseconds, and the other side counts as hung.
    public static let patience: UInt64 = 3_000_000_000
}
