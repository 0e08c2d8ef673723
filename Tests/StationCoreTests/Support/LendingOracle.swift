// Another opinion on lending: Tests/lending_says.py, written from the words of the rules and not from our code. What it
// is asked is written down here as those words have it.

import Foundation
import TestSupport

@testable import StationCore

/// A request to borrow, with the words that its zone and hours were made from.
struct LendingCase {
    var request: LoanRequest
    var zone: String
    var hours: Hours?

    /// A house's hours from Monday on, and the days on which it is closed; none where it is always open.
    typealias Hours = (week: [String], closed: [String])
}

/// What is said to a request.
struct LendingAnswer: Hashable {
    var says: String
    var when: Int64?
    var due: Int64?
    var isShortened: Bool?
    var depositCents: Int64?
}

extension LendingAnswer {
    init(_ verdict: LoanVerdict) {
        switch verdict {
        case .refused(let refusal, let when): self.init(says: refusal.rawValue, when: when?.milliseconds)
        case .needs(.pin): self.init(says: "needs-pin")
        case .needs(.approval(let cents)): self.init(says: "needs-approval", depositCents: Int64(cents))
        case .granted(let due, let isShortened):
            self.init(says: "granted", due: due.milliseconds, isShortened: isShortened)
        }
    }

    fileprivate init(_ json: JSON) throws {
        guard let says = json["says"]?.string else { throw BenchError("no answer: \(json)") }
        self.init(
            says: says, when: json["when"]?.integer, due: json["due"]?.integer, isShortened: json["shortened"]?.boolean,
            depositCents: json["deposit"]?.integer)
    }
}

enum LendingOracle {
    /// Why the rules refuse a loan.
    static let refusals: Set<Refusal> = [
        .borrowerBlocked, .borrowerExpired, .poolOutOfReach, .ageUnknown, .tooYoung, .notQualified, .tooManyLoans,
        .tooManyOfCategory, .tooValuable, .quietHours, .booked, .bookedSoon,
    ]

    /// What the oracle says to cases, in their order.
    static func answers(to cases: [LendingCase]) throws -> [LendingAnswer] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("lending_says.py").path
        let lines = cases.map { text($0.words.canonical) + "\n" }.joined()
        let end = try TestProcess.run("python3", ["-B", script], input: lines)
        guard end.code == 0 else { throw BenchError("lending_says.py: \(end.errors)") }
        let answers = try end.output.split(separator: "\n").map { try LendingAnswer(JSON(parsing: $0.utf8)) }
        guard answers.count == cases.count else { throw BenchError("\(answers.count) of \(cases.count) answers") }
        return answers
    }

    /// Where our answers differ from those of the oracle, each with its case.
    static func differences(_ ours: [LendingAnswer], _ theirs: [LendingAnswer], _ cases: [LendingCase]) -> [String] {
        cases.indices.filter { ours[$0] != theirs[$0] }.map { index in
            "case \(index): we \(ours[index]), the oracle \(theirs[index]), asked \(text(cases[index].words.canonical))"
        }
    }
}

// MARK: - Cases in words

extension LendingCase {
    /// The case as the oracle reads it.
    var words: JSON {
        let (borrower, item) = (request.borrower, request.item)
        return .of([
            "now": .time(request.moment.wall), "zone": .string(zone), "policy": policy,
            "reach": .boolean(request.house.isPoolInReach), "confirmed": request.house.confirmed.map(JSON.time),
            "borrower": .words(borrower.borrower), "loans": .array(borrower.loans.map(JSON.words)),
            "items": .object(
                Dictionary(uniqueKeysWithValues: borrower.items.map { ($0.key.text, JSON.words($0.value)) })),
            "item": .object(
                JSON.words(item.item).object?.merging([
                    "loans": .array(item.loans.map(JSON.words)), "bookings": .array(item.bookings.map(JSON.words)),
                ]) { $1 } ?? [:]),
            "weak": .boolean(!request.proofs.isCardStrong), "pin": .boolean(request.proofs.isPINRight),
            "approved": .boolean(request.proofs.isApproved), "room": .boolean(request.isRoom),
        ])
    }

    private var policy: JSON {
        let policy = request.house.policy
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        return .of([
            "standard": .words(policy.standard),
            "rules": .array(
                policy.rules.map { rule in
                    .of([
                        "category": rule.category.map(JSON.string), "group": rule.group.map(JSON.string),
                        "terms": .words(rule.terms),
                    ])
                }),
            "hours": hours.map { hours in
                .object(Dictionary(uniqueKeysWithValues: zip(names, hours.week.map(JSON.string))))
            },
            "closed": hours.map { .array($0.closed.map(JSON.string)) },
            "offline": .string(policy.offline.rawValue),
            "maximum-age": .object(
                Dictionary(
                    uniqueKeysWithValues: policy.maximumAgeHours.map { ($0.key.rawValue, .integer(Int64($0.value))) })),
        ])
    }
}

extension JSON {
    /// An object of the members that there are.
    fileprivate static func of(_ members: [String: JSON?]) -> JSON { .object(members.compactMapValues { $0 }) }

    fileprivate static func time(_ time: WallTime) -> JSON { .integer(time.milliseconds) }

    fileprivate static func words(_ terms: LendingTerms) -> JSON {
        var members = Dictionary(
            uniqueKeysWithValues: terms.numbers.map { ($0.key.rawValue, JSON.integer(Int64($0.value))) })
        if let minute = terms[.until] {
            members["until"] = .string("\(padded(minute / 60, 2)):\(padded(minute % 60, 2))")
        }
        func orNone(_ text: String) -> JSON { .string(text.isEmpty ? "none" : text) }
        members["qualification"] = terms.qualification.map(orNone)
        members["confirmation"] = terms.confirmation.map { .string($0.rawValue) }
        members["quiet-hours"] = terms.quietHours.map { orNone($0.text) }
        return .object(members)
    }

    fileprivate static func words(_ borrower: Borrower) -> JSON {
        .of([
            "id": .string(borrower.id.text), "blocked": .boolean(borrower.standing == .blocked),
            "valid-until": borrower.validUntil.map(time), "groups": .array(borrower.groups.sorted().map(JSON.string)),
            "born": borrower.born.map { .string($0.iso8601) },
            "qualifications": .object(borrower.qualifications.mapValues { .of(["until": $0.map(time)]) }),
        ])
    }

    fileprivate static func words(_ item: Item) -> JSON {
        .object([
            "category": .string(item.category), "quantity": .integer(Int64(item.quantity)),
            "value": .integer(Int64(item.valueCents)), "locker": .boolean(item.locker != nil),
        ])
    }

    fileprivate static func words(_ loan: Loan) -> JSON {
        .object(["item": .string(loan.item.text), "borrower": .string(loan.borrower.text), "due": .time(loan.due)])
    }

    fileprivate static func words(_ booking: Booking) -> JSON {
        .object([
            "borrower": .string(booking.borrower.text), "from": .time(booking.from), "until": .time(booking.until),
        ])
    }
}
