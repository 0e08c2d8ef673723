// What people do and what goes wrong in a simulated world, decided beforehand from a seed: a list that can be printed, cut
// down to what a failure needs, and kept.

import TestSupport

/// What brings people to the station.
enum Visit: String, CaseIterable {
    /// To borrow something, or several things.
    case borrow
    /// To fetch what was booked, with a pass; some passes are worth nothing.
    case fetch
    /// To bring something back.
    case giveBack = "give-back"
    /// To bring something back without a card.
    case report
    /// To renew, to look, to say that something is damaged.
    case manage
    /// Scans anything, and bytes that are no codes at all.
    case mischief
    /// Guesses PINs.
    case guess
    /// Staff put right what is in doubt or out of service.
    case tidy
    /// Staff open lockers.
    case service
    /// Staff work with the register, stock and cards.
    case office
}

/// What goes wrong, or is done to the station from outside.
enum Fault: String, CaseIterable {
    case clockStep = "clock-step"
    case clockDrift = "clock-drift"
    case clockTo1970 = "clock-to-1970"
    case clockTenYearsOn = "clock-ten-years-on"
    /// The board has no clock that goes on without power.
    case noClock = "no-clock"
    case diskFull = "disk-full"
    case diskSlow = "disk-slow"
    case syncFails = "sync-fails"
    /// The journal can't be read any more at the next start.
    case journalDamaged = "journal-damaged"
    /// The power goes between two effects.
    case powerCut = "power-cut"
    /// The station dies between two effects.
    case stationDies = "station-dies"
    case guardDies = "guard-dies"
    case guardHangs = "guard-hangs"
    case lineFails = "line-fails"
    case networkLost = "network-lost"
    case networkLossy = "network-lossy"
    case networkLate = "network-late"
    case networkDoubles = "network-doubles"
    /// Requests arrive, answers don't.
    case networkHalfOpen = "network-half-open"
    case captivePortal = "captive-portal"
    /// The pool takes a part and says 429.
    case throttled
    /// An entry of each batch arrives damaged.
    case poisonEntry = "poison-entry"
    /// Another pool answers, with a key of its own.
    case otherPool = "other-pool"
    case poolDies = "pool-dies"
    case poolRestored = "pool-restored"
    /// The register or the journal's books can't be read.
    case unreadable
    case doorJams = "door-jams"
    case doorBounces = "door-bounces"
    case sensorStuck = "sensor-stuck"
    case sensorHums = "sensor-hums"
    case doorForced = "door-forced"
    case doorLeftOpen = "door-left-open"
    case emergencyStop = "emergency-stop"
    /// The pool's people change who may borrow, what is booked and which rules count.
    case registerChanges = "register-changes"
}

/// One deed: when, what, and the chance behind it.
struct Deed: Equatable, CustomStringConvertible {
    enum What: Equatable {
        case visit(Visit)
        /// For so many seconds, where it lasts.
        case fault(Fault, seconds: Int)
    }

    /// Milliseconds after the beginning.
    let at: Int
    let what: What
    let seed: UInt64

    var description: String {
        switch what {
        case .visit(let visit): "\(at) visit \(visit.rawValue) \(seed)"
        case .fault(let fault, let seconds): "\(at) fault \(fault.rawValue) \(seconds) \(seed)"
        }
    }
}

extension Deed {
    init?(_ text: String) { self.init(text[...]) }

    /// A deed from its description; `nil` where it is none.
    init?(_ text: Substring) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 4, let at = Int(words[0]), let seed = UInt64(words[words.count - 1]) else { return nil }
        switch words[1] {
        case "visit":
            guard let visit = Visit(rawValue: words[2]), words.count == 4 else { return nil }
            self.init(at: at, what: .visit(visit), seed: seed)
        case "fault":
            guard let fault = Fault(rawValue: words[2]), words.count == 5, let seconds = Int(words[3]) else {
                return nil
            }
            self.init(at: at, what: .fault(fault, seconds: seconds), seed: seed)
        default: return nil
        }
    }
}

