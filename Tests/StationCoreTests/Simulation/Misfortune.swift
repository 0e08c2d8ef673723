// What each fault does to a simulated world, and how it ends.

import TestSupport

@testable import StationCore

extension SimulatedWorld {
    /// Lets something go wrong, for a while where it lasts.
    func begin(_ fault: Fault, for duration: UInt64, _ chance: inout SeededGenerator) {
        let locker = chance.pick(SimulatedHouse.lockers)
        let sensed = chance.pick(SimulatedHouse.lockers.filter { SampleHouse.setup.doors[$0]?.hasSensor == true })
        let effects = chance.number(below: 14)
        switch fault {
        case .clockStep, .clockDrift, .clockTo1970, .clockTenYearsOn, .noClock:
            wrongClock(fault, duration, effects, &chance)
        case .diskFull:
            disk.isFull = true
            after(duration) { $0.disk.isFull = false }
        case .diskSlow:
            disk.lag = UInt64(chance.pick([50, 400, 2500, 6000])) * 1_000_000
            after(duration) { $0.disk.lag = 1_000_000 }
        case .syncFails: disk.failsNextSync = true
        case .journalDamaged:
            disk.isDamaged = true
            station.die(after: effects, of: .killed)
        case .powerCut: cutPower(after: effects)
        case .stationDies: station.die(after: effects, of: .killed)
        case .guardDies:
            disturb()
            guardian.die(
                outputsOffAfter: UInt64(chance.number(below: 1900)) * 1_000_000,
                backAfter: UInt64(100 + chance.number(below: 5000)) * 1_000_000)
        case .guardHangs:
            disturb()
            guardian.hang(for: duration)
        case .lineFails:
            disturb()
            guardian.lineFails(locker, isCoil: chance.happens(50))
            after(duration) { world in
                world.disturb()
                world.guardian.lineWorks(locker)
            }
        case .networkLost, .networkLossy, .networkLate, .networkDoubles, .networkHalfOpen, .captivePortal, .throttled,
            .poisonEntry, .otherPool:
            network.begin(fault)
            after(duration) { $0.network.end(fault) }
        case .poolDies: pool.dieInNextBatch(beforeCommit: chance.happens(50), seconds: Int(duration / 1_000_000_000))
        case .poolRestored: pool.restore()
        case .unreadable:
            isReadable = false
            after(duration) { $0.isReadable = true }
        case .doorJams, .doorBounces, .sensorStuck, .sensorHums, .doorForced, .doorLeftOpen:
            wrongDoor(fault, duration, sensed, locker, &chance)
        case .emergencyStop:
            isStopPressed = true
            guardian.sensedStop(edges: 1)
            after(duration) { world in
                world.isStopPressed = false
                world.guardian.sensedStop(edges: 1)
            }
        case .registerChanges: changeRegister(chance.next())
        }
    }

    private func disturb() { undisturbedSince = now }

    private func wrongClock(_ fault: Fault, _ duration: UInt64, _ effects: Int, _ chance: inout SeededGenerator) {
        let day: Int64 = 86_400_000
        switch fault {
        case .clockDrift: clock.goWrong(aheadBy: 0, gaining: Int64(chance.number(below: 100_000)) - 50_000)
        case .clockTo1970: clock.goWrong(aheadBy: -clock.truth.milliseconds, gaining: 0)
        case .clockTenYearsOn: clock.goWrong(aheadBy: 3652 * day, gaining: 0)
        case .noClock:
            clock.goesOnWithoutPower = false
            cutPower(after: effects)
        default: clock.goWrong(aheadBy: Int64(chance.number(below: Int(4 * day))) - 2 * day, gaining: 0)
        }
        after(duration) { world in
            world.clock.endFault()
            world.clock.goesOnWithoutPower = true
        }
    }

    /// The power goes in the middle of what is done next; where nothing is, a little later.
    private func cutPower(after effects: Int) {
        guard station.isUp else { return losePower() }
        station.die(after: effects, of: .powerCut)
        after(600_000_000_000) { world in
            if world.station.run?.life.death == .powerCut { world.station.die(after: 0, of: .powerCut) }
        }
    }

    private func wrongDoor(
        _ fault: Fault, _ duration: UInt64, _ sensed: LockerID, _ locker: LockerID, _ chance: inout SeededGenerator
    ) {
        switch fault {
        case .doorJams:
            doors.jam(locker, true)
            after(duration) { $0.doors.jam(locker, false) }
        case .doorBounces:
            doors.makeBounce(sensed, true)
            after(duration) { $0.doors.makeBounce(sensed, false) }
        case .sensorStuck:
            disturb()
            doors.sticks(sensed, at: chance.happens(50))
            after(duration) { world in
                world.disturb()
                world.doors.sticks(sensed, at: nil)
            }
        case .sensorHums:
            disturb()
            doors.hum(sensed, until: now + duration)
            after(duration + 40_000_000_000) { $0.disturb() }
        case .doorForced: doors.force(locker, until: now + duration)
        default: doors.leaveOpen(locker, until: now + duration)
        }
    }

    /// The pool's people change something; half the time it is as it was in the beginning again.
    private func changeRegister(_ seed: UInt64) {
        var cases = LendingCases(seed: seed)
        var chance = SeededGenerator(seed: ~seed)
        let time = clock.truth
        let passes = visitors.passes.suffix(4).map(\.nonce)
        let (borrowers, bookings, house) = (
            cases.borrowers(at: time), cases.bookings(at: time), cases.house(at: time).0
        )
        pool.changeRegister { register in
            register.borrowers = chance.happens(40) ? borrowers : SampleHouse.borrowers
            register.bookings = chance.happens(40) ? bookings : []
            register.house = chance.happens(25) ? house : SimulatedRegister.ordinary
            if !passes.isEmpty { register.revokedPasses.insert(chance.pick(passes)) }
            for index in register.borrowers.indices where chance.happens(25) {
                // A right that ends soon.
                register.borrowers[index].validUntil = time.adding(
                    milliseconds: Int64(chance.number(below: 5 * 86_400_000)))
            }
        }
    }
}
