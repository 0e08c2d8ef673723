// What a pass means right now: whether the pool has signed it, and what register and journal say of it.

internal import GRDB
internal import Groundwork
internal import StationCore

extension LiveFacts {
    /// What is known of a pass.
    func facts(about signed: SignedPass, at now: WallTime, _ look: Look) throws -> PassFacts {
        let pass = signed.pass
        let keys = poolKeys.filter { $0.identifier == pass.keyID }
        guard !keys.isEmpty else { return PassFacts(pass: pass, signature: .ofUnknownKey) }
        guard keys.contains(where: { $0.signed(signed) }) else { return PassFacts(pass: pass, signature: .wrong) }
        guard pass.isFor(station) else { return PassFacts(pass: pass, signature: .right, isForThisStation: false) }
        return PassFacts(
            pass: pass, signature: .right, isRevoked: try look.register.isRevoked(pass.nonce),
            use: try Books.use(of: pass.nonce, look.journal),
            borrower: try look.register.borrower(of: pass).map { try facts(about: $0, look) },
            items: try items(for: pass, look), unknownBefore: try JournalReader.passesUnknownBefore(look.journal, now))
    }

    /// What a pass may be for.
    private func items(for pass: Pass, _ look: Look) throws -> [ItemFacts] {
        let items: [Item]
        switch pass.kind {
        case .item: items = try look.register.items().filter { pass.isFor(.item($0.id)) }
        case .category:
            items = try look.register.items().filter { $0.home == nil && pass.isFor(.category($0.category)) }
        case .locker:
            let lockers = try look.register.lockers().filter { pass.isFor(.locker($0.id)) }
            items = try lockers.flatMap { try self.items(in: $0.id, look) }
                .filter { try !look.register.isGone($0.id) }
        }
        return try items.map { try facts(about: $0, look) }
    }
}
