// What guard and doors report, and what it means for the errands behind the doors.

extension Desk {
    mutating func guardJoined(_ decision: inout Decision) {
        // What it knows of lines and doors follows; until then nothing counts as wrong.
        for locker in faults.keys.sorted() { lockerWorks(locker, &decision) }
        for locker in distrusted.sorted() { sensorUnsteady(locker, false, &decision) }
        guard !isGuardPresent else { return }
        isGuardPresent = true
        decision.record(.guardJoined)
        if openings.isEmpty { decision.tell(Message(.stationReady)) }
    }

    mutating func guardLost(_ decision: inout Decision) {
        guard isGuardPresent else { return }
        isGuardPresent = false
        decision.record(.guardLost)
        for opening in orderedOpenings {
            switch opening.phase {
            case .queued: fail(opening, .guardLost, content: opening.contentIfShut, &decision)
            case .requested, .pulsing: lose(opening, &decision)
            case .released, .ajar: break  // The guard remembers what doors did; the deadlines go on.
            }
        }
        for hold in holds.values.sorted(by: { $0.order < $1.order }) { end(hold, .cutShort, &decision) }
        decision.tell(Message(.stationOutOfOrder))
    }

    mutating func accepted(_ sequence: UInt64, _ decision: inout Decision) {
        guard var opening = opening(sequence), case .requested = opening.phase else { return }
        if let until = opening.holdEnds {
            hold(opening, until, &decision)
            return
        }
        let pulse = setup.doors[opening.locker.id]?.pulse ?? .zero
        opening.phase = .pulsing(
            opened: decision.moment.wall, until: decision.moment.monotonic + pulse + setup.answerPatience)
        openings[opening.locker.id] = opening
        tellOpens(opening, opening.errands, &decision)
    }

    mutating func refused(_ sequence: UInt64, _ refusal: GuardRefusal, _ decision: inout Decision) {
        guard var opening = opening(sequence), case .requested = opening.phase else { return }
        switch refusal {
        case .later where decision.moment.monotonic < opening.queueEnds:
            opening.phase = .queued(askAt: decision.moment.monotonic + setup.askAgain)
            openings[opening.locker.id] = opening
        case .later, .never:
            fail(opening, .refusedByGuard, content: opening.contentIfShut, &decision)
        }
    }

    mutating func released(_ sequence: UInt64, _ end: PulseEnd, _ decision: inout Decision) {
        if let hold = holds.values.first(where: { $0.order.sequence == sequence }) {
            self.end(hold, end == .cutShort ? .cutShort : hold.closing ?? .elapsed, &decision)
            return
        }
        guard var opening = opening(sequence) else { return }
        switch opening.phase {
        case .requested, .pulsing:
            opening.wasCutShort = end == .cutShort
            if isSensed(opening.locker.id) {
                opening.phase = .released(until: decision.moment.monotonic + setup.openPatience)
                openings[opening.locker.id] = opening
            } else if case .pulsing(let opened, _) = opening.phase, end == .complete {
                finish(opening, DoorReport(opened: opened, latched: nil, basis: .assumed), &decision)
            } else {
                lose(opening, &decision)
            }
        case .queued, .released, .ajar: break  // Seen open already, or an old report: nothing new.
        }
    }

    mutating func doorOpened(_ locker: LockerID, at instant: MonotonicInstant, _ decision: inout Decision) {
        let opened = decision.wall(at: instant)
        // Who has a room goes in and out.
        guard holds[locker] == nil else {
            holds[locker]?.isDoorOpen = true
            return
        }
        switch openings[locker]?.phase {
        case .pulsing, .released:
            openings[locker]?.phase = .ajar(
                opened: opened, remindAt: decision.moment.monotonic + setup.shutReminder,
                until: decision.moment.monotonic + setup.shutPatience)
        case .ajar: break
        case .queued, .requested, nil:
            guard setup.doors[locker] != nil, standingOpen.insert(locker).inserted else { return }
            decision.record(.doorOpenedUnasked(locker: locker, at: opened))
            inDoubt.insert(locker)
            // Whoever waits for this door stands before an open one; a pulse would prove nothing any more.
            if let opening = openings[locker] { lose(opening, &decision) }
        }
    }

