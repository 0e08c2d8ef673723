// Text from outside on its way to a log or a terminal.

internal import StationCore

/// Makes foreign text harmless for a log or a terminal.
public enum LogText {
    /// The text, cut to 120 characters, with `?` for whatever is not printable.
    public static func safe(_ text: String) -> String {
        printable(text.prefix(120))
    }

    /// A name that a file gives to something, as ``safe(_:)`` writes it; `…` where it may be a card's number or a PIN that
    /// stands in the wrong place (rule S10).
    public static func name(_ text: String) -> String {
        let digits = text.utf8.count { (0x30...0x39).contains($0) }
        return digits > 3 || HouseCode(text) != nil || HouseCode.isNearly(text) ? "…" : safe(text)
    }

    /// The text, whole, with `?` for whatever is not printable.
    public static func printable(_ text: some StringProtocol) -> String {
        String(text.map { LocalizedText.isPrintable(String($0)) ? $0 : "?" })
    }
}
