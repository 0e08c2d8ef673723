// The order of effects: written down, then kept, then the coil, then the word (rules S1 and S4).

import Testing

@testable import StationCore

/// What breaks the order of a station's steps: a coil whose order was not committed before, a person told
/// of a thing that is not yet written down. The steps are those of one start, the entries all that the journal holds.
func disorder(_ steps: [Step], entries: [Entry]) -> [String] {
    let all = steps.reduce(0) { if case .committed(let kinds, _) = $1 { $0 + kinds.count } else { $0 } }
    var committed = entries.count - all
    var findings: [String] = []
    /// How many commits each kind of promise needs before it is made.
    var written: [EntryKind: Int] = [:]
    var told: [EntryKind: Int] = [:]
    for step in steps {
        switch step {
        case .committed(let kinds, _):
            committed += kinds.count
            for kind in kinds { written[kind, default: 0] += 1 }
        case .opened(let number, let locker):
            let entry = entries.prefix(committed).first { $0.number == number }
            let orders: [EntryKind] = [.checkoutBegun, .returnBegun, .serviceBegun, .holdBegun, .pulseRepeated]
            let isOrder = entry.map { orders.contains($0.kind) } ?? false
            // Only a second pulse names an opening that is not itself.
            let isJoined = entry?.fields.opening != nil && entry?.kind != .pulseRepeated
            if !isOrder || entry?.fields.locker != locker || isJoined {
                findings.append("locker \(locker) opened for \(number), which no entry orders")
            }
        case .closed: break
        case .told(let id):
            guard let kind = id.promise else { continue }
            told[kind, default: 0] += 1
            if told[kind, default: 0] > written[kind, default: 0] { findings.append("'\(id.key)' told too early") }
        case .showed: break
        }
    }
    return findings
}

extension MessageID {
    /// The kind of entry that must be durable before this may be said; `nil` where nothing is promised.
    fileprivate var promise: EntryKind? {
        switch self {
        case .refused(.storageFull), .alarm: nil
        case .refused(.wrongPIN): .pinRefused
        case .refused: .refused
        case .stated(let statement): Self.promises[statement]
        }
    }

    /// What the statements promise; the others promise nothing.
    private static let promises: [Statement: EntryKind] = [
        .taken: .checkoutCompleted, .leftOpenTaken: .checkoutCompleted, .returned: .returnCompleted,
        .leftOpenReturned: .returnFailed, .outcomeUnknownTaken: .outcomeUnknown,
        .outcomeUnknownReturned: .outcomeUnknown,
        .stationReady: .guardJoined, .stationOutOfOrder: .guardLost, .renewed: .loanRenewed,
        .returnReported: .returnReported, .receivedForAnotherHouse: .itemReceived, .stockForeign: .stockDiffers,
        .returnConfirmed: .returnConfirmed, .approved: .loanApproved,
        .partsComplete: .partsChecked, .partsMissing: .partsChecked, .conditionNoted: .conditionReported,
        .lockerServed: .serviceCompleted, .serviceDidNotOpen: .serviceFailed, .serviceCancelled: .serviceFailed,
        .serviceLeftOpen: .serviceFailed,
        .serviceOutcomeUnknown: .outcomeUnknown, .lockerSuspended: .serviceSuspended, .lockerResumed: .serviceResumed,
        .lockerMarkedEmpty: .contentChecked, .lockerMarkedHolding: .contentChecked, .itemChecked: .itemChecked,
        .itemPlaced: .itemPlaced, .stockMissing: .stockDiffers, .stockOnLoan: .stockDiffers,
        .stockTooMany: .stockDiffers, .stockTaken: .stockTaken, .cardReplaced: .cardReplaced,
        .borrowerProposed: .borrowerProposed, .itemProposed: .itemProposed, .staffGoodbye: .staffSignedOut,
    ]
}

@Suite("The conductor")
struct ConductorTests {
    private let card = SampleHouse.card(of: SampleHouse.first)

