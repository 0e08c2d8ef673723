// Changes to a YAML file that scenarios write on one line: `items drill lendable: false`. The words before the colon lead
// to a value, entries of lists by their `id`; `nothing` removes what is there.

import Yams

/// One change to a YAML file.
struct YAMLChange {
    private let path: [String]
    private let value: Node

    /// A change as it is written.
    ///
    /// Throws: ``ScenarioMistake`` where it is none.
    init(_ text: String) throws {
        guard let colon = text.firstRange(of: ": "),
            let value = try? Yams.compose(yaml: String(text[colon.upperBound...]))
        else {
            throw ScenarioMistake("'\(text)' is no change", "Write, for instance: items drill lendable: false")
        }
        path = text[..<colon.lowerBound].split(separator: " ").map(String.init)
        self.value = value
    }

    /// A change to a value that was made elsewhere.
    init(_ path: [String], to value: Node) { (self.path, self.value) = (path, value) }

    /// The file with this change.
    func applied(to text: String) throws -> String {
        var node = try Yams.compose(yaml: text) ?? [:]
        try Self.set(&node, path[...], value)
        return try Yams.serialize(node: node, allowUnicode: true)
    }

    private static func set(_ node: inout Node, _ path: ArraySlice<String>, _ value: Node) throws {
        guard let key = path.first else { return node = value }
        let isRemoved = path.count == 1 && value.string == "nothing"
        if var mapping = node.mapping {
            var child = mapping[key] ?? [:]
            try set(&child, path.dropFirst(), value)
            mapping[key] = isRemoved ? nil : child
            node = .mapping(mapping)
        } else if let sequence = node.sequence {
            var entries = Array(sequence)
            let index = entries.firstIndex { $0["id"]?.string == key }
            var entry = index.map { entries[$0] } ?? [:]
            try set(&entry, path.dropFirst(), value)
            if path.count == 1, entry.mapping != nil { entry["id"] = Node(key) }
            if let index {
                entries[index...index] = isRemoved ? [] : [entry]
            } else {
                entries.append(entry)
            }
            node = .sequence(.init(entries))
        } else {
            throw ScenarioMistake("'\(key)' leads nowhere", "Write the keys as in the house's files.")
        }
    }
}
