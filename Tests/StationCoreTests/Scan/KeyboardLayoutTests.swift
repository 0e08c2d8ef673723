// A scanner that types in one layout on a board with the other: the station says so, and does nothing else.

import Testing

@testable import StationCore

@Suite("Keyboard layouts")
struct KeyboardLayoutTests {
    /// The rows of a keyboard, key by key, as they are printed on it: unshifted, then shifted.
    private static let us = [
        "`1234567890-=", "~!@#$%^&*()_+", "qwertyuiop[]\\", "QWERTYUIOP{}|", "asdfghjkl;'", "ASDFGHJKL:\"",
        "zxcvbnm,./", "ZXCVBNM<>?",
    ]
    private static let german = [
        "^1234567890ß´", "°!\"§$%&/()=?`", "qwertzuiopü+#", "QWERTZUIOPÜ*'", "asdfghjklöä", "ASDFGHJKLÖÄ",
        "yxcvbnm,.-", "YXCVBNM;:_",
    ]

    /// What a scanner set to one layout produces on a board set to the other.
    private func typed(_ text: String, on board: [String], by scanner: [String]) -> String {
        let keys = Dictionary(
            zip(scanner.joined(), board.joined()).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
        return String(text.map { keys[$0] ?? $0 })
    }

    /// One code of each kind that a station reads, as its scanner should send it.
    static let codes = [
        "(8004)4012345-A", "https://example.org/8004/4012345-A", "]C18004A1", "]E04006381333931", "]F021234000012344",
        "]A0INV-0042", "INV-0042", "shelf/7", "y-1", "Z_1", "a:b;c'd\"e", "x[1]{2}", "<1>", "a@b", "a#b", "a=b+c",
        "1?2&3",
    ]

    @Test("each code that a layout changes is recognised in the other", arguments: codes)
    func recognised(_ code: String) {
        let onGerman = typed(code, on: Self.german, by: Self.us)
        #expect(onGerman != code && KeyboardLayout.retyped(onGerman).contains(code), "\(onGerman)")
        // German keyboards reach these with a key, or beside a key, that US boards don't have.
        guard !code.dropFirst().contains(where: { "[]{}@\\|~<>".contains($0) }), code.first != "<" else { return }
        let onUS =
            code.first == "]"
            ? "9" + typed(String(code.dropFirst()), on: Self.us, by: Self.german)
            : typed(code, on: Self.us, by: Self.german)
        #expect(onUS != code && KeyboardLayout.retyped(onUS).contains(code), "\(onUS)")
    }

    @Test("house codes and figures read the same in both layouts")
    func unmoved() {
        for kind in HouseCode.Kind.allCases {
            let code = HouseCode.of(kind, "0A7").text
            #expect(typed(code, on: Self.german, by: Self.us) == code)
            #expect(typed(code, on: Self.us, by: Self.german) == code)
        }
        // Shops' codes, library cards, PINs and numbers.
        for figures in ["4006381333931", "21234000012344", "204831", "12"] {
            #expect(KeyboardLayout.retyped(figures).isEmpty)
        }
    }

    @Test("what is beyond ASCII in no layout is no candidate")
    func strange() {
        #expect(KeyboardLayout.retyped("Ж-1").isEmpty)
        #expect(KeyboardLayout.charactersBeyondASCII == Set("§ß´üÜöÖäÄ°"))
    }

    @Test("the station says that the layouts differ where it would know the code, opens nothing and keeps no code")
    func told() throws {
        let station = try StationBench()
        func scan(_ text: String) throws {
            var assembler = LineAssembler()
            for byte in (text + "\n").utf8 { try assembler.take(byte).map(station.take) }
        }
        try station.scan(SampleHouse.card(of: SampleHouse.first))
        for wrong in ["labelßdrill", "label/drill"] {
            try scan(wrong)
            #expect(station.screen.told.last?.id == .refused(.wrongKeyboardLayout), "\(wrong)")
        }
        #expect(station.conductor.unknownCodes == 0)
        for unknown in ["labelßnothing", "label/nothing"] { try scan(unknown) }
        #expect(station.screen.told.suffix(2).map(\.id) == [.refused(.unreadableCode), .refused(.unknownCode)])
        #expect(station.conductor.unknownCodes == 1)
        try station.scan("label-drill")
        #expect(station.screen.told.last?.id != .refused(.wrongKeyboardLayout))
    }
}
