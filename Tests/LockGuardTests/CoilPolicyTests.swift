// Who may energise which coil: every state with every order, the limits, and a long run against a simple model.

import GuardProtocol
import Testing

@testable import LockGuard

private let second: UInt64 = 1_000_000_000
/// An hour after the machine started.
private let noon = 3600 * second

/// A table of three lockers with caps of a second and rests of half a second.
private func threeLockers(coils: UInt32) -> LineTable { House.table(cap: 1000, rest: 500, coils: coils, lockers: 3) }

private func request(
    _ number: RequestNumber = 1, _ locker: UInt16 = 0, pulse: UInt32 = 200, issuedAt: UInt64 = noon
) -> OpenRequest {
    OpenRequest(number: number, locker: locker, pulseMilliseconds: pulse, issuedAt: issuedAt)
}

/// A policy whose lines were all opened long ago.
private func rested(coils: UInt32 = 1) -> CoilPolicy {
    var policy = CoilPolicy(threeLockers(coils: coils))
    for locker in 0..<3 { policy.lineBack(locker, at: 0) }
    return policy
}

/// The states a coil can be in, by name, and how a policy gets there.
private enum Stage: String, CaseIterable {
    case ready, energised, resting, unusable, doubtful

    /// A policy whose coil 0 is in this state at noon.
    var policy: CoilPolicy {
        var policy = rested()
        switch self {
        case .ready:
            _ = policy.open(request(issuedAt: noon - 2 * second), at: noon - 2 * second)
            _ = policy.end(at: noon - 2 * second)
        case .energised: _ = policy.open(request(), at: noon)
        case .resting:
            _ = policy.open(request(), at: noon)
            _ = policy.end(at: noon)
        case .unusable: policy.lineLost(0)
        case .doubtful: policy.lineFailed(0)
        }
        return policy
    }
}

/// What can happen to a coil.
private enum Happening: String, CaseIterable {
    case open, due, dueLater, end, close, closeAnother, lineFailed, switchedOff, lineLost, lineBack
}

@Suite("The coil policy")
struct CoilPolicyTests {
    private enum Outcome {
        case becomes(CoilPolicy.Coil)
        /// The guard ends rather than go on with a coil in doubt.
        case ourMistake
    }

    /// What becomes of coil 0, by state and happening.
    private static let transitions: [Stage: [Happening: Outcome]] = {
        let on = Outcome.becomes(.energised(1, until: noon + 200 * millisecond))
        let rest = Outcome.becomes(.resting(until: noon + 500 * millisecond))
        let late = Outcome.becomes(.resting(until: noon + 700 * millisecond))
        let old = Outcome.becomes(.resting(until: noon - 1500 * millisecond))
        let (gone, doubt, never) = (Outcome.becomes(.unusable), Outcome.becomes(.doubtful), Outcome.ourMistake)
        return [
            .ready: [
                .open: on, .due: old, .dueLater: old, .end: old, .close: old, .closeAnother: old,
                .lineFailed: doubt, .switchedOff: never, .lineLost: gone, .lineBack: never,
            ],
            .energised: [
                .open: on, .due: on, .dueLater: late, .end: rest, .close: rest, .closeAnother: on,
                .lineFailed: doubt, .switchedOff: never, .lineLost: never, .lineBack: never,
            ],
            .resting: [
                .open: rest, .due: rest, .dueLater: rest, .end: rest, .close: rest, .closeAnother: rest,
                .lineFailed: doubt, .switchedOff: never, .lineLost: gone, .lineBack: never,
            ],
            .unusable: [
                .open: gone, .due: gone, .dueLater: gone, .end: gone, .close: gone, .closeAnother: gone,
                .lineFailed: never, .switchedOff: never, .lineLost: gone, .lineBack: rest,
            ],
            .doubtful: [
                .open: doubt, .due: doubt, .dueLater: doubt, .end: doubt, .close: doubt, .closeAnother: doubt,
                .lineFailed: doubt, .switchedOff: gone, .lineLost: doubt, .lineBack: rest,
            ],
        ]
    }()

