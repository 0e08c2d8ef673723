// Reads the whole journal once after each start, a little between two decisions, so that damage in its older part shows
// while a copy of it is still at the pool. The end of the journal was checked before the station opened.

internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle
internal import StationCore

/// The service that checks the rest of the journal while the station works.
final class JournalScrub: Service {
    /// What it has found so far.
    enum Finding: Sendable, CustomStringConvertible {
        case underWay(checked: UInt64)
        case whole(checked: UInt64)
        case damaged(String)

        /// As `journal status` prints it.
        var description: String {
            switch self {
            case .underWay(let checked): "under way, \(checked) entries checked"
            case .whole(let checked): "whole, \(checked) entries checked"
            case .damaged(let reason): "damaged: \(reason)"
            }
        }
    }

    /// How many entries are read between two decisions.
    private static let slice = 64
    /// The pause between two slices: the station comes first, and so does a memory card that is slow.
    private static let pause: Duration = .milliseconds(20)

    private let loop: StationLoop
    private let source: EntrySource
    private let log: Logger
    private let state = NIOLockedValueBox(Finding.underWay(checked: 0))

    /// A scrub of the journal that a loop works with.
    init(loop: StationLoop, source: EntrySource, log: Logger) {
        self.loop = loop
        self.source = source
        self.log = log
    }

    /// What it has found so far.
    var finding: Finding { state.withLockedValue(\.self) }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.check() }
        } catch is CancellationError {
            return
        } catch {
            // Lending goes on: what is damaged lies behind, and each new entry still follows from the one before.
            log.critical(
                "an older part of the journal is damaged; keep the file, the pool has what it acknowledged",
                metadata: ["reason": "\(error)"])
            state.withLockedValue { $0 = .damaged("\(error)") }
        }
        try await gracefulShutdown()
    }

    private func check() async throws {
        let (end, start) = try await loop.ask { place in
            (place.journal.head.sequence, try place.journal.start())
        }
        var verifier = ChainVerifier(source: source, after: start)
        var checked = start?.sequence ?? 0
        while checked < end {
            let after = checked
            let (entries, start) = try await loop.ask { place in
                let entries = try place.journal.read {
                    try JournalReader.entries($0, epoch: place.journal.head.epoch, after: after, limit: Self.slice)
                }
                return (entries, try place.journal.start())
            }
            // What was to be read next was trimmed meanwhile.
            if let start, start.sequence > checked { verifier = ChainVerifier(source: source, after: start) }
            for entry in entries { try verifier.take(EntryDocument(entry: entry, source: source)) }
            guard let last = entries.last else { break }
            checked = last.number.sequence
            state.withLockedValue { $0 = .underWay(checked: checked) }
            try await Task.sleep(for: Self.pause)
        }
        state.withLockedValue { $0 = .whole(checked: checked) }
    }
}
