// The rules of the house that no compiler checks: what the core and the guard may import, and what the core may not
// even mention, because time, chance and the world come to it as values.

import Foundation
import Testing

/// Finds what breaks a rule in the text of a source file.
struct HouseRule {
    /// The modules that a file may import.
    let imports: Set<String>
    /// Words that no line of code may hold.
    let words: [String]

    /// The core decides in values: no waiting, no clock, no chance, no output.
    static let core = HouseRule(
        imports: ["Crypto", "GuardProtocol", "Swift"],
        words: [
            "async", "await", "Task", "Thread", "ContinuousClock", "SuspendingClock", "Date", "DispatchTime",
            "clock_gettime", "gettimeofday", "print", "debugPrint", "dump", "FileHandle", "random", "shuffled",
            "shuffle", "randomElement", "SystemRandomNumberGenerator", "arc4random", "getrandom", "Foundation",
            "FoundationEssentials", "Dispatch", "Glibc",
        ])

    /// The protocol between station and guard stands alone.
    static let guardProtocol = HouseRule(imports: [], words: core.words)

    /// What the pool makes of a batch decides in values, as the core does.
    static let poolIntake = HouseRule(imports: ["StationCore"], words: core.words)

    /// The guard: the system, the lines and nothing that could reach a network.
    static let lockGuard = HouseRule(
        imports: ["CGpiod", "Glibc", "GuardProtocol"],
        words: [
            "AF_INET", "AF_INET6", "PF_INET", "PF_INET6", "getaddrinfo", "Foundation", "FoundationEssentials",
            "FoundationNetworking",
        ])

    /// What breaks the rule, each with its line.
    func findings(in text: String) -> [String] {
        var findings: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = HouseRule.code(of: line)
            if let module = HouseRule.importedModule(code), !imports.contains(module) {
                findings.append("line \(index + 1) imports \(module)")
            }
            let found = Set(code.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
            findings += words.filter(found.contains).map { "line \(index + 1) says \($0)" }
        }
        return findings
    }

    /// A line without its comment and without the texts of its string literals.
    static func code(of line: Substring) -> Substring {
        var code = ""
        var isText = false
        for piece in line.split(separator: "\"", omittingEmptySubsequences: false) {
            if !isText {
                if let comment = piece.firstRange(of: "//") { return Substring(code + piece[..<comment.lowerBound]) }
                code += piece
            }
            code += " "
            isText.toggle()
        }
        return Substring(code)
    }

    /// The module that a line of code imports.
    static func importedModule(_ code: Substring) -> String? {
        let words = code.split(separator: " ").filter { !$0.hasPrefix("@") }
        guard let place = words.firstIndex(of: "import"), place < 2, words.count > place + 1 else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
        let name = kinds.contains(words[place + 1]) ? words.dropFirst(place + 2).first : words[place + 1]
        return name?.split(separator: ".").first.map(String.init)
    }
}

@Suite("House rules")
struct HouseRulesTests {
    /// The folder of all sources, found from where this file was compiled.
    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources")

    /// The Swift files of a target, by path within the sources.
    private func files(_ folder: String = "") throws -> [(name: String, text: String)] {
        let root = HouseRulesTests.sources.appending(path: folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            (
                folder.isEmpty ? name : "\(folder)/\(name)",
                try String(contentsOf: root.appending(path: name), encoding: .utf8)
            )
        }
    }

    @Test(
        "each target keeps to what it may import and say",
        arguments: [
            ("StationCore", HouseRule.core, 30), ("GuardProtocol", .guardProtocol, 4), ("LockGuard", .lockGuard, 10),
            ("PoolIntake", .poolIntake, 2),
        ])
    func targets(_ target: String, _ rule: HouseRule, _ least: Int) throws {
        let files = try files(target)
        #expect(files.count >= least, "the sources of \(target) were not found")
        for (name, text) in files { #expect(rule.findings(in: text).isEmpty, "\(name)") }
    }

    @Test("nobody but the lock guard imports the lines")
    func lines() throws {
        let files = try files()
        let importers = files.filter { _, text in
            text.split(separator: "\n").contains { HouseRule.importedModule(HouseRule.code(of: $0)) == "CGpiod" }
        }
        #expect(!importers.isEmpty && importers.allSatisfy { $0.name.hasPrefix("LockGuard/") })
    }

    /// Lines that break a rule of the core, and what is said of each.
    static let broken: [(line: String, finding: String)] = [
        ("import Foundation", "imports Foundation"), ("internal import Foundation", "imports Foundation"),
        ("@preconcurrency public import Dispatch", "imports Dispatch"), ("@testable import CGpiod", "imports CGpiod"),
        ("import struct Foundation.URL", "imports Foundation"),
        ("public import Logging  // why not", "imports Logging"),
        ("let now = ContinuousClock.now", "says ContinuousClock"), ("SuspendingClock().now", "says SuspendingClock"),
        ("let now = Date()", "says Date"), ("DispatchTime.now()", "says DispatchTime"),
        ("clock_gettime(CLOCK_BOOTTIME, &time)", "says clock_gettime"), ("print(\"hello\")", "says print"),
        ("let n = Int.random(in: 0..<9)", "says random"), ("var g = SystemRandomNumberGenerator()", "says System"),
        ("func wait() async {", "says async"), ("_ = await door.open()", "says await"),
        ("/* one */ let x = names.randomElement()", "says randomElement"), ("say(\"a\", Date())", "says Date"),
    ]

    @Test("the check finds each kind of breach", arguments: broken.indices)
    func breaches(_ index: Int) {
        let (line, finding) = HouseRulesTests.broken[index]
        let found = HouseRule.core.findings(in: "// A file.\n\(line)\n")
        #expect(found.contains { $0.hasPrefix("line 2 \(finding)") }, "\(line): \(found)")
    }

    @Test("a network in the guard is found, and so is the core or a library in it")
    func guardBreaches() {
        for line in ["socket(AF_INET, 1, 0)", "import StationCore", "import NIOCore", "import FoundationEssentials"] {
            #expect(!HouseRule.lockGuard.findings(in: line).isEmpty, "\(line)")
        }
        #expect(!HouseRule.guardProtocol.findings(in: "import Glibc").isEmpty)
    }

    @Test("words in comments, in texts and within other words break nothing")
    func harmless() {
        for line in [
            "// await print(Date())", "let a = 1  // random numbers come from outside", "say(\"print\")",
            "let dateOfDay = 1",
            "import Crypto", "internal import GuardProtocol", "var fingerprint = 0", "let important = imports",
        ] {
            #expect(HouseRule.core.findings(in: line).isEmpty, "\(line)")
        }
    }
}
