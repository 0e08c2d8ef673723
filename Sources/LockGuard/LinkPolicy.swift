// Whom the guard obeys, and for how long it believes that they are there. A value that decides over connections
// and frames; the loop does what it says. All instants are CLOCK_BOOTTIME nanoseconds.

import GuardProtocol

/// The connection to the station, of which there is at most one.
///
/// Its legal transitions:
///
///     alone ──connected──▶ greeting ──hello with our table──▶ serving
///     greeting ──another frame, another table, silence, end──▶ alone
///     serving ──a frame that can't be, silence, end──▶ alone
struct LinkPolicy {
    enum State: Equatable {
        /// No one is connected.
        case alone
        /// Someone is connected and has until then to say hello.
        case greeting(until: UInt64)
        /// A station is served; unless it is heard by `silentAt`, it counts as lost.
        case serving(silentAt: UInt64, beatAt: UInt64)
    }

    /// What to do with a frame.
    enum Order: Equatable {
        /// Send a welcome and all that happened meanwhile.
        case welcome
        /// Say why not, and hang up.
        case turnAway(GuardMessage.Unwelcome)
        case open(OpenRequest)
        case close(RequestNumber, locker: Int)
        case lamp(place: Int, LampSignal)
        case nothing
    }

    /// What to do because time went by.
    enum Due: Equatable {
        case heartbeat(count: UInt64)
        /// The peer is hung: hang up.
        case lost
    }

    private(set) var state = State.alone
    private let table: TableDigest
    private let ownUser: UInt32
    private let clientUser: UInt32?
    private var beats: UInt64 = 0

    /// Serves stations of this table that run as our own user, as root, or as `clientUser`.
    init(table: TableDigest, ownUser: UInt32, clientUser: UInt32?) {
        (self.table, self.ownUser, self.clientUser) = (table, ownUser, clientUser)
    }

    /// Whether a station is served.
    var isServing: Bool {
        if case .serving = state { true } else { false }
    }

    /// Decides over a new connection of a user: `nil` admits it.
    mutating func connected(user: UInt32, at now: UInt64) -> GuardMessage.Unwelcome? {
        guard user == ownUser || user == 0 || user == clientUser else { return .stranger }
        guard state == .alone else { return .occupied }
        state = .greeting(until: now + Heartbeat.patience)
        return nil
    }

    /// Decides over a packet; `nil` is one that is no frame.
    mutating func received(_ frame: Frame?, at now: UInt64) -> Order {
        guard let frame, let message = try? StationMessage(frame) else { return .turnAway(.protocolMismatch) }
        switch (state, message) {
        case (.alone, _):
            preconditionFailure("a frame came from nobody")
        case (.greeting, .hello(let theirs)):
            guard theirs == table else { return .turnAway(.otherTable) }
            beats = 0
            state = .serving(silentAt: now + Heartbeat.patience, beatAt: now + Heartbeat.interval)
            return .welcome
        case (.greeting, .open), (.greeting, .close), (.greeting, .lamp), (.greeting, .heartbeat), (.serving, .hello):
            return .turnAway(.protocolMismatch)
        case (.serving(_, let beatAt), .open(let request)):
            state = .serving(silentAt: now + Heartbeat.patience, beatAt: beatAt)
            return .open(request)
        case (.serving(_, let beatAt), .close(let number, let locker)):
            state = .serving(silentAt: now + Heartbeat.patience, beatAt: beatAt)
            return .close(number, locker: Int(locker))
        case (.serving(_, let beatAt), .lamp(let place, let signal)):
            state = .serving(silentAt: now + Heartbeat.patience, beatAt: beatAt)
            return .lamp(place: Int(place), signal)
        case (.serving(_, let beatAt), .heartbeat):
            state = .serving(silentAt: now + Heartbeat.patience, beatAt: beatAt)
            return .nothing
        }
    }

    /// When time alone next asks for something.
    var deadline: UInt64? {
        switch state {
        case .alone: nil
        case .greeting(let until): until
        case .serving(let silentAt, let beatAt): min(silentAt, beatAt)
        }
    }

    /// What is due because time went by, at most one thing.
    mutating func due(at now: UInt64) -> Due? {
        switch state {
        case .alone: return nil
        case .greeting(let until): return now >= until ? .lost : nil
        case .serving(let silentAt, let beatAt):
            if now >= silentAt { return .lost }
            guard now >= beatAt else { return nil }
            beats += 1
            state = .serving(silentAt: silentAt, beatAt: now + Heartbeat.interval)
            return .heartbeat(count: beats)
        }
    }

    /// The connection is over.
    mutating func disconnected() { state = .alone }
}
