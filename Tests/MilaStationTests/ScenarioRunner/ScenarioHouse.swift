// The house of a scenario: what is lent, to whom, behind which doors. Two files beside the scenarios say it, in the forms
// that the pool and the station read: `NAME.house.yaml` and `NAME.station.yaml`.

import Foundation
import Groundwork
import StationCore
import Synchronization
import TestSupport
import Yams

@testable import CityPool
@testable import MilaStation

/// A house, and what people and things in it are called.
struct ScenarioHouse: Sendable {
    /// The register as the pool would load it.
    private(set) var registerText: String
    /// The station's configuration.
    private(set) var stationText: String
    /// What the pool makes of the register.
    private(set) var register: House
    private(set) var configuration: StationConfiguration
    /// The cards of people, and the labels of items and lockers, by what they are called here. What a change takes away
    /// can still be scanned: its label is there.
    private(set) var cards: [String: [String]] = [:]
    private(set) var badges: [String: [String]] = [:]
    /// The first PIN of everybody who has one.
    private(set) var pins: [String: String] = [:]
    private(set) var items: [String: String] = [:]
    private(set) var lockers: [String: String] = [:]
    /// The passes that the pool has taken back.
    var revokedPasses: [PassNonce] = []
    let zone: TimeZoneTable
    /// The codes that choose languages, by what these are called in scenarios.
    var languages: [String: HouseCode] {
        var codes = Dictionary(catalogue.languages.all.map { ($0.language.tag, $0.code) }) { first, _ in first }
        (codes["German"], codes["English"]) = (codes["de"], codes["en"])
        return codes
    }
    /// What the station says; read once for all scenarios of a file, as it is the longest part of a start.
    private(set) var catalogue: Catalogue

    /// The house whose files have this name.
    ///
    /// Throws: ``ScenarioMistake`` where there is none, or where its files have mistakes.
    init(named name: String) throws {
        registerText = fileText("\(ScenarioFile.folder)/\(name).house.yaml")
        stationText = fileText("\(ScenarioFile.folder)/\(name).station.yaml")
        guard !registerText.isEmpty, !stationText.isEmpty else {
            throw ScenarioMistake(
                "there is no house '\(name)'",
                "Write '\(name).house.yaml' and '\(name).station.yaml' beside the scenarios, or take another house.")
        }
        register = try Self.register(registerText)
        configuration = try Self.configuration(stationText)
        zone = try Self.zone(configuration.timeZone)
        catalogue = Catalogue(configuration.languages, zone: zone, contact: configuration.contact)
        try learnNames()
    }

    /// The register as the pool would send it to the station.
    func snapshot(version: UInt64) throws -> RegisterSnapshot {
        let account = StationAccount(
            id: configuration.station, source: configuration.source, cardKey: Array(repeating: 7, count: 32),
            tokenHash: .none)
        guard let version = RegisterVersion(incarnation: "scenario", number: version),
            var snapshot = register.snapshot(for: account, version: version)
        else { throw ScenarioMistake("the register has no station '\(account.id)'", "Name it as station.yaml does.") }
        snapshot.revokedPasses = revokedPasses
        return snapshot
    }

    /// Changes the register; see ``YAMLChange``.
    mutating func changeRegister(_ change: String) throws {
        registerText = try YAMLChange(change).applied(to: registerText)
        register = try Self.register(registerText)
        try learnNames()
    }

    /// Changes the configuration.
    mutating func changeStation(_ change: String) throws {
        stationText = try YAMLChange(change).applied(to: stationText)
        configuration = try Self.configuration(stationText)
        catalogue = Catalogue(configuration.languages, zone: zone, contact: configuration.contact)
    }

    private mutating func learnNames() throws {
        let root = try Yams.compose(yaml: registerText)
        for borrower in root?["borrowers"]?.array() ?? [] {
            Self.learn(borrower, "cards", &cards, &pins)
        }
        for member in root?["staff"]?.array() ?? [] { Self.learn(member, "badges", &badges, &pins) }
        for place in register.items { items[place.item.id.text] = place.item.label }
        for station in register.stations where station.id == configuration.station {
            for locker in station.lockers { lockers[locker.id.text] = locker.label }
        }
    }

    private static func learn(
        _ person: Node, _ list: String, _ codes: inout [String: [String]], _ pins: inout [String: String]
    ) {
        guard let name = person["id"]?.string else { return }
        let all = person[list]?.array() ?? []
        codes[name] = all.compactMap { $0.string ?? $0["code"]?.string }
        pins[name] = all.compactMap { $0["pin"]?.string }.first ?? pins[name]
    }

    /// Registers that were read, by their texts: each PIN in one takes its time.
    private static let known = Mutex<[String: House]>([:])

    private static func register(_ text: String) throws -> House {
        if let known = known.withLock({ $0[text] }) { return known }
        let house = try explained("the register") { try HouseYAML.read(Array(text.utf8), name: "the register") }
        known.withLock { $0[text] = house }
        return house
    }

    private static func configuration(_ text: String) throws -> StationConfiguration {
        let folder = try Folder()
        return try explained("the configuration") {
            try ConfigurationReader.read(try folder.write(text, to: "station.yaml"))
        }
    }

    /// Says what is wrong with a file; not where, as a change may have moved the lines.
    private static func explained<Value>(_ file: String, _ read: () throws -> Value) throws -> Value {
        do { return try read() } catch let problems as FileProblems {
            let all = problems.all.map(\.problem).joined(separator: "; ")
            throw ScenarioMistake("\(file) has mistakes: \(all)", "Correct the change, or the house's file.")
        }
    }

    /// A zone as the core knows it. The station asks the C library, which sets the zone of the whole process: no choice
    /// where tests run side by side.
    private static func zone(_ name: String) throws -> TimeZoneTable {
        guard let zone = TimeZone(identifier: name) else {
            throw ScenarioMistake("there is no time zone '\(name)'", "Correct it in the station's file.")
        }
        var date = Date(timeIntervalSince1970: 1_577_836_800)  // 2020
        func change(from: WallTime) -> TimeZoneTable.Change {
            .init(from: from, offsetSeconds: Int32(zone.secondsFromGMT(for: date)))
        }
        var changes = [change(from: .earliest)]
        while changes.count < 80, let next = zone.nextDaylightSavingTimeTransition(after: date) {
            date = next
            changes.append(change(from: WallTime(milliseconds: Int64(next.timeIntervalSince1970) * 1000)))
        }
        guard let table = TimeZoneTable(changes) else {
            throw ScenarioMistake("the time zone '\(name)' makes no sense", "Take another one.")
        }
        return table
    }
}
