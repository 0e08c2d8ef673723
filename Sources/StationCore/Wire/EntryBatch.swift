// How entries go to the pool and what the pool answers: CloudEvents' batch format up, a signed receipt and the
// rejected entries back. An answer without a receipt signed by the pool's key is no acknowledgement.

/// A batch of entries as it goes up.
public enum EntryBatch {
    /// The media type of a batch (CloudEvents 1.0.2, JSON event format, section 4).
    public static let mediaType = "application/cloudevents-batch+json"
    /// The most entries of a batch.
    public static let maximumEntries = 500
    /// The most bytes of a batch.
    public static let maximumBytes = 512 * 1024

    /// The body for entries in their canonical form; as many of them, from the first on, as fit the limits.
    public static func body(_ documents: [[UInt8]]) -> (body: [UInt8], count: Int) {
        var body: [UInt8] = [UInt8(ascii: "[")]
        var count = 0
        for document in documents.prefix(maximumEntries) {
            guard body.count + document.count + 2 <= maximumBytes else { break }
            if count > 0 { body.append(UInt8(ascii: ",")) }
            body += document
            count += 1
        }
        body.append(UInt8(ascii: "]"))
        return (body, count)
    }
}

/// The pool's answer to a batch.
public struct BatchAnswer: Equatable, Sendable {
    /// An entry that the pool keeps but can't apply.
    public struct Rejection: Equatable, Sendable {
        /// The entry.
        public var number: EntryNumber
        /// Why, in words for an admin.
        public var reason: String

        /// A rejected entry with the reason.
        public init(number: EntryNumber, reason: String) {
            self.number = number
            self.reason = reason
        }
    }

    /// The signed note of the ``Receipt``, encoded; empty where the pool has no entry of this station yet.
    public var receipt: String
    /// The entries set aside.
    public var rejected: [Rejection]

    /// An answer; see the properties.
    public init(receipt: String, rejected: [Rejection]) {
        self.receipt = receipt
        self.rejected = rejected
    }

    /// The answer's body.
    public var body: [UInt8] {
        JSON.object([
            "receipt": .string(receipt),
            "rejected": .array(
                rejected.map { .object(["id": .string($0.number.description), "reason": .string($0.reason)]) }),
        ]).canonical
    }

    /// An answer from a body.
    ///
    /// Throws: ``EntryError`` where the body is none.
    public init(body: some Collection<UInt8>) throws(EntryError) {
        let json: JSON
        do { json = try JSON(parsing: body) } catch { throw EntryError("no JSON: \(error)") }
        var members = try JSONMembers(json, "an answer")
        receipt = try members.take("receipt") { $0.utf8.count <= SignedNote.maximumBytes ? $0 : nil }
        rejected = try members.list("rejected") { (json) throws(EntryError) in
            var members = try JSONMembers(json, "a rejection")
            let rejection = Rejection(
                number: try members.take("id", EntryNumber.init), reason: try members.take("reason") { $0 })
            try members.finish()
            return rejection
        }
        try members.finish()
    }
}
