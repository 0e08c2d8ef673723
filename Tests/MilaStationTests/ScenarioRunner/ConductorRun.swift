// Plays a scenario on a ``ConductorStage``, step by step, up to the first step after which something is not as expected.

import GuardProtocol
import StationCore

@testable import MilaStation

struct ConductorRun {
    private let scenario: Scenario
    private let judge: Judge
    private let stage: ConductorStage
    /// Whether the step before said how much time passes, so that a person takes no more of it.
    private var isTimed = false

    /// What is not as a scenario says.
    static func findings(_ scenario: Scenario) -> [Finding] {
        let judge = Judge(scenario)
        do {
            var run = try ConductorRun(scenario, judge)
            return try run.play()
        } catch {
            return [judge.finding(scenario.line, "the scenario could not be played: \(error)")]
        }
    }

    private init(_ scenario: Scenario, _ judge: Judge) throws {
        (self.scenario, self.judge) = (scenario, judge)
        stage = try ConductorStage(scenario)
    }

    private mutating func play() throws -> [Finding] {
        // A scenario that tells of the first start does so itself.
        if let first = scenario.steps.first, case .power(.starts) = first.action {
        } else {
            try stage.start()
            try stage.joinGuard()
        }
        _ = stage.deeds.take()
        for step in scenario.steps {
            do { try perform(step.action) } catch let trouble as StageTrouble {
                return [judge.finding(step.line, "'\(step.text)' could not be done: \(trouble)")]
            }
            let happened = stage.deeds.take()
            var findings = Deed.Channel.allCases.compactMap {
                judge.compare($0, happened, with: step.expected($0), after: (step.line, step.text))
            }
            findings += try step.expectations.compactMap { try finding($0, after: step) }
            guard findings.isEmpty else { return findings.sorted { $0.line < $1.line } }
        }
        return try stage.journalFindings().map { judge.finding(scenario.line, "at the end \($0)") }
    }

    /// What is wrong with a state that a step should lead to.
    private func finding(_ expectation: Expectation, after step: Scenario.Step) throws -> Finding? {
        func unless(_ isRight: Bool, _ what: String) -> Finding? {
            isRight ? nil : judge.finding(expectation.line, "after '\(step.text)' \(what)")
        }
        switch expectation.kind {
        case .nothing, .deed: return nil
        case .lamp(let place, let signal):
            let shown = stage.guardian.lamps[place]
            let name = if case .locker(let locker) = place { "locker \(locker)" } else { "the station" }
            let meanings = Signal.allCases.filter { $0.lamp == shown }.map(\.name)
            return unless(
                shown == signal.lamp,
                "the lamp of \(name) should show '\(signal.name)', but shows \(meanings.first.map { "'\($0)'" } ?? "nothing")"
            )
        case .content(let locker, let content):
            let known = try stage.books().contents[locker]
            return unless(
                known == content,
                "locker \(locker) should be known as '\(content.rawValue)', but is '\(known?.rawValue ?? "untouched")'")
        case .typing(let isHidden):
            return unless(
                stage.isTypingHidden == isHidden,
                "what is typed should be \(isHidden ? "hidden" : "shown"), but is not")
        case .loans(let borrower, let items):
            let (had, listed) = try (
                stage.books().loans.filter { $0.borrower == borrower }.map(\.item.text).sorted(),
                items.map(\.text).sorted()
            )
            return unless(
                had == listed,
                "\(borrower) should have \(Self.list(listed)), but has \(Self.list(had))")
        }
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }

    // MARK: - Actions

    /// A person takes a moment for what they do, unless the scenario has just said how much time passes.
    private func takeTime(_ duration: Duration) throws {
        if !isTimed { try stage.pass(until: stage.time.now + duration) }
    }

