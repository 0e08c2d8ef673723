// The catalogue of texts: every sentence of the station in every language, from one file that people can read and
// translate. A message without a text is found when the program starts, and by a test before that.

internal import Groundwork
internal import StationCore

/// All texts of the station.
struct Catalogue: Sendable {
    /// The texts of one language.
    struct Texts: Sendable {
        var severities: [Severity: String] = [:]
        var weekdays: [String] = []
        var months: [String] = []
        var due = ""
        var counts: (zero: String, one: String, other: String) = ("", "", "")
        var parts = ""
        var messages: [String: String] = [:]
        var demo: [DemoText: String] = [:]
    }

    /// The texts on the demo's first screen.
    enum DemoText: String, CaseIterable, Sendable {
        case heading, cards, items, commands, closing
        case dataKept = "data-kept"
        case finish, cancel, loans, help, german, english
    }

    private let texts: [Language: Texts]
    private let zone: TimeZoneTable
    private let contact: LocalizedText

    /// The catalogue that the program carries.
    ///
    /// - Parameters:
    ///   - zone: the zone in which due times are said.
    ///   - contact: the sentence that says whom to ask.
    /// - Throws: ``FileProblems`` with every text that is missing.
    init(zone: TimeZoneTable, contact: LocalizedText) throws {
        try self.init(reading: PackageResources.Texts_yaml, zone: zone, contact: contact)
    }

    /// A catalogue from the bytes of a file.
    init(reading bytes: [UInt8], zone: TimeZoneTable, contact: LocalizedText) throws {
        let file = YAMLFile(name: "Texts.yaml")
        texts = file.root(of: bytes).map(Self.read) ?? [:]
        if let problems = FileProblems(file.problems) { throw problems }
        self.zone = zone
        self.contact = contact
    }

    private static func read(_ root: YAMLMapping) -> [Language: Texts] {
        var all: [Language: Texts] = [:]
        for language in Language.allCases { all[language] = Texts() }
        eachLanguage(root.required("severity")) { language, value in
            let map = value.mapping()
            for severity in Severity.allCases {
                all[language]?.severities[severity] = map?.required(severity.rawValue)?.text()
            }
            map?.finish(known: Severity.allCases.map(\.rawValue))
        }
        eachLanguage(root.required("dates")) { language, value in
            let map = value.mapping()
            all[language]?.weekdays = names(map?.required("weekdays"), count: 7)
            all[language]?.months = names(map?.required("months"), count: 12)
            all[language]?.due =
                map?.required("due").flatMap { template($0, ["weekday", "day", "month", "time"]) } ?? ""
            map?.finish(known: ["weekdays", "months", "due"])
        }
        eachLanguage(root.required("counts")) { language, value in
            let map = value.mapping()
            all[language]?.counts = (
                map?.required("zero").flatMap { template($0, []) } ?? "",
                map?.required("one").flatMap { template($0, []) } ?? "",
                map?.required("other").flatMap { template($0, ["count"]) } ?? ""
            )
            map?.finish(known: ["zero", "one", "other"])
        }
        eachLanguage(root.required("parts")) { all[$0]?.parts = template($1, ["parts"]) ?? "" }
        let messages = root.required("messages")?.mapping()
        for id in MessageID.allCases {
            eachLanguage(messages?.required(id.key)) { all[$0]?.messages[id.key] = template($1, placeholders) }
        }
        messages?.finish(known: MessageID.allCases.map(\.key))
        eachLanguage(root.required("demo")) { language, value in
            let map = value.mapping()
            for text in DemoText.allCases {
                all[language]?.demo[text] = map?.required(text.rawValue).flatMap {
                    template($0, text == .dataKept ? ["folder"] : [])
                }
            }
            map?.finish(known: DemoText.allCases.map(\.rawValue))
        }
        root.finish(known: ["severity", "dates", "counts", "parts", "messages", "demo"])
        return all
    }

