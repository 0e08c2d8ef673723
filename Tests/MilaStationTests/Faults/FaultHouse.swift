// What the tests of faults ask of a house of real programs.

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

    /// Waits until the pool has all entries, then ends it: from now on nothing but people and doors makes the station write.
    func loseThePool() throws {
        try eventually("the pool has all") { try run("journal", "status").output.contains("\nbacklog: 0") }
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
    func lendAgain() throws {
        let before = said("taken")
        scan("MCFN1X")
        ask(for: .painting)
        try eventually("the station lends again") { said("taken") > before }
        scan("MCFN1X")
    }

    /// Does something until it has led to what is waited for. On a machine that is so busy that station and guard lose each
    /// other for a moment, what needs a door may have to be asked for once more.
    func insist(_ what: String, on attempt: () -> Void, until isTrue: () throws -> Bool) throws {
        var next = Date.distantPast
        try eventually(what) {
            if try isTrue() { return true }
            if Date() > next {
                attempt()
                next = Date(timeIntervalSinceNow: 10)
            }
            return false
        }
    }
}
