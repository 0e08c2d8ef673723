// `station.yaml`: what is wrong with it is said in one run, line by line, whatever bytes it holds.

import Foundation
import Groundwork
import GuardProtocol
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct ConfigurationTests {
    /// The demo's configuration with its secrets, in a folder of its own.
    private struct Bench {
        let folder: Folder
        let yaml: String
        var file: String { folder.path + "/station.yaml" }
        var token: String { folder.path + "/pool-token" }

        init() throws {
            folder = try Folder()
            let key = try SigningKey(file: folder.path + "/pool.key", name: "pool").noteKey
            yaml = SampleHouse.stationYAML(poolPort: "8080", poolKey: key.description, language: .german)
            try SecretFile.create(folder.path + "/pool-token", text: "token")
            try write(yaml)
        }

        func write(_ text: String) throws { try write(Data(text.utf8)) }
        func write(_ bytes: Data) throws { try bytes.write(to: URL(fileURLWithPath: file)) }

        func run(_ command: String, environment: [String: String] = [:]) throws -> TestProcess.End {
            try TestProcess.run("mila-station", [command, "--config", file], environment: environment)
        }

        /// The line of the configuration that holds a text, from 1.
        func line(of text: String, in yaml: String) throws -> Int {
            let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
            return try #require(lines.firstIndex { $0.contains(text) }, "no line holds \(text)") + 1
        }

        /// The mistakes that reading the text finds.
        func problems(_ text: String) throws -> [FileProblem] {
            try write(text)
            do {
                _ = try ConfigurationReader.read(file)
                return []
            } catch let problems as FileProblems {
                return problems.all
            }
        }
    }

    /// A mistake: what is written instead of what, where it shows, and what is said.
    struct Mistake: CustomTestStringConvertible {
        let before: String
        let after: String
        /// What the line that is named holds; the changed text where it is not another.
        var at: String?
        let problem: String
        let remedy: String
        var testDescription: String { after }
    }

    static let mistakes = [
        Mistake(
            before: "session-timeout: 60 s", after: "sesion-timeout: 60 s",
            problem: "nothing here is called 'sesion-timeout'",
            remedy: "Remove it. Do you mean scanner or session-timeout or station?"),
        Mistake(
            before: "  coils: 1", after: "  coils: 1\n  zeal: 5", at: "zeal: 5",
            problem: "nothing here is called 'zeal'",
            remedy: "Remove it. Known are backend, coils, socket, supplies, table."),
        Mistake(
            before: "data: station", after: "data: [station]", problem: "'data' should be a text",
            remedy: "Write it on the same line."),
        Mistake(
            before: "coils: 1", after: "coils: many", problem: "'coils' is not a whole number from 1 to 16",
            remedy: "Write a whole number from 1 to 16."),
        Mistake(
            before: "coils: 1", after: "coils: 17", problem: "'coils' is not a whole number from 1 to 16",
            remedy: "Write a whole number from 1 to 16."),
        Mistake(
            before: "session-timeout: 60 s", after: "session-timeout: 4 s",
            problem: "'session-timeout' is not a duration from 5000 ms to 600000 ms, such as '500 ms' or '60 s'",
            remedy: "Write a duration"),
        Mistake(
            before: "session-timeout: 60 s", after: "session-timeout: 60",
            problem: "'session-timeout' is not a duration", remedy: "Write a duration"),
        Mistake(
            before: "id: demo", after: "id: ../demo", problem: "'id' is not an identifier",
            remedy: "Write an identifier"),
        Mistake(
            before: "time-zone: Europe/Berlin", after: "time-zone: Europe/Bärlin",
            problem: "'time-zone' is not a time zone such as Europe/Berlin", remedy: "Write a time zone"),
        Mistake(
            before: "time-zone: Europe/Berlin", after: "time-zone: ../../../etc/passwd",
            problem: "'time-zone' is not a time zone", remedy: "Write a time zone"),
        Mistake(
            before: "language: de", after: "language: fr", problem: "'language' is not one of de, en,",
            remedy: "Write one of de, en,"),
        Mistake(
            before: "city-domain: demo.example", after: "city-domain: -demo",
            problem: "'city-domain' is not a domain name", remedy: "Write a domain name"),
        Mistake(
            before: "url: http://127.0.0.1:8080", after: "url: ftp://127.0.0.1",
            problem: "'url' is not an http:// or https:// address without a path", remedy: "Write an http://"),
        Mistake(
            before: "  token-file: pool-token", after: "  token-file: pool-token\n  certificate-file: c.pem",
            at: "url: ", problem: "'certificate-file' and 'certificate-key-file' go together",
            remedy: "Add the other, or remove both."),
        Mistake(
            before: "  token-file: pool-token\n", after: "", at: "url: ",
            problem: "'token-file' is missing in 'pool'", remedy: "Add 'token-file:' there."),
        Mistake(
            before: "pulse: 300 ms", after: "pulse: 501 ms", at: "id: \"1\"",
            problem: "the pulse of locker 1 is longer than its cap", remedy: "Shorten the pulse."),
        Mistake(
            before: "id: \"2\"", after: "id: \"1\"", at: "coil: { chip: demo, line: coil-2 }",
            problem: "locker 1 is there twice", remedy: "Rename one of them."),
        Mistake(
            before: "opens: 400 ms, latches", after: "opens: 0 ms, latches", problem: "'opens' is not a duration",
            remedy: "Write a duration"),
        Mistake(
            before: "backend: simulated", after: "backend: real", problem: "'backend' is not gpiod or simulated",
            remedy: "Write gpiod or simulated."),
        Mistake(
            before: "name: { de: Nachbarschaftshaus, en: Neighbourhood house }", after: "name: { de: Haus }",
            problem: "'en' is missing in 'name'", remedy: "Add 'en:' there."),
        Mistake(
            before: "name: { de: Nachbarschaftshaus, en: Neighbourhood house }", after: #"name: "a\e[2Jb""#,
            problem: "'name' holds characters that can't be seen", remedy: "Write it anew"),
        Mistake(
            before: "data: station", after: "data: \"\"", problem: "'data' is not the path of a file or folder",
            remedy: "Write the path"),
        Mistake(
            before: "coil: { chip: demo, line: coil-1 }", after: "coil: { pin: \"11\" }",
            problem: "a pin needs to be known of which board", remedy: "Name it with 'board', or write chip and line."),
        Mistake(
            before: "rest: 200 ms\n    simulated-door", after: "second-pulse: maybe\n    simulated-door",
            at: "second-pulse: maybe", problem: "'second-pulse' is not true or false", remedy: "Write true or false."),
        Mistake(
            before: "supplies: [{ id: strikes, coils: 2 }]", after: "supplies: [{ id: strikes, coils: 17 }]",
            problem: "'coils' is not a whole number from 1 to 16", remedy: "Write a whole number from 1 to 16."),
        Mistake(
            before: "sensor: { chip: demo, line: door-1 }", after: "sensor: { chip: demo, line: door-1, bias: up }",
            problem: "'bias' is not as-is, disabled, pull-up or pull-down",
            remedy: "Write as-is, disabled, pull-up or pull-down."),
        Mistake(
            before: "sensor: { chip: demo, line: door-1 }",
            after: "sensor: { chip: demo, line: door-1, debounce: 2 s }",
            problem: "'debounce' is not a duration from 0 ms to 1000 ms, such as '500 ms' or '60 s'",
            remedy: "Write a duration from 0 ms to 1000 ms, such as '500 ms' or '60 s'."),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its line and a remedy`(mistake: Mistake) throws {
        let bench = try Bench()
        let text = try changed(bench.yaml, mistake)
        let line = try bench.line(of: mistake.at ?? mistake.after, in: text)
        let problems = try bench.problems(text)
        let found = problems.first { $0.problem.hasPrefix(mistake.problem) }
        // A list entry's line is that of its first key.
        let place = try #require(found?.line, "\(problems)")
        #expect(abs(place - line) <= (mistake.at == nil ? 0 : 1), "\(problems), expected in line \(line)")
        #expect(found?.remedy.hasPrefix(mistake.remedy) == true, "\(problems)")
    }

    @Test func `a configuration without mistakes is read`() throws {
        let bench = try Bench()
        #expect(try bench.problems(bench.yaml).isEmpty)
        let configuration = try ConfigurationReader.read(bench.file)
        #expect(configuration.doors.count == SampleHouse.lockers.count)
        #expect(configuration.dataFolder == bench.folder.path + "/station")
    }

    @Test func `check finds all mistakes in one run, in the order of their lines, and leaves with 1`() throws {
        let bench = try Bench()
        // One mistake for each line, so that none hides another.
        let picked = [0, 2, 4, 7, 8, 10, 11, 12, 15, 17, 19].map { Self.mistakes[$0] }
        let text = try picked.reduce(bench.yaml) { try changed($0, $1) }
        try bench.write(text)
        let check = try bench.run("check")
        #expect(check.code == 1)
        let lines = check.text.split(separator: "\n")
        #expect(lines.count == picked.count, "\(check.text)")
        for mistake in picked {
            #expect(lines.contains { $0.contains(mistake.problem) && $0.contains(mistake.remedy) }, "\(mistake.after)")
        }
        let numbers = try lines.map { try #require(Int($0.dropFirst(bench.file.count + 1).prefix { $0 != ":" })) }
        #expect(numbers == numbers.sorted())
    }

    @Test func `a key that is there twice is a mistake`() throws {
        let bench = try Bench()
        let text = bench.yaml + "data: elsewhere\n"
        let problems = try bench.problems(text)
        #expect(problems.map(\.problem) == ["'data' is there twice"])
        #expect(problems.first?.line != nil)
    }

    @Test func `other commands refuse a configuration with mistakes as wrong usage`() throws {
        let bench = try Bench()
        try bench.write(bench.yaml.replacing("coils: 1", with: "coils: 0"))
        for command in ["lines", "run"] {
            let answer = try bench.run(command)
            #expect(answer.code == 2, "\(command)")
            #expect(answer.text.contains("'coils' is not a whole number"))
        }
        #expect(!FileManager.default.fileExists(atPath: bench.folder.path + "/lines.table"))
    }

    // MARK: - Files it names

    @Test func `the table that lines compiles is one that the guard takes, and check is content then`() throws {
        let bench = try Bench()
        let early = try bench.run("check")
        #expect(early.code == 1)
        #expect(early.text.contains("lines.table, the guard's table, is missing: run 'mila-station lines'"))
        #expect(try bench.run("lines").code == 0)
        let probe = try TestProcess.run(
            "lock-guard",
            [
                "--lines", bench.folder.path + "/lines.table",
                "--simulated", bench.folder.path + "/simulated", "--probe",
            ])
        #expect(probe.code == 0, "\(probe.text)")
        for locker in SampleHouse.lockers { #expect(probe.text.contains("coil-\(locker.id)"), "\(probe.text)") }
        let check = try bench.run("check")
        #expect(check.code == 0, "\(check.text)")
        #expect(check.text.contains("nothing wrong; 6 lockers."))

        try bench.write(bench.yaml.replacing("rest: 200 ms", with: "rest: 300 ms"))
        let stale = try bench.run("check")
        #expect(stale.code == 1)
        #expect(stale.text.contains("older than the configuration"))
    }

    @Test func `a secret that others may read is refused, and one from systemd's credentials is found`() throws {
        let bench = try Bench()
        #expect(try bench.run("lines").code == 0)
        #expect(chmod(bench.token, 0o644) == 0)
        for command in ["check", "run"] {
            let answer = try bench.run(command)
            #expect(answer.code != 0, "\(command)")
            #expect(answer.text.contains("may be read by others; run: chmod 600 \(bench.token)"), "\(answer.text)")
        }
        try FileManager.default.removeItem(atPath: bench.token)
        let missing = try bench.run("check")
        #expect(missing.code == 1)
        #expect(missing.text.contains("pool-token is missing or empty"))

        let credentials = bench.folder.path + "/credentials"
        try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: false)
        try SecretFile.create(credentials + "/pool-token", text: "token")
        #expect(try bench.run("check", environment: ["CREDENTIALS_DIRECTORY": credentials]).code == 0)
    }

    @Test func `the house's own texts are read with the configuration, and check says what it found in them`() throws {
        let bench = try Bench()
        #expect(try bench.run("lines").code == 0)
        let drafts = try bench.run("check")
        #expect(drafts.code == 0 && drafts.text.contains("العربية (ar)"))
        #expect(drafts.text.contains("drafts that nobody has read yet: de-simple, uk, ar, tr, pl\n"), "\(drafts.text)")

        let texts = bench.folder.path + "/texts"
        try bench.write(bench.yaml.replacing("language: de", with: "language: ar") + "texts: texts\n")
        let none = try bench.run("check")
        #expect(none.code == 1 && none.text.contains("\(texts) can't be read as a folder"), "\(none.text)")

        try FileManager.default.createDirectory(atPath: texts, withIntermediateDirectories: false)
        try Data("language: ar\ndraft: false\n".utf8).write(to: URL(fileURLWithPath: texts + "/ar.yaml"))
        let check = try bench.run("check")
        #expect(check.code == 0 && check.text.contains("drafts that nobody has read yet: de-simple, uk, tr, pl\n"))

        try Data("language: ar\nmessages:\n  hello: x\n".utf8).write(to: URL(fileURLWithPath: texts + "/ar.yaml"))
        let wrong = try bench.run("check")
        #expect(wrong.code == 1 && wrong.text.contains("\(texts)/ar.yaml:3: nothing here is called 'hello'"))
        #expect(try bench.run("lines").code == 2)
    }

    @Test func `an address without encryption is for this machine only`() throws {
        let bench = try Bench()
        #expect(try bench.run("lines").code == 0)
        for (host, code) in [
            ("127.0.0.1:8080", 0), ("localhost", 0), ("[::1]:80", 0), ("pool.example", 1), ("127.0.0.1.example", 1),
        ] as [(String, Int32)] {
            try bench.write(bench.yaml.replacing("http://127.0.0.1:8080", with: "http://\(host)"))
            let check = try bench.run("check")
            #expect(check.code == code, "\(host): \(check.text)")
            #expect(check.text.contains("is not encrypted") == (code == 1))
        }
    }

    // MARK: - Any bytes

    /// A file that nobody wrote for good.
    struct Hostile: CustomTestStringConvertible {
        let testDescription: String
        let bytes: @Sendable () -> Data
        let finding: String

        init(_ name: String, finding: String, _ text: @autoclosure @escaping @Sendable () -> String) {
            (testDescription, self.finding) = (name, finding)
            bytes = { Data(text().utf8) }
        }

        init(_ name: String, finding: String, bytes: @escaping @Sendable () -> Data) {
            (testDescription, self.finding, self.bytes) = (name, finding, bytes)
        }
    }

    static let hostile = [
        Hostile("100 000 open brackets", finding: "nested deeper", String(repeating: "[", count: 100_000)),
        Hostile("100 000 open braces", finding: "nested deeper", String(repeating: "{a: ", count: 100_000)),
        Hostile("100 000 dashes", finding: "nested deeper", String(repeating: "- ", count: 100_000)),
        Hostile("dashes after a carriage return", finding: "nesting", "# \r" + String(repeating: "- ", count: 100_000)),
        Hostile("dashes after U+2028", finding: "nesting", "# \u{2028}" + String(repeating: "- ", count: 100_000)),
        Hostile("10 MB of one comment", finding: "larger than 4 MiB", String(repeating: "#", count: 10_000_000)),
        Hostile("10 MB of lines", finding: "larger than 4 MiB", String(repeating: "a: b\n", count: 2_000_000)),
        Hostile("invalid UTF-8", finding: "not UTF-8", bytes: { Data("data: ".utf8) + [0xc3, 0x28, 0x0a] }),
        Hostile("UTF-16", finding: "not UTF-8", bytes: { Data([0xff, 0xfe, 0x61, 0, 0x3a, 0, 0x20, 0]) }),
        Hostile("a NUL byte", finding: ":2: no YAML: control characters are not allowed", "data: x\nlamp: \0\n"),
        Hostile("an escape character", finding: "no YAML: control characters", "data: \u{1b}[2J\n"),
        Hostile("an escape sequence as a key", finding: "nothing here is called '?[2J'", "\"\\e[2J\": x\n"),
        Hostile("escape sequences as equal keys", finding: "is there twice", "\"\\e[2J\": x\n\"\\e[2J\": y\n"),
        Hostile("aliases of aliases", finding: "more than 16 aliases", bomb + "station: *i\n"),
        Hostile("aliases of aliases as a key", finding: "more than 16 aliases", bomb + "? *i\n: x\n"),
        Hostile("aliases of aliases in a key", finding: "more than 16 aliases", bomb + "lamp: { [*i]: x, [*h]: y }\n"),
        Hostile("an alias of itself", finding: "undefined alias", "data: &a [*a]\n"),
        Hostile("no mapping", finding: "should be a mapping", "- a\n- b\n"),
        Hostile("nothing", finding: "the file is empty", ""),
        Hostile("a tag of another language", finding: "should be a mapping", "!!python/object/apply:os.system [id]\n"),
        Hostile("two documents", finding: "another document", "data: a\n---\ndata: b\n"),
    ]

    /// Ten lines that stand for 10^9 values.
    private static let bomb = (0..<9).map { level in
        let (name, below) = (Character(Unicode.Scalar(UInt8(97 + level))), Character(Unicode.Scalar(UInt8(96 + level))))
        let values = Array(repeating: level == 0 ? "x" : "*\(below)", count: 10)
        return "\(name): &\(name) [\(values.joined(separator: ", "))]\n"
    }.joined()

    @Test(arguments: hostile)
    func `a hostile file has a clear finding`(file: Hostile) throws {
        let bench = try Bench()
        try bench.write(file.bytes())
        let check = try bench.run("check")
        #expect(check.code == 1, "\(check.code): \(check.text.prefix(500))")
        #expect(check.text.hasPrefix(bench.file + ":"))
        #expect(check.text.contains(file.finding), "\(check.text.prefix(500))")
        #expect(check.text.utf8.count < 4000)
        #expect(check.text.split(separator: "\n").allSatisfy { LocalizedText.isPrintable(String($0)) })
    }

    @Test func `a few aliases, and stars in texts, are no mistake`() throws {
        let bench = try Bench()
        let address = "coil: { chip: demo, line: coil-1 }"
        let text = bench.yaml.replacing("Nachbarschaftshaus", with: String(repeating: "Haus *neu* ", count: 18))
        #expect(try bench.problems(text).isEmpty)
        let aliased = bench.yaml.replacing("data: station", with: "data: &name station")
            .replacing("id: demo", with: "id: *name")
        #expect(try bench.problems(aliased).map(\.problem).allSatisfy { $0.contains("undefined alias") })
        let later = bench.yaml.replacing(address, with: "coil: &coil { chip: demo, line: coil-1 }")
            .replacing("coil: { chip: demo, line: coil-2 }", with: "coil: *coil")
        // Two lockers at one line are refused by the table, so the alias was followed.
        #expect(try bench.problems(later).count == 1)
    }

    @Test func `no file, a folder and a device are findings too`() throws {
        for path in ["/nowhere/station.yaml", "/tmp", "/dev/zero", "/dev/null"] {
            let check = try TestProcess.run("mila-station", ["check", "--config", path])
            #expect(check.code == 1, "\(path): \(check.text)")
            #expect(check.text.hasPrefix(path + ":"), "\(check.text)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `any change to a file leads to a configuration or to findings`(seed: UInt64) throws {
        let bench = try Bench()
        var generator = SeededGenerator(seed: seed)
        var (read, refused) = (0, 0)
        for _ in 1...150 {
            var bytes = Array(bench.yaml.utf8)
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let marks = Array("\n \t:-[]{}'\"#&*!|>?%@,0a".utf8)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = marks.randomElement(using: &generator) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.insert(marks.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            let problems = try bench.problems(String(decoding: bytes, as: UTF8.self))
            if problems.isEmpty { read += 1 } else { refused += 1 }
            #expect(problems.allSatisfy { !$0.problem.isEmpty && !$0.remedy.isEmpty })
        }
        #expect(read > 5 && refused > 5, "seed \(seed)")
    }

    private func changed(_ yaml: String, _ mistake: Mistake) throws -> String {
        let place = try #require(yaml.range(of: mistake.before), "the configuration has no \(mistake.before)")
        return yaml.replacingCharacters(in: place, with: mistake.after)
    }
}
