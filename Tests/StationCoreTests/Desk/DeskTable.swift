// The stages a desk can be in and the things that can happen to it, each with a name and a sample. The switches have no
// `default`: a new event or a new phase of an opening does not compile here until the table says what it leads to.

@testable import StationCore

/// The stages of a desk, told apart by what the next event may lead to.
enum Stage: String, CaseIterable {
    /// No guard yet, or none any more.
    case unguarded
    /// At rest.
    case ready
    /// A session is open, no door on its way.
    case serving
    /// A door waits because the guard asked for patience.
    case queued
    /// The guard was asked to open.
    case requested
    /// The coil of a door with a sensor is energised.
    case pulsing
    /// The coil of a door without a sensor is energised.
    case pulsingUnsensed
    /// The pulse is over, the sensor has not seen the door open.
    case released
    /// The door stands open.
    case ajar
    /// The door stands open and the borrower was reminded.
    case reminded
    /// The door stands open and nobody waits for it any more.
    case leftOpen
    /// The guard can't use the locker's lines.
    case faulty
    /// The borrower brings the item back, the door stands open.
    case returning
    /// The borrower has a room, and its door is held.
    case holding

    /// What is borrowed in this stage, and from where.
    var item: Item {
        switch self {
        case .pulsingUnsensed: SampleHouse.projector
        case .holding: SampleHouse.room
        default: SampleHouse.drill
        }
    }
    var locker: Locker {
        switch self {
        case .pulsingUnsensed: SampleHouse.locker6
        case .holding: SampleHouse.locker8
        default: SampleHouse.locker4
        }
    }

    /// A desk in this stage.
    var bench: DeskBench {
        var bench = DeskBench(isGuardPresent: self != .unguarded)
        switch self {
        case .unguarded, .ready: break
        case .serving: bench.scan(SampleHouse.first)
        case .queued:
            bench = Stage.requested.bench
            bench.take(.openingRefused(sequence: bench.sequence(of: locker), .later))
        case .requested:
            bench.scan(SampleHouse.first)
            bench.scan(item)
        case .pulsing, .pulsingUnsensed:
            bench.scan(SampleHouse.first)
            bench.scan(item)
            bench.take(.openingAccepted(sequence: bench.sequence(of: locker)))
        case .released:
            bench = Stage.requested.bench
            bench.pulse(locker)
        case .ajar:
            bench = Stage.released.bench
            bench.take(.doorOpened(locker.id, at: bench.now))
        case .reminded:
            bench = Stage.ajar.bench
            bench.wait(.seconds(60))
            bench.take(.tick)
        case .leftOpen:
            bench = Stage.reminded.bench
            bench.wait(.seconds(180))
            bench.take(.tick)
        case .faulty:
            bench.scan(SampleHouse.first)
            bench.take(.lockerFault(locker.id, reason: "missing"))
        case .returning:
            bench.scan(SampleHouse.first)
            bench.scan(item)
            bench.openAndShut(locker)
            bench.take(.inputEnded)
            bench.scan(SampleHouse.first)
            bench.scan(item)
            bench.pulse(locker)
            bench.take(.doorOpened(locker.id, at: bench.now))
        case .holding:
            bench.scan(SampleHouse.first)
            bench.scan(item)
            bench.take(.openingAccepted(sequence: bench.sequence(of: locker)))
        }
        bench.wait(.milliseconds(10))
        return bench
    }
}

/// The things that can happen, each with a name; where the desk treats variants differently, one for each.
enum EventName: String, CaseIterable {
    case scanned, inputEnded, tickEarly, tickDue, guardJoined, guardLost, accepted, refusedLater, refusedForGood
    case releasedComplete, releasedCutShort, doorOpened, doorLatched, lockerFault, lockerWorks
    case foundEmpty, foundHolding, foundUnclear, openingOrdered, suspensionOrdered, resumptionOrdered, sensorUnsteady,
        sensorSteady, stopPressed, stopReleased

