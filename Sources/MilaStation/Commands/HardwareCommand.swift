// `mila-station hardware test`: every locker, with the person who stands before it.

internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import Groundwork
internal import GuardProtocol
internal import StationCore

struct HardwareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hardware", abstract: "Try the hardware of the running station.", subcommands: [Test.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Walk through every locker: open it, shut it, say what you see.",
            discussion: """
                The running station opens the doors, so each opening is in its journal, ordered by you for a hardware \
                test. 'check --hardware' looks at the lines first, without moving anything. Exit code 1 where something is \
                wrong or was left out.
                """)

        @OptionGroup var station: RunningStation
        @Option(help: ArgumentHelp("Only this locker; may be given again.", valueName: "id"))
        var locker: [String] = []

        func run() async throws {
            let (configuration, client) = try station.connect()
            let all = configuration.lines.lockers.compactMap { LockerID($0.name) }
            let chosen = try locker.isEmpty ? all : locker.map(known(in: all))
            let test = HardwareTest(
                client: client, admin: try station.adminID(), table: configuration.lines, people: Terminal())
            show(
                "\(chosen.count == 1 ? "1 locker" : "\(chosen.count) lockers"). Stand there; people may go on borrowing meanwhile."
            )
            let trials = try await test.run(chosen)
            print("")
            for trial in trials { report(trial) }
            let (wrong, skipped) = (trials.count { !$0.findings.isEmpty }, trials.count(where: \.isSkipped))
            print("\(trials.count(where: \.isFine)) fine, \(wrong) wrong, \(skipped) not tested.")
            try await remind(of: client)
            guard wrong + skipped == 0 else { throw ArgumentParser.ExitCode(Groundwork.ExitCode.finding) }
        }

        private func known(in all: [LockerID]) -> (String) throws -> LockerID {
            { text in
                guard let id = LockerID(text), all.contains(id) else {
                    throw ValidationError("This station has no locker '\(LogText.safe(text))'.")
                }
                return id
            }
        }

        private func report(_ trial: LockerTrial) {
            let word = trial.isSkipped ? "not tested" : trial.findings.isEmpty ? "fine" : "wrong"
            print("locker \(trial.locker): \(word)\(trial.course.isEmpty ? "" : ": \(trial.course)")")
            for finding in trial.findings { print("    \(finding.sentence)") }
        }

        /// Doors that opened by surprise leave their lockers in doubt (rule S7); nobody lends from them until somebody looked.
        private func remind(of client: ControlClient) async throws {
            let status = try JSON(parsing: try await client.get("v1/status"))
            let doubted = (status["unverified"]?.array ?? []).compactMap(\.string)
            guard !doubted.isEmpty else { return }
            print(
                "What is in \(doubted.joined(separator: ", ")) is in doubt: 'mila-station locker ID empty' or 'holds'.")
        }
    }

    /// The person at the keyboard, or lines from a pipe.
    private struct Terminal: Questioner {
        func say(_ line: String) { show(line) }

        func ask(_ question: String) -> String? {
            show(question, terminator: "")
            guard let line = readLine() else { return nil }
            if isatty(STDIN_FILENO) == 0 { print("") }
            return line.trimmingCharacters(in: .whitespaces).lowercased()
        }
    }
}
