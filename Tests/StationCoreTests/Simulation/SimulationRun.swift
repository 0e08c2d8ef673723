// Runs simulated worlds and tells what came of them. A history that breaks a rule is cut down to the deeds that it needs.

import TestSupport

@testable import StationCore

/// What came of one simulated world.
struct SimulationRun: Sendable {
    let seed: UInt64
    let deeds: [Deed]
    let days: Double
    let findings: [Finding]
    let history: HistoryHash
    let stats: Statistics

    /// Lets a seed's world live; where a rule is named, only its checker watches.
    init(
        seed: UInt64, days: Int, _ liveliness: Liveliness = Liveliness(), mutant: Mutant? = nil,
        watching rule: Rule? = nil
    ) {
        self.init(
            seed: seed, deeds: Deed.schedule(seed: seed, days: days, liveliness), mutant: mutant, watching: rule)
    }

    init(seed: UInt64, deeds: [Deed], mutant: Mutant? = nil, watching rule: Rule? = nil) {
        let world = SimulatedWorld(seed: seed, deeds: deeds, mutant: mutant, watching: rule)
        world.run()
        (self.seed, self.deeds, days) = (seed, deeds, world.days)
        (findings, history, stats) = (world.findings, world.history, world.stats)
    }

    /// What is printed of a broken rule: what it was, and a history to keep that shows it.
    func report(mutant: Mutant? = nil) -> String {
        guard let finding = findings.first else { return "seed \(seed): nothing was found" }
        let deeds = Shrinking.shrink(self, mutant: mutant)
        let lines = deeds.map { "        \($0)" }.joined(separator: "\n")
        return """
            seed \(seed): \(finding)
            To keep it, put this into KeptHistories.swift:
                KeptHistory(
                    seed: \(seed),
                    \"\"\"
            \(lines)
                    \"\"\"),
            """
    }
}

/// Cuts a history down: drops what is not needed for the same rule to be broken (after Zeller and Hildebrandt, "Simplifying
/// and Isolating Failure-Inducing Input", 2002).
enum Shrinking {
    static func shrink(_ failed: SimulationRun, mutant: Mutant? = nil, mostRuns: Int = 200) -> [Deed] {
        guard let finding = failed.findings.first else { return failed.deeds }
        var runs = 0
        func stillFails(_ deeds: [Deed]) -> Bool {
            runs += 1
            return SimulationRun(seed: failed.seed, deeds: deeds, mutant: mutant).findings.first?.rule == finding.rule
        }
        // What came after it had no part in it, but the end of the world moves with the last deed.
        let before = failed.deeds.filter { UInt64($0.at) * 1_000_000 <= finding.instant }
        var deeds = stillFails(before) ? before : failed.deeds
        var size = max(1, deeds.count / 2)
        while runs < mostRuns {
            var hasShrunk = false
            var start = 0
            while start < deeds.count, runs < mostRuns {
                var fewer = deeds
                fewer.removeSubrange(start..<min(start + size, deeds.count))
                if stillFails(fewer) {
                    deeds = fewer
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        return deeds
    }
}
