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
