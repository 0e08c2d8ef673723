// Histories that broke a rule once. Each is run with every change from then on.

/// A seed with its deeds, as a failing simulation prints them.
struct KeptHistory {
    let seed: UInt64
    let deeds: [Deed]

    init(seed: UInt64, _ deeds: String) {
        self.seed = seed
        self.deeds = deeds.split(separator: "\n").map { line in
            guard let deed = Deed(line) else { preconditionFailure("'\(line)' is no deed") }
            return deed
        }
    }

    static let all: [KeptHistory] = [
        // Two of the staff at once: the PIN of one became the new label that the other had asked for.
        KeptHistory(
            seed: 12,
            """
            297821461 visit office 11488390409238670746
            297875690 visit office 5868444601599679481
            """)
    ]
}
