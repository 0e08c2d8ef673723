// The requests that a station made, and what the guard said to each: every one is answered once, and what was accepted
// is released.

import Glibc
import GuardProtocol
import TestSupport

@testable import LockGuard

/// A station's requests, numbered from 1.
struct Requests {
    private struct Request {
        let locker: UInt16
        let at: UInt64
        var answers = 0
        var isAccepted = false
        var isReleased = false
        var refusal: GuardMessage.Refusal?
        /// The station left before all was said about it.
        var isUnheard = false
    }

    private var requests: [Request] = []
    /// How many were refused, by reason.
    private(set) var refusals: [GuardMessage.Refusal: Int] = [:]
    /// How often a coil went off, by reason.
    private(set) var releases: [GuardMessage.Release: Int] = [:]

    var count: Int { requests.count }
    private var unanswered: Int { requests.count { $0.answers == 0 && !$0.isUnheard } }
    private var unreleased: Int { requests.count { $0.isAccepted && !$0.isReleased && !$0.isUnheard } }

    /// The openings that the guard accepted, as the check of the levels wants them.
    var accepted: [CommittedOpening] { openings(\.isAccepted) }
    /// Those that it may have accepted after the station had left.
    var unheard: [CommittedOpening] { openings { $0.isUnheard && $0.answers == 0 } }

    private func openings(_ isWanted: (Request) -> Bool) -> [CommittedOpening] {
        requests.filter(isWanted).map { CommittedOpening(coil: "K\($0.locker + 1)", at: $0.at) }
    }

    /// What the guard did not say, or said twice, in words.
    var findings: [String] {
        let twice = requests.count { $0.answers > 1 }
        return [
            (unanswered, "requests got no answer"), (twice, "requests got two answers"),
            (unreleased, "accepted requests were never released"),
        ].filter { $0.0 > 0 }.map { "\($0) \($1)" }
    }

    /// The next request for a locker, issued now unless told otherwise: its frame and number.
    mutating func next(locker: UInt16, pulse: UInt32, issuedAt: UInt64? = nil) -> (StationMessage, RequestNumber) {
        let now = bootTime()
        requests.append(Request(locker: locker, at: now))
        let number = RequestNumber(requests.count)
        let request = OpenRequest(
            number: number, locker: locker, pulseMilliseconds: pulse, issuedAt: issuedAt ?? now)
        return (.open(request), number)
    }

    /// Sends a request; its number.
    mutating func ask(_ station: StationPeer, locker: UInt16, pulse: UInt32, issuedAt: UInt64? = nil) -> RequestNumber {
        let (message, number) = next(locker: locker, pulse: pulse, issuedAt: issuedAt)
        station.send(message)
        return number
    }

    /// Takes notice of what the guard said.
    mutating func take(_ message: GuardMessage) {
        func index(_ number: RequestNumber) -> Int? {
            requests.indices.contains(Int(number) - 1) ? Int(number) - 1 : nil
        }
        switch message {
        case .accepted(let number, _, _):
            guard let index = index(number) else { return }
            requests[index].answers += 1
            requests[index].isAccepted = true
        case .refused(let number, _, let reason):
            guard let index = index(number) else { return }
            requests[index].answers += 1
            requests[index].refusal = reason
            refusals[reason, default: 0] += 1
        case .released(let number, _, _, let reason):
            guard let index = index(number) else { return }
            requests[index].isReleased = true
            releases[reason, default: 0] += 1
        default: break
        }
    }

    /// Waits for the answer to a request: why it was refused, `nil` where it was accepted.
    mutating func answer(to number: RequestNumber, from station: StationPeer) throws -> GuardMessage.Refusal? {
        while requests[Int(number) - 1].answers == 0 {
            guard let message = try station.receive() else { throw WorkbenchError("request \(number) got no answer") }
            take(message)
        }
        return requests[Int(number) - 1].refusal
    }

    /// The station hangs up: what was not said by now nobody hears.
    mutating func stationLeft() {
        for index in requests.indices where requests[index].answers == 0 || !requests[index].isReleased {
            requests[index].isUnheard = true
        }
    }

    /// Waits until what was accepted is released and all is answered, or the guard says nothing more of it.
    mutating func settle(with station: StationPeer, within time: UInt64 = patience) throws {
        let deadline = bootTime() + time
        while unanswered + unreleased > 0, bootTime() < deadline {
            guard let message = try station.receive(within: deadline - bootTime()) else { return }
            take(message)
            if case .heartbeat(let count) = message { station.send(.heartbeat(count: count)) }
        }
    }

    /// Sends so many requests as fast as the guard takes them, for one locker after another, and hears its answers.
    mutating func flood(_ station: StationPeer, _ count: Int) throws {
        for round in 0..<count {
            let (message, _) = next(locker: UInt16(round % GuardBench.lockers), pulse: GuardBench.pulse)
            while !station.offer(message) {
                // The guard reads no more while nobody hears its answers.
                var wanted = pollfd(fd: station.socket, events: Int16(POLLIN | POLLOUT), revents: 0)
                guard poll(&wanted, 1, 30_000) > 0 else { throw WorkbenchError("the guard takes nothing") }
                while let message = try station.waiting() { take(message) }
            }
        }
    }
}
