// Something that happens once in a program's life and that others wait for.

internal import NIOConcurrencyHelpers

/// Happens once; whoever waits for it goes on.
final class Milestone: Sendable {
    private let state = NIOLockedValueBox<
        (isReached: Bool, waiting: [UInt64: CheckedContinuation<Void, Never>], next: UInt64)
    >(
        (false, [:], 0))

    /// It has happened. Further calls change nothing.
    func reach() {
        let waiting = state.withLockedValue { state in
            state.isReached = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Waits until it has happened, the task is cancelled, or so much time has passed; whether it has happened.
    func reached(atMost patience: Duration) async -> Bool {
        await withTaskGroup { group in
            group.addTask { await self.reached() }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return state.withLockedValue(\.isReached)
    }

    /// Waits until it has happened or the task is cancelled.
    func reached() async {
        let number = state.withLockedValue { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLockedValue { state in
                    // A task that was cancelled before it came here finds nobody to let it go later.
                    if state.isReached || Task.isCancelled { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLockedValue { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}