    mutating func doorLatched(_ locker: LockerID, at instant: MonotonicInstant, _ decision: inout Decision) {
        let latched = decision.wall(at: instant)
        holds[locker]?.isDoorOpen = false
        if standingOpen.remove(locker) != nil { decision.record(.doorLatchedLate(locker: locker, at: latched)) }
        guard let opening = openings[locker], case .ajar(let opened, _, _) = opening.phase else { return }
        finish(opening, DoorReport(opened: opened, latched: latched, basis: .sensed), &decision)
    }

    mutating func lockerFault(_ locker: LockerID, _ reason: String, _ decision: inout Decision) {
        guard setup.doors[locker] != nil, faults.updateValue(reason, forKey: locker) == nil else { return }
        decision.record(.lockerOutOfService(locker: locker, reason: reason))
    }

    mutating func lockerWorks(_ locker: LockerID, _ decision: inout Decision) {
        guard faults.removeValue(forKey: locker) != nil else { return }
        decision.record(.lockerInService(locker: locker))
    }

    /// Takes back what somebody waits for and no line has moved for; what has begun goes on. With nothing under way, the
    /// visit ends.
    mutating func cancel(_ decision: inout Decision) {
        if session?.request != nil {
            pinEntry = nil
            dropRequest(&decision)
            return
        }
        let mine = orderedOpenings.filter(isServed)
        guard !mine.isEmpty else {
            endVisit(&decision)
            return
        }
        for opening in mine {
            switch opening.phase {
            case .queued: fail(opening, .cancelled, content: opening.contentIfShut, &decision)
            case .requested, .pulsing, .released, .ajar: takeBack(opening, &decision)
            }
        }
    }

    /// The door is open or about to open. A checkout can be undone by scanning the item again; of a return nobody knows any
    /// more whether the item is inside, so its loan will go on and somebody has to look.
    private mutating func takeBack(_ opening: Opening, _ decision: inout Decision) {
        var changed = opening
        for (index, pending) in opening.errands.enumerated() {
            switch pending.errand.purpose {
            case .checkout: session?.begun.remove(pending.errand.loan)
            case .giveBack, .report: changed.errands[index].isTakenBack = true
            case .service: break
            }
        }
        openings[opening.locker.id] = changed
        for (pending, count) in opening.errands.grouped {
            decision.tell(pending.message(pending.errand.purpose.tooLate, opening, count))
        }
    }

    // MARK: - Time

    /// Ends what is over by now: phases of openings, then the session.
    mutating func passTime(_ decision: inout Decision) {
        let now = decision.moment.monotonic
        // The guard ends a hold by its own clock; the wall clock may have been set since (rule S12).
        for hold in holds.values.sorted(by: { $0.order < $1.order }) where decision.moment.wall >= hold.until {
            closeHold(of: hold.locker.id, .elapsed, &decision)
        }
        for opening in orderedOpenings {
            guard now >= opening.deadline else { continue }
            switch opening.phase {
            case .queued: fail(opening, .refusedByGuard, content: opening.contentIfShut, &decision)
            case .requested, .pulsing: lose(opening, &decision)
            case .released where opening.stoodOpen: lose(opening, &decision)
            case .released: stayedShut(opening, &decision)
            case .ajar(let opened, let remindAt?, let until) where now < until:
                guard now >= remindAt else { continue }
                openings[opening.locker.id]?.phase = .ajar(opened: opened, remindAt: nil, until: until)
                decision.tell(Message(.pleaseShut, locker: opening.locker, language: opening.language))
            case .ajar(let opened, _, _): leaveOpen(opening, opened, &decision)
            }
        }
        guard openings.isEmpty, let visitEnds, now >= visitEnds else { return }
        // A badge whose PIN never came has no visit yet that could end.
        if session == nil, staff == nil { decision.tell(Message(.staffTimedOut)) }
        endSession(telling: .sessionTimedOut, &decision)
        endStaff(telling: .staffTimedOut, &decision)
        pinEntry = nil
    }

