// A day at a station, done by the three real programs under a recorder: the first start, people who borrow, return, renew and
// are refused, staff at work, an admin who pulls, kills, stops, and a write-ahead log that grows until it is checkpointed.

import Foundation
import Glibc
import StationCore
import TestSupport

@testable import MilaStation

/// A recorded day at the demo's station.
struct RecordedDay {
    static let source = EntrySource(cityDomain: SampleHouse.cityDomain, station: id(SampleHouse.station))

    let house: DemoStation
    var recording: Recording { Recording(house.folder) }

    let cards = SampleHouse.borrowers.map(\.card.text)
    let items = Dictionary(uniqueKeysWithValues: SampleHouse.items.map { ($0.id, $0.label.text) })
    private let lockers = Dictionary(uniqueKeysWithValues: SampleHouse.lockers.map { ($0.id, $0.label.text) })

    /// A station that was never started.
    ///
    /// - Parameters:
    ///   - synchronous: what SQLite is told instead of FULL.
    ///   - recorded: whose files are recorded.
    ///   - isClockSure: whether a program that starts is told that its clock is synchronised.
    init(
        synchronous: String? = nil, recorded: [DemoStation.Part] = [.station, .pool],
        isClockSure: @escaping () -> Bool? = { nil }
    ) throws {
        house = try DemoStation(
            startsStation: false,
            environment: { part, folder in
                guard recorded.contains(part) else { return [:] }
                return try Recording.environment(
                    folder, log: part.rawValue, synchronous: synchronous, isClockSure: isClockSure())
            })
    }

    // MARK: - What happens

    /// First start, a few loans, a cut, and what follows it.
    static func short(synchronous: String? = nil) async throws -> Recording {
        let day = try RecordedDay(synchronous: synchronous)
        try await day.beShort()
        return day.recording
    }

    private static let short = Task { try await short() }

    /// One short day for all who only read its recording.
    static func shared() async throws -> Recording { try await short.value }

    private static let forgetting = Task { try await forgetting() }
    private static let edited = Task { try await quarantined(.edited) }

    /// One day on which a station forgets, for all who only read its recording.
    static func sharedForgetting() async throws -> Recording { try await forgetting.value }

    /// One day on which a station finds an entry edited, for all who only read its recording.
    static func sharedQuarantine() async throws -> Recording { try await edited.value }

    /// All that happens at a station.
    static func long() async throws -> Recording {
        let day = try RecordedDay()
        try await day.beLong()
        return day.recording
    }

    /// The disk is full for a while: people are refused, staff are not, and then things are brought back.
    static func full() async throws -> Recording {
        let day = try RecordedDay()
        try await day.open()
        try await day.lend()
        let mark = try day.house.folder.write("", to: Recording.fullDisk)
        try await day.scan(day.cards[0], day.items["laser-1"], until: "refused-storage-full")
        try await day.scan(day.command(.finish), until: "session-ended")
        try await day.signIn()
        try await day.lookIntoTheSecond()
        try FileManager.default.removeItem(atPath: mark)
        try await day.bringBack()
        try day.close()
        try day.end()
        return day.recording
    }

    private func beShort() async throws {
        try await open()
        try await lend()
        try await beKilled()
        try await bringBack()
        try close()
        try end()
    }

    private func beLong() async throws {
        try await open()
        try await lend()
        try await refuse(800)
        try await staff()
        try await pull()
        try await beKilled()
        try restartPool()
        try await bringBack()
        try close()
        try await open()
        try await lend()
        try await bringBack()
        try close()
        try end()
    }

    /// All programs have ended, and their files can be looked at.
    func end() throws {
        for part in [DemoStation.Part.guardian, .pool] where house.stop(part) != 0 {
            throw BenchError("\(part): \(house.errors(of: part))")
        }
    }

    func open() async throws {
        try house.start(.station)
        try await soon("the guard joins") { house.screen.contains("station-ready") }
        try await soon("a register is there") { try house.run("journal", "status").output.contains("\nregister: ") }
    }

    func close() throws {
        guard house.stop(.station) == 0 else { throw BenchError("the station: \(house.errors(of: .station))") }
    }

    /// How often the present run has said something.
    private func said(_ id: String) -> Int { house.screen.components(separatedBy: "\"id\":\"\(id)\"").count - 1 }

    /// How often the present run has said that a door did not open.
    private var shut: Int { said("did-not-open") + said("service-did-not-open") }

