// Plays a scenario with the three real programs: scans go to the station's standard input, doors move by themselves behind
// the guard's simulated lines, and what people read comes from the screen's JSON. Times, counts and lamps are for
// ``ConductorRun``, which plays the same scenario.

import Foundation
import GuardProtocol
import StationCore
import TestSupport
import Yams

@testable import MilaStation

/// A scenario played by real processes.
struct ProcessRun {
    /// How long a message may take, on a machine that others share.
    private static let patience: Duration = .seconds(30)

    private let scenario: Scenario
    private let judge: Judge
    private let station: DemoStation
    /// How much of the screen has been compared.
    private var seen = 0
    private var lastScan = ""

    /// What is not as a scenario says.
    static func findings(_ scenario: Scenario) async -> [Finding] {
        let judge = Judge(scenario)
        do {
            var run = try ProcessRun(scenario, judge)
            return try await run.play()
        } catch {
            return [judge.finding(scenario.line, "the scenario could not be played by the programs: \(error)")]
        }
    }

    private init(_ scenario: Scenario, _ judge: Judge) throws {
        (self.scenario, self.judge) = (scenario, judge)
        station = try DemoStation(
            house: { _ in scenario.house.registerText },
            configuration: { try Self.configuration(of: scenario.house, like: $0) })
    }

    /// The house's configuration with the demo's folders, guard and pool, and with doors that are in a hurry.
    private static func configuration(of house: ScenarioHouse, like demo: String) throws -> String {
        let demo = try Yams.compose(yaml: demo)
        var changes = ["data", "guard", "pool"].map { YAMLChange([$0], to: demo?[$0] ?? [:]) }
        changes.append(YAMLChange(["session-timeout"], to: "600 s"))
        for (locker, door) in house.configuration.doors {
            let path = ["lockers", locker.text]
            changes += [YAMLChange(path + ["pulse"], to: "20 ms"), YAMLChange(path + ["rest"], to: "5 ms")]
            guard door.hasSensor else { continue }
            changes.append(YAMLChange(path + ["simulated-door"], to: ["opens": "20 ms", "latches": "80 ms"]))
        }
        return try changes.reduce(house.stationText) { try $1.applied(to: $0) }
    }

    private mutating func play() async throws -> [Finding] {
        try await ready()
        let (entries, openings) = (try journal().count, self.openings().count)
        for step in scenario.steps {
            try await perform(step.action)
            if let finding = try await waitForScreen(step) { return [finding] }
        }
        let expected = scenario.steps.flatMap { step in
            Deed.Channel.allCases.flatMap { step.expected($0) }.map { (line: $0.line, deed: visible($0.deed)) }
        }
        func these(_ channel: Deed.Channel) -> [(line: Int, deed: ExpectedDeed)] {
            expected.filter { $0.deed.channel == channel }
        }
        try await wait { try journal().count >= entries + these(.journal).count }
        let end = (line: scenario.line, text: scenario.title)
        var findings = [
            judge.compare(.journal, Array(try journal()[entries...]), with: these(.journal), after: end),
            judge.compare(.opens, Array(self.openings()[openings...]), with: these(.opens), after: end),
            judge.compare(.screen, Array(try screen()[seen...]), with: [], after: end),
        ].compactMap(\.self)
        let verified = try station.run("journal", "verify")
        if verified.code != 0 { findings.append(judge.finding(scenario.line, "at the end \(verified.text)")) }
        let code = station.stop(.station)
        if code != 0 { findings.append(judge.finding(scenario.line, "the station left with \(code ?? -1)")) }
        return findings
    }

    /// Waits until guard and register are there, and forgets what was said until then.
    private mutating func ready() async throws {
        let station = station
        try await soon("the guard joins") { station.screen.contains("station-ready") }
        try await soon("a register is there") {
            try station.run("journal", "status").output.contains("\nregister: ")
        }
        seen = try screen().count
    }

    private mutating func perform(_ action: Action) async throws {
        switch action {
        case .scan(let text, _):
            // A person takes longer to scan the same label again than a slip of the hand does.
            if text == lastScan { try await Task.sleep(for: .milliseconds(2200)) }
            lastScan = text
            station.scan(text)
        case .send(let bytes): station.feed(String(decoding: bytes, as: UTF8.self))
        case .door(_, .opens), .door(_, .shuts): break  // They do so by themselves.
        case .look(let locker, let content):
            let said = try station.run("locker", locker.text, content.rawValue)
            guard said.code == 0 else { throw StageTrouble(said.text) }
        case .power(.blinks):
            try station.kill(.station)
            try station.kill(.guardian)
            try station.start(.guardian)
            try station.start(.station)
            (seen, lastScan) = (0, "")
        case .inputEnds, .pass, .passUntil, .clockSays, .clock, .poolSaysTime, .door(_, .doesNotOpen), .lines, .sensor,
            .emergencyStop, .guardian,
            .registerSays, .register, .pool, .disk, .journalIsRuined, .power(.goes), .power(.comes), .power(.stops),
            .power(.starts):
            preconditionFailure("the reader lets no scenario have \(action) and the tag [processes]")
        }
    }

    /// Waits for what a step should bring onto the screen.
    private mutating func waitForScreen(_ step: Scenario.Step) async throws -> Finding? {
        let expected = step.expected(.screen).map { (line: $0.line, deed: visible($0.deed)) }
        let end = seen + expected.count
        try await wait { try screen().count >= end }
        let happened = Array(try screen()[seen...].prefix(expected.count))
        seen = end
        return judge.compare(.screen, happened, with: expected, after: (step.line, step.text))
    }

    /// Waits until something is true, or patience ends; what is missing then is for the judge to say.
    private func wait(_ isTrue: () throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        while try !isTrue(), clock.now < end { try await Task.sleep(for: .milliseconds(5)) }
    }

    // MARK: - What can be seen

    /// What of an expectation real processes can show: their clock is the machine's, and their screen's JSON has no numbers
    /// and nobody's name.
    private func visible(_ deed: ExpectedDeed) -> ExpectedDeed {
        var visible = deed
        if deed.channel == .screen {
            visible.details.removeAll { ["pieces", "cents", "borrower"].contains($0.name) }
        }
        visible.details = visible.details.filter { name, value in
            if case .time = value { return false }
            return !["count", "language", "clock"].contains(name)
        }
        let isTimed = deed.details.contains { if case .time = $0.value { true } else { false } }
        if isTimed { visible.sentence = nil }
        return visible
    }

    private func screen() throws -> [Deed] {
        try jsonLines(station.screen).filter { $0["event"] as? String == "message" }.map { line in
            Deed(
                channel: .screen, name: line["id"] as? String ?? "", details: line.compactMapValues { $0 as? String },
                sentences: (line["text"] as? [String: String] ?? [:]).values.sorted())
        }
    }

    private func journal() throws -> [Deed] {
        let export = try station.run("journal", "export")
        guard export.code == 0 else { throw StageTrouble("journal export: \(export.errors)") }
        return try export.output.split(separator: "\n").map { line in
            guard let deed = Deed(entry: Array(line.utf8)) else { throw StageTrouble("no entry: \(line)") }
            return deed
        }
    }

    /// The coils that were switched on.
    private func openings() -> [Deed] {
        let lockers = scenario.house.configuration.lines.lockers
        return station.trace.filter { $0.value == "1" }.compactMap { order in
            lockers.first { "\($0.coil.chip)/\($0.coil.line)" == order.line }
                .map { Deed(channel: .opens, name: $0.name) }
        }
    }
}
