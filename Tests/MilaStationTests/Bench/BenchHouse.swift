// A whole station on the kernel's own lines: chips that the test makes, the three real programs, and a recorder that
// watches every coil from before the guard's start until after its end.

import Foundation
import StationCore
import Synchronization
import TestSupport
import Testing

@testable import MilaStation

/// The demo's house behind real lines. Locker 2 is on a chip of its own, the expander; all else is on the relays' chip.
final class BenchHouse {
    static let drill = SampleHouse.items[0].label.text
    static let coffeeMachine = SampleHouse.items[1].label.text
    static let marquee = SampleHouse.items[3].label.text
    static let card = SampleHouse.borrowers[0].card.text
    static let lockers = SampleHouse.lockers.map(\.id)
    static let (pulse, cap): (UInt64, UInt64) = (300_000_000, 500_000_000)
    /// The store room's door wants to be held open: longer than the guard waits for a station that hangs.
    static let (storePulse, storeCap): (UInt64, UInt64) = (5_000_000_000, 6_000_000_000)
    static let check = LevelCheck(
        caps: Dictionary(uniqueKeysWithValues: lockers.map { ("coil-\($0)", $0 == "store" ? storeCap : cap) }))

    let (relays, expander): (GPIOSimulatorChip, GPIOSimulatorChip)
    let recorder: LevelRecorder
    let station: DemoStation
    /// What the recorder calls the guard's socket: on while it is there.
    static let socket = "socket"
    private let socketPath = SocketPath()
    private var pulses: [String: Int] = [:]
    private var begun: LevelChange?

    /// Makes the chips, every door latched, and starts the recorder, then the house.
    ///
    /// - Parameters:
    ///   - starts: whether guard and station are started and have met.
    ///   - alsoWatched: what the recorder looks at besides the coils.
    ///   - data: where the station keeps its data; in the house's folder where none is named.
    ///   - debounce: how long a sensor's level has to last.
    ///   - fault: what is wrong with the guard; one of those in `hardware/testbench/broken-lines.c`.
    init(
        starts: Bool = true, alsoWatched: [String] = [], data: String? = nil, debounce: String = "20 ms",
        guardFault fault: String? = nil
    ) throws {
        let relays = try GPIOSimulatorChip("relays", lines: Self.lines { $0 != "2" } + Self.stationLines)
        let expander = try GPIOSimulatorChip("expander", lines: Self.lines { $0 == "2" })
        (self.relays, self.expander) = (relays, expander)
        for locker in Self.lockers { try Self.chip(of: locker, relays, expander).pull("door-\(locker)", up: true) }
        let coils = Self.lockers.map { LevelSource("coil-\($0)", of: Self.chip(of: $0, relays, expander)) }
        let others = alsoWatched.map { name in
            LevelSource(name, of: expander.offset(of: name) == nil ? relays : expander)
        }
        // The socket comes last in each round: what is off in a round that sees it was off before.
        let socket = LevelSource(Self.socket) { [socketPath] in socketPath.exists ? .on : .off }
        recorder = try LevelRecorder(coils + others + [socket])
        let configure = { (yaml: String) in
            let own = data.map { yaml.replacingOccurrences(of: "data: station", with: "data: \($0)") } ?? yaml
            let sensed = Self.lockers.reduce(own) { yaml, locker in
                yaml.replacingOccurrences(
                    of: "line: door-\(locker) }", with: "line: door-\(locker), debounce: \(debounce) }")
            }
            return Self.onRealLines(sensed, relays: relays.label, expander: expander.label)
        }
        station = try DemoStation(startsGuard: false, startsStation: false, configuration: configure)
        if let fault { station.guardEnvironment = Self.environment(of: fault) }
        socketPath.path.withLock { $0 = station.guardSocket }
        if starts { try start() }
    }

    /// Starts guard and station and waits until they have met.
    func start() throws {
        try station.start(.guardian)
        try station.start(.station)
        // Its log is cheaper to ask than the station: a program more takes half a second to start here.
        try eventually("the guard joins and a register is there") {
            said("station-ready") == 1 && station.errors(of: .station).contains("the register is up to date")
        }
    }

    deinit {
        // The processes let go of the lines before the chips go.
        for part in DemoStation.Part.allCases { station.send(SIGKILL, to: part) }
        try? recorder.stop()
    }

    /// What a guard with a fault of `hardware/testbench/broken-lines.c` has in its environment.
    static func environment(of fault: String) -> [String: String] {
        ["LD_PRELOAD": TestProcess.path(of: "broken-lines.so"), "BROKEN_LINES": fault]
    }

    /// Every output of the house.
    static var outputs: [String] {
        lines { _ in true }.filter { !$0.hasPrefix("door-") } + stationLines
    }

    /// The guard's socket, once its path is known.
    private final class SocketPath: Sendable {
        let path = Mutex<String?>(nil)
        var exists: Bool { path.withLock { $0.map { access($0, F_OK) == 0 } ?? false } }
    }

    /// The place of the store room's coil on its chip.
    static var storeCoil: Int { lines { $0 != "2" }.firstIndex(of: "coil-store") ?? -1 }

