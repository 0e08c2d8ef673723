// Carries the journal to the pool: asks the loop for entries, sends them, and remembers what the pool acknowledged.
// What to do when is decided by the core's `Uplink`; here it is done.

internal import Groundwork
internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle
internal import StationCore

/// The service that uploads.
final class UplinkService: Service {
    private let loop: StationLoop
    private let client: PoolClient
    private let source: EntrySource
    private let log: Logger
    private let onFork: @Sendable (_ receipt: String) async -> Void
    private let events: AsyncStream<Uplink.Event>
    private let happened: AsyncStream<Uplink.Event>.Continuation
    private let progress = NIOLockedValueBox<
        (acknowledged: UInt64?, backlog: UInt64?, awaited: [(sequence: UInt64, milestone: Milestone)])
    >(
        (nil, nil, []))

    private let acknowledgement = NIOLockedValueBox<@Sendable () -> Void>({})

    /// An uplink to a pool.
    ///
    /// - Parameter onFork: called with the pool's receipt where that shows that the pool has another history of the journal.
    init(
        client: PoolClient, source: EntrySource, log: Logger, loop: StationLoop,
        onFork: @escaping @Sendable (_ receipt: String) async -> Void
    ) {
        self.onFork = onFork
        self.client = client
        self.source = source
        self.log = log
        self.loop = loop
        // The newest events tell all: where the journal ends, and that time has passed.
        (events, happened) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    /// Tells the uplink where the journal ends now. May be called from any thread.
    func journalEnds(_ head: JournalHead) { happened.yield(.journalEnds(head)) }

    /// Has something done each time the pool has acknowledged entries; it must not wait.
    func whenAcknowledged(_ work: @escaping @Sendable () -> Void) { acknowledgement.withLockedValue { $0 = work } }

    /// How many entries wait for the pool; `nil` before the first look.
    var backlog: UInt64? { progress.withLockedValue(\.backlog) }

    /// Waits until the pool has acknowledged all that the journal holds now, at most so long; whether it has.
    func drained(atMost patience: Duration) async -> Bool {
        guard let end = try? await loop.ask({ $0.journal.head.sequence }) else { return false }
        let milestone = Milestone()
        let isDrained = progress.withLockedValue { progress in
            if let acknowledged = progress.acknowledged, acknowledged >= end { return true }
            progress.awaited.append((end, milestone))
            return false
        }
        return if isDrained { true } else { await milestone.reached(atMost: patience) }
    }

    func run() async throws {
        let (acknowledged, head) = try await loop.ask { place in
            (try place.journal.read(UploadTable.acknowledged), place.journal.head)
        }
        var uplink = Uplink(acknowledged: acknowledged, journalEnd: head.sequence)
        happened.yield(.journalEnds(head))
        for await event in events.cancelOnGracefulShutdown() {
            var next: Uplink.Event? = event
            while let event = next {
                next = nil
                let order = uplink.handle(event, at: SystemClock.monotonic, jitter: .random(in: 0..<1))
                publish(uplink)
                if let after = order { next = await send(after: after) }
                if next == nil, let deadline = uplink.nextDeadline { wake(at: deadline) }
            }
        }
    }

    private func publish(_ uplink: Uplink) {
        let reached = progress.withLockedValue { progress in
            (progress.acknowledged, progress.backlog) = (uplink.acknowledged, uplink.backlog)
            let reached = progress.awaited.filter { $0.sequence <= uplink.acknowledged }
            progress.awaited.removeAll { $0.sequence <= uplink.acknowledged }
            return reached
        }
        for (_, milestone) in reached { milestone.reach() }
    }

    private func wake(at deadline: MonotonicInstant) {
        Task {
            try await Task.sleep(for: deadline.duration(since: SystemClock.monotonic))
            happened.yield(.tick)
        }
    }

    /// Sends the entries after a sequence; gives what came of it.
    private func send(after: UInt64) async -> Uplink.Event {
        do {
            let source = source
            let batch = try await loop.ask { place in
                let entries = try place.journal.read {
                    try JournalReader.entries(
                        $0, epoch: place.journal.head.epoch, after: after, limit: EntryBatch.maximumEntries)
                }
                return EntryBatch.body(entries.map { $0.document(source: source) }).body
            }
            // A pool that is gone must not keep a station that stops; what is under way is sent again.
            let answer = try await cancelWhenGracefulShutdown { [client] in try await client.send(batch: batch) }
            let sequence = try await remember(answer)
            acknowledgement.withLockedValue(\.self)()
            return .acknowledged(sequence: sequence)
        } catch _ where Task.isShuttingDownGracefully {
            return .failed(.temporary)
        } catch let error as PoolError {
            log.warning("the pool did not take the entries; they stay here", metadata: ["reason": "\(error)"])
            if let word = error.history, await isContradicted(by: word.receipt) { await onFork(word.note) }
            return .failed(error.failure)
        } catch {
            log.error("the entries could not be sent", metadata: ["error": "\(error)"])
            return .failed(.temporary)
        }
    }

    /// Whether the pool's word is about another history of the journal. What it only says without a receipt that its key has
    /// signed could be anybody's word, and the books go with the journal.
    private func isContradicted(by receipt: Receipt) async -> Bool {
        (try? await loop.ask { try $0.journal.isContradicted(by: receipt) }) == true
    }

    /// Checks a receipt against the journal and remembers it.
    private func remember(_ answer: PoolClient.Acknowledgement) async throws -> UInt64 {
        let sequence = try await loop.ask { place in
            guard let receipt = answer.receipt, receipt.head.epoch == place.journal.head.epoch else {
                return UInt64(0)
            }
            let own = try place.journal.read { try JournalReader.hash($0, at: receipt.head.sequence) }
            guard receipt.head.sequence == 0 || own == receipt.head.hash else {
                throw PoolError(
                    "the pool's receipt for entry \(receipt.head.sequence) is not for this journal: it was copied or restored",
                    .refused)
            }
            try place.journal.remember(
                acknowledged: receipt.head.sequence, receipt: answer.note, setAside: answer.rejected)
            return receipt.head.sequence
        }
        for rejection in answer.rejected {
            log.error(
                "the pool set an entry aside",
                metadata: ["entry": "\(rejection.number)", "reason": "\(LogText.safe(rejection.reason))"])
        }
        return sequence
    }
}
