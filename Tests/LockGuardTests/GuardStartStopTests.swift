// The real `lock-guard` at its start and at its end: what comes first and what is left behind.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

extension GuardProcessTests {
    @Test(
        "told to stop with a coil on: off, lamps dark, the station is told, exit 0",
        arguments: [SIGTERM, SIGINT, SIGHUP])
    func stopping(_ signal: Int32) throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard()
        let station = try house.station()
        station.send(.lamp(place: 0, LampSignal(.white, .steady)))
        station.open(1, pulse: 10_000)
        #expect(try station.accepted(1) != nil)
        process.send(signal: signal)
        #expect(try station.released(1)?.why == .stopping)
        #expect(process.end() == .code(0))
        for line in ["K1", "K2", "R", "G"] { #expect(house.level(line) == "0") }
        #expect(access(house.socketPath, F_OK) != 0, "the socket's file is gone")
    }

    @Test("the end of standard input ends the guard that was told so, with its coils off")
    func endOfInput() throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard(["--end-with-input"])
        let station = try house.station()
        station.open(1, pulse: 10_000)
        #expect(try station.accepted(1) != nil)
        process.endInput()
        #expect(process.end() == .code(0))
        #expect(house.level("K1") == "0")
    }

    @Test("killed with a coil on: the coil stays on until the next start, which switches all off before it serves")
    func killed() throws {
        let house = try House(House.table(cap: 10_000))
        let first = try house.startGuard()
        let station = try house.station()
        station.send(.lamp(place: 0, LampSignal(.red, .steady)))
        station.open(1, pulse: 10_000)
        #expect(try station.accepted(1) != nil)
        first.send(signal: SIGKILL)
        #expect(first.end() == .signal(SIGKILL))
        #expect(house.level("K1") == "1", "a relay keeps its level: this is what the next start has to mend")
        #expect(access(house.socketPath, F_OK) == 0, "the dead guard's socket is still there")
        let marker = house.trace.orders.count

        let second = try house.startGuard()
        let peer = try StationPeer(house.socketPath)
        let connected = bootTime()
        let trace = house.trace
        #expect(trace.startFindings(from: marker, outputs: house.outputs).isEmpty)
        let offs = trace.orders.dropFirst(marker).prefix(house.outputs.count)
        #expect(offs.map(\.line) == house.outputs && offs.allSatisfy { !$0.active && $0.instant < connected })
        #expect(try peer.isWelcome(house.table))
        _ = second
    }

    @Test("the socket appears only after the last of many outputs was switched off")
    func linesBeforeSocket() throws {
        func changed(_ path: String) throws -> UInt64 {
            var status = stat()
            try #require(stat(path, &status) == 0, "\(path) is missing")
            return UInt64(status.st_ctim.tv_sec) * 1_000_000_000 + UInt64(status.st_ctim.tv_nsec)
        }
        // Files are stamped with the kernel's tick, so switching off has to take longer than one.
        let house = try House(House.table(lockers: LineTable.maximumPlaces))
        let process = try house.startGuard()
        // The lamps are left out: they show the missing station as soon as the guard serves.
        let offs = try house.table.lockers.map { try changed(house.output($0.coil.line)) }
        #expect(try changed(house.socketPath) >= offs.max() ?? .max)
        let instants = house.trace.orders.prefix(offs.count).map(\.instant)
        #expect((instants.last ?? 0) - (instants.first ?? 0) > 4 * millisecond, "too quick to show anything")
        _ = process
    }

    @Test("--outputs-off switches everything off after a guard that died, and is a fault while one lives")
    func outputsOff() throws {
        let house = try House(House.table(cap: 10_000))
        let process = try house.startGuard()
        let station = try house.station()
        station.open(1, pulse: 10_000)
        #expect(try station.accepted(1) != nil)
        #expect(try house.launch(["--outputs-off"]).end() == .code(70), "the lines are held")
        #expect(house.level("K1") == "1")
        process.send(signal: SIGKILL)
        #expect(process.end() == .signal(SIGKILL))
        #expect(try house.launch(["--outputs-off"]).end() == .code(0))
        #expect(house.level("K1") == "0")
    }

    @Test("a socket in a folder with a long path is bound, and its file is for owner and group only")
    func longPath() throws {
        let house = try House(House.table())
        var folder = house.folder.path
        for _ in 0..<4 {
            folder += "/" + String(repeating: "d", count: 60)
            #expect(mkdir(folder, 0o755) == 0)
        }
        let path = folder + "/socket"
        let process = try house.launch(["--socket", path])
        #expect(process.logLine(containing: "info guarding") != nil)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
        #expect(try StationPeer(path).isWelcome(house.table))
        process.send(signal: SIGTERM)
        #expect(process.end() == .code(0))
        #expect(access(path, F_OK) != 0)
    }

    @Test("a socket somebody listens on, and a file that is no socket, are left alone")
    func socketTaken() throws {
        let house = try House(House.table())
        let first = try house.startGuard()
        let other = try House(House.table())
        let second = try other.launch(["--socket", house.socketPath])
        #expect(second.end() == .code(70))
        #expect(second.log.contains { $0.contains("Address already in use") })
        // The second guard has knocked to see whether somebody listens; the first serves one at a time.
        #expect(first.logLine(containing: "the station went away") != nil)
        _ = try house.station()
        try write("keep me", to: other.folder.file("file"))
        #expect(try other.launch(["--socket", other.folder.file("file")]).end() == .code(70))
        #expect(contents(other.folder.file("file")) == Array("keep me".utf8))
        _ = first
    }

    @Test("the service manager is told when the guard is ready, that it turns, and that it stops")
    func serviceManager() throws {
        let house = try House(House.table())
        let path = house.folder.file("notify")
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let manager = try Descriptor(socket(AF_UNIX, type, 0), "making a socket")
        let address = try #require(UnixAddress(path: path))
        try #require(address.withPointer { bind(manager.number, $0, $1) } == 0)
        func told() -> String? {
            guard isReadable(manager.number, by: bootTime() + patience) else { return nil }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = recv(manager.number, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
        let process = try GuardProcess(
            house.arguments + ["--socket", house.socketPath],
            environment: ["NOTIFY_SOCKET=\(path)", "WATCHDOG_USEC=200000"]
        )
        #expect(told() == "READY=1")
        #expect(access(house.socketPath, F_OK) == 0, "ready means that a station can connect")
        for _ in 0..<3 { #expect(told() == "WATCHDOG=1") }
        process.send(signal: SIGTERM)
        #expect(process.end() == .code(0))
        while let word = told(), word != "STOPPING=1" { #expect(word == "WATCHDOG=1") }
    }

    @Test("--end-with-input with an input that can't end is a mistake of who asked")
    func endlessInput() throws {
        let house = try House(House.table())
        let program = TestProcess.path(of: "lock-guard")
        let words = [program] + house.arguments + ["--socket", house.socketPath, "--end-with-input"]
        let shell = try GuardProcess(["-c", "exec \(words.joined(separator: " ")) </dev/null"], program: "/bin/sh")
        #expect(shell.end() == .code(2))
    }

    @Test("what was asked wrongly ends with 2 and one sentence that says where")
    func usage() throws {
        let house = try House(House.table())
        func said(_ arguments: [String]) throws -> (GuardProcess.End?, String) {
            let process = try GuardProcess(arguments)
            let end = process.end()
            return (end, process.log.joined(separator: "\n"))
        }
        try write("mila-lines 2\nbackend simulated\nlocker a coil=x cap=1 rest=0\n", to: house.folder.file("bad"))
        let bad = try said(["--lines", house.folder.file("bad"), "--socket", "s", "--simulated", "d"])
        #expect(bad == (.code(2), "error \(house.folder.file("bad")):3: coil=x is not CHIP/LINE"))
        #expect(try said(["--lines", house.folder.file("lines"), "--probe"]).0 == .code(2), "no folder of lines")
        #expect(try said(["--wrong"]).0 == .code(2))
        #expect(try said(["--lines", house.folder.file("none"), "--probe"]).0 == .code(70))
        try write("mila-lines 2\nbackend gpiod\n", to: house.folder.file("real"))
        let mixed = try said(["--lines", house.folder.file("real"), "--probe", "--simulated", "d"])
        #expect(mixed.0 == .code(2) && mixed.1.contains("--simulated goes with"))
        let version = try GuardProcess(["--version"])
        #expect(version.end() == .code(0) && version.allOutput().hasPrefix("lock-guard "))
        let help = try GuardProcess(["--help"])
        #expect(help.end() == .code(0) && help.allOutput().contains("--outputs-off"))
    }
}
