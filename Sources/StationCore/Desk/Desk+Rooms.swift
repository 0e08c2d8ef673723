// Rooms: the door is held while somebody has the room, so that people go in and out; never longer than the loan, and never
// without a station that knows of it.

extension Desk {
    /// How long the door of a room is to be held by the order for an opening; `nil` where it only gets a pulse.
    func roomHold(_ opening: Opening, _ door: DeskSetup.Door, _ moment: Moment) -> Duration? {
        guard let longest = door.longestHold, let due = opening.roomDue else { return nil }
        // With a clock that may be wrong nobody knows when the loan ends: long enough to come in, no longer (rule S12).
        guard moment.quality != .unknown else { return door.pulse }
        let left = min(max(0, due.milliseconds - moment.wall.milliseconds), Int64(UInt32.max))
        return min(longest, max(door.pulse, .milliseconds(left)))
    }

    /// The door of a room is held: whoever has it goes in and out, so there is no end of this errand at the door.
    mutating func hold(_ opening: Opening, _ until: WallTime, _ decision: inout Decision) {
        guard let loan = opening.errands.first?.errand.loan else { return }
        openings[opening.locker.id] = nil
        holds[opening.locker.id] = Hold(order: opening.order, loan: loan, locker: opening.locker, until: until)
        touchVisit(of: opening, &decision)
        let report = DoorReport(opened: decision.moment.wall, latched: nil, basis: .assumed)
        for pending in opening.errands where !pending.isReentry {
            decision.record(completed(pending, report))
        }
        for pending in opening.errands {
            decision.tell(
                Message(
                    .roomOpen, item: pending.item, locker: opening.locker, due: until, language: opening.language))
            if isServed(opening), !pending.isReentry { partsToCheck(pending, &decision) }
        }
    }

    /// Whoever has the room scans the label of its door again.
    mutating func enter(
        _ room: ItemFacts, _ loan: Loan, _ serving: BorrowerFacts, _ house: HouseFacts, _ decision: inout Decision
    ) {
        guard let locker = room.locker else { return }
        if let hold = holds[locker.id], hold.loan == loan.id, hold.closing == nil {
            decision.tell(Message(.roomOpen, item: room.item, locker: locker, due: hold.until))
            return
        }
        if let opening = openings[locker.id], opening.visitor == .borrower(loan.borrower) {
            tellOpens(opening, opening.errands, &decision)
            return
        }
        let request = request(room, serving, house, isApproved: false, decision.moment)
        let isOver = loan.isReported || loan.due <= decision.moment.wall
        let refusal: Refusal? =
            request.standingRefusal ?? (isOver ? .loanOver : nil) ?? (request.isQuiet ? .quietHours : nil)
            ?? doorRefusal(room) ?? inUseRefusal(locker, .borrower(loan.borrower))
        if let refusal {
            decision.refuse(refusal, item: room.item, locker: locker)
            return
        }
        let number = decision.record(.holdBegun(loan: loan.id, item: room.item.id, locker: locker.id))
        let errand = Errand(
            purpose: .checkout, opening: number, loan: loan.id, item: room.item.id, locker: locker.id)
        let pending = PendingErrand(
            errand: errand, item: room.item, due: loan.due, contentAfter: nil, isReentry: true)
        go([pending], locker, .borrower(loan.borrower), &decision)
    }

    /// A room that is given back, or looked after by staff: its door is held no longer, or not held after all.
    ///
    /// Returns: whether the loan is void, because its door never opened.
    mutating func leaveRoom(_ loan: EntryNumber, at locker: LockerID, _ decision: inout Decision) -> Bool {
        if holds[locker]?.loan == loan { closeHold(of: locker, .returned, &decision) }
        guard let opening = openings[locker], let pending = opening.errands.first(where: { $0.errand.loan == loan })
        else { return false }
        switch opening.phase {
        case .queued:
            fail(opening, .cancelled, content: nil, &decision)
            return !pending.isReentry
        case .requested, .pulsing, .released, .ajar: lose(opening, &decision)
        }
        return false
    }

    /// Asks the guard to end a hold.
    mutating func closeHold(of locker: LockerID, _ end: HoldEnd, _ decision: inout Decision) {
        guard let hold = holds[locker], hold.closing == nil else { return }
        holds[locker]?.closing = end
        decision.close(hold.order, locker)
    }

    mutating func end(_ hold: Hold, _ end: HoldEnd, _ decision: inout Decision) {
        holds[hold.locker.id] = nil
        if hold.isDoorOpen { standingOpen.insert(hold.locker.id) }
        decision.record(.holdEnded(locker: hold.locker.id, opening: hold.order, end))
    }
}

extension Opening {
    /// When the loan of a room is due, where this opening is for one.
    fileprivate var roomDue: WallTime? {
        errands.first { $0.errand.purpose == .checkout }?.due
    }
}
