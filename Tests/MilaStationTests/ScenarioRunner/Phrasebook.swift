// All that a scenario can say. A new kind of step is one line here, a case of ``Action``, and what the stages make of it.

import StationCore

/// A step that can be written, with what it means.
struct StepForm: Sendable {
    let phrase: Phrase
    let action: @Sendable (Gaps) throws -> Action

    init(_ phrase: String, _ action: @escaping @Sendable (Gaps) throws -> Action) {
        (self.phrase, self.action) = (Phrase(phrase), action)
    }

    /// All steps; where two fit, the first one counts.
    static let all: [StepForm] = people + time + doors + guardian + house

    private static let people = [
        StepForm("{who} scans {what} at once") { .scan(try $0.code("what", by: "who"), atOnce: true) },
        StepForm("{who} enters {what}") { .scan(try $0.entered("what", by: "who"), atOnce: false) },
        StepForm("{who} scans {what}") { .scan(try $0.code("what", by: "who"), atOnce: false) },
        StepForm("the scanner sends {count} times {text}") { gaps in
            guard let count = Int(gaps.text("count")), (1...100_000).contains(count) else {
                throw ScenarioMistake("'\(gaps.text("count"))' is no count", "Write a number from 1 to 100000.")
            }
            return .send(Array(String(repeating: try Gaps.literal(gaps.text("text")), count: count).utf8))
        },
        StepForm("the scanner sends {text}") { .send(Array(try Gaps.literal($0.text("text")).utf8)) },
        StepForm("the scanner is gone") { _ in .inputEnds },
    ]

    private static let time = [
        StepForm("{duration} pass") { .pass(try $0.duration("duration")) },
        StepForm("time passes until {time}") { .passUntil(try $0.time("time")) },
        StepForm("the clock says {time}") { .clockSays(try $0.time("time")) },
        StepForm("the pool says that it is {time}") { .poolSaysTime(try $0.time("time")) },
        StepForm("the clock is sure") { _ in .clock(isSure: true) },
        StepForm("the clock is unsure") { _ in .clock(isSure: false) },
    ]

    private static let doors = [
        StepForm("door {locker} opens") { .door(try $0.locker("locker"), .opens) },
        StepForm("door {locker} falls shut") { .door(try $0.locker("locker"), .shuts) },
        StepForm("door {locker} does not open") { .door(try $0.locker("locker"), .doesNotOpen) },
        StepForm("locker {locker} fails") { .lines(try $0.locker("locker"), works: false) },
        StepForm("locker {locker} works again") { .lines(try $0.locker("locker"), works: true) },
        StepForm("the sensor of door {locker} flutters") { .sensor(try $0.locker("locker"), isSteady: false) },
        StepForm("the sensor of door {locker} is quiet again") { .sensor(try $0.locker("locker"), isSteady: true) },
        StepForm("the emergency stop {name} is pressed") { .emergencyStop($0.text("name"), isPressed: true) },
        StepForm("the emergency stop {name} is released") { .emergencyStop($0.text("name"), isPressed: false) },
        StepForm("locker {locker} is found empty") { .look(try $0.locker("locker"), .empty) },
        StepForm("locker {locker} is found holding something") { .look(try $0.locker("locker"), .holds) },
        StepForm("locker {locker} is found in doubt") { .look(try $0.locker("locker"), .unverified) },
    ]

    private static let guardian = [
        StepForm("the guard joins") { _ in .guardian(.joins) },
        StepForm("the guard is lost") { _ in .guardian(.isLost) },
        StepForm("the guard waits to be told") { _ in .guardian(.answers(byItself: false)) },
        StepForm("the guard answers by itself") { _ in .guardian(.answers(byItself: true)) },
        StepForm("the guard accepts locker {locker}") { .guardian(.accepts(try $0.locker("locker"))) },
        StepForm("the guard refuses locker {locker} for now") {
            .guardian(.refuses(try $0.locker("locker"), .later))
        },
        StepForm("the guard refuses locker {locker} for good") {
            .guardian(.refuses(try $0.locker("locker"), .never))
        },
        StepForm("the coil of locker {locker} goes off") {
            .guardian(.releases(try $0.locker("locker"), .complete))
        },
        StepForm("the coil of locker {locker} is cut short") {
            .guardian(.releases(try $0.locker("locker"), .cutShort))
        },
    ]

