// What all programs of the house have in common: their version, their exit codes, and where their log goes.

public import Logging
public import StationCore

/// The version of station, guard and pool.
public let programVersion = "0.1.0"

/// The exit codes of `docs/commands.md`.
public enum ExitCode {
    /// A negative finding: something was checked and is not right.
    public static let finding: Int32 = 1
    /// The command was used wrongly, or its configuration is.
    public static let usage: Int32 = 2
    /// Something failed that should work.
    public static let fault: Int32 = 70
}

/// Sends the log to standard error, from a level on.
public func startLogging(level: Logger.Level) {
    LoggingSystem.bootstrap { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = level
        return handler
    }
}

/// A moment that is past wherever this version runs: its release, 2026-11-01T00:00:00Z.
public let programReleased = WallTime(milliseconds: 1_793_491_200_000)
