// The checkers of what is written down and handed on: S4, S5, S9, S10 and S12.

@testable import StationCore

/// S4: what was told is there after whatever happens; what was acknowledged is where it was acknowledged; no holes.
struct CheckerS4: RuleChecker {
    static let rule = Rule.s4
    private var promised: JournalHead?
    private var last: JournalHead?

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .told:
            // Whoever hears anything may rely on all that was decided so far.
            if let head = world.station.file?.head ?? world.disk.file?.head { promised = head }
            return nil
        case .stationStarting(let isJournalNew):
            if isJournalNew {
                (promised, last) = (nil, nil)
                return nil
            }
            guard let file = world.disk.file else { return nil }
            last = file.head
            guard let promised, promised.epoch == file.epoch, promised.sequence > 0 else { return nil }
            return file.entry(promised.sequence)?.hash == promised.hash
                ? nil : "entry \(promised.sequence) was told of, and the journal ends with \(file.head.sequence)"
        case .committed(let entries):
            for entry in entries {
                let isNext =
                    entry.number.sequence == (last?.sequence ?? 0) + 1 && entry.previousHash == last?.hash ?? .none
                last = JournalHead(after: entry)
                if !isNext { return "entry \(entry.number.sequence) does not follow the one before" }
            }
            return nil
        case .receipted(let receipt):
            // One of an earlier life of the database speaks of what may be gone since.
            guard receipt.incarnation == world.pool.incarnation else { return nil }
            let place = EntryNumber(epoch: receipt.head.epoch, sequence: receipt.head.sequence)
            return receipt.head.sequence == 0 || world.pool.hash(at: place) == receipt.head.hash
                ? nil : "the pool acknowledged entry \(receipt.head.sequence) and does not have it"
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .recovered, .stationEnded, .faulted, .stepped,
            .lineTaking,
            .lineTaken, .poolApplied, .poolSetAside, .poolTook, .poolRestored, .pulled, .settled:
            return nil
        }
    }
}

/// S5: the pool applies each entry once and in order; one that is set aside blocks nobody.
struct CheckerS5: RuleChecker {
    static let rule = Rule.s5
    private var last: [Epoch: UInt64] = [:]

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .poolApplied(let number), .poolSetAside(let number):
            let expected = (last[number.epoch] ?? 0) + 1
            if number.sequence < expected { return "entry \(number.sequence) was applied once more" }
            last[number.epoch] = number.sequence
            return number.sequence > expected ? "entry \(number.sequence) was applied before \(expected)" : nil
        case .poolRestored:
            for epoch in last.keys { last[epoch] = world.pool.head(of: epoch)?.sequence }
            return nil
        case .poolTook(let numbers, let before):
            guard let first = numbers.first, let end = numbers.last, first.sequence <= before + 1 else { return nil }
            let head = world.pool.head(of: end.epoch)?.sequence ?? 0
            return head >= end.sequence ? nil : "a batch up to \(end.sequence) came, and the pool stays at \(head)"
        case .settled:
            guard let file = world.station.file else { return "the station is not there in the end" }
            if world.pool.head(of: file.epoch) != file.head {
                return
                    "in the end the pool is at \(world.pool.head(of: file.epoch)?.sequence ?? 0), the station at \(file.head.sequence)"
            }
            guard !world.pool.hasPoison else { return nil }
            let pool = world.pool.books.loans.filter { $0.key.epoch == file.epoch }
            return pool == file.books.loans ? nil : "the pool has other loans than the station"
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .committed, .recovered, .told, .stationStarting,
            .stationEnded,
            .faulted, .stepped, .lineTaking, .lineTaken, .receipted, .pulled:
            return nil
        }
    }
}

/// S9: who pulls again and again sees what was edited, reordered, removed or cut off.
struct CheckerS9: RuleChecker {
    static let rule = Rule.s9
    private var head: JournalHead?

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        guard case .pulled(let documents) = sight, let file = world.disk.file else { return nil }
        if head?.epoch != file.epoch { head = nil }
        if let head, file.head.sequence < head.sequence {
            return "\(head.sequence) entries were pulled once, and there are \(file.head.sequence)"
        }
        var verifier = ChainVerifier(source: world.source, after: head)
        for document in documents {
            do { try verifier.take(parsing: document) } catch { return "\(error)" }
        }
        head = verifier.head
        return nil
    }

    /// Where the next pull goes on.
    func next(in file: JournalFile) -> UInt64 { head?.epoch == file.epoch ? head?.sequence ?? 0 : 0 }
}

/// S10: no card, PIN or unknown code in what is written; no borrower's pseudonym where no staff are.
struct CheckerS10: RuleChecker {
    static let rule = Rule.s10
    private static let secrets: [String] =
        SampleHouse.borrowers.map { SampleHouse.card(of: $0) } + SampleHouse.staff.map { SampleHouse.badge(of: $0) }
        + [SampleHouse.pin, Visitors.insuranceCard]
    private static let secretBytes = secrets.filter { $0.utf8.count > 8 }.map { Array($0.utf8) }

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .committed(let entries):
            for entry in entries {
                let texts = [entry.fields.label, entry.fields.reason, entry.fields.parts, entry.fields.program]
                for text in texts.compactMap(\.self) where Self.secrets.contains(text) || SignedPass.isNearly(text) {
                    return "entry \(entry.number.sequence), \(entry.kind), holds a secret: \(text)"
                }
            }
            return nil
        case .told(let message):
            let isPrivate = message.borrower != nil || message.reason != nil
            return isPrivate && world.witness.staff == nil
                ? "\(message.id.key) names a borrower, and no staff are there" : nil
        case .pulled(let documents):
            // All bytes of some of them; looking at all would take longer than everything else.
            for (index, document) in documents.enumerated() where index % 40 == 0 {
                for secret in Self.secretBytes where document.firstRange(of: secret) != nil {
                    return "an entry that was pulled holds a secret"
                }
            }
            return nil
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .recovered, .stationStarting, .stationEnded,
            .faulted, .stepped,
            .lineTaking, .lineTaken, .receipted, .poolApplied, .poolSetAside, .poolTook, .poolRestored, .settled:
            return nil
        }
    }
}

/// S12: a wrong clock revives no right that a good clock has seen expire, and no entry is older than what a good clock said.
struct CheckerS12: RuleChecker {
    static let rule = Rule.s12
    /// The latest time that a held clock wrote down.
    private var vouched = WallTime.earliest

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .stationStarting(let isJournalNew):
            if isJournalNew { vouched = .earliest }
            return nil
        case .recovered(let entries):
            for entry in entries where entry.quality == .synchronised { vouched = max(vouched, entry.time) }
            return nil
        case .committed(let entries):
            for entry in entries {
                if entry.time < vouched {
                    return
                        "entry \(entry.number.sequence) is of \(entry.time.iso8601), and it was \(vouched.iso8601) before"
                }
                if entry.quality == .synchronised { vouched = entry.time }
                guard entry.kind == .checkoutBegun, let borrower = entry.disclosure?.borrower,
                    let until = world.station.register.borrowers.first(where: { $0.id == borrower })?.validUntil
                else { continue }
                if until < vouched { return "\(borrower) borrows, whose right had expired when the clock was right" }
            }
            return nil
        case .ordered, .coilOn, .coilOff, .guardStarted, .pulseCut, .told, .stationEnded, .faulted, .stepped,
            .lineTaking,
            .lineTaken, .receipted, .poolApplied, .poolSetAside, .poolTook, .poolRestored, .pulled, .settled:
            return nil
        }
    }
}
