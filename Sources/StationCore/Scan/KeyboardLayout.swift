// A scanner that types is a keyboard: it presses keys, and the board's layout decides which characters come of them.
// Where the two differ, `(8004)` arrives as `)8004=`. House codes read the same in both layouts that are common here;
// for all others the station can at least say what is wrong.

/// The German and the US layout of the keys that differ.
public enum KeyboardLayout {
    /// Each key that differs, unshifted and shifted: US first, then German. Dead keys count as their accents.
    private static let keys: [(us: Character, german: Character)] = [
        ("@", "\""), ("#", "§"), ("^", "&"), ("&", "/"), ("*", "("), ("(", ")"), (")", "="), ("-", "ß"), ("_", "?"),
        ("=", "´"), ("+", "`"), ("y", "z"), ("Y", "Z"), ("z", "y"), ("Z", "Y"), ("[", "ü"), ("{", "Ü"), ("]", "+"),
        ("}", "*"), (";", "ö"), (":", "Ö"), ("'", "ä"), ("\"", "Ä"), ("\\", "#"), ("|", "'"), ("`", "^"), ("~", "°"),
        ("<", ";"), (">", ":"), ("/", "-"), ("?", "_"),
    ]

    private static let usForGerman = Dictionary(uniqueKeysWithValues: keys.map { ($0.german, $0.us) })
    private static let germanForUS = Dictionary(uniqueKeysWithValues: keys.map { ($0.us, $0.german) })

    /// The characters beyond ASCII that come of a US scanner's keys on a German board.
    static let charactersBeyondASCII = Set(keys.map(\.german).filter { !$0.isASCII })

    /// What a text was before it was typed in the wrong layout, if it was: by a US scanner on a German board, then by a
    /// German scanner on a US board. Texts that would be the same are left out.
    static func retyped(_ text: String) -> [String] {
        let byUSScanner = String(text.map { usForGerman[$0] ?? $0 })
        var byGermanScanner = String(text.map { germanForUS[$0] ?? $0 })
        // The right bracket of a symbology identifier is on a German keyboard's 9, with a key that US boards don't know.
        if text.utf8.count > 3, text.first == "9", text.dropFirst().first?.isLetter == true {
            byGermanScanner = "]" + byGermanScanner.dropFirst()
        }
        var texts: [String] = []
        for candidate in [byUSScanner, byGermanScanner] where candidate != text && !texts.contains(candidate) {
            // What is beyond ASCII is no code.
            if candidate.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { texts.append(candidate) }
        }
        return texts
    }
}
