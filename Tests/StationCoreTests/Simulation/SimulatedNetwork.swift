// The network between a simulated station and its pool: what may come between a request and its answer.

import TestSupport

@testable import StationCore

/// What a station asks of its pool.
enum PoolRequest {
    case entries([UInt8])
    case register(since: RegisterVersion?)
}

final class SimulatedNetwork {
    private unowned let world: SimulatedWorld
    private var chance: SeededGenerator
    /// What is wrong with it now; several things can be.
    private var faults: [Fault: Int] = [:]

    init(_ world: SimulatedWorld, seed: UInt64) {
        self.world = world
        chance = SeededGenerator(seed: seed)
    }

    func begin(_ fault: Fault) { faults[fault, default: 0] += 1 }
    func end(_ fault: Fault) { faults[fault, default: 0] -= 1 }
    func has(_ fault: Fault) -> Bool { faults[fault, default: 0] > 0 }

    /// Sends a request; the answer comes if it comes.
    func send(_ request: PoolRequest, answered: @escaping (PoolAnswer) -> Void) {
        guard !has(.networkLost) else { return }
        if has(.captivePortal) {
            return later(50) { _ in answered(.body(Array("<html><body>Please accept our terms</body></html>".utf8))) }
        }
        if has(.networkLossy), chance.happens(50) { return }
        let isDoubled = has(.networkDoubles) || chance.happens(1)
        if isDoubled {
            // The second one comes when it likes: minutes or days later, before others or after.
            let wait = chance.happens(50) ? chance.number(below: 60_000) : chance.number(below: 40 * 3_600_000)
            world.stats.count("network", "doubled")
            let second = damaged(request)
            later(wait) { [self] _ in _ = asked(second) }
        }
        let first = damaged(request)
        later(delay) { [self] world in
            guard let answer = asked(first) else { return }
            guard !has(.networkHalfOpen), !has(.networkLost), !(has(.networkLossy) && chance.happens(50)) else {
                return
            }
            later(delay) { _ in answered(answer) }
        }
    }

    /// What the pool, or another one, makes of a request.
    private func asked(_ request: PoolRequest) -> PoolAnswer? {
        if has(.otherPool) {
            guard case .entries = request else { return nil }
            let head = JournalHead(epoch: Epoch(1), sequence: 9, hash: .none)
            let note = SimulatedPool.otherKey.sign(
                Receipt(source: world.source, head: head, incarnation: "other").text)
            return .body(BatchAnswer(receipt: note, rejected: []).body)
        }
        return switch request {
        case .entries(let body): world.pool.take(body, onlyFirstHalf: has(.throttled))
        case .register(let version):
            has(.throttled) ? .status(429, retryAfter: nil) : world.pool.register(since: version)
        }
    }

    /// Milliseconds on the way.
    private var delay: Int {
        has(.networkLate) ? 1000 + chance.number(below: 40_000) : 20 + chance.number(below: 200)
    }

    /// Where entries arrive damaged, one of the batch has a type that nobody knows.
    private func damaged(_ request: PoolRequest) -> PoolRequest {
        guard has(.poisonEntry), case .entries(var body) = request else { return request }
        let version = Array(".v1\"".utf8)
        let places = body.indices.dropLast(4).filter { body[$0] == version[0] && Array(body[$0..<$0 + 4]) == version }
        guard !places.isEmpty else { return request }
        body[chance.pick(places) + 2] = UInt8(ascii: "9")
        return .entries(body)
    }

    private func later(_ milliseconds: Int, _ event: @escaping (SimulatedWorld) -> Void) {
        world.after(UInt64(milliseconds) * 1_000_000, event)
    }
}
