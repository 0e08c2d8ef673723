// Reads the file of a language: a whole one, or one that says some things otherwise than the language's own file. Every
// mistake is noted with its line.

internal import Groundwork
internal import StationCore

/// Reads the files of languages, with what is known from those before.
struct LanguageReader {
    /// The languages that are known so far.
    let known: [LanguageTexts]

    /// The texts in a file; on a mistake, which is noted, what could be read of them or nothing.
    func read(_ root: YAMLMapping) -> LanguageTexts? {
        guard let value = root.required("language"),
            let language = value.read("the tag of a language, such as 'fa' or 'pt-BR'", { Language($0) })
        else { return nil }
        if let base = known.first(where: { $0.language == language }) { return changed(base, root) }
        return whole(language, root)
    }

    // MARK: - A whole file

    private func whole(_ language: Language, _ root: YAMLMapping) -> LanguageTexts? {
        let name = root.required("name").flatMap(words)
        let code = root.required("code").flatMap { commandCode($0, for: language) }
        let direction =
            root.optional("direction").map { $0.read("ltr or rtl", LanguageTexts.Direction.init(rawValue:)) }
            ?? .leftToRight
        let isDraft = root.optional("draft").map { $0.flag() } ?? false
        let fallbackValue = root.optional("fallback")
        let fallback = fallbackValue.flatMap(earlier)
        let plurals = root.required("plurals").flatMap(pluralRules)
        let severities = root.required("severity").map { severityWords($0, { $0.required($1) }) }
        let dates = root.required("dates")?.mapping()
        let weekdays = dates?.required("weekdays").flatMap { names($0, count: 7) }
        let months = dates?.required("months").flatMap { names($0, count: 12) }
        let due: Template<DuePlace>? = dates?.required("due").flatMap(template)
        dates?.finish(known: Self.dateKeys)
        let between = root.required("between").flatMap(words)
        let parts: Template<PartsPlace>? = root.required("parts").flatMap(template)
        let money = root.required("money").flatMap(money)
        let commands = commandNames(
            fallbackValue == nil ? root.required("commands") : root.optional("commands"),
            isComplete: fallbackValue == nil)
        let nouns = plurals.map { countedNouns(root.optional("counts"), by: $0) } ?? [:]
        let messages = sentences(root.required("messages"), isComplete: fallbackValue == nil, nouns: nouns)
        let several = sentences(root.optional("several"), isComplete: false, nouns: nouns)
        let demo = demoTexts(root.required("demo"), isComplete: fallbackValue == nil)
        root.finish(known: Self.keys + Self.fixedKeys)
        guard let name, let code, let direction, let isDraft, let plurals, let severities, let weekdays, let months,
            let due, let between, let parts, let money
        else { return nil }
        return LanguageTexts(
            language: language, name: name, code: code, direction: direction, isDraft: isDraft, fallback: fallback,
            plurals: plurals, severities: severities, weekdays: weekdays, months: months, due: due, between: between,
            money: money, nouns: nouns, parts: parts, messages: messages, several: several,
            commands: commands, demo: demo)
    }

    private static let keys =
        ["language", "name", "code", "draft", "severity", "dates", "between", "money", "parts", "counts"]
        + ["messages", "several", "commands", "demo"]
    /// What another file can't change, because the texts of the language's own are written for it.
    private static let fixedKeys = ["direction", "fallback", "plurals"]
    private static let dateKeys = ["weekdays", "months", "due"]

    // MARK: - A file that changes some texts

