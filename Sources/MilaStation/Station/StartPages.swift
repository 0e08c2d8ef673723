// Lets go of the memory that only the start needed. Reading texts and configuration, opening databases and setting TLS up
// runs through most of the program once, and its pages stay mapped though nobody needs them again.

internal import Foundation
internal import Glibc
internal import ServiceLifecycle

/// The service that lets go of the program's own pages once the start is over.
struct StartPages: Service {
    /// How long a start takes at most, with the guard's answer and the first words with the pool.
    static let patience: Duration = .seconds(5)

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.patience) }
        } catch is CancellationError {
            return
        }
        Self.letGo()
        try await gracefulShutdown()
    }

    /// Lets go of all pages of code, of this program and its libraries. What runs again is mapped again, out of the kernel's
    /// cache of the file.
    static func letGo() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, let start = UnsafeMutableRawPointer(bitPattern: bounds[0]) else { continue }
            // Unsafe were it done to pages that can be written: their content would be the file's again. Code is only read.
            madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
