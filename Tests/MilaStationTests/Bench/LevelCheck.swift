// Holds what the coils were seen to do against the entries that allow it: rules S1 and S2, from the first look to the
// last. Only what is certain within the recorder's grain is a finding.

/// An entry that allows one pulse of one coil.
struct CommittedOpening: Equatable, Sendable {
    let coil: String
    /// When it was decided, in CLOCK_BOOTTIME nanoseconds.
    let at: UInt64
}

/// A time that a coil was seen energised.
struct SeenPulse: Equatable, Sendable {
    let coil: String
    let on: LevelChange
    /// The end of it; `nil` where it was never seen to end.
    let off: LevelChange?

    /// How long it was on at least, and at most.
    var atLeast: UInt64 { off.map { $0.notBefore > on.at ? $0.notBefore - on.at : 0 } ?? .max }
    var atMost: UInt64 { off.map { $0.at - on.notBefore } ?? .max }
}

/// What a recording of coils has to keep to.
struct LevelCheck {
    /// The two clocks behind looks and entries are compared a moment apart, and entries have whole milliseconds.
    static let clockTolerance: UInt64 = 2_000_000

    /// The longest that each coil may be on, in nanoseconds.
    let caps: [String: UInt64]

    /// The pulses of the coils, in the order in which they began.
    func pulses(in changes: [LevelChange]) -> [SeenPulse] {
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
    func findings(in changes: [LevelChange], openings: [CommittedOpening]) -> [String] {
        var left = openings
        var findings = Set(caps.keys).subtracting(changes.map(\.line)).sorted().map { "\($0) was never looked at" }
        let pulses = pulses(in: changes)
        for (index, pulse) in pulses.enumerated() {
            let name = "\(pulse.coil) at \(pulse.on.at / 1_000_000) ms"
            let isAllowed = { (opening: CommittedOpening) in
                opening.coil == pulse.coil && opening.at <= pulse.on.at + Self.clockTolerance
            }
            if let used = left.lastIndex(where: isAllowed) {
                left.remove(at: used)
            } else {
                findings.append("\(name) was energised without an entry of its own before it")
            }
            if pulse.off == nil {
                findings.append("\(name) was never switched off")
            } else if pulse.atLeast > caps[pulse.coil] ?? 0 {
                findings.append("\(name) was on for \(pulse.atLeast / 1_000_000) ms, longer than its cap")
            }
            for earlier in pulses[..<index] where earlier.off.map({ $0.notBefore > pulse.on.at }) ?? true {
                findings.append("\(name) was energised beside \(earlier.coil)")
            }
        }
        return findings
    }

    /// What is wrong with a guard's start: an output that was seen on, in this recording of it, after the guard's socket
    /// was there; or one that is on at its end.
    static func findings(inStart changes: [LevelChange], of outputs: [String], before socket: String) -> [String] {
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

    /// How long after an instant a coil that was on went off, at most; `nil` where it never did.
    static func timeToOff(_ coil: String, after instant: UInt64, in changes: [LevelChange]) -> UInt64? {
        let off = changes.first { $0.line == coil && $0.level != .on && $0.at >= instant }
        return off.map { $0.at - instant }
    }
}
