// The first screen of a demo: all codes to try, for people as a page, for machines as JSON lines.

internal import StationCore

/// The list of a demo's codes.
struct FirstScreen {
    let languages: Languages
    let language: Language
    /// The folder that keeps the data, if a person chose one.
    let folder: String?

    /// The page for people.
    var text: String {
        var lines = [says(.heading)]
        if folder != nil { lines.append(says(.dataKept)) }
        lines += ["", "  \(says(.cards))"]
        lines += SampleHouse.borrowers.map { row($0.card, $0.name[language]) }
        lines += ["", "  \(says(.items))"]
        lines += SampleHouse.items.map { item in
            guard let locker = SampleHouse.lockers.first(where: { $0.id == item.locker }) else {
                return row(item.label, item.name[language])
            }
            return row(item.label, "\(item.name[language]) · \(locker.name[language]) \(locker.label.text)")
        }
        lines += ["", "  \(says(.commands))"]
        lines += commands.map { row($0.code, says($0.text)) }
        lines += ["", "  \(says(.languages))"]
        lines += languages.all.map { row($0.code, $0.isDraft ? "\($0.name) (\(says(.draft)))" : $0.name) }
        return (lines + ["", says(.closing), ""]).map { direction.line($0) + "\n" }.joined()
    }

    /// One JSON object a line:
    /// `{"code":"…","event":"sample","kind":"card|item|locker|command|language","text":{…}}`.
    var json: String {
        var lines: [String] = []
        func add(_ kind: String, _ code: HouseCode, _ text: JSON) {
            let object: [String: JSON] = [
                "event": .string("sample"), "kind": .string(kind), "code": .string(code.text), "text": text,
            ]
            lines.append(String(decoding: JSON.object(object).canonical, as: UTF8.self) + "\n")
        }
        for borrower in SampleHouse.borrowers { add("card", borrower.card, borrower.name.json) }
        for item in SampleHouse.items { add("item", item.label, item.name.json) }
        for locker in SampleHouse.lockers { add("locker", locker.label, locker.name.json) }
        for command in commands {
            let texts = languages.all.compactMap { texts in
                texts.demo[command.text].map { (texts.language.tag, JSON.string($0.filled { _ in "" })) }
            }
            add("command", command.code, .object(Dictionary(uniqueKeysWithValues: texts)))
        }
        for texts in languages.all { add("language", texts.code, LocalizedText(texts.name).json) }
        return lines.joined()
    }

    private var commands: [(code: HouseCode, text: DemoText)] {
        Command.allCases.compactMap { command in
            guard let code = command.code else { return nil }
            let text: DemoText =
                switch command {
                case .finish: .finish
                case .cancel: .cancel
                case .loans: .loans
                case .help: .help
                }
            return (code, text)
        }
    }

    private var direction: LanguageTexts.Direction { languages[language]?.direction ?? .leftToRight }

    private func says(_ text: DemoText) -> String {
        var texts = languages[language]
        while let known = texts, known.demo[text] == nil { texts = known.fallback.flatMap { languages[$0] } }
        return texts?.demo[text]?.filled { _ in direction.isolated(folder ?? "") } ?? ""
    }

    private func row(_ code: HouseCode, _ words: String) -> String {
        let column = 21
        let space = String(repeating: " ", count: max(1, column - code.text.count))
        return "    " + direction.isolated(code.text) + space + direction.isolated(words)
    }
}
