// The pool's disk fails: no receipt before its sync, no entry lost or doubled, and stations lend on meanwhile (rules S4, S5).

import Foundation
import GRDB
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite(.enabled(if: FaultyDisk.isPossible, Comment(rawValue: FaultyDisk.obstacle)))
struct PoolSyncTests {
    static let log = "pool.sqlite-wal"

    /// A house whose pool is on a disk that obeys, with all that happened so far at the pool.
    private func house() throws -> (house: DemoStation, disk: FaultyDisk) {
        let house = try DemoStation(startsStation: false)
        #expect(house.stop(.pool) == 0)
        let disk = try FaultyDisk(over: house.home + "/pool")
        try house.start(.pool)
        try house.start(.station)
        try house.waitUntilReady()
        try eventually("the pool has all") { try house.status().contains("\nbacklog: 0") }
        return (house, disk)
    }

    /// Something happens that the pool has to hear of.
    private func lend(_ house: DemoStation) throws {
        house.ask(for: .painting)
        try eventually("the painting is taken, whatever the pool does") { house.said("taken") == 1 }
        house.scan("MCFN1X")
    }

    /// All comes to rest, and the pool has each entry once, as the station has it, and its loans.
    private func agree(_ house: DemoStation, _ disk: FaultyDisk) throws {
        try eventually("the pool has all") { try house.status().contains("\nbacklog: 0") }
        #expect(house.stop(.station) == 0)
        #expect(house.stop(.pool) == 0)
        let own = try rows("SELECT sequence, hash FROM entry ORDER BY sequence", in: house.journal)
        let theirs = try rows(
            "SELECT sequence, hash, rejection FROM entries ORDER BY sequence", in: disk.behind + "/pool.sqlite")
        // All but the very last, which says that the station stopped.
        #expect(theirs.map { $0["sequence"] as Int } == own.dropLast().map { $0["sequence"] as Int })
        #expect(theirs.map { $0["hash"] as Data } == own.dropLast().map { $0["hash"] as Data })
        #expect(theirs.allSatisfy { $0["rejection"] as String? == nil })
        let loans = try rows("SELECT id FROM loans WHERE ended IS NULL", in: disk.behind + "/pool.sqlite")
        #expect(
            loans.map { $0["id"] as String }
                == (try rows("SELECT id FROM loan", in: house.journal)).map { $0["id"] as String })
        #expect(loans.count == 1)
    }

    /// How far the station knows to be acknowledged.
    private func acknowledged(_ house: DemoStation) throws -> String {
        try house.status().split(separator: "\n").first { $0.hasPrefix("acknowledged") }.map(String.init) ?? ""
    }

    @Test(arguments: StationSyncTests.Loss.allCases)
    func `a pool that can't sync gives no receipt and ends; what it did not have is sent again`(
        loss: StationSyncTests.Loss
    ) throws {
        let (house, disk) = try house()
        let before = try acknowledged(house)
        try disk.order(loss.fault, at: .sync, of: Self.log)
        try lend(house)
        #expect(house.end(of: .pool) == 70)
        #expect(house.errors(of: .pool).contains("ALARM: the database can't be written"))
        #expect(disk.failed == 1)
        #expect(try acknowledged(house) == before)
        try disk.heal()
        try house.start(.pool)
        try agree(house, disk)
    }

    @Test func `a pool whose sync takes its time gives its receipt afterwards, and the station does not wait for it`()
        throws
    {
        let (house, disk) = try house()
        let before = try acknowledged(house)
        try disk.order(.waits, at: .sync, of: Self.log)
        try lend(house)
        try eventually("the pool's sync is held") { disk.held == 1 }
        #expect(try acknowledged(house) == before)
        try disk.release()
        try agree(house, disk)
        #expect(disk.failed == 0)
    }

    @Test func `a pool without room says so, keeps running, and takes all when there is room`() throws {
        let (house, disk) = try house()
        let before = try acknowledged(house)
        try disk.order(.fails(ENOSPC), at: .write, of: Self.log, times: nil)
        try lend(house)
        try eventually("the pool has no room") { house.errors(of: .pool).contains("ALARM: the disk is full") }
        #expect(house.isRunning(.pool))
        #expect(try acknowledged(house) == before)
        try disk.heal()
        // It asked the station to come again in a minute; one that starts does not wait.
        #expect(house.stop(.station) == 0)
        try house.start(.station)
        try house.waitUntilReady()
        try agree(house, disk)
    }

    @Test func `without a fault the same loan reaches the pool at once`() throws {
        let (house, disk) = try house()
        try lend(house)
        try agree(house, disk)
        #expect(disk.failed == 0 && disk.held == 0)
    }
}
