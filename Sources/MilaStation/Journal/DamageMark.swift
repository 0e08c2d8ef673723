// Damage that shows only when the journal is written, in its list of free pages, say, would end the station at each start.
// Whoever finds it leaves this mark, and the next start puts the journal aside.

internal import Foundation
internal import Groundwork
internal import StationCore

/// Says of the journal of an epoch that SQLite found it damaged while it was written.
enum DamageMark {
    /// The file, beside a journal.
    static func file(besides journal: String) -> String { journal + ".damaged" }

    /// Leaves the mark, where the disk lets it.
    static func leave(_ epoch: Epoch, besides journal: String) {
        // Nothing better can be done where it does not: the process ends in any case.
        try? DurableFile.write(Array(epoch.description.utf8), to: file(besides: journal))
    }

    /// Whether the journal of this epoch is marked.
    static func isLeft(of epoch: Epoch, besides journal: String) -> Bool {
        FileManager.default.contents(atPath: file(besides: journal)).map { String(decoding: $0, as: UTF8.self) }
            == epoch.description
    }
}