    private func changed(_ base: LanguageTexts, _ root: YAMLMapping) -> LanguageTexts {
        var texts = base
        texts.name = root.optional("name").flatMap(words) ?? base.name
        texts.code = root.optional("code").flatMap { commandCode($0, for: base.language) } ?? base.code
        texts.isDraft = root.optional("draft")?.flag() ?? base.isDraft
        let severities = root.optional("severity").map { severityWords($0, { $0.optional($1) }) } ?? [:]
        texts.severities.merge(severities) { $1 }
        let dates = root.optional("dates")?.mapping()
        texts.weekdays = dates?.optional("weekdays").flatMap { names($0, count: 7) } ?? base.weekdays
        texts.months = dates?.optional("months").flatMap { names($0, count: 12) } ?? base.months
        texts.due = dates?.optional("due").flatMap(template) ?? base.due
        dates?.finish(known: Self.dateKeys)
        texts.between = root.optional("between").flatMap(words) ?? base.between
        texts.money = root.optional("money").flatMap(money) ?? base.money
        texts.commands.merge(commandNames(root.optional("commands"), isComplete: false)) { $1 }
        texts.parts = root.optional("parts").flatMap(template) ?? base.parts
        texts.nouns.merge(countedNouns(root.optional("counts"), by: base.plurals)) { $1 }
        texts.messages.merge(sentences(root.optional("messages"), isComplete: false, nouns: texts.nouns)) { $1 }
        texts.several.merge(sentences(root.optional("several"), isComplete: false, nouns: texts.nouns)) { $1 }
        texts.demo.merge(demoTexts(root.optional("demo"), isComplete: false)) { $1 }
        root.finish(known: Self.keys)
        return texts
    }

    // MARK: - Parts of a file

    private func commandCode(_ value: YAMLValue, for language: Language) -> HouseCode? {
        guard let body = value.text() else { return nil }
        guard let code = HouseCode(kind: .command, body: body) else {
            value.note(
                "no command code can have '\(LogText.safe(body))' between 'MC' and its check character",
                remedy: "Write 2 to 16 of \(HouseCode.alphabet), or change the last one where they are.")
            return nil
        }
        let other = known.first { $0.code == code && $0.language != language }?.language.tag
        if let owner = Command(code).map({ "'\($0)'" }) ?? other {
            value.note("\(code.text) is the code of \(owner)", remedy: "Choose another.")
        }
        return code
    }

    private func earlier(_ value: YAMLValue) -> Language? {
        let language = value.read("the tag of a language", { Language($0) })
        if let language, !known.contains(where: { $0.language == language }) {
            value.note(
                "'\(language)' is no language that is known before this one",
                remedy: "Known are \(known.map(\.language.tag).joined(separator: ", ")).")
        }
        return language
    }

    private func pluralRules(_ value: YAMLValue) -> PluralRules? {
        guard let map = value.mapping() else { return nil }
        var plurals = PluralRules()
        let categories = PluralRules.Category.allCases.filter { $0 != .other }
        for category in categories {
            guard let value = map.optional(category.rawValue), let text = value.text() else { continue }
            do throws(PluralRuleError) {
                plurals.rules[category] = try PluralRules.Rule(text)
            } catch {
                value.note(
                    "'\(LogText.safe(text))' is no plural rule: \(error)",
                    remedy: "Write it as the Unicode CLDR does, without its samples.")
            }
        }
        map.finish(known: categories.map(\.rawValue))
        return plurals
    }

    private func severityWords(_ value: YAMLValue, _ get: (YAMLMapping, String) -> YAMLValue?) -> [Severity: String] {
        guard let map = value.mapping() else { return [:] }
        var all: [Severity: String] = [:]
        for severity in Severity.allCases { all[severity] = get(map, severity.rawValue).flatMap(words) }
        map.finish(known: Severity.allCases.map(\.rawValue))
        return all
    }

    private func names(_ value: YAMLValue, count: Int) -> [String]? {
        guard let names = value.list()?.compactMap(words) else { return nil }
        if names.count != count {
            value.note("there are \(names.count) names, not \(count)", remedy: "Write them all.")
        }
        return names
    }

    private func countedNouns(_ value: YAMLValue?, by plurals: PluralRules) -> [String: CountedNoun] {
        guard let map = value?.mapping() else { return [:] }
        var nouns: [String: CountedNoun] = [:]
        for (name, value) in map.remaining {
            nouns[name] = map.optional(name)?.mapping().flatMap { countedNoun($0, in: value, by: plurals) }
        }
        return nouns
    }