    /// Asks the guard for the next opening where no coil is energised.
    mutating func serveQueue(_ decision: inout Decision) {
        guard isGuardPresent, !openings.values.contains(where: \.holdsCoil) else { return }
        for var opening in orderedOpenings {
            guard case .queued(let askAt) = opening.phase, askAt <= decision.moment.monotonic,
                let door = setup.doors[opening.locker.id]
            else { continue }
            opening.phase = .requested(until: decision.moment.monotonic + setup.answerPatience)
            opening.stoodOpen = standingOpen.contains(opening.locker.id)
            openings[opening.locker.id] = opening
            let hold = roomHold(opening, door, decision.moment)
            openings[opening.locker.id]?.holdEnds = hold.map {
                decision.moment.wall.adding(milliseconds: Int64($0.wholeMilliseconds))
            }
            decision.open(opening.order, opening.locker.id, pulse: hold ?? door.pulse)
            return
        }
    }

    // MARK: - Outcomes

    var orderedOpenings: [Opening] { openings.values.sorted { $0.number < $1.number } }

    private func opening(_ sequence: UInt64) -> Opening? {
        openings.values.first { $0.order.sequence == sequence }
    }

    /// The pulse is over and the door stayed shut: it gets one more where it may, else somebody has to look.
    private mutating func stayedShut(_ opening: Opening, _ decision: inout Decision) {
        guard setup.doors[opening.locker.id]?.repeatsPulse == true, !opening.isRepeated, !opening.wasCutShort,
            isGuardPresent
        else {
            fail(opening, .didNotOpen, content: .unverified, &decision)
            return
        }
        var again = opening
        // Rule S3: a pulse that was cut short is not repeated; this one was whole, and the door did not open.
        again.order = decision.record(.pulseRepeated(locker: opening.locker.id, opening: opening.number))
        again.phase = .queued(askAt: decision.moment.monotonic)
        again.queueEnds = decision.moment.monotonic + setup.queuePatience
        openings[opening.locker.id] = again
        decision.tell(Message(.opensAgain, locker: opening.locker, language: opening.language))
    }

    private mutating func finish(_ opening: Opening, _ door: DoorReport, _ decision: inout Decision) {
        openings[opening.locker.id] = nil
        touchVisit(of: opening, &decision)
        for pending in opening.errands where pending.isTakenBack {
            inDoubt.insert(opening.locker.id)
            decision.record(.returnFailed(pending.errand, .cancelled, content: .unverified))
            decision.tell(pending.message(.cancelled, opening, 1))
        }
        complete(opening.errands.filter { !$0.isTakenBack }, door, opening, &decision)
    }

    mutating func fail(
        _ opening: Opening, _ failure: OpeningFailure, content: Content?, _ decision: inout Decision
    ) {
        // Staff know what they came for: that the door stayed shut puts nothing in doubt.
        let content = opening.isService ? nil : content
        close(opening, content, &decision)
        for pending in opening.errands {
            switch pending.errand.purpose {
            case .checkout where pending.isReentry:
                decision.record(.holdEnded(locker: opening.locker.id, opening: opening.order, .cutShort))
            case .checkout: decision.record(.checkoutFailed(pending.errand, failure, content: content))
            case .giveBack, .report: decision.record(.returnFailed(pending.errand, failure, content: content))
            case .service: decision.record(.serviceFailed(pending.errand, failure))
            }
            session?.begun.remove(pending.errand.loan)
        }
        if session?.pieces.map({ pieces in opening.errands.contains { $0.item?.id == pieces.item.id } }) == true {
            session?.pieces = nil
        }
        let failed: Statement =
            switch failure {
            case .cancelled: opening.isService ? .serviceCancelled : .cancelled
            case .didNotOpen, .refusedByGuard, .guardLost, .leftOpen:
                opening.isService ? .serviceDidNotOpen : .didNotOpen
            }
        for (pending, count) in opening.errands.grouped { decision.tell(pending.message(failed, opening, count)) }
    }

