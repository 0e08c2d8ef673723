// The first screen of a demo: all codes to try, for people as a page, for machines as JSON lines.

internal import StationCore

/// The list of a demo's codes.
struct FirstScreen {
    let catalogue: Catalogue
    let language: Language
    /// The folder that keeps the data, if a person chose one.
    let folder: String?

    /// The page for people.
    var text: String {
        var lines = [says(.heading)]
        if let folder { lines.append(says(.dataKept).replacing("{folder}", with: folder)) }
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
        return (lines + ["", says(.closing), ""]).map { $0 + "\n" }.joined()
    }

    /// One JSON object a line: `{"code":"…","event":"sample","kind":"card|item|locker|command","text":{…}}`.
    var json: String {
        var lines: [String] = []
        func add(_ kind: String, _ code: HouseCode, _ name: (Language) -> String) {
            var texts: [String: JSON] = [:]
            for language in Language.allCases { texts[language.rawValue] = .string(name(language)) }
            let object: [String: JSON] = [
                "event": .string("sample"), "kind": .string(kind), "code": .string(code.text), "text": .object(texts),
            ]
            lines.append(String(decoding: JSON.object(object).canonical, as: UTF8.self) + "\n")
        }
        for borrower in SampleHouse.borrowers { add("card", borrower.card) { borrower.name[$0] } }
        for item in SampleHouse.items { add("item", item.label) { item.name[$0] } }
        for locker in SampleHouse.lockers { add("locker", locker.label) { locker.name[$0] } }
        for command in commands { add("command", command.code) { catalogue.demo(command.text, $0) } }
        return lines.joined()
    }

    private var commands: [(code: HouseCode, text: Catalogue.DemoText)] {
        Command.allCases.compactMap { command in
            guard let code = command.code else { return nil }
            let text: Catalogue.DemoText =
                switch command {
                case .finish: .finish
                case .cancel: .cancel
                case .loans: .loans
                case .help: .help
                case .german: .german
                case .english: .english
                }
            return (code, text)
        }
    }

    private func says(_ text: Catalogue.DemoText) -> String { catalogue.demo(text, language) }

    private func row(_ code: HouseCode, _ words: String) -> String {
        let column = 21
        return "    " + code.text + String(repeating: " ", count: max(1, column - code.text.count)) + words
    }
}
