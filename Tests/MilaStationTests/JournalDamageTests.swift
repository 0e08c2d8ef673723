// A journal that was damaged is put aside whole, and the station goes on with a new one that doubts every locker.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct JournalDamageTests {
    /// A way to ruin a closed journal.
    enum Damage: CaseIterable {
        case noDatabase, empty, cutInTheMiddle, cutAtOnePage, badLastEntry, lastEntryWithoutSense, headerGone, noEpoch

        func `do`(to bench: JournalBench) throws {
            let bytes = bench.bytes
            switch self {
            case .noDatabase: try bench.write(Data("this is no database, and longer than its header would be".utf8))
            case .empty: try bench.write(Data())
            case .cutInTheMiddle: try bench.write(bytes.prefix(bytes.count / 2 + 100))
            case .cutAtOnePage: try bench.write(bytes.prefix(1024))
            case .badLastEntry:
                try bench.tamper(
                    "UPDATE entry SET time = time + 1 WHERE sequence = (SELECT max(sequence) FROM entry)")
            case .lastEntryWithoutSense:
                try bench.tamper("UPDATE entry SET kind = '?' WHERE sequence = (SELECT max(sequence) FROM entry)")
            case .headerGone: try bench.write(Data(count: 100) + bytes.dropFirst(100))
            case .noEpoch: try bench.tamper("UPDATE journal SET epoch = 'x'")
            }
        }

        /// Whether the entries before the damage can still be told.
        var leavesEntries: Bool { self == .badLastEntry || self == .lastEntryWithoutSense }
    }

    @Test(arguments: Damage.allCases)
    func `a damaged journal is put aside, and the new one doubts every locker`(damage: Damage) throws {
        let bench = try JournalBench()
        var history = RandomHistory(seed: 4)
        let lastGood: EntryNumber = try bench.with { store in
            for _ in 1...40 { try store.write(history.decision(at: store.head.next)) }
            let number = store.head
            try store.write([.guardLost])
            return EntryNumber(epoch: number.epoch, sequence: number.sequence)
        }
        try damage.do(to: bench)
        let ruined = bench.bytes

        let station = try JournalStation(bench)
        let quarantine = try #require(station.opened.quarantine)
        #expect(quarantine.file == bench.path + ".quarantined-1")
        #expect(FileManager.default.contents(atPath: quarantine.file) == ruined)
        #expect(station.journal.head.epoch != lastGood.epoch)
        #expect(try station.journal.lockersInDoubt() == Set(JournalBench.lockers))

        let first = try #require(try station.journal.entries().first)
        #expect(first.kind == .epochOpened && first.fields.reason == "quarantined")
        #expect(first.fields.predecessor == (damage.leavesEntries ? lastGood : nil))
        #expect((first.fields.predecessorHash != nil) == damage.leavesEntries)

        // It goes on, and stays in doubt until somebody has looked.
        try station.conductor.take(.guardJoined)
        try station.scan("card")
        try station.scan("box-1")
        #expect(station.world.told.last == .refused(.lockerUnverified))
        #expect(station.world.ordered.isEmpty)
        try station.conductor.take(
            .ordered(AdminOrder(.found(.holds), JournalBench.lockers[0], by: id("town-hall"), because: nil)))
        try station.scan("box-1")
        #expect(station.world.ordered.count == 1)
        try station.journal.close()
        #expect(try bench.open().newEpoch == nil)
    }

    @Test func `a journal that is whole is not put aside`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.checkout(of: "drill")]) }
        let station = try JournalStation(bench)
        #expect(station.opened.quarantine == nil && station.opened.newEpoch == nil)
        #expect(try bench.files.contains { $0.contains("quarantined") } == false)
        try station.journal.close()
    }

    @Test func `a second damaged journal does not take the place of the first`() throws {
        let bench = try JournalBench()
        for number in 1...3 {
            try bench.write(Data("no database, number \(number), and long enough to have a header".utf8))
            try JournalStation(bench).journal.close()
        }
        for number in 1...3 {
            let kept = FileManager.default.contents(atPath: bench.path + ".quarantined-\(number)") ?? Data()
            #expect(String(decoding: kept, as: UTF8.self).contains("number \(number),"))
        }
    }

    @Test func `a power cut between putting a journal aside and the new one's first entry changes nothing`() throws {
        let bench = try JournalBench()
        try bench.with { try $0.write([.guardJoined, .guardLost]) }
        try Damage.badLastEntry.do(to: bench)
        // The new journal is there, without an entry.
        try bench.open().store.close()
        let station = try JournalStation(bench)
        #expect(station.opened.newEpoch?.reason == .quarantined)
        #expect(station.opened.newEpoch?.predecessor?.number.sequence == 1, "it says again which it follows")
        #expect(try station.journal.lockersInDoubt() == Set(JournalBench.lockers))
        #expect(try station.journal.entries().first?.kind == .epochOpened)
        try station.journal.close()

        // The old one is aside, and there is no new one yet.
        let bare = try JournalBench()
        try bare.with { try $0.write([.guardJoined, .guardLost]) }
        try Damage.badLastEntry.do(to: bare)
        _ = try Quarantine.putAside(bare.path)
        #expect(try !bare.files.contains("journal.sqlite"))
        let next = try JournalStation(bare)
        #expect(next.opened.newEpoch?.reason == .quarantined)
        #expect(try next.journal.lockersInDoubt() == Set(JournalBench.lockers))
        try next.journal.close()
    }

    @Test func `a power cut while a journal is put aside leaves it whole, or aside with its write-ahead log`() throws {
        // A journal whose entries are in the write-ahead log, as a power cut leaves it.
        let running = try JournalBench()
        let store = try running.open().store
        try store.write([.guardJoined, .guardLost])
        let left = try JournalBench()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: running.path + suffix, toPath: left.path + suffix)
        }
        let log = FileManager.default.contents(atPath: left.path + "-wal") ?? Data()
        #expect(!log.isEmpty)
        try store.close()

        let aside = try Quarantine.putAside(left.path)
        #expect(FileManager.default.contents(atPath: aside + "-wal") == log)
        // The power went when the database's old name was gone and the log's was not.
        try log.write(to: URL(fileURLWithPath: left.path + "-wal"))
        let station = try JournalStation(left)
        #expect(station.opened.newEpoch?.reason == .quarantined)
        #expect(try station.journal.entries().map(\.kind).prefix(2) == [.epochOpened, .stationStarted])
        #expect(FileManager.default.contents(atPath: aside + "-wal") == log)
        try station.journal.close()
    }

    @Test func `a power cut before the first entry of a first journal leaves a first journal`() throws {
        let bench = try JournalBench()
        try bench.open().store.close()
        let station = try JournalStation(bench)
        #expect(station.opened.newEpoch?.reason == .first)
        #expect(try station.journal.entries().first?.fields.reason == "first")
        #expect(try station.journal.lockersInDoubt().isEmpty)
        try station.journal.close()
    }

    @Test func `garbage in any page leads to quarantine or to a station that works`() throws {
        let bench = try JournalBench()
        var history = RandomHistory(seed: 9)
        try bench.with { store in
            for _ in 1...300 { try store.write(history.decision(at: store.head.next)) }
            // Or no door would be opened below.
            try store.write(JournalBench.lockers.map { .serviceResumed(locker: $0, by: .staff(id("s-1"))) })
            try store.remember(acknowledged: 3, receipt: "receipt", setAside: [])
        }
        let whole = bench.bytes
        var generator = SeededGenerator(seed: 11)
        var (quarantined, working) = (0, 0)
        for page in 0..<whole.count / 1024 {
            var bytes = whole
            let place = page * 1024..<page * 1024 + 1024
            if page.isMultiple(of: 2) {
                bytes.replaceSubrange(place, with: Data(count: 1024))
            } else {
                for index in place { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
            }
            for file in try bench.files { try FileManager.default.removeItem(atPath: bench.path.folder + "/" + file) }
            try bench.write(bytes)
            var told: [MessageID] = []
            do {
                let station = try JournalStation(bench)
                defer { told = station.world.told }
                if station.opened.quarantine == nil { working += 1 } else { quarantined += 1 }
                try station.conductor.take(.guardJoined)
                try station.scan("card")
                try station.scan("box-1")
                for locker in JournalBench.lockers {
                    try station.conductor.take(
                        .ordered(AdminOrder(.found(.holds), locker, by: id("town-hall"), because: nil)))
                }
                try station.scan("box-2")
                try station.passDoor(JournalBench.lockers[1])
                try station.journal.close()
            } catch {
                Issue.record("page \(page): \(error), after \(told)")
            }
        }
        #expect(quarantined > 5 && working > 5)
    }

    @Test func `a damaged journal does not keep a real station from starting, and staff learn of it`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        #expect(house.stop(.station) == 0)
        let old = try #require(
            try rows("SELECT max(sequence) AS last, epoch FROM entry, journal", in: house.journal).first)
        let (last, epoch) = (old["last"] as Int64, old["epoch"] as String)
        let queue = try DatabaseQueue(path: house.journal)
        try queue.write { try $0.execute(sql: "UPDATE entry SET kind = 'guard-lost' WHERE sequence = \(last)") }
        try queue.close()

        try house.start(.station)
        try house.waitUntilReady()
        #expect(house.errors(of: .station).contains("the journal was damaged and put aside"))
        house.scan(SampleHouse.borrowers[0].card.text, SampleHouse.items[0].label.text)
        try eventually("the drill is refused") { house.screen.contains("refused-locker-unverified") }
        #expect(!house.trace.contains { $0.line.contains("coil") && $0.value == "1" })
        let status = try house.run("journal", "status").output
        for locker in SampleHouse.lockers { #expect(status.contains(locker.id), "\(status)") }
        #expect(house.stop(.station) == 0)

        let entries = try jsonLines(try house.run("journal", "export").output)
        let data = try #require(entries.first?["data"] as? JSONLine)
        #expect(entries.first?["type"] as? String == "org.milastation.epoch-opened.v1")
        #expect(data["reason"] as? String == "quarantined")
        let before = try #require(Epoch(epoch))
        let predecessor = EntryNumber(epoch: before, sequence: UInt64(last) - 1)
        #expect(data["predecessor"] as? String == predecessor.description)
        #expect(entries.count { $0["type"] as? String == "org.milastation.content-doubted.v1" } == 6)
        #expect(try house.run("journal", "verify").code == 0)
    }
}
