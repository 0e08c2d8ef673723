// Guards that can't be trusted, as real processes: the one that is shipped, with something preloaded that breaks one
// thing. The lines alone have to show it, and must show nothing of a guard that is sound.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

extension GuardProcessTests {
    @Suite(
        "Guards that are broken",
        .enabled(if: GuardBench.isPossible && !VirtualTime.isOn, "\(GuardBench.isNeeded)"), .timeLimit(.minutes(5)))
    struct Broken {
        /// What is broken, and what the bench has to find.
        static let faults: [(fault: String, findings: [String])] = [
            ("late:0:400", ["longer than its cap"]),
            ("again:0:100", ["was energised without an entry of its own before it"]),
            ("beside:0:1", ["was energised beside K"]),
            ("stuck:0", ["was never switched off", "K1 was left on"]),
            ("start:0", ["was energised without an entry of its own before it"]),
            ("mute", ["requests got no answer"]),
            ("leak", ["memory grew", "descriptors: "]),
        ]

        @Test("of a sound guard nothing is found")
        func sound() throws { #expect(try findings(of: nil) == []) }

        @Test("what a broken guard does is found", arguments: faults.indices)
        func broken(_ index: Int) throws {
            let (fault, expected) = Self.faults[index]
            let findings = try findings(of: fault)
            for finding in expected {
                #expect(findings.contains { $0.contains(finding) }, "\(fault): \(finding) is not among \(findings)")
            }
        }

        @Test("an output that was on before the guard's start and stays on is found", arguments: [nil, "start:0"])
        func start(_ fault: String?) throws {
            let bench = try GuardBench()
            // What a relay on an expander does after a guard that died.
            try bench.chip.pull("K1", up: true)
            let recorder = try LevelRecorder(bench.sources)
            let process = try bench.startGuard(fault: fault)
            try recorder.wait(for: GuardBench.socket, .on)
            try bench.chip.pull("K1", up: false)
            let findings = LevelCheck.findings(inStart: recorder.changes, of: ["K1"], before: GuardBench.socket)
            #expect(findings == (fault == nil ? [] : ["K1 was never switched off"]))
            process.send(signal: SIGTERM)
            #expect(process.end() == .code(0))
            try recorder.stop()
        }

        /// What is wrong with a guard that had an opening, requests to refuse, another opening and a stop while its coil is on.
        private func findings(of fault: String?) throws -> [String] {
            let bench = try GuardBench()
            let recorder = try LevelRecorder(bench.sources)
            let process = try bench.startGuard(fault: fault)
            let station = try bench.station()
            let lines = try KeptLines(of: process.identifier)
            var requests = Requests()
            let before = Footprint(of: process)
            // The coils rest after the start.
            usleep(GuardBench.rest * 1000)
            _ = requests.ask(station, locker: 0, pulse: GuardBench.pulse)
            for _ in 0..<15 { _ = requests.ask(station, locker: 1, pulse: GuardBench.cap + 1) }
            try requests.settle(with: station, within: 3000 * millisecond)
            // Enough answers to show memory that is lost with each.
            if fault == "leak" { try requests.flood(station, 1000) }
            let after = Footprint(of: process)
            if fault != "stuck:0" { try recorder.wait(for: "K1", .off, times: 2) }
            usleep(GuardBench.rest * 1000)
            // It is stopped with a coil on, and its lines stay as it left them.
            if fault == "mute" {
                _ = requests.ask(station, locker: 0, pulse: GuardBench.cap)
            } else {
                try bench.open(station, &requests, pulse: GuardBench.cap)
            }
            try recorder.wait(for: "K1", .on, times: fault == "stuck:0" ? 1 : 2)
            process.send(signal: SIGTERM)
            try requests.settle(with: station, within: 3000 * millisecond)
            guard process.end() == .code(0) else { throw WorkbenchError("the guard did not stop: \(process.log)") }
            try recorder.lookAgain()
            let end = LevelCheck.findings(inEnd: recorder.changes, of: GuardBench.coils)
            withExtendedLifetime(lines) {}
            try recorder.stop()
            return GuardBench.check.findings(in: recorder.changes, accepted: requests.accepted) + requests.findings
                + after.findings(since: before) + end
        }
    }
}
