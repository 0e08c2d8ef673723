// The terminal of a person who types: what is typed stands on the last line behind a prompt, messages come above it.
// The terminal itself is in raw mode, so this program echoes.

internal import Foundation

/// Puts messages and typing onto one output without mixing them up.
final class Console: @unchecked Sendable {
    // `typed` is touched under `lock` only; that is what makes this class sendable.

    private static let prompt = "› "
    private static let clearLine = "\r\u{1b}[K"

    private let writer: OutputWriter
    private let isTyped: Bool
    private let lock = NSLock()
    private var typed = ""
    private var isSecret = false
    private var isPrompting = false
    private var isLeft = false

    /// A console on a writer; `isTyped` where a person types at a terminal and wants to see it.
    init(writer: OutputWriter, isTyped: Bool) {
        self.writer = writer
        self.isTyped = isTyped
    }

    /// Shows lines of text above what is being typed.
    func show(_ text: String) {
        guard isTyped else { return writer.write(text) }
        lock.withLock { writer.write((isPrompting ? Self.clearLine : "") + text + line()) }
    }

    /// Whether what is typed from now on is a PIN, of which only dots are shown.
    func hide(_ isSecret: Bool) {
        lock.withLock { self.isSecret = isSecret }
    }

    /// A printable character was typed.
    func type(_ byte: UInt8) {
        guard isTyped, (0x20...0x7e).contains(byte) else { return }
        lock.withLock {
            let shown = isSecret ? "•" : String(Character(Unicode.Scalar(byte)))
            typed += shown
            writer.write(shown)
        }
    }

    /// The last character was taken back.
    func erase() {
        guard isTyped else { return }
        lock.withLock {
            guard !typed.isEmpty else { return }
            typed.removeLast()
            writer.write(Self.clearLine + line())
        }
    }

    /// The line was entered.
    func enter() {
        guard isTyped else { return }
        lock.withLock {
            typed = ""
            writer.write("\n" + line())
        }
    }

    /// Nothing more will be typed: the prompt goes away.
    func leave() {
        guard isTyped else { return }
        lock.withLock {
            if isPrompting { writer.write(Self.clearLine) }
            isPrompting = false
            isLeft = true
        }
    }

    private func line() -> String {
        guard !isLeft else { return "" }
        isPrompting = true
        return Self.prompt + typed
    }
}
