// What a station has forgotten in an image: borrowers who are erased stand in no file any more, and whatever entries are gone
// the station has signed for, with the books as they were then.

import Foundation
import GRDB
import Groundwork
import StationCore
import TestSupport

@testable import MilaStation

/// Looks at what a journal has forgotten.
struct ForgottenCheck: Sendable {
    private let history: [Entry]
    /// The books after each entry, from the entries alone; empty where nothing was ever forgotten.
    private let images: [BooksImage]
    /// The entries whose disclosures are gone in the end.
    private let sequences: Set<Int64>
    /// What these disclosures, and no others, have in common behind their salts.
    private let mark: Data
    /// Up to which entry disclosures are looked through in the end.
    private let erased: UInt64

    /// A check for images of a journal.
    ///
    /// - Parameters:
    ///   - older: the entries that were there before, with all their disclosures.
    ///   - left: what is left of them, and what follows.
    init(older: [Entry], left: [Entry], history: [Entry], marks: Retention.Marks) throws {
        self.history = history
        erased = marks.erased
        var (image, images) = (BooksImage(), [BooksImage()])
        for entry in history {
            try image.apply(entry)
            if marks.trimmed > 0 { images.append(image) }
        }
        self.images = images
        let disclosed = Set(left.filter { $0.disclosure != nil }.map(\.number))
        // Whoever has not brought something back is still known, by the books, when the entry is gone.
        let loans = image.loans
        func isGone(_ entry: Entry) -> Bool {
            entry.disclosure != nil && !disclosed.contains(entry.number) && loans[entry.number] == nil
        }
        func mark(_ entry: Entry) -> Data { Data((entry.disclosure?.text ?? "").utf8.dropFirst(32).prefix(24)) }
        let gone = older.filter(isGone)
        sequences = Set(gone.map { Int64($0.number.sequence) })
        let common = gone.first.map(mark) ?? Data()
        self.mark = common
        guard gone.isEmpty || older.allSatisfy({ (mark($0) == common) == isGone($0) }) else {
            throw BenchError("those who are erased have other names than those who are not")
        }
    }

    /// How many disclosures are gone in the end.
    var count: Int { sequences.count }

    /// Whether one of them stands in a file of a folder.
    func stands(in folder: String) throws -> Bool {
        guard !sequences.isEmpty else { return false }
        return try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
            guard name.hasPrefix("journal.sqlite") else { return false }
            return FileManager.default.contents(atPath: "\(folder)/\(name)")?.range(of: mark) != nil
        }
    }

    /// Up to which entry all are gone, which the station has signed for.
    func trimmed(
        _ journal: JournalStore, _ key: NoteKey, _ isThorough: Bool, _ verdict: inout ImageVerdict
    ) throws -> Int {
        let marks = try journal.read(Retention.marks)
        if marks.erased >= erased, !sequences.isEmpty {
            let known = try journal.read { database in
                try Set(Int64.fetchAll(database, sql: "SELECT sequence FROM entry WHERE disclosure IS NOT NULL"))
            }
            if !sequences.isDisjoint(with: known) { verdict.faults.append("a borrower who was erased is known") }
        }
        let count = Int(marks.trimmed)
        guard count > 0 else { return 0 }
        verdict.trimmed = count
        guard let note = marks.note.flatMap({ SignedNote($0) }), key.signed(note),
            let word = TrimNote(text: note.text)
        else {
            verdict.faults.append("nobody signed for \(count) entries that are gone")
            return count
        }
        guard count < images.count, word.head == JournalHead(after: history[count - 1]), marks.hash == word.head.hash
        else {
            verdict.faults.append("the word about \(count) entries that are gone names others")
            return count
        }
        var books = try journal.read(Retention.books)
        if books != images[count] || EntryHash(of: books.json.canonical) != word.books {
            verdict.faults.append("the books after entry \(count) are not those that were signed for")
        }
        guard isThorough else { return count }
        let left = try journal.entries()
        for entry in left { try books.apply(entry) }
        if count + left.count >= images.count || books != images[count + left.count] {
            verdict.faults.append("what is left does not replay to the books")
        }
        return count
    }

    /// The station goes on to forget, as its service for that does, and then nobody who is erased stands in a file.
    func goOn(_ journal: JournalStore, in folder: String, _ verdict: inout ImageVerdict) throws {
        guard !sequences.isEmpty else { return }
        try journal.emptyLog()
        var isErased = false
        while try journal.erase(before: RecordedDay.now.adding(milliseconds: -30 * 86_400_000)) { isErased = true }
        if isErased { try journal.emptyLog() }
        guard try journal.read(Retention.marks).erased >= erased else { return }
        if try stands(in: folder) {
            verdict.faults.append("BACK: who was erased stands in a file after the next start")
        }
    }
}
