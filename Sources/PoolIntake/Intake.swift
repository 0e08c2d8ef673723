// Decides what becomes of a batch, as a value: what is stored and applied, what is set aside, what has to wait, and
// whether it shows another history than the one stored (a *fork*). The store asks and then does as it was told, in one
// transaction, whatever database is behind it.
//
// The rules, in the order in which they count for an entry:
// - another source, and its hash fits: the station and its pool disagree on who it is; nothing of the batch is kept.
// - its place is filled: with the same hash it came before; with another one that fits, it is a fork; damaged, it is
//   turned away without effect.
// - its place is beyond the next one: a gap, it waits outside.
// - it does not link to the entry before it: a fork, unless that entry was poison (whose hash proves nothing) or this
//   one is.
// - else it fills its place: applied, or set aside as poison with its reason. Either way those behind it go on.

package import StationCore

/// What is stored of one epoch.
package struct EpochHead: Equatable, Sendable {
    /// The last entry.
    package var head: JournalHead
    /// Whether it is poison: then its hash is only a claim, and the next entry's link to it proves nothing.
    package var isPoison: Bool

    /// The end of an epoch; see the properties.
    package init(head: JournalHead, isPoison: Bool) { (self.head, self.isPoison) = (head, isPoison) }
}

/// What is stored at one place.
package struct StoredPlace: Equatable, Sendable {
    /// The entry's hash.
    package var hash: EntryHash
    /// Why it was set aside; `nil` for an applied entry.
    package var rejection: String?

    /// What is stored; see the properties.
    package init(hash: EntryHash, rejection: String?) { (self.hash, self.rejection) = (hash, rejection) }
}

/// What is to be done with a batch.
package struct Intake: Sendable {
    /// An entry that fills its place.
    package struct Filling: Sendable {
        package var number: EntryNumber
        package var hash: EntryHash
        package var arrival: Arrival

        /// Why it is not applied; `nil` where it is.
        package var rejection: String? { if case .poison(let reason) = arrival.content { reason } else { nil } }
    }

    /// An entry that shows another history.
    package struct Fork: Sendable {
        package var number: EntryNumber
        package var hash: EntryHash
        package var document: [UInt8]
    }

    /// The entries that fill their places, in order.
    package var fillings: [Filling] = []
    /// The entries set aside, now or when they came before.
    package var rejected: [BatchAnswer.Rejection] = []
    /// What shows another history; where there is any, nothing of the batch is kept but this.
    package var forks: [Fork] = []
    /// The foreign source that entries name, where they do.
    package var foreignSource: String?
    /// Where each epoch of the batch ends then.
    package var heads: [Epoch: EpochHead]
    /// Epochs that this batch opens.
    package var opened: Set<Epoch> = []
    /// The epoch that the receipt is about; `nil` for a batch without a single readable place.
    package var epoch: Epoch?
    /// How many elements have to wait for the ones before them, or for one behind them.
    package var waiting = 0

    private let source: EntrySource
    private let stored: [EntryNumber: StoredPlace]
    private var filled: [EntryNumber: EntryHash] = [:]
    private var refusedEpochs: Set<Epoch> = []

    /// Decides on a batch.
    ///
    /// - Parameters:
    ///   - heads: where the batch's epochs end in the store; an epoch that is not in it is new.
    ///   - stored: what is stored at those of the batch's places that are filled.
    package init(
        _ arrivals: [Arrival], source: EntrySource, heads: [Epoch: EpochHead], stored: [EntryNumber: StoredPlace]
    ) {
        self.source = source
        self.heads = heads
        self.stored = stored
        for arrival in arrivals { take(arrival) }
        if !forks.isEmpty || foreignSource != nil {
            fillings = []
            opened = []
            self.heads = heads
        }
    }

    private mutating func take(_ arrival: Arrival) {
        if arrival.hashFits, let named = arrival.source, named != source.description {
            foreignSource = named
            return
        }
        guard let number = arrival.number, let hash = arrival.hash else {
            waiting += 1
            return
        }
        epoch = number.epoch
        guard !refusedEpochs.contains(number.epoch) else { return }
        guard let end = heads[number.epoch] else { return takeFirst(arrival, number, hash) }
        if number.sequence <= end.head.sequence {
            takeAgain(arrival, number, hash)
        } else if number.sequence > end.head.sequence + 1 {
            waiting += 1
        } else if arrival.hashFits, !end.isPoison, arrival.previousHash != end.head.hash {
            forks.append(Fork(number: number, hash: hash, document: arrival.document))
        } else {
            fill(arrival, number, hash)
        }
    }

    /// The first entry of an epoch says that it opens it. What can't be read gets the benefit of the doubt.
    private mutating func takeFirst(_ arrival: Arrival, _ number: EntryNumber, _ hash: EntryHash) {
        guard number.sequence == 1 else {
            waiting += 1
            return
        }
        if case .entry(let entry, _) = arrival.content, entry.kind != .epochOpened || entry.previousHash != .none {
            refusedEpochs.insert(number.epoch)
            rejected.append(.init(number: number, reason: "a journal begins with 'epoch-opened' after 64 zeros"))
            return
        }
        opened.insert(number.epoch)
        fill(arrival, number, hash)
    }

    private mutating func takeAgain(_ arrival: Arrival, _ number: EntryNumber, _ hash: EntryHash) {
        let place = filled[number].map { StoredPlace(hash: $0, rejection: nil) } ?? stored[number]
        if place?.hash == hash {
            if let reason = place?.rejection { rejected.append(.init(number: number, reason: reason)) }
        } else if arrival.hashFits {
            forks.append(Fork(number: number, hash: hash, document: arrival.document))
        } else {
            rejected.append(.init(number: number, reason: "it is damaged, and its place is filled already"))
        }
    }

    private mutating func fill(_ arrival: Arrival, _ number: EntryNumber, _ hash: EntryHash) {
        let filling = Filling(number: number, hash: hash, arrival: arrival)
        fillings.append(filling)
        filled[number] = hash
        let head = JournalHead(epoch: number.epoch, sequence: number.sequence, hash: hash)
        heads[number.epoch] = EpochHead(head: head, isPoison: filling.rejection != nil)
        if let reason = filling.rejection { rejected.append(.init(number: number, reason: reason)) }
    }
}
