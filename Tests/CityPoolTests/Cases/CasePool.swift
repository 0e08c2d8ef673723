// A pool in this process with two stations and a register, for tests of what batches come to.

import StationCore
import TestSupport

@testable import CityPool
@testable import PoolIntake

/// The stations of a pool, which may speak at the same time.
struct CaseStations: Sendable {
    let store: PoolDatabase
    let accounts: [String: StationAccount]

    /// A batch of a station arrives.
    func take(_ documents: [[UInt8]], of station: String) async throws {
        guard let account = accounts[station] else { preconditionFailure("no station '\(station)'") }
        let arrivals = Arrival.batch(try documents.map { try JSON(parsing: $0) })
        _ = try await store.take(arrivals, of: account, at: CasePool.now)
    }
}

/// A pool that takes batches.
struct CasePool {
    let house: PoolHouse
    let store: PoolDatabase
    let stations: CaseStations

    static let now = WallTime(milliseconds: 1_810_000_000_000)

    /// A pool with the stations `demo` and `other`, and a register of a few things.
    init(on engine: Engine, yaml: String = CasePool.yaml) async throws {
        house = try PoolHouse(on: engine, stations: [], admin: false)
        store = try await PoolDatabase(house.engine())
        var accounts: [String: StationAccount] = [:]
        for (place, name) in ["demo", "other"].enumerated() {
            let account = StationAccount(
                id: .of(name), source: EntrySource(cityDomain: PoolHouse.city, station: .of(name)),
                cardKey: [UInt8](repeating: UInt8(place), count: 32), tokenHash: EntryHash(of: [UInt8(place)]))
            _ = try await store.add(account)
            accounts[name] = account
        }
        stations = CaseStations(store: store, accounts: accounts)
        _ = try await store.replace(with: HouseYAML.read(Array(yaml.utf8), name: "house"))
    }

    static let yaml =
        SampleHouse.yaml.replacing(
            "borrowers:", with: "  - { id: saw, name: Säge, label: S-1, category: tools, station: demo }\nborrowers:")

    /// A batch of a station arrives.
    func take(_ documents: [[UInt8]], of station: String) async throws {
        try await stations.take(documents, of: station)
    }

    /// The cases that are not closed.
    func open() async throws -> [PoolCase] { try await store.cases(CaseQuery(limit: 100)) }

    /// The open cases as the table of conflicts writes them.
    func openCases() async throws -> [String] {
        try await open().map { found in
            switch found.kind {
            case .routeItem: "\(found.kind.rawValue) item \(found.item ?? "") at \(found.station)"
            case .openCirculationExists, .copyNotFound, .copyLost: "\(found.kind.rawValue) item \(found.item ?? "")"
            case .userNotFound, .patronBarred: "\(found.kind.rawValue) borrower \(found.borrower ?? "")"
            case .circulationNotFound: "\(found.kind.rawValue) loan \(found.station)"
            case .outcomeUnknown:
                "\(found.kind.rawValue) locker \(found.station)/\(found.locker ?? "") at \(found.station)"
            case .entrySetAside, .entryForked: "\(found.kind.rawValue) station \(found.station) at \(found.station)"
            }
        }
    }

    /// The loans as the table of conflicts writes them.
    func loans() async throws -> [String] {
        try await store.loans(LoanQuery(openOnly: false, limit: 100)).map { loan in
            "\(loan.station) \(loan.item) \(loan.ending ?? (loan.isReported ? "reported" : "open"))"
        }
    }

    /// What differs from what a conflict comes to.
    func findings(_ conflict: Conflict) async throws -> [String] {
        let (cases, loans) = (try await openCases().sorted(), try await loans().sorted())
        var findings: [String] = []
        if cases != conflict.cases.sorted() { findings.append("cases \(cases) instead of \(conflict.cases.sorted())") }
        if loans != conflict.loans.sorted() { findings.append("loans \(loans) instead of \(conflict.loans.sorted())") }
        return findings
    }
}
