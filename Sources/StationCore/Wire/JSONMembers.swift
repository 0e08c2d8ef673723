// Takes the members of a JSON object one by one. What is missing, of the wrong kind or left over is an error that
// names the member; a name from outside is repeated only where it is harmless.

/// The members of a JSON object, to be taken one by one.
package struct JSONMembers {
    private let members: [String: JSON]
    private var taken: [String] = []
    private let thing: String

    /// The members of an object; `thing` is what errors call it.
    package init(_ json: JSON, _ thing: String) throws(EntryError) {
        guard let object = json.object else { throw EntryError("\(thing) is a JSON object") }
        members = object
        taken.reserveCapacity(object.count)
        self.thing = thing
    }

    private mutating func take(_ key: String) -> JSON? {
        guard let json = members[key] else { return nil }
        assert(!taken.contains(key), "'\(key)' is taken twice")
        taken.append(key)
        return json
    }

    package mutating func value(_ key: String) throws(EntryError) -> JSON {
        guard let json = take(key) else { throw EntryError("\(thing) lacks '\(key)'") }
        return json
    }

    package mutating func optionalValue(_ key: String) -> JSON? { take(key) }

    package mutating func takeOptional<Value>(_ key: String, _ read: (String) -> Value?) throws(EntryError) -> Value? {
        guard let json = take(key) else { return nil }
        guard let text = json.string, let value = read(text) else {
            throw EntryError("'\(key)' of \(thing) makes no sense")
        }
        return value
    }

    package mutating func take<Value>(_ key: String, _ read: (String) -> Value?) throws(EntryError) -> Value {
        guard let value = try takeOptional(key, read) else { throw EntryError("\(thing) lacks '\(key)'") }
        return value
    }

    package mutating func integer(_ key: String, _ range: ClosedRange<Int>) throws(EntryError) -> Int {
        guard let number = try value(key).integer, let value = Int(exactly: number), range.contains(value) else {
            throw EntryError("'\(key)' of \(thing) is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package mutating func optionalInteger(_ key: String, _ range: ClosedRange<Int>) throws(EntryError) -> Int? {
        members[key] == nil ? nil : try integer(key, range)
    }

    package mutating func boolean(_ key: String) throws(EntryError) -> Bool {
        guard let flag = try value(key).boolean else {
            throw EntryError("'\(key)' of \(thing) is neither true nor false")
        }
        return flag
    }

    package mutating func list<Element>(
        _ key: String, _ read: (JSON) throws(EntryError) -> Element
    ) throws(EntryError) -> [Element] {
        guard let array = try value(key).array else { throw EntryError("'\(key)' of \(thing) is no list") }
        var elements: [Element] = []
        elements.reserveCapacity(array.count)
        for json in array { elements.append(try read(json)) }
        return elements
    }

    package mutating func optionalList<Element>(
        _ key: String, _ read: (JSON) throws(EntryError) -> Element
    ) throws(EntryError) -> [Element] {
        members[key] == nil ? [] : try list(key, read)
    }

    package mutating func expect(_ key: String, _ text: String) throws(EntryError) {
        guard try value(key) == .string(text) else { throw EntryError("'\(key)' of \(thing) is not '\(text)'") }
    }

    package func finish() throws(EntryError) {
        guard taken.count < members.count, let key = Set(members.keys).subtracting(taken).min() else { return }
        let harmless = (1...32).contains(key.utf8.count) && key.utf8.allSatisfy { $0.isASCIILetterOrDigit }
        throw EntryError(harmless ? "'\(key)' is no member of \(thing)" : "\(thing) has a member it should not have")
    }
}
