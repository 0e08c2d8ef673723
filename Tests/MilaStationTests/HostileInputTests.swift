// Whatever bytes come out of a scanner, or a person with a keyboard: the station goes on, in the same memory, and
// nothing of it reaches a screen, a log or an export (rules S10 and S11).

import Foundation
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct HostileInputTests {
    /// What nobody may ever find again: a number as a health-insurance card has it.
    private static let secret = "A123456780"

    @Test(arguments: [("text", 10_000), ("json", 1_000)])
    func `hostile lines leave the station as it was`(screen: String, count: Int) throws {
        let folder = try Folder()
        let data = folder.path + "/data"
        let demo = try TestProcess(
            "mila-station", ["demo", "--screen", screen, "--into", data, "--log-level", "debug"])
        var hostile = HostileLines(seed: 20_261_121)
        var marks = 0

        /// Asks for a language, and waits for the answer: everything before it has been dealt with by then.
        func catchUp() throws {
            marks += 1
            let (command, answer) =
                marks.isMultiple(of: 2) ? ("MCDE1B", "spricht jetzt Deutsch") : ("MCEN14", "speaks English now")
            demo.feed("\n\(command)\n")
            try eventually("the station answers after hostile lines") {
                #expect(demo.isRunning)
                // JSON says each answer in both languages.
                let answers = demo.output.components(separatedBy: answer).count - 1
                return answers >= (screen == "json" ? marks : (marks + 1) / 2)
            }
        }

        for _ in 0..<count / 5 { demo.feed(hostile.line()) }
        demo.feed([UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20))
        try catchUp()
        let before = demo.peakResidentBytes
        for _ in count / 5..<count { demo.feed(hostile.line()) }
        demo.feed([UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20))
        try catchUp()
        let growth = demo.peakResidentBytes - before
        #expect(before > 0)
        // A sanitizer keeps what was freed.
        #expect(isSanitized || growth < 4 << 20, "the station grew by \(growth) bytes")

        // It still lends.
        demo.feed("\(SampleHouse.borrowers[0].card.text)\r\n\(SampleHouse.items[5].label.text)\r\n")
        demo.endInput()
        #expect(demo.wait() == 0)
        #expect(demo.output.contains("Gemälde „Abend am Fluss“ ist ausgeliehen bis"))
        #expect(try rows("SELECT 1 FROM loan", in: data + "/station/journal.sqlite").count == 1)

        // The marks around values in what is written from right to left; the tests of the catalogue say where.
        let isolates = Set("\u{2068}\u{2069}".unicodeScalars)
        let screen = String(String.UnicodeScalarView(demo.output.unicodeScalars.filter { !isolates.contains($0) }))
        var texts = [screen, demo.errors]
        for format in ["ndjson", "csv"] {
            let export = try TestProcess.run(
                "mila-station",
                ["journal", "export", "--format", format, "--database", data + "/station/journal.sqlite"])
            #expect(export.code == 0, "\(export.errors)")
            #expect(export.output.utf8.count { $0 == UInt8(ascii: "\n") } > count / 2)
            texts += [export.output, export.errors]
        }
        for text in texts {
            #expect(!text.contains("\u{fffd}"))
            #expect(
                !text.unicodeScalars.contains { $0 != "\n" && $0 != "\r" && !LocalizedText.isPrintable(String($0)) })
            #expect(!text.contains(Self.secret))
        }
        for file in try FileManager.default.subpathsOfDirectory(atPath: data) {
            let bytes = FileManager.default.contents(atPath: data + "/" + file) ?? Data()
            #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(file) holds a code that nobody knows")
        }
    }

    @Test func `the check for unsafe text finds what it looks for`() {
        for unsafe in ["\u{1b}", "\u{0}", "\u{85}", "\u{202e}", "\u{2066}", "\u{200f}", "\u{7f}"] {
            #expect(!LocalizedText.isPrintable(unsafe))
        }
        #expect(LocalizedText.isPrintable("Größe “7” – 100 €"))
    }

    /// Hostile lines, always the same ones for a seed.
    private struct HostileLines {
        private var generator: SeededGenerator

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        private static let templates: [[UInt8]] = [
            Array("\u{1b}[2J\u{1b}[31mred".utf8), Array("\u{1b}]0;title\u{7}".utf8), Array("\u{202e}drill".utf8),
            Array("=HYPERLINK(\"http://example.invalid\")".utf8), Array("@SUM(A1:A9)".utf8), Array("-2+3".utf8),
            Array("'; DROP TABLE entry; --".utf8), Array("MB1234123412341234P\u{0}".utf8), [0xc3, 0x28],
            [0xff, 0xfe, 0x41, 0x00], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], Array("%s%n%x".utf8),
            Array("../../../../etc/passwd".utf8), Array("{\"event\":\"message\"}".utf8), Array("\u{200f}\u{2067}".utf8),
            Array(HostileInputTests.secret.utf8), Array("MTDR1D".utf8), Array("ＭＢ１２３４".utf8), [0x9b, 0x41],
            Array("]C1010401234512345621ABC".utf8), Array("\u{1d}8004123".utf8), Array("\r\r\t\t".utf8),
        ]

        /// A line with its end.
        mutating func line() -> [UInt8] {
            let end: [UInt8] = [[0x0a], [0x0d], [0x0d, 0x0a], [0x09]][Int(generator.next() % 4)]
            switch generator.next() % 4 {
            case 0:
                let count = Int(generator.next() % 400)
                // Control characters, quotes and everything else; the terminators would only make more lines.
                return generator.bytes(count)
                    .filter { ![0x0a, 0x0d, 0x09].contains($0) } + end
            case 1:
                return Array(repeating: Self.templates[pick()], count: 1 + Int(generator.next() % 60)).joined() + end
            default:
                return Self.templates[pick()] + end
            }
        }

        private mutating func pick() -> Int { generator.number(below: Self.templates.count) }
    }
}
