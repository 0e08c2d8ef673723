// Compares what a station did with what a scenario expects: all that it said, in this order; all doors it opened; all it
// wrote. What nobody expects is a finding as well as what is missing.

import StationCore

/// Something that is not as a scenario says.
struct Finding: Equatable, Sendable, CustomStringConvertible {
    let file: String
    let line: Int
    let message: String
    var description: String { "\(file):\(line): \(message)" }
}

struct Judge {
    let scenario: Scenario
    private var local: LocalTime { LocalTime(scenario.house.zone) }

    init(_ scenario: Scenario) { self.scenario = scenario }

    func finding(_ line: Int, _ message: String) -> Finding {
        Finding(file: scenario.file.name, line: line, message: message)
    }

    /// What of a channel is not as expected; `step` names what was done, and has the line for what nobody expects.
    func compare(
        _ channel: Deed.Channel, _ happened: [Deed], with expected: [(line: Int, deed: ExpectedDeed)],
        after step: (line: Int, text: String)
    ) -> Finding? {
        let happened = happened.filter { $0.channel == channel }
        for (index, (line, deed)) in expected.enumerated() {
            guard index < happened.count else {
                return finding(line, "after '\(step.text)' \(says(deed)) was expected, but nothing more came")
            }
            if let difference = difference(happened[index], deed) {
                return finding(line, "after '\(step.text)' \(says(deed)) was expected, but \(difference)")
            }
        }
        guard happened.count > expected.count else { return nil }
        let more = happened[expected.count...].map(says).joined(separator: "; ")
        return finding(step.line, "after '\(step.text)' this came too, which no line expects: \(more)")
    }

    // MARK: - Differences

    /// In what a deed is not what it should be; `nil` where it is.
    private func difference(_ deed: Deed, _ expected: ExpectedDeed) -> String? {
        var isAlike = expected.name == nil || deed.name == expected.name
        for (name, value) in expected.details where isAlike { isAlike = matches(deed.details[name], value) }
        if let sentence = expected.sentence, isAlike, !deed.sentences.contains(where: { fits($0, sentence) }) {
            return "it was: \(deed.sentences.map { "\"\($0)\"" }.joined(separator: " or "))"
        }
        return isAlike ? nil : "it was: \(says(deed))"
    }

    private func matches(_ text: String?, _ value: DetailValue) -> Bool {
        switch value {
        case .text(let expected): text == expected
        case .time(let expected, _): text.flatMap(WallTime.init(iso8601:)) == expected
        }
    }

    /// Whether a sentence is one that may have gaps, written as `…`.
    private func fits(_ sentence: String, _ pattern: String) -> Bool {
        let pieces = pattern.split(separator: "…", omittingEmptySubsequences: false)
        guard pieces.count > 1 else { return sentence == pattern }
        guard sentence.hasPrefix(pieces[0]), sentence.hasSuffix(pieces[pieces.count - 1]) else { return false }
        var rest = sentence.dropFirst(pieces[0].count)
        for piece in pieces.dropFirst() where !piece.isEmpty {
            guard let place = rest.firstRange(of: piece) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }

    // MARK: - In words

    private func says(_ expected: ExpectedDeed) -> String {
        let details = expected.details.map { name, value in
            switch value {
            case .text(let text): "\(name) \(text)"
            case .time(_, let written): "\(name) \(written)"
            }
        }
        let sentence = expected.sentence.map { expected.name == nil ? "\"\($0)\"" : "says \"\($0)\"" }
        return says(expected.channel, [expected.name].compactMap(\.self) + details + [sentence].compactMap(\.self))
    }

    private func says(_ deed: Deed) -> String {
        let details = deed.details.sorted { $0.key < $1.key }.map { name, value in
            "\(name) \(WallTime(iso8601: value).map(local.text) ?? value)"
        }
        return says(deed.channel, [deed.name] + details)
    }

    private func says(_ channel: Deed.Channel, _ words: [String]) -> String {
        switch channel {
        case .screen, .journal: "'\(channel.rawValue): \(words.joined(separator: ", "))'"
        case .locks: "'locks \(words.joined(separator: ", "))'"
        case .opens: "'opens \(words.joined(separator: ", "))'"
        case .ends: "'\(words.joined(separator: ", ")) ends'"
        }
    }
}

extension Scenario.Step {
    /// What a channel is expected to show after this step.
    func expected(_ channel: Deed.Channel) -> [(line: Int, deed: ExpectedDeed)] {
        expectations.compactMap { expectation in
            guard case .deed(let deed) = expectation.kind, deed.channel == channel else { return nil }
            return (expectation.line, deed)
        }
    }
}
