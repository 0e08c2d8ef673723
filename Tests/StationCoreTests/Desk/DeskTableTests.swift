// Every stage of the desk with everything that can happen to it.

import Testing

@testable import StationCore

@Suite("The desk, every stage with every event")
struct DeskTableTests {
    @Test("the table says something about every stage and every event, once")
    func complete() {
        #expect(DeskTable.expected.mistakes.isEmpty)
        #expect(DeskTable.expected.missing.isEmpty)
    }

    @Test("a table with a hole, a doubled line or a strange word is found out")
    func incomplete() {
        let table = DeskTable("ready\n    scanned: → idle\n    scanned: → idle\n    sneezed: → idle\nasleep\n")
        #expect(table.mistakes.count == 3)
        #expect(table.missing.count == Stage.allCases.count * EventName.allCases.count - 1)
    }

    @Test("each event leads to what the table says", arguments: Stage.allCases)
    func outcomes(_ stage: Stage) {
        for name in EventName.allCases {
            #expect(name.outcome(in: stage) == DeskTable.expected.outcomes[stage]?[name], "\(stage) × \(name)")
        }
    }

    @Test("each stage and each event is the one its name says")
    func samples() {
        for stage in Stage.allCases {
            let phase = stage.bench.desk.openings[stage.locker.id]?.phase.name
            switch stage {
            case .queued, .requested, .released, .ajar, .reminded: #expect(phase == stage.rawValue)
            case .pulsing, .pulsingUnsensed: #expect(phase == "pulsing")
            case .returning: #expect(phase == "ajar")
            case .unguarded, .ready, .serving, .leftOpen, .faulty, .holding: #expect(phase == nil)
            }
        }
        for name in EventName.allCases {
            let event = name.event(.of("4"), 1, at: MonotonicInstant(nanoseconds: 0))
            #expect(EventName(event, isDue: name == .tickDue) == name)
        }
    }

    @Test("nothing is over a nanosecond before its deadline, and something is at it", arguments: Stage.allCases)
    func deadlines(_ stage: Stage) {
        var bench = stage.bench
        guard let due = bench.desk.nextDeadline else { return }
        let before = bench.desk
        bench.now = MonotonicInstant(nanoseconds: due.nanoseconds - 1)
        #expect(bench.take(.tick).isEmpty && bench.desk == before)
        bench.now = due
        bench.take(.tick)
        #expect(bench.desk != before)
        #expect(bench.desk.nextDeadline != due, "a deadline that stays due would be a loop without an end")
    }
}
