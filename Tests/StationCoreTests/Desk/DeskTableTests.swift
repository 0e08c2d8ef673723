// Every stage of the desk with everything that can happen to it, and every subject of a scan with and without a session.

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
            case .unguarded, .ready, .serving, .leftOpen, .faulty: #expect(phase == nil)
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

/// What a scan can mean, each with a name.
private enum SubjectName: String, CaseIterable {
    case nothing, ownCard, otherCard, blockedCard, expiredCard, item, emptyLocker, lockerOfOne, lockerOfTwo
    case staffBadge, finish, cancel, loans, help, language, unknown, mistyped, unreadable, wrongLayout,
        undecidable

    /// The name of a subject; no `default`, so that a new kind of subject must get one.
    init(_ subject: Subject) {
        switch subject {
        case .nothing: self = .nothing
        case .borrower(let facts):
            switch facts.borrower.id {
            case SampleHouse.first.id: self = .ownCard
            case SampleHouse.blocked.id: self = .blockedCard
            case SampleHouse.expired.id: self = .expiredCard
            default: self = .otherCard
            }
        case .item: self = .item
        case .locker(_, let items):
            self = items.isEmpty ? .emptyLocker : items.count == 1 ? .lockerOfOne : .lockerOfTwo
        case .staffBadge: self = .staffBadge
        case .command(.finish): self = .finish
        case .command(.cancel): self = .cancel
        case .command(.loans): self = .loans
        case .command(.help): self = .help
        case .language: self = .language
        case .unknown: self = .unknown
        case .mistyped: self = .mistyped
        case .unreadable: self = .unreadable
        case .wrongLayout: self = .wrongLayout
        case .undecidable: self = .undecidable
        }
    }

    var subject: Subject {
        let books = PlainBooks()
        return switch self {
        case .nothing: .nothing
        case .ownCard: .borrower(books.facts(of: SampleHouse.first))
        case .otherCard: .borrower(books.facts(of: SampleHouse.second))
        case .blockedCard: .borrower(books.facts(of: SampleHouse.blocked))
        case .expiredCard: .borrower(books.facts(of: SampleHouse.expired))
        case .item: .item(books.facts(of: SampleHouse.drill))
        case .emptyLocker: books.facts(of: SampleHouse.locker7)
        case .lockerOfOne: books.facts(of: SampleHouse.locker4)
        case .lockerOfTwo: books.facts(of: SampleHouse.locker5)
        case .staffBadge: .staffBadge
        case .finish: .command(.finish)
        case .cancel: .command(.cancel)
        case .loans: .command(.loans)
        case .help: .command(.help)
        case .language: .language(.english)
        case .unknown: .unknown
        case .mistyped: .mistyped
        case .unreadable: .unreadable
        case .wrongLayout: .wrongLayout
        case .undecidable: .undecidable
        }
    }

    /// What comes of the scan without a session, and while the first borrower is served.
    var outcomes: (idle: String, serving: String) {
        switch self {
        case .nothing: ("→ idle", "→ serving")
        case .ownCard: ("‘session-began’ → serving", "‘session-continues’ → serving")
        case .otherCard: ("‘session-began’ → serving", "‘session-ended’ ‘session-began’ → serving")
        case .blockedCard:
            ("refused ‘refused-borrower-blocked’ → idle", "‘session-ended’ refused ‘refused-borrower-blocked’ → idle")
        case .expiredCard:
            ("refused ‘refused-borrower-expired’ → idle", "‘session-ended’ refused ‘refused-borrower-expired’ → idle")
        case .item, .lockerOfOne: ("‘item-available’ → idle", "checkout-begun OPEN 4 → serving requested-4")
        case .emptyLocker: ("‘locker-has-nothing’ → idle", "‘locker-has-nothing’ → serving")
        case .lockerOfTwo: refused("which-item")
        case .staffBadge: refused("staff-unavailable")
        case .finish, .cancel: ("→ idle", "‘session-ended’ → idle")
        case .loans: ("refused ‘refused-no-session’ → idle", "‘you-have-nothing’ → serving")
        case .help: ("‘help’ → idle", "‘help’ → serving")
        case .language: ("‘language-chosen’ → idle", "‘language-chosen’ → serving")
        case .unknown: refused("unknown-code")
        case .mistyped: refused("mistyped-code")
        case .unreadable: refused("unreadable-code")
        case .wrongLayout: refused("wrong-keyboard-layout")
        case .undecidable: refused("undecidable")
        }
    }

    private func refused(_ reason: String) -> (idle: String, serving: String) {
        ("refused ‘refused-\(reason)’ → idle", "refused ‘refused-\(reason)’ → serving")
    }
}

@Suite("The desk, every subject of a scan")
struct SubjectTableTests {
    @Test("each scan leads to what the table says, with and without a session", arguments: SubjectName.allCases)
    fileprivate func outcomes(_ name: SubjectName) {
        #expect(SubjectName(name.subject) == name)
        var bench = DeskBench()
        let idle = bench.scan(name.subject)
        #expect("\(idle.summary) → \(bench.desk.summary)".trimmed == name.outcomes.idle)
        bench = DeskBench()
        bench.scan(SampleHouse.first)
        let serving = bench.scan(name.subject)
        #expect("\(serving.summary) → \(bench.desk.summary)".trimmed == name.outcomes.serving)
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
