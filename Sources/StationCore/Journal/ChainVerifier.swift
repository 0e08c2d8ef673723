// Checks entries one after another: hashes, order, holes, the link to the one before, and (with a checkpoint) that
// the end was not cut off. Says at which entry the chain breaks, and how.

/// What breaks a chain, and where.
public struct ChainBreak: Error, Equatable, Sendable, CustomStringConvertible {
    /// The way in which it breaks.
    public enum Kind: String, CaseIterable, Sendable {
        case unreadable
        case edited
        case removed
        case reordered
        case relinked
        case truncated
        case otherSource = "other-source"
        case otherEpoch = "other-epoch"
        case forked
    }

    /// The way in which it breaks.
    public var kind: Kind
    /// The sequence at which it shows.
    public var sequence: UInt64
    /// The finding in words.
    public var finding: String

    /// The finding in one line, with its place and kind.
    public var description: String { "entry \(sequence): \(kind.rawValue): \(finding)" }
}

/// Follows one journal's chain entry by entry.
public struct ChainVerifier: Sendable {
    private var source: EntrySource?
    private var checkpoint: Checkpoint?
    private var passedCheckpoint = false
    /// Where the chain stands: the last entry that was found right.
    public private(set) var head: JournalHead?
    /// How many entries were found right.
    public private(set) var count: UInt64 = 0

    /// A verifier that expects a journal from its first entry on, or (after `head`) the entries that follow.
    ///
    /// - Parameters:
    ///   - source: the station the entries must come from; `nil` to take the first entry's word.
    ///   - checkpoint: what the station once signed; the chain must lead through it.
    public init(source: EntrySource? = nil, after head: JournalHead? = nil, checkpoint: Checkpoint? = nil) {
        self.source = source
        self.head = head
        self.checkpoint = checkpoint
        guard let checkpoint, let head else { return }
        // Who is known to have come further led through the checkpoint before, or was checked against another one.
        let isBehind = head.epoch == checkpoint.head.epoch && head.sequence > checkpoint.head.sequence
        passedCheckpoint = isBehind || head == checkpoint.head
    }

    /// Takes the next entry in the form in which it travels.
    ///
    /// Throws: ``ChainBreak`` where it is none, or does not continue the chain.
    public mutating func take(parsing bytes: [UInt8]) throws(ChainBreak) {
        let document: EntryDocument
        do { document = try EntryDocument(parsing: bytes) } catch {
            throw ChainBreak(kind: .unreadable, sequence: (head?.sequence ?? 0) + 1, finding: error.description)
        }
        try take(document)
    }

    /// Takes the next entry.
    ///
    /// Throws: ``ChainBreak`` where it does not continue the chain.
    public mutating func take(_ document: EntryDocument) throws(ChainBreak) {
        let entry = document.entry
        let expected = (head?.sequence ?? 0) + 1
        func broken(_ kind: ChainBreak.Kind, at sequence: UInt64, _ finding: String) -> ChainBreak {
            ChainBreak(kind: kind, sequence: sequence, finding: finding)
        }
        if let source, source != document.source {
            throw broken(.otherSource, at: expected, "it names another station: \(document.source)")
        }
        source = document.source
        if let head, head.epoch != entry.number.epoch {
            throw broken(.otherEpoch, at: expected, "it belongs to epoch \(entry.number.epoch), not \(head.epoch)")
        }
        do { try document.checkHash() } catch {
            throw broken(.edited, at: entry.number.sequence, error.description)
        }
        if entry.number.sequence > expected {
            throw broken(.removed, at: expected, "it is missing: entry \(entry.number.sequence) comes instead")
        }
        if entry.number.sequence < expected {
            throw broken(.reordered, at: expected, "entry \(entry.number.sequence) comes in its place")
        }
        guard entry.previousHash == head?.hash ?? .none else {
            throw broken(.relinked, at: expected, "its previoushash is not the hash of the entry before it")
        }
        let next = JournalHead(after: entry)
        if let checkpoint, checkpoint.head.sequence == next.sequence {
            guard checkpoint.head == next else {
                throw broken(.forked, at: expected, "the checkpoint has another entry here: this is another history")
            }
            passedCheckpoint = true
        }
        head = next
        count += 1
    }

    /// Says that there are no more entries.
    ///
    /// Throws: ``ChainBreak`` where the checkpoint speaks of entries that never came.
    public func finish() throws(ChainBreak) {
        guard let checkpoint, !passedCheckpoint else { return }
        let last = head?.sequence ?? 0
        let spokenOf = checkpoint.head.sequence
        throw ChainBreak(
            kind: .truncated, sequence: last + 1,
            finding: "the checkpoint speaks of \(spokenOf) entries, \(last) are there: the tail was cut off")
    }
}
