// Reads JSON from bytes of any origin: bounded depth, no doubled keys, a defined answer to every input (rule S11).

extension JSON {
    /// How deep arrays and objects may be nested.
    public static let maximumDepth = 16

    /// The value that bytes hold.
    ///
    /// Throws: ``JSONError`` where they hold anything but one JSON value of the kinds we use (RFC 8259 syntax).
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        var reader = JSONReader(Array(bytes))
        self = try reader.document()
    }
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw error("there is more after the value") }
        return value
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func error(_ problem: String) -> JSONError { JSONError(offset: offset, problem: problem) }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth <= JSON.maximumDepth else { throw error("nested deeper than \(JSON.maximumDepth)") }
        skipSpace()
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "t"): return .boolean(try word("true", true))
        case UInt8(ascii: "f"): return .boolean(try word("false", false))
        case let byte? where byte == UInt8(ascii: "-") || byte.isASCIIDigit: return .integer(try integer())
        case UInt8(ascii: "n"): throw error("null has no meaning here")
        case nil: throw error("the text ends where a value should be")
        default: throw error("no JSON value starts like this")
        }
    }

    private mutating func word(_ word: StaticString, _ value: Bool) throws(JSONError) -> Bool {
        let end = offset + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[offset..<end].elementsEqual("\(word)".utf8) else {
            throw error("no JSON value starts like this")
        }
        offset = end
        return value
    }

    private mutating func integer() throws(JSONError) -> Int64 {
        let start = offset
        let negative = take("-")
        let digits = offset
        var magnitude: Int64 = 0
        while let byte = current, byte.isASCIIDigit {
            magnitude = magnitude * 10 + Int64(byte - 0x30)
            guard magnitude <= JSON.maximumInteger else { throw error("a number beyond 2^53-1") }
            offset += 1
        }
        guard offset > digits else { throw error("a number without digits") }
        guard bytes[digits] != UInt8(ascii: "0") || offset == digits + 1, !(negative && magnitude == 0) else {
            throw JSONError(offset: start, problem: "a number with leading zeros or a negative zero")
        }
        if let byte = current, byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
            throw error("only whole numbers have a meaning here")
        }
        return negative ? -magnitude : magnitude
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        offset += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw error("a comma or the end of the array is missing") }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> [String: JSON] {
        offset += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take("}") { return members }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("a key is missing") }
            let start = offset
            let key = try string()
            skipSpace()
            guard take(":") else { throw error("a colon is missing") }
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw JSONError(offset: start, problem: "a key that is there twice")
            }
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw error("a comma or the end of the object is missing") }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        let start = offset
        offset += 1
        var decoded: [UInt8] = []
        var plainStart = offset
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let plain = bytes[plainStart..<offset]
                offset += 1
                // A string without escapes, as almost all are, is not copied.
                let whole = decoded.isEmpty ? plain : (decoded + plain)[...]
                guard let text = String(validating: whole, as: UTF8.self) else {
                    throw JSONError(offset: start, problem: "a string that is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                decoded += bytes[plainStart..<offset]
                offset += 1
                decoded += try escape()
                plainStart = offset
            case 0..<0x20:
                throw error("a control character in a string")
            default:
                offset += 1
            }
        }
        throw JSONError(offset: start, problem: "a string without an end")
    }

    private mutating func escape() throws(JSONError) -> [UInt8] {
        guard let byte = current else { throw error("an escape without an end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var unit = UInt32(try hexadecimal())
            if 0xd800...0xdbff ~= unit {
                guard take("\\"), take("u") else { throw error("half a surrogate pair") }
                let low = UInt32(try hexadecimal())
                guard 0xdc00...0xdfff ~= low else { throw error("half a surrogate pair") }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("half a surrogate pair") }
            return Array(String(Character(scalar)).utf8)
        default: throw error("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        let end = offset + 4
        guard end <= bytes.count, bytes[offset..<end].allSatisfy(\.isASCIILetterOrDigit),
            let unit = UInt16(String(decoding: bytes[offset..<end], as: UTF8.self), radix: 16)
        else { throw error("four hexadecimal digits are missing") }
        offset = end
        return unit
    }
}
