// Carries the journal to the pool: asks the loop for entries, sends them, and remembers what the pool acknowledged.
// What to do when is decided by the core's `Uplink`; here it is done.

internal import Groundwork
internal import Logging
internal import ServiceLifecycle
internal import StationCore
internal import Synchronization

/// The service that uploads.
final class UplinkService: Service {
    private let loop: StationLoop
    private let client: PoolClient
    private let source: EntrySource
    private let log: Logger
    private let events: AsyncStream<Uplink.Event>
    private let happened: AsyncStream<Uplink.Event>.Continuation
    private let waiting = Mutex<(backlog: UInt64?, drained: [CheckedContinuation<Void, Never>])>((nil, []))

    /// An uplink to a pool.
    init(client: PoolClient, source: EntrySource, log: Logger, loop: StationLoop) {
        self.client = client
        self.source = source
        self.log = log
        self.loop = loop
        // The newest events tell all: where the journal ends, and that time has passed.
        (events, happened) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    /// Tells the uplink where the journal ends now. May be called from any thread.
    func journalEnds(_ head: JournalHead) { happened.yield(.journalEnds(head)) }

    /// How many entries wait for the pool; `nil` before the first look.
    var backlog: UInt64? { waiting.withLock(\.backlog) }

    /// Waits until the pool has everything, at most so long.
    func drained(atMost patience: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.drained() }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            // Whoever still waits is let go, so that the group can end.
            let left = self.waiting.withLock { state in
                defer { state.drained = [] }
                return state.drained
            }
            for continuation in left { continuation.resume() }
            group.cancelAll()
        }
    }

    private func drained() async {
        await withCheckedContinuation { continuation in
            let isDrained = waiting.withLock { state in
                if state.backlog == 0 { return true }
                state.drained.append(continuation)
                return false
            }
            if isDrained { continuation.resume() }
        }
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
                publish(uplink.backlog)
                if let after = order { next = await send(after: after) }
                if next == nil, let deadline = uplink.nextDeadline { wake(at: deadline) }
            }
        }
    }

    private func publish(_ backlog: UInt64) {
        let drained = waiting.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.backlog = backlog
            guard backlog == 0 else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for continuation in drained { continuation.resume() }
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
            let answer = try await client.send(batch: batch)
            return .acknowledged(sequence: try await remember(answer))
        } catch let error as PoolError {
            log.warning("the pool did not take the entries; they stay here", metadata: ["reason": "\(error)"])
            return .failed(error.failure)
        } catch {
            log.error("the entries could not be sent", metadata: ["error": "\(error)"])
            return .failed(.temporary)
        }
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
