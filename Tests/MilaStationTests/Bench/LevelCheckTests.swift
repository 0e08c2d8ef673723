// What the checks of the test bench must find: recordings and journals that are broken in one place each.

import TestSupport
import Testing

@Suite struct LevelCheckTests {
    private static let millisecond: UInt64 = 1_000_000
    private let check = LevelCheck(caps: ["coil-1": 500 * millisecond, "coil-2": 500 * millisecond])
    private let openings = [opening("coil-1", at: 90), opening("coil-2", at: 990)]

    private static func opening(_ coil: String, at instant: UInt64) -> CommittedOpening {
        CommittedOpening(coil: coil, at: instant * millisecond)
    }

    /// A recording with a grain of 2 ms, from `LINE LEVEL MILLISECONDS`; all coils are off at first.
    private static func recording(_ changes: (String, Level, UInt64)...) -> [LevelChange] {
        let first = ["coil-1", "coil-2"].map { LevelChange(line: $0, level: .off, notBefore: 1, at: 1) }
        return first
            + changes.map { line, level, instant in
                LevelChange(line: line, level: level, notBefore: (instant - 2) * millisecond, at: instant * millisecond)
            }
    }

    private let sound = recording(
        ("coil-1", .on, 100), ("coil-1", .off, 400), ("coil-2", .on, 1000), ("coil-2", .off, 1300))

    @Test func `a recording in which each pulse has its entry is sound`() {
        #expect(check.findings(in: sound, openings: openings) == [])
        #expect(check.pulses(in: sound).map(\.atLeast) == [298 * Self.millisecond, 298 * Self.millisecond])
    }

    @Test func `a pulse before its entry, without one, for another coil, or the second one for it is found`() {
        let late = [Self.opening("coil-1", at: 103), openings[1]]
        #expect(check.findings(in: sound, openings: late).count == 1)
        #expect(check.findings(in: sound, openings: []).count == 2)
        #expect(check.findings(in: sound, openings: [openings[0], Self.opening("coil-1", at: 990)]).count == 1)
        let twice = sound + Self.recording(("coil-1", .on, 2000), ("coil-1", .off, 2300))[2...]
        #expect(
            check.findings(in: twice, openings: openings)
                == ["coil-1 at 2000 ms was energised without an entry of its own before it"])
    }

    @Test func `a pulse that outlasts its cap, or never ends, is found`() {
        let long = Self.recording(("coil-1", .on, 100), ("coil-1", .off, 603))
        #expect(
            check.findings(in: long, openings: openings) == ["coil-1 at 100 ms was on for 501 ms, longer than its cap"])
        let endless = Self.recording(("coil-1", .on, 100))
        #expect(check.findings(in: endless, openings: openings) == ["coil-1 at 100 ms was never switched off"])
        #expect(LevelCheck.timeToOff("coil-1", after: 200 * Self.millisecond, in: endless) == nil)
        #expect(LevelCheck.timeToOff("coil-1", after: 200 * Self.millisecond, in: long) == 403 * Self.millisecond)
    }

    @Test func `two coils at once, a coil that is on from the first look on, and one nobody looked at are found`() {
        let both = Self.recording(
            ("coil-1", .on, 1000), ("coil-2", .on, 1100), ("coil-1", .off, 1300), ("coil-2", .off, 1400))
        #expect(check.findings(in: both, openings: openings) == ["coil-2 at 1100 ms was energised beside coil-1"])
        let boot = [
            LevelChange(line: "coil-1", level: .on, notBefore: 5, at: 5),
            LevelChange(line: "coil-1", level: .off, notBefore: 6, at: 7),
        ]
        #expect(
            check.findings(in: boot, openings: openings)
                == ["coil-2 was never looked at", "coil-1 at 0 ms was energised without an entry of its own before it"])
    }

    @Test func `a guard that is ready before a line is off, or never, is found`() {
        let outputs = ["coil-1", "coil-2"]
        func findings(_ changes: [LevelChange]) -> [String] {
            LevelCheck.findings(inStart: Array(changes.dropFirst(2)), of: outputs, before: "socket")
        }
        #expect(findings(Self.recording(("coil-1", .off, 10), ("coil-2", .off, 11), ("socket", .on, 12))) == [])
        #expect(
            findings(Self.recording(("coil-1", .off, 10), ("socket", .on, 12), ("coil-2", .off, 15)))
                == ["coil-2 was still on when the guard was ready"])
        #expect(
            findings(Self.recording(("coil-1", .off, 10), ("socket", .on, 12))) == ["coil-2 was never switched off"])
        #expect(findings(Self.recording(("coil-1", .off, 10))) == ["the guard never became ready"])
    }

    @Test func `a journal that hides an outage, does not end it, or serves nobody meanwhile is found`() {
        func findings(_ story: [(String, String)]) -> [String] {
            let lines = story.map { BenchJournal.Line(kind: $0, data: ["locker": $1], at: 0) }
            return BenchJournal(lines).findings(inOutageOf: "2", servedMeanwhile: "1")
        }
        let (out, others) = (("locker-out-of-service", "2"), ("checkout-completed", "1"))
        let (back, served) = (("locker-in-service", "2"), ("checkout-completed", "2"))
        #expect(findings([out, others, back, served]) == [])
        #expect(findings([others, back, served]) == ["locker 2 never went out of service"])
        #expect(findings([out, others, served]) == ["locker 2 never came back into service"])
        #expect(findings([out, back, others, served]) == ["locker 1 was not served meanwhile"])
        #expect(findings([out, others, back]) == ["locker 2 was not served afterwards"])
        #expect(
            findings([out, served, others, back])
                == ["locker 2 was served while it was out of service", "locker 2 was not served afterwards"])
    }
}
