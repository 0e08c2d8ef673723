// What a code means right now: the register says who and what it is, the journal's books say where it is.

internal import GRDB
internal import Groundwork
internal import StationCore

/// Looks facts up in register and journal.
final class LiveFacts: FactsPort {
    private let register: RegisterStore
    private let journal: JournalStore
    private let lockersHere: Set<LockerID>
    private let contact: PoolContact
    /// The station, as passes name it.
    let station: StationID
    /// The keys whose passes count.
    let poolKeys: [NoteKey]
    private let zone: TimeZoneTable
    private let languages: [HouseCode: Language]
    private let monotonic: () -> MonotonicInstant

    /// Facts about a station with these lockers, and with codes that choose these languages.
    init(
        register: RegisterStore, journal: JournalStore, station: StationID, poolKeys: [NoteKey],
        lockersHere: Set<LockerID>, contact: PoolContact, zone: TimeZoneTable, languages: [HouseCode: Language],
        monotonic: @escaping () -> MonotonicInstant = { SystemClock.monotonic }
    ) {
        self.register = register
        self.journal = journal
        (self.station, self.poolKeys) = (station, poolKeys)
        self.lockersHere = lockersHere
        self.contact = contact
        self.zone = zone
        self.languages = languages
        self.monotonic = monotonic
    }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        try look { look in
            let subject = try subject(of: code, wants, look)
            guard let kind = wants.newCode else { return subject }
            return newCode(code, kind, subject)
        }
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? {
        try look { look in try look.register.borrower(id).map { try facts(about: $0, look) } }
    }

    func circumstances(for wants: Wants) throws -> Facts {
        try look { look in
            let serving = try wants.borrower.flatMap { try look.register.borrower($0) }.map {
                try facts(about: $0, look)
            }
            let pending = try wants.item.flatMap { try look.register.item($0) }.map { try facts(about: $0, look) }
            let (isInReach, confirmed) = contact.now(monotonic())
            let house = HouseFacts(policy: try look.register.policy(), isPoolInReach: isInReach, confirmed: confirmed)
            return Facts(.nothing, serving: serving, pending: pending, house: house)
        }
    }

    func isPIN(_ pin: String, of code: Code) throws -> Bool {
        guard PINVerifier.isPIN(pin) else { return false }
        return try look { look in
            for key in code.keys {
                guard let digest = try look.register.digest(of: key),
                    let verifier = try look.register.badge(digest)?.pin ?? look.register.card(digest)?.pin
                else { continue }
                return verifier.accepts(pin, of: key)
            }
            return false
        }
    }

    // MARK: - One look at both

    /// Register and journal at one moment.
    struct Look {
        let register: RegisterReader
        let journal: Database
        /// Where staff have put items.
        let places: [ItemID: (locker: LockerID, registered: LockerID?)]
        let conditions: [ItemID: Condition]
    }

    private func look<Value>(_ work: (Look) throws -> Value) throws -> Value {
        try register.read { register in
            try journal.read { database in
                try work(
                    Look(
                        register: register, journal: database, places: try Books.places(database),
                        conditions: try Books.conditions(database)))
            }
        }
    }

    // MARK: - Codes

    private func subject(of code: Code, _ wants: Wants, _ look: Look) throws -> Subject {
        switch code {
        case .mistyped: return .mistyped
        case .brokenPass: return .brokenPass
        case .pass(let pass): return .pass(try facts(about: pass, at: wants.now, look))
        case .unknown: return .unknown
        case .label(let label):
            for key in label.keys {
                if let subject = try subject(registeredAs: key, label.kinds, look) { return subject }
            }
            return .unknown
        case .house(let code):
            switch code.kind {
            case .staffBadge: return try badge(code.text, look) ?? .unknown
            case .command:
                guard let command = Command(code) else { return languages[code].map(Subject.language) ?? .unknown }
                return .command(command, try reports(for: command, wants, look))
            case .item: return try subject(registeredAs: code.text, [.item], look) ?? .unknown
            case .locker: return try subject(registeredAs: code.text, [.locker], look) ?? .unknown
            case .borrowerCard: return try subject(registeredAs: code.text, [.borrowerCard], look) ?? .unknown
            }
        }
    }

    private func subject(registeredAs key: String, _ kinds: Set<CodeKind>, _ look: Look) throws -> Subject? {
        if kinds.contains(.item), let item = try look.register.item(label: key) {
            return .item(try facts(about: item, look))
        }
        if kinds.contains(.locker), let locker = try look.register.locker(label: key) {
            let items = try items(in: locker.id, look).filter { try !look.register.isGone($0.id) }
                .map { try facts(about: $0, look) }
            return .locker(locker, items: items)
        }
        return kinds.contains(.borrowerCard) ? try card(key, look) : nil
    }

    private func card(_ code: String, _ look: Look) throws -> Subject? {
        guard let digest = try look.register.digest(of: code) else { return nil }
        let known = try look.register.card(digest)
        let fingerprint = CardCode.fingerprint(of: code)
        let replaced = try Books.borrower(withReplacement: fingerprint, look.journal)
        guard let id = known?.owner ?? replaced else { return nil }
        // Staff gave this borrower another card: until the register has it, all others are as good as lost.
        if let newest = try Books.replacement(of: id, look.journal), newest != fingerprint,
            try look.register.digest(ofFingerprint: newest).flatMap({ try look.register.card($0) }) == nil
        {
            return nil
        }
        guard let borrower = try look.register.borrower(id) else { return nil }
        var facts = try facts(about: borrower, look)
        facts.card = CardFacts(
            digest: digest, hasPIN: known?.pin != nil, isStrong: CardCode.isStrong(code),
            failures: try journalPINAttempts(digest, look))
        return .borrower(facts)
    }

