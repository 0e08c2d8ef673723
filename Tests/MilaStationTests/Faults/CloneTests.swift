// Two stations with one memory card: the pool sees a fork, keeps what it has, and the station whose journal is not the
// pool's begins a new one. And the life after a journal that was put aside. (Rules S5, S7, S9.)

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct CloneTests {
    /// What the pool has: its epochs in the order in which they came, and how many entries of each.
    private func epochs(_ house: DemoStation) throws -> [(epoch: String, count: Int)] {
        try rows("SELECT epoch, sequence FROM epochs ORDER BY opened", in: house.poolDatabase)
            .map { ($0["epoch"], $0["sequence"]) }
    }

    /// The entries of a journal that nobody has open, as the pool stores them: number and hash.
    private func entries(_ file: String) throws -> [String] {
        try rows(
            "SELECT epoch || '-' || printf('%012d', sequence) || ' ' || hex(hash) AS line FROM entry, journal ORDER BY sequence",
            in: file
        ).map { $0["line"] }
    }

    private func poolEntries(_ house: DemoStation, of epoch: String) throws -> [String] {
        try rows(
            "SELECT epoch || '-' || printf('%012d', sequence) || ' ' || hex(hash) AS line FROM entries WHERE epoch = '\(epoch)' AND rejection IS NULL ORDER BY sequence",
            in: house.poolDatabase
        ).map { $0["line"] }
    }

    private func drain(_ house: DemoStation) throws {
        try eventually("the pool has all") { try house.status().contains("\nbacklog: 0") }
    }

    /// Somebody borrows the painting, the pool hears of it, and the station stops.
    private func lendAndStop(_ house: DemoStation) throws {
        try house.lendAgain()
        try drain(house)
        #expect(house.stop(.station) == 0)
    }

    /// No locker is handed out: nobody knows what is behind its door.
    private func refuse(_ house: DemoStation) throws {
        try house.insist("the marquee is refused") {
            house.ask(for: .marquee)
        } until: {
            house.said("refused-locker-unverified") > 0
        }
        for locker in SampleHouse.lockers { #expect(try house.status().contains("\"\(locker.id)\"")) }
        #expect(house.said("locker-opens") == 0)
    }

    /// Staff look into all lockers of the running station.
    private func lookIntoAll(_ house: DemoStation) async throws {
        let client = try #require(ControlClient.connect(house.controlSocket))
        for locker in SampleHouse.lockers {
            _ = try await client.order(AdminOrder(.found(.holds), id(locker.id), by: id("town-hall"), because: nil))
        }
        #expect(try house.status().contains("unverified: []"))
    }

    @Test func `a card that was copied is a fork at the pool, and its station begins a new journal`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        try drain(house)
        #expect(house.stop(.station) == 0)
        let (data, copy) = (house.home + "/station", house.home + "/copy")
        try FileManager.default.copyItem(atPath: data, toPath: copy)

        // The first card goes on.
        try house.start(.station)
        try house.waitUntilReady()
        try lendAndStop(house)
        #expect(house.stop(.pool) == 0)
        let (first, ours) = (try #require(try epochs(house).first), try entries(house.journal))
        try house.start(.pool)

        // The copy comes into its place.
        try FileManager.default.moveItem(atPath: data, toPath: house.home + "/first")
        try FileManager.default.moveItem(atPath: copy, toPath: data)
        try house.start(.station)
        #expect(house.end(of: .station) == 70)
        #expect(
            house.errors(of: .station).contains("ALARM: the pool has another history of this journal"),
            "\(house.errors(of: .station))")
        #expect(house.errors(of: .pool).contains("ALARM: a fork"))
        #expect(house.stop(.pool) == 0)
        #expect(try epochs(house).map(\.epoch) == [first.epoch], "the pool keeps what it has")
        #expect(try poolEntries(house, of: first.epoch) == Array(ours.prefix(first.count)))
        let forked = try entries(house.journal)
        try house.start(.pool)

        // The next start puts it aside.
        try house.start(.station)
        try house.waitUntilReady()
        #expect(house.errors(of: .station).contains("ALARM: the journal was copied or restored, and put aside"))
        #expect(try entries(house.journal + ".quarantined-1") == forked)
        try refuse(house)
        try await lookIntoAll(house)
        try house.lendAgain()
        try drain(house)
        #expect(house.stop(.station) == 0)

        #expect(house.stop(.pool) == 0)
        let now = try epochs(house)
        #expect(now.count == 2 && now[0].epoch == first.epoch && now[0].count == first.count)
        let opened = try #require(try jsonLines(try house.run("journal", "export").output).first)
        let said = try #require(opened["data"] as? JSONLine)
        #expect(said["reason"] as? String == "forked")
        #expect(said["predecessor"] as? String == forked.last?.split(separator: " ").first.map(String.init))
        #expect(try poolEntries(house, of: now[1].epoch) == Array(try entries(house.journal).prefix(now[1].count)))
        #expect(try house.run("journal", "verify").code == 0)
        #expect(try !rows("SELECT 1 FROM forks", in: house.poolDatabase).isEmpty)
    }

    @Test func `a station whose journal is the pool's is no fork, however often it starts`() throws {
        let house = try DemoStation()
        for _ in 0..<3 {
            try house.waitUntilReady()
            try drain(house)
            #expect(house.stop(.station) == 0)
            try house.start(.station)
        }
        try house.waitUntilReady()
        try drain(house)
        #expect(house.stop(.station) == 0)
        #expect(house.stop(.pool) == 0)
        #expect(try epochs(house).count == 1)
        #expect(try rows("SELECT 1 FROM forks", in: house.poolDatabase).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: ForkMark.file(besides: house.journal)))
    }

    @Test func `after a journal was put aside staff look, lending goes on, and the pool has both`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        try lendAndStop(house)
        let old = try entries(house.journal)
        try rot(house.journal)

        try house.start(.station)
        try house.waitUntilReady()
        #expect(house.errors(of: .station).contains("the journal was damaged and put aside"))
        try refuse(house)
        try await lookIntoAll(house)
        try house.lendAgain()
        try drain(house)
        // The second start finds nothing to put aside: a journal that is new is whole.
        #expect(house.stop(.station) == 0)
        try house.start(.station)
        try house.waitUntilReady()
        try drain(house)
        #expect(house.stop(.station) == 0)
        #expect(!FileManager.default.fileExists(atPath: house.journal + ".quarantined-2"))

        #expect(house.stop(.pool) == 0)
        let epochs = try epochs(house)
        #expect(epochs.count == 2)
        #expect(try poolEntries(house, of: epochs[0].epoch) == Array(old.prefix(epochs[0].count)))
        #expect(
            try poolEntries(house, of: epochs[1].epoch) == Array(try entries(house.journal).prefix(epochs[1].count)))
        // The old loan is open at the pool, and so is the new one.
        #expect(try rows("SELECT 1 FROM loans WHERE ended IS NULL", in: house.poolDatabase).count == 2)
    }

    /// The last entry is no longer what it was.
    private func rot(_ journal: String) throws {
        let queue = try DatabaseQueue(path: journal)
        try queue.write {
            try $0.execute(
                sql: "UPDATE entry SET kind = 'guard-lost' WHERE sequence = (SELECT max(sequence) FROM entry)")
        }
        try queue.close()
    }
}
