// Doors that simulate the person in front of them: a while after the coil was energised the door opens, and a while
// after that it latches again. A door that opens is seen to do so before it latches, however late the guard comes to look on a
// busy machine: a kernel would have kept the edge.

import GuardProtocol

/// When the simulated doors of a table move. A value; the simulated lines write what it says into the inputs' files.
struct SimulatedDoors {
    private struct Door {
        let coil: LineAddress
        let sensor: LineAddress
        let opensAfter: UInt64
        let latchesAfter: UInt64
        var opensAt: UInt64?
        var latchesAt: UInt64?
        /// Whether its sensor was read since it opened.
        var isSeen = true

        /// When it latches: later where nobody has seen it open yet, and at last though nobody looks at its sensor.
        var latches: UInt64? { latchesAt.map { isSeen ? $0 : $0 + SimulatedDoors.patience } }
    }

    /// How much later a door latches that nobody has seen open, in nanoseconds.
    fileprivate static let patience: UInt64 = 1_000_000_000

    private var doors: [Door]

    init(_ table: LineTable) {
        doors = table.lockers.compactMap { locker in
            guard let sensor = locker.sensor, let door = locker.simulatedDoor else { return nil }
            return Door(
                coil: locker.coil,
                sensor: sensor.address,
                opensAfter: UInt64(door.opensAfterMilliseconds) * 1_000_000,
                latchesAfter: UInt64(door.latchesAfterMilliseconds) * 1_000_000
            )
        }
    }

    /// The sensors of the doors that simulate themselves.
    var sensors: [LineAddress] { doors.map(\.sensor) }

    /// The next instant at which a door moves.
    var next: UInt64? { doors.lazy.flatMap { [$0.opensAt, $0.latches] }.compactMap { $0 }.min() }

    /// A coil was switched on. A door that is open already stays so for as long as one that opens now.
    mutating func energised(_ coil: LineAddress, at now: UInt64) {
        guard let index = doors.firstIndex(where: { $0.coil == coil }) else { return }
        doors[index].opensAt = now + doors[index].opensAfter
        doors[index].latchesAt = nil
    }

    /// The sensor was read.
    mutating func seen(_ sensor: LineAddress) {
        guard let index = doors.firstIndex(where: { $0.sensor == sensor }) else { return }
        doors[index].isSeen = true
    }

    /// The door of this sensor stands open although nobody opened it.
    mutating func leftOpen(_ sensor: LineAddress, at now: UInt64) {
        guard let index = doors.firstIndex(where: { $0.sensor == sensor }) else { return }
        doors[index].latchesAt = now + doors[index].latchesAfter
    }

    /// Takes one move whose time has come; `nil` when there is none left.
    mutating func due(at now: UInt64) -> (sensor: LineAddress, latched: Bool)? {
        for index in doors.indices {
            if let opensAt = doors[index].opensAt, opensAt <= now {
                doors[index].opensAt = nil
                doors[index].latchesAt = now + doors[index].latchesAfter
                doors[index].isSeen = false
                return (doors[index].sensor, false)
            }
            if let latches = doors[index].latches, latches <= now {
                doors[index].latchesAt = nil
                return (doors[index].sensor, true)
            }
        }
        return nil
    }
}