    private mutating func perform(_ action: Action) throws {
        var saysTime = false
        switch action {
        case .scan(let text, let atOnce):
            if !atOnce { try takeTime(.seconds(3)) }
            try stage.scan(Array(text.utf8) + [0x0a])
        case .send(let bytes): try stage.scan(bytes)
        case .inputEnds: try stage.conduct { try $0.take(.inputEnded) }
        case .pass(let duration):
            saysTime = true
            try stage.pass(until: stage.time.now + duration)
        case .passUntil(let time):
            saysTime = true
            let wait = time.milliseconds - stage.time.reading.wall.milliseconds
            guard wait >= 0 else { throw StageTrouble("it is later already") }
            try stage.pass(until: stage.time.now + .milliseconds(wait))
        case .clockSays(let time): stage.time.reading.wall = time
        case .poolSaysTime(let time): try stage.take(poolTime: time)
        case .clock(let isSure): stage.time.reading.isSynchronised = isSure
        case .door(let locker, let move): try perform(move, locker)
        case .lines(let locker, let works):
            if works {
                stage.guardian.failing.remove(locker)
                if stage.guardian.isThere { try stage.conduct { try $0.take(.lockerWorks(locker)) } }
            } else {
                stage.guardian.failing.insert(locker)
                try stage.failLines(of: locker)
            }
        case .sensor(let locker, let isSteady):
            try stage.conduct { try $0.take(.sensorUnsteady(locker, !isSteady)) }
        case .emergencyStop(let name, let isPressed):
            try stage.conduct { try $0.take(.emergencyStop(name, isPressed: isPressed)) }
        case .look(let locker, let content):
            let order = AdminOrder(.found(content), locker, by: id("town-hall"), because: nil)
            try stage.conduct { _ = try $0.carryOut(order) }
        case .guardian(let move): try perform(move)
        case .registerSays(let house): try stage.replaceRegister(with: house)
        case .register(let isReadable): stage.set(registerIsReadable: isReadable)
        case .pool(let isInReach): stage.set(poolIsInReach: isInReach)
        case .disk(let state): stage.set(state)
        case .journalIsRuined: try stage.ruinJournal()
        case .power(let move): try perform(move)
        }
        isTimed = saysTime
    }

    private func perform(_ move: DoorMove, _ locker: LockerID) throws {
        let guardian = stage.guardian
        switch move {
        case .opens:
            try takeTime(.seconds(1))
            guard stage.hasSensor(locker) else { return }
            guard guardian.open.updateValue(stage.time.now, forKey: locker) == nil else {
                throw StageTrouble("the door stands open already")
            }
            if guardian.isThere { try stage.conduct { try $0.take(.doorOpened(locker, at: stage.time.now)) } }
        case .shuts:
            try takeTime(.seconds(5))
            guard stage.hasSensor(locker) else { return }
            guard guardian.open.removeValue(forKey: locker) != nil else { throw StageTrouble("the door is shut") }
            if guardian.isThere { try stage.conduct { try $0.take(.doorLatched(locker, at: stage.time.now)) } }
        case .doesNotOpen:
            // Longer than the longest pulse and the patience after it.
            try stage.pass(until: stage.time.now + .seconds(10))
        }
    }

    private func perform(_ move: GuardMove) throws {
        let guardian = stage.guardian
        func order(_ locker: LockerID) throws -> PlayedGuard.Order {
            guard let order = guardian.orders.first(where: { $0.locker == locker }) else {
                throw StageTrouble("the guard was not asked to open locker \(locker), or has answered already")
            }
            return order
        }
        switch move {
        case .joins: try stage.joinGuard()
        case .isLost:
            guardian.leave()
            try stage.conduct { try $0.take(.guardLost) }
        case .answers(let byItself):
            guardian.answersByItself = byItself
            try stage.answerOrders()
        case .accepts(let locker): try stage.accept(try order(locker))
        case .refuses(let locker, let refusal):
            let order = try order(locker)
            guardian.orders.removeAll { $0.sequence == order.sequence }
            try stage.conduct { try $0.take(.openingRefused(sequence: order.sequence, refusal)) }
        case .releases(let locker, let end):
            guard let index = guardian.coils.firstIndex(where: { $0.order.locker == locker }) else {
                throw StageTrouble("the coil of locker \(locker) is not under power")
            }
            let sequence = guardian.coils.remove(at: index).order.sequence
            try stage.conduct { try $0.take(.coilReleased(sequence: sequence, end)) }
        }
    }

    private func perform(_ move: PowerMove) throws {
        switch move {
        case .goes: try stage.cutPower()
        case .comes:
            guard !stage.isRunning else { throw StageTrouble("the station runs already") }
            try stage.start()
            try stage.joinGuard()
        case .blinks:
            try stage.cutPower()
            try stage.start()
            try stage.joinGuard()
        case .stops: try stage.stop()
        case .starts:
            guard !stage.isRunning else { throw StageTrouble("the station runs already") }
            try stage.start()
        }
    }
}