    @Test("every state and every happening lead to one state, or are known as a mistake of ours")
    func everyTransition() throws {
        for stage in Stage.allCases {
            for happening in Happening.allCases {
                let row = try #require(CoilPolicyTests.transitions[stage], "\(stage) is missing")
                let outcome = try #require(row[happening], "\(stage) × \(happening) is missing")
                guard case .becomes(let expected) = outcome else { continue }
                var policy = stage.policy
                switch happening {
                case .open: _ = policy.open(request(), at: noon)
                case .due: _ = policy.due(at: noon)
                case .dueLater: _ = policy.due(at: noon + 200 * millisecond)
                case .end: _ = policy.end(at: noon)
                case .close: _ = policy.close(1, locker: 0, at: noon)
                case .closeAnother: _ = policy.close(2, locker: 0, at: noon)
                case .lineFailed: policy.lineFailed(0)
                case .switchedOff: policy.switchedOff(0)
                case .lineLost: policy.lineLost(0)
                case .lineBack: policy.lineBack(0, at: noon)
                }
                #expect(policy.coils[0] == expected, "\(stage) × \(happening)")
            }
        }
    }

    @Test("a mistake of ours ends the guard instead of going on with a coil in doubt")
    func mistakes() async {
        await #expect(processExitsWith: .failure) {
            var policy = CoilPolicy(House.table())
            policy.lineFailed(0)
        }
        await #expect(processExitsWith: .failure) {
            var policy = CoilPolicy(House.table())
            policy.lineBack(0, at: 0)
            policy.switchedOff(0)
        }
        await #expect(processExitsWith: .failure) {
            var policy = CoilPolicy(House.table())
            policy.lineBack(0, at: 0)
            policy.lineBack(0, at: 1)
        }
    }

    @Test("an opening within the limits is accepted and ends after its pulse")
    func opening() {
        var policy = rested()
        #expect(policy.open(request(9, pulse: 1000), at: noon) == nil)
        #expect(policy.nextOff == noon + second)
        #expect(policy.due(at: noon + second - 1) == nil)
        #expect(policy.due(at: noon + second) == CoilPolicy.Ended(locker: 0, number: 9))
        #expect(policy.due(at: noon + second) == nil)
        #expect(policy.nextOff == nil)
    }

    @Test("an order to close ends the request it names, and no other")
    func closing() {
        var policy = rested(coils: 2)
        #expect(policy.open(request(1, 0, pulse: 1000), at: noon) == nil)
        #expect(policy.open(request(2, 1, pulse: 1000), at: noon) == nil)
        #expect(policy.close(1, locker: 1, at: noon) == nil, "another locker's request")
        #expect(policy.close(3, locker: 0, at: noon) == nil, "an older or a later request")
        #expect(policy.close(1, locker: 7, at: noon) == nil, "no such place")
        #expect(policy.close(1, locker: 0, at: noon) == CoilPolicy.Ended(locker: 0, number: 1))
        #expect(policy.close(1, locker: 0, at: noon) == nil, "once")
        #expect(policy.occupied == 1)
        #expect(policy.open(request(4, 0), at: noon) == .resting)
    }

    @Test("each supply has a budget of its own")
    func supplies() {
        var table = threeLockers(coils: 1)
        table.supplies.append(Supply(name: "strikes", maximumCoils: 1))
        table.lockers[2].supply = "strikes"
        table.lockers[2].opener = .hold
        table.lockers[2].capMilliseconds = 86_400_000
        var policy = CoilPolicy(table)
        for locker in 0..<3 { policy.lineBack(locker, at: 0) }
        #expect(policy.open(request(1, 2, pulse: 86_400_000), at: noon) == nil)
        #expect(policy.open(request(2, 0), at: noon) == nil, "what is held leaves the other supply alone")
        #expect(policy.open(request(3, 1), at: noon) == .coilsBusy)
        #expect(policy.due(at: noon + second) == CoilPolicy.Ended(locker: 0, number: 2))
        #expect(policy.open(request(3, 1, issuedAt: noon + second), at: noon + second) == nil)
        // A coil in doubt counts against its own supply only.
        policy.lineFailed(2)
        #expect(policy.due(at: noon + 2 * second) == CoilPolicy.Ended(locker: 1, number: 3))
        let later = noon + 2 * second
        #expect(policy.open(request(4, 0, issuedAt: later), at: later) == nil)
    }

    /// Requests beside the limits and what is said to them; `nil` is accepted.
    private static let requests: [(OpenRequest, GuardMessage.Refusal?)] = [
        (request(pulse: 1), nil),
        (request(pulse: 1000), nil),
        (request(pulse: 0), .beyondCap),
        (request(pulse: 1001), .beyondCap),
        (request(pulse: .max), .beyondCap),
        (request(1, 2), nil),
        (request(1, 3), .unknownLocker),
        (request(1, .max), .unknownLocker),
        (request(issuedAt: noon - 2 * second), nil),
        (request(issuedAt: noon - 2 * second - 1), .stale),
        (request(issuedAt: 0), .stale),
        (request(issuedAt: noon + 100 * millisecond), nil),
        (request(issuedAt: noon + 100 * millisecond + 1), .stale),
        (request(issuedAt: .max), .stale),
    ]

    @Test("each limit holds to the millisecond and to the nanosecond", arguments: requests.indices)
    func limits(_ index: Int) {
        let (request, refusal) = CoilPolicyTests.requests[index]
        var policy = rested()
        #expect(policy.open(request, at: noon) == refusal)
        #expect(policy.occupied == (refusal == nil ? 1 : 0), "a refused request moves no line")
    }

    @Test("no more coils than the power budget", arguments: [1, 2, 3] as [UInt32])
    func budget(_ coils: UInt32) {
        var policy = rested(coils: coils)
        for locker in 0..<3 as Range<UInt16> {
            let refusal = policy.open(request(1, locker), at: noon)
            #expect(refusal == (UInt32(locker) < coils ? nil : .coilsBusy))
        }
        #expect(policy.occupied == Int(coils))
        #expect(policy.open(request(2, 0), at: noon) == .coilsBusy, "a pulse is never made longer")
    }

    @Test("a coil that may be on takes its share of the power budget until it is known to be off")
    func doubt() {
        var policy = rested()
        _ = policy.open(request(), at: noon)
        policy.lineFailed(0)
        #expect(policy.nextOff == nil)
        #expect(policy.open(request(2, 1), at: noon) == .coilsBusy)
        #expect(policy.open(request(3, 0), at: noon) == .outOfService)
        policy.lineBack(0, at: noon)
        #expect(policy.open(request(4, 1), at: noon) == nil)
    }

    @Test("a coil rests after its pulse, after its end, and after its line came back")
    func rest() {
        var policy = rested()
        _ = policy.open(request(), at: noon)
        let off = noon + 200 * millisecond
        _ = policy.due(at: off)
        #expect(policy.open(request(2, issuedAt: off), at: off + 500 * millisecond - 1) == .resting)
        #expect(policy.open(request(3, issuedAt: off), at: off + 500 * millisecond) == nil)
        var fresh = CoilPolicy(threeLockers(coils: 1))
        #expect(fresh.open(request(), at: noon) == .outOfService)
        fresh.lineBack(0, at: noon)
        #expect(fresh.open(request(2), at: noon) == .resting)
    }

    @Test("at most 20 requests in any second are looked at, and a storm does not outlast itself")
    func storm() {
        var policy = rested()
        var refused = 0
        for index in 0..<10_000 as Range<UInt64> {
            let now = noon + index * millisecond / 10
            if policy.open(request(index, 9, issuedAt: now), at: now) == .tooMany { refused += 1 }
        }
        #expect(refused == 9980)
        let later = noon + 2 * second
        #expect(policy.open(request(issuedAt: later), at: later) == nil)
    }

    @Test("the storm limit counts in a sliding second")
    func stormLimit() {
        var limit = StormLimit()
        var instants = (0..<20 as Range<UInt64>).map { $0 * 10 * millisecond }
        instants += [second - 1, second, second, second + 10 * millisecond]
        let admitted = instants.map { limit.admit(at: $0) }
        #expect(admitted == Array(repeating: true, count: 20) + [false, true, false, true])
    }
}
