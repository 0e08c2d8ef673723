// What others had been told until a prefix of a log ended, as the last entry that must have outlasted a power cut then.
// Whatever leaves a program counts: a sentence on the screen, an order to the guard, an entry in an upload or an export, a
// checkpoint, a receipt.

import Foundation
import GuardProtocol
import StationCore
import TestSupport

/// What a recorded program promised, and when.
struct Promises: Sendable {
    /// How something is promised.
    enum Kind: String, Sendable {
        /// A line on the screen.
        case message
        /// An order to the guard.
        case order
        /// An entry that was uploaded, exported, or named.
        case entry
        /// A signed note: a checkpoint or a receipt.
        case note
        /// A signed note about entries that are gone.
        case trim
    }

    /// For each prefix the sequence of the last entry that was promised in it; by the number of records in the prefix.
    private(set) var floor: [Int] = [0]
    /// For each prefix the last entry that somebody was told is gone, and all borrowers' disclosures with it that were to be
    /// erased by then.
    private(set) var trimmed: [Int] = [0]
    /// How many promises there were, by what they were.
    private(set) var counts: [Kind: Int] = [:]
    /// The first prefix that has the program's key: one in which anybody was told anything, if it was not there before.
    private(set) var firstWord: Int

    /// Reads the promises off a log.
    ///
    /// - Parameters:
    ///   - history: the entries that the journal has in the end.
    ///   - before: the last entry that was promised before the recording began.
    ///   - hadKey: whether the key was there before it.
    ///   - hasty: the promises that count from before the sync which they waited for, as a negative control: those of a program
    ///     that tells first and commits then.
    init(_ log: RecordedLog, history: [Entry], before: Int = 0, hadKey: Bool = false, hasty: Kind? = nil) {
        var ear = Ear(history: history)
        var raised = [Int](repeating: 0, count: log.records.count + 1)
        var gone = raised
        var (lastSync, firstWord) = (0, Int.max)
        for (index, record) in log.records.enumerated() {
            switch record.operation {
            case .told, .sent:
                firstWord = min(firstWord, index + 1)
                for (what, sequence) in ear.promises(record, log.bytes[record.payload]) {
                    counts[what, default: 0] += 1
                    let place = what == hasty ? lastSync : index + 1
                    raised[place] = max(raised[place], sequence)
                    if what == .trim { gone[place] = max(gone[place], sequence) }
                }
            case .synced: lastSync = index
            case .started, .found, .created, .written, .resized, .renamed, .linked, .unlinked, .folderMade,
                .folderSynced, .mapped:
                break
            }
        }
        raised[0] = max(raised[0], before)
        (floor, trimmed) = (Self.highest(raised), Self.highest(gone))
        self.firstWord = hadKey ? 0 : firstWord
    }

    /// The same of a station that says at a prefix already what it has forgotten in the end, as a negative control.
    func withTrimTold(at prefix: Int) -> Promises {
        var hasty = self
        for index in prefix..<trimmed.count { hasty.trimmed[index] = trimmed[trimmed.count - 1] }
        return hasty
    }

    /// What is promised stays so.
    private static func highest(_ raised: [Int]) -> [Int] {
        var highest = raised
        for prefix in highest.indices.dropFirst() { highest[prefix] = max(highest[prefix], highest[prefix - 1]) }
        return highest
    }

    /// What is wrong with an image at a prefix.
    func faults(of verdict: ImageVerdict, at prefix: Int) -> [String] {
        let (floor, gone) = (floor[prefix], trimmed[prefix])
        var faults = verdict.faults
        // A start that was cut short before anybody was told anything may begin anew, and says why.
        if floor == 0, !faults.isEmpty { faults.removeAll { $0.hasPrefix("put aside") } }
        if verdict.reached < floor { faults.append("LOST: \(floor) entries promised, \(verdict.reached) there") }
        if verdict.applied > verdict.register { faults.append("LOST: the register that was applied") }
        if prefix >= firstWord, !verdict.hasKey { faults.append("LOST: the key, or the account") }
        if verdict.trimmed < gone { faults.append("BACK: entries \(verdict.trimmed + 1) to \(gone), told to be gone") }
        if gone > 0, verdict.holdsErased { faults.append("BACK: a borrower who was erased stands in a file") }
        return faults
    }
}

