// Text from outside on its way to a log or a terminal.

internal import StationCore

/// Makes foreign text harmless for a log or a terminal.
public enum LogText {
    /// The text, cut to 120 characters, with `?` for whatever is not printable.
    public static func safe(_ text: String) -> String {
        printable(text.prefix(120))
    }

    /// The text, whole, with `?` for whatever is not printable.
    public static func printable(_ text: some StringProtocol) -> String {
        String(text.map { LocalizedText.isPrintable(String($0)) ? $0 : "?" })
    }
}
