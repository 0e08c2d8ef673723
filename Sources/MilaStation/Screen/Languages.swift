// The languages that a station knows: those that the program carries, with what the house says otherwise, and those that
// the house brings.

internal import Foundation
internal import Groundwork
internal import StationCore

/// All languages of a station.
struct Languages: Sendable {
    /// In the order in which people see them; the first one is complete, and is the model for all others.
    private(set) var all: [LanguageTexts] = []

    /// The files that the program carries. German comes first, and each comes after the one it falls back on.
    static let files: [(name: String, bytes: [UInt8])] = [
        ("de.yaml", PackageResources.de_yaml), ("en.yaml", PackageResources.en_yaml),
        ("de-simple.yaml", PackageResources.de_simple_yaml), ("uk.yaml", PackageResources.uk_yaml),
        ("ar.yaml", PackageResources.ar_yaml), ("tr.yaml", PackageResources.tr_yaml),
        ("pl.yaml", PackageResources.pl_yaml),
    ]

    /// The most files that a house may add.
    static let maximumFiles = 64

    private static let carried = Result { try Languages(reading: files) }

    /// The languages that the program carries.
    ///
    /// Throws: ``FileProblems`` where one of them is not as it should be, which a test finds before.
    static func builtIn() throws -> Languages { try carried.get() }

    /// The languages in files.
    ///
    /// Throws: ``FileProblems`` with all mistakes.
    init(reading files: [(name: String, bytes: [UInt8])]) throws {
        var problems: [FileProblem] = []
        for (name, bytes) in files {
            let file = YAMLFile(name: name)
            if let root = file.root(of: bytes) { add(root) }
            problems += file.problems
        }
        if let problems = FileProblems(problems) { throw problems }
    }

    /// Adds what the files of a folder say, in the order of their names; the mistakes in them.
    mutating func add(folder: String) throws -> [FileProblem] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted()
        var problems: [FileProblem] = []
        var seen: [Language: String] = [:]
        for name in names.prefix(Self.maximumFiles) {
            let file = YAMLFile(name: folder + "/" + name)
            if let language = file.root().flatMap({ add($0) }), let other = seen.updateValue(name, forKey: language) {
                file.note("'\(language)' is in \(other) already", remedy: "Put both into one file.", line: nil)
            }
            problems += file.problems
        }
        if names.count > Self.maximumFiles {
            let file = YAMLFile(name: folder)
            file.note("there are more than \(Self.maximumFiles) files", remedy: "Remove some.", line: nil)
            problems += file.problems
        }
        return problems
    }

    @discardableResult
    private mutating func add(_ root: YAMLMapping) -> Language? {
        guard let texts = LanguageReader(known: all).read(root) else { return nil }
        if let place = all.firstIndex(where: { $0.language == texts.language }) {
            all[place] = texts
        } else {
            all.append(texts)
        }
        return texts.language
    }
}

extension Languages {
    /// The texts of a language, where it is known.
    subscript(language: Language) -> LanguageTexts? { all.first { $0.language == language } }

    /// The codes that choose languages.
    var codes: [HouseCode: Language] {
        Dictionary(all.map { ($0.code, $0.language) }) { first, _ in first }
    }

    /// The known language that is nearest to one: itself, or the same without its last parts (RFC 4647, 3.4).
    func nearest(to language: Language) -> Language? {
        var parts = language.tag.split(separator: "-")
        while !parts.isEmpty {
            let tag = parts.joined(separator: "-")
            if let found = all.first(where: { $0.language.tag == tag }) { return found.language }
            parts.removeLast()
        }
        return nil
    }

    /// The texts that say a message to whoever asked for a language: its own, or those of the next language that has
    /// words for it.
    func texts(for key: String, in language: Language) -> LanguageTexts {
        guard let first = all.first else { preconditionFailure("there is no language at all") }
        var texts = self[language] ?? first
        while texts.messages[key] == nil, let fallback = texts.fallback.flatMap({ self[$0] }) { texts = fallback }
        return texts
    }

    /// What a command is called in a language, or in the next one that has a word for it.
    func name(of command: Command, in language: Language) -> String {
        if let digit = command.digit { return String(digit) }
        var texts = self[language]
        while let known = texts, known.commands[command] == nil { texts = known.fallback.flatMap { self[$0] } }
        return texts?.commands[command] ?? command.rawValue
    }

    /// The keys of the messages for which a language has no words of its own.
    func missing(in texts: LanguageTexts) -> [String] {
        MessageID.allCases.map(\.key).filter { texts.messages[$0] == nil }
    }

    /// What people should know who look after a station: which languages it speaks, which of them nobody has read yet,
    /// and what is said in another.
    var report: [String] {
        let names = all.map { "\($0.name) (\($0.language))" }
        let drafts = all.filter(\.isDraft).map(\.language.tag)
        let gaps = all.compactMap { texts -> String? in
            let missing = missing(in: texts)
            guard let fallback = texts.fallback, !missing.isEmpty else { return nil }
            return "\(texts.language) says as \(fallback) does: \(missing.joined(separator: ", "))"
        }
        let unread = drafts.isEmpty ? [] : ["drafts that nobody has read yet: \(drafts.joined(separator: ", "))"]
        return ["speaks \(names.joined(separator: ", "))"] + unread + gaps
    }
}
