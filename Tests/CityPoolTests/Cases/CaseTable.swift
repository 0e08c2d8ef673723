// Conflicts of two stations that were apart, each with the cases that are open and the loans that the ledger has when all
// has arrived, in whatever order.

import StationCore
import TestSupport
import Testing

@testable import CityPool

/// A conflict: what two stations wrote, and what it comes to.
struct Conflict: Sendable, CustomTestStringConvertible {
    var name: String
    /// What each of the stations `demo` and `other` wrote, as it travels.
    var demo: [[UInt8]]
    var other: [[UInt8]]
    /// The open cases in the end: kind, subject and station.
    var cases: Set<String>
    /// The loans in the end: station, item, and whether it is open, reported or returned.
    var loans: [String] = []

    var testDescription: String { name }
}

/// Writes the journals of a conflict.
private struct Two {
    var demo = TestJournal()
    var other = TestJournal(station: "other")

    func conflict(_ name: String, cases: Set<String>, loans: [String] = []) -> Conflict {
        Conflict(name: name, demo: demo.documents, other: other.documents, cases: cases, loans: loans)
    }
}

extension TestJournal {
    /// Staff see that an item is back.
    mutating func confirm(_ loan: EntryNumber, _ item: String) {
        write(.returnConfirmed(loan: loan, item: .of(item), locker: nil, staff: .of("s-1")))
    }

    /// A return whose door nobody knows of.
    mutating func lose(_ loan: EntryNumber, _ item: String, locker: String = "4") {
        let opening = write(
            .returnBegun(loan: loan, item: .of(item), locker: .of(locker), opening: nil, isReported: false))
        write(.outcomeUnknown(errand(.giveBack, opening, loan, item, locker)))
    }
}

