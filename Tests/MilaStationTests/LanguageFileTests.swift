// The files of languages: what is a mistake in them, what falls back on another language, and what a house may add.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct LanguageFileTests {
    /// A whole language with one sentence of its own.
    private static let dutch = """
        language: nl
        name: Nederlands
        code: NL3
        fallback: de
        plurals: { one: "i = 1 and v = 0" }
        dates:
          weekdays: [maandag, dinsdag, woensdag, donderdag, vrijdag, zaterdag, zondag]
          months: [januari, februari, maart, april, mei, juni, juli, augustus, september, oktober, november, december]
          due: "{weekday} {day} {month}, {time} uur"
        between: ", "
        parts: "Daarbij hoort: {parts}."
        severity: { info: Let op, success: Klaar, warning: Opgelet, error: Niet mogelijk }
        counts:
          items: { none: "niets", one: "één voorwerp", other: "{count} voorwerpen" }
        messages:
          session-ended: "Tot ziens. U hebt zojuist {count:items} geleend."
        demo: {}
        money: {text: "€ {amount}", decimal: ","}

        """

    /// A house's languages, and the mistakes in its files.
    private struct House {
        var languages: Languages
        let problems: [FileProblem]

        init(_ files: [String: String]) throws {
            let folder = try Folder()
            for (name, text) in files { _ = try folder.write(text, to: name) }
            languages = try Languages.builtIn()
            problems = try languages.add(folder: folder.path)
        }

        func catalogue() throws -> Catalogue {
            Catalogue(languages, zone: try benchZone(), contact: LocalizedText("Bitte fragen Sie im Büro."))
        }
    }

    private let dutchTag: Language

    init() throws { dutchTag = try #require(Language("nl")) }

    // MARK: - What the program carries

    @Test func `every file in the folder of texts is carried by the program`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/MilaStation/Screen/Texts")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == Set(Languages.files.map(\.name)))
        for texts in try Languages.builtIn().all {
            #expect(names.contains("\(texts.language.tag).yaml"), "a file is called as its language")
        }
    }

    @Test func `German and English keep the codes that are printed already`() throws {
        let languages = try Languages.builtIn()
        #expect(languages[.german]?.code.text == "MCDE1B" && languages[.english]?.code.text == "MCEN14")
        #expect(languages.codes.count == languages.all.count)
    }

    @Test(arguments: [
        ("  station-ready: ", "  station-redy: ", "'station-ready' is missing in 'messages'"),
        ("  station-ready: ", "  station-redy: ", "nothing here is called 'station-redy'"),
        ("{item} ist zurück.", "{itme} ist zurück.", "has a placeholder that is none"),
        ("{item} ist zurück.", "{item ist zurück.", "has a placeholder that is none"),
        ("{item} ist zurück.", "item} ist zurück.", "has a placeholder that is none"),
        ("{item} ist zurück.", "{folder} ist zurück.", "has a placeholder that is none"),
        ("{item} ist zurück.", "{count:things} ist zurück.", "there is no noun 'things' in 'counts'"),
        (
            "other: \"{count} Gegenstände\"", "other: \"Gegenstände\"",
            "'other' is said of 2 and of 3, but has no {count}"
        ),
        ("one: \"einen Gegenstand\", ", "", "'one' is missing in 'items'"),
        ("one: \"einen Gegenstand\"", "few: \"\", one: \"einen Gegenstand\"", "nothing here is called 'few'"),
        ("i = 1 and v = 0", "i = 1 und v = 0", "is no plural rule: 'und' stands where 'and' or 'or' should"),
        ("  one: \"i =", "  other: \"i =", "nothing here is called 'other'"),
        ("{weekday}, {day}", "{weekday} {year}", "has a placeholder that is none"),
        ("\"{item} ist zurück. Vielen Dank.\"", "\"\"", "'returned' is empty"),
        ("Samstag, Sonntag]", "Samstag]", "there are 6 names, not 7"),
        ("{item} ist zurück.", "\\e[2J ist zurück.", "holds characters that can't be seen"),
        ("{item} ist zurück.", "\\u202e ist zurück.", "holds characters that can't be seen"),
        ("severity: {", "severities: {", "'severity' is missing in the file"),
        ("  languages: ", "  sprachen: ", "'languages' is missing in 'demo'"),
        ("code: DE1", "code: FN1", "MCFN1X is the code of 'finish'"),
        ("code: DE1", "code: UK2", "no command code can have 'UK2' between"),
        ("code: DE1", "code: de1", "no command code can have 'de1' between"),
        ("language: de", "language: de_DE", "'language' is not the tag of a language"),
        ("language: de", "language: de\ndirection: up", "'direction' is not ltr or rtl"),
        ("language: de", "language: de\nfallback: en", "'en' is no language that is known before this one"),
    ])
    func `a file with a mistake is refused`(before: String, after: String, finding: String) throws {
        let file = try #require(Languages.files.first)
        let text = String(decoding: file.bytes, as: UTF8.self)
        let place = try #require(text.range(of: before), "\(before)")
        let line = text[..<place.lowerBound].count { $0 == "\n" } + 1
        let edited = text.replacingCharacters(in: place, with: after)
        #expect {
            _ = try Languages(reading: [(file.name, Array(edited.utf8))])
        } throws: { error in
            let found = (error as? FileProblems)?.all.first { $0.description.contains(finding) }
            // What is missing is said of the mapping that lacks it, what is there of its own line.
            let isHere = found?.line == line || finding.contains("missing") || found?.line == line + 1
            if found == nil || !isHere { Issue.record("\(error)") }
            return true
        }
    }

    @Test func `two languages have no code in common`() throws {
        let files = Languages.files.map { file in
            (
                file.name,
                Array(String(decoding: file.bytes, as: UTF8.self).replacing("code: EN1", with: "code: DE1").utf8)
            )
        }
        #expect {
            _ = try Languages(reading: files)
        } throws: { "\($0)".contains("en.yaml:4: MCDE1B is the code of de") }
    }

    // MARK: - What a house adds

    @Test func `a language of the house speaks its own sentences, and German where it has none`() throws {
        let house = try House(["nl.yaml": Self.dutch])
        #expect(house.problems.isEmpty, "\(house.problems)")
        let catalogue = try house.catalogue()
        #expect(
            catalogue.line(Message(.sessionEnded, count: 3), dutchTag)
                == "· Let op: Tot ziens. U hebt zojuist 3 voorwerpen geleend.")
        #expect(
            catalogue.line(Message(.stationReady), dutchTag)
                == "· Hinweis: Die Station ist bereit. Bitte scannen Sie Ihren Ausweis.",
            "sign, word and sentence are of one language")
        #expect(catalogue.sentences(Message(.sessionEnded, count: 1))[dutchTag] != nil)
        #expect(catalogue.sentences(Message(.stationReady))[dutchTag] == nil)
        let texts = try #require(house.languages[dutchTag])
        #expect(house.languages.missing(in: texts).count == MessageID.allCases.count - 1)
        #expect(house.languages.codes[texts.code] == dutchTag)
        let report = house.languages.report
        #expect(report.first?.hasSuffix("Nederlands (nl)") == true)
        #expect(report.last?.hasPrefix("nl says as de does: station-ready, station-out-of-order,") == true, "\(report)")
    }

    @Test func `a station that runs is told by the language's code to speak it`() throws {
        let texts = try Folder()
        _ = try texts.write(Self.dutch, to: "nl.yaml")
        let station = try DemoStation(configuration: { $0 + "texts: \(texts.path)\n" })
        try station.waitUntilReady()
        station.scan("MCNL2G", "MCNL3E")
        try eventually("it speaks it") { station.screen.contains("language-chosen") }
        let ids = try jsonLines(station.screen).compactMap { $0["id"] as? String }
        #expect(ids.suffix(2) == ["refused-unknown-code", "language-chosen"])
    }

    @Test func `single sentences of a language can be said otherwise, and a draft be declared read`() throws {
        let change = """
            language: ar
            draft: false
            messages: { returned: "{item}: شكرًا." }
            severity: { success: حسنًا }
            """
        let house = try House(["arabic.yaml": change])
        #expect(house.problems.isEmpty, "\(house.problems)")
        let arabic = try #require(Language("ar"))
        let builtIn = try #require(Languages.builtIn()[arabic])
        let texts = try #require(house.languages[arabic])
        #expect(builtIn.isDraft && !texts.isDraft && texts.code == builtIn.code)
        #expect(texts.severities[.info] == builtIn.severities[.info] && texts.severities[.success] == "حسنًا")
        #expect(house.languages.missing(in: texts) == house.languages.missing(in: builtIn))
        let item = Item(id: id("x"), name: LocalizedText("X"), label: "l", category: "c")
        #expect(
            try house.catalogue().line(Message(.returned, item: item), arabic)
                == "\u{200f}✓ حسنًا: \u{2068}X\u{2069}: شكرًا.")
    }

    @Test func `a language may fall back on another of the house that comes before it`() throws {
        let belgian = Self.dutch.replacing("language: nl", with: "language: nl-BE").replacing("NL3", with: "NL2")
            .replacing("fallback: de", with: "fallback: nl").replacing("  session-ended", with: "  #")
            .replacing("messages:", with: "messages: {}")
        let house = try House(["nl-be.yaml": belgian, "a.yaml": Self.dutch])
        #expect(house.problems.isEmpty, "\(house.problems)")
        let sentence = try house.catalogue().sentence(
            Message(.sessionEnded, count: 1), try #require(Language("nl-BE")))
        #expect(sentence == "Tot ziens. U hebt zojuist één voorwerp geleend.")
    }

    @Test func `Persian words keep their joiners`() throws {
        let text = Self.dutch.replacing("Tot ziens", with: "می\u{200c}روید")
        #expect(try House(["nl.yaml": text]).problems.isEmpty)
        let mark = Self.dutch.replacing("Tot ziens", with: "Tot\u{200f}ziens")
        #expect(try House(["nl.yaml": mark]).problems.map(\.line) == [16])
    }

    @Test(arguments: [
        ("fallback: de\n", "", 1, "'station-ready' is missing in 'messages'"),
        ("fallback: de", "fallback: fr", 4, "'fr' is no language that is known before this one"),
        ("code: NL3", "code: DE1", 3, "MCDE1B is the code of de"),
        ("session-ended", "session-over", 16, "nothing here is called 'session-over'"),
        ("zojuist {count:items}", "{item} {count:items}", 16, "there is no {item} where this is said"),
        ("zojuist {count:items}", "zojuist {count}", 16, "has a placeholder that is none"),
        ("{count:items}", "{count:parts}", 16, "there is no noun 'parts' in 'counts'"),
        ("name: Nederlands\n", "", 1, "'name' is missing in the file"),
        (
            "plurals: { one: \"i = 1 and v = 0\" }", "plurals: { one: \"i = 1\", few: \"i % 0 = 1\" }", 5,
            "is no plural rule"
        ),
        ("language: nl", "language: en", 4, "nothing here is called 'fallback'"),
        ("Let op", "\"Let\\e op\"", 12, "holds characters that can't be seen"),
    ])
    func `a mistake in a file of the house has its line`(before: String, after: String, line: Int, finding: String)
        throws
    {
        let text = Self.dutch.replacing(before, with: after)
        #expect(text != Self.dutch)
        let problems = try House(["nl.yaml": text]).problems
        let found = problems.first { $0.description.contains(finding) }
        #expect(found?.file.hasSuffix("/nl.yaml") == true, "\(problems)")
        #expect(found?.line == line || finding.contains("in 'messages'"), "\(problems)")
    }

    @Test func `two files for one language are a mistake, other files are left alone`() throws {
        let house = try House(["a.yaml": Self.dutch, "b.yaml": "language: nl\n", "notes.txt": "{", ".c.yaml": "{"])
        #expect(house.problems.map(\.problem) == ["'nl' is in a.yaml already"])
    }

    @Test func `more files than anyone has are refused`() throws {
        let files = (0...Languages.maximumFiles).map { ("\($0).yaml", "") }
        let problems = try House(Dictionary(uniqueKeysWithValues: files)).problems
        #expect(problems.contains { $0.problem == "there are more than 64 files" })
    }
}
