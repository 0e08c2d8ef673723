// Cases: what entries say that can't all be so, or that a person has to see to. The ledger goes on as the stations say;
// a case names the conflict, says what to do about it where the things are, and keeps what was done.

import StationCore

/// What kind of conflict a case is, in the field's words: those of Evergreen's events where it has one, which others took
/// over from it.
enum CaseKind: String, CaseIterable, Sendable {
    /// More of an item is on loan than there is.
    case openCirculationExists = "OPEN_CIRCULATION_EXISTS"
    /// An item was left at another station than its home.
    case routeItem = "ROUTE_ITEM"
    /// An entry speaks of a loan that the pool does not know, or that was over.
    case circulationNotFound = "ACTION_CIRCULATION_NOT_FOUND"
    /// Somebody has an item whom the register does not know.
    case userNotFound = "ACTOR_USER_NOT_FOUND"
    /// Somebody who is blocked has an item.
    case patronBarred = "PATRON_BARRED"
    /// An item was lent or brought back that the register does not have.
    case copyNotFound = "ASSET_COPY_NOT_FOUND"
    /// An item was lent or brought back that is marked as lost.
    case copyLost = "COPY_STATUS_LOST"
    /// What a door did is not known: somebody has to look into the locker.
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    /// Entries of a station could not be understood.
    case entrySetAside = "ENTRY_SET_ASIDE"
    /// Entries of a station show another history than the one that is stored.
    case entryForked = "ENTRY_FORKED"

    /// What can be done when a case of this kind is closed.
    var actions: [CaseAction] {
        switch self {
        case .openCirculationExists: [.noted, .endOlderLoans, .markLost]
        case .routeItem: [.noted, .acceptHere, .markLost]
        case .copyLost: [.noted, .markFound]
        case .circulationNotFound: [.noted, .markLost]
        case .userNotFound, .patronBarred, .copyNotFound, .outcomeUnknown, .entrySetAside, .entryForked: [.noted]
        }
    }
}

/// What closing a case does beside it.
enum CaseAction: String, CaseIterable, Sendable {
    /// Nothing: somebody has seen to it.
    case noted
    /// The item lives from now on where it was left; its open loans from before are over.
    case acceptHere = "accept-here"
    /// The item's loans are over but for the latest ones, as many as there are of it.
    case endOlderLoans = "end-older-loans"
    /// The item is no longer marked as lost.
    case markFound = "mark-found"
    /// The item is marked as lost.
    case markLost = "mark-lost"
}

/// How far a case has come.
enum CaseState: String, CaseIterable, Sendable {
    /// Nobody sees to it.
    case open
    /// Somebody has taken it on.
    case taken
    /// It is done with.
    case closed
}

/// A case as people see it.
struct PoolCase: Equatable, Sendable {
    /// An entry that a case is about.
    struct Cause: Equatable, Sendable {
        var station: String
        var entry: String
    }

    /// The most causes that are shown of a case.
    static let maximumCauses = 100

    /// Its number, which also orders cases.
    var number: Int64
    /// What kind of conflict it is.
    var kind: CaseKind
    /// How far it has come.
    var state: CaseState
    /// The station that it is at.
    var station: String
    /// What it is about.
    var item: String?
    /// What that is called; `nil` where the register does not have it.
    var itemName: LocalizedText?
    /// Where the item lives; `nil` where the register does not say.
    var home: String?
    /// Who has the item; `nil` where it is about nobody, or where that was erased.
    var borrower: String?
    /// The locker that it is about.
    var locker: String?
    /// What that is called.
    var lockerName: LocalizedText?
    /// When it came to pass, by the station's clock; `nil` where nobody vouches for that.
    var time: WallTime?
    /// When the pool heard of it.
    var received: WallTime
    /// The entries, ``maximumCauses`` at most.
    var causes: [Cause] = []
    /// Who took it on.
    var takenBy: String?
    /// Who closed it; `nil` for a case that is not closed, or that a later entry or register closed.
    var closedBy: String?
    /// When it was closed.
    var closed: WallTime?
    /// What was done then; `nil` for a case that is not closed, or that closed by itself.
    var action: CaseAction?
    /// What whoever closed it said.
    var note: String?
}

/// Which cases are asked for.
struct CaseQuery: Equatable, Sendable {
    /// Only those that are not closed.
    var openOnly = true
    /// Only those of a station.
    var station: StationID?
    /// Only those after this number.
    var after: Int64 = 0
    /// How many at most.
    var limit: Int
}

/// How somebody closes a case.
struct CaseClosing: Equatable, Sendable {
    /// Who.
    var by: AdminID
    /// What is done.
    var action = CaseAction.noted
    /// What they say about it.
    var note: String?
}

/// Why nothing was done about a case.
struct CaseRefusal: Error, Equatable, CustomStringConvertible {
    /// What is in the way.
    enum Reason: Equatable, Sendable {
        /// There is no such case.
        case unknown
        /// It is closed already.
        case closed
        /// What was asked for can't be done for it.
        case impossible
    }

    var reason: Reason
    /// What is wrong, and what to do.
    var description: String
}
