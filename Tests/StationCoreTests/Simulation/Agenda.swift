// What is still to happen in a simulated world, in the order of its time. Time jumps from one thing to the next, so that a
// year of mostly nothing costs no more than what happens in it.

/// A queue of events; of two that are due at the same instant, whichever was planned first comes first.
struct Agenda<Event> {
    private struct Slot {
        let instant: UInt64
        let serial: UInt64
        let event: Event

        func comes(before other: Slot) -> Bool { (instant, serial) < (other.instant, other.serial) }
    }

    /// A binary heap, the next event at its top.
    private var heap: [Slot] = []
    private var planned: UInt64 = 0

    mutating func plan(_ event: Event, at instant: UInt64) {
        heap.append(Slot(instant: instant, serial: planned, event: event))
        planned += 1
        var place = heap.count - 1
        while place > 0, heap[place].comes(before: heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes the next event off.
    mutating func next() -> (instant: UInt64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.instant, first.event)
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if heap[child].comes(before: heap[least]) { least = child }
            }
            if least == place { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
