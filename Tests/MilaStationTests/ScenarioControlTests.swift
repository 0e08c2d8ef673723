// The runner finds what is not as a scenario says, and the reader what is no scenario: each with its file and line.

import Foundation
import GRDB
import Groundwork
import StationCore
import TestSupport
import Testing

@Suite struct ScenarioControlTests {
    /// A scenario that holds, numbered by lines.
    private static let right = """
        house: standard
        Scenario: a control
          Anna scans her card
            screen: session-began, count 0
          Anna scans the drill
            journal: checkout-begun, item drill, due 2026-12-04 18:00
            opens 4
            screen: locker-opens, item drill, locker 4
            lamp 4: yours
          door 4 opens
            nothing
          door 4 falls shut
            journal: checkout-completed, content empty, basis sensed
            screen: taken, says "Akkuschrauber ist ausgeliehen bis …, 18:00 Uhr."
            Anna has drill
            content of locker 4: empty
        """

    private func read(_ text: String) -> ScenarioReader {
        var reader = ScenarioReader(file: ScenarioFile(name: "control.scenario", path: "control.scenario"))
        reader.read(text)
        return reader
    }

    private func scenario(_ text: String) throws -> Scenario {
        let reader = read(text)
        #expect(reader.problems.isEmpty)
        return try #require(reader.scenarios.first)
    }

    @Test func `the control holds before anything is changed`() throws {
        #expect(ConductorRun.findings(try scenario(Self.right)).isEmpty)
    }

    /// One change to the control, and what has to be found then: the line, and what is said.
    struct Control: Sendable, CustomTestStringConvertible {
        let name: String
        let part: String
        let replacement: String
        let line: Int
        let message: String
        var testDescription: String { name }
    }

    static let controls = [
        Control(
            name: "another message", part: "screen: session-began", replacement: "screen: session-continues", line: 4,
            message: "after 'Anna scans her card' 'screen: session-continues, count 0' was expected, but it was: "
                + "'screen: session-began, count 0, language de, severity info'"),
        Control(
            name: "another detail", part: "count 0", replacement: "count 1", line: 4,
            message: "after 'Anna scans her card' 'screen: session-began, count 1' was expected, but it was: "
                + "'screen: session-began, count 0, language de, severity info'"),
        Control(
            name: "a message that nobody expects", part: "    screen: session-began, count 0\n", replacement: "",
            line: 3,
            message: "after 'Anna scans her card' this came too, which no line expects: "
                + "'screen: session-began, count 0, language de, severity info'"),
        Control(
            name: "a message that never comes", part: "    nothing\n", replacement: "    screen: please-shut\n",
            line: 11,
            message: "after 'door 4 opens' 'screen: please-shut' was expected, but nothing more came"),
        Control(
            name: "an opening that nobody expects", part: "    opens 4\n", replacement: "", line: 5,
            message: "after 'Anna scans the drill' this came too, which no line expects: 'opens 4'"),
        Control(
            name: "an opening that never comes", part: "    nothing\n", replacement: "    opens 5\n", line: 11,
            message: "after 'door 4 opens' 'opens 5' was expected, but nothing more came"),
        Control(
            name: "another door", part: "opens 4\n", replacement: "opens 5\n", line: 7,
            message: "after 'Anna scans the drill' 'opens 5' was expected, but it was: 'opens 4'"),
        Control(
            name: "an entry that nobody expects",
            part: "    journal: checkout-completed, content empty, basis sensed\n", replacement: "", line: 12,
            message: "after 'door 4 falls shut' this came too, which no line expects: 'journal: checkout-completed, …"),
        Control(
            name: "another content", part: "content empty,", replacement: "content holds,", line: 13,
            message: "after 'door 4 falls shut' 'journal: checkout-completed, content holds, basis sensed' was "
                + "expected, but it was: 'journal: checkout-completed, …"),
        Control(
            name: "another due time", part: "due 2026-12-04 18:00", replacement: "due 2026-12-04 17:00", line: 6,
            message: "after 'Anna scans the drill' 'journal: checkout-begun, item drill, due 2026-12-04 17:00' was "
                + "expected, but it was: 'journal: checkout-begun, …"),
        Control(
            name: "another sentence", part: "18:00 Uhr.", replacement: "17:00 Uhr.", line: 14,
            message: "after 'door 4 falls shut' 'screen: taken, says \"Akkuschrauber ist ausgeliehen bis …, 17:00 "
                + "Uhr.\"' was expected, but it was: \"Akkuschrauber ist ausgeliehen bis Freitag, 4. Dezember, 18:00 "
                + "Uhr.\""),
        Control(
            name: "another lamp", part: "lamp 4: yours", replacement: "lamp 4: rest", line: 9,
            message: "after 'Anna scans the drill' the lamp of locker 4 should show 'rest', but shows 'yours'"),
        Control(
            name: "another lamp of the station", part: "lamp 4: yours", replacement: "lamp station: ready", line: 9,
            message: "after 'Anna scans the drill' the lamp of the station should show 'ready', but shows 'serving'"),
        Control(
            name: "other loans", part: "Anna has drill", replacement: "Anna has book", line: 15,
            message: "after 'door 4 falls shut' anna should have book, but has drill"),
        Control(
            name: "another content of a locker", part: "locker 4: empty", replacement: "locker 4: unverified", line: 16,
            message: "after 'door 4 falls shut' locker 4 should be known as 'unverified', but is 'empty'"),
        Control(
            name: "a step that can't be done", part: "door 4 opens\n", replacement: "door 4 falls shut\n", line: 10,
            message: "'door 4 falls shut' could not be done: the door is shut"),
    ]

