// Passes with real signatures, and the example of the handbook, which was made by another program.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@Suite struct PassKeyTests {
    /// The example in docs/passes.md.
    private static let example =
        "MP06Q7AW1704HLARU9MF6WWSSAEF9RRDSF440WV7GEU2UAAF9D7HX6N60STEQCQSQ06R06N0RDL1H6WTTBD5P6EB9H73GSBWJ21R6A69WHC"
        + "XW4WN8FHER0QQ88QK5N4UNW2N0XL53V9P76UURR2Q0XA8MJQM6MTJ5GPQFL2DNS9D8DQUDCSH9J4M983R9P033048"

    private func time(_ text: String) throws -> WallTime { try #require(WallTime(iso8601: text)) }

    private func pass(_ key: NoteKey, nonce: UInt64) throws -> Pass {
        let (station, item) = (try #require(StationID("schlaatz")), try #require(ItemID("drill")))
        let (borrower, booking) = (try #require(BorrowerID("anna")), try #require(BookingID("booking-1")))
        return try #require(
            Pass(
                key: key, nonce: PassNonce(nonce), station: station, resource: .item(item), borrower: borrower,
                from: try time("2026-11-20T12:00:00.000Z"), until: try time("2026-11-22T18:00:00.000Z"),
                booking: booking))
    }

    @Test func `the pass of the handbook is read, and its signature is right`() throws {
        let key = try #require(NoteKey("pool.potsdam.example+b0757827+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"))
        let read = try Pass.decode(Self.example)
        #expect(read.pass == (try pass(key, nonce: 0x0123_4567_89ab_cdef)))
        #expect(key.signed(read) && read.text == Self.example)
    }

    @Test func `a pass is the pool's with its key only`() throws {
        let folder = try Folder()
        let key = try SigningKey(file: folder.path + "/pool.key", name: "pool.potsdam.example")
        let other = try SigningKey(file: folder.path + "/other.key", name: "pool.potsdam.example")
        let read = try Pass.decode(key.sign(pass(key.noteKey, nonce: 1)))
        #expect(key.noteKey.signed(read) && !other.noteKey.signed(read))
        // Somebody says that the pool has signed it.
        let forged = try Pass.decode(pass(key.noteKey, nonce: 1).encode { _ in [UInt8](repeating: 1, count: 64) })
        #expect(!key.noteKey.signed(forged))
    }
}
