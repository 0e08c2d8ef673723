// The guard's dealings with its lines: coils on and off, sensors, and lines that fail and come back.

import CGpiod
import GuardProtocol

extension GuardLoop {
    /// Energises a coil, or says why not. Its end is set in the kernel before the coil goes on.
    func open(_ request: OpenRequest, at now: UInt64) throws(SystemError) {
        if let refusal = coils.open(request, at: now) {
            return send(.refused(request.number, locker: request.locker, refusal))
        }
        try coilTimer.arm(at: coils.nextOff)
        let locker = Int(request.locker)
        do {
            try bank.setCoil(locker, true)
            send(.accepted(request.number, locker: request.locker, at: bootTime()))
        } catch {
            coils.lineFailed(locker)
            send(.refused(request.number, locker: request.locker, .outOfService))
            coilFailed(locker, error, isOff: error.reachedNothing)
        }
    }

    /// Switches off what is due.
    func switchOffDue(at now: UInt64) {
        while let ended = coils.due(at: now) { switchOff(ended, .elapsed) }
    }

    /// Switches off every coil, its time over or not.
    func endAll(_ reason: GuardMessage.Release, at now: UInt64) {
        while let ended = coils.end(at: now) { switchOff(ended, reason) }
    }

    /// Switches all off, for good. The exit code.
    func stop() -> Int32 {
        endAll(.stopping, at: bootTime())
        board.showEverywhere(.dark)
        _ = bank.show(board, at: bootTime())
        // A coil that may still be on gets one more order to go off.
        if coils.occupied > 0 { for one in bank.openMissing() { heard(one, at: bootTime()) } }
        let isSafe = coils.occupied == 0
        if isSafe {
            log.info("stopped, all outputs off")
        } else {
            log.error("stopped, but a coil may still be energised")
        }
        _ = connection?.flush()
        connection.take()?.hangUp(after: nil)
        removeSocket()
        return isSafe ? ExitCode.fine : ExitCode.fault
    }

    func switchOff(_ ended: CoilPolicy.Ended, _ reason: GuardMessage.Release) {
        let locker = UInt16(ended.locker)
        do {
            try bank.setCoil(ended.locker, false)
            send(.released(ended.number, locker: locker, at: bootTime(), reason))
        } catch {
            coils.lineFailed(ended.locker)
            send(.released(ended.number, locker: locker, at: bootTime(), .lineFailed))
            coilFailed(ended.locker, error)
        }
    }

    /// A coil didn't switch. One order to go off is tried at once, unless it is known to be off, and the line is
    /// requested anew, off, until it works.
    private func coilFailed(_ locker: Int, _ failure: LineFailure, isOff: Bool = false) {
        if isOff || (try? bank.setCoil(locker, false)) != nil { coils.switchedOff(locker) }
        bank.giveUp(.coil(locker: locker), because: failure)
        heard(.failed(.coil(locker: locker), failure), at: bootTime())
    }

    /// Reads the inputs behind a descriptor, or all of them, and passes on, or keeps, what changed.
    func readInputs(behind descriptor: Int32? = nil) {
        bank.readInputs(behind: descriptor) { role, result in
            switch result {
            case .success(let reading):
                if let news = contacts.sensed(contact(role), reading, at: bootTime()) { heard(news) }
            case .failure(let failure):
                bank.giveUp(role, because: failure)
                heard(.failed(role, failure), at: bootTime())
                if failure.reachedNothing { giveUpCoils(ofChipOf: role, because: failure) }
            }
        }
    }

    /// The chip of an input went away: coils on it that are off have to be requested anew too.
    private func giveUpCoils(ofChipOf role: LineRole, because failure: LineFailure) {
        let chip = bank.chip(of: role)
        for (locker, lines) in table.lockers.enumerated() where lines.coil.chip == chip {
            switch coils.coils[locker] {
            case .ready, .resting:
                bank.giveUp(.coil(locker: locker), because: failure)
                heard(.failed(.coil(locker: locker), failure), at: bootTime())
            case .energised, .doubtful, .unusable: break  // Its own next order tells, or it is given up already.
            }
        }
    }

