// The station's disk fails to sync, or takes its time: what was not durable is not told, no coil moves for it, and the
// next start knows what is not known (rules S1, S4, S7).

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite(.enabled(if: FaultyDisk.isPossible, Comment(rawValue: FaultyDisk.obstacle)))
struct StationSyncTests {
    static let log = "journal.sqlite-wal"

    /// A station that rests, without a pool, on a disk that obeys.
    private func resting() throws -> (house: DemoStation, disk: FaultyDisk) {
        let house = try DemoStation(startsStation: false)
        let disk = try FaultyDisk(over: house.home + "/station")
        try house.start(.station)
        try house.waitUntilReady()
        try house.loseThePool()
        return (house, disk)
    }

    /// What a disk leaves of what it failed to sync.
    enum Loss: CaseIterable {
        case nothing, all
        var fault: FaultyDisk.Fault { self == .nothing ? .fails(EIO) : .loses(EIO) }
    }

    @Test(arguments: Loss.allCases)
    func `an intent that can't be synced opens no door, tells nobody, and ends the station`(loss: Loss) throws {
        let (house, disk) = try resting()
        let before = house.pulses(of: FaultItem.drill.locker)
        try disk.order(loss.fault, at: .sync, of: Self.log)
        house.ask(for: .drill)
        #expect(house.end(of: .station) == 70)
        #expect(house.errors(of: .station).contains("the journal failed, the station ends"))
        #expect(disk.failed == 1)
        #expect(house.said("locker-opens") == 0 && house.said("taken") == 0)
        #expect(house.pulses(of: FaultItem.drill.locker) == before)

        let written = try house.kinds(in: disk.behind)
        if loss == .all { #expect(!written.contains("checkout-begun")) }
        try disk.heal()
        try house.start(.station)
        try house.waitUntilReady()
        // An intent that is there after all was not told, and nobody knows whether the door has opened.
        let begun = written.count { $0 == "checkout-begun" }
        #expect(try house.status().contains("openloans: \(begun)"))
        try house.lendAgain()
        #expect(house.pulses(of: FaultItem.drill.locker) == before, "no pulse is made up for")
        #expect(house.stop(.station) == 0)
        #expect(try house.kinds(in: disk.behind).count { $0 == "outcome-unknown" } == begun)
        #expect(try house.verify(disk.behind).code == 0)
    }

    @Test(arguments: Loss.allCases)
    func `an outcome that can't be synced is not told; the loan stands, and a locker in doubt waits`(loss: Loss) throws
    {
        let (house, disk) = try resting()
        // The intent passes. What is written next waits, whatever it is; on a busy machine it may be that the guard is gone.
        try disk.order(.waits, at: .sync, of: Self.log, skip: 1)
        house.ask(for: .drill)
        try eventually("the second sync is held") { disk.held == 1 }
        try eventually("the guard ends the pulse by itself") { try !house.isAnyCoilOn() }
        #expect(house.said("taken") == 0)
        try disk.release(loss.fault)
        #expect(house.end(of: .station) == 70)
        #expect(house.said("taken") == 0)

        try disk.heal()
        let written = try house.kinds(in: disk.behind)
        let isBegun = written.contains("checkout-begun")
        let isVoid = written.contains("checkout-failed")
        let isKnown = isVoid || written.contains("checkout-completed")
        if loss == .all { #expect(!isKnown) }
        try house.start(.station)
        try house.waitUntilReady()
        let status = try house.status()
        #expect(status.contains("openloans: \(isBegun && !isVoid ? 1 : 0)"), "\(status)")
        let isInDoubt = isBegun && !isKnown
        #expect(status.contains("unverified: \(isInDoubt ? "[\"\(FaultItem.drill.locker)\"]" : "[]")"), "\(status)")
        try house.lendAgain()
        #expect(house.stop(.station) == 0)
        #expect(try house.kinds(in: disk.behind).count { $0 == "outcome-unknown" } == (isInDoubt ? 1 : 0))
        #expect(try house.verify(disk.behind).code == 0)
    }

    @Test
    func `while a sync takes its time nobody is told and no coil moves, and an order that is too old opens nothing`()
        throws
    {
        let (house, disk) = try resting()
        let before = house.pulses(of: FaultItem.drill.locker)
        try disk.order(.waits, at: .sync, of: Self.log)
        house.ask(for: .drill)
        try eventually("the sync is held") { disk.held == 1 }
        // The station's loop stands still, and says no more that it lives.
        try eventually("the guard takes the station for lost") {
            house.errors(of: .guardian).contains("said nothing for")
        }
        if let seconds = ProcessInfo.processInfo.environment["SLOW_SYNC_SECONDS"].flatMap({ UInt32($0) }) {
            sleep(seconds)
        }
        #expect(house.said("locker-opens") == 0 && house.said("taken") == 0)
        #expect(house.pulses(of: FaultItem.drill.locker) == before)
        #expect(try !house.isAnyCoilOn())

        let ready = house.said("station-ready")
        try disk.release()
        try eventually("station and guard have met again") { house.said("station-ready") > ready }
        #expect(house.errors(of: .station).contains("the station was held up"))
        // What the borrower asked for then is over: either nothing came of it, or nobody knows.
        house.scan("MCFN1X")
        try eventually("the errand has its outcome") { try house.status().contains("busy: false") }
        try house.lendAgain()
        #expect(house.pulses(of: FaultItem.drill.locker) == before)
        #expect(house.stop(.station) == 0)
        let written = try house.kinds(in: disk.behind)
        let ends = ["outcome-unknown", "checkout-failed", "checkout-completed"]
        #expect(written.count { ends.contains($0) } == written.count { $0 == "checkout-begun" })
        #expect(try house.verify(disk.behind).code == 0)
    }

    @Test func `a write that fails ends the station before anybody is told`() throws {
        let (house, disk) = try resting()
        try disk.order(.fails(EIO), at: .write, of: Self.log)
        house.ask(for: .drill)
        #expect(house.end(of: .station) == 70)
        #expect(house.said("locker-opens") == 0)
        #expect(house.pulses(of: FaultItem.drill.locker) == 0)
        try disk.heal()
        try house.start(.station)
        try house.waitUntilReady()
        #expect(try house.status().contains("openloans: 0"))
        try house.lendAgain()
        #expect(house.stop(.station) == 0)
    }

    @Test func `a disk that can't be read for a while costs no journal`() throws {
        let (house, disk) = try resting()
        #expect(house.stop(.station) == 0)
        let before = try house.kinds(in: disk.behind)
        try disk.order(.fails(EIO), at: .read, of: "journal.sqlite", times: nil)
        try house.start(.station)
        #expect(house.end(of: .station) == 70)
        #expect(house.errors(of: .station).contains("can't be opened"), "\(house.errors(of: .station))")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: disk.behind).allSatisfy { !$0.contains("quarantined") })
        #expect(try house.kinds(in: disk.behind) == before)
        try disk.heal()
        try house.start(.station)
        try house.waitUntilReady()
        try house.lendAgain()
        #expect(house.stop(.station) == 0)
    }

    @Test func `the same scans without a fault open the door and are told to their end`() throws {
        let (house, disk) = try resting()
        var items = [FaultItem.drill, .marquee].makeIterator()
        try house.insist("something is taken out of a locker") {
            house.scan("MCFN1X")
            house.ask(for: items.next() ?? .painting)
        } until: {
            house.said("taken") > 0
        }
        #expect(house.said("locker-opens") > 0 && house.pulses(of: FaultItem.drill.locker) == 1)
        #expect(disk.failed == 0 && disk.held == 0)
        #expect(house.stop(.station) == 0)
        #expect(try house.kinds(in: disk.behind).contains("checkout-completed"))
    }
}
