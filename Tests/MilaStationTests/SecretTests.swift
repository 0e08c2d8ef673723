// What must never be found again (rule S10): codes that nobody knows, cards, badges and PINs, in no file that the station
// writes, on no screen and in no log, in whatever spelling.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct SecretTests {
    /// The spellings in which a text could stand in a file: as it is, backwards in pairs as UTF-16, in hex and in Base64 with
    /// each of the three ways in which its letters can fall.
    static func spellings(of secret: String) -> [Data] {
        let bytes = Data(secret.utf8)
        let hex = hexadecimal(bytes)
        var all = [
            bytes, Data(hex.utf8), Data(hex.uppercased().utf8),
            Data(secret.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
        ]
        for shift in 0..<3 {
            let text = (Data(repeating: 0, count: shift) + bytes).base64EncodedString()
            // What stands next to the secret changes the letters at its ends.
            let inner = text.dropFirst(shift == 0 ? 0 : shift + 1).prefix { $0 != "=" }.dropLast(2)
            all.append(Data(inner.utf8))
            all.append(Data(inner.replacing("+", with: "-").replacing("/", with: "_").utf8))
        }
        return all.filter { $0.count >= 4 }
    }

    /// A pass of the demo's pool: for the cookbook, which stands on the open shelf, from an hour ago on.
    private func pass(_ house: DemoStation, _ borrower: SampleHouse.SampleBorrower) throws -> String {
        let key = try SigningKey(
            file: house.folder.path + "/data/pool/pool.key", name: "pool.\(SampleHouse.cityDomain)")
        let now = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let book = try #require(SampleHouse.items.first { $0.locker == nil })
        let pass = try #require(
            Pass(
                key: key.noteKey, nonce: PassNonce(.random(in: 0 ... .max)), station: id(SampleHouse.station),
                resource: .item(id(book.id)), borrower: id(borrower.id), from: now.adding(milliseconds: -3_600_000),
                until: now.adding(milliseconds: 86_400_000), booking: id("booking-1")))
        return try key.sign(pass)
    }

    @Test func `neither cards nor badges, passes, PINs or unknown codes are in any file, screen or log`() async throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        let secrets = ["A123456780-1", "HC-99887766", "8642197531"]
        let (borrower, member) = (SampleHouse.borrowers[0], SampleHouse.staff[0])
        let pin = try #require(borrower.pin)
        house.scan(secrets[0], borrower.card.text, "MTBK1J", pin, secrets[1])
        try await soon("the bike is lent") { house.screen.contains("\"id\":\"taken\"") }
        // Without a clock that somebody vouches for, no pass counts, and none is kept either.
        let pass = try pass(house, SampleHouse.borrowers[0])
        house.scan(pass)
        try await soon("the pass is taken, or no clock is there") {
            house.said("taken") == 2 || house.screen.contains("refused-pass-clock-unknown")
        }
        // A wrong PIN, a right one, and an unknown code while staff are signed in.
        house.scan(member.badge.text, secrets[2], member.pin, secrets[0], "MCNG11", secrets[1], "MCFN1X")
        try await soon("staff have left") { house.screen.contains("\"id\":\"staff-goodbye\"") }
        #expect(house.screen.contains("refused-wrong-pin") && house.screen.contains("item-proposed"))
        _ = house.stop(.station)

        // What staff propose to the pool is the one code that is kept, because they ask for it.
        let hidden = [pass, secrets[0], secrets[2], borrower.card.text, member.badge.text]
        var found: [String] = []
        let folder = house.folder.path
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            // The house file is what the people of the house wrote themselves, with cards and PINs.
            guard !file.hasSuffix("house.yaml"), let bytes = FileManager.default.contents(atPath: folder + "/" + file)
            else { continue }
            for secret in hidden {
                for spelling in Self.spellings(of: secret) where bytes.range(of: spelling) != nil {
                    found.append("\(secret) in \(file)")
                }
            }
            // Four digits are in many a number; the PIN's own words would be in quotes, or alone.
            for pin in [pin, member.pin] {
                for framed in ["\"\(pin)\"", "'\(pin)'", ":\(pin)\n", " \(pin)\n"]
                where bytes.range(of: Data(framed.utf8)) != nil {
                    found.append("the PIN \(pin) in \(file)")
                }
            }
        }
        #expect(found.isEmpty)
    }

    @Test(arguments: ["A123456780-1", "MS5TAFF5TAFF5TAFF0N"])
    func `the search finds a secret in each of its spellings, wherever it stands`(secret: String) {
        for padding in 0..<3 {
            let around = Data(repeating: 0x41, count: padding) + Data(secret.utf8) + Data("xyz".utf8)
            for text in [around, Data(hexadecimal(around).utf8), Data(around.base64EncodedString().utf8)] {
                #expect(Self.spellings(of: secret).contains { text.range(of: $0) != nil })
            }
        }
        #expect(!Self.spellings(of: secret).contains { Data("nothing of the kind".utf8).range(of: $0) != nil })
    }
}
