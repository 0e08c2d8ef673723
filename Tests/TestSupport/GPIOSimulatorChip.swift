// A gpiochip of the kernel's GPIO simulator: made through configfs, watched and driven from outside through sysfs, taken
// down with the test. The kernel's documentation calls this gpio-sim; `hardware/testbench` has a kernel with it.

internal import Foundation
internal import Glibc
internal import Synchronization

/// A simulated chip with named lines.
package final class GPIOSimulatorChip: Sendable {
    private static let root = "/sys/kernel/config/gpio-sim"
    /// Whether this kernel has the simulator and lets the test use it.
    package static var isPossible: Bool { getuid() == 0 && access(root, W_OK) == 0 }

    /// By what the guard finds it.
    package let label: String
    private let device: String
    private let offsets: [String: Int]
    /// Where the kernel shows the chip's lines; `nil` while the chip is gone.
    private let folder = Mutex<String?>(nil)

    /// Makes a chip with these lines, all of them pulled down; `-` leaves one without a name.
    ///
    /// Throws: ``BenchError`` where the kernel does not let it.
    package init(_ label: String, lines: [String]) throws {
        // Chips of test processes that run at the same time are different ones.
        self.label = "\(label)-\(getpid())"
        device = "\(Self.root)/\(self.label)"
        offsets = Dictionary(uniqueKeysWithValues: lines.enumerated().filter { $1 != "-" }.map { ($1, $0) })
        for folder in ["", "/bank"] + offsets.values.map({ "/bank/line\($0)" }) {
            guard mkdir(device + folder, 0o755) == 0 else {
                throw BenchError("no folder \(device + folder): errno \(errno)")
            }
        }
        try put("\(lines.count)", into: "\(device)/bank/num_lines")
        try put(self.label, into: "\(device)/bank/label")
        for (name, offset) in offsets { try put(name, into: "\(device)/bank/line\(offset)/name") }
        try bringBack()
    }

    deinit {
        try? takeAway()
        for offset in offsets.values { rmdir("\(device)/bank/line\(offset)") }
        rmdir("\(device)/bank")
        rmdir(device)
    }

    /// Where the chip is among the kernel's, as in `gpiochip0`; `nil` while it is gone.
    package var name: String? { folder.withLock { $0?.split(separator: "/").last.map(String.init) } }

    /// The file that shows a line's level, `0` or `1`; `nil` while the chip is gone.
    package func valueFile(of line: String) -> String? { file("value", of: line) }

    /// What a line does while nobody drives it: a sensor's level, or that of a driver that does not let go.
    package func pull(_ line: String, up: Bool) throws {
        guard let file = file("pull", of: line) else { throw BenchError("\(label) is gone, or has no line \(line)") }
        try put(up ? "pull-up" : "pull-down", into: file)
    }

    /// How many the line is among the chip's, from 0.
    package func offset(of line: String) -> Int? { offsets[line] }

    /// Takes the chip out of the kernel, whoever holds its lines.
    package func takeAway() throws {
        // Who reads a level meanwhile has to look for another file from now on.
        folder.withLock { $0 = nil }
        try put("0", into: "\(device)/live")
    }

    /// Puts the chip back, with all lines pulled down and a number that may be another one.
    package func bringBack() throws {
        try put("1", into: "\(device)/live")
        func word(_ file: String) -> String {
            fileText("\(device)/\(file)").trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let path = "/sys/devices/platform/\(word("dev_name"))/\(word("bank/chip_name"))"
        folder.withLock { $0 = path }
    }

    /// Gives a line another name, or its own again. The chip must be gone.
    package func rename(_ line: String, to name: String) throws {
        guard let offset = offsets[line] else { throw BenchError("\(label) has no line \(line)") }
        try put(name, into: "\(device)/bank/line\(offset)/name")
    }

    private func file(_ what: String, of line: String) -> String? {
        guard let offset = offsets[line], let folder = folder.withLock({ $0 }) else { return nil }
        return "\(folder)/sim_gpio\(offset)/\(what)"
    }

    private func put(_ text: String, into file: String) throws {
        let descriptor = open(file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchError("\(file) can't be opened: errno \(errno)") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else {
            throw BenchError("\(file) does not take \(text): errno \(errno)")
        }
    }
}
