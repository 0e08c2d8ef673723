// The pool is killed while entries come in, as a power cut does it, and the station sends again what was not
// acknowledged: afterwards the ledger equals the journal.

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@Suite struct CrashTests {
    @Test func aWriteThatFailsEndsThePoolAndWhatItReceiptedIsThere() throws {
        let house = try PoolHouse(admin: false)
        var journal = TestJournal()
        journal.lend(times: 2000)
        let documents = journal.documents
        // The system lets no file grow beyond 1 MiB (2048 blocks of 512 bytes) and says so instead of ending the process.
        try house.serve(limitedBy: "trap '' XFSZ; ulimit -f 2048")
        var acknowledged = 0
        while let answer = try? house.take(Array(documents.dropFirst(acknowledged).prefix(200))) {
            acknowledged = Int(try #require(house.receipt(answer)).head.sequence)
            try #require(acknowledged < documents.count)
        }
        #expect(house.process?.wait() == 70)
        #expect(house.process?.errors.contains("ALARM") == true)
        #expect(acknowledged > 0)
        // The control: with room it goes on where it was.
        try house.serve()
        #expect(Int(house.receipt(try house.take([]))?.head.sequence ?? 0) >= acknowledged)
        for start in stride(from: acknowledged, to: documents.count, by: 400) {
            try house.take(Array(documents.dropFirst(start).prefix(400)))
        }
        #expect(house.receipt(try house.take([]))?.head == journal.head)
        house.stop()
        #expect(try house.rows("SELECT count(*), count(ended) FROM loans") == ["2000|2000"])
    }

    @Test(arguments: Engine.allCases) func nothingThatWasReceiptedIsLostAndNothingCountsTwice(_ engine: Engine) throws {
        let house = try PoolHouse(on: engine, admin: false)
        var journal = TestJournal()
        journal.lend(times: 500)
        let documents = journal.documents
        var generator = SystemRandomNumberGenerator()
        var (acknowledged, kills) = (0, 0)
        while acknowledged < documents.count {
            try house.serve()
            // Somewhere within the next batches the pool is gone, at a moment that nobody chose.
            let identifier = try #require(house.process?.identifier)
            let delay = UInt32.random(in: 1000...60_000, using: &generator)
            let killer = Thread {
                usleep(delay)
                Glibc.kill(identifier, SIGKILL)
            }
            if kills < 12 { killer.start() }
            while acknowledged < documents.count {
                let batch = Array(documents.dropFirst(acknowledged).prefix(Int.random(in: 1...60, using: &generator)))
                guard let answer = try? house.take(batch) else { break }
                let receipt = try #require(house.receipt(answer))
                let place = Int(receipt.head.sequence)
                // What a receipt speaks of is what the station wrote, and never less than before.
                try #require(place >= acknowledged && receipt.head.hash == journal.entries[place - 1].hash)
                acknowledged = place
            }
            house.kill()
            kills += 1
            let stored = try house.rows("SELECT coalesce(max(sequence), 0) FROM entries").first.flatMap { Int($0) }
            try #require((stored ?? 0) >= acknowledged)
        }
        #expect(kills >= 12)
        try house.serve()
        #expect(house.receipt(try house.take([]))?.head == journal.head)
        house.stop()
        let hex = engine == .sqlite ? "lower(hex(document))" : "encode(document, 'hex')"
        #expect(
            try house.rows("SELECT \(hex) FROM entries ORDER BY sequence") == documents.map { hexadecimal($0) })
        #expect(try house.rows("SELECT count(*), count(DISTINCT id), count(ended) FROM loans") == ["500|500|500"])
        if engine == .sqlite { #expect(try house.rows("PRAGMA integrity_check") == ["ok"]) }
    }
}
