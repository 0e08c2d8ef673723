// What a newcomer does first: the demo, with the three real programs.

import Foundation
import GRDB
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct DemoTests {
    private let card = SampleHouse.borrowers[0].card.text
    private let drill = SampleHouse.items[0].label.text

    @Test func `a card and an item that are piped in become a loan, in the station's database and in the pool's`()
        throws
    {
        let folder = try Folder()
        let data = folder.path + "/data"
        let demo = try TestProcess.run(
            "mila-station", ["demo", "--screen", "json", "--into", data], input: "\(card)\n\(drill)\n")
        #expect(demo.code == 0, "\(demo.errors)")

        let messages = try jsonLines(demo.output).filter { $0["event"] as? String == "message" }
        let ids = messages.compactMap { $0["id"] as? String }
        #expect(ids.first == "station-ready")
        let opens = try #require(messages.first { $0["id"] as? String == "locker-opens" })
        let taken = try #require(messages.first { $0["id"] as? String == "taken" })
        #expect(opens["locker"] as? String == "1")
        #expect(taken["locker"] as? String == "1")
        #expect(taken["item"] as? String == "drill-1")
        let due = try #require(taken["due"] as? String)
        #expect(try #require(WallTime(iso8601: due)) > SystemClock(floor: .earliest).now().wall)

        // The station's own database: the loan is open, and begun and completed by two entries.
        let journal = data + "/station/journal.sqlite"
        let loans = try rows("SELECT item, borrower FROM loan", in: journal)
        #expect(loans.count == 1)
        #expect(loans.first?["item"] == "drill-1")
        #expect(loans.first?["borrower"] == "b-1")

        // The pool's: the same entries, with the same hashes, and the same loan.
        let pool = data + "/pool/pool.sqlite"
        let sent = try rows("SELECT sequence, hash FROM entries ORDER BY sequence", in: pool)
        let kept = try rows("SELECT sequence, hash FROM entry ORDER BY sequence", in: journal)
        #expect(sent.count >= 6)
        // The last entry says that the station stopped; it travels at the next start.
        #expect(sent.count == kept.count - 1)
        for (one, other) in zip(sent, kept) {
            #expect(one["sequence"] as Int64? == other["sequence"] as Int64?)
            #expect(one["hash"] as Data? == other["hash"] as Data?)
        }
        let poolLoans = try rows("SELECT item, borrower FROM loans WHERE ended IS NULL", in: pool)
        #expect(poolLoans.count == 1)
        #expect(poolLoans.first?["item"] == "drill-1")
    }

    @Test func `a second demo in the same folder goes on where the first one ended`() throws {
        let folder = try Folder()
        let arguments = ["demo", "--screen", "json", "--into", folder.path + "/data"]
        let input = "\(card)\n\(drill)\n"
        let first = try TestProcess.run("mila-station", arguments, input: input)
        #expect(first.code == 0, "\(first.errors)")
        let second = try TestProcess.run("mila-station", arguments, input: input)
        #expect(second.code == 0, "\(second.errors)")
        let returned = try jsonLines(second.output).first { $0["id"] as? String == "returned" }
        #expect(returned?["item"] as? String == "drill-1")
        let verify = try TestProcess.run(
            "mila-station", ["journal", "verify", "--database", folder.path + "/data/station/journal.sqlite"])
        #expect(verify.code == 0, "\(verify.output)\(verify.errors)")
    }

    @Test func `the first screen lists every code, and each of them is one that the station knows`() throws {
        let list = try TestProcess.run("mila-station", ["demo", "--screen", "text"])
        #expect(list.code == 0, "\(list.errors)")
        var samples = SampleHouse.borrowers.map(\.card.text) + SampleHouse.items.map(\.label.text)
        samples += SampleHouse.items.compactMap { item in
            SampleHouse.lockers.first { $0.id == item.locker }?.label.text
        }
        samples += Command.allCases.filter { $0.digit == nil }.compactMap(\.code?.text)
        samples += SampleHouse.staff.map(\.badge.text)
        let languages = try Languages.builtIn().all
        samples += languages.map(\.code.text)
        for code in samples { #expect(list.output.contains(code), "\(code) is not on the first screen") }
        for texts in languages {
            let row = try #require(list.output.split(separator: "\n").first { $0.contains(texts.code.text) })
            #expect(row.contains(texts.name) && row.contains("Entwurf") == texts.isDraft)
        }
        for id in SampleHouse.lockers.map(\.id) {
            #expect(SampleHouse.items.contains { $0.locker == id }, "nothing is in locker \(id)")
        }

        let scans = try TestProcess.run(
            "mila-station", ["demo", "--screen", "json"],
            input: samples.map { $0 + "\n" }.joined())
        #expect(scans.code == 0, "\(scans.errors)")
        let ids = try jsonLines(scans.output).compactMap { $0["id"] as? String }
        #expect(!ids.contains("refused-unknown-code"))
        #expect(!ids.contains("refused-mistyped-code"))
        #expect(ids.contains("refused-borrower-blocked"))
    }

    @Test func `a borrower is told what they have, by name and with the day it is due`() throws {
        let list = try #require(Command.loans.code).text
        let painting = SampleHouse.items[5].label.text
        let demo = try TestProcess.run(
            "mila-station", ["demo", "--screen", "json"], input: "\(list)\n\(card)\n\(list)\n\(painting)\n\(list)\n")
        #expect(demo.code == 0, "\(demo.errors)")
        let said = try jsonLines(demo.output).filter { $0["event"] as? String == "message" }
        let ids = said.compactMap { $0["id"] as? String }
        let asked = ids.filter { $0.hasPrefix("you-have") || $0 == "taken" || $0 == "refused-no-session" }
        #expect(asked == ["refused-no-session", "you-have-nothing", "taken", "you-have"])
        let have = try #require(said.first { $0["id"] as? String == "you-have" })
        let taken = try #require(said.first { $0["id"] as? String == "taken" })
        #expect(have["item"] as? String == "painting-1" && have["due"] as? String == taken["due"] as? String)
        let text = try #require(have["text"] as? [String: String])
        #expect(text["en"]?.hasPrefix("You have Painting “Evening by the river” until ") == true, "\(text)")
    }

    @Test func `a demo starts in each language that there is, and refuses others by name`() throws {
        let card = SampleHouse.borrowers[0].card.text
        let demo = try TestProcess.run("mila-station", ["demo", "--language", "ar"], input: "\(card)\nMCEN14\n")
        #expect(demo.code == 0, "\(demo.errors)")
        let lines = demo.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("\u{200f}· ملاحظة: أهلًا بك.") }, "\(demo.output)")
        #expect(
            lines.contains { $0.hasPrefix("\u{200f}    \u{2068}\(card)\u{2069}  \u{2068}erster Ausweis") },
            "\(demo.output)")
        #expect(lines.contains("· Note: The station speaks English now."))
        let strange = try TestProcess.run("mila-station", ["demo", "--language", "fr"])
        #expect(strange.code == 2 && strange.errors.contains("There are no texts in 'fr'; there are some in de, en"))
    }

    @Test func `a folder with other things in it is left alone`() throws {
        let folder = try Folder()
        let data = folder.path + "/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: data + "/letter.txt"))
        let demo = try TestProcess.run("mila-station", ["demo", "--into", data])
        #expect(demo.code == 2)
        #expect(demo.errors.contains("holds other things"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: data) == ["letter.txt"])
    }

    @Test func `a guard that dies is told to people, and the demo says so with its exit code`() throws {
        let folder = try Folder()
        let demo = try TestProcess(
            "mila-station", ["demo", "--screen", "json", "--into", folder.path + "/data"])
        try eventually("the station is ready") { demo.output.contains("station-ready") }
        let guardian = try #require(demo.child(named: "lock-guard"))
        Glibc.kill(guardian, SIGKILL)
        try eventually("people are told") { demo.output.contains("station-out-of-order") }
        demo.feed("\(card)\n\(drill)\n")
        try eventually("nothing opens") { demo.output.contains("refused-guard-absent") }
        demo.endInput()
        #expect(demo.wait() == 70)
        #expect(demo.errors.contains("lock-guard did not end well (signal 9)"))
    }
}
