// What the lock guard says of the lines of a configuration, in words for the person with the screwdriver.

internal import Foundation
internal import Groundwork
internal import GuardProtocol

/// The lines of a station, looked at without moving any.
struct HardwareCheck {
    /// A line of text for each GPIO line.
    private(set) var lines: [String] = []
    /// Those that say that something is wrong.
    private(set) var problems: [String] = []

    /// Asks the guard's program for every line in the table.
    ///
    /// Throws: ``HardwareTrouble`` where it has no answer.
    init(_ configuration: StationConfiguration, simulatedFolder: String?) throws {
        var arguments = ["--lines", configuration.lineTableFile, "--probe"]
        if let simulatedFolder { arguments += ["--simulated", simulatedFolder] }
        let (code, output) = try Companion.run("lock-guard", arguments)
        guard code == 0 || code == Groundwork.ExitCode.finding && !output.isEmpty else {
            throw HardwareTrouble(
                description: "lock-guard can't look at the lines (exit code \(code)); its own words are above")
        }
        for line in output.split(separator: "\n") {
            guard let finding = Finding(String(line)) else {
                throw HardwareTrouble(
                    description: "lock-guard said what nobody understands: \(LogText.safe(String(line)))")
            }
            lines.append(finding.sentence)
            if !finding.isFine { problems.append(finding.sentence) }
        }
    }

    /// What the guard says of one line.
    struct Finding {
        let isFine: Bool
        private let role: String
        private let name: String
        private let line: String
        private let words: String

        /// `ok|fault ROLE NAME CHIP/LINE WORDS`; `nil` where it is something else.
        init?(_ text: String) {
            let pieces = text.split(separator: " ", maxSplits: 4)
            guard pieces.count == 5, ["ok", "fault"].contains(pieces[0]) else { return nil }
            (isFine, role, name) = (pieces[0] == "ok", String(pieces[1]), String(pieces[2]))
            (line, words) = (String(pieces[3]), String(pieces[4]))
        }

        /// The finding as a person reads it, with what to do about it.
        var sentence: String {
            let sign = isFine ? (advice == nil ? "fine" : "look") : "wrong"
            return "\(sign): \(place), \(line): \(words)\(advice.map { ". \($0)" } ?? "")"
        }

        private var place: String {
            switch role {
            case "coil": "locker \(name), coil"
            case "sensor": "locker \(name), door sensor"
            case "watched": "emergency stop \(name)"
            default: "lamp of \(name), \(role.dropFirst("lamp-".count))"
            }
        }

        /// What is odd about a line that is there, or what to do about one that is not; `nil` where all is as it should be.
        private var advice: String? {
            switch (role, isFine) {
            case ("sensor", true) where words.hasSuffix(", inactive"):
                "The door stands open; if it is shut, swap 'active: high' and 'active: low'."
            case ("watched", true) where words.hasSuffix(", active"):
                "The stop is pressed; if it is not, swap 'active: high' and 'active: low'."
            case (_, true): nil
            case (_, false) where words.hasPrefix("held by"): "Stop that program, or give this line another one."
            case (_, false) where words.hasPrefix("finding"):
                "Compare chip and line with what 'gpioinfo' shows; names differ between boards and kernels."
            case (_, false):
                "Look at the wiring, and at who may open the chip: the guard's user is in the group 'gpio'."
            }
        }
    }
}

/// Why the hardware could not be looked at.
struct HardwareTrouble: Error, CustomStringConvertible {
    var description: String
}
