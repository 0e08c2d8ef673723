// The sections `scanner` and `codes` of `station.yaml`: what the scanner puts around a code, and which codes the house
// uses besides its own. Schemes that know the same code are a mistake, because what it names would depend on their order.

internal import Groundwork
internal import StationCore

extension ConfigurationReader {
    /// The scanner; usual settings where neither section is there. Mistakes are noted, and so the rest is not used.
    func scanner(_ section: YAMLValue?, codes: YAMLValue?) -> StationConfiguration.ScannerConfiguration {
        var frame = CodeReader.Frame()
        var (isIdentified, idleGap): (Bool, Duration?) = (false, nil)
        if let map = section?.mapping() {
            frame.prefix = map.optional("prefix")?.read("up to 16 printable characters", affix) ?? ""
            frame.suffix = map.optional("suffix")?.read("up to 16 printable characters", affix) ?? ""
            isIdentified = map.optional("symbology-identifiers")?.flag() ?? false
            idleGap = map.optional("idle-gap").flatMap { duration($0, 10...2000) }
            map.finish(known: ["prefix", "suffix", "symbology-identifiers", "idle-gap"])
        }
        let schemes = codes.map { self.schemes($0, identified: isIdentified) } ?? CodeReader.standardSchemes
        return StationConfiguration.ScannerConfiguration(
            codes: CodeReader(schemes: schemes, frame: frame, isIdentified: isIdentified), idleGap: idleGap)
    }

    private func affix(_ text: String) -> String? {
        (1...16).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? text : nil
    }

    private func schemes(_ value: YAMLValue, identified: Bool) -> [CodeScheme] {
        var known: [(scheme: CodeScheme, line: Int?)] = []
        for entry in value.list() ?? [] {
            guard let scheme = entry.mapping().flatMap(scheme) else { continue }
            if scheme.overlapsHouseCodes {
                entry.note("codes of this scheme can look like house codes", remedy: "Make its pattern narrower.")
            }
            for (other, line) in known where scheme.overlaps(other, identified: identified) {
                let place = line.map { "line \($0)" } ?? "another line"
                entry.note(
                    "a code can belong to this scheme and to that in \(place)",
                    remedy: "Make one of the patterns narrower, or let the scanner send symbology identifiers.")
            }
            known.append((scheme, entry.line))
        }
        return known.map(\.scheme)
    }

    private func scheme(_ map: YAMLMapping) -> CodeScheme? {
        let kinds = map.required("names").flatMap(kinds)
        let form = map.required("form")?.read("gs1, retail, codabar, code39 or text", FormName.init(rawValue:))
        let keysValue = map.optional("keys")
        let keys = keysValue.flatMap(keys)
        let patternValue = map.optional("pattern")
        let pattern = patternValue?.read(
            "a pattern such as 'INV-#{5}', with # for a digit, @ for a letter, ? for either, * for anything",
            CodePattern.init)
        let checkValue = map.optional("check")
        let check = checkValue?.read("modulus-43") { $0 == "modulus-43" ? true : nil }
        map.finish(known: ["names", "form", "keys", "pattern", "check"])
        guard let kinds, let form else { return nil }

        func needless(_ value: YAMLValue?, _ name: String) {
            value?.note("a scheme of form '\(form.rawValue)' has no '\(name)'", remedy: "Remove it.")
        }
        if form != .gs1 { needless(keysValue, "keys") }
        if form == .gs1 || form == .retail { needless(patternValue, "pattern") }
        if form != .code39 { needless(checkValue, "check") }
        switch form {
        case .gs1:
            guard keysValue != nil else {
                map.value.note("a scheme of form 'gs1' needs 'keys'", remedy: "Add, for instance: keys: [giai]")
                return nil
            }
            return keys.map { CodeScheme(kinds, .gs1($0)) }
        case .retail: return CodeScheme(kinds, .retail)
        case .codabar, .code39, .text:
            guard patternValue != nil else {
                map.value.note(
                    "a scheme of form '\(form.rawValue)' needs 'pattern'", remedy: "Add, for instance: pattern: '#{14}'"
                )
                return nil
            }
            guard let pattern, checkValue == nil || check != nil else { return nil }
            switch form {
            case .codabar: return CodeScheme(kinds, .codabar(pattern))
            case .code39: return CodeScheme(kinds, .code39(pattern, isChecked: check != nil))
            case .gs1, .retail, .text: return CodeScheme(kinds, .text(pattern))
            }
        }
    }

    private enum FormName: String { case gs1, retail, codabar, code39, text }

    private func kinds(_ value: YAMLValue) -> Set<CodeKind>? {
        many(value, "item, locker or borrower-card", CodeKind.init(rawValue:))
    }

    private func keys(_ value: YAMLValue) -> Set<GS1Key.Kind>? {
        many(value, "giai, grai, sgtin, gtin or gsrn", GS1Key.Kind.init(rawValue:))
    }

    /// One word, or a list of them.
    private func many<Value: Hashable>(
        _ value: YAMLValue, _ what: String, _ make: (String) -> Value?
    ) -> Set<Value>? {
        guard value.isList else { return value.read(what, make).map { [$0] } }
        let values = value.list()?.map { $0.read(what, make) } ?? []
        guard !values.isEmpty, values.allSatisfy({ $0 != nil }) else { return nil }
        return Set(values.compactMap(\.self))
    }
}
