// A *fork*: the pool has another history of this journal, because its memory card was copied or restored from a backup.
// What shows it is the pool's signed receipt. It is kept beside the journal, and the next start puts the journal aside:
// a running station would have to change its books under people who are being served.

internal import Foundation
internal import Groundwork
internal import StationCore

/// The receipt that shows a fork, in a file beside the journal.
enum ForkMark {
    /// The file, beside a journal.
    static func file(besides journal: String) -> String { journal + ".forked" }

    /// Keeps a receipt; durable on return.
    ///
    /// Throws: ``SecretError`` where it can't be written.
    static func write(_ note: String, besides journal: String) throws {
        try DurableFile.write(Array(note.utf8), to: file(besides: journal))
    }

    /// The receipt that is kept; `nil` where there is none. Its signature was checked before it was kept. It counts for the
    /// journal of its own epoch only, so that it does no harm once that one is aside.
    static func read(besides journal: String) -> Receipt? {
        guard let bytes = FileManager.default.contents(atPath: file(besides: journal)),
            let note = SignedNote(String(decoding: bytes, as: UTF8.self))
        else { return nil }
        return Receipt(text: note.text)
    }
}