    @Test("a checkout: committed, ordered, lit; accepted and told; committed and told")
    func order() throws {
        let station = try StationBench()
        try station.scan(card)
        station.diary.steps = []
        try station.scan(SampleHouse.drill.label)
        let number = try #require(station.coils.orders.first).number
        #expect(
            station.diary.steps == [
                .committed([.checkoutBegun], .request), .opened(number, .of("4")),
                .showed(.locker(.of("4")), Signal.yours.lamp),
            ])
        station.diary.steps = []
        try station.openAndShut()
        #expect(
            station.diary.steps == [
                .told(.stated(.lockerOpens)), .committed([.checkoutCompleted], .outcome), .told(.stated(.taken)),
                .showed(.locker(.of("4")), Signal.rest.lamp),
            ])
        #expect(station.coils.orders.first?.pulse == .milliseconds(200))
    }

    @Test("while an entry is being committed nothing of it has been done, told or kept")
    func nothingBeforeTheCommit() throws {
        let station = try StationBench()
        try station.scan(card)
        station.diary.steps = []
        var commits = 0
        station.journal.whileCommitting = { [diary = station.diary] in
            #expect(diary.steps.isEmpty)
            commits += 1
        }
        try station.scan(SampleHouse.drill.label)
        #expect(commits == 1)
    }

    @Test("the check of the order finds a coil or a word that comes too early")
    func negativeControl() throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(SampleHouse.drill.label)
        try station.openAndShut()
        let steps = station.diary.steps
        let entries = station.journal.entries
        #expect(disorder(steps, entries: entries).isEmpty)
        for early in steps.indices {
            switch steps[early] {
            case .opened, .told(.stated(.taken)):
                var wrong = steps
                wrong.swapAt(early, early - 1)
                #expect(disorder(wrong, entries: entries).count == 1, "\(steps[early])")
            case .committed, .told, .showed, .closed: break
            }
        }
        #expect(disorder([.opened(entries[0].number, .of("4"))], entries: entries).count == 1, "no order")
    }

    @Test("a full disk refuses the request and leaves all as it was; with room again it works")
    func fullDisk() throws {
        let station = try StationBench()
        try station.scan(card)
        let head = station.journal.head
        station.journal.fault = .full
        station.diary.steps = []
        try station.scan(SampleHouse.drill.label)
        #expect(station.diary.steps == [.told(.refused(.storageFull))])
        #expect(station.journal.head == head && station.coils.orders.isEmpty)
        station.journal.fault = nil
        try station.scan(SampleHouse.drill.label)
        #expect(station.coils.orders.map(\.locker) == [.of("4")])
        #expect(station.journal.head.sequence == head.sequence + 1)
    }

    @Test(
        "a journal that fails stops everything: nothing opened, told or kept",
        arguments: [
            JournalFault.failed("fsync: 5"), .full,
        ])
    func failedJournal(_ fault: JournalFault) throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(SampleHouse.drill.label)
        let number = try #require(station.coils.orders.first).number
        try station.take(.openingAccepted(sequence: number.sequence))
        try station.take(.coilReleased(sequence: number.sequence, .complete))
        try station.take(.doorOpened(.of("4"), at: station.clock.moment.monotonic))
        station.journal.fault = fault
        station.diary.steps = []
        #expect(throws: fault) { try station.take(.doorLatched(.of("4"), at: station.clock.moment.monotonic)) }
        #expect(throws: fault) { try station.conductor.record(.stationStopped) }
        #expect(station.diary.steps.isEmpty)
        #expect(station.conductor.isBusy, "the door is still on its way, as far as anything kept says")
        station.journal.fault = nil
        try station.take(.doorLatched(.of("4"), at: station.clock.moment.monotonic))
        #expect(station.screen.told.last?.id == .stated(.taken), "the same event again has the same effect")
    }

    @Test("a scan during a failed journal throws and orders nothing")
    func failedScan() throws {
        let station = try StationBench()
        try station.scan(card)
        station.journal.fault = .failed("write: 5")
        #expect(throws: JournalFault.failed("write: 5")) { try station.scan(SampleHouse.drill.label) }
        #expect(station.coils.orders.isEmpty)
    }

    @Test("what the guard refuses is told when it is written down")
    func refusedByGuard() throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(SampleHouse.drill.label)
        let number = try #require(station.coils.orders.first).number
        station.diary.steps = []
        try station.take(.openingRefused(sequence: number.sequence, .never))
        #expect(
            station.diary.steps == [
                .committed([.checkoutFailed], .outcome), .told(.stated(.didNotOpen)),
                .showed(.locker(.of("4")), Signal.rest.lamp),
            ])
        #expect(station.journal.books.loans.isEmpty)
    }

    @Test("with two doors asked for, the second coil is ordered when the first is off")
    func oneCoil() throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(SampleHouse.drill.label)
        try station.scan(SampleHouse.chair.label)
        #expect(station.coils.orders.map(\.locker) == [.of("4")])
        let number = try #require(station.coils.orders.first).number
        try station.take(.openingAccepted(sequence: number.sequence))
        try station.take(.coilReleased(sequence: number.sequence, .complete))
        #expect(station.coils.orders.map(\.locker) == [.of("4"), .of("5")])
        #expect(station.conductor.nextDeadline != nil)
    }

    // MARK: - Starting

    @Test("a new journal begins with its epoch, then the start, then what is in doubt")
    func firstStart() throws {
        let station = try StationBench(
            epoch: .epochOpened(.quarantined, program: "test 1", predecessor: nil), doubted: [.of("4"), .of("5")],
            isGuardPresent: false)
        #expect(
            station.diary.steps == [
                .committed([.epochOpened, .stationStarted, .contentDoubted, .contentDoubted], .outcome)
            ])
        try station.scan(SampleHouse.drill.label)
        #expect(station.screen.told.last?.id == .refused(.lockerUnverified))
    }

    /// What has happened to an opening when the power goes.
    enum Cut: CaseIterable { case ordered, accepted, released, ajar }

    @Test(
        "after a power cut the outcome is unknown, the locker in doubt, and nothing is pulsed", arguments: Cut.allCases)
    func restart(_ cut: Cut) throws {
        let before = try StationBench()
        try before.scan(card)
        try before.scan(SampleHouse.drill.label)
        let number = try #require(before.coils.orders.first).number
        if cut != .ordered { try before.take(.openingAccepted(sequence: number.sequence)) }
        if cut == .released || cut == .ajar { try before.take(.coilReleased(sequence: number.sequence, .complete)) }
        if cut == .ajar { try before.take(.doorOpened(.of("4"), at: before.clock.moment.monotonic)) }

        let after = try StationBench(on: before.journal)
        try after.take(.openingAccepted(sequence: number.sequence))
        try after.take(.coilReleased(sequence: number.sequence, .complete))
        #expect(after.coils.orders.isEmpty)
        #expect(after.journal.entries.map(\.kind).suffix(3) == [.stationStarted, .outcomeUnknown, .guardJoined])
        #expect(after.journal.books.contents == [.of("4"): .unverified])
        #expect(after.journal.books.loans.keys.elementsEqual([number]), "the loan stands")
        #expect(try after.journal.unfinishedErrands().isEmpty)
        #expect(after.diary.steps.contains(.showed(.locker(.of("4")), Signal.askForHelp.lamp)))
        try after.scan(SampleHouse.card(of: SampleHouse.second))
        try after.scan(SampleHouse.drill.label)
        #expect(after.coils.orders.isEmpty)
        let third = try StationBench(on: before.journal)
        #expect(third.journal.entries.map(\.kind).suffix(2) == [.stationStarted, .guardJoined], "said once, not twice")
    }

    @Test("a station whose journal can't be read or written does not start")
    func noStart() throws {
        for fault in [JournalFault.full, .failed("read: 5")] {
            let journal = MemoryJournal(Diary())
            journal.fault = fault
            #expect(throws: fault) { try StationBench(on: journal) }
        }
    }

    // MARK: - Facts, lamps, words

    @Test("what can't be looked up is refused, and the reason is there for the log, once")
    func undecidable() throws {
        let station = try StationBench()
        try station.scan(card)
        station.facts.isReadable = false
        try station.scan(SampleHouse.drill.label)
        #expect(station.screen.told.last?.id == .refused(.undecidable) && station.coils.orders.isEmpty)
        #expect(station.conductor.takeUndecided().count == 1)
        #expect(station.conductor.takeUndecided().isEmpty)
    }

    @Test("codes that nobody knows are counted and reach no entry")
    func unknownCodes() throws {
        let station = try StationBench()
        try station.scan("A123456780")
        try station.scan("A123456780")
        #expect(station.conductor.unknownCodes == 2)
        let documents = station.journal.entries.map { text($0.document(source: station.journal.source)) }
        #expect(!documents.contains { $0.contains("A123456780") })
        #expect(station.screen.told.last == Message(.refused(.unknownCode)))
    }

    @Test("neither cards nor pseudonyms stand in what is chained")
    func noCards() throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(SampleHouse.book.label)
        for var entry in station.journal.entries {
            entry.disclosure = nil
            let document = text(entry.document(source: station.journal.source))
            #expect(!document.contains(card) && !document.contains("b-1"))
        }
        #expect(station.journal.entries.contains { $0.disclosure?.borrower == SampleHouse.first.id })
    }

    @Test("unreadable, too long and mistyped lines are refused without asking anyone")
    func badLines() throws {
        let station = try StationBench()
        station.facts.isReadable = false
        try station.take(.unreadable)
        try station.take(.tooLong)
        try station.scan("MB" + card.dropFirst(2).reversed())
        #expect(
            station.screen.told.suffix(3).map(\.id) == [
                .refused(.unreadableCode), .refused(.unreadableCode), .refused(.mistypedCode),
            ])
        #expect(station.conductor.takeUndecided().isEmpty)
    }

    @Test("digits of the sheet count only where a number is asked for, and help between them takes none away")
    func digits() throws {
        let station = try StationBench()
        func scan(_ commands: Command...) throws {
            for command in commands { try station.scan(try #require(command.code).text) }
        }
        try scan(.digit2, .yes)
        #expect(station.screen.told.suffix(2).map(\.id.key) == ["nothing-to-answer", "nothing-to-answer"])
        #expect(station.conductor.unknownCodes == 0)
        try station.scan(SampleHouse.badge(of: SampleHouse.member))
        try scan(.digit2, .digit4)
        try station.scan(MemoryFacts.englishCode.text)
        try scan(.help, .digit6, .digit8, .yes)
        #expect(station.screen.told.last?.id.key == "staff-welcome")
    }

    @Test("what needs neither register nor books works when they can't be read")
    func withoutBooks() throws {
        let station = try StationBench()
        try station.scan(card)
        station.facts.isReadable = false
        for command in [Command.help, .loans, .cancel] { try station.scan(try #require(command.code).text) }
        #expect(station.screen.told.suffix(3).map(\.id.key) == ["help", "refused-undecidable", "session-ended"])
    }

    @Test("lamps are shown when they change, and all of them again to a guard that joins")
    func lamps() throws {
        let station = try StationBench()
        station.diary.steps = []
        try station.take(.tick)
        #expect(station.diary.steps.isEmpty)
        try station.take(.guardJoined)
        let shown = station.diary.steps.compactMap { if case .showed(let place, _) = $0 { place } else { nil } }
        #expect(Set(shown).count == 5 && shown.count == 5)
    }

    @Test("people are spoken to in the language they chose, also in the goodbye; after it the house's own counts")
    func language() throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(MemoryFacts.englishCode.text)
        try station.scan(try #require(Command.finish.code).text)
        try station.scan(SampleHouse.drill.label)
        #expect(station.screen.told.suffix(3).map(\.id.key) == ["language-chosen", "session-ended", "item-available"])
        #expect(station.screen.languages.suffix(3) == [.english, .english, nil])
    }

    @Test("every entry has a salt of its own, from outside")
    func salts() throws {
        let station = try StationBench()
        try station.scan(card)
        try station.scan(SampleHouse.book.label)
        #expect(Int(station.salts.count) == station.journal.entries.count)
    }

    @Test("two stations with the same inputs write the same journal, byte for byte")
    func determinism() throws {
        func journal() throws -> [[UInt8]] {
            let station = try StationBench()
            try station.scan(card)
            try station.scan(SampleHouse.drill.label)
            try station.openAndShut()
            return station.journal.entries.map { $0.document(source: station.journal.source) }
        }
        #expect(try journal() == journal())
    }
}
