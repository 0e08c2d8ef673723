// Patterns for codes of a house's own, in a notation that a table in a handbook can explain, and simple enough that two
// patterns can be compared: whether any text at all fits both can be told.

/// What codes of a scheme look like.
public struct CodePattern: Equatable, Sendable {
    /// One character of a code: which it may be, and whether it may be missing.
    private struct Place: Equatable {
        var allowed: Set<UInt8>
        var isOptional: Bool
    }

    /// The pattern as it was written.
    public let text: String
    private let places: [Place]

    /// A pattern: `#` stands for a digit, `@` for a letter, `?` for either, `*` for any printable character; `{4}` or
    /// `{2-8}` behind one of them repeats it; `\` in front of a character, and every other character, stand for
    /// themselves.
    ///
    /// Returns `nil` for a text that is no such pattern, or for codes longer than a line.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        var places: [Place] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let allowed: Set<UInt8>
            switch byte {
            case UInt8(ascii: "#"): allowed = Self.digits
            case UInt8(ascii: "@"): allowed = Self.letters
            case UInt8(ascii: "?"): allowed = Self.digits.union(Self.letters)
            case UInt8(ascii: "*"): allowed = Self.printable
            case UInt8(ascii: "\\"):
                guard let literal = rest.popFirst() else { return nil }
                allowed = [literal]
            case UInt8(ascii: "{"), UInt8(ascii: "}"): return nil
            default: allowed = [byte]
            }
            guard let counts = Self.counts(&rest), places.count + counts.upperBound <= LineAssembler.maximumBytes
            else { return nil }
            for number in 1...counts.upperBound {
                places.append(Place(allowed: allowed, isOptional: number > counts.lowerBound))
            }
        }
        guard places.contains(where: { !$0.isOptional }) else { return nil }
        self.text = text
        self.places = places
    }

    private static let digits = Set(UInt8(ascii: "0")...UInt8(ascii: "9"))
    private static let letters = Set(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        .union(UInt8(ascii: "a")...UInt8(ascii: "z"))
    private static let printable = Set<UInt8>(0x20...0x7e)

    /// The repetition at the start of a rest: once, where there is none.
    private static func counts(_ rest: inout Substring.UTF8View) -> ClosedRange<Int>? {
        guard rest.first == UInt8(ascii: "{") else { return 1...1 }
        guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let bounds = rest[rest.index(after: rest.startIndex)..<end]
            .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        rest = rest[rest.index(after: end)...]
        let numbers = bounds.compactMap { bound in
            bound.allSatisfy(\.isASCIIDigit) ? Int(String(decoding: bound, as: UTF8.self)) : nil
        }
        guard numbers.count == bounds.count, (1...2).contains(numbers.count), let least = numbers.first,
            let most = numbers.last, least <= most, (1...LineAssembler.maximumBytes).contains(most)
        else { return nil }
        return least...most
    }

    /// Whether a code looks so.
    public func fits(_ code: String) -> Bool {
        // Which places reading can have come to; the last stands for the end of the pattern.
        var reached = [Bool](repeating: false, count: places.count + 1)
        reached[0] = true
        leaveOut(&reached)
        for byte in code.utf8 {
            var next = [Bool](repeating: false, count: places.count + 1)
            for place in places.indices where reached[place] && places[place].allowed.contains(byte) {
                next[place + 1] = true
            }
            reached = next
            leaveOut(&reached)
        }
        return reached[places.count]
    }

    /// Passes over what may be missing.
    private func leaveOut(_ reached: inout [Bool]) {
        for place in places.indices where reached[place] && places[place].isOptional { reached[place + 1] = true }
    }

    /// Whether some code fits both patterns.
    public func overlaps(_ other: CodePattern) -> Bool {
        struct Pair: Hashable { var here, there: Int }
        var seen: Set<Pair> = [Pair(here: 0, there: 0)]
        var waiting = Array(seen)
        func visit(_ here: Int, _ there: Int) {
            let pair = Pair(here: here, there: there)
            if seen.insert(pair).inserted { waiting.append(pair) }
        }
        while let pair = waiting.popLast() {
            let (here, there) = (pair.here, pair.there)
            let (mine, theirs) = (here < places.count, there < other.places.count)
            if !mine && !theirs { return true }
            if mine, places[here].isOptional { visit(here + 1, there) }
            if theirs, other.places[there].isOptional { visit(here, there + 1) }
            if mine, theirs, !places[here].allowed.isDisjoint(with: other.places[there].allowed) {
                visit(here + 1, there + 1)
            }
        }
        return false
    }
}
