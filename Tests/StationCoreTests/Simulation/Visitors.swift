// The people of a simulated world: most of them sensible, some hurried, some mischievous. What each of them scans is decided
// when they come, from what they have and what the station's lamps say.

import TestSupport

@testable import StationCore

final class Visitors {
    /// A code that is no business of the station's, as people scan it by mistake.
    static let insuranceCard = "K220635158"

    /// Somebody at the station: what they will scan, and when.
    private struct Plan {
        var chance: SeededGenerator
        var lines: [(wait: Int, bytes: [UInt8], isIfAsked: Bool)] = []

        mutating func scan(_ text: String, after wait: Int? = nil) {
            lines.append((wait ?? 400 + chance.number(below: 4000), Array(text.utf8), false))
        }

        mutating func scan(_ command: Command) { scan(command.code?.text ?? "") }

        /// Enters a PIN where the screen asks for one, typed or digit by digit from the sheet. Nobody types it blindly: with two
        /// at once at a station it would be whatever the other one is asked for.
        mutating func enter(_ pin: String) {
            let first = lines.count
            if chance.happens(15) {
                let digits: [Command] = [
                    .digit0, .digit1, .digit2, .digit3, .digit4, .digit5, .digit6, .digit7, .digit8, .digit9,
                ]
                for digit in pin.compactMap(\.wholeNumberValue) { scan(digits[digit]) }
                scan(.yes)
            } else {
                scan(pin)
            }
            for index in first..<lines.count { lines[index].isIfAsked = true }
        }
    }

    private unowned let world: SimulatedWorld
    /// The passes that the pool gave out, in their order.
    private(set) var passes: [Pass] = []
    private var assembler = LineAssembler()

    init(_ world: SimulatedWorld) { self.world = world }

    func come(_ visit: Visit, seed: UInt64) {
        guard let run = world.station.run else { return }
        world.stats.count("visit", visit.rawValue)
        var plan = Plan(chance: SeededGenerator(seed: seed))
        let books = run.facts.books
        switch visit {
        case .borrow: borrow(&plan)
        case .fetch: fetch(&plan)
        case .giveBack: giveBack(books, &plan)
        case .report: report(books, &plan)
        case .manage: manage(&plan)
        case .mischief: mischief(&plan)
        case .guess: guess(&plan)
        case .tidy: tidy(books, &plan)
        case .service: service(&plan)
        case .office: office(&plan)
        }
        var wait = 0
        for line in plan.lines {
            wait += line.wait
            world.after(UInt64(wait) * 1_000_000) { [self] world in
                if !line.isIfAsked || world.isPINAskedFor { scan(line.bytes) }
            }
        }
    }

    /// What the scanner sends, and the return key at its end.
    private func scan(_ bytes: [UInt8]) {
        for byte in bytes + [0x0d] {
            if let line = assembler.take(byte) { world.station.post(.line(line)) }
        }
    }

    // MARK: - Borrowers

    private func someBorrower(_ plan: inout Plan) -> Borrower {
        plan.chance.happens(80)
            ? plan.chance.pick([SampleHouse.first, SampleHouse.second]) : plan.chance.pick(SampleHouse.borrowers)
    }

    private func borrow(_ plan: inout Plan) {
        plan.scan(SampleHouse.card(of: someBorrower(&plan)))
        for _ in 0..<(plan.chance.happens(20) ? 2 : 1) { take(plan.chance.pick(SampleHouse.items), &plan) }
        leave(&plan)
    }

    private func take(_ item: Item, _ plan: inout Plan) {
        let label = SampleHouse.lockers.first { $0.id == item.locker }.flatMap {
            plan.chance.happens(30) ? $0.label : nil
        }
        plan.scan(label ?? item.label)
        switch item {
        case SampleHouse.chair: if plan.chance.happens(40) { plan.scan(plan.chance.pick(["2", "3", "9"])) }
        case SampleHouse.violin:
            plan.enter(plan.chance.happens(85) ? SampleHouse.pin : "1111")
            plan.scan(plan.chance.pick([.yes, .yes, .no]))
            plan.scan(.yes)
        case SampleHouse.projector:
            if plan.chance.happens(70) { showBadge(&plan) }
        default: break
        }
        if plan.chance.happens(5) { plan.scan(.cancel) }
    }

    private func showBadge(_ plan: inout Plan) {
        plan.scan(SampleHouse.badge(of: plan.chance.pick(SampleHouse.staff)))
        plan.enter(SampleHouse.pin)
    }

    /// Most say that they are done; some just walk away.
    private func leave(_ plan: inout Plan) { if plan.chance.happens(70) { plan.scan(.finish) } }

