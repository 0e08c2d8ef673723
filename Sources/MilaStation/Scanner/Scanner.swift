// The reading thread: blocks on standard input and turns bytes into lines. It decides nothing and knows no codes.

internal import Foundation
internal import Glibc
internal import Groundwork
internal import StationCore

/// Reads lines from standard input on a thread of its own.
final class Scanner: Sendable {
    /// What a person at the keyboard of a demo ends it with: Ctrl-C and Ctrl-D, which raw mode delivers as bytes.
    private static let endKeys: Set<UInt8> = [0x03, 0x04]
    private static let eraseKeys: Set<UInt8> = [0x08, 0x7f]

    private let console: Console
    private let isTyped: Bool
    private let idleGap: Duration?
    private let post: @Sendable (StationLoop.Letter) -> Void

    /// A scanner.
    ///
    /// - Parameters:
    ///   - isTyped: whether a person types: keys that erase and end have their meaning then.
    ///   - idleGap: after how long a silence in the middle of a line it counts as ended. A scanner sends a code in one
    ///     go; a person or a pipe may pause, so it has no effect on anything but a device.
    ///   - post: takes each line, and at last that the input ended; blocks where the station is busy.
    init(
        console: Console, isTyped: Bool, idleGap: Duration? = nil,
        post: @escaping @Sendable (StationLoop.Letter) -> Void
    ) {
        self.console = console
        self.isTyped = isTyped
        self.idleGap = Self.isDevice ? idleGap : nil
        self.post = post
    }

    /// Starts reading.
    func start() { Thread(block: { [self] in run() }).start(named: "scanner") }

    private func run() {
        var assembler = LineAssembler()
        var buffer = [UInt8](repeating: 0, count: 4096)
        reading: while true {
            if let idleGap, assembler.isInLine, isSilent(for: idleGap) {
                if let line = assembler.end() { post(.line(line)) }
                continue
            }
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in buffer[..<count] {
                if isTyped, Self.endKeys.contains(byte) { break reading }
                if isTyped, Self.eraseKeys.contains(byte) {
                    if assembler.takeBack() { console.erase() }
                    continue
                }
                if LineAssembler.ends.contains(byte) { console.enter() } else { console.type(byte) }
                if let line = assembler.take(byte) { post(.line(line)) }
            }
        }
        if let line = assembler.end() { post(.line(line)) }
        console.leave()
        post(.inputEnded)
    }

    /// Whether nothing comes in for so long.
    private func isSilent(for gap: Duration) -> Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&input, 1, Int32(gap / .milliseconds(1))) == 0
    }

    /// Whether standard input is a terminal or a serial line, and no pipe or file.
    private static var isDevice: Bool { FileStatus(descriptor: STDIN_FILENO)?.kind == .characterDevice }
}
