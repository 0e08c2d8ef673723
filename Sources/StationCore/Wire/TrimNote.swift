// A station's word about the entries that it no longer keeps: where they ended, and what the books were there.

/// What a station signs when it trims its journal.
public struct TrimNote: Equatable, Sendable {
    /// The station, as its entries name it.
    public var source: EntrySource
    /// The last entry that is gone.
    public var head: JournalHead
    /// The SHA-256 of the canonical form of the ``BooksImage`` after that entry.
    public var books: EntryHash

    /// A note about the entries up to a head.
    public init(source: EntrySource, head: JournalHead, books: BooksImage) {
        self.source = source
        self.head = head
        self.books = EntryHash(of: books.json.canonical)
    }

    private static let title = "milastation trim v1"

    /// The text that the station signs.
    public var text: String { noteText([Self.title, source.description] + head.noteLines + [books.description]) }

    /// The word in a note's text, or `nil` where it is none.
    public init?(text: String) {
        guard let lines = noteLines(text, title: Self.title, count: 6), let head = JournalHead(noteLines: lines[2..<5]),
            let books = EntryHash(lines[5])
        else { return nil }
        (source, self.head, self.books) = (EntrySource(stored: lines[1]), head, books)
    }
}
