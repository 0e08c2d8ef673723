// Waiting for what a test has caused: for the event itself, with an end for the case that it never comes.

package import Foundation
internal import Glibc

/// How long a test waits for what must come, on a machine that others share, in seconds.
package let patience: TimeInterval = 90

/// Whether the programs run under a sanitizer, as `scripts/sanitize` has them: their memory says nothing then.
package let isSanitized = getenv("TSAN_OPTIONS") != nil || getenv("ASAN_OPTIONS") != nil

/// Waits until something is true.
///
/// Throws: ``BenchError`` after ``patience``.
package func eventually(_ what: String, _ isTrue: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(patience)
    while try !isTrue() {
        guard Date() < deadline else { throw BenchError("it never happened: \(what)") }
        usleep(2000)
    }
}

/// Waits as ``eventually(_:_:)`` does, and lets other tasks go on meanwhile: two tests that hold a thread each would
/// leave none for what they wait for.
package func soon(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    let deadline = Date().addingTimeInterval(patience)
    while try await !isTrue() {
        guard Date() < deadline else { throw BenchError("it never happened: \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
