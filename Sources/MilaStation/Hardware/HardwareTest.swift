// Walks a person through every locker: opens it by the running station, listens to its sensor, asks what only eyes can see.

internal import Foundation
internal import GuardProtocol
internal import StationCore

/// What a test asks and tells.
protocol Questioner {
    /// Says something.
    func say(_ line: String)
    /// Asks something; the answer without blanks, in lower case, or `nil` where there will be none any more.
    func ask(_ question: String) -> String?
}

/// A test of a station's lockers by hand.
struct HardwareTest {
    /// Nobody answers any more.
    private struct InputEnded: Error {}
    /// The person wants no more.
    private struct Enough: Error {}

    static let reason = OrderReason("hardware test")

    let client: ControlClient
    let admin: AdminID
    let table: LineTable
    let people: any Questioner

    /// Tries these lockers, one after another; where the person ends the test, the rest counts as skipped.
    func run(_ lockers: [LockerID]) async throws -> [LockerTrial] {
        var trials = lockers.map { LockerTrial(locker: $0) }
        for index in trials.indices { trials[index].isSkipped = true }
        do {
            for index in trials.indices {
                trials[index] = try await attempt(trials[index].locker)
                if !trials[index].findings.isEmpty { try await offerSuspension(trials[index]) }
            }
        } catch is Enough {
        } catch is InputEnded {
            people.say("Nobody answers any more; the rest is not tested.")
        }
        return trials
    }

    // MARK: - One locker

    private func attempt(_ locker: LockerID) async throws -> LockerTrial {
        var trial = LockerTrial(locker: locker)
        let place = table.lockers.first { $0.name == locker.text }
        people.say("")
        people.say("Locker \(locker)" + (place?.sensor == nil ? ", which has no sensor." : "."))
        guard try await shut(&trial) else {
            trial.isSkipped = true
            return trial
        }
        let report: OpeningReport
        do {
            let number = try await client.order(AdminOrder(.open, locker, by: admin, because: Self.reason))
            people.say("  It opens. Shut it again when it is open.")
            report = try await OpeningWatch(number, client).end { report in
                if report.progress == .open { people.say("  Its sensor says: open.") }
            }
        } catch let refusal as AdminRefusal {
            trial.findings.append(.guardian(refusal.words))
            return trial
        }
        trial.course = report.sentence
        people.say("  \(report.sentence.prefix(1).uppercased())\(report.sentence.dropFirst())")
        try judge(report, &trial)
        if table.lamps.contains(where: { $0.name == locker.text }), !(try isTrue("Did its lamp blink green?")) {
            trial.findings.append(.lamp)
        }
        return trial
    }

    /// Waits until the door is shut as far as anybody can tell; false where the locker is left out.
    private func shut(_ trial: inout LockerTrial) async throws -> Bool {
        while true {
            switch try answer("Shut it, then press Enter. (s leaves it out, q ends the test)") {
            case "s": return false
            case "q": throw Enough()
            default: break
            }
            guard try await isSeenOpen(trial.locker) else { return true }
            if try isTrue("Its sensor says that it is open. Is it shut?") {
                trial.findings.append(.sensorSaysOpen)
                return true
            }
        }
    }

    private func isSeenOpen(_ locker: LockerID) async throws -> Bool {
        let status = try JSON(parsing: try await client.get("v1/status"))
        let state = status["lockers"]?.array?.first { $0["locker"]?.string == locker.text }
        return state?["door"]?.string == LockerState.Door.open.rawValue
            && state?["basis"]?.string == DoorReport.Basis.sensed.rawValue
    }

    private func judge(_ report: OpeningReport, _ trial: inout LockerTrial) throws {
        switch report.end {
        case .completed(_, _, .sensed): return
        case .completed(_, _, .assumed):
            if !(try isTrue("Did it open?")) { trial.findings.append(.stayedShut) }
        case .failed(.didNotOpen), .unknown:
            // A door that stood open as far as its sensor knew can't be seen to open.
            if trial.findings.contains(.sensorSaysOpen) {
                if !(try isTrue("Did it open all the same?")) { trial.findings.append(.stayedShut) }
            } else if let other = report.opened.first(where: { $0 != trial.locker }) {
                let isThis = try isTrue(
                    "The sensor of locker \(other) says: open. Is it locker \(trial.locker) that opened?")
                trial.findings.append(isThis ? .otherSensor(other) : .otherDoorOpened(other))
            } else {
                trial.findings.append(try isTrue("Did it open all the same?") ? .sensorBlind : .stayedShut)
            }
        case .failed(.leftOpen): trial.findings.append(.latchUnseen)
        case .failed, nil: trial.findings.append(.guardian(report.sentence))
        }
    }

    private func offerSuspension(_ trial: LockerTrial) async throws {
        for finding in trial.findings { people.say("  Wrong: \(finding.sentence)") }
        guard try isTrue("Take locker \(trial.locker) out of service until it is mended?") else { return }
        _ = try await client.order(AdminOrder(.suspend, trial.locker, by: admin, because: Self.reason))
        people.say("  Out of service. 'mila-station locker \(trial.locker) resume' puts it back.")
    }

    // MARK: - Answers

    private func answer(_ question: String) throws -> String {
        guard let answer = people.ask("  \(question) ") else { throw InputEnded() }
        return answer
    }

    private func isTrue(_ question: String) throws -> Bool {
        while true {
            switch try answer("\(question) [y/n]") {
            case "y", "yes", "j", "ja": return true
            case "n", "no", "nein": return false
            case "q": throw Enough()
            default: people.say("  y or n, please; q ends the test.")
            }
        }
    }
}
