// Holds what the coils were seen to do against the entries that allow it: rules S1 and S2, from the first look to the
// last. Only what is certain within the recorder's grain is a finding.

/// An entry that allows one pulse of one coil.
package struct CommittedOpening: Equatable, Sendable {
    package let coil: String
    /// When it was decided, in CLOCK_BOOTTIME nanoseconds.
    package let at: UInt64

    package init(coil: String, at: UInt64) { (self.coil, self.at) = (coil, at) }
}

/// A time that a coil was seen energised.
package struct SeenPulse: Equatable, Sendable {
    package let coil: String
    package let on: LevelChange
    /// The end of it; `nil` where it was never seen to end.
    package let off: LevelChange?

    /// How long it was on at least, and at most.
    package var atLeast: UInt64 { off.map { $0.notBefore > on.at ? $0.notBefore - on.at : 0 } ?? .max }
    package var atMost: UInt64 { off.map { $0.at - on.notBefore } ?? .max }
}

/// What a recording of coils has to keep to.
package struct LevelCheck: Sendable {
    /// The two clocks behind looks and entries are compared a moment apart, and entries have whole milliseconds.
    package static let clockTolerance: UInt64 = 2_000_000

    /// The longest that each coil may be on, in nanoseconds.
    package let caps: [String: UInt64]
    /// How long each coil rests after a pulse, in nanoseconds; not at all where nothing is said.
    package let rests: [String: UInt64]
    /// How many coils the supply bears at once.
    package let mostAtOnce: Int

    package init(caps: [String: UInt64], rests: [String: UInt64] = [:], mostAtOnce: Int = 1) {
        (self.caps, self.rests, self.mostAtOnce) = (caps, rests, mostAtOnce)
    }

    /// The pulses of the coils, in the order in which they began.
    package func pulses(in changes: [LevelChange]) -> [SeenPulse] {
        var begun: [String: LevelChange] = [:]
        var pulses: [SeenPulse] = []
        for change in changes where caps[change.line] != nil {
            if let on = begun.removeValue(forKey: change.line) {
                pulses.append(SeenPulse(coil: change.line, on: on, off: change))
            }
            if change.level == .on { begun[change.line] = change }
        }
        pulses += begun.values.map { SeenPulse(coil: $0.line, on: $0, off: nil) }
        return pulses.sorted { $0.on.at < $1.on.at }
    }

    /// What is wrong with a recording, in words; nothing where all is well.
    package func findings(in changes: [LevelChange], openings: [CommittedOpening]) -> [String] {
        var left = Dictionary(grouping: openings.sorted { $0.at < $1.at }, by: \.coil)
        var findings = Set(caps.keys).subtracting(changes.map(\.line)).sorted().map { "\($0) was never looked at" }
        var others: [SeenPulse] = []
        var latest: [String: SeenPulse] = [:]
        for pulse in pulses(in: changes) {
            let name = "\(pulse.coil) at \(pulse.on.at / 1_000_000) ms"
            let isAllowed = { (opening: CommittedOpening) in opening.at <= pulse.on.at + Self.clockTolerance }
            if let used = left[pulse.coil]?.lastIndex(where: isAllowed) {
                left[pulse.coil]?.remove(at: used)
            } else {
                findings.append("\(name) was energised without an entry of its own before it")
            }
            if pulse.off == nil {
                findings.append("\(name) was never switched off")
            } else if pulse.atLeast > caps[pulse.coil] ?? 0 {
                findings.append("\(name) was on for \(pulse.atLeast / 1_000_000) ms, longer than its cap")
            }
            others.removeAll { $0.off.map { $0.notBefore <= pulse.on.at } ?? false }
            if others.count >= mostAtOnce {
                findings.append("\(name) was energised beside \(others.map(\.coil).joined(separator: " and "))")
            }
            others.append(pulse)
            if let before = latest.updateValue(pulse, forKey: pulse.coil)?.off {
                let rested = pulse.on.at - min(pulse.on.at, before.notBefore)
                if rested < rests[pulse.coil] ?? 0 {
                    findings.append("\(name) had rested for at most \(rested / 1_000_000) ms")
                }
            }
        }
        return findings
    }

    /// What is wrong with a recording in which each accepted opening has to be seen, as those that a guard said it accepted;
    /// `unheard` are others that may be.
    package func findings(
        in changes: [LevelChange], accepted openings: [CommittedOpening], unheard: [CommittedOpening] = []
    ) -> [String] {
        let pulses = pulses(in: changes).count
        return findings(in: changes, openings: openings + unheard)
            + (pulses < openings.count ? ["\(openings.count) openings were accepted, and \(pulses) pulses seen"] : [])
    }

    /// What is wrong with a guard's start: an output that was seen on, in this recording of it, after the guard's socket
    /// was there; or one that is on at its end.
    package static func findings(
        inStart changes: [LevelChange], of outputs: [String], before socket: String
    ) -> [String] {
        guard let ready = changes.first(where: { $0.line == socket && $0.level == .on }) else {
            return ["the guard never became ready"]
        }
        return outputs.compactMap { output in
            guard let off = changes.first(where: { $0.line == output && $0.level == .off }) else {
                return "\(output) was never switched off"
            }
            return off.notBefore > ready.at ? "\(output) was still on when the guard was ready" : nil
        }
    }

    /// What is wrong with the end of a guard whose lines stay as it left them: an output that is on after it.
    package static func findings(inEnd changes: [LevelChange], of outputs: [String]) -> [String] {
        outputs.filter { output in changes.last { $0.line == output }?.level != .off }.map { "\($0) was left on" }
    }

    /// How long after an instant a coil that was on went off, at most; `nil` where it never did.
    package static func timeToOff(
        _ coil: String, after instant: UInt64, in changes: [LevelChange]
    ) -> UInt64? {
        let off = changes.first { $0.line == coil && $0.level != .on && $0.at >= instant }
        return off.map { $0.at - instant }
    }
}

/// Nanoseconds as people read them.
package func milliseconds(_ nanoseconds: UInt64) -> String {
    "\(nanoseconds / 1_000_000).\(nanoseconds / 100_000 % 10) ms"
}
