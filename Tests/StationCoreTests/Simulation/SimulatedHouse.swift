// The lines of the sample house: the profile that the guard's table is made from, and that the checkers hold coils against.

import GuardProtocol

@testable import StationCore

enum SimulatedHouse {
    /// The lockers with doors that can be opened, in the order of the table.
    static let lockers = SampleHouse.setup.doors.keys.sorted()

    /// What a coil of each locker stands.
    struct Limits {
        let capMilliseconds: UInt32
        let restMilliseconds: UInt32
        let supply: String
    }

    static func limits(of locker: LockerID) -> Limits {
        switch locker.text {
        case "8": Limits(capMilliseconds: 8 * 3_600_000, restMilliseconds: 0, supply: "room")
        default: Limits(capMilliseconds: 500, restMilliseconds: 1500, supply: Supply.main)
        }
    }

    /// How many coils a supply can energise at once.
    static let budget = 1

    /// What is watched besides doors.
    static let emergencyStop = "front"

    static let table = makeTable(loosened: false)

    /// The guard's table; a loosened one allows ten times what the profile does (a mutant).
    static func makeTable(loosened: Bool) -> LineTable {
        let factor: UInt32 = loosened ? 10 : 1
        let lines = lockers.map { locker in
            let limits = limits(of: locker)
            return LockerLines(
                name: locker.text, coil: LineAddress(chip: "board", line: "coil-\(locker)"),
                opener: locker == SampleHouse.locker8.id ? .hold : .pulse, supply: limits.supply,
                capMilliseconds: min(limits.capMilliseconds * factor, 86_400_000),
                restMilliseconds: loosened ? 0 : limits.restMilliseconds,
                sensor: SampleHouse.setup.doors[locker]?.hasSensor == true
                    ? SensorLine(LineAddress(chip: "board", line: "sensor-\(locker)"), debounceMilliseconds: 20) : nil)
        }
        return LineTable(
            backend: .gpiod,
            supplies: [
                Supply(maximumCoils: UInt32(budget) * factor), Supply(name: "room", maximumCoils: UInt32(budget)),
            ], lockers: lines, lamps: [],
            watched: [
                WatchedLine(
                    name: emergencyStop,
                    sensor: SensorLine(LineAddress(chip: "board", line: "stop"), debounceMilliseconds: 20))
            ])
    }

    static func place(of locker: LockerID) -> UInt16? { lockers.firstIndex(of: locker).map { UInt16($0) } }
    static func locker(at place: UInt16) -> LockerID? { Int(place) < lockers.count ? lockers[Int(place)] : nil }
}
