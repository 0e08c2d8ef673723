// Reads the whole journal once after each start, a little between two decisions, so that damage in its older part shows
// while a copy of it is still at the pool; then holds the books against what the entries add up to. The end of the journal
// was checked before the station opened.

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

    /// What is read between two decisions.
    private struct Slice: Sendable {
        var entries: [Entry]
        /// The end of what was trimmed.
        var start: JournalHead?
        /// The books after that, where the slice begins there: at first, and where it was trimmed further than was read.
        var image: BooksImage?
        /// The books as they are, where the slice ends at the journal's end.
        var books: BookTables?
    }

    private func check() async throws {
        var replay = BooksReplay(source: source)
        // Nothing was read yet: the first slice says where the journal begins now.
        var checked: UInt64?
        while true {
            let slice = try await slice(after: checked)
            if let books = slice.image {
                replay = BooksReplay(source: source, after: slice.start, books: books)
                checked = slice.start?.sequence ?? 0
            }
            for entry in slice.entries { try replay.take(entry) }
            checked = slice.entries.last?.number.sequence ?? checked
            if let books = slice.books {
                if let finding = replay.difference(from: books) { throw DamagedBooks(finding: finding) }
                break
            }
            guard !slice.entries.isEmpty else {
                throw DamagedEntry(sequence: (checked ?? 0) + 1, finding: "it is missing")
            }
            state.withLockedValue { [checked] in $0 = .underWay(checked: checked ?? 0) }
            try await Task.sleep(for: Self.pause)
        }
        state.withLockedValue { [checked] in $0 = .whole(checked: checked ?? 0) }
    }

    private func slice(after checked: UInt64?) async throws -> Slice {
        try await loop.ask { place in
            let (journal, start) = (place.journal, try place.journal.start())
            let isBehind = checked.map { $0 < start?.sequence ?? 0 } ?? true
            let after = isBehind ? start?.sequence ?? 0 : checked ?? 0
            return try journal.read { database in
                let entries = try JournalReader.entries(
                    database, epoch: journal.head.epoch, after: after, limit: Self.slice)
                let isEnd = (entries.last?.number.sequence ?? after) == journal.head.sequence
                return Slice(
                    entries: entries, start: start, image: isBehind ? try Retention.books(database) : nil,
                    books: isEnd ? try BookTables(database) : nil)
            }
        }
    }
}
