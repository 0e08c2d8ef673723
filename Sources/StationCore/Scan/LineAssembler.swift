// Bytes on standard input become lines: bounded, whatever a scanner, a pipe or a cat on the keyboard sends.

/// What the bytes up to a terminator amount to.
public enum ScannedLine: Equatable, Sendable {
    /// Printable ASCII, and the group separator of GS1, without the terminator and without spaces around it.
    case text(String)
    /// Printable, with letters that only a keyboard in the wrong layout makes of a code.
    case accented(String)
    /// Something with control characters or other bytes beyond ASCII in it; what it was is not kept.
    case unreadable
    /// More than ``LineAssembler/maximumBytes`` bytes; what it was is not kept.
    case tooLong
}

/// Cuts a stream of bytes into lines at CR, LF, both, or Tab, and bounds them.
///
/// A line of more than ``maximumBytes`` bytes is dropped up to the next terminator, so an endless line costs no
/// memory. An empty line is no line: CR LF ends one line, not two.
public struct LineAssembler: Sendable {
    /// The most bytes a line may have. The longest code in use, a GS1 Digital Link in a QR code, has fewer.
    public static let maximumBytes = 256

    /// What ends a line: Tab, LF and CR. Scanners are set up to send one of them, or CR and LF.
    public static let ends: Set<UInt8> = [0x09, 0x0a, 0x0d]

    private var bytes: [UInt8] = []
    private var isDiscarding = false

    /// An assembler at the start of a line.
    public init() { bytes.reserveCapacity(Self.maximumBytes) }

    /// The line that this byte ends, if it ends one.
    public mutating func take(_ byte: UInt8) -> ScannedLine? {
        switch byte {
        case _ where Self.ends.contains(byte):
            return end()
        case _ where isDiscarding:
            return nil
        case _ where bytes.count == Self.maximumBytes:
            isDiscarding = true
            return nil
        default:
            bytes.append(byte)
            return nil
        }
    }

    /// Whether part of a line is in.
    public var isInLine: Bool { isDiscarding || !bytes.isEmpty }

    /// Takes the last byte back, as a person at a keyboard does.
    ///
    /// - Returns: whether there was one.
    public mutating func takeBack() -> Bool {
        guard !isDiscarding, !bytes.isEmpty else { return false }
        bytes.removeLast()
        return true
    }

    /// The last line of a stream that ends without a terminator.
    public mutating func end() -> ScannedLine? {
        defer {
            bytes.removeAll(keepingCapacity: true)
            isDiscarding = false
        }
        if isDiscarding { return .tooLong }
        let first = bytes.firstIndex { $0 != 0x20 }
        guard let first, let last = bytes.lastIndex(where: { $0 != 0x20 }) else { return nil }
        let trimmed = bytes[first...last]
        if trimmed.allSatisfy({ (0x20...0x7e).contains($0) || $0 == Self.groupSeparator }) {
            return .text(String(decoding: trimmed, as: UTF8.self))
        }
        guard let text = String(validating: trimmed, as: UTF8.self),
            text.allSatisfy({ $0.isPrintableASCII || KeyboardLayout.charactersBeyondASCII.contains($0) })
        else { return .unreadable }
        return .accented(text)
    }

    /// What a scanner sends for FNC1 between two GS1 element strings.
    private static let groupSeparator: UInt8 = 0x1d
}

extension Character {
    fileprivate var isPrintableASCII: Bool { asciiValue.map { (0x20...0x7e).contains($0) } ?? false }
}
