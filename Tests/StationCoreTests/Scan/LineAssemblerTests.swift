// Bytes into lines: bounded, and the same whatever the pieces in which they come (rule S11).

import TestSupport
import Testing

@testable import StationCore

@Suite("Lines from bytes")
struct LineAssemblerTests {
    private func lines(_ bytes: [UInt8]) -> [ScannedLine] {
        var assembler = LineAssembler()
        var lines = bytes.compactMap { assembler.take($0) }
        if let last = assembler.end() { lines.append(last) }
        return lines
    }

    private func lines(_ text: String) -> [ScannedLine] { lines(Array(text.utf8)) }

    @Test("CR, LF, CR LF and Tab each end one line; an empty line is none; spaces around a line are not part of it")
    func terminators() {
        #expect(lines("a\rb\nc\r\nd\te") == ["a", "b", "c", "d", "e"].map { .text($0) })
        #expect(lines("\r\n\n\r \r   \n").isEmpty)
        #expect(lines("  a b  \n") == [.text("a b")])
        #expect(lines("~!\n") == [.text("~!")])
    }

    @Test("control characters and bytes beyond ASCII make a line unreadable, and only that line")
    func unreadable() {
        for byte in [0x00, 0x03, 0x08, 0x1b, 0x1c, 0x7f, 0x80, 0xc3, 0xff] as [UInt8] {
            #expect(lines([0x61, byte, 0x62, 0x0a, 0x63, 0x0a]) == [.unreadable, .text("c")], "byte \(byte)")
            #expect(lines([byte, 0x0a]) == [.unreadable], "byte \(byte) alone")
        }
    }

    @Test("the separator of GS1 is part of a line, and letters of a keyboard in the wrong layout are kept apart")
    func separatorsAndAccents() {
        #expect(lines("]C18004a\u{1d}10b\n") == [.text("]C18004a\u{1d}10b")])
        #expect(lines("INVß0001\nÄ\n") == [.accented("INVß0001"), .accented("Ä")])
        for strange in ["é", "Ж", "\u{202e}", "ß\u{1}"] { #expect(lines(strange + "\n") == [.unreadable]) }
    }

    @Test("256 bytes are a line, 257 are too long, and what comes behind the terminator is a line again")
    func bound() {
        let most = String(repeating: "x", count: LineAssembler.maximumBytes)
        #expect(LineAssembler.maximumBytes == 256)
        #expect(lines(most + "\n") == [.text(most)])
        #expect(lines(most + "x\nb\n") == [.tooLong, .text("b")])
        #expect(lines(String(repeating: "x", count: 100_000) + "\rb\n") == [.tooLong, .text("b")])
        #expect(lines(String(repeating: " ", count: 300) + "\nb") == [.tooLong, .text("b")])
    }

    @Test("what is too long at the end of the input is said, and nothing of it is kept")
    func tooLongAtTheEnd() {
        var assembler = LineAssembler()
        let early = (0..<300).compactMap { _ in assembler.take(0x78) }
        let taken = assembler.takeBack()
        let ends = [assembler.end(), assembler.end()]
        #expect(early.isEmpty && ends == [.tooLong, nil])
        #expect(!taken, "what is dropped can't be taken back")
    }

    @Test("a person may take back what was typed, and no more")
    func takeBack() {
        var assembler = LineAssembler()
        var taken = [assembler.takeBack()]
        for byte in "abc".utf8 { _ = assembler.take(byte) }
        taken += [assembler.takeBack(), assembler.takeBack()]
        _ = assembler.take(0x7a)
        let line = assembler.take(0x0d)
        taken.append(assembler.takeBack())
        #expect(line == .text("az") && taken == [false, true, true, false])
    }

    @Test(
        "any bytes, in any pieces, give the lines that cutting at terminators gives",
        arguments: 1...20 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let likely: [UInt8] = [0x0a, 0x0d, 0x20, 0x41, 0x42, 0x09, 0x00, 0xff]
        let run = chance.number(below: 3) == 0 ? 300 : 8
        var bytes: [UInt8] = []
        while bytes.count < 2000 {
            bytes += [UInt8](repeating: chance.pick(likely), count: 1 + chance.number(below: run))
        }
        let expected = bytes.split { [0x09, 0x0a, 0x0d].contains($0) }.compactMap { piece -> ScannedLine? in
            if piece.count > 256 { return .tooLong }
            if piece.contains(where: { $0 < 0x20 || $0 > 0x7e }) { return .unreadable }
            let words = text(piece).split(separator: " ", omittingEmptySubsequences: true)
            return words.isEmpty
                ? nil : .text(text(piece.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()))
        }
        #expect(lines(bytes) == expected)
    }

    @Test("a stream cut in two at any place gives the same lines")
    func split() {
        let stream = Array("  MT1\r\nMT2\r\u{1b}[2J\n\nfoo bar\n".utf8)
        let whole = lines(stream)
        #expect(whole == [.text("MT1"), .text("MT2"), .unreadable, .text("foo bar")])
        for place in 0...stream.count {
            var assembler = LineAssembler()
            var found = stream[..<place].compactMap { assembler.take($0) }
            // A reader's pause between two pieces leaves the assembler as it is.
            var resumed = assembler
            found += stream[place...].compactMap { resumed.take($0) }
            #expect(found == whole, "cut at \(place)")
        }
    }
}
