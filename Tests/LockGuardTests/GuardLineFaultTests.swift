// Lines that are missing, held or failing: their locker is out of service, the others serve, and it comes back.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

extension GuardProcessTests {
    /// The next fault the station hears of.
    private func fault(_ station: StationPeer) throws -> GuardMessage? {
        try station.next { if case .lineFault = $0 { $0 } else { nil } }
    }

    @Test("a coil that can't be opened takes its locker out of service; the other serves; mended, it comes back")
    func missingBacking() throws {
        let house = try House(House.table())
        for folder in ["sim", "sim/outputs", "sim/inputs"] { #expect(mkdir(house.folder.file(folder), 0o755) == 0) }
        // A folder in the place of the line's file can't be opened as one, not even by root.
        #expect(mkdir(house.output("K1"), 0o755) == 0)
        let process = try house.startGuard()
        #expect(process.log.contains { $0.contains("locker locker-1, coil sim/K1") })
        let station = try house.station()
        #expect(try fault(station) == .lineFault(locker: 0, .failed, systemError: EISDIR))
        station.open(1, locker: 0, pulse: 50)
        #expect(try station.refusal(1) == .outOfService)
        station.open(2, locker: 1, pulse: 50)
        #expect(try station.released(2)?.why == .elapsed)
        #expect(rmdir(house.output("K1")) == 0)
        let back = try station.next { message -> GuardMessage? in
            if case .heartbeat(let count) = message { station.send(.heartbeat(count: count)) }
            return message == .lineBack(locker: 0) ? message : nil
        }
        #expect(back != nil)
        station.open(3, locker: 0, pulse: 50)
        #expect(try station.accepted(3) != nil)
    }

    @Test("a line that another program holds, and one that isn't there, are named as such")
    func heldAndMissing() throws {
        let house = try House(House.table(lockers: 3))
        for folder in ["sim", "sim/outputs", "sim/inputs"] { #expect(mkdir(house.folder.file(folder), 0o755) == 0) }
        let held = try Descriptor(open(house.output("K1"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644), "making a line")
        #expect(flock(held.number, LOCK_EX) == 0)
        try write("missing", to: house.output("K2"))
        let process = try house.startGuard()
        let station = try house.station()
        #expect(try fault(station) == .lineFault(locker: 0, .held, systemError: EBUSY))
        #expect(try fault(station) == .lineFault(locker: 1, .missing, systemError: ENOENT))
        station.open(1, locker: 2, pulse: 50)
        #expect(try station.accepted(1) != nil)
        _ = process
    }

    @Test(
        "a coil that fails to go off is told as such, keeps the power budget, and is switched off when it obeys again")
    func failsToGoOff() throws {
        let house = try House(House.table(cap: 500))
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 500)
        #expect(try station.accepted(1) != nil)
        try write("broken", to: house.output("K1"))
        #expect(try station.released(1)?.why == .lineFailed)
        #expect(try fault(station) == .lineFault(locker: 0, .failed, systemError: EIO))
        station.open(2, locker: 1, pulse: 50)
        #expect(try station.refusal(2) == .coilsBusy, "it may still be on")
        let marker = house.trace.orders.count
        try write("1", to: house.output("K1"))
        #expect(try house.order("K1", active: false, after: marker) != nil)
        station.open(3, locker: 1, pulse: 50)
        #expect(try station.accepted(3) != nil)
        _ = process
    }

    @Test("a coil that fails to go on is refused, and its locker is out of service")
    func failsToGoOn() throws {
        let house = try House(House.table())
        let process = try house.startGuard()
        let station = try house.station()
        try write("broken", to: house.output("K1"))
        station.open(1, pulse: 50)
        #expect(try station.refusal(1) == .outOfService)
        #expect(try fault(station) == .lineFault(locker: 0, .failed, systemError: EIO))
        _ = process
    }

    @Test("stopped while a coil may still be on, the guard says so and leaves with a fault")
    func stopsInDoubt() throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 10_000)
        #expect(try station.accepted(1) != nil)
        try write("broken", to: house.output("K1"))
        process.send(signal: SIGTERM)
        #expect(process.end() == .code(70))
        #expect(process.log.contains { $0.contains("may still be energised") })
    }

    @Test("a sensor at fault is reported, and its coil still obeys, so that staff can open")
    func sensorFault() throws {
        var table = House.table()
        table.lockers[0].sensor = SensorLine(LineAddress(chip: "sim", line: "D1"))
        let house = try House(table)
        let process = try house.startGuard()
        let station = try house.station()
        try write("missing", to: house.input("D1"))
        #expect(try fault(station) == .lineFault(locker: 0, .missing, systemError: ENOENT))
        station.open(1, pulse: 50)
        #expect(try station.accepted(1) != nil)
        _ = process
    }

    @Test("--probe says how each line stands, moves none, and finds what is wrong")
    func probe() throws {
        var table = House.table()
        table.lockers[0].sensor = SensorLine(LineAddress(chip: "sim", line: "D1"))
        let house = try House(table)
        let fine = try house.launch(["--probe"])
        #expect(fine.end() == .code(0))
        #expect(
            fine.allOutput() == """
                ok coil locker-1 sim/K1 free
                ok sensor locker-1 sim/D1 free, active
                ok coil locker-2 sim/K2 free
                ok lamp-red station sim/R free
                ok lamp-green station sim/G free

                """
        )
        #expect(house.trace.orders.isEmpty)
        let process = try house.startGuard()
        let held = try house.launch(["--probe"])
        #expect(held.end() == .code(0))
        #expect(held.allOutput().contains("ok coil locker-1 sim/K1 held by this station's guard, inactive\n"))
        try write("missing", to: house.input("D1"))
        let faulty = try house.launch(["--probe"])
        #expect(faulty.end() == .code(1))
        let words = "fault sensor locker-1 sim/D1 finding the line failed: there is none of that name\n"
        #expect(faulty.allOutput().contains(words))
        _ = process
    }
}
