// The world around a station in a scenario, as far as it is played: time, doors, guard, screen, and troubles of disk and
// register. All that the station does to it is kept as deeds.

import Foundation
import GuardProtocol
import StationCore

@testable import MilaStation

/// What the station did since somebody last asked.
final class DeedLog {
    private var deeds: [Deed] = []

    func append(_ deed: Deed) { deeds.append(deed) }

    func take() -> [Deed] {
        defer { deeds = [] }
        return deeds
    }
}

/// Time in a scenario: it passes only when the scenario says so.
final class PlayedTime {
    var reading: SystemClock.Reading

    init(wall: WallTime) {
        reading = .init(monotonic: Self.justStarted, wall: wall, isSynchronised: true)
    }

    var now: MonotonicInstant { reading.monotonic }

    func pass(until instant: MonotonicInstant) {
        guard instant > now else { return }
        // Whole milliseconds, and more of them than a duration of the core may have: years pass in a scenario.
        let wait = (instant.nanoseconds - now.nanoseconds) / 1_000_000
        reading.monotonic = instant
        reading.wall = reading.wall.adding(milliseconds: Int64(wait))
    }

    /// The board starts: its monotonic clock begins anew.
    func restart() { reading.monotonic = Self.justStarted }

    private static let justStarted = MonotonicInstant(nanoseconds: 30_000_000_000)
}

/// A guard with its doors. It keeps what the sensors show, also while no station listens.
final class PlayedGuard: GuardPort {
    struct Order {
        let sequence: UInt64
        let locker: LockerID
        let pulse: Duration
    }

    let deeds: DeedLog
    var isThere = false
    /// Whether it accepts each order at once.
    var answersByItself = true
    /// Orders that wait for an answer.
    var orders: [Order] = []
    /// Coils under power, with the end of their pulses.
    var coils: [(order: Order, end: MonotonicInstant)] = []
    /// Openings whose coils the station had switched off early.
    var closed: [UInt64] = []
    /// Since when doors stand open.
    var open: [LockerID: MonotonicInstant] = [:]
    /// Lockers whose lines don't work.
    var failing: Set<LockerID> = []
    private(set) var lamps: [LampPlace: LampSignal] = [:]

    init(deeds: DeedLog) { self.deeds = deeds }

    func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration, at instant: MonotonicInstant) {
        deeds.append(Deed(channel: .opens, name: locker.text))
        if isThere { orders.append(Order(sequence: number.sequence, locker: locker, pulse: pulse)) }
    }

    func close(_ number: EntryNumber, _ locker: LockerID) {
        deeds.append(Deed(channel: .locks, name: locker.text))
        guard let index = coils.firstIndex(where: { $0.order.sequence == number.sequence }) else { return }
        coils.remove(at: index)
        closed.append(number.sequence)
    }

    func show(_ place: LampPlace, _ signal: LampSignal) { if isThere { lamps[place] = signal } }

    /// Its process ends, or nothing of it is heard any more: coils off, lamps as it shows them without a station.
    func leave() {
        (isThere, orders, coils, closed, lamps) = (false, [], [], [], [:])
    }
}

/// A screen that keeps what people read.
final class PlayedScreen: ScreenPort {
    private let deeds: DeedLog
    private let catalogue: Catalogue
    private let standardLanguage: Language

    init(deeds: DeedLog, catalogue: Catalogue, language: Language) {
        (self.deeds, self.catalogue, standardLanguage) = (deeds, catalogue, language)
    }

    /// Whether what is typed is hidden.
    private(set) var isTypingHidden = false

    func hideTyping(_ isHidden: Bool) { isTypingHidden = isHidden }

    func tell(_ message: Message, in language: Language?) {
        let spoken = language ?? standardLanguage
        var details = ["language": spoken.tag, "severity": message.id.severity.rawValue]
        details["item"] = message.item?.id.text
        details["locker"] = message.locker?.id.text
        details["due"] = message.due?.iso8601
        details["count"] = message.count.map(String.init)
        details["cents"] = message.cents.map(String.init)
        details["borrower"] = message.borrower?.text
        if message.pieces != 1 { details["pieces"] = String(message.pieces) }
        deeds.append(
            Deed(
                channel: .screen, name: message.id.key, details: details,
                sentences: [catalogue.sentence(message, spoken)]))
    }
}

/// A journal on a disk that can be full, or fail. What the store itself does then is for ``JournalSpaceTests``: it refuses
/// requests and writes outcomes from its ballast.
final class TroubledJournal: JournalPort {
    let store: JournalStore
    var disk = DiskState.fine
    private let deeds: DeedLog

    init(_ store: JournalStore, deeds: DeedLog) { (self.store, self.deeds) = (store, deeds) }

    var head: JournalHead { store.head }
    var source: EntrySource { store.source }

    func commit(_ entries: [Entry], urgency: CommitUrgency) throws(JournalFault) {
        switch disk {
        case .fine: break
        case .full: if urgency == .request { throw .full }
        case .failing: throw .failed("the disk of the scenario fails")
        }
        try store.commit(entries, urgency: urgency)
        for entry in entries {
            guard let deed = Deed(entry: entry.document(source: source)) else {
                preconditionFailure("entry \(entry.number) is no JSON")
            }
            deeds.append(deed)
        }
    }

    func unfinishedErrands() throws(JournalFault) -> [Errand] { try store.unfinishedErrands() }

    func lockersSuspended() throws(JournalFault) -> Set<LockerID> { try store.lockersSuspended() }

    func countPINAttempt(of card: CardDigest) throws(JournalFault) -> Int { try store.countPINAttempt(of: card) }

    func clearPINAttempts(of card: CardDigest) throws(JournalFault) { try store.clearPINAttempts(of: card) }

    func lockersInDoubt() throws(JournalFault) -> Set<LockerID> { try store.lockersInDoubt() }
}

/// Facts that cannot be asked for where the scenario says so.
final class TroubledFacts: FactsPort {
    struct Unreadable: Error {}
    var isReadable = true
    private let facts: LiveFacts

    init(_ facts: LiveFacts) { self.facts = facts }

    private func asked<Value>(_ question: (LiveFacts) throws -> Value) throws -> Value {
        guard isReadable else { throw Unreadable() }
        return try question(facts)
    }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        try asked { try $0.subject(of: code, for: wants) }
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? { try asked { try $0.borrower(id) } }

    /// When the pool answered last; `nil` while it is in reach.
    var lastContact: WallTime?

    func circumstances(for wants: Wants) throws -> Facts {
        var facts = try asked { try $0.circumstances(for: wants) }
        facts.house.isPoolInReach = lastContact == nil
        facts.house.confirmed = lastContact ?? facts.house.confirmed
        return facts
    }

    func isPIN(_ pin: String, of code: Code) throws -> Bool { try asked { try $0.isPIN(pin, of: code) } }
}

extension Deed {
    /// An entry of the journal in the form in which it travels.
    init?(entry document: [UInt8]) {
        guard let json = try? JSON(parsing: document),
            let kind = json["type"]?.string.flatMap(EntryKind.init(type:))
        else { return nil }
        self.init(
            channel: .journal, name: kind.rawValue,
            details: json["data"]?.object?.compactMapValues { $0.string ?? $0.integer.map(String.init) } ?? [:])
        details["borrower"] = json["disclosure"]?.string.flatMap { try? Disclosure($0) }?.borrower?.text
        if case .staff(let staff)? = json["disclosure"]?.string.flatMap({ try? Disclosure($0) })?.person {
            details["staff"] = staff.text
        }
        details["clock"] = json["clockquality"]?.string
        details["time"] = json["time"]?.string
    }
}
