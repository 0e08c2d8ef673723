// How much of each thing is taken when: by bookings, and by loans. Pure arithmetic over half-open times; that there are never
// more pieces promised than there are is decided here and nowhere else.

import StationCore

/// What can be taken: an item, of which there may be several pieces, or a locker as such.
enum BookableThing: Hashable, Sendable {
    case item(ItemID)
    case locker(LockerID, at: StationID)
}

/// Pieces that are taken for a time.
struct Claim: Equatable, Sendable {
    /// Who takes them.
    enum Holder: Hashable, Sendable {
        /// A booking of the pool's.
        case booking(Int64)
        /// A booking of the house file's.
        case fileBooking(BookingID)
        /// A loan that no booking led to.
        case loan(station: StationID, id: String)
    }

    var holder: Holder
    var from: WallTime
    var until: WallTime
    /// How many pieces of which things.
    var pieces: [BookableThing: Int]
    /// Whether it is a loan that should be back.
    var isOverdue = false
}

/// Claims, to be asked how much is taken.
struct Occupancy: Equatable, Sendable {
    private(set) var claims: [Claim] = []
    private var places: [BookableThing: [Int]] = [:]

    /// The claims in a list.
    init(_ claims: [Claim] = []) {
        for claim in claims { add(claim) }
    }

    mutating func add(_ claim: Claim) {
        for thing in claim.pieces.keys { places[thing, default: []].append(claims.count) }
        claims.append(claim)
    }

    /// The claims on a thing that fall into a time.
    func claims(on thing: BookableThing, from: WallTime, until: WallTime) -> [Claim] {
        (places[thing] ?? []).map { claims[$0] }.filter { $0.from < until && from < $0.until }
    }

    /// How many pieces of a thing are taken, step by step through a time: when each step begins, and how many then.
    func steps(of thing: BookableThing, from: WallTime, until: WallTime) -> [(at: WallTime, taken: Int)] {
        var changes: [WallTime: Int] = [from: 0]
        for claim in claims(on: thing, from: from, until: until) {
            let count = claim.pieces[thing] ?? 0
            changes[max(claim.from, from), default: 0] += count
            if claim.until < until { changes[claim.until, default: 0] -= count }
        }
        var taken = 0
        var steps: [(at: WallTime, taken: Int)] = []
        for (at, change) in changes.sorted(by: { $0.key < $1.key }) {
            taken += change
            if steps.last?.taken != taken { steps.append((at, taken)) }
        }
        return steps
    }

    /// The first time at which fewer pieces of a thing are left than are wanted; `nil` where there are enough all the time.
    ///
    /// - Parameter quantity: how many pieces there are.
    func shortage(
        of thing: BookableThing, wanting count: Int, quantity: Int, from: WallTime, until: WallTime
    ) -> Range<WallTime>? {
        let steps = steps(of: thing, from: from, until: until)
        guard let first = steps.firstIndex(where: { $0.taken + count > quantity }) else { return nil }
        let end = steps[first...].first { $0.taken + count <= quantity }?.at ?? until
        return steps[first].at..<end
    }
}
