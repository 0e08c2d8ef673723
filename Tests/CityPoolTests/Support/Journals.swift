// Journals as a station writes them, made of the core's own entries, for the tests to send, double, cut and damage.

import Groundwork
import TestSupport

@testable import StationCore

/// A station's journal in memory.
struct TestJournal {
    let source: EntrySource
    private(set) var head: JournalHead
    private(set) var entries: [Entry] = []
    /// When the last entry was written, in milliseconds.
    var clock: Int64 = 1_800_000_000_000
    private var saltCounter: UInt8 = 0

    /// A new journal, with the entry that opens its epoch.
    init(station: String = "demo", city: String = PoolHouse.city, epoch: UInt64 = 0xA) {
        guard let id = StationID(station) else { preconditionFailure("no station's name") }
        source = EntrySource(cityDomain: city, station: id)
        head = JournalHead(epoch: Epoch(epoch), sequence: 0, hash: .none)
        write(.epochOpened(.first, program: "test", predecessor: nil))
    }

    /// The entries as they travel.
    var documents: [[UInt8]] { entries.map { $0.document(source: source) } }

    @discardableResult
    mutating func write(_ happening: Happening, quality: ClockQuality = .synchronised) -> EntryNumber {
        clock += 1000
        saltCounter &+= 1
        let moment = Moment(
            monotonic: MonotonicInstant(nanoseconds: UInt64(clock)), wall: WallTime(milliseconds: clock),
            quality: quality)
        guard let salt = Salt([UInt8](repeating: saltCounter, count: Salt.byteCount)) else {
            preconditionFailure("a salt has 16 bytes")
        }
        let entry = Entry(happening, after: head, at: moment, salt: salt, source: source)
        entries.append(entry)
        head = JournalHead(after: entry)
        return entry.number
    }

    /// So many seconds pass.
    mutating func pause(seconds: Int64) { clock += seconds * 1000 }

    /// A loan begins; gives its number.
    @discardableResult
    mutating func checkOut(_ item: String, by borrower: String = "b-1", locker: String = "4") -> EntryNumber {
        let due = WallTime(milliseconds: clock + 14 * 86_400_000)
        let loan = write(
            .checkoutBegun(item: .of(item), borrower: .of(borrower), locker: .of(locker), due: due, opening: nil))
        write(.checkoutCompleted(errand(.checkout, loan, loan, item, locker), nil, content: .empty))
        return loan
    }

    /// A loan ends.
    mutating func giveBack(_ loan: EntryNumber, _ item: String, locker: String = "4") {
        let opening = write(
            .returnBegun(loan: loan, item: .of(item), locker: .of(locker), opening: nil, isReported: false))
        write(.returnCompleted(errand(.giveBack, opening, loan, item, locker), nil, content: .holds))
    }

    /// So many loans, each given back: four entries each.
    mutating func lend(times: Int) {
        for number in 0..<times {
            let item = "item-\(number % 7)"
            giveBack(checkOut(item), item)
        }
    }

    /// Somebody without the borrower's card says that the item is back.
    mutating func report(_ loan: EntryNumber, _ item: String, locker: String = "4") {
        let opening = write(
            .returnBegun(loan: loan, item: .of(item), locker: .of(locker), opening: nil, isReported: true))
        write(.returnReported(errand(.report, opening, loan, item, locker), nil, content: .unverified))
    }

    /// Staff open a locker, and it opens.
    mutating func serve(_ locker: String) {
        let opening = write(.serviceBegun(locker: .of(locker), by: .staff(.of("s-1"))))
        let errand = Errand(
            purpose: .service, opening: opening, loan: opening, item: nil, locker: .of(locker))
        write(.serviceCompleted(errand, nil))
    }

    func errand(
        _ purpose: Errand.Purpose, _ opening: EntryNumber, _ loan: EntryNumber, _ item: String, _ locker: String
    ) -> Errand {
        Errand(purpose: purpose, opening: opening, loan: loan, item: .of(item), locker: .of(locker))
    }
}

extension Identifier {
    static func of(_ text: String) -> Self {
        guard let identifier = Self(text) else { preconditionFailure("'\(text)' is no identifier") }
        return identifier
    }
}

extension [UInt8] {
    /// A document with one member changed, its hash left as it was.
    func with(_ key: String, _ value: JSON?) -> [UInt8] {
        guard var object = (try? JSON(parsing: self))?.object else { preconditionFailure("no document") }
        object[key] = value
        return JSON.object(object).canonical
    }

    /// A document with a member changed, and the hash that fits it then.
    func rehashed(_ key: String, _ value: JSON) -> [UInt8] {
        let changed = with(key, value)
        let bare = changed.with("entryhash", nil).with("disclosure", nil)
        return changed.with("entryhash", .string(EntryHash(of: bare).description))
    }
}

/// Whether a key signed a note.
func isSigned(_ note: SignedNote, by key: NoteKey) -> Bool { key.signed(note) }
