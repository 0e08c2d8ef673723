// The catalogue of texts: what the desk means, in the words of each language, with names, numbers and times put in.

internal import Groundwork
internal import StationCore

/// Says things in all languages of a station.
struct Catalogue: Sendable {
    let languages: Languages
    private let zone: TimeZoneTable
    private let contact: LocalizedText

    /// A catalogue.
    ///
    /// - Parameters:
    ///   - zone: the zone in which due times are said.
    ///   - contact: the sentence that says whom to ask.
    init(_ languages: Languages, zone: TimeZoneTable, contact: LocalizedText) {
        self.languages = languages
        self.zone = zone
        self.contact = contact
    }

    /// What a message says in a language, or in the one that it falls back on.
    func sentence(_ message: Message, _ language: Language) -> String {
        sentence(message, languages.texts(for: message.id.key, in: language))
    }

    /// The same as a line of its own: severity by sign and word, so that no meaning hangs on colour alone (EN 301 549,
    /// 9.1.4.1).
    func line(_ message: Message, _ language: Language) -> String {
        // Sign, word and sentence are of one language, also where that is not the one that was asked for.
        let texts = languages.texts(for: message.id.key, in: language)
        let sign =
            switch message.id.severity {
            case .info: "·"
            case .success: "✓"
            case .warning: "!"
            case .error: "✗"
            }
        let word = texts.severities[message.id.severity] ?? ""
        return texts.direction.line("\(sign) \(word): \(sentence(message, texts))")
    }

    /// What a message says in each language that has words of its own for it.
    func sentences(_ message: Message) -> [Language: String] {
        let own = languages.all.filter { $0.messages[message.id.key] != nil }
        return Dictionary(uniqueKeysWithValues: own.map { ($0.language, sentence(message, $0)) })
    }

    // MARK: - Values

    private func sentence(_ message: Message, _ texts: LanguageTexts) -> String {
        let several = message.pieces > 1 ? texts.several[message.id.key] : nil
        guard let template = several ?? texts.messages[message.id.key] else {
            preconditionFailure("no text for \(message.id.key) in \(texts.language), though the files were checked")
        }
        var sentence = template.filled { texts.direction.isolated(value($0, message, texts)) }
        while sentence.hasSuffix(" ") { sentence.removeLast() }
        return sentence
    }

    private func value(_ place: MessagePlace, _ message: Message, _ texts: LanguageTexts) -> String {
        switch place {
        case .item: message.item.map { pieces(message.pieces, name($0.name, texts)) } ?? ""
        case .locker: message.locker.map { name($0.name, texts) } ?? ""
        case .due: message.due.map { due($0, texts) } ?? ""
        case .contact: name(contact, texts)
        case .parts: parts(message.item?.parts ?? [], texts)
        case .part: list(message.parts ?? [], texts)
        case .amount: message.cents.map { amount($0, texts) } ?? ""
        case .borrower: message.borrower?.text ?? ""
        case .reason: LogText.printable(message.reason ?? "")
        case .count(let noun):
            message.count.flatMap { texts.nouns[noun]?.said(of: $0, by: texts.plurals) } ?? ""
        }
    }

    /// Names were checked when the register came; the file that they come from now was not.
    private func name(_ name: LocalizedText, _ texts: LanguageTexts) -> String {
        LogText.printable(name[texts.language])
    }

    private func parts(_ parts: [LocalizedText], _ texts: LanguageTexts) -> String {
        parts.isEmpty ? "" : texts.parts.filled { _ in list(parts, texts) }
    }

    private func list(_ names: [LocalizedText], _ texts: LanguageTexts) -> String {
        names.map { texts.direction.isolated(name($0, texts)) }.joined(separator: texts.between)
    }

    /// Several pieces of one thing: as on a delivery note, which needs no plural of a name that the house chose.
    private func pieces(_ count: Int, _ name: String) -> String { count == 1 ? name : "\(count) × \(name)" }

    private func amount(_ cents: Int, _ texts: LanguageTexts) -> String {
        let (whole, rest) = cents.quotientAndRemainder(dividingBy: 100)
        let number = rest == 0 ? "\(whole)" : "\(whole)\(texts.money.decimal)\(rest < 10 ? "0" : "")\(rest)"
        return texts.money.text.filled { _ in number }
    }

    private func due(_ instant: WallTime, _ texts: LanguageTexts) -> String {
        let (date, millisecond) = zone.local(instant)
        let minutes = Int(millisecond / 60_000)
        let weekday = ((date.daysSince1970 + 3) % 7 + 7) % 7  // 1970-01-01 was a Thursday.
        return texts.due.filled { place in
            switch place {
            case .weekday: texts.weekdays[weekday]
            case .day: String(date.day)
            case .month: texts.months[date.month - 1]
            case .time: "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
            }
        }
    }
}