    private func countedNoun(_ map: YAMLMapping, in value: YAMLValue, by plurals: PluralRules) -> CountedNoun? {
        let none = map.optional("none")
        var noun = CountedNoun(none: none.flatMap(template), forms: [:])
        for category in plurals.categories {
            guard let form = map.required(category.rawValue) else { continue }
            guard let template: Template<NounPlace> = template(form) else { continue }
            noun.forms[category] = template
            // Up to here every category that is for more than one number shows a second one.
            let numbers = (none == nil ? 0...220 : 1...220).filter { plurals.category(of: $0) == category }
            if numbers.count > 1, !template.places.contains(.count) {
                form.note(
                    "'\(category)' is said of \(numbers[0]) and of \(numbers[1]), but has no {count}",
                    remedy: "Say the number.")
            }
        }
        map.finish(known: ["none"] + plurals.categories.map(\.rawValue))
        return noun
    }

    private func sentences(
        _ value: YAMLValue?, isComplete: Bool, nouns: [String: CountedNoun]
    ) -> [String: Template<MessagePlace>] {
        guard let map = value?.mapping() else { return [:] }
        var messages: [String: Template<MessagePlace>] = [:]
        for id in MessageID.allCases {
            guard let value = isComplete ? map.required(id.key) : map.optional(id.key),
                let template: Template<MessagePlace> = template(value)
            else { continue }
            messages[id.key] = template
            check(template, of: id, at: value, nouns: nouns)
        }
        map.finish(known: MessageID.allCases.map(\.key))
        return messages
    }

    /// A sentence can only say what its message carries, which the first language that is known knows.
    private func check(
        _ template: Template<MessagePlace>, of id: MessageID, at value: YAMLValue, nouns: [String: CountedNoun]
    ) {
        let model = known.first.map { $0.messages[id.key]?.places ?? [] }
        for place in Set(template.places) {
            if case .count(let noun) = place, nouns[noun] == nil {
                value.note(
                    "there is no noun '\(LogText.safe(noun))' in 'counts'",
                    remedy: "Known are \(nouns.keys.sorted().joined(separator: ", ")).")
            }
            if let model, place != .contact, !model.contains(where: { $0.isCount ? place.isCount : $0 == place }) {
                let names = (model.map(\.name) + ["contact"]).map { "{\($0)}" }.joined(separator: " ")
                value.note("there is no {\(place.name)} where this is said", remedy: "Known here: \(names).")
            }
        }
    }

    private func money(_ value: YAMLValue) -> (Template<MoneyPlace>, String)? {
        guard let map = value.mapping() else { return nil }
        let text: Template<MoneyPlace>? = map.required("text").flatMap(template)
        let decimal = map.required("decimal").flatMap(words)
        map.finish(known: ["text", "decimal"])
        guard let text, let decimal else { return nil }
        return (text, decimal)
    }

    /// The keys of the keypad on paper need no names: they are digits.
    private func commandNames(_ value: YAMLValue?, isComplete: Bool) -> [Command: String] {
        guard let map = value?.mapping() else { return [:] }
        var names: [Command: String] = [:]
        let named = Command.allCases.filter { $0.digit == nil }
        for command in named {
            let value = isComplete ? map.required(command.rawValue) : map.optional(command.rawValue)
            names[command] = value.flatMap(words)
        }
        map.finish(known: named.map(\.rawValue))
        return names
    }

    private func demoTexts(_ value: YAMLValue?, isComplete: Bool) -> [DemoText: Template<DemoPlace>] {
        guard let map = value?.mapping() else { return [:] }
        var demo: [DemoText: Template<DemoPlace>] = [:]
        for text in DemoText.allCases {
            let value = isComplete ? map.required(text.rawValue) : map.optional(text.rawValue)
            demo[text] = value.flatMap(template)
        }
        map.finish(known: DemoText.allCases.map(\.rawValue))
        return demo
    }

    // MARK: - Texts

    /// A text that is not empty. Unlike names from elsewhere it may hold the joiners that Persian or Sinhala words need.
    private func words(_ value: YAMLValue) -> String? {
        let text = value.text(allowing: ["\u{200c}", "\u{200d}"])
        if text == "" { value.note("\(value.name) is empty", remedy: "Write what is to be said.") }
        return text
    }

    private func template<Place: Placeholder>(_ value: YAMLValue) -> Template<Place>? {
        guard let text = words(value), !text.isEmpty else { return nil }
        guard let template = Template<Place>(text) else {
            let known = Place.names.map { "{\($0)}" }.joined(separator: " ")
            value.note("'\(text)' has a placeholder that is none", remedy: "Known here: \(known).")
            return nil
        }
        return template
    }
}