    /// Scans one thing after another, each until its door has done its part. On a machine that is busy enough a sensor is heard
    /// too late; then it did not open, as people would see it, and they try again.
    func pass(_ codes: String?..., until id: String) async throws {
        for code in codes {
            let before = said(id)
            for _ in 1...20 where said(id) == before {
                let attempts = shut
                house.scan(code ?? "")
                try await soon("\(code ?? "") leads to \(id): \(house.screen.suffix(2000))") {
                    said(id) > before || shut > attempts
                }
            }
            guard said(id) > before else { throw BenchError("\(code ?? "") never led to \(id)") }
        }
    }

    /// Scans, and waits until something was said so many times more.
    func scan(_ codes: String?..., until id: String, times: Int = 1) async throws {
        try await scan(codes, until: id, times: times)
    }

    private func scan(_ codes: [String?], until id: String, times: Int = 1) async throws {
        let before = said(id)
        for code in codes { house.scan(code ?? "") }
        do {
            try await soon("\(id) is said") { said(id) >= before + times }
        } catch {
            throw BenchError(
                "\(codes) never led to \(id); the station \(house.isRunning(.station) ? "runs" : "has ended"): "
                    + "\(house.errors(of: .station).suffix(2000)) \(house.screen.suffix(2000))")
        }
    }

    func command(_ command: Command) -> String {
        command.code?.text ?? ""
    }

    func lend() async throws {
        house.scan(cards[0])
        try await pass(items["drill-1"], items["marquee-1"], items["painting-1"], until: "taken")
        try await scan(command(.renew), items["drill-1"], until: "scan-to-renew")
        try await scan(command(.finish), until: "session-ended")
        house.scan(cards[1])
        try await pass(items["tables"], until: "taken")
        try await scan(command(.finish), until: "session-ended")
    }

    /// People ask for what is on loan: entries without a door, until the write-ahead log is written back.
    private func refuse(_ times: Int) async throws {
        let drills = [String?](repeating: items["drill-1"], count: 20)
        for _ in 0..<times / drills.count {
            try await scan([cards[1]] + drills + [command(.finish)], until: "session-ended")
        }
    }

    private func staff() async throws {
        try await signIn()
        try await scan(command(.suspend), lockers["bike"], until: "locker-suspended")
        try await scan(command(.resume), lockers["bike"], until: "locker-resumed")
        try await lookIntoTheSecond()
    }

    private func signIn() async throws {
        try await scan(SampleHouse.staff[0].badge.text, until: "enter-pin")
        try await scan(SampleHouse.staff[0].pin, until: "staff-welcome")
    }

    private func lookIntoTheSecond() async throws {
        try await pass(lockers["2"], until: "locker-served")
        try await scan(command(.finish), until: "staff-goodbye")
    }

    /// An admin reads the journal, and somebody has looked into a locker.
    func pull() async throws {
        let file = house.folder.file("checkpoint")
        for words in [["journal", "export", "--checkpoint", file], ["journal", "verify"], ["journal", "status"]] {
            let ended = try TestProcess.run("mila-station", words + ["--config", house.configuration])
            guard ended.code == 0 else { throw BenchError("\(words): \(ended.errors)") }
        }
        let looked = try TestProcess.run("mila-station", ["locker", "2", "holds", "--config", house.configuration])
        guard looked.code == 0 else { throw BenchError("locker: \(looked.errors)") }
    }

    /// The power goes while a door is open, and comes back.
    func beKilled() async throws {
        try await scan(cards[0], items["laser-1"], until: "locker-opens")
        try house.kill(.station)
        try await open()
        _ = try house.run("locker", "laser", "empty")
        try house.kill(.guardian)
        try house.start(.guardian)
        try await soon("the guard is back") { said("station-ready") >= 2 }
    }

    private func restartPool() throws {
        guard house.stop(.pool) == 0 else { throw BenchError("the pool: \(house.errors(of: .pool))") }
        try house.start(.pool)
        try eventually("the pool listens again") { house.errors(of: .pool).contains("listening") }
    }

    func bringBack() async throws {
        house.scan(cards[0])
        try await pass(items["drill-1"], items["marquee-1"], items["painting-1"], until: "returned")
        try await scan(command(.finish), until: "session-ended")
        house.scan(cards[1])
        try await pass(items["tables"], until: "returned")
        try await scan(command(.finish), until: "session-ended")
    }
}
