// What the tests of bookings share: a house with things to book, and a count of what was promised that knows nothing of how
// the pool decides.

import Foundation
import PoolIntake
import StationCore
import TestSupport

@testable import CityPool

/// A house with a pool whose bookings are tested.
struct BookingHouse {
    /// 2027-03-01T08:00Z, and so many hours later.
    static func hour(_ hours: Int) -> WallTime { WallTime(milliseconds: 1_803_888_000_000 + Int64(hours) * 3_600_000) }

    /// The moment at which the tests play.
    static let now = hour(0)

    static let yaml = """
        policy: { standard: { days: 14, until: "18:00" } }
        stations:
          - id: demo
            lockers:
              - { id: "4", name: Fach 4, label: \(SampleHouse.label(.locker, "04")) }
              - { id: "5", name: Fach 5, label: \(SampleHouse.label(.locker, "05")) }
              - { id: hall, name: Saal, label: \(SampleHouse.label(.locker, "06")) }
              - { id: spare, name: Leeres Fach, label: \(SampleHouse.label(.locker, "07")) }
          - id: other
        items:
          - { id: drill-1, name: Akkuschrauber, label: D1, category: tools, station: demo, locker: "4" }
          - { id: drill-2, name: Akkuschrauber, label: D2, category: tools, station: demo, locker: "5" }
          - { id: saw, name: Säge, label: S1, category: tools, station: demo }
          - { id: broken, name: Bohrer, label: B1, category: tools, station: demo, lendable: false }
          - { id: table, name: Klapptisch, label: T1, category: seating, quantity: 12, station: demo, locker: "5" }
          - { id: hall, name: Saal, label: H1, category: rooms, station: demo, locker: hall }
          - { id: bolts, name: Schrauben, label: B2, category: small, quantity: 500, station: demo, locker: hall }
          - { id: drill-3, name: Akkuschrauber, label: D3, category: tools, station: other }
        borrowers:
          - { id: b-1, cards: [\(SampleHouse.card("1"))] }
          - { id: b-2 }
          - { id: b-3, standing: blocked }
          - { id: b-4, valid-until: 2027-03-02 }
        """

    let house: PoolHouse
    let store: PoolDatabase

    /// A pool on an engine, with the register loaded.
    init(on engine: Engine, yaml: String = Self.yaml) async throws {
        house = try PoolHouse(on: engine)
        store = try await PoolDatabase(house.engine())
        _ = try await store.replace(with: try HouseYAML.read(Array(yaml.utf8), name: "house"))
    }

    /// The register with so many more bookings of a house file.
    static func yaml(booking lines: String) -> String { "\(yaml)\nbookings:\n\(lines)" }
}

extension BookingRequest {
    /// A request for hours of the tests' time.
    init(_ subject: BookingSubject, by borrower: String = "b-1", _ from: Int, _ until: Int) {
        self.init(
            subject: subject, borrower: .of(borrower), from: BookingHouse.hour(from), until: BookingHouse.hour(until))
    }
}

extension BookingSubject {
    static func item(_ name: String) -> Self { .item(ItemID.of(name)) }
    static func any(_ category: String) -> Self { .category(category, at: .of("demo")) }
    static func locker(_ name: String) -> Self { .locker(.of(name), at: .of("demo")) }
    static func room(_ name: String) -> Self { .room(.of(name), at: .of("demo")) }
}

extension PoolDatabase {
    /// Why a booking is refused; `nil` where it is made.
    func refusal(_ request: BookingRequest, at now: WallTime = BookingHouse.now) async throws -> BookingRefusal? {
        do {
            _ = try await book(request, at: now)
            return nil
        } catch let refusal as BookingRefusal {
            return refusal
        }
    }

    /// What is promised more often than it is there: counted piece by piece at each beginning, from nothing but the list of
    /// bookings and the register.
    func overbooked() async throws -> [String] {
        let house = try await house()?.house ?? House()
        let bookings = try await bookings(
            BookingQuery(openOnly: false, limit: 10_000), at: BookingHouse.now
        ).filter { $0.cancelled == nil }
        var found: [String] = []
        for moment in Set(bookings.map(\.from)) {
            let going = bookings.filter { $0.from <= moment && moment < $0.until }
            func whole(_ locker: LockerID?, _ station: StationID) -> Int {
                locker == nil
                    ? 0 : going.count { $0.item == nil && $0.station == station && $0.subject.name == locker?.text }
            }
            for place in house.items {
                let item = place.item
                let count =
                    going.count { $0.item == item.id } + whole(item.locker, place.station) * item.quantity
                if count > item.quantity { found.append("\(item.id) \(count) times at \(moment.iso8601)") }
            }
            for station in house.stations {
                for locker in station.lockers where whole(locker.id, station.id) > 1 {
                    found.append("locker \(locker.id) at \(moment.iso8601)")
                }
            }
        }
        return found
    }
}

/// A station that lends what was booked, by a clock that the tests set.
struct BookedStation {
    private(set) var journal: TestJournal
    private var sent = 0

    init(epoch: UInt64 = 0xB) { journal = TestJournal(epoch: epoch) }

    /// A loan begins, or fails at the door; gives its number.
    mutating func lend(
        _ item: String, to borrower: String, at time: WallTime, due: WallTime, fails: Bool = false,
        with pass: PassNonce? = nil
    ) -> EntryNumber {
        journal.clock = time.milliseconds - 1000
        let loan = journal.write(
            .checkoutBegun(item: .of(item), borrower: .of(borrower), locker: .of("4"), due: due, opening: nil))
        if let pass { journal.write(.passAccepted(pass, booking: .of("pool"), loan: loan, until: due)) }
        let errand = journal.errand(.checkout, loan, loan, item, "4")
        journal.write(
            fails
                ? .checkoutFailed(errand, .didNotOpen, content: .holds)
                : .checkoutCompleted(errand, nil, content: .empty))
        return loan
    }

    mutating func renew(_ item: String, _ loan: EntryNumber, due: WallTime, at time: WallTime) {
        journal.clock = time.milliseconds
        journal.write(.loanRenewed(loan: loan, item: .of(item), due: due))
    }

    mutating func takeBack(_ item: String, _ loan: EntryNumber, at time: WallTime) {
        journal.clock = time.milliseconds - 2000
        journal.giveBack(loan, item)
    }

    /// Sends what was not sent yet, or all of it but the last entries.
    mutating func send(
        to store: PoolDatabase, _ account: StationAccount, at time: WallTime = BookingHouse.now, besides last: Int = 0
    ) async throws {
        let documents = Array(journal.documents[sent...].dropLast(last))
        sent += documents.count
        let outcome = try await store.take(
            Arrival.batch(try documents.map { try JSON(parsing: $0) }), of: account, at: time)
        guard outcome.intake.rejected.isEmpty, outcome.unmatched.isEmpty else {
            throw BenchError("not all entries were applied: \(outcome)")
        }
    }
}
