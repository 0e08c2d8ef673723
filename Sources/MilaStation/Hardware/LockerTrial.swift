// What came of one locker in a test by hand, and what to do about what is wrong.

internal import StationCore

/// The result of trying one locker.
struct LockerTrial: Equatable {
    /// Something that is not as it should be.
    enum Finding: Equatable {
        /// The person says that the door is shut, the sensor that it is open.
        case sensorSaysOpen
        /// Nothing moved.
        case stayedShut
        /// The door opened, and its sensor did not say so.
        case sensorBlind
        /// Another locker's door opened, and this one's did not.
        case otherDoorOpened(LockerID)
        /// This door opened, and another one's sensor said so.
        case otherSensor(LockerID)
        /// The sensor never saw the door shut again.
        case latchUnseen
        /// The lamp did not show what it should.
        case lamp
        /// The guard did not do its part.
        case guardian(String)
    }

    /// The locker.
    let locker: LockerID
    /// What is wrong with it.
    var findings: [Finding] = []
    /// Whether it was left out.
    var isSkipped = false
    /// How its opening went, in words.
    var course = ""

    /// Whether it was tried and all was as it should be.
    var isFine: Bool { findings.isEmpty && !isSkipped }
}

extension LockerTrial.Finding {
    /// What is wrong and what to do about it.
    var sentence: String {
        switch self {
        case .sensorSaysOpen:
            "its sensor says 'open' while it is shut. Swap 'active: high' and 'active: low' of the sensor, or look at "
                + "magnet, cable and bias."
        case .stayedShut:
            "its lock did not move. Does the relay click? If not: coil line and relay's supply. If it does: the lock's "
                + "own supply, its cable, the length of the pulse, a jammed bolt."
        case .sensorBlind:
            "it opened and its sensor did not say so. Look at cable and bias, and whether the magnet is too near."
        case .otherDoorOpened(let other): "the door of locker \(other) opened instead. Their coil lines are swapped."
        case .otherSensor(let other): "the sensor of locker \(other) saw it open. Their sensor lines are swapped."
        case .latchUnseen:
            "its sensor did not see it shut again. Is the magnet far from the contact when the door is shut?"
        case .lamp: "its lamp did not blink green. 'mila-station check --hardware' says whether its lines are there."
        case .guardian(let words): words
        }
    }
}
