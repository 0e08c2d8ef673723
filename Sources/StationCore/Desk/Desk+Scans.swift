// What a scan means in the state the desk is in: cards open sessions, labels ask for things, commands do what they say.

extension Desk {
    mutating func scanned(_ facts: Facts, _ decision: inout Decision) {
        let now = decision.moment.monotonic
        session?.lastActivity = now
        staff?.lastActivity = now
        pinEntry?.deadline = now + setup.sessionTimeout
        let label = facts.subject.label
        if let label, let lastLabel, lastLabel.label == label, now < lastLabel.instant + setup.repeatWindow {
            self.lastLabel?.instant = now
            decision.tell(Message(.scannedTwice, item: facts.subject.item, locker: facts.subject.locker))
            return
        }
        meaning(of: facts, &decision)
        // Whoever was refused may have been asked to try again.
        lastLabel = decision.isRefusal ? nil : label.map { LabelScan(label: $0, instant: now) }
    }

    private mutating func meaning(of facts: Facts, _ decision: inout Decision) {
        if !facts.subject.isForPINEntry, case .borrower? = pinEntry?.purpose { dropRequest(&decision) }
        if !facts.subject.isForPINEntry { pinEntry = nil }
        switch facts.subject {
        case .nothing: break
        case .borrower(let borrower): cardScanned(borrower, &decision)
        case .item(let item): itemScanned(item, facts, &decision)
        case .locker(let locker, let items): lockerScanned(locker, items, facts, &decision)
        case .staffBadge(let badge): badgeScanned(badge, &decision)
        case .language(let language): choose(language, &decision)
        case .command(let command, let reports): commanded(command, reports, facts, &decision)
        case .number(let number): numberEntered(number, facts, &decision)
        case .pin(let answer): pinEntered(answer, facts, &decision)
        case .pass(let pass): passScanned(pass, facts.house, &decision)
        case .brokenPass: decision.refuse(.passUnreadable)
        case .newCode(let code): newCodeScanned(code, &decision)
        case .unknown: decision.refuse(.unknownCode)
        case .mistyped: decision.refuse(.mistypedCode)
        case .unreadable: decision.refuse(.unreadableCode)
        case .wrongLayout: decision.refuse(.wrongKeyboardLayout)
        case .undecidable: decision.refuse(.undecidable)
        }
    }

    private mutating func commanded(
        _ command: Command, _ reports: [Report], _ facts: Facts, _ decision: inout Decision
    ) {
        switch command {
        case .finish: endVisit(&decision)
        case .cancel: cancel(&decision)
        case .help: decision.tell(Message(.help))
        case .loans: listLoans(facts.serving, &decision)
        case .yes: answerParts(isThere: true, &decision)
        case .no: answerParts(isThere: false, &decision)
        case .renew: renewAsked(reports, facts, &decision)
        case .giveBack: returnAsked(&decision)
        case .takeAnother: anotherAsked(&decision)
        case .damaged: conditionSaid(.damaged, &decision)
        case .incomplete: conditionSaid(.incomplete, &decision)
        case .openAll, .suspend, .resume, .markEmpty, .markHolding, .markSound, .place, .stock, .overdue,
            .confirmReturns, .alarms, .replaceCard, .newBorrower, .newItem:
            staffCommanded(command, reports, &decision)
        case .digit0, .digit1, .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9:
            digitScanned(&decision)
        }
    }

    /// Ends the visit of whoever stands here.
    mutating func endVisit(_ decision: inout Decision) {
        if case .borrower? = pinEntry?.purpose { dropRequest(&decision) }
        // Whoever only showed a badge was asked for something, and hears that it is asked for no longer.
        if pinEntry != nil, session == nil, staff == nil { decision.tell(Message(.staffGoodbye)) }
        endSession(telling: .sessionEnded, &decision)
        endStaff(telling: .staffGoodbye, &decision)
        pinEntry = nil
        anonymousReturn = nil
    }

    mutating func endSession(telling statement: Statement, _ decision: inout Decision) {
        guard let ended = session else { return }
        decision.tell(Message(statement, count: ended.begun.count))
        session = nil
        pinEntry = nil
        chosenLanguage = nil
        decision.language = language
    }

    private mutating func choose(_ language: Language, _ decision: inout Decision) {
        chosenLanguage = language
        decision.language = language
        decision.tell(Message(.languageChosen))
        // The question was put in a language that may not have been understood.
        if pinEntry != nil { decision.tell(Message(.enterPIN, item: session?.request?.item)) }
    }

    /// Tells the borrower what they have, in the order in which it is due.
    private mutating func listLoans(_ serving: BorrowerFacts?, _ decision: inout Decision) {
        guard session != nil else {
            decision.refuse(.noSession)
            return
        }
        guard let serving else {
            decision.refuse(.borrowerUnknown)
            return
        }
        if serving.loans.isEmpty { decision.tell(Message(.youHaveNothing)) }
        for (loan, pieces) in serving.loans.grouped {
            let statement: Statement =
                loan.isReported ? .youHaveReported : loan.due < decision.moment.wall ? .youHaveOverdue : .youHave
            let item = serving.items[loan.item] ?? Item(unregistered: loan.item)
            decision.tell(Message(statement, item: item, due: loan.due).with { $0.pieces = pieces })
        }
    }

