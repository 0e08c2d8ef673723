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

    /// What is kept of a card or badge. Its code and its PIN are kept nowhere.
    struct CardPrint: Equatable, Sendable {
        /// What its code is known by, at all stations.
        var fingerprint: EntryHash
        /// What its PIN is checked with; `nil` where it has none.
        var pin: PINVerifier?
        /// Whether its code can be guessed or counted up.
        var isWeak: Bool
    }

    /// A borrower with their cards.
    struct Member: Equatable, Sendable {
        var borrower: Borrower
        var cards: [CardPrint]
    }

    /// A member of staff with their badges, each with a PIN.
    struct Colleague: Equatable, Sendable {
        var staff: Staff
        var badges: [CardPrint]
    }

    var policy = Policy()
    var stations: [Station] = []
    var items: [Place] = []
    var borrowers: [Member] = []
    var staff: [Colleague] = []
    var bookings: [Booking] = []
}

extension House {
    /// The register as one station gets it, or `nil` where it has no such station.
    ///
    /// - Parameters:
    ///   - others: the pool's own bookings, beside those of the house file.
    ///   - revokedPasses: the passes that this station must no longer take.
    func snapshot(
        for account: StationAccount, version: RegisterVersion, with others: [Booking] = [],
        revokedPasses: [PassNonce] = []
    ) -> RegisterSnapshot? {
        guard let station = stations.first(where: { $0.id == account.id }) else { return nil }
        func keys(_ cards: [CardPrint]) -> [CardKey] {
            cards.map { card in
                let digest = CardCode.digest(of: card.fingerprint, cardKey: account.cardKey)
                return CardKey(digest: digest, pin: card.pin, isWeak: card.isWeak)
            }
        }
        let here = items.filter { $0.station == account.id }.map(\.item)
        let names = Set(here.map(\.id))
        let elsewhere = items.filter { $0.station != account.id }.map { place in
            // All that a station needs to know of another's: what it is called, and that it may be left here.
            Item(
                id: place.item.id, name: place.item.name, label: place.item.label, category: place.item.category,
                quantity: place.item.quantity, home: place.station)
        }
        return RegisterSnapshot(
            station: account.id, version: version, cardKey: account.cardKey,
            borrowers: borrowers.map { .init(borrower: $0.borrower, cards: keys($0.cards)) },
            staff: staff.map { .init(staff: $0.staff, badges: keys($0.badges)) },
            items: here + elsewhere, lockers: station.lockers,
            bookings: (bookings + others).filter { names.contains($0.item) }, revokedPasses: revokedPasses,
            policy: policy(at: station))
    }

    /// The rules that are for a station. It need not know which of them are for others too.
    func policy(at station: Station) -> Policy {
        var policy = policy
        policy.hours = station.hours
        policy.rules = policy.rules.compactMap { rule in
            guard rule.station == nil || rule.station == station.id else { return nil }
            return LendingRule(category: rule.category, group: rule.group, terms: rule.terms)
        }
        return policy
    }

    /// The same register in an order of its own: two registers that say the same are equal then. Only rules keep their
    /// order, because it counts.
    var ordered: House {
        func ordered(_ cards: [CardPrint]) -> [CardPrint] {
            cards.sorted { $0.fingerprint.description < $1.fingerprint.description }
        }
        var house = self
        house.stations.sort { $0.id < $1.id }
        for index in house.stations.indices { house.stations[index].lockers.sort { $0.id < $1.id } }
        house.items.sort { $0.item.id < $1.item.id }
        house.borrowers.sort { $0.borrower.id < $1.borrower.id }
        for index in house.borrowers.indices { house.borrowers[index].cards = ordered(house.borrowers[index].cards) }
        house.staff.sort { $0.staff.id < $1.staff.id }
        for index in house.staff.indices { house.staff[index].badges = ordered(house.staff[index].badges) }
        house.bookings.sort { $0.id < $1.id }
        return house
    }
}
