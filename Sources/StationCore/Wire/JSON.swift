// JSON as station, pool and admin exchange it: strings, booleans, whole numbers up to 2^53−1, arrays and objects.
// Null, fractions and doubled keys have no meaning between them and are refused (I-JSON, RFC 7493, is the model),
// so what was hashed on one side can't be read as something else on the other.

/// A JSON value of the kinds our messages use.
public enum JSON: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case array([JSON])
    case object([String: JSON])

    /// The largest whole number that every JSON reader holds exactly: 2^53 − 1.
    public static let maximumInteger: Int64 = 9_007_199_254_740_991
}

/// Why bytes are not JSON of the kinds we use, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The byte at which reading stopped, from 0.
    public var offset: Int
    /// What is wrong there.
    public var problem: String

    /// The problem with its place.
    public var description: String { "\(problem) (at byte \(offset))" }
}

extension JSON {
    /// The text of a string.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of a whole number.
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    /// The value of a boolean.
    public var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    /// The elements of an array.
    public var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    /// The members of an object.
    public var object: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
    /// A member of an object.
    public subscript(key: String) -> JSON? { object?[key] }
}

// MARK: - Writing

extension JSON {
    /// This value in the canonical form of RFC 8785: no spaces, keys in UTF-16 order, shortest escapes.
    public var canonical: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .string(let text): JSON.write(text, to: &bytes)
        case .integer(let number): bytes += String(number).utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            for (index, (key, value)) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSON.write(key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// A string in quotes, escaped as RFC 8785 (section 3.2.2.2) asks.
    static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // Almost every text is written as it is; then it is copied at once.
        let plain = text.utf8.withContiguousStorageIfAvailable { text in
            let isPlain = text.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            if isPlain { bytes.append(contentsOf: text) }
            return isPlain
        }
        if plain != true { writeEscaped(text, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func writeEscaped(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: bytes += "\\b".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0a: bytes += "\\n".utf8
            case 0x0c: bytes += "\\f".utf8
            case 0x0d: bytes += "\\r".utf8
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8
            default: bytes.append(byte)
            }
        }
    }
}
