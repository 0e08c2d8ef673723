// The real `lock-guard` and who connects to it: one station at a time, of the same table and of a known user, and nothing
// that anybody sends ends more than their own connection.

import Glibc
import GuardProtocol
import TestSupport
import Testing

@testable import LockGuard

extension GuardProcessTests {
    @Test("a second station is turned away, and the first one is served on")
    func secondStation() throws {
        let house = try House(House.table())
        let process = try house.startGuard()
        let station = try house.station()
        for _ in 0..<20 {
            let second = try StationPeer(house.socketPath)
            second.send(.hello(table: house.table.digest))
            #expect(try second.receive() == .unwelcome(.occupied, table: house.table.digest))
            #expect(try second.receive() == nil)
        }
        station.open(1, pulse: 10)
        #expect(try station.accepted(1) != nil)
        let descriptors = process.openDescriptors
        station.hangUp()
        // The guard takes leave of the old station before it looks at newcomers, so none of these is turned away.
        for _ in 0..<20 { try house.station().hangUp() }
        let last = try house.station()
        #expect(process.openDescriptors == descriptors, "a connection was not closed")
        last.hangUp()
    }

    @Test("a station with another table is turned away and told which one the guard has")
    func otherTable() throws {
        let house = try House(House.table())
        let process = try house.startGuard()
        let peer = try StationPeer(house.socketPath)
        peer.send(.hello(table: TableDigest(of: "another")))
        #expect(try peer.receive() == .unwelcome(.otherTable, table: house.table.digest))
        #expect(try peer.receive() == nil)
        #expect(process.logLine(containing: "otherTable") != nil)
        _ = try house.station()
    }

    @Test("garbage, short, long and empty packets end their connection and nothing else")
    func garbage() throws {
        let house = try House(House.table())
        let process = try house.startGuard()
        var generator = SeededGenerator(seed: 99)
        for size in [1, 2, 63, 64, 64, 64, 65, 128, 4096, 100_000] {
            let peer = try StationPeer(house.socketPath)
            peer.send((0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
            #expect(try peer.receive() == .unwelcome(.protocolMismatch, table: house.table.digest))
            #expect(try peer.receive() == nil)
            // A station in service that starts to talk nonsense is lost, its coil goes off.
            let station = try house.station()
            station.open(1, pulse: 2000)
            #expect(try station.accepted(1) != nil)
            station.send((0..<size).map { _ in UInt8.random(in: 128...255, using: &generator) })
            #expect(try station.released(1)?.why == .stationLost)
            #expect(try station.receive() == .unwelcome(.protocolMismatch, table: house.table.digest))
            #expect(house.level("K1") == "0")
        }
        let empty = try StationPeer(house.socketPath)
        empty.send([])
        #expect(try empty.receive() == nil)
        _ = try house.station()
        _ = process
    }

    @Test("the user of another station's process is a stranger unless the guard was told of it")
    func strangers() throws {
        // Becoming another user takes root; the policy itself is tested without.
        guard getuid() == 0, access("/usr/bin/setpriv", X_OK) == 0, access("/usr/bin/python3", X_OK) == 0 else {
            return
        }
        let program = """
            import socket, sys
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            peer.connect(sys.argv[1])
            try: peer.send(b"x")
            except BrokenPipeError: pass
            print(*peer.recv(64)[:5])
            """
        for (more, expected) in [([], "66 2 0 0 2\n"), (["--client-uid", "65534"], "66 2 0 0 3\n")] {
            let house = try House(House.table())
            let process = try house.startGuard(more)
            chmod(house.folder.path, 0o755)
            chmod(house.socketPath, 0o666)
            let asNobody = ["--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", program, house.socketPath]
            let client = try GuardProcess(asNobody, program: "/usr/bin/setpriv")
            #expect(client.end() == .code(0))
            #expect(client.allOutput() == expected)
            _ = process
        }
    }
}