    private func giveBack(_ books: PlainBooks, _ plan: inout Plan) {
        guard !books.loans.isEmpty else { return borrow(&plan) }
        let loan = plan.chance.pick(books.loans)
        guard let borrower = SampleHouse.borrowers.first(where: { $0.id == loan.borrower }) else { return }
        plan.scan(SampleHouse.card(of: borrower))
        let own = books.loans.filter { $0.borrower == loan.borrower }.map(\.item)
        var brought: [ItemID] = [loan.item]
        if plan.chance.happens(50) { brought = own }
        for id in brought.prefix(4) {
            guard let item = SampleHouse.items.first(where: { $0.id == id }) else { continue }
            plan.scan(item.label, after: 2500)
            if item == SampleHouse.violin { for _ in 0..<2 { plan.scan(plan.chance.pick([.yes, .yes, .no])) } }
        }
        if plan.chance.happens(5) { plan.scan(plan.chance.pick([.damaged, .incomplete])) }
        leave(&plan)
    }

    // MARK: - Passes

    private func fetch(_ plan: inout Plan) {
        // Some show one again that was shown before; a copy of it, maybe.
        if !passes.isEmpty, plan.chance.happens(35) {
            plan.scan(plan.chance.pick(Array(passes.suffix(6))).signed().text)
            return
        }
        let pass = newPass(&plan)
        passes.append(pass)
        let text = pass.signed().text
        switch plan.chance.number(below: 20) {
        case 0: plan.scan(String(text.dropLast(1 + plan.chance.number(below: 4))))
        case 1: plan.scan(pass.signed(by: .sample("pool.elsewhere.example")).text)
        case 2: plan.scan(changed(pass, &plan))
        default:
            plan.scan(text)
            // Whoever is in a hurry scans it twice; who has a room comes in again.
            if plan.chance.happens(25) { plan.scan(text, after: 200 + plan.chance.number(below: 30_000)) }
        }
    }

    /// A pass as the pool gives it; one in ten is for another house, and some are shown before or after their time.
    private func newPass(_ plan: inout Plan) -> Pass {
        let item = plan.chance.pick([SampleHouse.drill, SampleHouse.chair, SampleHouse.book, SampleHouse.room])
        let resource: Pass.Resource =
            switch plan.chance.number(below: 4) {
            case 0: .category(plan.chance.pick(["tools", "rooms", "boats"]))
            case 1: .locker(plan.chance.pick(SampleHouse.lockers).id)
            default: .item(item.id)
            }
        let hour = 3_600_000
        let start =
            plan.chance.happens(85) ? -plan.chance.number(below: 24 * hour) : plan.chance.number(below: 9 * hour)
        let length = (1 + plan.chance.number(below: 60)) * hour
        let from = world.clock.truth.adding(milliseconds: Int64(start))
        return Pass.of(
            nonce: plan.chance.next(), station: plan.chance.happens(90) ? "demo" : "marina", resource,
            borrower: someBorrower(&plan).id.text, from: from, until: from.adding(milliseconds: Int64(length)))
    }

    /// Somebody changes a bit, and mends the check bytes.
    private func changed(_ pass: Pass, _ plan: inout Plan) -> String {
        var bytes = pass.bytes + pass.signed().signature
        bytes[plan.chance.number(below: bytes.count)] ^= 1 << UInt8(plan.chance.number(below: 8))
        return SignedPass.prefix + Base32.encode(bytes + EntryHash(of: bytes).bytes.prefix(SignedPass.checkByteCount))
    }

    private func report(_ books: PlainBooks, _ plan: inout Plan) {
        let lent = SampleHouse.items.filter { item in books.loans.contains { $0.item == item.id } }
        plan.scan(.giveBack)
        plan.scan(plan.chance.pick(lent + [SampleHouse.kayak]).label)
    }

    private func manage(_ plan: inout Plan) {
        let card = SampleHouse.card(of: someBorrower(&plan))
        let item = plan.chance.pick(SampleHouse.items)
        if plan.chance.happens(20) { plan.scan(MemoryFacts.englishCode.text) }
        plan.scan(card)
        switch plan.chance.number(below: 8) {
        case 0: plan.scan(.loans)
        case 1, 2: for _ in 0..<2 { plan.scan(.renew) }
        case 3:
            plan.scan(.renew)
            plan.scan(item.label)
        case 4:
            plan.scan(plan.chance.pick([.damaged, .incomplete]))
            plan.scan(item.label)
            for _ in 0..<2 { plan.scan(plan.chance.pick([.yes, .no])) }
        case 5:
            plan.scan(.takeAnother)
            plan.scan(SampleHouse.chair.label)
        case 6: plan.scan(.help)
        default: plan.scan(card)
        }
        leave(&plan)
    }

    // MARK: - Mischief

