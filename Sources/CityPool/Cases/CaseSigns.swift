// What a batch shows that may open cases or close them, beside the loans that `BookChanges` has: decided without a
// database. What is over within the batch leaves no sign, so that it does not matter how batches are cut.

import PoolIntake
import StationCore

/// The signs in a batch.
struct CaseSigns: Equatable, Sendable {
    /// Entries that lend an item or bring it back, by item.
    private(set) var moved: [ItemID: [Entry]] = [:]
    /// When an item was last in this station's hands, as far as somebody vouches for the clock.
    private(set) var seen: [ItemID: WallTime] = [:]
    /// Entries that say that another house's item was left here.
    private(set) var received: [Entry] = []
    /// Entries after which nobody knows what a door did, by locker; `nil` for an errand without a door.
    private(set) var doubtful: [LockerID?: [Entry]] = [:]
    /// Lockers whose content became known.
    private(set) var known: Set<LockerID> = []
    /// Entries that could not be understood.
    private(set) var setAside: [EntryNumber] = []

    /// The signs in what a batch fills.
    ///
    /// - Parameter newest: the station's newest epoch before the batch.
    init(_ fillings: [Intake.Filling], newest: Epoch?) {
        var newest = newest
        for filling in fillings {
            if filling.number.sequence == 1 { newest = filling.number.epoch }
            guard case .entry(let entry, let changes) = filling.arrival.content else {
                setAside.append(filling.number)
                continue
            }
            take(entry)
            // What an older journal knew of a locker is outdated by the newer one.
            if filling.number.epoch == newest { takeLockers(entry, changes) }
        }
    }

    private mutating func take(_ entry: Entry) {
        guard let item = entry.fields.item else { return }
        switch entry.kind {
        case .checkoutBegun, .returnCompleted, .returnConfirmed:
            moved[item, default: []].append(entry)
            see(item, entry)
        case .itemPlaced, .itemChecked:
            see(item, entry)
        case .returnReported:
            moved[item, default: []].append(entry)
        case .itemReceived:
            moved[item, default: []].append(entry)
            received.append(entry)
        default: break
        }
    }

    private mutating func see(_ item: ItemID, _ entry: Entry) {
        guard let time = entry.trustedTime else { return }
        seen[item] = max(seen[item] ?? time, time)
    }

    private mutating func takeLockers(_ entry: Entry, _ changes: [LedgerChange]) {
        for case .content(let locker, let content) in changes where content != .unverified {
            doubtful[locker] = nil
            known.insert(locker)
        }
        if entry.kind == .outcomeUnknown { doubtful[entry.fields.locker, default: []].append(entry) }
    }
}

extension Entry {
    /// When it was written; `nil` where nobody vouches for the station's clock.
    var trustedTime: WallTime? { quality == .unknown ? nil : time }
}