    private static let house = [
        StepForm("the register says: {change}") { gaps in
            var house = gaps.house
            try house.changeRegister(gaps.text("change"))
            return .registerSays(house)
        },
        StepForm("the pool takes back {pass}") { gaps in
            var house = gaps.house
            house.revokedPasses.append(try ScenarioPass.nonce(gaps.text("pass"), by: "", gaps))
            return .registerSays(house)
        },
        StepForm("the register can not be read") { _ in .register(isReadable: false) },
        StepForm("the register can be read again") { _ in .register(isReadable: true) },
        StepForm("the pool is out of reach") { _ in .pool(isInReach: false) },
        StepForm("the pool is in reach again") { _ in .pool(isInReach: true) },
        StepForm("the disk is full") { _ in .disk(.full) },
        StepForm("the disk fails") { _ in .disk(.failing) },
        StepForm("the disk is fine again") { _ in .disk(.fine) },
        StepForm("the journal is ruined") { _ in .journalIsRuined },
        StepForm("power cut") { _ in .power(.blinks) },
        StepForm("the power goes") { _ in .power(.goes) },
        StepForm("the power comes back") { _ in .power(.comes) },
        StepForm("the station stops") { _ in .power(.stops) },
        StepForm("the station starts") { _ in .power(.starts) },
    ]
}

/// An expectation that can be written.
struct ExpectationForm: Sendable {
    let phrase: Phrase
    let kind: @Sendable (Gaps) throws -> Expectation.Kind

    init(_ phrase: String, _ kind: @escaping @Sendable (Gaps) throws -> Expectation.Kind) {
        (self.phrase, self.kind) = (Phrase(phrase), kind)
    }

    static let all = [
        ExpectationForm("nothing") { _ in .nothing },
        ExpectationForm("screen: {deed}") { .deed(try expected(.screen, $0)) },
        ExpectationForm("journal: {deed}") { .deed(try expected(.journal, $0)) },
        ExpectationForm("opens {locker}") {
            .deed(ExpectedDeed(channel: .opens, name: try $0.locker("locker").text))
        },
        ExpectationForm("locks {locker}") {
            .deed(ExpectedDeed(channel: .locks, name: try $0.locker("locker").text))
        },
        ExpectationForm("the station ends") { _ in .deed(ExpectedDeed(channel: .ends, name: "the station")) },
        ExpectationForm("lamp {place}: {signal}") { gaps in
            let signals = Dictionary(uniqueKeysWithValues: Signal.allCases.map { ($0.name, $0) })
            guard let signal = signals[gaps.text("signal")] else {
                throw ScenarioMistake("no lamp shows '\(gaps.text("signal"))'", Gaps.choose(signals.keys))
            }
            return .lamp(gaps.text("place") == "station" ? .station : .locker(try gaps.locker("place")), signal)
        },
        ExpectationForm("content of locker {locker}: {content}") { gaps in
            guard let content = Content(rawValue: gaps.text("content")) else {
                throw ScenarioMistake(
                    "'\(gaps.text("content"))' is no content", Gaps.choose(Content.allCases.map(\.rawValue)))
            }
            return .content(try gaps.locker("locker"), content)
        },
        ExpectationForm("typing is hidden") { _ in .typing(isHidden: true) },
        ExpectationForm("typing is shown") { _ in .typing(isHidden: false) },
        ExpectationForm("{who} has {items}") { gaps in
            let items = gaps.text("items").split(separator: ", ")
            return .loans(
                try gaps.borrower("who"), items == ["nothing"] ? [] : try items.map { try gaps.item(String($0)) })
        },
    ]

    /// `taken, item drill, due 2026-12-04 18:00, says "…"`; a sentence alone will do.
    private static func expected(_ channel: Deed.Channel, _ gaps: Gaps) throws -> ExpectedDeed {
        var pieces = Phrase.split(gaps.text("deed"), at: ",").map { $0.drop { $0 == " " } }
        if let sentence = pieces.first, sentence.hasPrefix("\"") {
            return ExpectedDeed(channel: channel, name: nil, sentence: try Gaps.literal(String(sentence)))
        }
        let name = String(pieces.removeFirst())
        let known = channel == .journal ? EntryKind.allCases.map(\.rawValue) : MessageID.allCases.map(\.key)
        guard known.contains(name) else {
            throw ScenarioMistake("there is no '\(name)' for the \(channel.rawValue)", Gaps.choose(near(name, known)))
        }
        var deed = ExpectedDeed(channel: channel, name: name)
        for piece in pieces {
            guard let space = piece.firstIndex(of: " ") else {
                throw ScenarioMistake("'\(piece)' has no value", "Write, for instance: item drill")
            }
            let (detail, value) = (String(piece[..<space]), String(piece[piece.index(after: space)...]))
            if detail == "says" {
                deed.sentence = try Gaps.literal(value)
            } else {
                let time = LocalTime(gaps.house.zone).instant(value)
                deed.details.append((detail, time.map { .time($0, written: value) } ?? .text(value)))
            }
        }
        return deed
    }

    /// The known words that begin as one does, or all of them.
    private static func near(_ word: String, _ known: [String]) -> [String] {
        let near = known.filter { $0.hasPrefix(word.prefix(4)) }
        return near.isEmpty ? known : near
    }
}

extension Signal {
    /// What scenarios call it: `shut-this-door`.
    var name: String {
        rawValue.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
    }
}
