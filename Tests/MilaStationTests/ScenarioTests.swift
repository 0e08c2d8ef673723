// Plays all scenarios in `Scenarios/`; `docs/scenarios.md` says how they are written.

import Groundwork
import TestSupport
import Testing

@Suite struct ScenarioTests {
    @Test func `every scenario can be read`() {
        for problem in ScenarioCollection.all.problems { Issue.record("\(problem)") }
        #expect(ScenarioCollection.all.scenarios.count > 0)
    }

    @Test(arguments: ScenarioCollection.all.scenarios)
    func `the station does what the scenario says`(_ scenario: Scenario) {
        report(ConductorRun.findings(scenario), of: scenario)
    }

    // One after the other: checking PINs is slow on purpose, and a station that gets too little of the machine takes its
    // guard for lost.
    @Test(.serialized, arguments: ScenarioCollection.all.scenarios.filter { $0.tags.contains(.processes) })
    func `the three programs do what the scenario says`(_ scenario: Scenario) async {
        report(await ProcessRun.findings(scenario), of: scenario)
    }

    private func report(_ findings: [Finding], of scenario: Scenario) {
        for finding in findings {
            let place = SourceLocation(
                fileID: "MilaStationTests/\(scenario.file.name)", filePath: scenario.file.path, line: finding.line,
                column: 1)
            Issue.record("\(finding)", sourceLocation: place)
        }
    }
}