/// How much happens in a simulated world.
struct Liveliness: Equatable {
    /// Visits on an ordinary day.
    var visitsADay = 18
    /// Faults of each kind in a hundred days.
    var faultsInHundredDays = 18
    /// The faults that happen at all.
    var faults = Fault.allCases
    /// What brings people.
    var visits: [Visit] = Self.ordinary

    /// What brings people on ordinary days; what comes more often stands there more often.
    static let ordinary: [Visit] =
        [.borrow, .borrow, .borrow, .borrow, .borrow, .giveBack, .giveBack, .giveBack, .giveBack, .report, .manage]
        + [.fetch, .fetch, .mischief, .guess, .tidy, .tidy, .service, .office]
}

extension Deed {
    static let millisecondsADay = 86_400_000

    /// What a seed makes happen in so many days.
    static func schedule(seed: UInt64, days: Int, _ liveliness: Liveliness = Liveliness()) -> [Deed] {
        var chance = SeededGenerator(seed: seed)
        var deeds: [Deed] = []
        for day in 0..<days {
            let visits = chance.number(below: liveliness.visitsADay * 2 + 1)
            for _ in 0..<visits {
                // Most come by day; two in a minute stand in each other's way.
                let hour = chance.happens(92) ? 8 + chance.number(below: 12) : chance.number(below: 24)
                let at = day * millisecondsADay + hour * 3_600_000 + chance.number(below: 3_600_000)
                deeds.append(Deed(at: at, what: .visit(chance.pick(liveliness.visits)), seed: chance.next()))
                if chance.happens(12) {
                    let soon = at + chance.number(below: 40_000)
                    deeds.append(Deed(at: soon, what: .visit(chance.pick(liveliness.visits)), seed: chance.next()))
                }
            }
            for fault in liveliness.faults where chance.number(below: 100) < liveliness.faultsInHundredDays {
                var at = day * millisecondsADay + chance.number(below: millisecondsADay)
                // What goes wrong while somebody is there tells more: half of it does.
                if chance.happens(50),
                    let visit = deeds.last(where: { if case .visit = $0.what { true } else { false } })
                {
                    at = visit.at + chance.number(below: 20_000)
                }
                deeds.append(
                    Deed(at: at, what: .fault(fault, seconds: fault.seconds(&chance)), seed: chance.next()))
            }
        }
        return deeds.sorted { ($0.at, $0.seed) < ($1.at, $1.seed) }
    }
}

extension Fault {
    /// How long it lasts.
    fileprivate func seconds(_ chance: inout SeededGenerator) -> Int {
        let minutes = 60
        let hours = 3600
        return switch self {
        case .clockStep, .clockDrift, .clockTo1970, .clockTenYearsOn, .noClock:
            10 * minutes + chance.number(below: 30 * hours)
        case .diskFull: 5 * minutes + chance.number(below: 6 * hours)
        case .diskSlow: minutes + chance.number(below: hours)
        case .lineFails: minutes + chance.number(below: 4 * hours)
        case .networkLost: 5 * minutes + chance.number(below: chance.happens(20) ? 100 * hours : 8 * hours)
        case .networkLossy, .networkLate, .networkDoubles, .networkHalfOpen, .captivePortal, .throttled, .otherPool,
            .poisonEntry:
            5 * minutes + chance.number(below: 5 * hours)
        case .poolDies: minutes + chance.number(below: 2 * hours)
        case .unreadable: 10 + chance.number(below: 10 * minutes)
        case .doorJams, .doorBounces, .sensorStuck: minutes + chance.number(below: 3 * hours)
        case .sensorHums: 5 + chance.number(below: 2 * minutes)
        case .doorLeftOpen: 5 * minutes + chance.number(below: 5 * hours)
        case .doorForced: 5 + chance.number(below: 20 * minutes)
        case .emergencyStop: 10 + chance.number(below: hours)
        case .guardHangs: 1 + chance.number(below: 6)
        case .syncFails, .journalDamaged, .powerCut, .stationDies, .guardDies, .poolRestored, .registerChanges: 0
        }
    }
}
