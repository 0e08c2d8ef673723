// The texts: every message in every language, with no placeholder that its message has nothing for.

import Foundation
import Groundwork
import StationCore
import Testing

@testable import MilaStation

@Suite struct CatalogueTests {
    private static let contact = LocalizedText(german: "Fragen Sie im Büro.", english: "Please ask at the office.")
    private static let due = WallTime(milliseconds: 1_796_000_000_000)

    /// What a message carries wherever it is told. A new message has no place here until somebody has thought of it.
    private static func carried(by id: MessageID) -> Set<String> {
        switch id {
        case .stationReady, .stationOutOfOrder, .languageChosen: []
        case .sessionBegan, .sessionContinues, .sessionEnded, .sessionTimedOut: ["count"]
        case .lockerOpens: ["item", "locker", "due"]
        case .lockerOpensForReturn: ["item", "locker"]
        case .taken, .alreadyYours: ["item", "due"]
        case .scannedTwice, .youHaveNothing, .help: []
        case .cancelled: ["item"]
        case .tooLateToCancel, .tooLateToCancelReturn: ["item", "locker"]
        case .youHave, .youHaveOverdue: ["item", "due"]
        case .returned, .itemAvailable: ["item"]
        case .pleaseShut, .lockerHasNothing: ["locker"]
        case .didNotOpen, .leftOpenReturned, .outcomeUnknownReturned: ["item", "locker"]
        case .leftOpenTaken, .outcomeUnknownTaken: ["item", "locker", "due"]
        case .refused(let refusal):
            switch refusal {
            case .unknownCode, .mistypedCode, .unreadableCode, .wrongKeyboardLayout, .noSession, .undecidable,
                .storageFull,
                .staffUnavailable:
                []
            case .borrowerBlocked, .borrowerExpired: []  // With an item, or at the card.
            case .borrowerUnknown, .tooManyLoans, .notLendable, .notHere: ["item"]
            case .onLoan: ["item", "due"]
            case .lockerEmpty, .lockerUnverified, .lockerOutOfService, .lockerInUse, .guardAbsent: ["item", "locker"]
            case .whichItem: ["locker"]
            }
        }
    }

    /// A message with what it carries, and nothing else.
    private static func message(_ id: MessageID) -> Message {
        let carried = carried(by: id)
        let item = Item(
            id: MilaStationTests.id("drill-1"), name: LocalizedText(german: "Akkuschrauber", english: "Cordless drill"),
            label: "l", category: "tools", parts: [LocalizedText(german: "Ladegerät", english: "charger")])
        let locker = Locker(
            id: MilaStationTests.id("1"), name: LocalizedText(german: "Fach 1", english: "Locker 1"), label: "l")
        return Message(
            id, item: carried.contains("item") ? item : nil, locker: carried.contains("locker") ? locker : nil,
            due: carried.contains("due") ? due : nil, count: carried.contains("count") ? 2 : nil)
    }

    private let catalogue: Catalogue

    init() throws { catalogue = try Catalogue(zone: benchZone(offsetSeconds: 3600), contact: Self.contact) }

    /// The catalogue's file, as it is.
    private var file: String { String(decoding: PackageResources.Texts_yaml, as: UTF8.self) }

    private func templates(_ id: MessageID) throws -> [Language: String] {
        let root = try #require(YAMLFile(name: "Texts.yaml").root(of: PackageResources.Texts_yaml))
        let texts = try #require(root.optional("messages")?.mapping()?.optional(id.key)?.mapping())
        var all: [Language: String] = [:]
        for language in Language.allCases { all[language] = texts.optional(language.rawValue)?.text() }
        return all
    }

