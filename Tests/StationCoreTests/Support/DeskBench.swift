// A desk on the bench: the test says what happens, the bench keeps time, numbers and books as a conductor would.

@testable import StationCore

struct DeskBench {
    private(set) var desk: Desk
    private(set) var books = PlainBooks()
    private(set) var next = EntryNumber(epoch: Epoch(0xe), sequence: 1)
    var now = MonotonicInstant(nanoseconds: 3_600_000_000_000)
    var wall = SampleHouse.noon
    var quality = ClockQuality.synchronised
    /// What counts at the house.
    var house = HouseFacts()
    /// Everything the desk wanted so far.
    private(set) var effects: [Effect] = []

    /// A desk whose guard is there.
    init(setup: DeskSetup = SampleHouse.setup, isGuardPresent: Bool = true) {
        desk = Desk(setup: setup)
        if isGuardPresent { take(.guardJoined) }
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        wall = wall.adding(milliseconds: Int64(duration.wholeMilliseconds))
    }

    @discardableResult
    mutating func take(_ event: DeskEvent, _ facts: Facts = .none) -> [Effect] {
        let moment = Moment(monotonic: now, wall: wall, quality: quality)
        var facts = facts
        facts.house = house
        let answer = desk.handle(event, facts, at: Occasion(moment: moment, next: next))
        for case .record(let happening) in answer {
            books.note(happening, as: next)
            next.sequence += 1
        }
        effects += answer
        return answer
    }

    /// Scans what a subject means, with what the books say of the borrower who is served.
    @discardableResult
    mutating func scan(_ subject: Subject) -> [Effect] {
        let served = SampleHouse.borrowers.first { $0.id == desk.wants.borrower }
        let pending = SampleHouse.items.first { $0.id == desk.wants.item }
        return take(
            .scanned,
            Facts(subject, serving: served.map { books.facts(of: $0) }, pending: pending.map { books.facts(of: $0) }))
    }

    /// Scans a command, with what the books have to be read out for it.
    @discardableResult
    mutating func scan(_ command: Command) -> [Effect] { scan(.command(command, books.reports(for: command))) }

    /// Scans a badge.
    @discardableResult
    mutating func scan(_ member: Staff, failures: Int = 0) -> [Effect] {
        let badge = CardFacts(digest: SampleHouse.digest(of: member.id.text), hasPIN: true, failures: failures)
        return scan(.staffBadge(StaffFacts(staff: member, badge: badge)))
    }

    /// Staff scan their badge and enter the right PIN.
    @discardableResult
    mutating func signIn(_ member: Staff = SampleHouse.member) -> [Effect] {
        scan(member)
        return scan(.pin(.right))
    }

    @discardableResult
    mutating func scan(_ borrower: Borrower) -> [Effect] { scan(.borrower(books.facts(ofCardOf: borrower))) }

    @discardableResult
    mutating func scan(_ item: Item) -> [Effect] { scan(.item(books.facts(of: item))) }

    @discardableResult
    mutating func scan(_ locker: Locker) -> [Effect] { scan(books.facts(of: locker)) }

    /// What is known of a pass that the pool has signed.
    func facts(of pass: Pass) -> PassFacts {
        let items = SampleHouse.items.filter { item in
            pass.isFor(.item(item.id)) || pass.isFor(.category(item.category))
                || item.locker.map { pass.isFor(.locker($0)) } == true
        }
        return PassFacts(
            pass: pass, signature: .right, isForThisStation: pass.isFor(StationID.of("demo")),
            use: books.passes[pass.nonce],
            borrower: SampleHouse.borrowers.first { pass.isFor($0.id) }.map { books.facts(of: $0) },
            items: items.map { books.facts(of: $0) })
    }

    /// Scans a pass that the pool has signed.
    @discardableResult
    mutating func scan(_ pass: Pass) -> [Effect] { scan(.pass(facts(of: pass))) }

    /// Something else was scanned in between, so that the next scan is no slip.
    mutating func forgetLastScan() { desk.lastLabel = nil }

    /// The opening of a locker, as the guard knows it.
    func sequence(of locker: Locker) -> UInt64 {
        (desk.openings[locker.id]?.order ?? desk.holds[locker.id]?.order)?.sequence ?? 0
    }

    /// The guard energises the coil of a locker and switches it off again.
    mutating func pulse(_ locker: Locker) {
        let sequence = sequence(of: locker)
        take(.openingAccepted(sequence: sequence))
        wait(.milliseconds(200))
        take(.coilReleased(sequence: sequence, .complete))
    }

    /// A pulse, then the door opens and latches, where it has a sensor to say so.
    mutating func openAndShut(_ locker: Locker) {
        pulse(locker)
        guard SampleHouse.setup.doors[locker.id]?.hasSensor == true else { return }
        take(.doorOpened(locker.id, at: now))
        wait(.seconds(5))
        take(.doorLatched(locker.id, at: now))
    }
}

// MARK: - What came of it, in words

extension [Effect] {
    /// What was recorded.
    var happenings: [Happening] { compactMap { if case .record(let happening) = $0 { happening } else { nil } } }
    /// What people were told.
    var messages: [Message] { compactMap { if case .tell(let message) = $0 { message } else { nil } } }
    /// The keys of what people were told.
    var keys: [String] { messages.map(\.id.key) }
    /// The lockers whose coils were ordered.
    var opened: [LockerID] { compactMap { if case .open(_, let locker, _) = $0 { locker } else { nil } } }

    /// All of it in one line: kinds of entries, lockers to open, keys of messages.
    var summary: String {
        map { effect in
            switch effect {
            case .record(let happening): happening.kind.rawValue
            case .open(_, let locker, _): "OPEN \(locker)"
            case .close(_, let locker): "CLOSE \(locker)"
            case .tell(let message): "‘\(message.id.key)’"
            }
        }.joined(separator: " ")
    }
}

extension Desk {
    /// The state in one line: who is served, how far each door is, what is wrong.
    var summary: String {
        var words = [session != nil ? "serving" : staff != nil ? "staffed" : "idle"]
        if pinEntry != nil { words.append("awaits-pin") }
        if session?.request != nil { words.append("requested") }
        for (locker, opening) in openings.sorted(by: { $0.key < $1.key }) {
            words.append("\(opening.phase.name)-\(locker)")
        }
        words += holds.keys.sorted().map { "held-\($0)" }
        if !isGuardPresent { words.append("unguarded") }
        words += faults.keys.sorted().map { "faulty-\($0)" }
        words += suspended.sorted().map { "suspended-\($0)" }
        words += standingOpen.sorted().map { "stands-open-\($0)" }
        words += distrusted.sorted().map { "distrusted-\($0)" }
        if !pressedStops.isEmpty { words.append("stopped") }
        words += inDoubt.sorted().map { "in-doubt-\($0)" }
        return words.joined(separator: " ")
    }
}

extension Opening.Phase {
    var name: String {
        switch self {
        case .queued: "queued"
        case .requested: "requested"
        case .pulsing: "pulsing"
        case .released: "released"
        case .ajar(_, remindAt: nil, _): "reminded"
        case .ajar: "ajar"
        }
    }
}
