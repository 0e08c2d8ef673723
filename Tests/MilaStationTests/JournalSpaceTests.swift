// A full disk: requests are refused before anything opens, what is under way is finished from the ballast.

import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct JournalSpaceTests {
    @Test func `entries without a network take little room, and none of them goes`() throws {
        let bench = try JournalBench()
        let store = try bench.open().store
        // What most entries of a station are: somebody takes something out of a locker and brings it back.
        let (locker, item) = (JournalBench.lockers[0], id("cordless-drill-17") as ItemID)
        let door = DoorReport(
            opened: WallTime(milliseconds: 1_795_000_000_000), latched: WallTime(milliseconds: 1_795_000_009_000),
            basis: .sensed)
        while store.head.sequence < 2000 {
            let loan = store.head.next
            let taken = Errand(purpose: .checkout, opening: loan, loan: loan, item: item, locker: locker)
            try store.write([
                .checkoutBegun(
                    item: item, borrower: id("b-20261121"), locker: locker, due: door.opened, opening: nil)
            ])
            try store.write([.checkoutCompleted(taken, door, content: .empty)])
            let back = Errand(purpose: .giveBack, opening: store.head.next, loan: loan, item: item, locker: locker)
            try store.write([
                .returnBegun(loan: loan, item: item, locker: locker, opening: nil, isReported: false)
            ])
            try store.write([.returnCompleted(back, door, content: .holds)])
        }
        #expect(try !store.erase(before: WallTime(milliseconds: .max / 2)), "the pool has none of them")
        let count = store.head.sequence
        try store.emptyLog()
        try store.close()
        let bytes = bench.bytes.count
        print("figure: \(bytes) bytes for \(count) entries, \(bytes / Int(count)) each")
        #expect(bytes * 50 <= 32 << 20, "100,000 entries take at most 32 MiB")
        #expect(try bench.with { try $0.entries().count } == Int(count))
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root may mount the small file system that this test fills"))
    func `a full disk refuses requests, finishes what is under way, and lends again when it has room`() throws {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let bench = try JournalBench(in: disk.path)
        let station = try JournalStation(bench)
        let ballast = Ballast(path: disk.path + "/ballast")
        #expect(ballast.isAboard)
        try station.conductor.take(.guardJoined)
        try station.scan("card")
        try station.scan("box-1")
        #expect(station.world.ordered.count == 1)

        disk.fill()
        try refuse(station)
        try station.scan("box-2")
        #expect(station.world.told.last == .refused(.storageFull))
        #expect(station.world.ordered.count == 1)
        #expect(ballast.isAboard)

        // What the door did is written, for which the ballast goes overboard.
        for _ in 1...40 {
            try station.conductor.take(.lockerFault(JournalBench.lockers[2], reason: "the line is held"))
        }
        try station.passDoor(JournalBench.lockers[0])
        #expect(station.world.told.last == .stated(.taken))
        #expect(!ballast.isAboard)
        #expect(try station.journal.books().loans.count == 1)
        try station.scan("box-2")
        #expect(station.world.told.last == .refused(.storageFull))
        #expect(station.world.ordered.count == 1)

        disk.makeRoom()
        try station.scan("box-2")
        #expect(station.world.ordered.count == 2)
        #expect(ballast.isAboard)
        try station.passDoor(JournalBench.lockers[1])
        #expect(try station.journal.books().loans.count == 2)
        try station.journal.close()
        let (books, replayed) = try bench.with { (try $0.books(), try BooksState(replaying: try $0.entries())) }
        #expect(books == replayed)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root may mount the small file system that this test fills"))
    func `a station that starts on a full disk starts from its ballast`() throws {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let bench = try JournalBench(in: disk.path)
        try JournalStation(bench).journal.close()
        disk.fill()
        let station = try JournalStation(bench)
        #expect(!Ballast(path: disk.path + "/ballast").isAboard)
        try station.conductor.take(.guardJoined)
        try station.scan("card")
        try station.scan("box-1")
        #expect(station.world.told.last == .refused(.storageFull))
        disk.makeRoom()
        try station.scan("box-1")
        #expect(station.world.ordered.count == 1)
        try station.journal.close()
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root may mount the small file system that this test fills"))
    func `without a ballast an outcome does not fit`() throws {
        let disk = try SmallDisk(bytes: 8 << 20)
        defer { disk.unmount() }
        let station = try JournalStation(try JournalBench(in: disk.path))
        try station.conductor.take(.guardJoined)
        disk.fill()
        try refuse(station)
        Ballast(path: disk.path + "/ballast").drop()
        disk.fill()
        #expect(throws: JournalFault.full) {
            for _ in 1...40 {
                try station.conductor.take(.lockerFault(JournalBench.lockers[2], reason: "the line is held"))
                try station.conductor.take(.lockerWorks(JournalBench.lockers[2]))
            }
        }
    }

    /// Scans until the last room of pages that are in use already is used up.
    private func refuse(_ station: JournalStation) throws {
        for _ in 1...60 where station.world.told.last != .refused(.storageFull) { try station.scan("nobody knows") }
        #expect(station.world.told.last == .refused(.storageFull))
    }
}