    /// The door stands open and nobody shuts it: what was taken is lent, what was to come back is not yet back.
    private mutating func leaveOpen(_ opening: Opening, _ opened: WallTime, _ decision: inout Decision) {
        close(opening, .unverified, &decision)
        standingOpen.insert(opening.locker.id)
        let report = DoorReport(opened: opened, latched: nil, basis: .sensed)
        for pending in opening.errands {
            switch pending.errand.purpose {
            case .checkout: decision.record(.checkoutCompleted(pending.errand, report, content: .unverified))
            case .giveBack, .report:
                decision.record(.returnFailed(pending.errand, .leftOpen, content: .unverified))
            case .service:
                decision.record(.serviceFailed(pending.errand, .leftOpen))
                decision.record(.contentDoubted(locker: opening.locker.id))
            }
        }
        for (pending, count) in opening.errands.grouped {
            decision.tell(pending.message(pending.errand.purpose.leftOpen, opening, count))
        }
    }

    /// Nobody knows what the door did: the loans stand as they were, the locker waits for somebody to look.
    mutating func lose(_ opening: Opening, _ decision: inout Decision) {
        let isMoved = opening.errands.contains { !$0.isReentry }
        close(opening, isMoved ? .unverified : nil, &decision)
        // The guard may have begun to hold it: a pulse ends by itself soon, a hold does not.
        if opening.holdEnds != nil { decision.close(opening.order, opening.locker.id) }
        for pending in opening.errands {
            decision.record(
                pending.isReentry
                    ? .holdEnded(locker: opening.locker.id, opening: opening.order, .cutShort)
                    : .outcomeUnknown(pending.errand))
        }
        for (pending, count) in opening.errands.grouped {
            decision.tell(pending.message(pending.errand.purpose.lost, opening, count))
        }
    }

    private mutating func close(_ opening: Opening, _ content: Content?, _ decision: inout Decision) {
        openings[opening.locker.id] = nil
        // Whoever asks again means it.
        lastLabel = nil
        if content == .unverified { inDoubt.insert(opening.locker.id) }
        touchVisit(of: opening, &decision)
    }

    /// Who was busy at a door was not away from the station.
    mutating func touchVisit(of opening: Opening, _ decision: inout Decision) {
        guard isServed(opening) else { return }
        session?.lastActivity = decision.moment.monotonic
        staff?.lastActivity = decision.moment.monotonic
    }
}

extension Opening {
    /// What is known of the content where the door stays shut now: after a pulse it is in doubt.
    var contentIfShut: Content? { isRepeated ? .unverified : nil }
}

extension Errand.Purpose {
    /// What is said when somebody cancels while the door opens.
    fileprivate var tooLate: Statement {
        switch self {
        case .checkout: .tooLateToCancel
        case .giveBack, .report: .tooLateToCancelReturn
        case .service: .lockerOpensForStaff
        }
    }

    /// What is said when the door is left open.
    fileprivate var leftOpen: Statement {
        switch self {
        case .checkout: .leftOpenTaken
        case .giveBack, .report: .leftOpenReturned
        case .service: .serviceLeftOpen
        }
    }

    /// What is said when nobody knows what the door did.
    fileprivate var lost: Statement {
        switch self {
        case .checkout: .outcomeUnknownTaken
        case .giveBack, .report: .outcomeUnknownReturned
        case .service: .serviceOutcomeUnknown
        }
    }
}
