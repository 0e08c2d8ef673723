// Reads YAML files that people write. Every mistake of a file is found in one run, each with its line and a remedy;
// a key that nobody asks for is a mistake too, because a misspelt limit must not be silently ignored.

internal import Foundation
internal import StationCore
internal import Yams

/// One mistake in a file, for the person who wrote it.
public struct FileProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, as it was named.
    public var file: String
    /// The line, from 1; `nil` where the file as a whole is meant.
    public var line: Int?
    /// What is wrong.
    public var problem: String
    /// What to do about it.
    public var remedy: String

    /// A mistake; see the properties.
    public init(file: String, line: Int?, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.problem = problem
        self.remedy = remedy
    }

    /// As a person reads it.
    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(problem). \(remedy)" }
}

/// All mistakes of one file, and of those that it names.
public struct FileProblems: Error, CustomStringConvertible {
    /// The mistakes, file by file, in order of their lines; never empty.
    public let all: [FileProblem]

    /// The mistakes of files, or `nil` where there are none.
    public init?(_ problems: [FileProblem]) {
        guard !problems.isEmpty else { return nil }
        var files: [String] = []
        for problem in problems where !files.contains(problem.file) { files.append(problem.file) }
        all = files.flatMap { file in
            problems.filter { $0.file == file }.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
        }
    }

    /// As a person reads it.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}

/// A YAML file while it is read; collects its mistakes.
public final class YAMLFile {
    /// The most bytes such a file may have.
    public static let maximumBytes = 4 * 1024 * 1024
    private static let maximumAliases = 16
    /// The file, as it was named.
    public let name: String
    /// The mistakes found so far.
    public private(set) var problems: [FileProblem] = []

    /// A file of this name.
    public init(name: String) { self.name = name }

    /// Notes a mistake.
    public func note(_ problem: String, remedy: String, line: Int?) {
        problems.append(
            FileProblem(file: name, line: line, problem: LogText.printable(problem), remedy: LogText.printable(remedy)))
    }

    /// Adds the mistakes of a file that this one names.
    public func add(_ others: [FileProblem]) { problems += others }

    /// The mapping that the file holds, or `nil` (and a noted mistake) where it holds none.
    public func root() -> YAMLMapping? {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: name))
            data = try handle.read(upToCount: Self.maximumBytes + 1) ?? Data()
        } catch {
            let reason = (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" } ?? error.localizedDescription
            note("the file can't be read: \(reason)", remedy: "Check its name and rights.", line: nil)
            return nil
        }
        return root(of: Array(data))
    }

    /// The mapping that bytes hold, or `nil` (and a noted mistake) where they hold none.
    public func root(of bytes: [UInt8]) -> YAMLMapping? {
        guard bytes.count <= Self.maximumBytes, let text = String(validating: bytes, as: UTF8.self) else {
            note("the file is larger than 4 MiB, or not UTF-8", remedy: "Save it as UTF-8 text.", line: nil)
            return nil
        }
        guard !Self.isNestedTooDeep(text) else {
            note("the file is nested deeper than 64 levels", remedy: "Write it flatter.", line: nil)
            return nil
        }
        guard !Self.hasTooManyAliases(text) else {
            note(
                "there are more than \(Self.maximumAliases) aliases ('*name')", remedy: "Write what they stand for.",
                line: nil)
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                note("the file is empty", remedy: "See the example in docs/configuration.md.", line: nil)
                return nil
            }
            return YAMLValue(node: node, name: "the file", file: self, depth: 0).mapping()
        } catch let error as YamlError {
            let (line, problem) = Self.explain(error)
            note(problem, remedy: "Correct the YAML there.", line: line)
        } catch {
            note("no YAML: \(error)", remedy: "Correct the YAML.", line: nil)
        }
        return nil
    }

    /// Yams builds its tree by recursion, so the depth is bounded before it starts: by the brackets that are open at
    /// once (those in texts count too; nobody writes 64 of them) and by the dashes and spaces a line starts with.
    private static func isNestedTooDeep(_ text: String) -> Bool {
        var brackets = 0
        for line in text.utf8.split(separator: 0x0a) {
            let start = line.prefix { $0 == 0x20 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "?") }
            guard start.count <= 256, start.count(where: { $0 != 0x20 }) <= 64 else { return true }
            for byte in line {
                if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { brackets += 1 }
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { brackets = max(0, brackets - 1) }
                if brackets > 64 { return true }
            }
        }
        return false
    }

    /// Aliases can double what they stand for with each line, and Yams looks at all of it where one is part of a key. So
    /// their number is bounded before it starts, and with it the work; stars in texts count too where there is an anchor.
    private static func hasTooManyAliases(_ text: String) -> Bool {
        var (anchors, aliases) = (0, 0)
        for (mark, next) in zip(text.utf8, text.utf8.dropFirst()) where next > 0x20 {
            if mark == UInt8(ascii: "&") { anchors += 1 }
            if mark == UInt8(ascii: "*") { aliases += 1 }
        }
        return anchors > 0 && aliases > maximumAliases
    }

    private static func explain(_ error: YamlError) -> (line: Int?, problem: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, "no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            (
                context.mark.line,
                "'\(duplicates.map { LogText.name("\($0)") }.joined(separator: "', '"))' is there twice"
            )
        case .reader(let problem, let offset, _, let yaml):
            (offset.map { yaml.utf8.prefix($0).count { $0 == 0x0a } + 1 }, "no YAML: \(problem)")
        default: (nil, "no YAML: \(error)")
        }
    }
}