    @Test(arguments: controls)
    func `what is not as a scenario says is found at its line`(_ control: Control) throws {
        try #require(Self.right.contains(control.part))
        let text = Self.right.replacing(control.part, with: control.replacement, maxReplacements: 1)
        let findings = ConductorRun.findings(try scenario(text))
        let finding = try #require(findings.first)
        #expect(findings.count == 1 && finding.file == "control.scenario" && finding.line == control.line)
        if control.message.hasSuffix(" …") {
            #expect(finding.message.hasPrefix(control.message.dropLast(2)), "\(finding)")
        } else {
            #expect(finding.message == control.message, "\(finding)")
        }
    }

    @Test(arguments: [
        ("screen: session-began", "screen: session-continues", 4), ("    opens 4\n", "", 2),
        ("checkout-completed", "checkout-failed", 13),
    ])
    func `what the programs do otherwise is found too`(_ part: String, _ other: String, _ line: Int) async throws {
        let text = Self.right.replacing("a control", with: "a control [processes]")
        #expect(await ProcessRun.findings(try scenario(text)).isEmpty)
        let findings = await ProcessRun.findings(try scenario(text.replacing(part, with: other)))
        #expect(findings.map(\.line) == [line], "\(findings)")
    }

    @Test func `books that are not what the entries say are found at the end`() throws {
        let stage = try ConductorStage(try scenario(Self.right))
        try stage.start()
        try stage.stop()
        #expect(try stage.journalFindings().isEmpty)
        let queue = try DatabaseQueue(path: stage.journalFile)
        try queue.write { try $0.execute(sql: "INSERT INTO content (locker, content) VALUES ('4', 'empty')") }
        try queue.close()
        #expect(try stage.journalFindings().first?.hasPrefix("the books say") == true)
    }

    @Test func `the code of a card in the journal is found at the end`() throws {
        let stage = try ConductorStage(try scenario(Self.right))
        try stage.start()
        try stage.conduct { try $0.record(.lockerOutOfService(locker: id("4"), reason: "MBANNAANNAANNAANNA2")) }
        #expect(try stage.journalFindings().map { $0.hasSuffix("holds a card's code") } == [true])
    }