/// Hears what a program says.
private struct Ear {
    /// The messages that stand for an entry of their own, and its kind.
    private static let kinds: [String: EntryKind] = [
        "locker-opens": .checkoutBegun, "taken": .checkoutCompleted, "returned": .returnCompleted,
        "return-reported": .returnReported, "renewed": .loanRenewed, "refused-on-loan": .refused,
        "locker-opens-for-staff": .serviceBegun, "locker-served": .serviceCompleted,
        "locker-suspended": .serviceSuspended, "locker-resumed": .serviceResumed,
    ]

    /// A kind of entry about an item, or else about a locker.
    private struct Topic: Hashable {
        var kind: EntryKind
        var subject: String
    }

    private static let trimTitle = Data("milastation trim v1".utf8)

    private let epoch: Data
    private var entries: [Topic: [Int]] = [:]
    private var heard: [Topic: Int] = [:]
    private var unfinished: [UInt64: Data] = [:]

    init(history: [Entry]) {
        epoch = Data((history.first?.number.epoch.description ?? "no epoch").utf8)
        for entry in history {
            let subject = entry.fields.item?.text ?? entry.fields.locker?.text ?? ""
            entries[Topic(kind: entry.kind, subject: subject), default: []].append(Int(entry.number.sequence))
        }
    }

    /// The entries that a record promises.
    mutating func promises(_ record: RecordedLog.Record, _ bytes: ArraySlice<UInt8>) -> [(Promises.Kind, Int)] {
        if let order = Self.order(bytes) { return [(.order, order)] }
        let stream = UInt64(record.process) << 32 | UInt64(record.descriptor)
        let text = (unfinished[stream] ?? Data()) + Data(bytes)
        guard record.operation == .told else {
            // An identifier that is cut in two by the end of a packet is whole with the next one.
            unfinished[stream] = text.suffix(epoch.count + 16)
            return mentions(text)
        }
        let end = text.lastIndex(of: 0x0a).map { text.index(after: $0) } ?? text.startIndex
        unfinished[stream] = Data(text[end...])
        return text[..<end].split(separator: 0x0a).compactMap { line in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
                let id = object["id"] as? String, let kind = Self.kinds[id],
                let subject = object["item"] as? String ?? object["locker"] as? String
            else { return nil }
            // Said for the third time of this drill: its third entry. An entry nobody was told of makes that too early.
            let topic = Topic(kind: kind, subject: subject)
            let count = heard[topic, default: 0]
            heard[topic] = count + 1
            guard let known = entries[topic], count < known.count else { return nil }
            return (.message, known[count])
        }
    }

    /// The entry that an order to the guard was written for.
    private static func order(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == Frame.byteCount, let frame = bytes.withUnsafeBytes({ Frame(packet: $0) }),
            case .open(let request)? = try? StationMessage(frame)
        else { return nil }
        return Int(request.number)
    }

    /// The entries that are named as EPOCH-SEQUENCE, or by a note with epoch and sequence on two lines.
    private func mentions(_ text: Data) -> [(Promises.Kind, Int)] {
        var (found, place) = ([(Promises.Kind, Int)](), text.startIndex)
        while let match = text.range(of: epoch, in: place..<text.endIndex) {
            place = match.upperBound
            var rest = text[match.upperBound...]
            guard let separator = [Data("-".utf8), Data("\n".utf8), Data("\\n".utf8)].first(where: rest.starts)
            else { continue }
            rest = rest.dropFirst(separator.count)
            let digits = rest.prefix(12).prefix { (0x30...0x39).contains($0) }
            // Digits that go on in the next packet are read with it.
            guard digits.endIndex < text.endIndex || digits.count == 12,
                let sequence = Int(String(decoding: digits, as: UTF8.self))
            else { continue }
            let isTrim = text[..<match.lowerBound].suffix(200).range(of: Self.trimTitle) != nil
            found.append((separator.first == 0x2d ? .entry : isTrim ? .trim : .note, sequence))
        }
        return found
    }
}
