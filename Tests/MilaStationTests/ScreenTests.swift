// What stands on standard output: sentences for people, JSON for machines, and never a byte that a terminal would obey.

import Foundation
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ScreenTests {
    /// A screen whose output the test reads.
    private final class Bench {
        private let pipe = Pipe()
        let writer: OutputWriter
        let screen: Screen

        /// A bench; `room` is how much can be written before somebody reads.
        init(_ kind: ScreenKind, room: Int32 = 1 << 16) throws {
            signal(SIGPIPE, SIG_IGN)
            let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ of fcntl(2), which Swift does not import.
            #expect(fcntl(pipe.fileHandleForWriting.fileDescriptor, setPipeSize, room) >= room)
            writer = OutputWriter(descriptor: pipe.fileHandleForWriting.fileDescriptor)
            let contact = LocalizedText(german: "Fragen Sie im Büro.", english: "Please ask at the office.")
            let catalogue = Catalogue(try Languages.builtIn(), zone: try benchZone(), contact: contact)
            screen = Screen(
                kind, catalogue: catalogue, language: .german, console: Console(writer: writer, isTyped: false))
        }

        /// All that was written; the writer takes nothing after that.
        func finish() throws -> String {
            writer.drain(seconds: patience)
            try pipe.fileHandleForWriting.close()
            return String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }

        /// Ends the reading side, as a reader does that goes away.
        func stopReading() throws { try pipe.fileHandleForReading.close() }

        /// Reads so many bytes.
        func read(_ count: Int) throws -> Int { try pipe.fileHandleForReading.read(upToCount: count)?.count ?? 0 }
    }

    private let unsafe = "Drill\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{2066}\u{0}\n\r\u{2028}\u{7f}"

    private var item: Item {
        Item(id: id("drill-1"), name: LocalizedText(unsafe), label: "l", category: "c", parts: [LocalizedText(unsafe)])
    }

    private var locker: Locker { Locker(id: id("1"), name: LocalizedText(unsafe), label: "l") }

    @Test(arguments: [ScreenKind.text, .json])
    func `unsafe characters in names never reach the output`(kind: ScreenKind) throws {
        let bench = try Bench(kind, room: 1 << 20)
        let due = WallTime(milliseconds: 1_796_000_000_000)
        for language in [Language.english, try #require(Language("ar"))] {
            for message in MessageID.allCases {
                bench.screen.tell(Message(message, item: item, locker: locker, due: due, count: 1), in: language)
            }
        }
        var output = try bench.finish()
        // The marks that the program itself puts around names; a test of the catalogue says where.
        output.unicodeScalars.removeAll { "\u{200f}\u{2068}\u{2069}".unicodeScalars.contains($0) }
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count == 2 * MessageID.allCases.count)
        #expect(lines.allSatisfy { LocalizedText.isPrintable(String($0)) })
        #expect(output.contains("Drill?"))
    }

    @Test func `a register with unsafe names is not taken in the first place`() throws {
        var json = try #require(item.json.object)
        #expect(throws: EntryError.self) { try Item(.object(json)) }
        json["name"] = .object(["de": .string("Bohrer"), "en": .string("Drill")])
        json["parts"] = .array([])
        #expect(try Item(.object(json)).name.english == "Drill")
    }

    @Test func `the text says its severity by sign and word, in the language that is asked for`() throws {
        let bench = try Bench(.text)
        bench.screen.tell(Message(.stationReady), in: nil)
        bench.screen.tell(
            Message(.lockerHasNothing, locker: Locker(id: id("1"), name: LocalizedText("A"), label: "l")), in: .english)
        bench.screen.tell(
            Message(.refused(.whichItem), locker: Locker(id: id("1"), name: LocalizedText("A"), label: "l")),
            in: .english)
        bench.screen.tell(Message(.refused(.undecidable)), in: .german)
        #expect(
            try bench.finish() == """
                · Hinweis: Die Station ist bereit. Bitte scannen Sie Ihren Ausweis.
                · Note: There is nothing to borrow in A at present.
                ! Please note: There are different things in A. Please scan the code of the item.
                ✗ Nicht möglich: Die Station kann das gerade nicht prüfen und öffnet darum nichts. Fragen Sie im Büro.

                """)
    }

    @Test func `a language that the station does not know is said in the nearest one, or in the station's own`() throws
    {
        let bench = try Bench(.text)
        for tag in ["en-GB", "fr", "de-DE-simple"] { bench.screen.tell(Message(.stationReady), in: Language(tag)) }
        let lines = try bench.finish().split(separator: "\n").map { $0.split(separator: ":")[0] }
        #expect(lines == ["· Note", "· Hinweis", "· Hinweis"])
    }

    @Test func `JSON has the members that the documentation names, and no others`() throws {
        let bench = try Bench(.json)
        let due = WallTime(milliseconds: 1_796_000_000_000)
        bench.screen.tell(
            Message(.taken, item: item, locker: locker, due: due, count: 3, language: .german), in: .german)
        bench.screen.tell(Message(.stationReady), in: nil)
        let lines = try jsonLines(try bench.finish())
        try #require(lines.count == 2)
        #expect(Set(lines[0].keys) == ["event", "id", "severity", "text", "item", "locker", "due", "count"])
        #expect(Set(lines[1].keys) == ["event", "id", "severity", "text"])
        #expect(lines[0]["event"] as? String == "message")
        #expect(lines[0]["id"] as? String == "taken")
        #expect(lines[0]["severity"] as? String == "success")
        #expect(lines[0]["item"] as? String == "drill-1")
        #expect(lines[0]["locker"] as? String == "1")
        #expect(lines[0]["due"] as? String == due.iso8601)
        let text = try #require(lines[1]["text"] as? [String: String])
        let own = try Languages.builtIn().all.filter { $0.messages["station-ready"] != nil }
        #expect(Set(text.keys) == Set(own.map(\.language.tag)) && text["de"] != nil)
        #expect(text["en"] == "The station is ready. Please scan your card.")
    }

    @Test func `a screen that is none says nothing`() throws {
        let bench = try Bench(.none)
        bench.screen.tell(Message(.stationReady), in: nil)
        #expect(try bench.finish().isEmpty)
    }

    @Test func `a reader that does not read costs lines, not memory, and gets the rest in order`() throws {
        let bench = try Bench(.text)
        // More than the pipe takes at once: the writer's thread is held up with it.
        let first = String(repeating: "x", count: 1 << 20) + "\n"
        bench.writer.write(first)
        // The thread has taken it once a byte of it can be read.
        #expect(try bench.read(1) == 1)
        for number in 0..<OutputWriter.maximumPending { bench.writer.write("\(number)\n") }
        #expect(bench.writer.dropped == 0)
        bench.writer.write("one too many\n")
        #expect(bench.writer.dropped == 1)
        var rest = first.utf8.count - 1
        while rest > 0 { rest -= try bench.read(rest) }
        let output = try bench.finish()
        #expect(output == (0..<OutputWriter.maximumPending).map { "\($0)\n" }.joined())
    }

    @Test func `a reader that is gone ends the writing, and holds nobody up`() throws {
        let bench = try Bench(.text)
        try bench.stopReading()
        bench.writer.write("to nobody\n")
        try eventually("the writer sees it") {
            bench.writer.write("more\n")
            return bench.writer.dropped > 0
        }
        for _ in 0..<(2 * OutputWriter.maximumPending) { bench.writer.write("more\n") }
        bench.writer.drain(seconds: patience)
    }
}
