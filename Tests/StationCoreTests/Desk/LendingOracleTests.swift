// The rules of lending, held against what another program makes of the same words.

import TestSupport
import Testing

@testable import StationCore

@Suite("The rules of lending, held against another reading of their words")
struct LendingOracleTests {
    /// What can be said to a request.
    private static let answers = Set(LendingOracle.refusals.map(\.rawValue)).union(
        ["needs-pin", "needs-approval", "granted", "granted, shortened"])

    @Test("thousands of requests get the same answer, and every answer comes up", arguments: [1, 2] as [UInt64])
    func sameAnswers(seed: UInt64) throws {
        var random = LendingCases(seed: seed)
        let cases = (0..<3000).map { _ in random.next() }
        let answers = cases.map { LendingAnswer($0.request.verdict) }
        let differences = LendingOracle.differences(answers, try LendingOracle.answers(to: cases), cases)
        #expect(differences.isEmpty, "seed \(seed), \(differences.count) differences: \(differences.prefix(3))")

        var counts: [String: Int] = [:]
        for answer in answers {
            counts[answer.says + (answer.isShortened == true ? ", shortened" : ""), default: 0] += 1
        }
        #expect(Set(counts.keys) == Self.answers)
        #expect(counts.values.allSatisfy { $0 >= 30 }, "seed \(seed): \(counts)")
    }

    /// Mistakes that a station could make, each in what it answers to a case.
    private static let mistakes: [(String, @Sendable (LendingCase) -> LendingAnswer)] = [
        ("due a minute later", { LendingAnswer($0.request.verdict).with { $0.due? += 60_000 } }),
        ("a shorter loan that is not told", { LendingAnswer($0.request.verdict).with { $0.isShortened? = false } }),
        ("another time named", { LendingAnswer($0.request.verdict).with { $0.when? += 1 } }),
        ("a deposit forgotten", { LendingAnswer($0.request.verdict).with { $0.depositCents? = 0 } }),
        (
            "another reason",
            { LendingAnswer($0.request.verdict).with { if $0.says == "too-young" { $0.says = "age-unknown" } } }
        ),
        ("the first rule counts", { $0.answer { $0.house.policy.rules.reverse() } }),
        ("blocked people borrow", { $0.answer { $0.borrower.borrower.standing = .active } }),
        ("the pool is thought to be in reach", { $0.answer { $0.house.isPoolInReach = true } }),
        ("weak cards are trusted", { $0.answer { $0.proofs.isCardStrong = true } }),
        ("what the register lost is not counted", { $0.answer { $0.borrower.forgetUnregistered() } }),
        ("clocks are never changed", { $0.answer { $0.zone = SampleHouse.zone } }),
        ("a millisecond too late", { $0.answer { $0.moment.wall = $0.moment.wall.adding(milliseconds: 1) } }),
    ]

    @Test("every mistake that is put in is found")
    func negativeControl() throws {
        var random = LendingCases(seed: 3)
        let cases = (0..<1000).map { _ in random.next() }
        let right = cases.map { LendingAnswer($0.request.verdict) }
        let oracle = try LendingOracle.answers(to: cases)
        for (name, answer) in Self.mistakes {
            let answers = cases.map(answer)
            let wrong = zip(right, answers).count { $0 != $1 }
            #expect(wrong > 0 && wrong < cases.count, "\(name)")
            #expect(LendingOracle.differences(answers, oracle, cases).count == wrong, "\(name)")
        }
    }
}

extension LendingAnswer {
    fileprivate func with(_ change: (inout LendingAnswer) -> Void) -> LendingAnswer {
        var changed = self
        change(&changed)
        return changed
    }
}

extension LendingCase {
    /// What is said to a request that is not quite this one.
    fileprivate func answer(_ change: (inout LoanRequest) -> Void) -> LendingAnswer {
        var changed = request
        change(&changed)
        return LendingAnswer(changed.verdict)
    }
}

extension BorrowerFacts {
    fileprivate mutating func forgetUnregistered() { loans.removeAll { items[$0.item] == nil } }
}