    private static func eachLanguage(_ value: YAMLValue?, _ body: (Language, YAMLValue) -> Void) {
        guard let map = value?.mapping() else { return }
        for language in Language.allCases {
            if let value = map.required(language.rawValue) { body(language, value) }
        }
        map.finish(known: Language.allCases.map(\.rawValue))
    }

    /// What the texts of messages may hold; ``value(_:_:_:_:)`` has a value for each.
    private static let placeholders = ["item", "locker", "due", "count", "contact", "parts"]

    /// A text whose placeholders are among the known ones.
    private static func template(_ value: YAMLValue, _ known: [String]) -> String? {
        guard let text = value.text() else { return nil }
        let rest = known.reduce(text) { $0.replacing("{\($1)}", with: "") }
        if text.isEmpty || rest.contains(where: { "{}".contains($0) }) {
            let list = known.isEmpty ? "none" : known.map { "{\($0)}" }.joined(separator: " ")
            value.note("'\(text)' is empty, or has a placeholder that is none", remedy: "Known here: \(list).")
        }
        return text
    }

    private static func names(_ value: YAMLValue?, count: Int) -> [String] {
        let names = value?.list()?.compactMap { $0.text() } ?? []
        if names.count != count {
            value?.note("there are \(names.count) names, not \(count)", remedy: "Write them all.")
        }
        return names
    }
}

// MARK: - Sentences

extension Catalogue {
    /// What a message says in a language.
    func sentence(_ message: Message, _ language: Language) -> String {
        guard let texts = texts[language], let template = texts.messages[message.id.key] else {
            preconditionFailure(
                "no text for \(message.id.key) in \(language.rawValue), though the catalogue was checked")
        }
        var sentence = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            sentence += rest[..<open]
            sentence += value(String(rest[rest.index(after: open)..<close]), message, language, texts)
            rest = rest[rest.index(after: close)...]
        }
        sentence += rest
        while sentence.hasSuffix(" ") { sentence.removeLast() }
        // The names in it were checked when the register came; the file that they come from now was not.
        return LogText.printable(sentence)
    }

    /// A text of the demo's first screen.
    func demo(_ text: DemoText, _ language: Language) -> String { texts[language]?.demo[text] ?? "" }

    /// The word for a severity.
    func word(_ severity: Severity, _ language: Language) -> String { texts[language]?.severities[severity] ?? "" }

    private func value(_ name: String, _ message: Message, _ language: Language, _ texts: Texts) -> String {
        switch name {
        case "item": message.item?.name[language] ?? ""
        case "locker": message.locker?.name[language] ?? ""
        case "due": message.due.map { due($0, texts) } ?? ""
        case "count": message.count.map { count($0, texts) } ?? ""
        case "contact": contact[language]
        case "parts": parts(message, language, texts)
        default: preconditionFailure("'\(name)' is no placeholder of the catalogue")
        }
    }

    private func parts(_ message: Message, _ language: Language, _ texts: Texts) -> String {
        guard let parts = message.item?.parts, !parts.isEmpty else { return "" }
        return texts.parts.replacing("{parts}", with: parts.map { $0[language] }.joined(separator: ", "))
    }

    private func count(_ count: Int, _ texts: Texts) -> String {
        switch count {
        case 0: texts.counts.zero
        case 1: texts.counts.one
        default: texts.counts.other.replacing("{count}", with: String(count))
        }
    }

    private func due(_ instant: WallTime, _ texts: Texts) -> String {
        let (date, millisecond) = zone.local(instant)
        let minutes = Int(millisecond / 60_000)
        let weekday = ((date.daysSince1970 + 3) % 7 + 7) % 7  // 1970-01-01 was a Thursday.
        return texts.due
            .replacing("{weekday}", with: texts.weekdays[weekday])
            .replacing("{day}", with: String(date.day))
            .replacing("{month}", with: texts.months[date.month - 1])
            .replacing("{time}", with: "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)")
    }
}

extension LocalizedText {
    /// The text in a language.
    subscript(language: Language) -> String {
        switch language {
        case .german: german
        case .english: english
        }
    }
}
