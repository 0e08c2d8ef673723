// What the handbook shows works as it stands there.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct DocsTests {
    private let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: project.appendingPathComponent(path), encoding: .utf8)
    }

    private func tool(_ arguments: [String], in folder: Folder) throws -> TestProcess.End {
        try TestProcess.run("env", ["--chdir", folder.path] + arguments)
    }

    @Test func `the example of a configuration lacks nothing but its secret and its table`() throws {
        let example = project.appendingPathComponent("docs/examples/station.yaml").path
        let check = try TestProcess.run("mila-station", ["check", "--config", example])
        #expect(check.code == 1)
        let lines = check.output.split(separator: "\n")
        let report = try Languages.builtIn().report
        try #require(lines.count == 2 + report.count, "\(check.output)")
        #expect(lines[0].contains("pool-token is missing"))
        #expect(lines[1].contains("run 'mila-station lines'"))
    }

    @Test func `the example of a register is the one that the demo lends from`() throws {
        let example = try text("docs/examples/house.yaml").drop { $0 != "\n" }
        #expect(example == SampleHouse.houseYAML.drop { $0 != "\n" })
    }

    @Test func `the twenty lines of Python check a journal, and find an edit`() throws {
        let folder = try Folder()
        let page = try text("docs/journal.md")
        let start = try #require(page.range(of: "```python\n")).upperBound
        let end = try #require(page.range(of: "```", range: start..<page.endIndex)).lowerBound
        #expect(page[start..<end].split(separator: "\n").count <= 20)
        try Data(page[start..<end].utf8).write(to: URL(fileURLWithPath: folder.path + "/check.py"))

        let demo = try TestProcess.run(
            "mila-station", ["demo", "--screen", "none", "--into", folder.path + "/data"],
            input: "\(SampleHouse.borrowers[0].card.text)\n\(SampleHouse.items[5].label.text)\n")
        #expect(demo.code == 0, "\(demo.errors)")
        let export = try TestProcess.run(
            "mila-station", ["journal", "export", "--config", folder.path + "/data/station.yaml"])
        for (name, entries) in [
            ("whole", export.output),
            ("edited", export.output.replacingOccurrences(of: "painting-1", with: "painting-2")),
        ] {
            try Data(entries.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name).ndjson"))
        }
        let whole = try tool(["python3", "check.py", "whole.ndjson"], in: folder)
        #expect(whole.code == 0 && whole.text.hasSuffix("entries, whole\n"), "\(whole.text)")
        let edited = try tool(["python3", "check.py", "edited.ndjson"], in: folder)
        #expect(edited.code == 1 && edited.text.contains("it was edited"), "\(edited.text)")
    }

    @Test func `all links of the documents lead somewhere, and one that does not is found`() throws {
        let folder = try Folder()
        let script = project.appendingPathComponent("scripts/check-links").path
        let here = try tool([script], in: folder)
        #expect(here.code == 0, "\(here.output)")
        try Data("[here](page.md) and [there](missing.md)".utf8).write(
            to: URL(fileURLWithPath: folder.path + "/page.md"))
        #expect(try tool(["git", "init", "-q"], in: folder).code == 0)
        let broken = try tool([script, folder.path], in: folder)
        #expect(broken.code == 1 && broken.output == "page.md: missing.md leads nowhere\n", "\(broken.output)")
    }

    @Test func `the examples of codes are read as the page says`() throws {
        let page = try text("docs/codes.md")
        let blocks = page.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let yaml = blocks.filter { $0.hasPrefix("yaml\n") }.map { String($0.dropFirst("yaml\n".count)) }
        #expect(yaml.count == 2)
        let folder = try Folder()
        let key = try SigningKey(file: folder.file("pool.key"), name: "pool").noteKey
        let demo = SampleHouse.stationYAML(poolPort: "8080", poolKey: key.description, language: .german)
        let configuration = try ConfigurationReader.read(
            try folder.write(demo + yaml.joined(), to: "station.yaml"))
        guard case .label(let label) = configuration.scanner.codes.read("~]C18004A1$") else {
            Issue.record("the page's configuration does not read a GS1 label")
            return
        }
        #expect(label.key == "(8004)A1" && configuration.scanner.idleGap == .milliseconds(80))

        let spellings = page.matches(of: /`([^`]*8004[^`]*4012345ABC)`/).map { String($0.1) }
        #expect(spellings.count == 4)
        for spelling in spellings {
            guard case .label(let label) = CodeReader.standard.read(spelling) else {
                Issue.record("\(spelling) is no label")
                continue
            }
            #expect(label.key == "(8004)4012345ABC")
        }
    }

    @Test func `the codes in the README are those of the demo`() throws {
        let readme = try text("README.md")
        let codes = readme.matches(of: /M[BCLT][0-9A-Z]{3,17}/).map { String(readme[$0.range]) }
        let known =
            SampleHouse.borrowers.map(\.card.text) + SampleHouse.items.map(\.label.text) + ["MCFN1X", "MCEN14"]
        #expect(codes.count > 5)
        // One code of the session is mistyped on purpose.
        for code in codes where code != "MTPA1X" { #expect(known.contains(code), "\(code)") }
    }
}
