// Every subject of a scan: with nobody there, while a borrower is served, and while staff are signed in.

import Testing

@testable import StationCore

/// What a scan can mean, each with a name.
private enum SubjectName: Hashable, CaseIterable {
    case nothing, ownCard, otherCard, blockedCard, expiredCard, item, emptyLocker, lockerOfOne, lockerOfTwo
    case staffBadge, number, rightPIN, wrongPIN, pinTooSoon, newCode
    case language, unknown, mistyped, unreadable, wrongLayout, undecidable, pass, brokenPass
    case command(Command)

    static let allCases: [SubjectName] =
        [
            .nothing, .ownCard, .otherCard, .blockedCard, .expiredCard, .item, .emptyLocker, .lockerOfOne, .lockerOfTwo,
            .staffBadge, .number, .rightPIN, .wrongPIN, .pinTooSoon, .newCode, .language, .unknown, .mistyped,
            .unreadable, .wrongLayout, .undecidable, .pass, .brokenPass,
        ] + Command.allCases.map(SubjectName.command)

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
        case .command(let command, _): self = .command(command)
        case .number: self = .number
        case .pin(.right): self = .rightPIN
        case .pin(.wrong): self = .wrongPIN
        case .pin(.tooSoon): self = .pinTooSoon
        case .newCode: self = .newCode
        case .language: self = .language
        case .unknown: self = .unknown
        case .mistyped: self = .mistyped
        case .unreadable: self = .unreadable
        case .wrongLayout: self = .wrongLayout
        case .undecidable: self = .undecidable
        case .pass: self = .pass
        case .brokenPass: self = .brokenPass
        }
    }

    var subject: Subject {
        let books = PlainBooks()
        return switch self {
        case .nothing: .nothing
        case .ownCard: .borrower(books.facts(ofCardOf: SampleHouse.first))
        case .otherCard: .borrower(books.facts(ofCardOf: SampleHouse.second))
        case .blockedCard: .borrower(books.facts(ofCardOf: SampleHouse.blocked))
        case .expiredCard: .borrower(books.facts(ofCardOf: SampleHouse.expired))
        case .item: .item(books.facts(of: SampleHouse.drill))
        case .emptyLocker: books.facts(of: SampleHouse.locker7)
        case .lockerOfOne: books.facts(of: SampleHouse.locker4)
        case .lockerOfTwo: books.facts(of: SampleHouse.locker5)
        case .staffBadge:
            .staffBadge(
                StaffFacts(
                    staff: SampleHouse.otherMember,
                    badge: CardFacts(digest: SampleHouse.digest(of: "s-2"), hasPIN: true)))
        case .number: .number(3)
        case .rightPIN: .pin(.right)
        case .wrongPIN: .pin(.wrong(failures: 1))
        case .pinTooSoon: .pin(.tooSoon)
        case .newCode: .newCode(.label("8004123"))
        case .language: .language(.english)
        case .unknown: .unknown
        case .mistyped: .mistyped
        case .unreadable: .unreadable
        case .wrongLayout: .wrongLayout
        case .undecidable: .undecidable
        case .pass: .pass(DeskBench().facts(of: .sample(.item(SampleHouse.drill.id))))
        case .brokenPass: .brokenPass
        case .command(let command): .command(command, books.reports(for: command))
        }
    }

    /// What comes of the scan with nobody there, while the first borrower is served, and while staff are.
    var outcomes: [String] {
        switch self {
        case .nothing: ["→ idle", "→ serving", "→ staffed"]
        case .ownCard:
            [
                "‘session-began’ → serving", "‘session-continues’ → serving", "‘borrower-stands’ → staffed",
            ]
        case .otherCard:
            [
                "‘session-began’ → serving", "‘session-ended’ ‘session-began’ → serving",
                "‘borrower-stands’ → staffed",
            ]
        case .blockedCard:
            [
                "refused ‘refused-borrower-blocked’ → idle",
                "‘session-ended’ refused ‘refused-borrower-blocked’ → idle", "‘borrower-stands-blocked’ → staffed",
            ]
        case .expiredCard:
            [
                "refused ‘refused-borrower-expired’ → idle",
                "‘session-ended’ refused ‘refused-borrower-expired’ → idle", "‘borrower-stands-blocked’ → staffed",
            ]
        case .item:
            [
                "‘item-available’ → idle", "checkout-begun OPEN 4 → serving requested-4", "‘item-stands’ → staffed",
            ]
        case .lockerOfOne:
            [
                "‘item-available’ → idle", "checkout-begun OPEN 4 → serving requested-4",
                "service-begun OPEN 4 → staffed requested-4",
            ]
        case .emptyLocker:
            [
                "‘locker-has-nothing’ → idle", "‘locker-has-nothing’ → serving",
                "refused ‘refused-locker-out-of-service’ → staffed",
            ]
        case .lockerOfTwo:
            [
                "refused ‘refused-which-item’ → idle", "refused ‘refused-which-item’ → serving",
                "service-begun OPEN 5 → staffed requested-5",
            ]
        case .staffBadge:
            [
                "‘enter-pin’ → idle awaits-pin", "‘session-ended’ ‘enter-pin’ → idle awaits-pin",
                "staff-signed-out ‘staff-goodbye’ ‘enter-pin’ → idle awaits-pin",
            ]
        case .number, .rightPIN, .wrongPIN, .pinTooSoon: everywhere("‘nothing-to-answer’")
        case .newCode:
            [
                "refused ‘refused-staff-only’ → idle", "refused ‘refused-staff-only’ → serving",
                "refused ‘refused-unknown-code’ → staffed",
            ]
        case .language: everywhere("‘language-chosen’")
        case .unknown: everywhere("refused ‘refused-unknown-code’")
        case .mistyped: everywhere("refused ‘refused-mistyped-code’")
        case .unreadable: everywhere("refused ‘refused-unreadable-code’")
        case .wrongLayout: everywhere("refused ‘refused-wrong-keyboard-layout’")
        case .undecidable: everywhere("refused ‘refused-undecidable’")
        case .pass:
            // Of the second borrower: the first one and staff are taken for gone.
            [
                "checkout-begun pass-accepted OPEN 4 → idle requested-4",
                "‘session-ended’ checkout-begun pass-accepted OPEN 4 → idle requested-4",
                "staff-signed-out ‘staff-goodbye’ checkout-begun pass-accepted OPEN 4 → idle requested-4",
            ]
        case .brokenPass: everywhere("refused ‘refused-pass-unreadable’")
        case .command(let command): outcomes(of: command)
        }
    }

    private func outcomes(of command: Command) -> [String] {
        switch command {
        case .finish, .cancel: ["→ idle", "‘session-ended’ → idle", "staff-signed-out ‘staff-goodbye’ → idle"]
        case .loans: borrowers("‘you-have-nothing’ → serving")
        case .renew: borrowers("‘you-have-nothing’ → serving")
        case .help: everywhere("‘help’")
        case .yes, .no: everywhere("‘nothing-to-answer’")
        case .giveBack:
            ["‘scan-to-return’ → idle", "‘scan-to-return’ → serving", "refused ‘refused-no-session’ → staffed"]
        case .takeAnother: borrowers("‘scan-to-take-another’ → serving")
        case .damaged, .incomplete: borrowers("‘scan-what-is-damaged’ → serving")
        case .openAll:
            staffs(
                "service-begun service-begun service-begun service-begun OPEN 4 → staffed requested-4 queued-5 queued-6 "
                    + "queued-8")
        case .suspend, .resume, .markEmpty, .markHolding: staffs("‘scan-locker’ → staffed")
        case .markSound, .place: staffs("‘scan-item’ → staffed")
        case .stock: staffs("‘stock-began’ → staffed")
        case .overdue: staffs("‘nothing-overdue’ → staffed")
        case .confirmReturns: staffs("‘nothing-reported’ → staffed")
        case .alarms: staffs("‘nothing-alarming’ → staffed")
        case .replaceCard: staffs("‘who-needs-card’ → staffed")
        case .newBorrower: staffs("‘scan-new-card’ → staffed")
        case .newItem: staffs("‘scan-new-label’ → staffed")
        case .digit0, .digit1, .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9:
            everywhere("‘nothing-to-answer’")
        }
    }

    private func everywhere(_ effects: String) -> [String] {
        ["idle", "serving", "staffed"].map { "\(effects) → \($0)" }
    }

    private func borrowers(_ outcome: String) -> [String] {
        ["refused ‘refused-no-session’ → idle", outcome, "refused ‘refused-no-session’ → staffed"]
    }

    private func staffs(_ outcome: String) -> [String] {
        ["refused ‘refused-staff-only’ → idle", "refused ‘refused-staff-only’ → serving", outcome]
    }
}

@Suite("The desk, every subject of a scan")
struct SubjectTableTests {
    @Test("each scan leads to what the table says, whoever is there", arguments: SubjectName.allCases)
    fileprivate func outcomes(_ name: SubjectName) {
        #expect(SubjectName(name.subject) == name)
        let outcomes = (0..<3).map { visit in
            var bench = DeskBench()
            if visit == 1 { bench.scan(SampleHouse.first) }
            if visit == 2 { bench.signIn() }
            let effects = bench.scan(name.subject)
            return String("\(effects.summary) → \(bench.desk.summary)".drop { $0 == " " })
        }
        #expect(outcomes == name.outcomes)
    }
}
