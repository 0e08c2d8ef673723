// The guard alone on a chip of the kernel's GPIO simulator: the real process, a station that is played by the test, and a
// recorder that watches the coils from before the guard's start until after its end.

import Glibc
import GuardProtocol
import TestSupport

@testable import LockGuard

/// A chip with coils K1…, sensors D1… and a lamp, and the guards that are started on it.
final class GuardBench {
    /// The places of the coils on the chip come first.
    static let lockers = 4
    static let (pulse, cap, rest): (UInt32, UInt32, UInt32) = (100, 300, 200)
    static let coils = (1...lockers).map { "K\($0)" }
    /// What the recorder calls the guard's socket: on while it is there.
    static let socket = "socket"
    static let check = LevelCheck(
        caps: Dictionary(uniqueKeysWithValues: coils.map { ($0, UInt64(cap) * millisecond) }),
        rests: Dictionary(uniqueKeysWithValues: coils.map { ($0, UInt64(rest) * millisecond) }))
    /// Where the tests of the bench run: elsewhere the kernel has no lines to make.
    static let isPossible = GPIOSimulatorChip.isPossible
    static let isNeeded = "needs a kernel with gpio-sim and root: the test bench"

    let chip: GPIOSimulatorChip
    let table: LineTable
    private let folder: Folder
    /// How the sensors' lines stand.
    private(set) var levels: [Int: Bool] = [:]

    /// A chip on which every door is latched; the first doors have sensors, with this debounce in milliseconds.
    init(debounce: UInt32 = 0, sensors count: Int = lockers, inverted: Set<Int> = []) throws {
        let sensors = (1...Self.lockers).map { "D\($0)" }
        chip = try GPIOSimulatorChip("guard", lines: Self.coils + sensors + ["R", "G"])
        let label = chip.label
        table = LineTable(
            backend: .gpiod,
            lockers: (0..<Self.lockers).map { place in
                let address = LineAddress(chip: label, line: sensors[place], activeLow: inverted.contains(place))
                return LockerLines(
                    name: "locker-\(place + 1)", coil: LineAddress(chip: label, line: Self.coils[place]),
                    capMilliseconds: Self.cap, restMilliseconds: Self.rest,
                    sensor: place < count ? SensorLine(address, debounceMilliseconds: debounce) : nil)
            },
            lamps: [
                LampLines(
                    name: "station", red: LineAddress(chip: label, line: "R"),
                    green: LineAddress(chip: label, line: "G"))
            ])
        folder = try Folder()
        try write(table.text, to: folder.file("lines"))
        for place in 0..<Self.lockers { try sensor(place, high: !inverted.contains(place)) }
    }

    var socketPath: String { folder.file("socket") }

    /// What a recorder looks at: the coils, and the socket last in each round: what is off in a round that sees it was
    /// off before.
    var sources: [LevelSource] {
        Self.coils.map { LevelSource($0, of: chip) } + [LevelSource(Self.socket, file: socketPath)]
    }

    /// Gives a sensor's line a level from outside.
    func sensor(_ place: Int, high: Bool) throws {
        try chip.pull("D\(place + 1)", up: high)
        levels[place] = high
    }

    /// Starts a guard and waits until it serves; `fault` is one of those in `hardware/testbench/broken-lines.c`.
    func startGuard(fault: String? = nil) throws -> GuardProcess {
        let broken = fault.map { ["LD_PRELOAD=\(TestProcess.path(of: "broken-lines.so"))", "BROKEN_LINES=\($0)"] }
        let arguments = ["--lines", folder.file("lines"), "--socket", socketPath]
        let process = try GuardProcess(arguments, environment: broken ?? [])
        guard process.logLine(containing: "info guarding") != nil else {
            throw WorkbenchError("the guard did not start: \(process.log)")
        }
        guard !process.log.contains(where: { $0.contains("LD_PRELOAD") }) else {
            throw WorkbenchError("the guard is not broken: \(process.log)")
        }
        return process
    }

    /// A station that the guard welcomed.
    func station() throws -> StationPeer {
        let peer = try StationPeer(socketPath)
        guard try peer.isWelcome(table) else { throw WorkbenchError("the guard gave no welcome") }
        return peer
    }

    /// Asks for the first coil until it is energised: coils rest, and a flood has to be over for a second.
    func open(_ station: StationPeer, _ requests: inout Requests, pulse: UInt32 = pulse) throws {
        while try requests.answer(to: requests.ask(station, locker: 0, pulse: pulse), from: station) != nil {
            usleep(100_000)
        }
    }

    /// Prints a figure that was measured, for `scripts/bench` to show.
    static func print(_ figure: String) { Swift.print("figure: \(figure)") }
}

/// How much a process holds.
struct Footprint: CustomStringConvertible {
    let residentBytes: Int
    let descriptors: Int

    init(of process: GuardProcess) {
        (residentBytes, descriptors) = (process.residentBytes, process.openDescriptors)
    }

    /// What it has come to hold since then, in words; nothing where that is what the kernel's counters are wrong by.
    func findings(since before: Footprint) -> [String] {
        var findings: [String] = []
        if residentBytes - before.residentBytes > 128 * 1024 { findings.append("memory grew: \(before) to \(self)") }
        if descriptors != before.descriptors { findings.append("descriptors: \(before) to \(self)") }
        return findings
    }

    var description: String { "\(residentBytes / 1024) KiB, \(descriptors) descriptors" }
}
