// Replays entries to books while it checks their chain, to be held against the tables.

internal import StationCore

/// A replay of a journal's entries, one after another.
struct BooksReplay: Sendable {
    private let source: EntrySource
    private var verifier: ChainVerifier
    private var image: BooksImage
    /// Whose the open loans are; of those whose first entry is gone nobody knows.
    private var borrowers: [EntryNumber: BorrowerID] = [:]

    /// A replay that begins after an entry, with the books after it; from the first entry on where there is none.
    init(source: EntrySource, after start: JournalHead? = nil, books: BooksImage = BooksImage()) {
        self.source = source
        verifier = ChainVerifier(source: source, after: start)
        image = books
    }

    /// Takes the next entry.
    ///
    /// Throws: ``ChainBreak`` where it does not follow; ``EntryError`` where it lacks what entries of its kind have.
    mutating func take(_ entry: Entry) throws {
        try verifier.take(EntryDocument(entry: entry, source: source))
        try image.apply(entry)
        for change in try entry.fields.changes(kind: entry.kind, number: entry.number) {
            if case .loanOpened(let loan, _, _) = change { borrowers[loan] = entry.disclosure?.borrower }
            if case .loanClosed(let loan) = change { borrowers[loan] = nil }
        }
    }

    /// What is different in the tables; `nil` where nothing is.
    func difference(from tables: BookTables) -> String? { tables.difference(from: image, borrowers) }
}

/// Books that are not what the entries add up to.
struct DamagedBooks: Error, CustomStringConvertible {
    var finding: String
    var description: String { "the books: \(finding)" }
}
