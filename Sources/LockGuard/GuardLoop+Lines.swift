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

    private func switchOff(_ ended: CoilPolicy.Ended, _ reason: GuardMessage.Release) {
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

    /// Reads the sensors behind a descriptor, or all of them, and passes on, or keeps, what changed.
    func readSensors(behind descriptor: Int32? = nil) {
        bank.readSensors(behind: descriptor) { locker, result in
            switch result {
            case .success(let reading):
                guard let change = doors.sensed(locker, reading) else { return }
                if link.isServing {
                    send(.door(locker: change.locker, change.level, at: change.instant))
                } else {
                    doors.keep(change)
                }
            case .failure(let failure):
                bank.giveUp(.sensor(locker: locker), because: failure)
                heard(.failed(.sensor(locker: locker), failure), at: bootTime())
                if failure.reachedNothing { giveUpCoils(ofChipOf: locker, because: failure) }
            }
        }
    }

    /// The chip of a locker's sensor went away: coils on it that are off have to be requested anew too.
    private func giveUpCoils(ofChipOf locker: Int, because failure: LineFailure) {
        let chip = table.lockers[locker].sensor?.chip
        for (other, lines) in table.lockers.enumerated() where lines.coil.chip == chip {
            switch coils.coils[other] {
            case .ready, .resting:
                bank.giveUp(.coil(locker: other), because: failure)
                heard(.failed(.coil(locker: other), failure), at: bootTime())
            case .energised, .doubtful, .unusable: break  // Its own next order tells, or it is given up already.
            }
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
            case .sensor(let locker):
                guard let descriptor = bank.descriptor(ofSensor: locker) else { return }
                do {
                    try watch(descriptor, for: EPOLLIN.rawValue)
                } catch {
                    let failure = LineFailure(operation: "watching the line", code: error.code)
                    bank.giveUp(role, because: failure)
                    return heard(.failed(role, failure), at: now)
                }
                readSensors(behind: descriptor)
                isBack(locker, role)
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
            case .sensor(let locker):
                doors.lost(locker)
                send(.lineFault(locker: UInt16(locker), failure.fault, systemError: failure.code))
            case .lamp:
                break
            }
        }
    }
}
