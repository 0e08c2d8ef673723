// What the tests of the real process stand on: files, and waiting for events with a deadline.

import Glibc

@testable import LockGuard

/// What went wrong on the workbench itself, not in what it tests.
struct WorkbenchError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = "\(description) (errno \(errno))" }
}

/// How long a test waits for something that is sure to come: long enough for a machine that is busy with other things.
let patience: UInt64 = 30_000_000_000

/// The bytes of a file; `nil` where there is none.
func contents(_ path: String) -> [UInt8]? {
    guard let file = try? Descriptor(open(path, O_RDONLY | O_CLOEXEC), "reading") else { return nil }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = read(file.number, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
    return bytes
}

/// Writes a file in place, as `echo 0 > FILE` does.
func write(_ text: String, to path: String) throws {
    let file = try Descriptor(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666), "writing \(path)")
    let bytes = Array(text.utf8)
    guard Glibc.write(file.number, bytes, bytes.count) == bytes.count else { throw WorkbenchError("writing \(path)") }
}

/// Whether a descriptor becomes readable (or its other end closes) before the deadline.
func isReadable(_ descriptor: Int32, by deadline: UInt64) -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // Rounded up, so that the deadline is over when the call comes back with nothing.
    let left = (deadline.clampedSubtracting(bootTime()) + 999_999) / 1_000_000
    return Glibc.poll(&poll, 1, Int32(clamping: left)) > 0
}

/// Waits until `look` finds something in a file, woken by every write to it; `nil` when the deadline passed first.
func waitForFile<Found>(_ path: String, within time: UInt64 = patience, _ look: ([UInt8]) -> Found?) throws -> Found? {
    let deadline = bootTime() + time
    let changes = try Descriptor(inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)), "watching \(path)")
    guard inotify_add_watch(changes.number, path, UInt32(IN_MODIFY)) >= 0 else {
        throw WorkbenchError("watching \(path)")
    }
    while true {
        if let found = look(contents(path) ?? []) { return found }
        guard isReadable(changes.number, by: deadline) else { return nil }
        var events = [UInt8](repeating: 0, count: 4096)
        _ = read(changes.number, &events, events.count)
    }
}