    private static let stationLines = ["red-station", "green-station", "blue-station"]

    private static func lines(_ isWanted: (String) -> Bool) -> [String] {
        lockers.filter(isWanted).flatMap { ["coil-\($0)", "door-\($0)", "red-\($0)", "green-\($0)"] }
    }

    private static func chip(
        of locker: String, _ relays: GPIOSimulatorChip, _ expander: GPIOSimulatorChip
    ) -> GPIOSimulatorChip { locker == "2" ? expander : relays }

    /// The demo's configuration, for these chips and without simulated doors.
    private static func onRealLines(_ yaml: String, relays: String, expander: String) -> String {
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            .filter { !$0.contains("simulated-door:") }
        var locker = ""
        return lines.map { line in
            if line.hasPrefix("  - id: ") {
                locker = line.filter { $0 != "\"" }.split(separator: " ").last.map(String.init) ?? ""
            }
            let (pulse, cap) = locker == "store" ? (storePulse, storeCap) : (Self.pulse, Self.cap)
            return line.replacingOccurrences(of: "backend: simulated", with: "backend: gpiod")
                .replacingOccurrences(of: "chip: demo", with: "chip: \(locker == "2" ? expander : relays)")
                .replacingOccurrences(of: "pulse: 20 ms", with: "pulse: \(pulse / 1_000_000) ms")
                .replacingOccurrences(of: "cap: 500 ms", with: "cap: \(cap / 1_000_000) ms")
                .replacingOccurrences(of: "rest: 5 ms", with: "rest: 50 ms")
        }.joined(separator: "\n")
    }

    // MARK: - What people do

    /// Opens a door as who stands before it would, or latches it.
    func door(_ locker: String, opens: Bool) throws {
        try Self.chip(of: locker, relays, expander).pull("door-\(locker)", up: !opens)
    }

    /// Pulls a line of either chip.
    func pull(_ line: String, up: Bool) throws {
        try (expander.offset(of: line) == nil ? relays : expander).pull(line, up: up)
    }

    /// How often the present run of the station has said something.
    func said(_ message: String) -> Int { station.screen.components(separatedBy: "\"id\":\"\(message)\"").count - 1 }

    /// Waits until something is true; where it never is, the error tells the whole story.
    func wait(for what: String, _ isTrue: () throws -> Bool) throws {
        do {
            try eventually(what, isTrue)
        } catch {
            let story = try BenchJournal(of: station).lines.map { "\($0.kind) \($0.locker ?? "")" }
            throw BenchError("\(error); \(story); \(station.errors(of: .guardian)); \(station.screen.suffix(300))")
        }
    }

    /// Scans lines and waits until the station has answered with a message once more.
    func scan(_ lines: String..., until message: String) throws {
        let before = said(message)
        for line in lines { station.scan(line) }
        try wait(for: "the station says \(message)") { said(message) > before }
    }

    /// Waits for a coil's next pulse to begin, counted from the house's first.
    func nextPulse(_ locker: String) throws {
        pulses[locker, default: 0] += 1
        begun = try recorder.wait(for: "coil-\(locker)", .on, times: pulses[locker, default: 0])
    }

    /// Waits for the end of the pulse that ``nextPulse(_:)`` saw begin.
    func pulseEnd() throws {
        guard let begun else { preconditionFailure("no pulse has begun") }
        try wait(for: "\(begun.line) is off") {
            recorder.changes.contains { $0.line == begun.line && $0.at > begun.at }
        }
    }

    /// Waits for a coil's next pulse, opens the door for it, waits for the pulse's end, and latches the door.
    func passDoor(_ locker: String, until message: String) throws {
        let before = said(message)
        try nextPulse(locker)
        try door(locker, opens: true)
        try pulseEnd()
        try door(locker, opens: false)
        try wait(for: "the station says \(message)") { said(message) > before }
    }

    // MARK: - The end

    /// Ends all in good order and holds the recording against the journal; what was written.
    ///
    /// - Parameter known: the ends of the findings that there must be.
    @discardableResult
    func finish(known: [String] = []) throws -> BenchJournal {
        let (journal, findings) = try end()
        #expect(findings.count == known.count, "\(findings.joined(separator: "; "))")
        for (finding, end) in zip(findings, known) { #expect(finding.hasSuffix(end)) }
        return journal
    }

    /// Ends all in good order; what was written, and what the recording shows against it.
    func end() throws -> (journal: BenchJournal, findings: [String]) {
        for part in [DemoStation.Part.station, .guardian, .pool] {
            #expect(station.stop(part) == 0, "\(station.errors(of: part))")
        }
        try recorder.stop()
        let journal = try BenchJournal(of: station)
        return (journal, Self.check.findings(in: recorder.changes, openings: journal.openings))
    }

    /// Prints a figure that was measured, for `scripts/bench` to show.
    func print(_ figure: String) {
        Swift.print(
            "figure: \(figure) (looks \(milliseconds(recorder.period)) apart, at most \(milliseconds(recorder.grain)))")
    }
}

/// Now, in CLOCK_BOOTTIME nanoseconds.
func bootTime() -> UInt64 { SystemClock.monotonic.nanoseconds }
