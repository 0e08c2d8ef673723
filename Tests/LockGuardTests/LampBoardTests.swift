// What lamps show: colours, rhythms and when they turn. Time runs from left to right, one character for 25 ms.

import GuardProtocol
import Testing

@testable import LockGuard

/// The rhythm over a second and a quarter.
private func timeline(_ rhythm: LampSignal.Rhythm) -> String {
    (0..<50).map { rhythm.isLit(at: 1000 * 1_000_000 * 77 + UInt64($0) * 25 * millisecond) ? "#" : "." }.joined()
}

@Suite("Lamps")
struct LampBoardTests {
    @Test("each rhythm looks as it is described")
    func rhythms() {
        #expect(timeline(.steady) == "##################################################")
        #expect(timeline(.slow) == "####################....................##########")
        #expect(timeline(.fast) == "#####.....#####.....#####.....#####.....#####.....")
        #expect(timeline(.double) == "####....####............................####....##")
    }

    @Test("between two turns a rhythm does not change, and at each turn it does", arguments: LampSignal.Rhythm.allCases)
    func turns(_ rhythm: LampSignal.Rhythm) throws {
        guard rhythm != .steady else {
            #expect(rhythm.nextTurn(after: 5) == nil)
            return
        }
        var instant: UInt64 = 123_456_789_012
        for _ in 0..<100 {
            let turn = try #require(rhythm.nextTurn(after: instant))
            #expect(turn > instant)
            #expect(rhythm.isLit(at: turn - 1) == rhythm.isLit(at: instant))
            #expect(rhythm.isLit(at: turn) != rhythm.isLit(at: instant))
            instant = turn
        }
    }

    @Test("colours are mixed from red, green and blue")
    func colours() {
        let mixed = LampSignal.Colour.allCases.map { colour in
            let parts = colour.parts
            return (parts.red ? "r" : "-") + (parts.green ? "g" : "-") + (parts.blue ? "b" : "-")
        }
        #expect(mixed == ["---", "r--", "rg-", "-g-", "--b", "rgb"])
    }

    @Test("a board at rest wakes nobody; one that blinks wakes at the earliest turn")
    func board() {
        var board = LampBoard(count: 3)
        #expect(board.nextTurn(after: 0) == nil)
        let steadyShown = board.show(LampSignal(.green, .steady), at: 0)
        #expect(steadyShown && board.nextTurn(after: 0) == nil)
        _ = board.show(LampSignal(.off, .fast), at: 1)
        #expect(board.nextTurn(after: 0) == nil, "a dark lamp does not blink")
        _ = board.show(LampSignal(.red, .slow), at: 1)
        #expect(board.nextTurn(after: 0) == 500 * millisecond)
        _ = board.show(LampSignal(.amber, .fast), at: 2)
        #expect(board.nextTurn(after: 0) == 125 * millisecond)
        #expect(board.parts(at: 2, at: 0) == LampParts(red: true, green: true))
        #expect(board.parts(at: 2, at: 125 * millisecond) == LampParts())
        let beyond = board.show(.dark, at: 3)
        #expect(!beyond, "there is no fourth lamp")
        board.showEverywhere(.dark)
        #expect(board.nextTurn(after: 0) == nil)
    }
}
