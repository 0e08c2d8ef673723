// A kernel's own file system below a running station: it becomes full, and it becomes read-only (rules S4 and S8).

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct SmallDiskTests {
    private func ready() throws -> (house: DemoStation, disk: LoopDisk) {
        let house = try DemoStation(startsStation: false)
        let disk = try LoopDisk(megabytes: 16, over: house.home + "/station")
        try house.start(.station)
        try house.waitUntilReady()
        return (house, disk)
    }

    @Test(.enabled(if: LoopDisk.isPossible, Comment(rawValue: LoopDisk.obstacle)))
    func `a full disk refuses borrowers, serves staff from the ballast, and lends again when it has room`() throws {
        let (house, disk) = try ready()
        defer { disk.unmount() }
        let data = house.home + "/station"
        #expect(Ballast(path: data + "/ballast").isAboard)
        try house.loseThePool()
        disk.fill()
        // Blocks that the files have already are used up first.
        house.scan(SampleHouse.borrowers[0].card.text)
        try eventually("there is no room left") {
            house.scan("nobody knows this")
            return house.said("refused-storage-full") > 0
        }
        let refusals = house.said("refused-storage-full")
        house.scan(FaultItem.drill.label)
        try eventually("the drill is refused") { house.said("refused-storage-full") > refusals }
        #expect(house.said("locker-opens") == 0 && house.pulses(of: FaultItem.drill.locker) == 0)
        #expect(Ballast(path: data + "/ballast").isAboard, "a refusal costs nothing")

        let member = SampleHouse.staff[0]
        house.scan("MCFN1X", member.badge.text, member.pin)
        try house.insist("staff open the locker") {
            house.scan(SampleHouse.lockers[0].label.text)
        } until: {
            house.said("locker-served") > 0
        }
        #expect(house.pulses(of: SampleHouse.lockers[0].id) > 0)
        house.scan("MCFN1X")
        try eventually("staff have left") { house.said("staff-goodbye") == 1 }
        // Even after a death, with a write-ahead log that has no room to be written back.
        try house.kill(.station)
        try house.start(.station)
        try house.waitUntilReady()
        house.scan(member.badge.text, member.pin)
        try house.insist("staff open another locker") {
            house.scan(SampleHouse.lockers[1].label.text)
        } until: {
            house.said("locker-served") > 0
        }
        house.scan("MCFN1X")
        try eventually("staff have left again") { house.said("staff-goodbye") == 1 }
        house.ask(for: .drill)
        try eventually("the drill is refused again") { house.said("refused-storage-full") > 0 }

        disk.makeRoom()
        try house.lendAgain()
        #expect(Ballast(path: data + "/ballast").isAboard)
        #expect(house.stop(.station) == 0)
        let kinds = try house.kinds(in: data)
        #expect(kinds.contains("service-completed") && kinds.contains("checkout-completed"))
        #expect(try house.verify(data).code == 0)
    }

    @Test(
        .enabled(
            if: LoopDisk.canTurnReadOnly, "only root may mount a file, and only a kernel with /sys/fs/ext4 lets it fail"
        ))
    func `a disk that the kernel makes read-only ends the station, which starts again when it is repaired`() throws {
        let (house, disk) = try ready()
        defer { disk.unmount() }
        let data = house.home + "/station"
        try house.loseThePool()
        try disk.turnReadOnly()
        house.ask(for: .drill)
        #expect(house.end(of: .station) == 70)
        #expect(house.errors(of: .station).contains("the journal failed, the station ends"))
        #expect(house.said("locker-opens") == 0 && house.pulses(of: FaultItem.drill.locker) == 0)

        // There it does not start: what it tells would not last.
        try house.start(.station)
        #expect(house.end(of: .station) == 70)
        #expect(house.errors(of: .station).contains(data), "\(house.errors(of: .station))")
        #expect(house.said("station-ready") == 0)

        try disk.repair()
        #expect(try FileManager.default.contentsOfDirectory(atPath: data).allSatisfy { !$0.contains("quarantined") })
        try house.start(.station)
        try house.waitUntilReady()
        #expect(try house.status().contains("openloans: 0"))
        try house.lendAgain()
        #expect(house.stop(.station) == 0)
        #expect(try house.verify(data).code == 0)
    }
}
