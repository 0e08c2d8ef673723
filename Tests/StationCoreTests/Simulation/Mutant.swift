// Programs that are broken on purpose, each in one way: what the checkers of the simulated world are checked with. They
// break the program at its ports or in what stands behind them; production code knows nothing of them.

/// A broken program, and the rule whose checker has to find it.
enum Mutant: String, CaseIterable {
    /// The coil is ordered first, the entry is written after.
    case opensBeforeCommit = "opens-before-commit"
    /// The guard's table allows ten times what the profile does, and the station asks for it.
    case looseTable = "loose-table"
    /// After a start the errand that was interrupted is ordered once more.
    case repeatsInterruptedPulse = "repeats-interrupted-pulse"
    /// The journal is synced now and then, as with `synchronous=NORMAL`.
    case syncNormal = "sync-normal"
    /// The pool signs a receipt before it has committed.
    case acknowledgesBeforeCommit = "acknowledges-before-commit"
    /// The pool knows a doubled entry only for a day.
    case dedupesByTimeWindow = "dedupes-by-time-window"
    /// The pool answers a batch with a poison entry in it with an error.
    case poisonBlocks = "poison-blocks"
    /// Who is blocked is looked up as who is not.
    case overlooksBlocked = "overlooks-blocked"
    /// Which passes were used is kept in memory only.
    case forgetsPasses = "forgets-passes"
    /// A door that nobody shuts is taken for latched when patience is over.
    case abandonedIsFree = "abandoned-is-free"
    /// A locker in doubt is looked up as one that holds what it should.
    case overlooksDoubt = "overlooks-doubt"
    /// Staff are refused like others where the disk is full.
    case ballastForNobody = "ballast-for-nobody"
    /// Entries are read in the wrong order.
    case readsInWrongOrder = "reads-in-wrong-order"
    /// An old entry is rewritten, and all hashes behind it.
    case rewritesHistory = "rewrites-history"
    /// Whatever staff scan as a new label is written down as it is.
    case writesCardsDown = "writes-cards-down"
    /// Lines that can't be read are dropped without a word.
    case dropsUnreadable = "drops-unreadable"
    /// What the board's clock says is believed.
    case trustsClock = "trusts-clock"

    /// The rule that it breaks.
    var rule: Rule {
        switch self {
        case .opensBeforeCommit: .s1
        case .looseTable: .s2
        case .repeatsInterruptedPulse: .s3
        case .syncNormal, .acknowledgesBeforeCommit: .s4
        case .dedupesByTimeWindow, .poisonBlocks: .s5
        case .overlooksBlocked, .forgetsPasses: .s6
        case .abandonedIsFree, .overlooksDoubt: .s7
        case .ballastForNobody: .s8
        case .readsInWrongOrder, .rewritesHistory: .s9
        case .writesCardsDown: .s10
        case .dropsUnreadable: .s11
        case .trustsClock: .s12
        }
    }
}

/// The rules that always hold, by their names in `docs/how-it-works.md`.
enum Rule: String, CaseIterable { case s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12 }

extension Mutant {
    /// Circumstances in which it shows soon: the fault that it can't stand comes often.
    var circumstances: Liveliness {
        var liveliness = Liveliness()
        liveliness.visitsADay = 30
        liveliness.faultsInHundredDays = 60
        switch self {
        case .opensBeforeCommit, .looseTable, .readsInWrongOrder, .rewritesHistory: liveliness.faults = []
        case .repeatsInterruptedPulse: liveliness.faults = [.stationDies]
        case .syncNormal: liveliness.faults = [.powerCut]
        case .acknowledgesBeforeCommit: liveliness.faults = []
        case .dedupesByTimeWindow: liveliness.faults = [.networkDoubles]
        case .poisonBlocks: liveliness.faults = [.poisonEntry]
        case .overlooksBlocked: liveliness.faults = [.registerChanges]
        case .forgetsPasses:
            (liveliness.faults, liveliness.visits) = (
                [.stationDies, .stationDies], [.fetch, .fetch, .fetch, .giveBack]
            )
        case .abandonedIsFree: liveliness.faults = [.doorLeftOpen, .doorLeftOpen]
        case .overlooksDoubt: liveliness.faults = [.stationDies, .doorForced, .doorLeftOpen]
        case .ballastForNobody: liveliness.faults = [.diskFull]
        case .writesCardsDown: (liveliness.faults, liveliness.visits) = ([], [.office, .borrow])
        case .dropsUnreadable: (liveliness.faults, liveliness.visits) = ([], [.mischief, .borrow])
        case .trustsClock: liveliness.faults = [.clockTo1970, .clockStep]
        }
        return liveliness
    }
}
