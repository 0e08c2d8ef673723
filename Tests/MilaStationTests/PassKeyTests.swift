// Passes with real signatures, and the example of the handbook, which was made by another program.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@Suite struct PassKeyTests {
    /// The page of the handbook.
    private static let page = fileText(ScenarioFile.folder + "/../../../docs/passes.md")

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
        let named = try #require(Self.page.firstMatch(of: /`(pool\.\S+\+\S+\+\S+)`/))
        let key = try #require(NoteKey(String(named.1)))
        let example = String(try #require(Self.page.firstMatch(of: /\n(MP[0-9A-Z]+)\n/)).1)
        let read = try Pass.decode(example)
        #expect(read.pass == (try pass(key, nonce: 0x0123_4567_89ab_cdef)))
        #expect(key.signed(read) && read.text == example)
    }

    @Test func `the page of the handbook has every reason to refuse a pass`() {
        let reasons = Refusal.allCases.map(\.rawValue).filter { $0.hasPrefix("pass-") }
        #expect(reasons.count == 12)
        for reason in reasons { #expect(Self.page.contains("`\(reason)`"), "\(reason)") }
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
