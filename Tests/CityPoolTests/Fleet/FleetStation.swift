// A station of the fleet: the core's uplink and the station's own HTTP client carry its journal to the pools, over a network
// that loses answers, doubles requests and lets later ones overtake earlier ones.

import Foundation
import NIOConcurrencyHelpers
import StationCore
import TestSupport

@testable import MilaStation

/// What happened on the way, for all stations together.
struct FleetCounts: Sendable {
    var (batches, doubled, overtaken, repeated, lost, failures) = (0, 0, 0, 0, 0, 0)
    /// How many entries are acknowledged.
    var acknowledged = 0
    /// What must never happen.
    var violations: [String] = []
}

/// A station that sends until all that it wrote is acknowledged.
final class FleetStation: Sendable {
    /// How much faster the uplink's clock goes, so that its pauses of seconds to minutes fit into a test.
    private static let haste = 20

    private let journal: FleetJournal
    /// One for each pool; a request goes to any of them.
    private let clients: [PoolClient]
    private let counts: NIOLockedValueBox<FleetCounts>
    private let seed: UInt64

    init(_ journal: FleetJournal, clients: [PoolClient], counts: NIOLockedValueBox<FleetCounts>, seed: UInt64) {
        (self.journal, self.clients, self.counts, self.seed) = (journal, clients, counts, seed)
    }

    /// Sends the journal: most of it is there from the start, as after weeks without a network; the rest is written on the
    /// way, some entries at a time.
    func run() async throws {
        var chance = SeededGenerator(seed: seed)
        var uplink = Uplink(acknowledged: 0, journalEnd: 0)
        var written = journal.documents.count * 3 / 4
        var event = Uplink.Event.journalEnds(head(written))
        while !Task.isCancelled {
            let jitter = Double(chance.number(below: 1000)) / 1000
            if let after = uplink.handle(event, at: Self.now, jitter: jitter) {
                event = await send(after: Int(after), of: written, &chance)
            } else if let deadline = uplink.nextDeadline {
                try await Task.sleep(for: deadline.duration(since: Self.now) / Self.haste)
                event = .tick
            } else if written < journal.documents.count {
                written = min(journal.documents.count, written + 1 + chance.number(below: 60))
                event = .journalEnds(head(written))
            } else {
                return
            }
        }
    }

    private static var now: MonotonicInstant {
        MonotonicInstant(nanoseconds: SystemClock.monotonic.nanoseconds * UInt64(haste))
    }

    private func head(_ sequence: Int) -> JournalHead {
        JournalHead(epoch: journal.epoch, sequence: UInt64(sequence), hash: journal.hashes[sequence - 1])
    }

    private func batch(
        after: Int, of written: Int, most: Int = EntryBatch.maximumEntries
    ) -> (body: [UInt8], count: Int) {
        EntryBatch.body(Array(journal.documents[after..<min(written, after + most)]))
    }

    // MARK: - The network

    private func send(after: Int, of written: Int, _ chance: inout SeededGenerator) async -> Uplink.Event {
        // A smaller one now and then: how journals are cut makes no difference.
        let most = chance.happens(30) ? 1 + chance.number(below: 200) : EntryBatch.maximumEntries
        let (batch, count) = batch(after: after, of: written, most: most)
        let (client, other) = (chance.pick(clients), chance.pick(clients))
        counts.withLockedValue { $0.batches += 1 }
        do {
            switch chance.number(below: 100) {
            case ..<10:
                // The request arrives twice, at the same time, at two pools maybe.
                counts.withLockedValue { $0.doubled += 1 }
                async let twin = try? other.send(batch: batch)
                let answers = [try? await client.send(batch: batch), await twin]
                guard let answer = answers.compactMap({ $0 }).randomElement(using: &chance) else {
                    throw PoolError("neither of two was answered")
                }
                return try acknowledged(answer, after)
            case ..<20 where after + count < written:
                // The batch behind it overtakes it.
                counts.withLockedValue { $0.overtaken += 1 }
                if let early = try? await other.send(batch: self.batch(after: after + count, of: written).body) {
                    _ = try acknowledged(early, after)
                }
            case ..<25 where after > 0:
                // An old batch turns up again.
                counts.withLockedValue { $0.repeated += 1 }
                let old = self.batch(after: chance.number(below: after), of: written).body
                if let late = try? await other.send(batch: old) { _ = try acknowledged(late, after) }
            case ..<32:
                // It arrives, but its answer does not.
                counts.withLockedValue { $0.lost += 1 }
                if let unheard = try? await client.send(batch: batch) { _ = try acknowledged(unheard, after) }
                return .failed(.temporary)
            default: break
            }
            return try acknowledged(try await client.send(batch: batch), after)
        } catch let error as PoolError {
            counts.withLockedValue { counts in
                counts.failures += 1
                if error.failure == .refused { counts.violations.append("\(journal.station): \(error)") }
            }
            return .failed(error.failure)
        } catch {
            counts.withLockedValue { $0.violations.append("\(journal.station): \(error)") }
            return .failed(.temporary)
        }
    }

    /// What an answer means: it must speak of this journal, set nothing aside, and never fall behind an earlier one.
    private func acknowledged(_ answer: PoolClient.Acknowledgement, _ before: Int) throws -> Uplink.Event {
        let head = answer.receipt?.head ?? JournalHead(epoch: journal.epoch, sequence: 0, hash: .none)
        let sequence = Int(head.sequence)
        let fits =
            sequence >= before && sequence <= journal.hashes.count
            && (sequence == 0 || head == self.head(sequence)) && answer.rejected.isEmpty
        counts.withLockedValue { counts in
            if !fits { counts.violations.append("\(journal.station): receipt for \(head) after \(before)") }
            counts.acknowledged += max(0, sequence - before)
        }
        return .acknowledged(sequence: head.sequence)
    }
}
