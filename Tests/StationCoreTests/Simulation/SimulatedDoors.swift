// The doors of a simulated house, with their locks, their sensors and the people who pull at them; and the coils as they
// really are, whoever switched them.

import TestSupport

@testable import StationCore

final class SimulatedDoors {
    private struct Door {
        var isOpen = false
        /// When it was opened last.
        var openedAt: UInt64 = 0
        /// The order that its coil is energised for.
        var order: UInt64?
        var isJammed = false
        var bounces = false
        /// What its sensor says whatever the door does.
        var stuckAt: Bool?
        /// Until when nobody shuts it, once it is open.
        var leftOpenUntil: UInt64 = 0
        /// Tells one opening from the next.
        var movement = 0
    }

    private unowned let world: SimulatedWorld
    private var chance: SeededGenerator
    private var doors: [LockerID: Door] = [:]

    init(_ world: SimulatedWorld, seed: UInt64) {
        self.world = world
        chance = SeededGenerator(seed: seed)
        for locker in SimulatedHouse.lockers { doors[locker] = Door() }
    }

    private func change(_ locker: LockerID, _ change: (inout Door) -> Void) {
        guard var door = doors[locker] else { preconditionFailure("locker \(locker) has no door") }
        change(&door)
        doors[locker] = door
    }

    // MARK: - What is so

    func isOn(_ locker: LockerID) -> Bool { doors[locker]?.order != nil }
    /// Since when the door stands open; `nil` where it is shut.
    func openSince(_ locker: LockerID) -> UInt64? { doors[locker].flatMap { $0.isOpen ? $0.openedAt : nil } }
    func showsLatched(_ locker: LockerID) -> Bool { doors[locker].map { $0.stuckAt ?? !$0.isOpen } ?? true }
    /// Whether its sensor says what the door does.
    func isSensorHonest(_ locker: LockerID) -> Bool {
        SampleHouse.setup.doors[locker]?.hasSensor == true && doors[locker]?.stuckAt == nil
    }

    // MARK: - Coils

    /// A coil is energised for an order, or no longer.
    func switchCoil(_ locker: LockerID, order: UInt64?) {
        let before = doors[locker]?.order
        if let order, before == nil {
            change(locker) { $0.order = order }
            world.see(.coilOn(locker, order: order))
            energised(locker)
        } else if order == nil, let before {
            change(locker) { $0.order = nil }
            world.see(.coilOff(locker, order: before))
        }
    }

    private func energised(_ locker: LockerID) {
        guard chance.happens(95) else { return }  // Nobody pulls.
        let pulls = locker == SampleHouse.locker8.id ? 1 + chance.number(below: 3) : 1
        for pull in 0..<pulls {
            let wait = UInt64(40 + chance.number(below: 100) + pull * (60_000 + chance.number(below: 3_000_000)))
            world.after(wait * 1_000_000) { [self] _ in
                guard let door = doors[locker], door.order != nil, !door.isJammed, !door.isOpen, world.hasStopReleased
                else { return }
                open(locker)
            }
        }
    }

    // MARK: - Doors

    private func open(_ locker: LockerID) {
        var until = world.now + UInt64(2000 + chance.number(below: 38_000)) * 1_000_000
        if chance.happens(3) { until += UInt64(chance.number(below: 5400)) * 1_000_000_000 }
        change(locker) {
            ($0.isOpen, $0.openedAt) = (true, world.now)
            $0.movement += 1
            until = max(until, $0.leftOpenUntil)
        }
        world.stats.count("door", "opened")
        world.guardian.read(locker, edges: 1)
        shut(locker, at: until)
    }

    private func shut(_ locker: LockerID, at instant: UInt64) {
        let movement = doors[locker]?.movement
        world.after(instant - world.now) { [self] _ in
            guard let door = doors[locker], door.movement == movement, door.isOpen else { return }
            guard door.leftOpenUntil <= world.now else { return shut(locker, at: door.leftOpenUntil) }
            change(locker) { $0.isOpen = false }
            world.guardian.read(locker, edges: 1)
            if door.bounces { bounce(locker) }
        }
    }

    /// It falls shut, springs open again and falls shut.
    private func bounce(_ locker: LockerID) {
        for (wait, opens) in [(5, true), (12, false), (300, true), (700, false)] {
            world.after(UInt64(wait) * 1_000_000) { [self] _ in
                change(locker) { ($0.isOpen, $0.openedAt) = (opens, world.now) }
                world.guardian.read(locker, edges: 1)
            }
        }
    }

    // MARK: - What goes wrong

    func jam(_ locker: LockerID, _ isJammed: Bool) { change(locker) { $0.isJammed = isJammed } }
    func makeBounce(_ locker: LockerID, _ bounces: Bool) { change(locker) { $0.bounces = bounces } }

    func sticks(_ locker: LockerID, at level: Bool?) {
        change(locker) { $0.stuckAt = level }
        world.guardian.read(locker, edges: 1)
    }

    /// A sensor that changes all the time, many times a second.
    func hum(_ locker: LockerID, until end: UInt64) {
        guard world.now < end else {
            sticks(locker, at: nil)
            return
        }
        sticks(locker, at: doors[locker]?.stuckAt != true)
        world.after(15_000_000) { [self] _ in hum(locker, until: end) }
    }

    func leaveOpen(_ locker: LockerID, until end: UInt64) { change(locker) { $0.leftOpenUntil = end } }

    /// Somebody breaks it open.
    func force(_ locker: LockerID, until end: UInt64) {
        guard doors[locker]?.isOpen == false else { return }
        change(locker) { $0.leftOpenUntil = max($0.leftOpenUntil, end) }
        open(locker)
    }
}
