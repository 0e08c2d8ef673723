// The register as the people of the houses write it: who may borrow, what is lent where, and by which rules. A file or a
// request gives all of it; the pool makes each station's snapshot from it.

import Groundwork
import StationCore

/// All that a register says.
struct House: Equatable, Sendable {
    /// One station: its lockers, and when its house is open.
    struct Station: Equatable, Sendable {
        var id: StationID
        var lockers: [Locker] = []
        var hours: OpeningHours?
    }

    /// An item, and the station it lives at.
    struct Place: Equatable, Sendable {
        var item: Item
        var station: StationID
    }

    /// A borrower with the fingerprints of their cards. The codes themselves are kept nowhere.
    struct Member: Equatable, Sendable {
        var borrower: Borrower
        var cards: [EntryHash]
    }

    var policy = Policy()
    var stations: [Station] = []
    var items: [Place] = []
    var borrowers: [Member] = []
}

extension House {
    /// The register as one station gets it, or `nil` where it has no such station.
    func snapshot(for account: StationAccount, version: RegisterVersion) -> RegisterSnapshot? {
        guard let station = stations.first(where: { $0.id == account.id }) else { return nil }
        var policy = policy
        policy.hours = station.hours
        return RegisterSnapshot(
            station: account.id, version: version, cardKey: account.cardKey,
            borrowers: borrowers.map { member in
                .init(
                    borrower: member.borrower,
                    digests: member.cards.map { CardCode.digest(of: $0, cardKey: account.cardKey) })
            },
            items: items.filter { $0.station == account.id }.map(\.item),
            lockers: station.lockers, policy: policy)
    }

    /// The same register in an order of its own: two registers that say the same are equal then.
    var ordered: House {
        var house = self
        house.stations.sort { $0.id < $1.id }
        for index in house.stations.indices { house.stations[index].lockers.sort { $0.id < $1.id } }
        house.items.sort { $0.item.id < $1.item.id }
        house.borrowers.sort { $0.borrower.id < $1.borrower.id }
        for index in house.borrowers.indices {
            house.borrowers[index].cards.sort { $0.description < $1.description }
        }
        return house
    }
}