    private func mischief(_ plan: inout Plan) {
        if plan.chance.happens(40) { plan.scan(SampleHouse.card(of: plan.chance.pick(SampleHouse.borrowers))) }
        for _ in 0..<(1 + plan.chance.number(below: 6)) {
            switch plan.chance.number(below: 9) {
            case 0: plan.lines.append((900, plan.chance.bytes(plan.chance.number(below: 700)), false))
            case 1: plan.scan(Self.insuranceCard)
            case 2: plan.scan(String(SampleHouse.card(of: SampleHouse.first).dropLast()) + "X")
            case 3: plan.scan(plan.chance.pick(Command.allCases))
            case 4: plan.scan(HouseCode.of(.borrowerCard, "9").text)
            case 5:
                let label = plan.chance.pick(SampleHouse.items).label
                for _ in 0..<3 { plan.scan(label, after: 500) }
            case 6: plan.scan(plan.chance.pick(["", "7", "12345", "\u{e4}\u{f6}ß", "label\u{1b}[2J"]))
            case 7: plan.scan(SampleHouse.card(of: plan.chance.pick(SampleHouse.borrowers)), after: 100)
            default: plan.scan(plan.chance.pick(SampleHouse.lockers).label)
            }
        }
    }

    private func guess(_ plan: inout Plan) {
        if plan.chance.happens(60) {
            plan.scan(SampleHouse.badge(of: plan.chance.pick(SampleHouse.staff)))
        } else {
            plan.scan(SampleHouse.card(of: plan.chance.pick([SampleHouse.first, SampleHouse.second])))
            plan.scan(SampleHouse.violin.label)
        }
        for _ in 0..<(1 + plan.chance.number(below: 8)) {
            plan.enter(plan.chance.pick(["1", "0000", "123456", "8642"]))
        }
    }

    // MARK: - Staff

    private func signIn(_ plan: inout Plan) {
        // Whoever is wise waits: somebody may have guessed before.
        showBadge(&plan)
        plan.lines[plan.lines.count - 1].wait += plan.chance.happens(30) ? 58_000 : 0
    }

    private func tidy(_ books: PlainBooks, _ plan: inout Plan) {
        signIn(&plan)
        for locker in SampleHouse.lockers {
            if books.suspended.contains(locker.id) {
                plan.scan(.resume)
                plan.scan(locker.label)
            }
            guard books.contents[locker.id] == .unverified || plan.chance.happens(10) else { continue }
            if plan.chance.happens(30) { plan.scan(locker.label, after: 3000) }
            let inside = SampleHouse.items.filter { (books.places[$0.id] ?? $0.locker) == locker.id }
            let isEmpty = inside.allSatisfy { item in books.loans.count { $0.item == item.id } >= item.quantity }
            plan.scan(isEmpty ? .markEmpty : .markHolding)
            plan.scan(locker.label)
        }
        let reported = books.loans.filter(\.isReported).map(\.item)
        if !reported.isEmpty {
            plan.scan(.confirmReturns)
            for item in SampleHouse.items where reported.contains(item.id) { plan.scan(item.label, after: 2500) }
        }
        for item in SampleHouse.items where books.conditions[item.id] != nil && plan.chance.happens(70) {
            plan.scan(.markSound)
            plan.scan(item.label)
        }
        leave(&plan)
    }

    private func service(_ plan: inout Plan) {
        signIn(&plan)
        switch plan.chance.number(below: 5) {
        case 0: plan.scan(.openAll)
        case 1:
            plan.scan(.suspend)
            plan.scan(plan.chance.pick(SampleHouse.lockers).label)
        default:
            for _ in 0..<(1 + plan.chance.number(below: 3)) { plan.scan(plan.chance.pick(SampleHouse.lockers).label) }
        }
        leave(&plan)
    }

    private func office(_ plan: inout Plan) {
        signIn(&plan)
        let item = plan.chance.pick(SampleHouse.items)
        let newCard = HouseCode.of(.borrowerCard, String(plan.chance.pick(Array("9KMP7")))).text
        switch plan.chance.number(below: 9) {
        case 0:
            plan.scan(.stock)
            for item in SampleHouse.items where plan.chance.happens(80) {
                plan.scan(item.label)
                if item.quantity > 1 { plan.scan(plan.chance.pick(["1", "2", "3", "5"])) }
            }
            plan.scan(.stock)
        case 1:
            plan.scan(.place)
            plan.scan(item.label)
            plan.scan(plan.chance.pick(SampleHouse.lockers).label)
            // Back to where it lives, so that the house stays as the register has it.
            plan.scan(.place)
            plan.scan(item.label)
            if let home = SampleHouse.lockers.first(where: { $0.id == item.locker }) { plan.scan(home.label) }
        case 2:
            plan.scan(.replaceCard)
            plan.scan(plan.chance.happens(50) ? "b-1" : item.label)
            plan.scan(newCard)
        case 3:
            plan.scan(.newBorrower)
            plan.scan(newCard)
        case 4:
            plan.scan(.newItem)
            // Not every code that is at hand is a label.
            plan.scan(plan.chance.pick(["8004NEW", SampleHouse.card(of: SampleHouse.first)]))
        case 5: plan.scan(plan.chance.pick([.overdue, .alarms, .confirmReturns]))
        case 6: plan.scan(SampleHouse.card(of: plan.chance.pick(SampleHouse.borrowers)))
        case 7: plan.scan(item.label)
        default: plan.scan(plan.chance.pick(Command.allCases))
        }
        leave(&plan)
    }
}
