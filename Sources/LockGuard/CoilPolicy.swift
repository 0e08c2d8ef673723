// Who may energise which coil, and until when. A value that decides and does nothing else: the loop asks it, moves
// the lines, and tells it how that went. All instants are CLOCK_BOOTTIME nanoseconds.

import GuardProtocol

/// The coils of a table, their limits and what each was last commanded to do.
///
/// A coil's legal transitions; anything else is a mistake of ours and ends the guard:
///
///     ready ──open──▶ energised ──due, close, end──▶ resting ──time──▶ ready
///     energised, resting, ready ──lineFailed──▶ doubtful ──switchedOff──▶ unusable
///     ready, resting ──lineLost──▶ unusable
///     unusable, doubtful ──lineBack──▶ resting
///
/// A line that comes back was off from its request on, but not known for how long: it rests before it is used.
struct CoilPolicy {
    /// What a coil was last commanded to do, and what follows from that.
    enum Coil: Equatable {
        /// Off, rested, and obeying.
        case ready
        /// On for a request, until its time is over.
        case energised(RequestNumber, until: UInt64)
        /// Off, and not to be used before its rest is over.
        case resting(until: UInt64)
        /// Off or never ours: the line can't be used.
        case unusable
        /// Switching failed and it may be on: its supply counts it until it is known to be off.
        case doubtful
    }

    /// A coil whose time on is over: switch it off.
    struct Ended: Equatable {
        var locker: Int
        var number: RequestNumber
    }

    /// How far in the future a request may have been issued: two processors' clocks may differ by a little.
    static let futureTolerance: UInt64 = 100_000_000

    private(set) var coils: [Coil]
    private let caps: [UInt32]
    private let rests: [UInt64]
    /// The supply of each coil, and how many coils each supply can energise at once.
    private let supplies: [Int]
    private let budgets: [Int]
    private var storm = StormLimit()

    /// The coils of a table, all of them unusable until their lines were opened.
    init(_ table: LineTable) {
        coils = Array(repeating: .unusable, count: table.lockers.count)
        caps = table.lockers.map(\.capMilliseconds)
        rests = table.lockers.map { UInt64($0.restMilliseconds) * 1_000_000 }
        supplies = table.lockers.map { locker in
            guard let supply = table.supplies.firstIndex(where: { $0.name == locker.supply }) else {
                preconditionFailure("a table that was checked knows no supply \(locker.supply)")
            }
            return supply
        }
        budgets = table.supplies.map { Int($0.maximumCoils) }
    }

    /// Decides over a request: `nil` means that its coil is now commanded on until ``nextOff`` at the latest.
    mutating func open(_ request: OpenRequest, at now: UInt64) -> GuardMessage.Refusal? {
        guard storm.admit(at: now) else { return .tooMany }
        let locker = Int(request.locker)
        guard locker < coils.count else { return .unknownLocker }
        guard request.issuedAt <= now.clampedAdding(CoilPolicy.futureTolerance),
            now.clampedSubtracting(request.issuedAt) <= OpenRequest.maximumAgeNanoseconds
        else { return .stale }
        guard request.pulseMilliseconds > 0, request.pulseMilliseconds <= caps[locker] else { return .beyondCap }
        switch coils[locker] {
        case .unusable, .doubtful: return .outOfService
        case .energised: return .coilsBusy
        case .resting(let until) where now < until: return hasRoom(for: locker) ? .resting : .coilsBusy
        case .resting, .ready: break
        }
        guard hasRoom(for: locker) else { return .coilsBusy }
        let until = now + UInt64(request.pulseMilliseconds) * 1_000_000
        coils[locker] = .energised(request.number, until: until)
        return nil
    }

    /// When the next coil has to be switched off; `nil` while none is energised.
    var nextOff: UInt64? {
        var next: UInt64?
        for case .energised(_, let until) in coils { next = min(next ?? until, until) }
        return next
    }

    /// How many coils are, or may be, energised.
    var occupied: Int {
        var count = 0
        for coil in coils where coil.isOccupied { count += 1 }
        return count
    }

