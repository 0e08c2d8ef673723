// What the desk knows of each locker, for whoever looks after the station.

/// The state of a locker's door and lines.
public struct LockerState: Equatable, Sendable {
    /// Where a door stands.
    public enum Door: String, CaseIterable, Sendable {
        /// It is shut and locked.
        case latched
        /// It was ordered to open, and nobody has seen yet that it did.
        case opening
        /// It stands open.
        case open
        /// Whoever has the room goes in and out.
        case held
    }

    /// Where the door stands.
    public var door: Door
    /// Whether a sensor tells, or the station only knows what it commanded.
    public var basis: DoorReport.Basis
    /// Whether staff or an admin took it out of service.
    public var isSuspended: Bool
    /// Why its lines can't be used; `nil` where they can.
    public var fault: String?
}

extension Desk {
    /// The state of a locker; `nil` where the station has no such one.
    public func state(of locker: LockerID) -> LockerState? {
        guard setup.doors[locker] != nil else { return nil }
        return LockerState(
            door: door(of: locker), basis: isSensed(locker) ? .sensed : .assumed,
            isSuspended: suspended.contains(locker), fault: faults[locker])
    }

    private func door(of locker: LockerID) -> LockerState.Door {
        switch openings[locker]?.phase {
        case .requested, .pulsing, .released: .opening
        case .ajar: .open
        case .queued, nil: holds[locker] != nil ? .held : standingOpen.contains(locker) ? .open : .latched
        }
    }
}