    private func badge(_ code: String, _ look: Look) throws -> Subject? {
        guard let digest = try look.register.digest(of: code), let badge = try look.register.badge(digest) else {
            return nil
        }
        let card = CardFacts(
            digest: digest, hasPIN: badge.pin != nil, failures: try journalPINAttempts(digest, look))
        return .staffBadge(StaffFacts(staff: badge.owner, badge: card))
    }

    private func journalPINAttempts(_ digest: CardDigest, _ look: Look) throws -> Int {
        try Books.pinAttempts(of: digest, look.journal)
    }

    /// What a code would be registered as, where nobody has it yet.
    private func newCode(_ code: Code, _ kind: CodeKind, _ subject: Subject) -> Subject {
        switch (kind, code, subject) {
        case (_, _, .command), (_, _, .staffBadge), (_, _, .mistyped): subject
        case (.borrowerCard, .house(let code), .unknown) where code.kind == .borrowerCard:
            .newCode(.card(CardCode.fingerprint(of: code.text)))
        case (.item, .house(let code), .unknown) where code.kind == .item: .newCode(.label(code.text))
        case (.item, .label(let label), .unknown): .newCode(.label(label.key))
        default: .newCode(.unusable)
        }
    }

    // MARK: - Facts

    func facts(about borrower: Borrower, _ look: Look) throws -> BorrowerFacts {
        let loans = try Books.loans(look.journal, where: "borrower = ?", borrower.id.text)
        var items: [ItemID: Item] = [:]
        for loan in loans { items[loan.item] = try look.register.item(loan.item) }
        return BorrowerFacts(borrower: borrower, loans: loans, items: items)
    }

    func facts(about registered: Item, _ look: Look) throws -> ItemFacts {
        var item = registered
        item.locker = locker(of: registered, look)
        let home = item.locker.flatMap { lockersHere.contains($0) ? $0 : nil }
        // Of all that lives behind the door: how many pieces are not on loan.
        let inside = try home.map { try items(in: $0, look) }?.reduce(0) { sum, neighbour in
            sum + neighbour.quantity
                - (try Books.loans(look.journal, where: "item = ?", neighbour.id.text).count)
        }
        var facts = ItemFacts(
            item: item, locker: try home.flatMap { try look.register.locker($0) },
            loans: try Books.loans(look.journal, where: "item = ?", item.id.text),
            bookings: try look.register.bookings(of: item.id),
            content: try home.flatMap { try Books.content(of: $0, look.journal) } ?? .holds, piecesInside: inside ?? 1,
            condition: look.conditions[item.id] ?? .sound)
        facts.registeredLocker = registered.locker
        return facts
    }

    /// Where an item lives: where staff have put it, as long as the register says what it said then.
    private func locker(of item: Item, _ look: Look) -> LockerID? {
        guard let place = look.places[item.id], place.registered == item.locker else { return item.locker }
        return place.locker
    }

    func items(in id: LockerID, _ look: Look) throws -> [Item] {
        let moved = try look.places.keys.sorted().compactMap { try look.register.item($0) }
        let registered = try look.register.items(in: id)
        return (registered + moved.filter { item in !registered.contains { $0.id == item.id } })
            .filter { locker(of: $0, look) == id }
    }

    // MARK: - What is read out

    private func reports(for command: Command, _ wants: Wants, _ look: Look) throws -> [Report] {
        switch command {
        case .renew:
            guard let borrower = wants.borrower else { return [] }
            let loans = try Books.loans(look.journal, where: "borrower = ?", borrower.text)
            let items = Set(loans.map(\.item)).sorted()
            return try items.compactMap { try look.register.item($0) }.map { .item(try facts(about: $0, look)) }
        case .overdue, .confirmReturns:
            guard wants.isStaffSignedIn else { return [] }
            return try Books.loans(look.journal, where: "?", "1").map { loan in
                .loan(
                    loan,
                    try look.register.item(loan.item)
                        ?? Item(id: loan.item, name: LocalizedText(loan.item.text), label: "", category: ""))
            }
        case .stock:
            guard wants.isStaffSignedIn else { return [] }
            return try look.register.items().filter { $0.home == nil }.map { .item(try facts(about: $0, look)) }
        case .openAll:
            guard wants.isStaffSignedIn else { return [] }
            return try look.register.lockers().map(Report.locker)
        case .alarms:
            guard wants.isStaffSignedIn else { return [] }
            return try DayAlarms.read(look.journal, since: zone.midnight(before: wants.now)).map { alarm in
                .alarm(
                    Alarm(
                        alarm.kind, at: alarm.time, locker: try alarm.locker.flatMap { try look.register.locker($0) },
                        item: try alarm.item.flatMap { try look.register.item($0) }))
            }
        case .finish, .cancel, .loans, .help, .yes, .no, .giveBack, .takeAnother, .damaged, .incomplete, .suspend,
            .resume, .markEmpty, .markHolding, .markSound, .place, .replaceCard, .newBorrower, .newItem, .digit0,
            .digit1,
            .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9:
            return []
        }
    }
}
