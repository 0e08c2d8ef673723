// Somebody who reads every entry as it is written and remembers what follows from it, in their own words: who has what, which
// lockers are in doubt, whether staff are there. The checkers ask the witness, never the desk.

@testable import StationCore

struct Witness {
    struct WitnessedLoan {
        let item: ItemID
        let borrower: BorrowerID
        var due: WallTime
        var isReported = false
    }

    private(set) var loans: [EntryNumber: WitnessedLoan] = [:]
    /// The lockers nobody may be sent to before somebody has looked, with the reason.
    private(set) var doubts: [LockerID: String] = [:]
    /// The member of staff who is signed in.
    private(set) var staff: StaffID?
    /// The loans that passes were used for: also of journals that are gone, and none that came to nothing.
    private(set) var passes: [PassNonce: EntryNumber] = [:]
    /// The items that staff agreed to lend, with the number of the entry.
    private(set) var approvals: [ItemID: EntryNumber] = [:]
    /// The last entry that was read.
    private(set) var last: EntryNumber?
    /// Whether the station was there before.
    private var hasStarted = false
    /// The line that is being taken, and what was answered so far.
    private(set) var line: ScannedLine?
    private(set) var answers: [Message] = []
    private(set) var orders = 0
    private(set) var written = 0

    func lent(_ item: ItemID) -> Int { loans.values.count { $0.item == item } }

    mutating func see(_ sight: Sight) {
        switch sight {
        case .stationStarting(let isJournalNew):
            staff = nil
            line = nil
            defer { hasStarted = true }
            if isJournalNew, hasStarted {
                loans = [:]
                for locker in SimulatedHouse.lockers { doubts[locker] = "its journal is gone" }
            }
        case .committed(let entries):
            written += entries.count
            for entry in entries { read(entry) }
        case .recovered(let entries):
            for entry in entries { read(entry) }
            staff = nil  // Whoever was there is so no longer: the station has started since.
        case .told(let message): answers.append(message)
        case .ordered: orders += 1
        case .lineTaking(let taken): (line, answers, orders, written) = (taken, [], 0, 0)
        case .stepped, .stationEnded: line = nil
        case .coilOn, .coilOff, .guardStarted, .pulseCut, .faulted, .lineTaken, .receipted, .poolApplied, .poolSetAside,
            .poolTook, .poolRestored, .pulled, .settled:
            break
        }
    }

    private mutating func read(_ entry: Entry) {
        last = entry.number
        let fields = entry.fields
        switch entry.kind {
        case .checkoutBegun:
            if let item = fields.item, let borrower = entry.disclosure?.borrower, let due = fields.due {
                loans[entry.number] = WitnessedLoan(item: item, borrower: borrower, due: due)
            }
        case .passAccepted:
            if let pass = fields.pass { passes[pass] = fields.loan }
        case .checkoutFailed:
            for (pass, loan) in passes where loan == fields.loan { passes[pass] = nil }
            fields.loan.map { loans[$0] = nil }
        case .returnCompleted, .returnConfirmed: fields.loan.map { loans[$0] = nil }
        case .returnReported: fields.loan.map { loans[$0]?.isReported = true }
        case .loanRenewed: fields.loan.map { loans[$0]?.due = fields.due ?? entry.time }
        case .loanApproved: fields.item.map { approvals[$0] = entry.number }
        case .staffSignedIn: if case .staff(let member)? = entry.disclosure?.person { staff = member }
        case .staffSignedOut: staff = nil
        case .epochOpened, .stationStarted, .stationStopped, .checkoutCompleted, .returnBegun, .itemReceived,
            .returnFailed,
            .partsChecked, .conditionReported, .itemChecked, .itemPlaced, .serviceBegun, .serviceCompleted,
            .serviceFailed,
            .serviceSuspended, .serviceResumed, .pinRefused, .stockTaken, .stockDiffers, .cardReplaced,
            .borrowerProposed,
            .itemProposed, .outcomeUnknown, .refused, .contentChecked, .contentDoubted, .doorOpenedUnasked,
            .doorLatchedLate, .pulseRepeated, .holdBegun, .holdEnded, .sensorDistrusted, .sensorTrusted,
            .emergencyStopPressed, .emergencyStopReleased, .lockerOutOfService, .lockerInService, .guardJoined,
            .guardLost,
            .registerApplied:
            break
        }
        guard let locker = fields.locker else { return }
        switch entry.kind {
        case .outcomeUnknown, .doorOpenedUnasked, .contentDoubted: doubts[locker] = entry.kind.rawValue
        case .contentChecked: doubts[locker] = fields.content == .unverified ? entry.kind.rawValue : nil
        case .itemPlaced, .returnConfirmed: doubts[locker] = nil
        default: if fields.content == .unverified { doubts[locker] = entry.kind.rawValue }
        }
    }
}
