// Writes to standard output from a thread of its own. The queue is bounded: a reader that does not read costs the
// station a moment's waiting and then its lines, never its memory.

internal import Foundation
internal import Glibc

/// A bounded queue of text on its way to a file descriptor.
final class OutputWriter: @unchecked Sendable {
    // All that changes is touched under `changed`'s lock only; that is what makes this class sendable.

    /// The most lines that wait.
    static let maximumPending = 1024
    /// How long the station waits for a reader that does not read.
    private static let patience: TimeInterval = 1

    private let descriptor: Int32
    private let changed = NSCondition()
    private var pending: [String] = []
    private var isWriting = false
    private var isClosed = false
    private var droppedCount = 0

    /// A writer to a descriptor, with its thread.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        Thread(block: { [self] in run() }).start(named: "screen")
    }

    /// Queues text; waits up to a second where the queue is full, then drops the text.
    func write(_ text: String) {
        changed.lock()
        defer { changed.unlock() }
        let limit = Date(timeIntervalSinceNow: Self.patience)
        while pending.count >= Self.maximumPending, !isClosed {
            guard changed.wait(until: limit) else { break }
        }
        guard pending.count < Self.maximumPending, !isClosed else {
            droppedCount += 1
            return
        }
        pending.append(text)
        changed.broadcast()
    }

    /// Waits until all that was queued is written, at most so many seconds.
    func drain(seconds: TimeInterval = 2) {
        changed.lock()
        defer { changed.unlock() }
        let limit = Date(timeIntervalSinceNow: seconds)
        while isWriting || !pending.isEmpty, !isClosed {
            guard changed.wait(until: limit) else { return }
        }
    }

    /// How many texts nobody read in time.
    var dropped: Int {
        changed.lock()
        defer { changed.unlock() }
        return droppedCount
    }

    private func run() {
        changed.lock()
        while !isClosed {
            while pending.isEmpty { changed.wait() }
            let text = pending.joined()
            pending = []
            isWriting = true
            changed.broadcast()
            changed.unlock()
            let isWritten = writeAll(text)
            changed.lock()
            isWriting = false
            isClosed = !isWritten
            changed.broadcast()
        }
        changed.unlock()
    }

    /// Whether all was written; a closed pipe ends the writing for good.
    private func writeAll(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, 1000)
            } else if count < 0, errno != EINTR {
                return false
            }
        }
        return true
    }
}

extension Thread {
    /// Starts the thread under a name that `ps -L` shows.
    func start(named name: String) {
        self.name = name
        stackSize = 512 * 1024
        start()
    }
}
