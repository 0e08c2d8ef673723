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
        lines += SampleHouse.borrowers.map { borrower in
            row(borrower.card, borrower.name[language] + (borrower.pin.map { ", " + says(.pin, pin: $0) } ?? ""))
        }
        lines += ["", "  \(says(.items))"]
        lines += SampleHouse.items.map { item in
            guard let locker = SampleHouse.lockers.first(where: { $0.id == item.locker }) else {
                return row(item.label, item.name[language])
            }
            return row(item.label, "\(item.name[language]) · \(locker.name[language]) \(locker.label.text)")
        }
        lines += ["", "  \(says(.commands))"]
        lines += commands(for: .everybody)
        lines += ["", "  \(says(.staff))"]
        lines += SampleHouse.staff.map { row($0.badge, says(.badge, pin: $0.pin)) }
        lines += ["", "  \(says(.staffCommands))"]
        lines += commands(for: .staff)
        lines += ["", "  \(says(.languages))"]
        lines += languages.all.map { row($0.code, $0.isDraft ? "\($0.name) (\(says(.draft)))" : $0.name) }
        return (lines + ["", says(.closing), ""]).map { direction.line($0) + "\n" }.joined()
    }

    /// One JSON object a line:
    /// `{"code":"…","event":"sample","kind":"card|item|locker|badge|command|language","text":{…}}`.
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
        for member in SampleHouse.staff { add("badge", member.badge, LocalizedText("PIN \(member.pin)").json) }
        for command in Command.allCases {
            guard let code = command.code else { continue }
            let texts = languages.all.compactMap { texts in
                texts.commands[command].map { (texts.language.tag, JSON.string($0)) }
            }
            let digit = command.digit.map { ["de": JSON.string(String($0)), "en": JSON.string(String($0))] }
            add("command", code, .object(digit ?? Dictionary(uniqueKeysWithValues: texts)))
        }
        for texts in languages.all { add("language", texts.code, LocalizedText(texts.name).json) }
        return lines.joined()
    }

    private func commands(for audience: Command.Audience) -> [String] {
        Command.allCases.filter { $0.audience == audience }.compactMap { command in
            command.code.map { row($0, languages.name(of: command, in: language)) }
        }
    }

    private var direction: LanguageTexts.Direction { languages[language]?.direction ?? .leftToRight }

    private func says(_ text: DemoText, pin: String = "") -> String {
        var texts = languages[language]
        while let known = texts, known.demo[text] == nil { texts = known.fallback.flatMap { languages[$0] } }
        return texts?.demo[text]?.filled { place in
            switch place {
            case .folder: direction.isolated(folder ?? "")
            case .pin: direction.isolated(pin)
            }
        } ?? ""
    }

    private func row(_ code: HouseCode, _ words: String) -> String {
        let column = 21
        let space = String(repeating: " ", count: max(1, column - code.text.count))
        return "    " + direction.isolated(code.text) + space + direction.isolated(words)
    }
}
