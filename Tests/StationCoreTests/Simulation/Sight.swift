// What can be seen of a simulated world from outside the programs, and what is found where a rule is broken.

@testable import StationCore

/// One thing that happened where a checker can see it.
enum Sight {
    /// The station asked the guard for a coil.
    case ordered(EntryNumber, LockerID)
    /// A coil is energised, and no longer.
    case coilOn(LockerID, order: UInt64)
    case coilOff(LockerID, order: UInt64)
    case guardStarted
    /// The guard ended a pulse early.
    case pulseCut(order: UInt64)
    /// Entries were committed, as the conductor was told.
    case committed([Entry])
    /// Entries were found at a start that nobody was told of before the last run died.
    case recovered([Entry])
    case told(Message)
    case stationStarting(isJournalNew: Bool)
    case stationEnded
    /// The journal's fault went up to the station's loop, though nobody killed it.
    case faulted(JournalFault)
    /// A letter was dealt with.
    case stepped
    /// A scanned line is about to be taken, and was.
    case lineTaking(ScannedLine)
    case lineTaken(ScannedLine)
    /// The station has remembered a receipt.
    case receipted(Receipt)
    /// The pool's intake committed an entry, or set one aside.
    case poolApplied(EntryNumber)
    case poolSetAside(EntryNumber)
    /// The pool has dealt with a batch.
    case poolTook([EntryNumber], headBefore: UInt64)
    case poolRestored
    /// An admin pulled entries that follow what was pulled before.
    case pulled([[UInt8]])
    /// All faults are over and there was time to put everything right.
    case settled
}

/// A rule that was broken.
struct Finding: Equatable, CustomStringConvertible {
    let rule: Rule
    let words: String
    /// Nanoseconds after the beginning.
    let instant: UInt64

    var description: String { "\(rule.rawValue.uppercased()) at \(instant / 1_000_000) ms: \(words)" }
}

/// Watches over one rule.
protocol RuleChecker {
    static var rule: Rule { get }
    /// Takes a sight in; says in words how it breaks the rule, where it does.
    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String?
}

/// The history of a world in 64 bits: two runs with the same one did the same things in the same order.
struct HistoryHash: Equatable, CustomStringConvertible {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var count = 0

    mutating func mix(_ number: UInt64) {
        value = (value ^ number) &* 0x0000_0100_0000_01b3
        value ^= value >> 29
        count += 1
    }

    mutating func mix(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    mutating func mix(_ sight: Sight) {
        switch sight {
        case .ordered(let number, let locker): mix("ordered \(number.sequence) \(locker.text)")
        case .coilOn(let locker, let order): mix("on \(locker.text) \(order)")
        case .coilOff(let locker, let order): mix("off \(locker.text) \(order)")
        case .guardStarted: mix("guard")
        case .pulseCut(let order): mix("cut \(order)")
        case .committed(let entries):
            for entry in entries { for byte in entry.hash.bytes.prefix(8) { mix(UInt64(byte)) } }
        case .recovered(let entries): mix(UInt64(entries.count))
        case .told(let message): mix(message.id.key)
        case .stationStarting, .stationEnded, .faulted, .stepped: mix("station")
        case .lineTaking: mix("line")
        case .lineTaken: break
        case .receipted(let receipt): mix(receipt.head.sequence)
        case .poolApplied(let number), .poolSetAside(let number): mix(number.sequence)
        case .poolTook(let numbers, _): mix(UInt64(numbers.count))
        case .poolRestored: mix("restored")
        case .pulled(let documents): mix(UInt64(documents.count))
        case .settled: mix("settled")
        }
    }

    var description: String { "\(hexadecimal(withUnsafeBytes(of: value.bigEndian, Array.init))) of \(count)" }
}

/// How often things happened.
struct Statistics {
    private(set) var counts: [String: [String: Int]] = [:]

    mutating func count(_ group: String, _ thing: String, _ more: Int = 1) {
        counts[group, default: [:]][thing, default: 0] += more
    }

    func count(of thing: String, in group: String) -> Int { counts[group]?[thing] ?? 0 }

    mutating func add(_ other: Statistics) {
        for (group, things) in other.counts { for (thing, number) in things { count(group, thing, number) } }
    }

    /// One line for each group.
    var lines: [String] {
        counts.keys.sorted().map { group in
            let things = counts[group] ?? [:]
            return "\(group): " + things.keys.sorted().map { "\($0) \(things[$0] ?? 0)" }.joined(separator: ", ")
        }
    }
}
