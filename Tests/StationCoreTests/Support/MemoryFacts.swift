// The register in memory.

@testable import StationCore

/// Knows the sample house, and has the books read as a pencil kept them.
final class MemoryFacts: FactsPort {
    struct Unreadable: Error, Equatable {}
    /// The code that chooses English.
    static let englishCode = HouseCode.of(.command, "EN1")
    var books = PlainBooks()
    /// How many entries of the journal are in the books.
    var noted = 0
    /// Whether register and journal can be asked.
    var isReadable = true

    /// The pool's rules, and how fresh its word is.
    var house = HouseFacts()
    /// Wrong PINs in a row, as an earlier run left them.
    var failures: [CardDigest: Int] = [:]
    /// The borrowers that the register has.
    var borrowers = SampleHouse.borrowers
    /// Bookings that the register has.
    var bookings: [Booking] = []
    /// Passes that the register says were taken back.
    var revokedPasses: Set<PassNonce> = []
    /// Up to when passes may have been used without the journal knowing.
    var passesUnknownBefore: WallTime?

    func circumstances(for wants: Wants) throws -> Facts {
        guard isReadable else { throw Unreadable() }
        let served = borrowers.first { $0.id == wants.borrower }.map { books.facts(of: $0) }
        let pending = SampleHouse.items.first { $0.id == wants.item }.map { facts(of: $0) }
        return Facts(.nothing, serving: served, pending: pending, house: house)
    }

    func borrower(_ id: BorrowerID) throws -> BorrowerFacts? {
        borrowers.first { $0.id == id }.map { books.facts(of: $0) }
    }

    func isPIN(_ pin: String, of code: Code) throws -> Bool {
        guard isReadable else { throw Unreadable() }
        return pin == SampleHouse.pin
    }

    func facts(of item: Item) -> ItemFacts { withBookings(books.facts(of: item)) }

    private func withBookings(_ facts: ItemFacts) -> ItemFacts {
        var facts = facts
        facts.bookings = bookings.filter { $0.item == facts.item.id }
        return facts
    }

    private func facts(of signed: SignedPass) -> PassFacts {
        let pass = signed.pass
        guard pass.keyID == Pass.poolKey.identifier else { return PassFacts(pass: pass, signature: .ofUnknownKey) }
        guard Pass.poolKey.sampleSigned(signed) else { return PassFacts(pass: pass, signature: .wrong) }
        let items = SampleHouse.items.filter { item in
            let place = books.places[item.id] ?? item.locker
            return pass.isFor(.item(item.id)) || pass.isFor(.category(item.category))
                || place.map { pass.isFor(.locker($0)) } == true
        }
        return PassFacts(
            pass: pass, signature: .right, isForThisStation: pass.isFor(StationID.of("demo")),
            isRevoked: revokedPasses.contains(pass.nonce), use: books.passes[pass.nonce],
            borrower: borrowers.first { pass.isFor($0.id) }.map { books.facts(of: $0) },
            items: items.map { facts(of: $0) }, unknownBefore: passesUnknownBefore)
    }

    private func withBookings(_ report: Report) -> Report {
        if case .item(let facts) = report { .item(withBookings(facts)) } else { report }
    }

    func subject(of code: Code, for wants: Wants) throws -> Subject {
        guard isReadable else { throw Unreadable() }
        let text: String
        switch code {
        case .mistyped: return .mistyped
        case .brokenPass: return .brokenPass
        case .pass(let pass): return .pass(facts(of: pass))
        case .unknown: return .unknown
        case .label(let label): text = label.text
        case .house(let code):
            if let command = Command(code) {
                return .command(command, books.reports(for: command).map { withBookings($0) })
            }
            if code == Self.englishCode { return .language(.english) }
            text = code.text
        }
        if let item = SampleHouse.items.first(where: { $0.label == text }) { return .item(facts(of: item)) }
        if let locker = SampleHouse.lockers.first(where: { $0.label == text }) {
            guard case .locker(_, let items) = books.facts(of: locker) else { return .unknown }
            return .locker(locker, items: items.map { withBookings($0) })
        }
        if let member = SampleHouse.staff.first(where: { SampleHouse.badge(of: $0) == text }) {
            let digest = SampleHouse.digest(of: member.id.text)
            let badge = CardFacts(digest: digest, hasPIN: true, failures: failures[digest] ?? 0)
            return .staffBadge(StaffFacts(staff: member, badge: badge))
        }
        if let borrower = borrowers.first(where: { SampleHouse.card(of: $0) == text }) {
            return wants.newCode == nil ? .borrower(books.facts(ofCardOf: borrower)) : .newCode(.unusable)
        }
        switch wants.newCode {
        case .borrowerCard: return .newCode(.card(EntryHash(of: Array(text.utf8))))
        case .item: return .newCode(.label(text))
        case .locker, nil: return .unknown
        }
    }
}
