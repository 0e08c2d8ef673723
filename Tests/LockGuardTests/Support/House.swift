// A simulated house with a running guard in it.

import Glibc
import GuardProtocol
import TestSupport

@testable import LockGuard

/// A line table, its folder, and the guards that are started in it.
final class House {
    let table: LineTable
    let folder: Folder

    init(_ table: LineTable) throws {
        self.table = table
        folder = try Folder()
        try write(table.text, to: folder.file("lines"))
    }

    /// Two lockers without door sensors, one lamp; short caps unless told otherwise.
    static func table(cap: UInt32 = 2000, rest: UInt32 = 0, coils: UInt32 = 1, lockers: Int = 2) -> LineTable {
        LineTable(
            backend: .simulated,
            supplies: [Supply(maximumCoils: coils)],
            lockers: (1...lockers).map { number in
                LockerLines(
                    name: "locker-\(number)",
                    coil: LineAddress(chip: "sim", line: "K\(number)"),
                    capMilliseconds: cap,
                    restMilliseconds: rest
                )
            },
            lamps: [
                LampLines(
                    name: "station",
                    red: LineAddress(chip: "sim", line: "R"),
                    green: LineAddress(chip: "sim", line: "G")
                )
            ]
        )
    }

    var socketPath: String { folder.file("socket") }
    var tracePath: String { folder.file("sim/trace") }
    var trace: Trace { Trace(contents(tracePath) ?? []) }
    /// The caps of the coils by line, in milliseconds.
    var caps: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: table.lockers.map { ("sim/\($0.coil.line)", UInt64($0.capMilliseconds)) })
    }
    /// All outputs, as the trace names them.
    var outputs: [String] {
        table.lockers.map { "sim/\($0.coil.line)" }
            + table.lamps.flatMap { [$0.red, $0.green, $0.blue] }.compactMap { $0.map { "sim/\($0.line)" } }
    }

    func output(_ line: String) -> String { folder.file("sim/outputs/sim.\(line)") }
    func input(_ line: String) -> String { folder.file("sim/inputs/sim.\(line)") }
    func level(_ line: String) -> String { String(decoding: contents(output(line)) ?? [], as: UTF8.self) }

    /// The arguments that every guard of this house gets.
    var arguments: [String] { ["--lines", folder.file("lines"), "--simulated", folder.file("sim")] }

    /// Starts a guard without waiting for it.
    func launch(_ more: [String]) throws -> GuardProcess { try GuardProcess(arguments + more) }

    /// Starts a guard and waits until it serves.
    func startGuard(_ more: [String] = []) throws -> GuardProcess {
        let process = try launch(["--socket", socketPath] + more)
        guard process.logLine(containing: "info guarding") != nil else {
            throw WorkbenchError("the guard did not start: \(process.log)")
        }
        return process
    }

    /// A station that the guard welcomed.
    func station() throws -> StationPeer {
        let peer = try StationPeer(socketPath)
        guard try peer.isWelcome(table) else { throw WorkbenchError("the guard gave no welcome") }
        return peer
    }

    /// Waits until the trace shows a line at a level after a number of orders; the order.
    func order(_ line: String, active: Bool, after count: Int = 0) throws -> Trace.Order? {
        try waitForFile(tracePath) { bytes in
            Trace(bytes).orders.dropFirst(count).first { $0.line == "sim/\(line)" && $0.active == active }
        }
    }
}
