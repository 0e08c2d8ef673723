// What kind of bar code a scanner read, where it says so: three characters before the data, as ISO/IEC 15424 defines
// them. Most scanners leave them out unless they are told to send them.

/// A symbology identifier, such as `]C1` for GS1-128.
public struct SymbologyIdentifier: Equatable, Sendable {
    /// The kinds of bar code that mean something to a station.
    public enum Symbology: Equatable, Sendable {
        case code39, code128, codabar, retail, dataMatrix, qrCode, other
        /// A bar code that says itself that it carries GS1 element strings: its FNC1 was in first position.
        case gs1
    }

    /// The kind of bar code.
    public let symbology: Symbology

    /// The identifier at the start of a scanned text, and the text behind it; `nil` where there is none.
    static func split(_ text: String) -> (identifier: SymbologyIdentifier, rest: String)? {
        let bytes = Array(text.utf8.prefix(3))
        guard bytes.count == 3, bytes[0] == UInt8(ascii: "]"), bytes[1].isASCIILetterOrDigit,
            bytes[2].isASCIILetterOrDigit
        else { return nil }
        let symbology: Symbology =
            switch (Character(Unicode.Scalar(bytes[1])), Character(Unicode.Scalar(bytes[2]))) {
            case ("C", "1"), ("d", "2"), ("Q", "3"), ("e", "0"), ("J", "1"): .gs1
            case ("A", _): .code39
            case ("C", _): .code128
            case ("F", _): .codabar
            case ("E", _): .retail
            case ("d", _): .dataMatrix
            case ("Q", _): .qrCode
            default: .other
            }
        return (SymbologyIdentifier(symbology: symbology), String(text.dropFirst(3)))
    }
}