    /// Passes on, or keeps, what is known of contacts by now.
    func settleContacts(at now: UInt64) {
        while let news = contacts.due(at: now) {
            heard(news)
            guard case .steady(let place) = news, let descriptor = bank.descriptor(of: role(place)) else { continue }
            // How it stands now is what it says first.
            readInputs(behind: descriptor)
        }
    }

    private func heard(_ news: ContactNews) {
        switch news {
        case .changed(let change):
            if link.isServing { send(message(news)) } else { contacts.keep(change) }
        case .unsteady(let place):
            log.warning("\(bank.name(of: role(place))): changes too fast to be believed")
            send(message(news))
        case .steady(let place):
            log.info("\(bank.name(of: role(place))): is quiet again")
            send(message(news))
        }
    }

    /// The place of an input's contact.
    private func contact(_ role: LineRole) -> Int {
        switch role {
        case .sensor(let locker): locker
        case .watched(let place): table.lockers.count + place
        case .coil, .lamp: preconditionFailure("\(bank.name(of: role)) is no input")
        }
    }

    private func role(_ contact: Int) -> LineRole {
        let place = contact - table.lockers.count
        return place < 0 ? .sensor(locker: contact) : .watched(place: place)
    }

    /// What the station is told of a contact.
    func message(_ news: ContactNews) -> GuardMessage {
        switch news {
        case .changed(let change):
            switch role(change.contact) {
            case .watched(let place): .watched(place: UInt16(place), isActive: change.isActive, at: change.instant)
            case .coil, .lamp, .sensor:
                .door(locker: UInt16(change.contact), change.isActive ? .latched : .open, at: change.instant)
            }
        case .unsteady(let contact): .sensorUnsteady(contact: UInt16(contact), true)
        case .steady(let contact): .sensorUnsteady(contact: UInt16(contact), false)
        }
    }

    /// A line works again; the locker is back when all of its lines do.
    private func isBack(_ locker: Int, _ role: LineRole) {
        guard !isStarting else { return }
        log.info("\(bank.name(of: role)): works again")
        if bank.failure(ofLocker: locker) == nil { send(.lineBack(locker: UInt16(locker))) }
    }

    /// Acts on what became of a line.
    func heard(_ news: LineNews, at now: UInt64) {
        switch news {
        case .opened(let role):
            switch role {
            case .coil(let locker):
                coils.lineBack(locker, at: now)
                isBack(locker, role)
            case .sensor, .watched:
                guard let descriptor = bank.descriptor(of: role) else { return }
                do {
                    try watch(descriptor, for: EPOLLIN.rawValue)
                } catch {
                    let failure = LineFailure(operation: "watching the line", code: error.code)
                    bank.giveUp(role, because: failure)
                    return heard(.failed(role, failure), at: now)
                }
                readInputs(behind: descriptor)
                if case .sensor(let locker) = role { isBack(locker, role) }
            case .lamp:
                lampsChanged = true
            }
        case .failed(let role, let failure):
            log.error("\(bank.name(of: role)): \(failure)")
            if retryAt == nil { retryAt = now + GuardLoop.retryInterval }
            switch role {
            case .coil(let locker):
                coils.lineLost(locker)
                send(.lineFault(locker: UInt16(locker), failure.fault, systemError: failure.code))
            case .watched:
                contacts.lost(contact(role))
            case .sensor(let locker):
                // With its line goes the reason not to believe it.
                if contacts.isUnsteady(locker) { send(message(.steady(contact: locker))) }
                contacts.lost(contact(role))
                send(.lineFault(locker: UInt16(locker), failure.fault, systemError: failure.code))
            case .lamp:
                break
            }
        }
    }
}
