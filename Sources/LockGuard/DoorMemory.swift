// The doors as their sensors last showed them, and what changed while no station was there to hear it.

import GuardProtocol

/// A door that was sensed to stand so since an instant.
struct DoorChange: Equatable {
    var locker: UInt16
    var level: GuardMessage.DoorLevel
    /// CLOCK_BOOTTIME nanoseconds.
    var instant: UInt64
}

/// The last known level of each sensored door, and the changes that wait for a station.
struct DoorMemory {
    /// How many changes wait at most; the oldest make room.
    static let capacity = 256

    private var last: [DoorChange?]
    private var waiting: [DoorChange] = []
    private var oldest = 0

    init(lockers: Int) {
        last = Array(repeating: nil, count: lockers)
        waiting.reserveCapacity(DoorMemory.capacity)
    }

    /// Takes a reading in: the change it is, or `nil` where the door stands as before.
    mutating func sensed(_ locker: Int, _ reading: InputReading) -> DoorChange? {
        let level: GuardMessage.DoorLevel = reading.active ? .latched : .open
        guard last[locker]?.level != level else { return nil }
        let change = DoorChange(locker: UInt16(locker), level: level, instant: reading.instant)
        last[locker] = change
        return change
    }

    /// Forgets a door whose sensor can't be read any more.
    mutating func lost(_ locker: Int) { last[locker] = nil }

    /// Keeps a change for the next station.
    mutating func keep(_ change: DoorChange) {
        if waiting.count < DoorMemory.capacity {
            waiting.append(change)
        } else {
            waiting[oldest] = change
            oldest = (oldest + 1) % DoorMemory.capacity
        }
    }

    /// Drops what waits for a station.
    mutating func forgetWaiting() {
        waiting.removeAll(keepingCapacity: true)
        oldest = 0
    }

    /// Hands over what waited, oldest first, and after it how each door stands now.
    mutating func tell(_ each: (DoorChange) -> Void) {
        for index in waiting.indices { each(waiting[(oldest + index) % waiting.count]) }
        forgetWaiting()
        for case let change? in last { each(change) }
    }
}
