// What the tests of faults ask of a house of real programs. Their suites are serialised: each test is three programs, and they
// wait without holding a thread, so that all of them would start at once.

import Foundation
import GRDB
import Glibc
import StationCore
import TestSupport
import Testing

@testable import MilaStation

/// An item of the sample house that these tests lend, and its locker.
struct FaultItem {
    let label: String
    let locker: String

    /// Behind a door.
    static let drill = FaultItem(label: SampleHouse.items[0].label.text, locker: SampleHouse.items[0].locker ?? "")
    static let marquee = FaultItem(label: SampleHouse.items[3].label.text, locker: SampleHouse.items[3].locker ?? "")
    /// In the open: nothing but the journal has to work for it.
    static let painting = FaultItem(label: SampleHouse.items[5].label.text, locker: "")
}

extension DemoStation {
    /// How often the present run of the station has said this.
    func said(_ id: String) -> Int { screen.components(separatedBy: "\"id\":\"\(id)\"").count - 1 }

    /// How often a coil was energised so far.
    func pulses(of locker: String) -> Int { trace.count { $0.line.hasSuffix("coil-\(locker)") && $0.value == "1" } }

    /// Whether any coil is under power.
    func isAnyCoilOn() throws -> Bool {
        try outputs().contains { $0.key.contains("coil") && $0.value != "0" }
    }

    /// Waits as ``waitUntilReady()`` does, and lets other tests go on meanwhile.
    func ready() async throws {
        try await soon("the guard joins") { screen.contains("station-ready") }
        try await soon("a register is there") { try status().contains("\nregister: ") }
    }

    /// Waits until a part has ended by itself; how.
    func ended(_ part: Part) async throws -> Int32? {
        try await soon("\(part.rawValue) ends") { !isRunning(part) }
        return end(of: part)
    }

    /// Waits until the pool has all entries, then ends it: from now on nothing but people and doors makes the station write.
    func loseThePool() async throws {
        try await soon("the pool has all") { try run("journal", "status").output.contains("\nbacklog: 0") }
        killOnly(.pool)
    }

    /// The status of the running station.
    func status() throws -> String { try run("journal", "status").output }

    /// The kinds of all entries of a journal that nobody has open.
    func kinds(in data: String) throws -> [String] {
        try rows("SELECT kind FROM entry ORDER BY sequence", in: data + "/journal.sqlite").map { $0["kind"] as String }
    }

    /// What `journal verify` says of a journal that nobody has open.
    func verify(_ data: String) throws -> TestProcess.End {
        try TestProcess.run("mila-station", ["journal", "verify", "--database", data + "/journal.sqlite"])
    }

    /// A borrower asks for an item.
    func ask(for item: FaultItem) { scan(SampleHouse.borrowers[0].card.text, item.label) }

    /// The control of each of these tests: with the fault healed, a borrower gets what stands in the open.
    func lendAgain() async throws {
        let before = said("taken")
        scan("MCFN1X")
        ask(for: .painting)
        try await soon("the station lends again") { said("taken") > before }
        scan("MCFN1X")
    }

    /// Does something until it has led to what is waited for. On a machine that is so busy that station and guard lose each
    /// other for a moment, what needs a door may have to be asked for once more.
    func insist(_ what: String, on attempt: () -> Void, until isTrue: () async throws -> Bool) async throws {
        var next = Date.distantPast
        try await soon(what) {
            if try await isTrue() { return true }
            if Date() > next {
                attempt()
                next = Date(timeIntervalSinceNow: 10)
            }
            return false
        }
    }
}
