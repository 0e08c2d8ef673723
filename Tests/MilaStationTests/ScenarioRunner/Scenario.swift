// What a scenario is, once it is read: people and things do something to a station, and each time it is said what the
// station is to do about it. `docs/scenarios.md` explains the files in which scenarios are written.

import GuardProtocol
import StationCore
import Testing

/// One story at a station.
struct Scenario: Sendable {
    /// What is special about a scenario; written in brackets behind its title.
    enum Tag: String, CaseIterable, Sendable {
        /// It is played by the three real programs too.
        case processes
    }

    /// A step with what is expected of the station.
    struct Step: Sendable {
        let line: Int
        /// The step as it is written.
        let text: String
        let action: Action
        var expectations: [Expectation] = []
    }

    let file: ScenarioFile
    let line: Int
    let title: String
    let tags: Set<Tag>
    /// The house with what is different in this scenario.
    var house: ScenarioHouse
    /// When it begins; noon of an ordinary Friday unless it says otherwise.
    var begins: WallTime
    var steps: [Step] = []
}

extension Scenario: CustomTestStringConvertible {
    var testDescription: String { "\(file.name):\(line) \(title)" }
}

/// What can be done to a station. Each case is played by ``ConductorStage`` and, where it can be, by ``ProcessStage``.
enum Action: Sendable {
    /// A line reaches the scanner; a person takes a moment for it, unless it is done at once.
    case scan(String, atOnce: Bool)
    /// Bytes reach the scanner as they are.
    case send([UInt8])
    case inputEnds

    case pass(Duration)
    case passUntil(WallTime)
    case clockSays(WallTime)
    case poolSaysTime(WallTime)
    /// Whether a time server holds the clock right.
    case clock(isSure: Bool)

    case door(LockerID, DoorMove)
    /// Whether a locker's lines work.
    case lines(LockerID, works: Bool)
    /// Whether a door's sensor can be believed.
    case sensor(LockerID, isSteady: Bool)
    case emergencyStop(String, isPressed: Bool)
    /// Somebody looked into a locker.
    case look(LockerID, Content)
    case guardian(GuardMove)

    /// The pool sends a register.
    case registerSays(ScenarioHouse)
    case register(isReadable: Bool)
    case pool(isInReach: Bool)
    case disk(DiskState)
    /// The file of the journal of a station that does not run can't be read any more.
    case journalIsRuined
    case power(PowerMove)
}

extension Action {
    /// Whether the real processes can be made to do it.
    var isPlayedByProcesses: Bool {
        switch self {
        case .scan(_, atOnce: false), .send, .door(_, .opens), .door(_, .shuts), .look, .power(.blinks): true
        case .scan(_, atOnce: true), .door(_, .doesNotOpen), .inputEnds, .pass, .passUntil, .clockSays, .clock,
            .poolSaysTime, .lines, .sensor, .emergencyStop,
            .guardian, .registerSays, .register, .pool, .disk, .journalIsRuined, .power(.goes), .power(.comes),
            .power(.stops),
            .power(.starts):
            false
        }
    }
}

/// What a door does by itself, or by a person's hand.
enum DoorMove: Sendable { case opens, shuts, doesNotOpen }

/// What the guard does. It answers every order at once, unless it is told to wait.
enum GuardMove: Sendable {
    case joins, isLost
    case answers(byItself: Bool)
    case accepts(LockerID)
    case refuses(LockerID, GuardRefusal)
    /// The coil goes off.
    case releases(LockerID, PulseEnd)
}

/// What becomes of entries.
enum DiskState: Sendable { case fine, full, failing }

enum PowerMove: Sendable {
    /// All that is in memory is gone; the files are as they were.
    case goes
    /// The station starts, with its guard.
    case comes
    /// Both, one after the other.
    case blinks
    /// The station is told to stop and does.
    case stops
    /// The station starts, without a guard so far.
    case starts
}

/// What is expected of a station.
struct Expectation: Sendable {
    enum Kind: Sendable {
        case nothing
        case deed(ExpectedDeed)
        case lamp(LampPlace, Signal)
        case content(LockerID, Content)
        /// What a person has on loan, each piece by its item.
        case loans(BorrowerID, [ItemID])
        /// Whether what is typed can be seen.
        case typing(isHidden: Bool)
    }

    let line: Int
    let kind: Kind
}

/// What a station did that others can see.
struct Deed: Sendable {
    enum Channel: String, CaseIterable, Sendable {
        /// It said something.
        case screen
        /// It asked the guard to open a door.
        case opens
        /// The guard was asked to end a hold: a locker's name.
        case locks
        /// It wrote an entry.
        case journal
        /// It came to its end.
        case ends
    }

    let channel: Channel
    /// The key of a message, the kind of an entry, the name of a locker.
    let name: String
    /// What it is about, by the names that the screen's JSON and the journal have.
    var details: [String: String] = [:]
    /// The sentences that people could read.
    var sentences: [String] = []
}

/// What a deed should be.
struct ExpectedDeed: Sendable {
    let channel: Deed.Channel
    /// `nil` where any will do, as the sentence says all.
    let name: String?
    /// The details that are named; the others may be what they are.
    var details: [(name: String, value: DetailValue)] = []
    var sentence: String?
}

/// The value of a detail. Times are compared as instants: in scenarios they are local.
enum DetailValue: Equatable, Sendable {
    case text(String)
    case time(WallTime, written: String)
}
