// Chance for tests: the same seed gives the same numbers on every machine, so that a run that failed can be repeated.

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to one less than the bound.
    package mutating func number(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// One of several things.
    package mutating func pick<Thing>(_ things: [Thing]) -> Thing { things[number(below: things.count)] }

    /// True so many times in a hundred.
    package mutating func happens(_ percent: Int) -> Bool { number(below: 100) < percent }

    package mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
