// The checkers of coils: S1 to S3. They look at the lines as they really are and at what is on the disk, not at what station
// or guard think.

@testable import StationCore

/// S1: no coil without a committed entry that says who, which locker and why.
struct CheckerS1: RuleChecker {
    static let rule = Rule.s1
    private static let orders: Set<EntryKind> = [
        .checkoutBegun, .returnBegun, .serviceBegun, .pulseRepeated, .holdBegun,
    ]

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        guard case .coilOn(let locker, let order) = sight else { return nil }
        guard let file = world.disk.file, let entry = file.entry(order) else {
            return "the coil of \(locker) is on for entry \(order), which nobody has written"
        }
        guard file.isDurable(order, at: world.now) else {
            return "the coil of \(locker) is on, but entry \(order) is not durable"
        }
        guard Self.orders.contains(entry.kind), entry.fields.locker == locker else {
            return "the coil of \(locker) is on for \(entry.kind) of \(entry.fields.locker?.text ?? "no locker")"
        }
        return who(entry, file) ? nil : "nothing says whom entry \(order) opens \(locker) for"
    }

    /// Whether an entry, or what it refers to, says who it was.
    private func who(_ entry: Entry, _ file: JournalFile) -> Bool {
        if entry.disclosure != nil || entry.fields.purpose == .report { return true }
        guard let earlier = entry.fields.loan ?? entry.fields.opening, earlier != entry.number,
            let before = file.entry(earlier.sequence)
        else { return false }
        return who(before, file)
    }
}

/// S2: no coil longer than its cap, no more at once than the supply bears, and a rest after each pulse.
struct CheckerS2: RuleChecker {
    static let rule = Rule.s2
    private var onSince: [LockerID: UInt64] = [:]
    private var offSince: [LockerID: UInt64] = [:]
    /// How long a guard that fails may leave a coil on.
    private static let failure: UInt64 = 2_000_000_000
    private static let millisecond: UInt64 = 1_000_000

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        switch sight {
        case .coilOn(let locker, _):
            let limits = SimulatedHouse.limits(of: locker)
            let others = onSince.keys.count { SimulatedHouse.limits(of: $0).supply == limits.supply }
            onSince[locker] = world.now
            if others >= SimulatedHouse.budget {
                return "\(others + 1) coils of the supply \(limits.supply) are on at once"
            }
            guard let off = offSince[locker], world.now - off < UInt64(limits.restMilliseconds) * Self.millisecond
            else {
                return nil
            }
            return "the coil of \(locker) is on again after \((world.now - off) / Self.millisecond) ms"
        case .coilOff(let locker, _):
            defer {
                onSince[locker] = nil
                offSince[locker] = world.now
            }
            return overrun(locker, world)
        case .stepped, .settled:
            for locker in SimulatedHouse.lockers { if let words = overrun(locker, world) { return words } }
            return nil
        case .ordered, .guardStarted, .pulseCut, .committed, .recovered, .told, .stationStarting, .stationEnded,
            .faulted,
            .lineTaking,
            .lineTaken, .receipted, .poolApplied, .poolSetAside, .poolTook, .poolRestored, .pulled:
            return nil
        }
    }

    private func overrun(_ locker: LockerID, _ world: SimulatedWorld) -> String? {
        guard let since = onSince[locker] else { return nil }
        let lasted = world.now - since
        let cap = UInt64(SimulatedHouse.limits(of: locker).capMilliseconds) * Self.millisecond
        let failed = world.guardian.troubledAt.map { $0 + Self.failure >= since + cap } ?? false
        let allowed = cap + (failed ? Self.failure : Self.millisecond)
        return lasted > allowed ? "the coil of \(locker) was on for \(lasted / Self.millisecond) ms" : nil
    }
}

/// S3: all coils off at a start; a missing line concerns its own locker; a pulse that was cut short is not repeated.
struct CheckerS3: RuleChecker {
    static let rule = Rule.s3
    private var cut: Set<UInt64> = []
    /// The last entry of the station's earlier starts.
    private var before: UInt64 = 0
    private var everBroken: Set<LockerID> = []

    mutating func see(_ sight: Sight, in world: SimulatedWorld) -> String? {
        for locker in SimulatedHouse.lockers where world.guardian.isBroken(locker) { everBroken.insert(locker) }
        switch sight {
        case .guardStarted:
            let on = SimulatedHouse.lockers.filter(world.doors.isOn)
            return on.isEmpty ? nil : "the guard starts with the coils of \(on) on"
        case .stationStarting(let isJournalNew):
            before = isJournalNew ? 0 : world.disk.file?.head.sequence ?? 0
            if isJournalNew { cut = [] }
            return nil
        case .pulseCut(let order):
            cut.insert(order)
            return nil
        case .coilOff(_, let order):
            if !world.guardian.isUp { cut.insert(order) }
            return nil
        case .coilOn(let locker, let order):
            if cut.contains(order) { return "the pulse of entry \(order) was cut short, and \(locker) gets another" }
            return order <= before ? "entry \(order) of an earlier start opens \(locker)" : nil
        case .committed(let entries):
            for entry in entries {
                if entry.kind == .pulseRepeated, let opening = entry.fields.opening, cut.contains(opening.sequence) {
                    return
                        "entry \(entry.number.sequence) repeats the pulse of \(opening.sequence), which was cut short"
                }
                if entry.kind == .lockerOutOfService, let locker = entry.fields.locker, !everBroken.contains(locker) {
                    return "\(locker) is out of service, and its lines never failed"
                }
            }
            return nil
        case .ordered, .recovered, .told, .stationEnded, .faulted, .stepped, .lineTaking, .lineTaken, .receipted,
            .poolApplied,
            .poolSetAside, .poolTook, .poolRestored, .pulled, .settled:
            return nil
        }
    }
}
