// What a test sets up beside the programs: folders of its own, and why that could fail.

internal import Foundation
internal import Glibc

/// Why a test could not set up what it needs.
package struct BenchError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A folder that goes, with all in it, when the test does.
package final class Folder: Sendable {
    /// Where it is.
    package let path: String

    /// Makes an empty folder; in memory where it is to be quick and nothing in it has to outlast the machine.
    ///
    /// Throws: ``BenchError`` where the system has no room for one.
    package init(inMemory: Bool = false) throws {
        let place = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(place)/mila-station-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw BenchError("no folder: errno \(errno)") }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and gives its path.
    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// What a file holds as text; nothing where there is no such file.
package func fileText(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}