    private func placeholders(_ template: String) -> Set<String> {
        Set(template.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) })
    }

    @Test func `every message has a text in every language`() throws {
        for id in MessageID.allCases {
            let templates = try templates(id)
            #expect(Set(templates.keys) == Set(Language.allCases), "\(id.key)")
            #expect(templates.values.allSatisfy { $0.count > 10 }, "\(id.key)")
            #expect(templates[.german] != templates[.english], "\(id.key)")
        }
        #expect(Set(MessageID.allCases.map(\.key)).count == MessageID.allCases.count)
        for severity in Severity.allCases {
            #expect(Set(Language.allCases.map { catalogue.word(severity, $0) }).count == 2)
        }
    }

    @Test func `both languages say the same things, and only what the message carries`() throws {
        for id in MessageID.allCases {
            let used = try templates(id).mapValues(placeholders)
            #expect(used[.german] == used[.english], "\(id.key)")
            let carried = Self.carried(by: id)
            let allowed = carried.union(["contact"]).union(carried.contains("item") ? ["parts"] : [])
            #expect(used[.german]?.subtracting(allowed) == [], "\(id.key)")
        }
    }

    @Test func `every sentence says all of what it was given`() throws {
        for id in MessageID.allCases {
            let used = try placeholders(#require(templates(id)[.german]))
            let values = [
                "item": "Akkuschrauber", "locker": "Fach 1", "due": "Montag, 30. November, 1:53 Uhr",
                "count": "2 Gegenstände", "contact": Self.contact.german, "parts": "Dazu gehören: Ladegerät.",
            ]
            let sentence = catalogue.sentence(Self.message(id), .german)
            for name in used { #expect(sentence.contains(try #require(values[name])), "\(id.key): \(sentence)") }
            #expect(!sentence.contains("{") && !sentence.contains("  "), "\(id.key): \(sentence)")
            #expect(sentence.hasSuffix(".") && !sentence.contains(".."), "\(id.key): \(sentence)")
        }
    }

    @Test func `the texts are calm and printable`() {
        for id in MessageID.allCases {
            for language in Language.allCases {
                let sentence = catalogue.sentence(Self.message(id), language)
                #expect(!sentence.contains("!"), "\(sentence)")
                #expect(LocalizedText.isPrintable(sentence))
            }
        }
        for text in Catalogue.DemoText.allCases {
            for language in Language.allCases {
                #expect(!catalogue.demo(text, language).isEmpty && !catalogue.demo(text, language).contains("!"))
            }
        }
    }

    @Test func `counts and dates are said as people say them`() {
        func count(_ count: Int, _ language: Language) -> String {
            catalogue.sentence(Message(.sessionBegan, count: count), language)
        }
        #expect(count(0, .german).contains("hier nichts ausgeliehen"))
        #expect(count(1, .german).contains("hier einen Gegenstand ausgeliehen"))
        #expect(count(7, .german).contains("hier 7 Gegenstände ausgeliehen"))
        #expect(count(1, .english).contains("one item on loan"))
        let message = Self.message(.taken)
        #expect(
            catalogue.sentence(message, .german) == "Akkuschrauber ist ausgeliehen bis Montag, 30. November, 1:53 Uhr.")
        #expect(catalogue.sentence(message, .english) == "Cordless drill is yours until Monday 30 November, 1:53.")
    }

    @Test func `a name that looks like a placeholder stays a name, and an unsafe one is made harmless`() {
        let item = Item(
            id: MilaStationTests.id("x"), name: LocalizedText("{contact}\u{1b}[2J\u{202e}x\n"), label: "l",
            category: "tools")
        let sentence = catalogue.sentence(Message(.returned, item: item), .german)
        #expect(sentence == "{contact}?[2J?x? ist zurück. Vielen Dank.")
    }

    @Test(arguments: [
        ("  station-ready:\n", "  station-redy:\n", "'station-ready' is missing in 'messages'"),
        ("  station-ready:\n", "  station-redy:\n", "nothing here is called 'station-redy'"),
        ("    en: \"{item} is back. Thank you.\"\n", "", "'en' is missing in 'returned'"),
        ("{item} is back.", "{itme} is back.", "has a placeholder that is none"),
        ("{item} is back.", "{item is back.", "has a placeholder that is none"),
        ("{item} is back.", "{folder} is back.", "has a placeholder that is none"),
        ("one: \"one item\"", "one: \"{count} item\"", "has a placeholder that is none"),
        ("{weekday} {day} {month}, {time}", "{weekday} {year}", "has a placeholder that is none"),
        ("\"{item} is back. Thank you.\"", "\"\"", "is empty, or has"),
        ("Samstag, Sonntag", "Samstag", "there are 6 names, not 7"),
        ("{item} is back.", "\\e[2J is back.", "holds characters that can't be seen"),
        ("severity:\n", "severities:\n", "'severity' is missing in the file"),
        ("    german: \"Deutsch\"\n", "", "'german' is missing in"),
    ])
    func `a catalogue with a mistake is refused`(before: String, after: String, finding: String) throws {
        let place = try #require(file.range(of: before))
        let text = file.replacingCharacters(in: place, with: after)
        #expect {
            _ = try Catalogue(reading: Array(text.utf8), zone: benchZone(), contact: Self.contact)
        } throws: { "\($0)".contains(finding) }
    }
}