/// A value in a YAML file, with its place.
public struct YAMLValue {
    let node: Node
    /// What errors call it.
    public let name: String
    /// The file it stands in.
    public let file: YAMLFile
    let depth: Int

    /// The line it stands on.
    public var line: Int? { node.mark?.line }

    /// Notes a mistake in this value.
    public func note(_ problem: String, remedy: String) { file.note(problem, remedy: remedy, line: line) }

    /// The value as a mapping.
    public func mapping() -> YAMLMapping? {
        guard case .mapping(let mapping) = node, depth <= 32 else {
            note("\(name) should be a mapping of keys to values", remedy: "Write 'key: value' lines below it.")
            return nil
        }
        var values: [(key: String, value: YAMLValue)] = []
        for (key, value) in mapping {
            guard let text = key.scalar?.string else {
                file.note("a key that is no text", remedy: "Write it as a plain word.", line: key.mark?.line)
                continue
            }
            let value = YAMLValue(node: value, name: "'\(LogText.name(text))'", file: file, depth: depth + 1)
            values.append((text, value))
        }
        return YAMLMapping(values: values, value: self)
    }

    /// The value as a list.
    public func list() -> [YAMLValue]? {
        guard case .sequence(let sequence) = node, depth <= 32 else {
            note("\(name) should be a list", remedy: "Write '- ' lines below it.")
            return nil
        }
        return sequence.enumerated().map {
            YAMLValue(node: $1, name: "entry \($0 + 1) of \(name)", file: file, depth: depth + 1)
        }
    }

    /// The value as text, all of it printable: whatever it is used for, it comes to a terminal or a log in the end.
    ///
    /// - Parameter joiners: characters without a shape of their own that are allowed nevertheless.
    public func text(allowing joiners: Set<Unicode.Scalar> = []) -> String? {
        guard case .scalar(let scalar) = node else {
            note("\(name) should be a text", remedy: "Write it on the same line.")
            return nil
        }
        var seen = scalar.string.unicodeScalars
        seen.removeAll(where: joiners.contains)
        guard LocalizedText.isPrintable(String(seen)) else {
            note("\(name) holds characters that can't be seen", remedy: "Write it anew, without them.")
            return nil
        }
        return scalar.string
    }

    /// The value as something that text is read into; `what` says what it should be.
    public func read<Value>(_ what: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text() else { return nil }
        guard let value = read(text) else {
            note("\(name) is not \(what)", remedy: "Write \(what).")
            return nil
        }
        return value
    }

    /// The value as a whole number within a range.
    public func integer(_ range: ClosedRange<Int>) -> Int? {
        read("a whole number from \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The value as true or false.
    public func flag() -> Bool? {
        read("true or false") { $0 == "true" ? true : $0 == "false" ? false : nil }
    }
}

/// A mapping in a YAML file, whose keys are asked for one by one.
public final class YAMLMapping {
    private var left: [String: YAMLValue]
    private let keys: [String]
    /// The mapping as a value, for its place.
    public let value: YAMLValue

    init(values: [(key: String, value: YAMLValue)], value: YAMLValue) {
        // Yams refuses a mapping that has a key twice.
        left = Dictionary(values, uniquingKeysWith: { first, _ in first })
        keys = values.map(\.key)
        self.value = value
    }

    /// The value of a key that may be missing.
    public func optional(_ key: String) -> YAMLValue? { left.removeValue(forKey: key) }

    /// The value of a key; a missing one is a mistake.
    public func required(_ key: String) -> YAMLValue? {
        guard let value = optional(key) else {
            self.value.note("'\(key)' is missing in \(self.value.name)", remedy: "Add '\(key):' there.")
            return nil
        }
        return value
    }

    /// The keys that nobody asked for yet, in the file's order.
    public var remaining: [(key: String, value: YAMLValue)] {
        keys.compactMap { key in left[key].map { (key, $0) } }
    }

    /// Says that all keys were asked for: what is left is a mistake.
    public func finish(known: [String]) {
        for (key, value) in remaining {
            let near = known.filter { $0.first == key.first }.sorted()
            let hint =
                near.isEmpty
                ? "Known are \(known.sorted().joined(separator: ", "))."
                : "Do you mean \(near.joined(separator: " or "))?"
            value.note("nothing here is called '\(LogText.name(key))'", remedy: "Remove it. \(hint)")
        }
        left = [:]
    }
}

extension YAMLValue {
    /// Whether the value is a mapping, where more than one form is allowed.
    public var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// Whether the value is a list.
    public var isList: Bool { if case .sequence = node { true } else { false } }
}