    @Test func `the handbook has every step and every expectation`() throws {
        let page = fileText(ScenarioFile.folder + "/../../../docs/scenarios.md")
        for phrase in StepForm.all.map(\.phrase) + ExpectationForm.all.map(\.phrase) {
            #expect(page.contains("| `\(phrase)` |"), "\(phrase)")
        }
        let blocks = page.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let example = try scenario(try #require(blocks.first).replacing("scenario\n", with: "", maxReplacements: 1))
        #expect(ConductorRun.findings(example).isEmpty)
    }

    /// Files with one mistake each: its line, and words of what is said of it.
    static let mistakes: [(text: String, line: Int, says: String)] = [
        ("Scenario: no house", 1, "has no house"),
        ("house: nowhere", 1, "there is no house 'nowhere'"),
        ("house: standard", 1, "there is no scenario in it"),
        ("house: standard\nScenario: nothing", 2, "has no steps"),
        ("house: standard\n  Anna scans her card", 2, "no scenario has begun"),
        ("house: standard\nAnna scans her card", 2, "is no heading"),
        ("house: standard\nScenario: a\n  Anna scnas her card", 3, "'{who} scans {what}'"),
        ("house: standard\nScenario: a\n  Ann scans her card", 3, "Known are anna, bert"),
        ("house: standard\nScenario: a\n  Anna scans the drlil", 3, "there is no item 'the drlil'"),
        ("house: standard\nScenario: a\n  Anna scans locker 44", 3, "there is no locker 'locker 44'"),
        ("house: standard\nScenario: a\n  Anna scans Bernd's card", 3, "'Bernd' has no such card"),
        ("house: standard\nScenario: a\n  Anna scans \"a\\q\"", 3, "a backslash too many"),
        ("house: standard\nScenario: a\n  5 sec pass", 3, "'5 sec' is no duration"),
        ("house: standard\nScenario: a\n  the clock says noon", 3, "'noon' is no time"),
        ("house: standard\nScenario: a\n  power cut\n  It is 2026-11-20 12:00", 4, "comes after the first step"),
        ("house: standard\nScenario: a\n    nothing", 3, "no step reads like 'nothing'"),
        ("house: standard\nScenario: a\n  power cut\n    scren: taken", 4, "no expectation reads like"),
        ("house: standard\nScenario: a\n  power cut\n    screen: take", 4, "Known are taken"),
        ("house: standard\nScenario: a\n  power cut\n    screen: taken, item", 4, "'item' has no value"),
        ("house: standard\nScenario: a\n  power cut\n    opens 44", 4, "there is no locker '44'"),
        ("house: standard\nScenario: a\n  power cut\n    lamp 4: pink", 4, "no lamp shows 'pink'"),
        ("house: standard\nScenario: a\n  power cut\n    opens 4\n    nothing", 5, "stands beside other"),
        ("house: standard\nScenario: a\n  power cut\n power cut", 4, "indented less"),
        ("house: standard\nScenario: a\n  power cut\nScenario: a\n  power cut", 4, "two scenarios are called 'a'"),
        ("house: standard\nScenario: a [fast]\n  power cut", 2, "there is no tag 'fast'"),
        ("house: standard\nScenario: a [processes]\n  5 s pass", 3, "real processes can't play '5 s pass'"),
        ("house: standard\nwith nothing else", 2, "changes nothing"),
        ("house: standard\nwith register: drill", 2, "'drill' is no change"),
        ("house: standard\nwith register: items drill lendable: perhaps", 2, "'lendable' is not true or false"),
        ("house: standard\nwith station: lockers 4 pulse: 5 h", 2, "'pulse' is not a duration"),
        ("house: standard\nwith register: items drill label colour: red", 2, "'colour' leads nowhere"),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake in a file is said with its line and a remedy`(_ index: Int) throws {
        let (text, line, says) = Self.mistakes[index]
        let reader = read(text)
        let problem = try #require(reader.problems.first)
        #expect(reader.problems.count == 1, "\(reader.problems)")
        #expect(problem.file == "control.scenario" && problem.line == line, "\(problem)")
        #expect("\(problem)".contains(says) && !problem.remedy.isEmpty, "\(problem)")
    }
}