extension Conflict {
    static let all: [Conflict] = [
        make("lent twice", ["OPEN_CIRCULATION_EXISTS item drill-1"], ["demo drill-1 open", "other drill-1 open"]) {
            $0.demo.checkOut("drill-1")
            $0.other.checkOut("drill-1")
        },
        make("lent twice, and one came back", [], ["demo drill-1 returned", "other drill-1 open"]) {
            $0.demo.giveBack($0.demo.checkOut("drill-1"), "drill-1")
            $0.other.checkOut("drill-1")
        },
        make("as often as there is of it", [], ["demo table open", "other table open"]) {
            $0.demo.checkOut("table")
            $0.other.checkOut("table")
        },
        make(
            "the first journal is gone", ["OPEN_CIRCULATION_EXISTS item drill-1"],
            ["demo drill-1 open", "demo drill-1 open"]
        ) {
            $0.demo.checkOut("drill-1")
            $0.demo.checkOut("drill-1", by: "b-1")
        },
        make("returned elsewhere", ["ROUTE_ITEM item drill-1 at other"], ["demo drill-1 reported"]) {
            $0.demo.checkOut("drill-1")
            $0.other.pause(seconds: 100)
            $0.other.write(.itemReceived(item: .of("drill-1"), nil))
        },
        make("returned elsewhere, and brought home", [], ["demo drill-1 returned"]) {
            let loan = $0.demo.checkOut("drill-1")
            $0.other.pause(seconds: 100)
            $0.other.write(.itemReceived(item: .of("drill-1"), .of("b-1")))
            $0.demo.pause(seconds: 200)
            $0.demo.confirm(loan, "drill-1")
        },
        make("brought home, and lent again", [], ["demo drill-1 returned", "demo drill-1 open"]) {
            let loan = $0.demo.checkOut("drill-1")
            $0.other.pause(seconds: 100)
            $0.other.write(.itemReceived(item: .of("drill-1"), .of("b-1")))
            $0.demo.pause(seconds: 200)
            $0.demo.confirm(loan, "drill-1")
            $0.demo.checkOut("drill-1")
        },
        make("left elsewhere after it was home", ["ROUTE_ITEM item drill-1 at other"], ["demo drill-1 returned"]) {
            $0.demo.giveBack($0.demo.checkOut("drill-1"), "drill-1")
            $0.other.pause(seconds: 100)
            $0.other.write(.itemReceived(item: .of("drill-1"), nil))
        },
        make("returned though nobody had it", ["ACTION_CIRCULATION_NOT_FOUND loan demo"], ["demo drill-1 returned"]) {
            let loan = $0.demo.checkOut("drill-1")
            $0.demo.giveBack(loan, "drill-1")
            $0.demo.giveBack(loan, "drill-1")
            $0.other.checkOut("painting")
            $0.other.giveBack($0.other.entries[1].number, "painting")
        }.adding(loans: ["other painting returned"]),
        make("unknown borrower", ["ACTOR_USER_NOT_FOUND borrower b-9"], ["demo drill-1 open", "other painting open"]) {
            $0.demo.checkOut("drill-1", by: "b-9")
            $0.other.checkOut("painting", by: "b-9")
        },
        make("nobody vouches for the clock", ["ROUTE_ITEM item drill-1 at other"], ["demo drill-1 returned"]) {
            let loan = $0.demo.checkOut("drill-1")
            $0.other.write(.itemReceived(item: .of("drill-1"), nil), quality: .unknown)
            $0.demo.pause(seconds: 200)
            $0.demo.confirm(loan, "drill-1")
        },
        make("unknown borrower, all back", [], ["demo drill-1 returned", "other painting returned"]) {
            $0.demo.giveBack($0.demo.checkOut("drill-1", by: "b-9"), "drill-1")
            $0.other.giveBack($0.other.checkOut("painting", by: "b-9"), "painting")
        },
        make("blocked borrower", ["PATRON_BARRED borrower b-2"], ["demo drill-1 open", "other painting returned"]) {
            $0.demo.checkOut("drill-1", by: "b-2")
            $0.other.giveBack($0.other.checkOut("painting", by: "b-2"), "painting")
        },
        make("unknown item", ["ASSET_COPY_NOT_FOUND item ladder"], ["demo ladder reported"]) {
            $0.demo.checkOut("ladder")
            $0.other.write(.itemReceived(item: .of("ladder"), nil))
        },
        make("marked as lost", ["COPY_STATUS_LOST item saw", "ROUTE_ITEM item saw at other"], ["demo saw reported"]) {
            $0.demo.checkOut("saw")
            $0.other.pause(seconds: 100)
            $0.other.write(.itemReceived(item: .of("saw"), nil))
        },
        make("a door that nobody knows of", ["OUTCOME_UNKNOWN locker demo/4 at demo"], ["demo drill-1 open"]) {
            $0.demo.lose($0.demo.checkOut("drill-1"), "drill-1")
            $0.other.checkOut("painting")
        }.adding(loans: ["other painting open"]),
        make("somebody looked into the locker", [], ["demo drill-1 open"]) {
            $0.demo.lose($0.demo.checkOut("drill-1"), "drill-1")
            $0.demo.write(.contentChecked(locker: .of("4"), .empty, by: .staff(.of("s-1"))))
        },
        make("looked, and again in doubt", ["OUTCOME_UNKNOWN locker demo/4 at demo"], ["demo drill-1 open"]) {
            let loan = $0.demo.checkOut("drill-1")
            $0.demo.lose(loan, "drill-1")
            $0.demo.write(.contentChecked(locker: .of("4"), .empty, by: .staff(.of("s-1"))))
            $0.demo.lose(loan, "drill-1")
        },
        setAside,
    ]

    private static var setAside: Conflict {
        // The loan of an entry that can't be understood is not known, and what follows it speaks of nothing.
        var conflict = make(
            "an entry that can't be understood",
            ["ENTRY_SET_ASIDE station demo at demo", "ACTION_CIRCULATION_NOT_FOUND loan demo"],
            ["other drill-1 open"]
        ) {
            $0.demo.giveBack($0.demo.checkOut("drill-1"), "drill-1")
            $0.other.checkOut("drill-1")
        }
        conflict.demo[1] = conflict.demo[1].rehashed("type", .string("org.milastation.robot-waved.v1"))
        conflict.demo[2] = conflict.demo[2].with("time", .string("2026-12-04T17:00:00.000Z"))
        return conflict
    }

    private static func make(
        _ name: String, _ cases: Set<String>, _ loans: [String], _ write: (inout Two) -> Void
    ) -> Conflict {
        var two = Two()
        write(&two)
        return two.conflict(name, cases: cases, loans: loans)
    }

    private func adding(loans: [String]) -> Conflict {
        var conflict = self
        conflict.loans += loans
        return conflict
    }
}
