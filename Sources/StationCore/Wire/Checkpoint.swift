// What a station and a pool sign about a journal: the station its checkpoint (so far have I come), the pool its
// receipt (so far have I got it). Both are signed notes; comparing two of them shows what was cut or rewritten.

/// A station's word on how far its journal has come.
public struct Checkpoint: Equatable, Sendable {
    /// The station, as its entries name it.
    public var source: EntrySource
    /// The last entry.
    public var head: JournalHead

    /// A checkpoint of a station at a head.
    public init(source: EntrySource, head: JournalHead) {
        self.source = source
        self.head = head
    }

    private static let title = "milastation checkpoint v1"

    /// The text that the station signs.
    public var text: String { noteText([Self.title, source.description] + head.noteLines) }

    /// The checkpoint in a note's text, or `nil` where it is none.
    public init?(text: String) {
        guard let lines = noteLines(text, title: Self.title, count: 5), let head = JournalHead(noteLines: lines[2...])
        else { return nil }
        self.init(source: EntrySource(stored: lines[1]), head: head)
    }
}

/// A pool's word that it keeps a station's entries up to one of them.
public struct Receipt: Equatable, Sendable {
    /// The station, as its entries name it.
    public var source: EntrySource
    /// The last entry that the pool has stored, with all before it.
    public var head: JournalHead
    /// Which life of the pool's database says so: another one after a restore from a backup.
    public var incarnation: String

    /// A receipt for a station's entries up to a head.
    public init(source: EntrySource, head: JournalHead, incarnation: String) {
        self.source = source
        self.head = head
        self.incarnation = incarnation
    }

    private static let title = "milastation receipt v1"

    /// The text that the pool signs.
    public var text: String { noteText([Self.title, source.description] + head.noteLines + [incarnation]) }

    /// The receipt in a note's text, or `nil` where it is none.
    public init?(text: String) {
        guard let lines = noteLines(text, title: Self.title, count: 6), let head = JournalHead(noteLines: lines[2..<5])
        else { return nil }
        self.init(source: EntrySource(stored: lines[1]), head: head, incarnation: lines[5])
    }
}

extension JournalHead {
    /// The head as three lines of a signed note.
    var noteLines: [String] { [epoch.description, String(sequence), hash.description] }

    /// The head in three lines of a signed note.
    init?(noteLines lines: ArraySlice<String>) {
        let lines = Array(lines)
        guard lines.count == 3, let epoch = Epoch(lines[0]), let sequence = UInt64(lines[1]),
            sequence <= EntryNumber.maximumSequence, String(sequence) == lines[1], let hash = EntryHash(lines[2])
        else { return nil }
        self.init(epoch: epoch, sequence: sequence, hash: hash)
    }
}

/// The text of a note, line by line.
func noteText(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

/// The lines of a note with a title and so many lines in all; `nil` where it is another one.
func noteLines(_ text: String, title: String, count: Int) -> [String]? {
    guard text.hasSuffix("\n") else { return nil }
    let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.count == count && lines[0] == title ? lines : nil
}
