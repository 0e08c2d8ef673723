// A pass as the pool gives it out, at a station that has the register as the pool gives it out: both halves are the real ones.

import Foundation
import Groundwork
import StationCore
import TestSupport
import Testing

@testable import CityPool
@testable import MilaStation

@Suite struct PoolPassTests {
    private static let house = """
        policy: { standard: { days: 14, until: "18:00" } }
        stations:
          - { id: demo, lockers: [{ id: "4", name: Fach 4, label: L-4 }, { id: "5", name: Fach 5, label: L-5 }] }
          - id: other
        items:
          - { id: saw, name: Säge, label: S1, category: tools, station: demo, locker: "4" }
          - { id: drill, name: Bohrer, label: D1, category: tools, station: demo }
          - { id: table, name: Tisch, label: T1, category: seating, station: demo, quantity: 3, locker: "5" }
          - { id: lamp, name: Lampe, label: A1, category: tools, station: other }
        borrowers: [{ id: b-1 }, { id: b-2 }]
        """

    /// A pool, and a station that knows its key.
    private struct Both {
        let store: PoolDatabase
        let key: SigningKey
        let account: StationAccount
        let register: RegisterStore
        let journal: JournalStore
        let facts: LiveFacts
        let zone: TimeZoneTable
        let now = WallTime(milliseconds: 1_803_888_000_000)

        init(_ folder: Folder) async throws {
            let data = folder.file("pool")
            store = try await PoolDatabase(SQLiteEngine(folder: data))
            key = try await PoolKey.ensure(store, folder: data, cityDomain: "potsdam.example")
            let source = EntrySource(cityDomain: "potsdam.example", station: id("demo"))
            account = StationAccount(
                id: id("demo"), source: source, cardKey: [UInt8](repeating: 7, count: 32), tokenHash: .none)
            _ = try await store.replace(with: try HouseYAML.read(Array(PoolPassTests.house.utf8), name: "house"))
            register = try RegisterStore(folder.file("register.sqlite"))
            journal = try JournalStore.open(folder.file("journal.sqlite"), source: source).store
            zone = try #require(TimeZoneTable([.init(from: .earliest, offsetSeconds: 3600)]))
            facts = LiveFacts(
                register: register, journal: journal, station: account.id, poolKeys: [key.noteKey],
                lockersHere: [id("4"), id("5")], contact: PoolContact(noted: nil), zone: zone, languages: [:])
        }

        func book(_ subject: BookingSubject, hours: Range<Int>) async throws -> Int64 {
            func time(_ hours: Int) -> WallTime { now.adding(milliseconds: Int64(hours) * 3_600_000) }
            let request = BookingRequest(
                subject: subject, borrower: id("b-1"), from: time(hours.lowerBound), until: time(hours.upperBound))
            return try await store.book(request, at: now).number
        }

        /// What is scanned.
        func text(_ number: Int64) async throws -> String {
            try BookingPass(try await store.pass(of: number), key: key, zone: zone, at: now).text
        }

        /// The station gets the register, byte for byte.
        func deliver() async throws {
            let pool = try #require(try await store.stationRegister(at: now))
            let snapshot = try #require(
                pool.house.snapshot(
                    for: account, version: pool.version, with: pool.bookings,
                    revokedPasses: pool.revokedPasses[account.id] ?? []))
            try register.replace(with: try RegisterSnapshot(JSON(parsing: snapshot.json.canonical)), onLoan: [])
        }

        /// What the station makes of a line.
        func scan(_ text: String) throws -> PassFacts? {
            var wants = Wants()
            wants.now = now
            let code = CodeReader(schemes: []).read(text)
            guard case .pass(let facts) = try facts.subject(of: code, for: wants) else { return nil }
            return facts
        }

        func close() async throws {
            try register.close()
            try journal.close()
            try await store.close()
        }
    }

    @Test func `a station finds in a pass what the pool has booked, until the pool takes it back`() async throws {
        let folder = try Folder()
        let both = try await Both(folder)
        let item = try await both.book(.item(id("saw")), hours: 1..<3)
        let any = try await both.book(.category("tools", at: id("demo")), hours: 5..<6)
        let room = try await both.book(.room(id("5"), at: id("demo")), hours: 1..<3)
        try await both.deliver()
        for (number, items) in [(item, ["saw"]), (any, ["drill", "saw"]), (room, ["table"])] {
            let facts = try #require(try both.scan(try await both.text(number)))
            #expect(facts.signature == .right && facts.isForThisStation && !facts.isRevoked)
            #expect(facts.borrower?.borrower.id == id("b-1"))
            #expect(facts.items.map(\.item.id.text).sorted() == items, "booking \(number)")
            #expect(facts.pass.booking.text == "pool.\(number)")
            // The register has the booking under the same name.
            #expect(facts.items.flatMap(\.bookings).contains { $0.id.text.hasPrefix("pool.\(number)") })
        }
        let before = (item: try await both.text(item), room: try await both.text(room))
        _ = try await both.store.change(
            booking: item, from: nil, until: both.now.adding(milliseconds: 4 * 3_600_000), at: both.now)
        _ = try await both.store.cancel(booking: room, at: both.now)
        #expect(try both.scan(before.item)?.isRevoked == false, "the station has not heard of it yet")
        try await both.deliver()
        #expect(try both.scan(before.item)?.isRevoked == true)
        #expect(try both.scan(before.room)?.isRevoked == true)
        #expect(try both.scan(try await both.text(item))?.isRevoked == false, "it has another one now")
        try await both.close()
    }

    @Test func `a pass for another station, or of another pool, is none here`() async throws {
        let (folder, foreign) = (try Folder(), try Folder())
        let (both, others) = (try await Both(folder), try await Both(foreign))
        try await both.deliver()
        let lamp = try await both.book(.item(id("lamp")), hours: 1..<3)
        #expect(try both.scan(try await both.text(lamp))?.isForThisStation == false)
        let saw = try await others.book(.item(id("saw")), hours: 1..<3)
        #expect(try both.scan(try await others.text(saw))?.signature == .ofUnknownKey)
        try await both.close()
        try await others.close()
    }
}
