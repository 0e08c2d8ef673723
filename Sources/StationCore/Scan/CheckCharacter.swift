// ISO/IEC 7064 MOD 37,36: one check character of 0–9 and A–Z behind an alphanumeric text. It finds every single
// wrong character, and of 630 possible swaps of neighbours all but one.

/// The hybrid check-character system MOD 37,36 of ISO/IEC 7064.
enum Modulus37And36 {
    /// The check character for a text of 0–9 and A–Z, or `nil` where the text holds anything else.
    static func checkCharacter(for text: some StringProtocol) -> Character? {
        guard let remainder = remainder(of: text) else { return nil }
        let value = (37 - remainder) % 36
        return Character(Unicode.Scalar(UInt8(value < 10 ? 0x30 + value : 0x41 + value - 10)))
    }

    /// The intermediate result after all characters, as the standard's recursive method computes it.
    private static func remainder(of text: some StringProtocol) -> Int? {
        var product = 36
        for byte in text.utf8 {
            let value: Int
            switch byte {
            case _ where byte.isASCIIDigit: value = Int(byte - 0x30)
            case _ where byte.isASCIIUppercase: value = Int(byte - 0x41) + 10
            default: return nil
            }
            var sum = (product + value) % 36
            if sum == 0 { sum = 36 }
            product = sum * 2 % 37
        }
        return product
    }
}

/// Check digits over decimal digits. A text that holds anything else has no right one.
enum CheckDigit {
    /// Whether the last digit is right by the GS1 General Specifications, 7.9: weights 3 and 1 from the right.
    static func isRightByGS1(_ text: some StringProtocol) -> Bool {
        isRight(text) { value, place in place.isMultiple(of: 2) ? value : 3 * value }
    }

    /// Whether the last digit is right by the modulus 10 of ISO/IEC 7812-1, annex B (Luhn), which libraries' Codabar
    /// cards carry: every second digit from the right counts twice, by its cross sum.
    static func isRightByLuhn(_ text: some StringProtocol) -> Bool {
        isRight(text) { value, place in place.isMultiple(of: 2) ? value : value < 5 ? 2 * value : 2 * value - 9 }
    }

    /// Weighs each digit by its place from the right, the check digit's being 0, and sums up.
    private static func isRight(_ text: some StringProtocol, weigh: (_ value: Int, _ place: Int) -> Int) -> Bool {
        let bytes = text.utf8
        guard bytes.count > 1, bytes.allSatisfy(\.isASCIIDigit) else { return false }
        let sum = bytes.reversed().enumerated().reduce(0) { $0 + weigh(Int($1.element - 0x30), $1.offset) }
        return sum.isMultiple(of: 10)
    }
}

/// The optional check character of Code 39: ISO/IEC 16388, annex A.
enum Modulus43 {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%".utf8)

    /// Whether a text consists of Code 39's 43 characters.
    static func isSpelled(in text: some StringProtocol) -> Bool { text.utf8.allSatisfy(alphabet.contains) }

    /// Whether the last character is the sum of all before it.
    static func isRight(_ text: some StringProtocol) -> Bool {
        let values = text.utf8.map { alphabet.firstIndex(of: $0) }
        guard values.count > 1, let check = values.last, let check else { return false }
        var sum = 0
        for value in values.dropLast() {
            guard let value else { return false }
            sum += value
        }
        return sum % 43 == check
    }
}