    /// Whether the supply of a coil can energise one more.
    private func hasRoom(for locker: Int) -> Bool {
        var count = 0
        for other in coils.indices where supplies[other] == supplies[locker] && coils[other].isOccupied { count += 1 }
        return count < budgets[supplies[locker]]
    }

    /// Ends the time of a request early: its coil is commanded off. `nil` where that coil is not energised for it.
    mutating func close(_ number: RequestNumber, locker: Int, at now: UInt64) -> Ended? {
        guard coils.indices.contains(locker), case .energised(number, _) = coils[locker] else { return nil }
        coils[locker] = .resting(until: now + rests[locker])
        return Ended(locker: locker, number: number)
    }

    /// Takes one coil whose time is over and commands it off; `nil` when there is none left.
    mutating func due(at now: UInt64) -> Ended? { end(at: now) { $0 <= now } }

    /// Takes one energised coil, its time over or not, and commands it off; `nil` when there is none left.
    mutating func end(at now: UInt64) -> Ended? { end(at: now) { _ in true } }

    private mutating func end(at now: UInt64, where isOver: (UInt64) -> Bool) -> Ended? {
        for locker in coils.indices {
            guard case .energised(let number, let until) = coils[locker], isOver(until) else { continue }
            coils[locker] = .resting(until: now + rests[locker])
            return Ended(locker: locker, number: number)
        }
        return nil
    }

    /// Switching this coil on or off failed: it may be on.
    mutating func lineFailed(_ locker: Int) {
        switch coils[locker] {
        case .ready, .resting, .energised, .doubtful: coils[locker] = .doubtful
        case .unusable: preconditionFailure("coil \(locker) was switched while unusable")
        }
    }

    /// A doubtful coil obeyed an order to go off, but its line is not trusted yet.
    mutating func switchedOff(_ locker: Int) {
        precondition(coils[locker] == .doubtful, "coil \(locker) is in no doubt but \(coils[locker])")
        coils[locker] = .unusable
    }

    /// The line of a coil that is off can't be used any more.
    mutating func lineLost(_ locker: Int) {
        switch coils[locker] {
        case .ready, .resting, .unusable: coils[locker] = .unusable
        case .doubtful: break
        case .energised: preconditionFailure("coil \(locker) is energised: end it before its line is given up")
        }
    }

    /// The line of this coil was requested, and with that switched off.
    mutating func lineBack(_ locker: Int, at now: UInt64) {
        switch coils[locker] {
        case .unusable, .doubtful: coils[locker] = .resting(until: now + rests[locker])
        case .ready, .resting, .energised: preconditionFailure("coil \(locker) came back but is \(coils[locker])")
        }
    }
}

extension CoilPolicy.Coil {
    /// Whether it is, or may be, energised.
    fileprivate var isOccupied: Bool {
        switch self {
        case .energised, .doubtful: true
        case .ready, .resting, .unusable: false
        }
    }
}

/// Lets at most ``limit`` requests a second through. A person at the door causes one; what causes more is broken.
struct StormLimit {
    /// The most requests in one second that are looked at.
    static let limit = 20

    private var admitted: InlineArray<20, UInt64> = InlineArray(repeating: 0)
    private var count = 0

    /// Whether a request at this instant is one of at most ``limit`` in the second before it.
    mutating func admit(at now: UInt64) -> Bool {
        let slot = count % StormLimit.limit
        if count >= StormLimit.limit, now.clampedSubtracting(admitted[slot]) < 1_000_000_000 { return false }
        admitted[slot] = now
        count += 1
        return true
    }
}

extension UInt64 {
    /// The sum, or the greatest number where it would not fit: instants from the other side can be anything.
    func clampedAdding(_ other: UInt64) -> UInt64 {
        let sum = addingReportingOverflow(other)
        return sum.overflow ? .max : sum.partialValue
    }

    /// The difference, or zero where it would be negative.
    func clampedSubtracting(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
