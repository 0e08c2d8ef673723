// What a simulated station and its pool have to do with each other: entries up, receipts and the register back. When to send
// what is decided by the core's `Uplink`.

import TestSupport

@testable import StationCore

extension SimulatedStation {
    /// How long the station waits for an answer.
    private static let patience: UInt64 = 30_000_000_000

    /// Tells the uplink where the journal ends.
    func announce() {
        guard let file else { return }
        handle(.journalEnds(file.head))
    }

    private func handle(_ event: Uplink.Event) {
        guard let jitter = run.map({ _ in Double(chance.number(below: 1000)) / 1000 }) else { return }
        let order = run?.uplink.handle(event, at: world.clock.monotonic, jitter: jitter)
        if let after = order ?? nil { send(after: after) }
        guard let life = run?.life, let deadline = run?.uplink.nextDeadline else { return }
        let wait = UInt64(deadline.duration(since: world.clock.monotonic) / .nanoseconds(1))
        world.after(wait) { [self] _ in if run?.life === life, run?.uplink.nextDeadline == deadline { handle(.tick) } }
    }

    /// Sends the entries after a sequence.
    private func send(after: UInt64) {
        guard let run else { return }
        let life = run.life
        let documents = world.read(run.journal.file, after: after, limit: 200)
        let body = EntryBatch.body(documents).body
        requests += 1
        let request = requests
        var isOver = false
        func ended(_ event: Uplink.Event) {
            guard !isOver, self.run?.life === life, request == requests else { return }
            isOver = true
            handle(event)
        }
        world.network.send(.entries(body)) { [self] answer in
            guard !isOver, self.run?.life === life, request == requests else { return }
            switch answer {
            case .body(let body):
                guard let receipt = receipt(in: body) else { return ended(.failed(.temporary)) }
                post(
                    .work { (station) throws(JournalFault) in
                        guard !isOver else { return }
                        ended(try station.remember(receipt))
                    })
            case .status(409, _), .status(403, _): ended(.failed(.refused))
            case .status(_, let seconds): ended(.failed(seconds.map { .askedToWait(seconds: $0) } ?? .temporary))
            case .register, .notModified: ended(.failed(.temporary))
            }
        }
        world.after(Self.patience) { _ in ended(.failed(.temporary)) }
    }

    /// The receipt in an answer: `nil` where it is none that counts; one about nothing where the pool has nothing yet.
    private func receipt(in body: [UInt8]) -> Receipt?? {
        guard let answer = try? BatchAnswer(body: body) else { return nil }
        guard !answer.receipt.isEmpty else { return .some(nil) }
        guard let note = SignedNote(answer.receipt), SimulatedPool.key.signed(note),
            let receipt = Receipt(text: note.text),
            receipt.source == world.source
        else { return nil }
        return receipt
    }

    /// Holds a receipt against the journal and remembers it.
    private func remember(_ receipt: Receipt?) throws(JournalFault) -> Uplink.Event {
        guard let run, let receipt, receipt.head.epoch == run.journal.file.epoch else {
            return .acknowledged(sequence: 0)
        }
        let head = receipt.head
        guard head.sequence == 0 || run.journal.file.entry(head.sequence)?.hash == head.hash else {
            return .failed(.refused)
        }
        do { try run.journal.remember(acknowledged: head) } catch .full { return .failed(.temporary) }
        world.see(.receipted(receipt))
        return .acknowledged(sequence: head.sequence)
    }

    // MARK: - The register

    /// Asks the pool for the register.
    func askForRegister() {
        guard let life = run?.life else { return }
        let asked = world.now
        world.network.send(.register(since: register.version)) { [self] answer in
            guard run?.life === life else { return }
            let isPrompt = world.now - asked <= 10_000_000_000
            post(.work { (station) throws(JournalFault) in try station.take(answer, isPrompt: isPrompt) })
        }
    }

    /// Takes the register, and, from an answer that was not long under way, the time.
    private func take(_ answer: PoolAnswer, isPrompt: Bool) throws(JournalFault) {
        guard let run else { return }
        switch answer {
        case .notModified: break
        case .register(let new):
            let isOlder =
                new.version.incarnation == register.version.incarnation && new.version.number < register.version.number
            // An answer that comes late says what was so before.
            guard !isOlder else { return }
            register = new
            world.stats.count("register", "applied")
            try run.conductor.record(.registerApplied(new.version))
        case .body, .status: return
        }
        if isPrompt {
            poolTime = world.clock.truth
            run.conductor.take(poolTime: world.clock.truth, at: world.clock.monotonic)
        }
        (answeredAt, confirmed) = (world.now, run.conductor.moment.wall)
    }
}
