// What is not to be believed, and what is not to be argued with: sensors that flutter, and emergency stops.

extension Desk {
    /// Whether a sensor tells what a door does.
    func isSensed(_ locker: LockerID) -> Bool {
        setup.doors[locker]?.hasSensor == true && !distrusted.contains(locker)
    }

    mutating func sensorUnsteady(_ locker: LockerID, _ isUnsteady: Bool, _ decision: inout Decision) {
        guard setup.doors[locker] != nil, isUnsteady != distrusted.contains(locker) else { return }
        guard isUnsteady else {
            distrusted.remove(locker)
            decision.record(.sensorTrusted(locker: locker))
            return
        }
        distrusted.insert(locker)
        standingOpen.remove(locker)
        holds[locker]?.isDoorOpen = false
        decision.record(.sensorDistrusted(locker: locker))
        // What this door does now nobody will ever say.
        switch openings[locker]?.phase {
        case .released, .ajar: openings[locker].map { lose($0, &decision) }
        case .queued, .requested, .pulsing, nil: break
        }
    }

    /// The wiring has cut the power of the coils, or not; what the station does about it is to say so.
    mutating func emergencyStop(_ name: String, isPressed: Bool, _ decision: inout Decision) {
        guard isPressed != pressedStops.contains(name) else { return }
        if isPressed {
            pressedStops.insert(name)
            decision.record(.emergencyStopPressed(name: name))
            for opening in orderedOpenings {
                guard case .queued = opening.phase, !opening.isService else { continue }
                fail(opening, .refusedByGuard, content: opening.contentIfShut, &decision)
            }
            decision.tell(Message(.emergencyStopped))
        } else {
            pressedStops.remove(name)
            decision.record(.emergencyStopReleased(name: name))
            if pressedStops.isEmpty { decision.tell(Message(.emergencyStopReleased)) }
        }
    }
}
