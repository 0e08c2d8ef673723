// The contacts that are read, of doors first and then of whatever else is watched: what they last showed, what a
// bounce is and what a change, and what changed while no station was there to hear it. A value; the loop reads the lines.

import GuardProtocol

/// A contact that was sensed to stand so since an instant.
struct ContactChange: Equatable {
    /// Its place: doors by their lockers, after them the watched lines.
    var contact: Int
    var isActive: Bool
    /// CLOCK_BOOTTIME nanoseconds.
    var instant: UInt64
}

/// What is to be told of a contact.
enum ContactNews: Equatable {
    case changed(ContactChange)
    /// It changes faster than anything that people move; nothing it says is passed on until it has been quiet.
    case unsteady(contact: Int)
    /// It was quiet for a while.
    case steady(contact: Int)
}

/// The contacts of a table.
///
/// A contact's legal transitions:
///
///     unknown ──first reading──▶ settled ──other level──▶ settling ──level lasts──▶ settled
///     settling ──level back──▶ settled                     (a bounce)
///     settling ──edges for ``longestSettling``──▶ unsteady
///     settled ──more than ``mostChanges`` in a minute──▶ unsteady ──quiet for ``quiet``──▶ unknown
///     any ──line lost──▶ unknown
struct Contacts {
    /// How many changes wait for a station at most; the oldest make room.
    static let capacity = 256
    /// How long a contact may bounce before it is not believed any more, in nanoseconds.
    static let longestSettling: UInt64 = 5_000_000_000
    /// How many changes in ``window`` people can cause.
    static let mostChanges = 24
    static let window: UInt64 = 60_000_000_000
    /// How long an unsteady contact has to be quiet, in nanoseconds.
    static let quiet: UInt64 = 30_000_000_000

    private struct Contact {
        let debounce: UInt64
        var last: ContactChange?
        /// The other level was seen since then; it counts when it has lasted until then.
        var settling: (since: UInt64, until: UInt64)?
        /// When it began to change without a rest as long as its debounce, and when it changed last.
        var restless: (since: UInt64, last: UInt64)?
        /// When it will have been quiet for long enough, while it is unsteady.
        var quietAt: UInt64?
        /// When it changed, the latest ``mostChanges`` times.
        var changes: [UInt64] = Array(repeating: 0, count: Contacts.mostChanges)
        var changeCount = 0
    }

    private var contacts: [Contact]
    private var waiting: [ContactChange] = []
    private var oldest = 0

    /// Contacts with these times that a level has to last, in nanoseconds; 0 where somebody else sees to that.
    init(debounces: [UInt64]) {
        contacts = debounces.map { Contact(debounce: $0) }
        waiting.reserveCapacity(Contacts.capacity)
    }

    // MARK: - What was read

    /// Takes a reading in: what is to be told of it, if anything already.
    mutating func sensed(_ place: Int, _ reading: InputReading, at now: UInt64) -> ContactNews? {
        if contacts[place].quietAt != nil {
            if reading.edges > 0 { contacts[place].quietAt = now + Contacts.quiet }
            return nil
        }
        if isRestless(place, reading, at: now) { return distrust(place, at: now) }
        guard let last = contacts[place].last else { return change(place, reading.active, since: reading.instant, now) }
        guard reading.active != last.isActive else {
            contacts[place].settling = nil
            return nil
        }
        let debounce = contacts[place].debounce
        guard debounce > 0 else { return change(place, reading.active, since: reading.instant, now) }
        let since = contacts[place].settling?.since ?? reading.instant
        if contacts[place].settling == nil || reading.edges > 0 {
            contacts[place].settling = (since, now + debounce)
        }
        return nil
    }

    /// Whether a contact has changed for too long without a rest, whatever level it is read at.
    private mutating func isRestless(_ place: Int, _ reading: InputReading, at now: UInt64) -> Bool {
        let debounce = contacts[place].debounce
        guard debounce > 0, reading.edges > 0 else { return false }
        let restless = contacts[place].restless
        let isGoingOn = restless.map { now.clampedSubtracting($0.last) < debounce } ?? false
        let since = isGoingOn ? restless?.since ?? now : now
        contacts[place].restless = (since, now)
        return now.clampedSubtracting(since) >= Contacts.longestSettling
    }

    /// Takes one thing that is to be told because time went by; `nil` when there is none left.
    mutating func due(at now: UInt64) -> ContactNews? {
        for place in contacts.indices {
            if let settling = contacts[place].settling, settling.until <= now, let last = contacts[place].last {
                return change(place, !last.isActive, since: settling.since, now)
            }
            if let quietAt = contacts[place].quietAt, quietAt <= now {
                lost(place)
                return .steady(contact: place)
            }
        }
        return nil
    }

    /// When ``due(at:)`` has something next.
    var nextDue: UInt64? {
        var next: UInt64?
        for contact in contacts {
            for instant in [contact.settling?.until, contact.quietAt] {
                if let instant { next = min(next ?? instant, instant) }
            }
        }
        return next
    }

    /// Whether a contact is not believed.
    func isUnsteady(_ place: Int) -> Bool { contacts[place].quietAt != nil }

    /// Forgets a contact that can't be read any more.
    mutating func lost(_ place: Int) {
        contacts[place].last = nil
        contacts[place].settling = nil
        contacts[place].restless = nil
        contacts[place].quietAt = nil
        contacts[place].changeCount = 0
    }

    private mutating func change(_ place: Int, _ isActive: Bool, since: UInt64, _ now: UInt64) -> ContactNews {
        let slot = contacts[place].changeCount % Contacts.mostChanges
        let isFull = contacts[place].changeCount >= Contacts.mostChanges
        if isFull, now.clampedSubtracting(contacts[place].changes[slot]) < Contacts.window {
            return distrust(place, at: now)
        }
        contacts[place].changes[slot] = now
        contacts[place].changeCount += 1
        contacts[place].settling = nil
        let change = ContactChange(contact: place, isActive: isActive, instant: since)
        contacts[place].last = change
        return .changed(change)
    }

    private mutating func distrust(_ place: Int, at now: UInt64) -> ContactNews {
        contacts[place].settling = nil
        contacts[place].restless = nil
        contacts[place].quietAt = now + Contacts.quiet
        return .unsteady(contact: place)
    }

    // MARK: - For the station

    /// Keeps a change for the next station.
    mutating func keep(_ change: ContactChange) {
        if waiting.count < Contacts.capacity {
            waiting.append(change)
        } else {
            waiting[oldest] = change
            oldest = (oldest + 1) % Contacts.capacity
        }
    }

    /// Drops what waits for a station.
    mutating func forgetWaiting() {
        waiting.removeAll(keepingCapacity: true)
        oldest = 0
    }

    /// Hands over what waited, oldest first, and after it how each contact stands now.
    mutating func tell(_ each: (ContactNews) -> Void) {
        for index in waiting.indices { each(.changed(waiting[(oldest + index) % waiting.count])) }
        forgetWaiting()
        for place in contacts.indices {
            if contacts[place].quietAt != nil {
                each(.unsteady(contact: place))
            } else if let change = contacts[place].last {
                each(.changed(change))
            }
        }
    }
}
