// What a code means right now: the register says who and what it is, the journal's books say where it is.

internal import GRDB
internal import StationCore

/// Looks facts up in register and journal.
final class LiveFacts: FactsPort {
    private let register: RegisterStore
    private let journal: JournalStore
    private let lockersHere: Set<LockerID>
    private let languages: [HouseCode: Language]

    /// Facts about a station with these lockers, and with codes that choose these languages.
    init(
        register: RegisterStore, journal: JournalStore, lockersHere: Set<LockerID>, languages: [HouseCode: Language]
    ) {
        self.register = register
        self.journal = journal
        self.lockersHere = lockersHere
        self.languages = languages
    }

    func facts(about code: Code, serving: BorrowerID?) throws -> Facts {
        try register.read { register in
            let subject = try subject(of: code, register)
            var served = try serving.flatMap { try register.borrower($0) }.map { try facts(about: $0, register) }
            if subject == .command(.loans) {
                for loan in served?.loans ?? [] { served?.items[loan.item] = try register.item(loan.item) }
            }
            return Facts(subject, serving: served)
        }
    }

    private func subject(of code: Code, _ register: RegisterReader) throws -> Subject {
        switch code {
        case .mistyped: return .mistyped
        case .unknown: return .unknown
        case .label(let label):
            for key in label.keys {
                if let subject = try subject(registeredAs: key, label.kinds, register) { return subject }
            }
            return .unknown
        case .house(let code):
            switch code.kind {
            case .staffBadge: return .staffBadge
            case .command:
                return Command(code).map(Subject.command) ?? languages[code].map(Subject.language) ?? .unknown
            case .item: return try subject(registeredAs: code.text, [.item], register) ?? .unknown
            case .locker: return try subject(registeredAs: code.text, [.locker], register) ?? .unknown
            case .borrowerCard: return try subject(registeredAs: code.text, [.borrowerCard], register) ?? .unknown
            }
        }
    }

    private func subject(registeredAs key: String, _ kinds: Set<CodeKind>, _ register: RegisterReader) throws
        -> Subject?
    {
        if kinds.contains(.item), let item = try register.item(label: key) {
            return .item(try facts(about: item, register))
        }
        if kinds.contains(.locker), let locker = try register.locker(label: key) {
            let items = try register.items(in: locker.id).map { try facts(about: $0, register) }
            return .locker(locker, items: items)
        }
        guard kinds.contains(.borrowerCard), let borrower = try register.borrower(card: key) else { return nil }
        return .borrower(try facts(about: borrower, register))
    }

    private func facts(about borrower: Borrower, _ register: RegisterReader) throws -> BorrowerFacts {
        BorrowerFacts(
            borrower: borrower,
            loans: try journal.read { try Books.loans($0, where: "borrower = ?", borrower.id.text) },
            maximumLoans: try register.policy().maximumLoans
        )
    }

    private func facts(about item: Item, _ register: RegisterReader) throws -> ItemFacts {
        let policy = try register.policy()
        let home = item.locker.flatMap { lockersHere.contains($0) ? $0 : nil }
        let neighbours = try home.map { try register.items(in: $0) } ?? []
        let (loans, content, inside) = try journal.read { database in
            let loans = try Books.loans(database, where: "item = ?", item.id.text)
            // Of all that lives behind the door: how many pieces are not on loan.
            let inside = try neighbours.reduce(0) { sum, neighbour in
                sum + neighbour.quantity
                    - (try Books.loans(database, where: "item = ?", neighbour.id.text).count)
            }
            let content = try home.flatMap { try Books.contents(database)[$0] } ?? .holds
            return (loans, content, inside)
        }
        return ItemFacts(
            item: item, locker: try home.flatMap { try register.locker($0) }, loans: loans, content: content,
            othersInside: inside > 1, period: policy.period(for: item), hours: policy.hours)
    }
}
