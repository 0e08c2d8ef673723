// The coil policy in a long run of random orders, judged by a simple model of coils.

import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

@Suite("The coil policy in a long run")
struct CoilPolicyRunTests {
    @Test("in 300,000 random steps no coil is on too long, too soon or beside too many others", arguments: [1, 2026])
    func randomSteps(_ seed: UInt64) {
        let second: UInt64 = 1_000_000_000
        var generator = SeededGenerator(seed: seed)
        var policy = CoilPolicy(House.table(cap: 1000, rest: 500, coils: 2, lockers: 3))
        for locker in 0..<3 { policy.lineBack(locker, at: 0) }
        var now = 3600 * second
        var on: [Int: UInt64] = [:]
        var off: [Int: UInt64] = [:]
        var opened = 0
        for step in 0..<300_000 {
            now += UInt64.random(in: 0...80 * millisecond, using: &generator)
            // As the loop does: what is due goes off first, late by whatever the machine takes.
            while let ended = policy.due(at: now) { (on[ended.locker], off[ended.locker]) = (nil, now) }
            let locker = Int.random(in: 0...3, using: &generator)
            switch Int.random(in: 0..<40, using: &generator) {
            case 0:
                while let ended = policy.end(at: now) { (on[ended.locker], off[ended.locker]) = (nil, now) }
            case 1 where locker < 3 && policy.coils[locker] != .unusable: policy.lineFailed(locker)
            case 2 where locker < 3:
                switch policy.coils[locker] {
                case .unusable, .doubtful:
                    policy.lineBack(locker, at: now)
                    (on[locker], off[locker]) = (nil, now)
                case .ready, .energised, .resting: break
                }
            default:
                let pulse = UInt32.random(in: 0...1100, using: &generator)
                let asked = OpenRequest(number: 1, locker: UInt16(locker), pulseMilliseconds: pulse, issuedAt: now)
                guard policy.open(asked, at: now) == nil else { continue }
                opened += 1
                let rested = off[locker].map { now >= $0 + 500 * millisecond } ?? true
                #expect(rested && pulse <= 1000 && pulse > 0, "seed \(seed), step \(step)")
                on[locker] = now + UInt64(pulse) * millisecond
            }
            #expect(on.count <= 2 && policy.occupied <= 3, "seed \(seed), step \(step)")
            #expect(on.values.allSatisfy { $0 > now || policy.nextOff.map { $0 <= now + second } ?? true })
        }
        #expect(opened > 1000, "too few openings to show anything")
    }
}
