// The Python environment that `scripts/test-tools` installs for the tests, and the scripts of theirs that run in it.

package import Foundation
internal import Glibc

/// Programs of others that only the tests use.
package enum TestTools {
    /// The folder of this package.
    package static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a program of the environment.
    package static func path(of program: String) -> String {
        package.appendingPathComponent(".build/test-tools/bin/\(program)").path
    }

    /// Whether they are installed: `make test` does it.
    package static var areThere: Bool { access(path(of: "python3"), X_OK) == 0 }

    /// Runs a script of the folder `Tests`.
    package static func run(_ script: String, _ arguments: [String]) throws -> TestProcess.End {
        try TestProcess.run(
            path(of: "python3"), ["-B", package.appendingPathComponent("Tests/\(script)").path] + arguments)
    }
}
