// A number that is used once: whoever signs over it has answered this very question, and no earlier one.

/// 128 random bits that a station draws for one question.
public struct Nonce: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes a nonce has.
    public static let byteCount = 16
    private let bytes: [UInt8]

    /// A nonce, or `nil` where there are not ``byteCount`` bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A nonce from the text that ``description`` writes, or `nil`.
    public init?(_ text: String) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes)
    }

    /// 22 characters of base64url.
    public var description: String { Base64URL.encode(bytes) }
}
