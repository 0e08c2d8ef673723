// The texts: every message in German and English, the same things in all languages, and nothing that its message has no
// value for.

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
        case .stated(let statement): carried(by: statement)
        case .refused(let refusal): carried(by: refusal)
        case .alarm(.guardLost), .alarm(.wrongPIN), .alarm(.emergencyStop): ["due"]
        case .alarm(.damaged), .alarm(.incomplete): ["item", "due"]
        case .alarm: ["locker", "due"]
        }
    }

    private static func carried(by statement: Statement) -> Set<String> {
        switch statement {
        case .stationReady, .stationOutOfOrder, .emergencyStopped, .emergencyStopReleased, .languageChosen,
            .scannedTwice, .youHaveNothing, .help, .digitTaken,
            .enterPIN, .pinRight, .scanWhatIsDamaged, .nothingToAnswer, .scanToRenew, .scanToReturn, .scanToTakeAnother,
            .staffWelcome,
            .staffGoodbye, .staffTimedOut, .scanLocker, .scanItem, .scanNewCard, .scanNewLabel, .whoNeedsCard,
            .stockBegan, .nothingOverdue, .nothingReported, .nothingAlarming, .borrowerProposed, .itemProposed:
            []
        case .sessionBegan, .sessionContinues, .sessionEnded, .sessionTimedOut, .stockTaken: ["count"]
        case .lockerOpens, .leftOpenTaken, .outcomeUnknownTaken: ["item", "locker", "due"]
        case .taken, .alreadyYours, .youHave, .youHaveOverdue, .youHaveReported, .renewed, .renewalGainsNothing,
            .shortened:
            ["item", "due"]
        case .cancelled, .returned, .itemAvailable, .howMany, .piecesCounted, .askStaff, .approved, .areAllPartsThere,
            .partsComplete, .conditionNoted, .itemIncomplete, .returnReported, .itemChecked, .stockCounted,
            .returnConfirmed, .stockOnLoan, .stockTooMany, .receivedForAnotherHouse, .stockForeign, .itemStandsOnShelf,
            .stockMissingOnShelf:
            ["item"]
        case .isPartThere, .partsMissing: ["item", "part"]
        case .askDeposit: ["item", "amount"]
        case .lockerOpensForReturn, .tooLateToCancel, .tooLateToCancelReturn, .didNotOpen, .leftOpenReturned,
            .outcomeUnknownReturned, .itemPlaced, .stockMissing, .itemStands:
            ["item", "locker"]
        case .roomOpen: ["locker", "due"]
        case .pleaseShut, .opensAgain, .lockerHasNothing, .lockerOpensForStaff, .lockerServed, .serviceCancelled,
            .serviceDidNotOpen,
            .serviceOutcomeUnknown, .serviceLeftOpen, .lockerSuspended, .lockerResumed, .lockerMarkedEmpty,
            .lockerMarkedHolding:
            ["locker"]
        case .itemStandsLent, .overdueLoan: ["item", "due", "borrower"]
        case .borrowerStands: ["borrower", "count"]
        case .borrowerStandsBlocked: ["borrower", "count", "reason"]
        case .reportedLoan: ["item", "borrower"]
        case .cardReplaced: ["borrower"]
        }
    }

    private static func carried(by refusal: Refusal) -> Set<String> {
        switch refusal {
        case .unknownCode, .mistypedCode, .unreadableCode, .wrongKeyboardLayout, .noSession, .undecidable, .storageFull,
            .staffOnly, .staffExpired, .codeUnusable, .pinLocked, .passUnreadable, .passOfUnknownKey, .passForged,
            .passOfOtherStation, .passRevoked, .passClockUnknown, .passOlderThanJournal, .passUsed, .passSpent,
            .passForNothingHere:
            []
        case .passTooEarly, .passTooLate: ["due"]
        case .borrowerBlocked, .borrowerExpired, .pinMissing: []  // With an item, or at the card.
        case .borrowerUnknown, .tooManyLoans, .notLendable, .notHere, .tooManyOfCategory, .tooValuable, .tooYoung,
            .ageUnknown, .notQualified, .poolOutOfReach, .damaged, .loanOver, .notYours, .cardNeeded, .notReported:
            ["item"]
        case .onLoan, .booked, .bookedSoon, .notRenewable: ["item", "due"]
        case .notEnough: ["item", "count"]
        case .wrongPIN, .pinTooSoon: ["count"]
        case .lockerEmpty, .lockerUnverified, .lockerOutOfService, .lockerInUse, .guardAbsent, .emergencyStop,
            .quietHours,
            .lockerSuspended:
            ["item", "locker"]
        case .whichItem: ["locker"]
        }
    }

    /// A message with what it carries, and nothing else.
    private static func message(_ id: MessageID) -> Message {
        let carried = carried(by: id)
        let charger = LocalizedText(german: "Ladegerät", english: "charger")
        let item = Item(
            id: MilaStationTests.id("drill-1"), name: LocalizedText(german: "Akkuschrauber", english: "Cordless drill"),
            label: "l", category: "tools", parts: [charger])
        let locker = Locker(
            id: MilaStationTests.id("1"), name: LocalizedText(german: "Fach 1", english: "Locker 1"), label: "l")
        var message = Message(
            id, item: carried.contains("item") ? item : nil, locker: carried.contains("locker") ? locker : nil,
            due: carried.contains("due") ? due : nil, count: carried.contains("count") ? 2 : nil)
        if carried.contains("part") { message.parts = [charger] }
        if carried.contains("amount") { message.cents = 4950 }
        if carried.contains("borrower") { message.borrower = MilaStationTests.id("b-1") }
        if carried.contains("reason") { message.reason = "Miete offen." }
        return message
    }

    private let languages: Languages
    private let catalogue: Catalogue

    init() throws {
        languages = try Languages.builtIn()
        catalogue = Catalogue(languages, zone: try benchZone(offsetSeconds: 3600), contact: Self.contact)
    }

    /// The placeholders of a sentence, whatever nouns stand with its numbers.
    private func placeholders(_ texts: LanguageTexts, _ id: MessageID) -> Set<String>? {
        texts.messages[id.key].map { Set($0.places.map { $0.isCount ? "count" : $0.name }) }
    }

    @Test func `every message has a text in German and in English, and a key of its own`() throws {
        let german = try #require(languages[.german])
        let english = try #require(languages[.english])
        #expect(languages.missing(in: german).isEmpty && languages.missing(in: english).isEmpty)
        #expect(!german.isDraft && !english.isDraft && german.fallback == nil && english.fallback == nil)
        for id in MessageID.allCases { #expect(german.messages[id.key] != english.messages[id.key], "\(id.key)") }
        #expect(Set(MessageID.allCases.map(\.key)).count == MessageID.allCases.count)
    }

    @Test func `all languages say the same things, and only what the message carries`() throws {
        for texts in languages.all {
            #expect(Set(texts.severities.keys) == Set(Severity.allCases), "\(texts.language)")
            for id in MessageID.allCases {
                guard let used = placeholders(texts, id) else { continue }
                let carried = Self.carried(by: id)
                let allowed = carried.union(["contact"]).union(carried.contains("item") ? ["parts"] : [])
                #expect(used.isSubset(of: allowed), "\(texts.language) \(id.key)")
                #expect(used == placeholders(languages.all[0], id), "\(texts.language) \(id.key)")
            }
        }
    }

    @Test func `every sentence says all of what it was given`() throws {
        for id in MessageID.allCases {
            let used = try #require(placeholders(languages.all[0], id))
            let values = [
                "item": "Akkuschrauber", "locker": "Fach 1", "due": "Montag, 30. November, 1:53 Uhr",
                "contact": Self.contact.german, "parts": "Dazu gehören: Ladegerät.", "part": "Ladegerät",
                "amount": "49,50 €", "borrower": "b-1", "reason": "Miete offen.", "count": "2",
            ]
            let sentence = catalogue.sentence(Self.message(id), .german)
            for name in used { #expect(sentence.contains(try #require(values[name])), "\(id.key): \(sentence)") }
        }
    }

    @Test func `the texts are calm, whole and printable in every language`() {
        for texts in languages.all {
            for id in MessageID.allCases {
                var sentence = catalogue.sentence(Self.message(id), texts.language)
                sentence.unicodeScalars.removeAll { "\u{2068}\u{2069}".unicodeScalars.contains($0) }
                #expect(!sentence.contains("!") && sentence.count > 10, "\(sentence)")
                #expect(LocalizedText.isPrintable(sentence))
                #expect(!sentence.contains("{") && !sentence.contains("  "), "\(id.key): \(sentence)")
                #expect(sentence.hasSuffix(".") && !sentence.contains(".."), "\(id.key): \(sentence)")
            }
            for text in DemoText.allCases {
                let words = texts.demo[text]?.filled { _ in "" } ?? ""
                #expect(!words.contains("!") && LocalizedText.isPrintable(words), "\(words)")
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
        let message = Self.message(.stated(.taken))
        #expect(
            catalogue.sentence(message, .german) == "Akkuschrauber ist ausgeliehen bis Montag, 30. November, 1:53 Uhr.")
        #expect(catalogue.sentence(message, .english) == "Cordless drill is yours until Monday 30 November, 1:53.")
    }

    @Test(arguments: [
        (0, "لا شيء"), (1, "غرض واحد"), (2, "غرضان"), (3, "3 أغراض"), (10, "10 أغراض"), (11, "11 غرضًا"),
        (100, "100 غرض"),
        (103, "103 أغراض"),
    ])
    func `Arabic has six forms of a noun and a word for none`(count: Int, form: String) throws {
        let arabic = try #require(Language("ar"))
        let sentence = catalogue.sentence(Message(.sessionBegan, count: count), arabic)
        #expect(sentence.contains(": \u{2068}\(form)\u{2069}."), "\(sentence)")
    }

    @Test(arguments: [
        ("uk", [0: "нічого", 1: "1 річ", 2: "2 речі", 5: "5 речей", 11: "11 речей", 21: "21 річ", 112: "112 речей"]),
        ("pl", [0: "nic", 1: "jeden przedmiot", 4: "4 przedmioty", 12: "12 przedmiotów", 22: "22 przedmioty"]),
        ("tr", [0: "yok", 1: "bir eşya", 2: "2 eşya"]), ("de-simple", [0: "nichts", 1: "1 Sache", 2: "2 Sachen"]),
    ])
    func `each language counts in its own way`(tag: String, forms: [Int: String]) throws {
        let language = try #require(Language(tag))
        for (count, form) in forms {
            let sentence = catalogue.sentence(Message(.sessionEnded, count: count), language)
            #expect(sentence.hasSuffix(": \(form)."), "\(sentence)")
        }
    }

    @Test(arguments: [
        ("uk", "понеділок, 30 листопада, 1:53"), ("pl", "poniedziałek, 30 listopada, godz. 1:53"),
        ("tr", "30 Kasım Pazartesi, saat 1:53"), ("ar", "الاثنين 30 نوفمبر، الساعة 1:53"),
    ])
    func `each language says a due time in its own order`(tag: String, due: String) throws {
        let sentence = catalogue.sentence(Self.message(.stated(.taken)), try #require(Language(tag)))
        #expect(sentence.contains(due), "\(sentence)")
    }

    /// What makes a German sentence hard, in the sentences of a text: more than twelve words, or a subjunctive.
    private func hardships(in text: String) -> [String] {
        text.split { ".?:".contains($0) }.filter { sentence in
            let words = sentence.split(separator: " ").map { $0.lowercased() }
            let subjunctives = ["würde", "könnte", "müsste", "möchte", "sollte", "hätte", "wäre", "dürfte"]
            return words.count > 12 || words.contains { word in subjunctives.contains { word.hasPrefix($0) } }
        }.map(String.init)
    }

    @Test func `easy German has short sentences and no subjunctive, as German has`() throws {
        let easy = try #require(Language("de-simple"))
        let texts = MessageID.allCases.map { catalogue.sentence(Self.message($0), easy) }
        #expect(texts.flatMap { hardships(in: $0) } == [])
        let plain = MessageID.allCases.map { catalogue.sentence(Self.message($0), .german) }
        #expect(
            plain.flatMap { hardships(in: $0) }.contains(
                " Soll Akkuschrauber doch hierbleiben, scannen Sie es noch einmal, legen es zurück und schließen die Tür"
            ))
        #expect(plain.flatMap { hardships(in: $0) }.contains("Fach 1 müsste leer sein"))
    }

    @Test func `a name that looks like a placeholder stays a name, and an unsafe one is made harmless`() {
        let item = Item(
            id: MilaStationTests.id("x"), name: LocalizedText("{contact}\u{1b}[2J\u{202e}x\n"), label: "l",
            category: "tools")
        let sentence = catalogue.sentence(Message(.returned, item: item), .german)
        #expect(sentence == "{contact}?[2J?x? ist zurück. Vielen Dank.")
    }

    // MARK: - Right to left

    @Test func `a line from right to left begins with its mark, and every value in it is isolated`() throws {
        let arabic = try #require(Language("ar"))
        let line = catalogue.line(Self.message(.stated(.lockerOpens)), arabic)
        let parts = "\u{2068}ومعه: \u{2068}Ladegerät\u{2069}.\u{2069}"
        #expect(
            line == "\u{200f}✓ تم: يُفتح الآن: \u{2068}Fach 1\u{2069}. يرجى أخذ: \u{2068}Akkuschrauber\u{2069}."
                + " ثم يرجى إغلاق الباب. \(parts)")
        #expect(Array(line.utf8.prefix(6)) == [0xe2, 0x80, 0x8f, 0xe2, 0x9c, 0x93])
        #expect(line.utf8.count { $0 == 0x0a } == 0)
    }

    @Test func `what is written from left to right holds no mark of a direction`() {
        for language in [Language.german, .english] {
            for id in MessageID.allCases {
                #expect(LocalizedText.isPrintable(catalogue.line(Self.message(id), language)))
            }
        }
    }

    @Test func `a name cannot break out of its place, whatever marks of a direction are in it`() throws {
        let arabic = try #require(Language("ar"))
        let marks = ["\u{2069}", "\u{202c}", "\u{202e}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{200e}", "\u{200f}"]
        for mark in marks + ["\u{061c}", "\u{202a}", "\u{202b}", "\u{202d}"] {
            let item = Item(
                id: MilaStationTests.id("x"), name: LocalizedText("a\(mark)b"), label: "l", category: "tools")
            let sentence = catalogue.sentence(Message(.returned, item: item), arabic)
            #expect(sentence.hasPrefix("\u{2068}a?b\u{2069}: "), "\(mark.unicodeScalars)")
        }
    }

    @Test func `an empty value leaves no marks`() throws {
        let arabic = try #require(Language("ar"))
        var message = Self.message(.stated(.lockerOpens))
        message.item?.parts = []
        let sentence = catalogue.sentence(message, arabic)
        #expect(sentence.hasSuffix("الباب.") && sentence.unicodeScalars.count { $0 == "\u{2068}" } == 2)
    }
}
