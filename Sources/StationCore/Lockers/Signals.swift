// What the lamps mean. Each meaning has a colour and a rhythm of its own, so that nobody needs to tell colours apart
// (EN 301 549, 9.1.4.1: colour is never the only means).

public import GuardProtocol

/// What a lamp tells the people in front of it.
public enum Signal: String, CaseIterable, Sendable {
    /// Nothing to see here: a locker's lamp at rest.
    case rest
    /// The station waits for a card or a code.
    case ready
    /// A session is open: scan on.
    case serving
    /// This door is yours: it opens, or stands open for you.
    case yours
    /// Please shut this door.
    case shutThisDoor
    /// Ask the people of the house about this locker.
    case askForHelp
    /// Out of order.
    case outOfOrder
}

extension Signal {
    /// What the guard is asked to show.
    public var lamp: LampSignal {
        switch self {
        case .rest: .dark
        case .ready: LampSignal(.green, .steady)
        case .serving: LampSignal(.blue, .steady)
        case .yours: LampSignal(.green, .slow)
        case .shutThisDoor: LampSignal(.amber, .fast)
        case .askForHelp: LampSignal(.amber, .double)
        case .outOfOrder: .outOfOrder
        }
    }
}

/// Whose lamp is meant.
public enum LampPlace: Hashable, Sendable {
    case station
    case locker(LockerID)
}
