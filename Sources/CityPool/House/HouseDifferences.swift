// How two registers differ, for people: what a file would overwrite.

import StationCore

extension House {
    /// Where another register differs from this one, a line for each thing.
    func differences(to other: House) -> [String] {
        func compare<Thing: Equatable>(_ name: String, _ here: [(String, Thing)], _ there: [(String, Thing)])
            -> [String]
        {
            let (here, there) = (
                Dictionary(here) { first, _ in first }, Dictionary(there) { first, _ in first }
            )
            return Set(here.keys).union(there.keys).sorted().compactMap { id in
                switch (here[id], there[id]) {
                case (nil, _): "\(name) '\(id)' is only in the file"
                case (_, nil): "\(name) '\(id)' is only in the register"
                case (let one, let two): one == two ? nil : "\(name) '\(id)' differs"
                }
            }
        }
        return (policy == other.policy ? [] : ["the policy differs"])
            + compare("station", stations.map { ($0.id.text, $0) }, other.stations.map { ($0.id.text, $0) })
            + compare("item", items.map { ($0.item.id.text, $0) }, other.items.map { ($0.item.id.text, $0) })
            + compare(
                "borrower", borrowers.map { ($0.borrower.id.text, $0) },
                other.borrowers.map { ($0.borrower.id.text, $0) })
            + compare("staff", staff.map { ($0.staff.id.text, $0) }, other.staff.map { ($0.staff.id.text, $0) })
            + compare("booking", bookings.map { ($0.id.text, $0) }, other.bookings.map { ($0.id.text, $0) })
    }
}

/// The register was edited since a file was loaded, and a file would take that back.
struct RegisterEdited: Error, CustomStringConvertible {
    /// How many changes there were.
    var edits: Int
    /// What differs.
    var differences: [String]

    /// The most differences that are told.
    private static let maximumLines = 40

    /// What would be lost, and what to do.
    var description: String {
        let more = differences.count - Self.maximumLines
        return
            (["the register was edited since the last file (\(edits) changes), and this one would take that back:"]
            + differences.prefix(Self.maximumLines).map { "  \($0)" } + (more > 0 ? ["  … and \(more) more"] : [])
            + ["Write into the file what shall stay, or load it with --overwrite."]).joined(separator: "\n")
    }
}
