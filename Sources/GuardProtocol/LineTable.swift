// The line table: all the guard knows of the house it serves. `mila-station lines` compiles it from the
// station's YAML and the board's profile; the guard reads it and nothing else. It is plain text with one
// record a line, so that a person can read what the guard will do.

/// One GPIO line, by its chip's label and its own name (numbers move between kernels, names don't).
public struct LineAddress: Hashable, Sendable {
    /// The chip's label, as `gpioinfo` shows it; or the path of its device, where that does not change, as udev's links.
    public var chip: String
    /// The line's name, as the board's device tree gives it.
    public var line: String
    /// Whether the line is active when its level is low.
    public var activeLow: Bool

    /// A line by chip label and line name.
    public init(chip: String, line: String, activeLow: Bool = false) {
        self.chip = chip
        self.line = line
        self.activeLow = activeLow
    }
}

/// A line that is read: a door's sensor, or the contact of an emergency stop.
public struct SensorLine: Hashable, Sendable {
    /// What pulls the line to a level while its contact is open.
    public enum Bias: String, CaseIterable, Sendable {
        /// Board and wiring; the chip is left as it is.
        case asIs = "as-is"
        /// Board and wiring; the chip's own resistors are off.
        case disabled
        /// A resistor in the chip, to the supply.
        case pullUp = "pull-up"
        /// A resistor in the chip, to ground.
        case pullDown = "pull-down"
    }

    /// Where it is.
    public var address: LineAddress
    /// What pulls it.
    public var bias: Bias
    /// How long a level has to last before it is believed, in milliseconds, 0 to 1 000.
    public var debounceMilliseconds: UInt32

    /// A line that is read.
    public init(_ address: LineAddress, bias: Bias = .asIs, debounceMilliseconds: UInt32 = 0) {
        self.address = address
        self.bias = bias
        self.debounceMilliseconds = debounceMilliseconds
    }
}

/// What a coil is for.
public enum Opener: String, CaseIterable, Sendable {
    /// A pulse opens the door: a solenoid, a motor lock.
    case pulse
    /// The door can be opened as long as the coil is energised: a door strike, a machine's enabling contact.
    case hold
}

/// Something that is watched besides doors, such as the contact of an emergency stop. Software only hears of it.
public struct WatchedLine: Equatable, Sendable {
    /// What the station's configuration calls it.
    public var name: String
    /// The line; active means that it was pressed.
    public var sensor: SensorLine

    /// A watched line.
    public init(name: String, sensor: SensorLine) {
        self.name = name
        self.sensor = sensor
    }
}

/// A power supply that can't energise all of its coils at once.
public struct Supply: Equatable, Sendable {
    /// The supply that feeds every coil of which nothing else is said.
    public static let main = "main"

    /// What the station's configuration calls it.
    public var name: String
    /// How many coils it can energise at once, 1 to 16.
    public var maximumCoils: UInt32

    /// A supply.
    public init(name: String = Supply.main, maximumCoils: UInt32) {
        self.name = name
        self.maximumCoils = maximumCoils
    }
}

/// The lines and limits of one locker.
public struct LockerLines: Equatable, Sendable {
    /// The locker's identifier in the station's configuration.
    public var name: String
    /// The relay that energises the lock's coil.
    public var coil: LineAddress
    /// What the coil is for.
    public var opener: Opener
    /// The supply that feeds the coil.
    public var supply: String
    /// The longest time the coil may be energised at once, in milliseconds: 10 to 10 000 for a pulse, to 86 400 000 (a day) for
    /// a hold.
    public var capMilliseconds: UInt32
    /// How long the coil rests after a pulse, in milliseconds, 0 to 60 000.
    public var restMilliseconds: UInt32
    /// The door's sensor; active means latched.
    public var sensor: SensorLine?
    /// How a simulated door behaves; only with ``LineTable/Backend/simulated``.
    public var simulatedDoor: SimulatedDoor?

    /// The lines and limits of a locker; see the properties for units and ranges.
    public init(
        name: String,
        coil: LineAddress,
        opener: Opener = .pulse,
        supply: String = Supply.main,
        capMilliseconds: UInt32,
        restMilliseconds: UInt32,
        sensor: SensorLine? = nil,
        simulatedDoor: SimulatedDoor? = nil
    ) {
        self.name = name
        self.coil = coil
        self.opener = opener
        self.supply = supply
        self.capMilliseconds = capMilliseconds
        self.restMilliseconds = restMilliseconds
        self.sensor = sensor
        self.simulatedDoor = simulatedDoor
    }
}

/// A simulated door that a simulated person opens and shuts: after the coil is energised it opens, then latches.
public struct SimulatedDoor: Equatable, Sendable {
    /// Milliseconds from coil on to the sensor's "open".
    public var opensAfterMilliseconds: UInt32
    /// Milliseconds from "open" to "latched".
    public var latchesAfterMilliseconds: UInt32

    /// A door with the given delays, in milliseconds.
    public init(opensAfterMilliseconds: UInt32, latchesAfterMilliseconds: UInt32) {
        self.opensAfterMilliseconds = opensAfterMilliseconds
        self.latchesAfterMilliseconds = latchesAfterMilliseconds
    }
}

/// The lines of one lamp. Red and green together are amber; a missing line is left dark.
public struct LampLines: Equatable, Sendable {
    /// The locker's identifier, or `station` for the station's own lamp.
    public var name: String
    /// The line of the red part.
    public var red: LineAddress?
    /// The line of the green part.
    public var green: LineAddress?
    /// The line of the blue part.
    public var blue: LineAddress?

    /// A lamp of up to three lines.
    public init(name: String, red: LineAddress? = nil, green: LineAddress? = nil, blue: LineAddress? = nil) {
        self.name = name
        self.red = red
        self.green = green
        self.blue = blue
    }
}

/// All lines a guard owns, with their limits.
public struct LineTable: Equatable, Sendable {
    /// Where the lines are.
    public enum Backend: String, Sendable {
        /// The kernel's GPIO character devices, through libgpiod.
        case gpiod
        /// Files in a folder: for the demo and for tests.
        case simulated
    }

    /// Where the lines are.
    public var backend: Backend
    /// The power supplies of the coils, the main one among them.
    public var supplies: [Supply]
    /// The lockers, in the order that gives them their place.
    public var lockers: [LockerLines]
    /// The lamps, in the order that gives them their place.
    public var lamps: [LampLines]
    /// What is watched besides doors, in the order that gives it its place.
    public var watched: [WatchedLine]

    /// A table; ``check()`` says whether it holds together.
    public init(
        backend: Backend, supplies: [Supply] = [Supply(maximumCoils: 1)], lockers: [LockerLines], lamps: [LampLines],
        watched: [WatchedLine] = []
    ) {
        self.backend = backend
        self.supplies = supplies
        self.lockers = lockers
        self.lamps = lamps
        self.watched = watched
    }
}

/// A number that differs when the tables of station and guard differ. It finds mistakes, not attackers: who can
/// write the guard's table can open the doors anyway.
public struct TableDigest: Hashable, Sendable {
    /// The 64-bit FNV-1a digest of the rendered table.
    public var value: UInt64

    init(_ value: UInt64) { self.value = value }

    /// The digest of a table's text: 64-bit FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv).
    public init(of text: String) {
        value = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
}
