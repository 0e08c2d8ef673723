// The answer to one event while it is put together: what is recorded, opened and told, in this order.

/// The answer to one event while it is put together.
struct Decision {
    let moment: Moment
    /// The language that is spoken now; `nil` for the station's own. What is told later in the same decision may be for
    /// somebody else.
    var language: Language?
    private let ownLanguage: Language
    private var next: EntryNumber
    private(set) var effects: [Effect] = []

    init(_ occasion: Occasion, language: Language?, ownLanguage: Language) {
        self.language = language
        self.ownLanguage = ownLanguage
        moment = occasion.moment
        next = occasion.next
    }

    /// Records what happened; gives the number that its entry will have.
    @discardableResult
    mutating func record(_ happening: Happening) -> EntryNumber {
        defer { next.sequence += 1 }
        effects.append(.record(happening))
        return next
    }

    /// The number that the next entry will have.
    var upcoming: EntryNumber { next }

    /// Whether something was refused.
    var isRefusal: Bool {
        effects.contains { if case .tell(let message) = $0, case .refused = message.id { true } else { false } }
    }

    /// Tells something, in the language that is spoken now unless the message has one of its own.
    mutating func tell(_ message: Message) {
        var message = message
        let spoken = message.language ?? language
        message.language = spoken == ownLanguage ? nil : spoken
        effects.append(.tell(message))
    }

    mutating func open(_ number: EntryNumber, _ locker: LockerID, pulse: Duration) {
        effects.append(.open(number, locker, pulse: pulse))
    }

    mutating func close(_ number: EntryNumber, _ locker: LockerID) { effects.append(.close(number, locker)) }

    /// Refuses: the reason goes to the journal and to the borrower, nothing else changes.
    mutating func refuse(
        _ refusal: Refusal, item: Item? = nil, locker: Locker? = nil, due: WallTime? = nil, count: Int? = nil
    ) {
        record(.refused(refusal, item: item?.id, locker: locker?.id))
        tell(Message(.refused(refusal), item: item, locker: locker, due: due, count: count))
    }

    /// The wall time at which a monotonic instant was.
    func wall(at instant: MonotonicInstant) -> WallTime {
        let ago = moment.monotonic.duration(since: instant)
        return moment.wall.adding(milliseconds: -Int64(ago.wholeMilliseconds))
    }
}
