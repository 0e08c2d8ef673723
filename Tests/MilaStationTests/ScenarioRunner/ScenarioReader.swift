// Reads a file of scenarios line by line. Every mistake is noted with its line, and the rest is read all the same.

import Foundation
import Groundwork
import StationCore

/// Reads one file of scenarios.
struct ScenarioReader {
    private let file: ScenarioFile
    private(set) var scenarios: [Scenario] = []
    private(set) var problems: [FileProblem] = []
    /// The house of the file, once it is named.
    private var house: ScenarioHouse?
    /// The scenario that is read; `nil` before the first one.
    private var scenario: Scenario?
    /// Whether it has a mistake, so that it would not be played as it is meant.
    private var isScenarioWrong = false
    private var titles: Set<String> = []
    /// How deep the steps of the present scenario are indented.
    private var depth = 0
    /// Whether the last step could not be read, so that its expectations can't be either.
    private var isStepLost = false

    init(file: ScenarioFile) { self.file = file }

    mutating func read(_ text: String) {
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let content = line.trimmingCharacters(in: .whitespaces)
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            do {
                try read(content, indented: line.prefix { $0 == " " }.count, number)
            } catch let mistake as ScenarioMistake {
                note(mistake, number)
            } catch {
                note(ScenarioMistake("'\(content)' can't be read: \(error)", "Write it as the handbook shows."), number)
            }
        }
        finishScenario()
        if scenarios.isEmpty, problems.isEmpty {
            note(ScenarioMistake("there is no scenario in it", "Write one, or remove the file."), number)
        }
    }

    private mutating func note(_ mistake: ScenarioMistake, _ line: Int) {
        isScenarioWrong = true
        problems.append(
            FileProblem(file: file.name, line: line, problem: mistake.problem, remedy: mistake.remedy))
    }

    private mutating func read(_ content: String, indented: Int, _ line: Int) throws {
        if indented == 0 { return try readHeading(content, line) }
        guard scenario != nil else {
            // Where the heading above is wrong, that was noted.
            if problems.isEmpty { throw ScenarioMistake("no scenario has begun", "Begin one with 'Scenario: '.") }
            return
        }
        if depth == 0 { depth = indented }
        if indented == depth {
            isStepLost = true
            try readStep(content, line)
            isStepLost = false
        } else if indented > depth {
            try readExpectation(content, line)
        } else {
            throw ScenarioMistake("the line is indented less than the steps above", "Indent all steps alike.")
        }
    }

    // MARK: - Headings

    private mutating func readHeading(_ content: String, _ line: Int) throws {
        if let name = content.after("house: ") {
            house = try ScenarioHouse(named: name)
        } else if content.hasPrefix("with ") {
            guard var house, scenario == nil else {
                throw ScenarioMistake("'with' has no house", "Write 'house: standard' above, or indent the line.")
            }
            try Self.change(&house, content)
            self.house = house
        } else if let title = content.after("Scenario: ") {
            finishScenario()
            try begin(title, line)
        } else {
            throw ScenarioMistake(
                "'\(content)' is no heading", "Begin the line with 'house: ', 'with ' or 'Scenario: ', or indent it.")
        }
    }

    private mutating func begin(_ titleAndTags: String, _ line: Int) throws {
        guard let house else {
            throw ScenarioMistake("the scenario has no house", "Write 'house: standard' at the top of the file.")
        }
        var (title, tags) = (titleAndTags, Set<Scenario.Tag>())
        while title.hasSuffix("]"), let open = title.lastIndex(of: "[") {
            let name = String(title[open...].dropFirst().dropLast())
            guard let tag = Scenario.Tag(rawValue: name) else {
                throw ScenarioMistake("there is no tag '\(name)'", Gaps.choose(Scenario.Tag.allCases.map(\.rawValue)))
            }
            tags.insert(tag)
            title = title[..<open].trimmingCharacters(in: .whitespaces)
        }
        let begins = LocalTime(house.zone).instant("2026-11-20 12:00") ?? .earliest
        scenario = Scenario(file: file, line: line, title: title, tags: tags, house: house, begins: begins)
        (depth, isStepLost, isScenarioWrong) = (0, false, false)
        guard titles.insert(title).inserted else {
            throw ScenarioMistake("two scenarios are called '\(title)'", "Rename one of them.")
        }
    }

    private mutating func finishScenario() {
        guard let finished = scenario else { return }
        if finished.steps.isEmpty, !isScenarioWrong {
            note(ScenarioMistake("the scenario '\(finished.title)' has no steps", "Write some."), finished.line)
        }
        if !isScenarioWrong { scenarios.append(finished) }
        scenario = nil
    }

    private static func change(_ house: inout ScenarioHouse, _ content: String) throws {
        if let change = content.after("with register: ") {
            try house.changeRegister(change)
        } else if let change = content.after("with station: ") {
            try house.changeStation(change)
        } else {
            throw ScenarioMistake(
                "'\(content)' changes nothing", "Write 'with register: …' or 'with station: …' and what is different.")
        }
    }

    // MARK: - Steps

    private mutating func readStep(_ content: String, _ line: Int) throws {
        guard let current = scenario else { return }
        // The names of the latest register count, and those of earlier ones.
        var known = current.house
        for step in current.steps { if case .registerSays(let house) = step.action { known = house } }
        let isBeginning = current.steps.isEmpty
        if content.hasPrefix("with ") || content.hasPrefix("It is ") {
            guard isBeginning else {
                throw ScenarioMistake(
                    "'\(content)' comes after the first step",
                    "Write it at the scenario's beginning, or 'the register says: …' and 'the clock says …' here.")
            }
            if content.hasPrefix("with ") {
                try Self.change(&known, content)
                scenario?.house = known
            } else {
                scenario?.begins = try Gaps(texts: ["time": content.after("It is ") ?? ""], house: known).time("time")
            }
            return
        }
        let words = Phrase.words(of: content)
        for form in StepForm.all {
            guard let texts = form.phrase.gaps(in: words) else { continue }
            let gaps = Gaps(texts: texts, house: known)
            if let who = texts["who"], who != "Somebody" { try gaps.checkPerson("who") }
            let step = Scenario.Step(line: line, text: content, action: try form.action(gaps))
            if current.tags.contains(.processes), !step.action.isPlayedByProcesses {
                throw ScenarioMistake(
                    "real processes can't play '\(content)'", "Remove the step, or the tag [processes].")
            }
            scenario?.steps.append(step)
            return
        }
        throw ScenarioMistake(
            "no step reads like '\(content)'", "Steps are \(Self.list(StepForm.all.map(\.phrase), like: words)).")
    }

    private mutating func readExpectation(_ content: String, _ line: Int) throws {
        guard let current = scenario, let step = current.steps.last else {
            if isStepLost { return }
            throw ScenarioMistake("no step comes before '\(content)'", "Indent it less, or write a step above.")
        }
        guard !isStepLost else { return }
        var words = Phrase.words(of: content)
        var count = 1
        if words.count > 2, words[1] == "times", let written = Int(words[0]), (2...1000).contains(written) {
            (count, words) = (written, Array(words.dropFirst(2)))
        }
        var known = current.house
        for step in current.steps { if case .registerSays(let house) = step.action { known = house } }
        for form in ExpectationForm.all {
            guard let texts = form.phrase.gaps(in: words) else { continue }
            let kind = try form.kind(Gaps(texts: texts, house: known))
            if !step.expectations.isEmpty, case .nothing = kind {
                throw ScenarioMistake("'nothing' stands beside other expectations", "Remove it, or them.")
            }
            scenario?.steps[current.steps.count - 1].expectations +=
                Array(repeating: Expectation(line: line, kind: kind), count: count)
            return
        }
        throw ScenarioMistake(
            "no expectation reads like '\(content)'",
            "Expectations are \(Self.list(ExpectationForm.all.map(\.phrase), like: words)).")
    }

    /// The phrases that share the most words with a line; all where none does.
    private static func list(_ phrases: [Phrase], like words: [String]) -> String {
        let counted = phrases.map { phrase in
            (phrase, phrase.description.split(separator: " ").count { words.contains(String($0)) })
        }
        let most = counted.map(\.1).max() ?? 0
        return counted.filter { $0.1 == most }.map { "'\($0.0)'" }.joined(separator: ", ")
    }
}

extension String {
    /// What comes after a beginning; `nil` where the text begins otherwise.
    fileprivate func after(_ beginning: String) -> String? {
        hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
    }
}
