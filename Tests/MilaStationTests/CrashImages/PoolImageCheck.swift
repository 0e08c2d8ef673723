// Opens what a power cut has left as a pool does when it starts, and compares it with what was receipted before.

import Foundation
import Groundwork
import Logging
import StationCore
import TestSupport

@testable import CityPool

/// Looks at the files of a pool.
struct PoolImageCheck: ImageCheck {
    let history: [Entry]
    /// The pool's data, below the recorded folder.
    let data: String
    private let station: StationID
    private let source: EntrySource
    private let documents: [[UInt8]]
    private let key: NoteKey
    private let tokenHash: EntryHash
    private let ledgers: [[String]]
    /// The register that was there from the beginning; `nil` where one is loaded on the way.
    private let register: (version: RegisterVersion, house: House)?

    /// A check for images of a pool whose files are whole in the end.
    ///
    /// - Parameters:
    ///   - history: the entries of its station, as the station wrote them.
    ///   - keepsRegister: whether it has the same register from the beginning to the end.
    init(
        whole folder: String, data: String, station: StationID, source: EntrySource, history: [Entry],
        keepsRegister: Bool = false
    ) async throws {
        // In a copy: opening it changes it.
        let copy = try Folder(inMemory: true)
        try FileManager.default.copyItem(
            atPath: "\(folder)/\(data)/\(SQLiteEngine.fileName)", toPath: copy.file(SQLiteEngine.fileName))
        let store = try await PoolDatabase(SQLiteEngine(folder: copy.path))
        guard let key = try await store.identity().key, let account = try await store.station(station) else {
            throw BenchError("the pool has no key or no station")
        }
        (self.key, tokenHash) = (key, account.tokenHash)
        register = keepsRegister ? try await store.house() : nil
        try await store.close()
        (self.data, self.station, self.source, self.history) = (data, station, source, history)
        documents = history.map { $0.document(source: source) }
        var ledger = Ledger()
        var ledgers = [ledger.lines]
        for entry in history {
            try ledger.take(entry)
            ledgers.append(ledger.lines)
        }
        self.ledgers = ledgers
    }

    /// Database and key belong together.
    let parts = 1

    func part(of path: String) -> Int? { path.hasPrefix(data + "/") ? 0 : nil }

    func verdict(_ part: Int, _ folder: String, isThorough: Bool) async throws -> ImageVerdict {
        var verdict = ImageVerdict()
        // As `city-pool serve` does, in its order.
        let store = try await PoolDatabase(SQLiteEngine(folder: "\(folder)/\(data)"))
        let pool = try await Pool(
            store: store, folder: "\(folder)/\(data)", logger: Logger(label: "pool") { _ in SwiftLogNoOpLogHandler() })
        if let account = try await store.station(station) {
            verdict.hasKey = try await pool.key()?.noteKey == key && account.tokenHash == tokenHash
            verdict.reached = try await reached(store, &verdict)
            try await goOn(pool, account, from: verdict.reached, isThorough, &verdict)
        }
        if let register {
            verdict.applied = register.version.number
            let found = try await store.house()
            verdict.register = found?.version.number ?? 0
            if found?.house != register.house { verdict.faults.append("LOST: the register says something else") }
        }
        try await store.close()
        return verdict
    }

    /// How many entries the pool has: those that the station wrote, each applied once.
    private func reached(_ store: PoolDatabase, _ verdict: inout ImageVerdict) async throws -> Int {
        guard let head = try await store.newestHead(of: station) else { return 0 }
        let count = Int(head.sequence)
        guard count <= history.count, head == JournalHead(after: history[count - 1]) else {
            verdict.faults.append("the pool has entry \(count), which the station did not write")
            return count
        }
        let stored = try await store.engine.read { database in
            try database.rows("SELECT document, rejection FROM entries ORDER BY sequence").map { row in
                let rejection: String? = try row.get("rejection")
                return (document: try row.get("document") as [UInt8], isRejected: rejection != nil)
            }
        }
        if stored.map(\.document) != Array(documents[..<count]) { verdict.faults.append("the entries are others") }
        if stored.contains(where: \.isRejected) { verdict.faults.append("an entry was set aside") }
        if try await ledger(store) != ledgers[count] { verdict.faults.append("not each entry counts once") }
        return count
    }

    /// The station sends what it has no receipt for, some of it once more.
    private func goOn(
        _ pool: Pool, _ account: StationAccount, from count: Int, _ isThorough: Bool, _ verdict: inout ImageVerdict
    ) async throws {
        guard let store = pool.store as? PoolDatabase else { return }
        let (first, last) = isThorough ? (0, documents.count) : (max(0, count - 2), min(documents.count, count + 2))
        for start in stride(from: first, to: last, by: EntryBatch.maximumEntries) {
            let batch = documents[start..<min(last, start + EntryBatch.maximumEntries)]
            let answer = try await pool.take(EntryBatch.body(Array(batch)).body, of: account)
            guard let note = SignedNote(answer.receipt), key.signed(note), let receipt = Receipt(text: note.text),
                receipt.head == JournalHead(after: history[max(count, batch.endIndex) - 1])
            else {
                verdict.faults.append("no receipt for what it was sent again")
                return
            }
        }
        if try await ledger(store) != ledgers[max(count, last)] { verdict.faults.append("it counts something twice") }
    }

    private func ledger(_ store: PoolDatabase) async throws -> [String] {
        try await store.engine.read { database in
            try database.rows(
                """
                SELECT id, item, due, renewals, is_reported, CASE WHEN ended IS NULL THEN 1 ELSE 0 END AS open
                FROM loans ORDER BY position
                """
            ).map { row in
                Ledger.line(
                    try row.get("id"), item: try row.get("item"), due: try row.get("due"),
                    renewals: try row.get("renewals"), isReported: try row.get("is_reported"),
                    isOpen: try row.get("open"))
            }
        }
    }
}

/// The loans that entries add up to, each entry counted once; not by the pool's own code.
private struct Ledger {
    private struct Account {
        var id: EntryNumber, item: ItemID, due: WallTime
        var renewals = 0
        var isReported = false
        var isOpen = true
    }

    private var accounts: [Account] = []

    static func line(
        _ id: String, item: String, due: Int64, renewals: Int, isReported: Bool, isOpen: Bool
    ) -> String { "\(id) \(item) \(due) \(renewals) \(isReported) \(isOpen)" }

    var lines: [String] {
        accounts.map {
            Self.line(
                $0.id.description, item: $0.item.text, due: $0.due.milliseconds, renewals: $0.renewals,
                isReported: $0.isReported, isOpen: $0.isOpen)
        }
    }

    mutating func take(_ entry: Entry) throws {
        for change in try entry.fields.changes(kind: entry.kind, number: entry.number) {
            switch change {
            case .loanOpened(let id, let item, let due): accounts.append(Account(id: id, item: item, due: due))
            case .loanClosed(let id): alter(id) { $0.isOpen = false }
            case .loanRenewed(let id, let due):
                alter(id) {
                    $0.due = due
                    $0.renewals += 1
                }
            case .loanReported(let id): alter(id) { $0.isReported = true }
            case .errandBegan, .errandEnded, .content, .service, .condition, .place, .card, .passTried, .passLeft: break
            }
        }
    }

    private mutating func alter(_ id: EntryNumber, _ change: (inout Account) -> Void) {
        for index in accounts.indices where accounts[index].id == id { change(&accounts[index]) }
    }
}
