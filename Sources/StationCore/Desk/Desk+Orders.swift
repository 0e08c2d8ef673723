// What is done to lockers by people who borrow nothing: staff at the station, and admins from afar by order. All of it is in
// the journal, with who and why.

/// What an admin wants done with a locker.
public struct AdminOrder: Equatable, Sendable {
    /// What can be ordered.
    public enum Action: Hashable, Sendable {
        /// Open it.
        case open
        /// Take it out of service.
        case suspend
        /// Put it back into service.
        case resume
        /// Note what somebody has seen in it.
        case found(Content)
    }

    /// The locker.
    public var locker: LockerID
    /// What is to be done.
    public var action: Action
    /// Who orders it.
    public var admin: AdminID
    /// Why.
    public var reason: OrderReason?

    /// An order; see the properties.
    public init(_ action: Action, _ locker: LockerID, by admin: AdminID, because reason: OrderReason?) {
        self.locker = locker
        self.action = action
        self.admin = admin
        self.reason = reason
    }
}

/// An order was refused.
public struct AdminRefusal: Error, Equatable, Sendable {
    /// Why.
    public var reason: Refusal

    /// A refusal, with its reason.
    public init(reason: Refusal) { self.reason = reason }
}

/// How far an opening has come.
public enum OpeningProgress: String, CaseIterable, Sendable {
    /// It waits for the coils or for the guard's answer.
    case waiting
    /// The coil is energised.
    case pulsing
    /// The coil is off again, and no sensor has said yet that the door opened.
    case released
    /// The door stands open.
    case open
}

extension Desk {
    /// Why an order can't be carried out now; `nil` where it can.
    public func refusal(of order: AdminOrder) -> Refusal? {
        guard setup.doors[order.locker] != nil else { return .lockerOutOfService }
        guard order.action == .open else { return nil }
        if !isGuardPresent { return .guardAbsent }
        return openings[order.locker] != nil || holds[order.locker] != nil ? .lockerInUse : nil
    }

    /// How far the opening that an entry ordered has come; `nil` where it is over.
    public func progress(of number: EntryNumber) -> OpeningProgress? {
        switch openings.values.first(where: { $0.number == number })?.phase {
        case .queued, .requested: .waiting
        case .pulsing: .pulsing
        case .released: .released
        case .ajar: .open
        case nil: nil
        }
    }

    /// Carries an order out. Whoever stands at the station did not ask for it, so a refusal is for the admin alone.
    mutating func ordered(_ order: AdminOrder, _ decision: inout Decision) {
        if let refusal = refusal(of: order) {
            decision.record(.refused(refusal, item: nil, locker: order.locker))
            return
        }
        let attendant = Attendant.admin(order.admin, reason: order.reason)
        switch order.action {
        case .open:
            let locker = Locker(id: order.locker, name: LocalizedText(order.locker.text), label: "")
            beginService(locker, by: attendant, .admin(order.admin), &decision)
        case .suspend: suspend(order.locker, by: attendant, &decision)
        case .resume: resume(order.locker, by: attendant, &decision)
        case .found(let content): contentChecked(order.locker, content, by: attendant, &decision)
        }
    }

    mutating func beginService(
        _ locker: Locker, by attendant: Attendant, _ visitor: Visitor, queuePatience: Duration? = nil,
        _ decision: inout Decision
    ) {
        let number = decision.record(.serviceBegun(locker: locker.id, by: attendant))
        let errand = Errand(purpose: .service, opening: number, loan: number, item: nil, locker: locker.id)
        go(
            [PendingErrand(errand: errand, item: nil, due: nil, contentAfter: nil)], locker, visitor,
            queuePatience: queuePatience, &decision)
    }

    mutating func suspend(_ locker: LockerID, by attendant: Attendant, _ decision: inout Decision) {
        suspended.insert(locker)
        closeHold(of: locker, .suspended, &decision)
        decision.record(.serviceSuspended(locker: locker, by: attendant))
    }

    mutating func resume(_ locker: LockerID, by attendant: Attendant, _ decision: inout Decision) {
        suspended.remove(locker)
        decision.record(.serviceResumed(locker: locker, by: attendant))
    }

    mutating func contentChecked(
        _ locker: LockerID, _ content: Content, by attendant: Attendant, _ decision: inout Decision
    ) {
        guard setup.doors[locker] != nil else { return }
        decision.record(.contentChecked(locker: locker, content, by: attendant))
        if content == .unverified { inDoubt.insert(locker) } else { inDoubt.remove(locker) }
    }
}