    /// The name of an event. Time passes in two ways that only the moment tells apart.
    init(_ event: DeskEvent, isDue: Bool) {
        switch event {
        case .scanned: self = .scanned
        case .inputEnded: self = .inputEnded
        case .tick: self = isDue ? .tickDue : .tickEarly
        case .guardJoined: self = .guardJoined
        case .guardLost: self = .guardLost
        case .openingAccepted: self = .accepted
        case .openingRefused(_, .later): self = .refusedLater
        case .openingRefused(_, .never): self = .refusedForGood
        case .coilReleased(_, .complete): self = .releasedComplete
        case .coilReleased(_, .cutShort): self = .releasedCutShort
        case .doorOpened: self = .doorOpened
        case .doorLatched: self = .doorLatched
        case .lockerFault: self = .lockerFault
        case .lockerWorks: self = .lockerWorks
        case .ordered(let order):
            switch order.action {
            case .found(.empty): self = .foundEmpty
            case .found(.holds): self = .foundHolding
            case .found(.unverified): self = .foundUnclear
            case .open: self = .openingOrdered
            case .suspend: self = .suspensionOrdered
            case .resume: self = .resumptionOrdered
            }
        case .sensorUnsteady(_, true): self = .sensorUnsteady
        case .sensorUnsteady(_, false): self = .sensorSteady
        case .emergencyStop(_, true): self = .stopPressed
        case .emergencyStop(_, false): self = .stopReleased
        }
    }

    /// A sample of the event for a desk's locker and its opening.
    func event(_ locker: LockerID, _ sequence: UInt64, at now: MonotonicInstant) -> DeskEvent {
        func ordered(_ action: AdminOrder.Action) -> DeskEvent {
            .ordered(AdminOrder(action, locker, by: .of("town-hall"), because: OrderReason("somebody asked")))
        }
        return switch self {
        case .scanned: .scanned
        case .inputEnded: .inputEnded
        case .tickEarly, .tickDue: .tick
        case .guardJoined: .guardJoined
        case .guardLost: .guardLost
        case .accepted: .openingAccepted(sequence: sequence)
        case .refusedLater: .openingRefused(sequence: sequence, .later)
        case .refusedForGood: .openingRefused(sequence: sequence, .never)
        case .releasedComplete: .coilReleased(sequence: sequence, .complete)
        case .releasedCutShort: .coilReleased(sequence: sequence, .cutShort)
        case .doorOpened: .doorOpened(locker, at: now)
        case .doorLatched: .doorLatched(locker, at: now)
        case .lockerFault: .lockerFault(locker, reason: "held")
        case .lockerWorks: .lockerWorks(locker)
        case .foundEmpty: .contentChecked(locker, .empty)
        case .foundHolding: .contentChecked(locker, .holds)
        case .foundUnclear: .contentChecked(locker, .unverified)
        case .openingOrdered: ordered(.open)
        case .suspensionOrdered: ordered(.suspend)
        case .resumptionOrdered: ordered(.resume)
        case .sensorUnsteady: .sensorUnsteady(locker, true)
        case .sensorSteady: .sensorUnsteady(locker, false)
        case .stopPressed: .emergencyStop("stop", isPressed: true)
        case .stopReleased: .emergencyStop("stop", isPressed: false)
        }
    }

    /// What comes of the event in a stage, in one line.
    func outcome(in stage: Stage) -> String {
        var bench = stage.bench
        if self == .tickDue, let due = bench.desk.nextDeadline { bench.wait(due.duration(since: bench.now)) }
        let effects: [Effect]
        if self == .scanned {
            bench.forgetLastScan()
            effects = bench.scan(stage.item)
        } else {
            effects = bench.take(event(stage.locker.id, bench.sequence(of: stage.locker), at: bench.now))
        }
        let summary = effects.summary
        return "\(summary.isEmpty ? "" : summary + " ")→ \(bench.desk.summary)"
    }
}

/// A table written as text: a stage on a line of its own, under it one line for each event.
struct DeskTable {
    private(set) var outcomes: [Stage: [EventName: String]] = [:]
    /// What can't be read, or is there twice.
    private(set) var mistakes: [String] = []

    init(_ text: String) {
        var stage: Stage?
        for line in text.split(separator: "\n") {
            if !line.hasPrefix(" ") {
                stage = Stage(rawValue: String(line))
                if stage == nil { mistakes.append("'\(line)' is no stage") }
                continue
            }
            let words = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard let stage, words.count == 2, let event = EventName(rawValue: String(words[0])) else {
                mistakes.append("'\(line)' is no outcome of an event in a stage")
                continue
            }
            if outcomes[stage, default: [:]].updateValue(String(words[1]), forKey: event) != nil {
                mistakes.append("'\(event)' is there twice in '\(stage)'")
            }
        }
    }

    /// The pairs of stage and event that the table says nothing about.
    var missing: [String] {
        Stage.allCases.flatMap { stage in
            EventName.allCases.compactMap { outcomes[stage]?[$0] == nil ? "\(stage) × \($0)" : nil }
        }
    }
}
