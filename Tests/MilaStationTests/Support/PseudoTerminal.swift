// A terminal of the test's own, with a program of the house at it.

import Glibc
import TestSupport

/// A pseudo-terminal, and a program that has it as its standard input.
final class PseudoTerminal {
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

    var output: String { process?.output ?? "" }
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
