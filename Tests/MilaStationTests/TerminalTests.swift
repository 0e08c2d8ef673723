// A person's terminal: raw while the station reads from it, and as it was before on every way out.

import Foundation
import Glibc
import TestSupport
import Testing

@testable import MilaStation

@Suite struct TerminalTests {
    /// A pseudo-terminal, and a program that has it as its standard input.
    private final class Terminal {
        let master: Int32
        private let slave: Int32
        private var process: TestProcess?

        init() throws {
            master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            // Glibc's module leaves out `unlockpt` and `ptsname`; these are what they do (ioctl_tty(2)).
            var (unlocked, number): (Int32, Int32) = (0, 0)
            guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0
            else { throw BenchError("no pseudo-terminal: errno \(errno)") }
            slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
            guard slave >= 0 else { throw BenchError("no pseudo-terminal: errno \(errno)") }
        }

        deinit {
            process?.kill()
            close(slave)
            close(master)
        }

        func start(_ arguments: [String]) throws {
            process = try TestProcess("mila-station", arguments, terminal: slave)
        }

        var errors: String { process?.errors ?? "" }

        func type(_ text: String) { _ = write(master, text, text.utf8.count) }

        func send(signal: Int32) { process?.send(signal: signal) }

        /// The exit code, or the signal's number below zero.
        func wait() -> Int32? { process?.wait() }

        /// The settings, all of them.
        var settings: [UInt32] {
            var settings = termios()
            guard tcgetattr(slave, &settings) == 0 else { return [] }
            let keys = withUnsafeBytes(of: settings.c_cc) { $0.map(UInt32.init) }
            return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag] + keys
        }

        var isRaw: Bool {
            let cooked = UInt32(ECHO | ICANON | ISIG | IEXTEN)
            return settings.count > 4 && settings[3] & cooked == 0 && settings[0] & UInt32(ICRNL | IXON) == 0
        }
    }

    /// A way to end the demo.
    enum End: CaseIterable {
        case controlD, controlC, terminate, interrupt, hangUp, quit

        var signal: Int32? {
            switch self {
            case .controlD, .controlC: nil
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            case .quit: SIGQUIT
            }
        }

        var code: Int32 { self == .hangUp ? -SIGHUP : self == .quit ? -SIGQUIT : 0 }
    }

    @Test(arguments: End.allCases)
    func `the demo leaves the terminal as it found it`(end: End) throws {
        let folder = try Folder()
        let terminal = try Terminal()
        let before = terminal.settings
        #expect(!before.isEmpty && !terminal.isRaw)
        try terminal.start(["demo", "--screen", "json", "--into", folder.path + "/data", "--log-level", "info"])
        try eventually("the terminal is raw") { terminal.isRaw }
        // The services listen once the guard has been heard.
        try eventually("the station serves") {
            FileManager.default.fileExists(
                atPath: ControlSocket.path(besides: folder.path + "/data/station/journal.sqlite"))
        }
        if let signal = end.signal {
            terminal.send(signal: signal)
        } else {
            terminal.type(end == .controlC ? "\u{3}" : "\u{4}")
        }
        #expect(terminal.wait() == end.code, "\(terminal.errors)")
        #expect(terminal.settings == before)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a signal that comes before the station serves leaves the terminal too`(signal: Int32) throws {
        let folder = try Folder()
        let terminal = try Terminal()
        let before = terminal.settings
        try terminal.start(["demo", "--screen", "json", "--into", folder.path + "/data"])
        try eventually("the terminal is raw") { terminal.isRaw }
        terminal.send(signal: signal)
        _ = terminal.wait()
        #expect(terminal.settings == before)
    }

    @Test func `a station that ends by a fault, by a signal or by a lost scanner leaves the terminal as it found it`()
        throws
    {
        let house = try DemoStation()
        try house.waitUntilReady()
        let terminal = try Terminal()
        let before = terminal.settings
        // The journal is in use.
        try terminal.start(["run", "--config", house.configuration])
        #expect(terminal.wait() == 70)
        #expect(terminal.errors.contains("is in use"))
        #expect(terminal.settings == before)
        #expect(house.stop(.station) == 0)

        let second = try Terminal()
        try second.start(["run", "--config", house.configuration, "--screen", "json"])
        try eventually("the terminal is raw") { second.isRaw }
        try eventually("the station serves") { FileManager.default.fileExists(atPath: house.controlSocket) }
        // To a station these keys are bytes that a scanner sent.
        second.type("\u{3}\u{4}\r")
        second.send(signal: SIGTERM)
        #expect(second.wait() == 0)
        #expect(second.settings == before)
    }
}
