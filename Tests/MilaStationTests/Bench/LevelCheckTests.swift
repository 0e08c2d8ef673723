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

    @Test func `a coil that did not rest is found, and where two may be on a third one is`() {
        let again = Self.recording(
            ("coil-1", .on, 100), ("coil-1", .off, 400), ("coil-1", .on, 450), ("coil-1", .off, 600))
        let twice = [openings[0], openings[0], openings[1]]
        let resting = LevelCheck(caps: check.caps, rests: ["coil-1": 60 * Self.millisecond])
        #expect(resting.findings(in: again, openings: twice) == ["coil-1 at 450 ms had rested for at most 52 ms"])
        #expect(check.findings(in: again, openings: twice) == [])

        let caps = Dictionary(uniqueKeysWithValues: (1...3).map { ("coil-\($0)", 500 * Self.millisecond) })
        let three = Self.recording(
            ("coil-1", .on, 100), ("coil-2", .on, 110), ("coil-3", .on, 120), ("coil-1", .off, 300),
            ("coil-2", .off, 300), ("coil-3", .off, 300))
        let entries = (1...3).map { Self.opening("coil-\($0)", at: 90) }
        #expect(
            LevelCheck(caps: caps, mostAtOnce: 2).findings(in: three, openings: entries)
                == ["coil-3 at 120 ms was energised beside coil-1 and coil-2"])
        #expect(LevelCheck(caps: caps, mostAtOnce: 3).findings(in: three, openings: entries) == [])
    }

    @Test func `an opening that was accepted and not seen, and a coil that is left on, are found`() {
        let first = Array(sound.prefix(4))
        #expect(check.findings(in: sound, accepted: openings) == [])
        #expect(
            check.findings(in: first, accepted: openings) == ["2 openings were accepted, and 1 pulses seen"])
        #expect(check.findings(in: sound, accepted: [openings[0]], unheard: [openings[1]]) == [])
        #expect(check.findings(in: first, accepted: [openings[0]], unheard: [openings[1]]) == [])
        #expect(LevelCheck.findings(inEnd: sound, of: ["coil-1", "coil-2"]) == [])
        #expect(
            LevelCheck.findings(inEnd: Array(sound.dropLast()), of: ["coil-1", "coil-2"]) == ["coil-2 was left on"])
        #expect(LevelCheck.findings(inEnd: sound, of: ["coil-3"]) == ["coil-3 was left on"])
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
