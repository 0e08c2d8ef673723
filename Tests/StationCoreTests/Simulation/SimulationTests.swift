// The simulated world as a part of the suite: a year of it with all that can go wrong, what broke a rule once, and a broken
// program for every checker.

import Foundation
import TestSupport
import Testing

@testable import StationCore

@Suite("The simulated world")
struct SimulationTests {
    /// The days of one world, without the calm ones at its end.
    private static let days = 28
    /// How many worlds make a year.
    private static let worldsAYear = 13

    /// Runs worlds side by side.
    private func run(_ seeds: [UInt64]) async -> [SimulationRun] {
        await withTaskGroup(of: SimulationRun.self) { group in
            for seed in seeds { group.addTask { SimulationRun(seed: seed, days: Self.days) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.seed < $1.seed }
        }
    }

    private func judge(_ runs: [SimulationRun]) {
        for run in runs where !run.findings.isEmpty { Issue.record("\(run.report())") }
    }

    /// Prints what happened; gives it as one sum.
    private func tell(_ runs: [SimulationRun]) -> Statistics {
        var stats = Statistics()
        for run in runs { stats.add(run.stats) }
        let days = runs.reduce(0) { $0 + $1.days }
        print("simulation: \(Int(days)) days; seeds \(runs.map { String($0.seed) }.joined(separator: ", "))")
        for line in stats.lines { print("simulation: \(line)") }
        return stats
    }

    @Test("a year with everything that can go wrong breaks no rule, and everything does go wrong in it")
    func year() async {
        let fixed = (1..<Self.worldsAYear).map { UInt64($0) }
        let runs = await run(fixed + [UInt64.random(in: 1000 ... .max)])
        let stats = tell(runs)
        judge(runs)
        #expect(runs.reduce(0) { $0 + $1.days } >= 365)
        #expect(unreached(stats) == [])
    }

    /// Faults, visits and kinds of entries that never came up.
    private func unreached(_ stats: Statistics) -> [String] {
        // A station that is told to stop is the shell's business.
        let kinds = EntryKind.allCases.filter { $0 != .stationStopped }
        return kinds.map(\.rawValue).filter { stats.count(of: $0, in: "entry") == 0 }
            + Fault.allCases.map(\.rawValue).filter { stats.count(of: $0, in: "fault") == 0 }
            + Visit.allCases.map(\.rawValue).filter { stats.count(of: $0, in: "visit") == 0 }
    }

    @Test("a world without faults and staff does not pass for one in which everything happened")
    func reachControl() {
        var liveliness = Liveliness()
        (liveliness.faults, liveliness.visits) = ([], [.borrow, .giveBack])
        let run = SimulationRun(seed: 1, days: 3, liveliness)
        #expect(run.findings.isEmpty)
        let missing = unreached(run.stats)
        #expect(
            Set(missing).isSuperset(
                of: Fault.allCases.map(\.rawValue) + ["office", "return-reported", "outcome-unknown"]))
    }

    @Test("longer runs find nothing either", .enabled(if: SimulationTests.years != nil))
    func manyYears() async {
        for _ in 0..<(Self.years ?? 0) {
            let runs = await run((0..<Self.worldsAYear).map { _ in UInt64.random(in: 1000 ... .max) })
            _ = tell(runs)
            judge(runs)
        }
    }

    @Test("the world of one seed breaks no rule", .enabled(if: SimulationTests.seed != nil))
    func oneSeed() async {
        let runs = await run([Self.seed ?? 0])
        _ = tell(runs)
        judge(runs)
        print("simulation: history \(runs.map(\.history))")
    }

    /// How many more years, or which one seed, are asked for.
    private static let years = number("MILASTATION_SIMULATED_YEARS").map { Int($0) }
    private static let seed = number("MILASTATION_SIMULATED_SEED")

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test("one seed gives one history, bit for bit, and another one another")
    func reproducible() {
        let (first, again) = (SimulationRun(seed: 5, days: 7), SimulationRun(seed: 5, days: 7))
        #expect(first.history == again.history && first.history.count > 1000)
        #expect(SimulationRun(seed: 6, days: 7).history != first.history)
        print("simulation: history of seed 5: \(first.history)")
    }

    @Test("what broke a rule once does so no more")
    func kept() {
        for history in KeptHistory.all {
            let run = SimulationRun(seed: history.seed, deeds: history.deeds)
            #expect(run.findings.isEmpty, "\(run.report())")
        }
    }

    @Test("each broken program is caught by the checker of the rule that it breaks", arguments: Mutant.allCases)
    func mutants(_ mutant: Mutant) {
        let seeds = 1...10 as ClosedRange<UInt64>
        let caught = seeds.first { seed in
            let run = SimulationRun(seed: seed, days: 10, mutant.circumstances, mutant: mutant, watching: mutant.rule)
            return !run.findings.isEmpty
        }
        #expect(caught != nil, "\(mutant.rawValue) breaks \(mutant.rule.rawValue), and nobody saw it")
    }

    @Test("every rule has a checker, and every checker a broken program that it catches")
    func complete() {
        #expect(SimulatedWorld.allCheckers.map { type(of: $0).rule } == Rule.allCases)
        #expect(Set(Mutant.allCases.map(\.rule)) == Set(Rule.allCases))
    }

    @Test("a failing history is cut down to a few deeds that still fail, and can be written down and read again")
    func shrinks() throws {
        let mutant = Mutant.overlooksBlocked
        let failed = try #require(
            (1...10 as ClosedRange<UInt64>).lazy.map { SimulationRun(seed: $0, days: 5, mutant: mutant) }
                .first { !$0.findings.isEmpty })
        let deeds = Shrinking.shrink(failed, mutant: mutant, mostRuns: 60)
        #expect(deeds.count <= 6 && deeds.count < failed.deeds.count)
        let kept = KeptHistory(seed: failed.seed, deeds.map(\.description).joined(separator: "\n"))
        #expect(kept.deeds == deeds)
        let again = SimulationRun(seed: kept.seed, deeds: kept.deeds, mutant: mutant)
        #expect(again.findings.first?.rule == failed.findings.first?.rule)
        #expect(SimulationRun(seed: kept.seed, deeds: kept.deeds).findings.isEmpty)
        #expect(failed.deeds.allSatisfy { Deed($0.description) == $0 } && Deed("1 visit nobody 2") == nil)
    }
}
