// What is asked of an image, and what was found in it; `StationImageCheck.swift` and its neighbours know how.

/// What was found in an image, or in a part of it.
struct ImageVerdict: Sendable {
    /// How many entries of the recorded history it has.
    var reached = 0
    /// Whether the program's key is the recorded one.
    var hasKey = false
    /// The number of the register, and of the one that the journal says was applied.
    var register: UInt64 = 0
    var applied: UInt64 = 0
    /// Up to which entry all are gone, with the station's signed word about it.
    var trimmed = 0
    /// Whether a file holds a disclosure that is erased in the end.
    var holdsErased = false
    /// What is wrong with it, whatever was promised.
    var faults: [String] = []

    /// Takes over what was found in another part.
    mutating func add(_ other: ImageVerdict) {
        reached = max(reached, other.reached)
        hasKey = hasKey || other.hasKey
        (register, applied) = (max(register, other.register), max(applied, other.applied))
        (trimmed, holdsErased) = (max(trimmed, other.trimmed), holdsErased || other.holdsErased)
        faults += other.faults
    }
}

/// Looks at images of a program's files with the program's own code.
protocol ImageCheck: Sendable {
    /// How many parts an image has: files that the program opens together, and independently of others.
    var parts: Int { get }
    /// The part that a path belongs to; `nil` where nobody looks at it.
    func part(of path: String) -> Int?
    /// What is found in a part that is in a folder.
    func verdict(_ part: Int, _ folder: String, isThorough: Bool) async throws -> ImageVerdict
}