    /// A card opens a session even where its borrower may not borrow: what they have must come back. Staff are told who
    /// it is.
    private mutating func cardScanned(_ facts: BorrowerFacts, _ decision: inout Decision) {
        guard staff == nil else {
            borrowerShownToStaff(facts, &decision)
            return
        }
        let borrower = facts.borrower
        if session?.borrower == borrower.id {
            decision.tell(Message(.sessionContinues, count: facts.loans.count))
            return
        }
        endSession(telling: .sessionEnded, &decision)
        anonymousReturn = nil
        if let refusal = borrower.standingRefusal(at: decision.moment.knownPast), facts.loans.isEmpty {
            decision.refuse(refusal)
            return
        }
        session = Session(
            borrower: borrower.id, language: borrower.language, card: facts.card,
            lastActivity: decision.moment.monotonic)
        decision.language = language
        decision.tell(Message(.sessionBegan, count: facts.loans.count))
    }

    /// A locker's label asks for what is in it; without a session it answers what that is. Staff open it.
    private mutating func lockerScanned(
        _ locker: Locker, _ items: [ItemFacts], _ facts: Facts, _ decision: inout Decision
    ) {
        guard staff == nil else {
            lockerScannedByStaff(locker, &decision)
            return
        }
        for room in items where isRoom(room) {
            guard let session, session.intent == nil, let serving = facts.serving,
                let loan = room.loans.first(where: { $0.borrower == session.borrower })
            else { continue }
            enter(room, loan, serving, facts.house, &decision)
            return
        }
        guard let first = items.first else {
            decision.tell(Message(.lockerHasNothing, locker: locker))
            return
        }
        guard items.count == 1 else {
            decision.refuse(.whichItem, locker: locker)
            return
        }
        itemScanned(first, facts, &decision)
    }
}

/// A label on an item or a locker that was scanned.
struct LabelScan: Equatable, Sendable {
    /// What carries the label.
    enum Label: Equatable, Sendable {
        case item(ItemID)
        case locker(LockerID)
    }

    let label: Label
    /// When it was scanned last.
    var instant: MonotonicInstant
}

extension Subject {
    /// The label that was scanned, where scanning it again at once can only be a slip: of equals, each scan counts.
    fileprivate var label: LabelScan.Label? {
        switch self {
        case .item(let facts): facts.item.quantity == 1 ? .item(facts.item.id) : nil
        case .locker(let locker, let items):
            items.allSatisfy { $0.item.quantity == 1 } ? .locker(locker.id) : nil
        case .nothing, .borrower, .staffBadge, .command, .language, .number, .pin, .pass, .brokenPass, .newCode,
            .unknown, .mistyped, .unreadable, .wrongLayout, .undecidable:
            nil
        }
    }

    fileprivate var item: Item? {
        switch self {
        case .item(let facts): facts.item
        case .locker(_, let items): items.count == 1 ? items.first?.item : nil
        case .nothing, .borrower, .staffBadge, .command, .language, .number, .pin, .pass, .brokenPass, .newCode,
            .unknown, .mistyped, .unreadable, .wrongLayout, .undecidable:
            nil
        }
    }

    fileprivate var locker: Locker? { if case .locker(let locker, _) = self { locker } else { nil } }

    /// Whether a PIN that is waited for is still waited for after this: keys of the sheet, a PIN, help, another language, or
    /// a slip. Who is done or cancels is answered by what ends the waiting.
    fileprivate var isForPINEntry: Bool {
        switch self {
        case .pin, .nothing, .mistyped, .brokenPass, .unreadable, .undecidable: true
        case .language: true
        case .command(let command, _): command.audience == .keypad || [.help, .cancel, .finish].contains(command)
        case .borrower, .item, .locker, .staffBadge, .number, .pass, .newCode, .unknown, .wrongLayout: false
        }
    }
}

extension [Loan] {
    /// The loans in the order in which they are due; equals with one fate together, with how many there are.
    var grouped: [(Loan, Int)] {
        var groups: [(Loan, Int)] = []
        for loan in sorted(by: { ($0.due, $0.id) < ($1.due, $1.id) }) {
            let place = groups.firstIndex {
                $0.0.item == loan.item && $0.0.due == loan.due && $0.0.isReported == loan.isReported
                    && $0.0.renewals == loan.renewals
            }
            if let place { groups[place].1 += 1 } else { groups.append((loan, 1)) }
        }
        return groups
    }
}

extension Item {
    /// An item that the register no longer has: all that is known is what it is called there.
    init(unregistered id: ItemID) {
        self.init(id: id, name: LocalizedText(id.text), label: "", category: "")
    }
}
