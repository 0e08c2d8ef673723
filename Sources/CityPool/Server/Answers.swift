// How the pool's answers look as JSON, and how numbers in addresses are read.

import Groundwork
import Hummingbird
import NIOCore
import StationCore

extension Response {
    /// An answer with a body.
    init(_ bytes: [UInt8], type: String, headers more: HTTPFields = [:]) {
        var headers = more
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        self.init(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// An answer as JSON.
    static func json(_ json: JSON) -> Response { Response(json.canonical, type: "application/json") }
}

extension Request {
    /// The token it came with.
    var token: String? { AccessToken.bearer(headers[.authorization]) }
}

extension RegisterVersion {
    /// As an entity tag (RFC 9110, section 8.8.3).
    var tag: String { "\"\(self)\"" }
}

extension Parameters {
    /// The whole number of a name within a range; `nil` where there is none.
    ///
    /// Throws: ``Problem`` where it is something else.
    func number(_ name: String, _ range: ClosedRange<UInt64>) throws -> UInt64? {
        guard let text = get(name) else { return nil }
        guard let number = UInt64(text), range.contains(number) else {
            throw Problem.unreadable("'\(name)' is no whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}

extension Problem {
    /// What is wrong with a register.
    init(_ problems: FileProblems) {
        self.init(
            status: .unprocessableContent, kind: .registerMistakes, title: "The register has mistakes",
            detail: problems.all.prefix(20).map(\.description).joined(separator: "\n"),
            members: [
                "mistakes": .array(
                    problems.all.prefix(1000).map { mistake in
                        var object: [String: JSON] = [
                            "problem": .string(mistake.problem), "remedy": .string(mistake.remedy),
                        ]
                        if let line = mistake.line { object["line"] = .integer(Int64(line)) }
                        return .object(object)
                    })
            ])
    }
}

extension PoolLoan {
    var json: JSON {
        var object: [String: JSON] = [
            "station": .string(station), "id": .string(id), "item": .string(item), "due": .string(due.iso8601),
            "begun": .string(begun.iso8601), "renewals": .integer(Int64(renewals)), "reported": .boolean(isReported),
        ]
        if let borrower { object["borrower"] = .string(borrower) }
        if let ended { object["ended"] = .string(ended.iso8601) }
        if let ending { object["ending"] = .string(ending) }
        if let errand { object["errand"] = .string(errand) }
        if let settled { object["case"] = .integer(settled) }
        return .object(object)
    }
}

extension PoolItem {
    var json: JSON {
        var object = item.json.object ?? [:]
        object["station"] = .string(station.text)
        object["lent"] = .integer(Int64(lent))
        object["condition"] = .string(condition.rawValue)
        if let placed { object["placed"] = .string(placed.text) }
        if let content { object["content"] = .string(content.rawValue) }
        if isSuspended { object["suspended"] = .boolean(true) }
        if isLost { object["lost"] = .boolean(true) }
        return .object(object)
    }
}

extension PoolProposal {
    /// What the kind is about, by name.
    var details: [(name: String, text: String)] {
        [
            ("borrower", borrower), ("staff", staff), ("card", card), ("item", item), ("locker", locker),
            ("label", label), ("difference", difference),
        ].compactMap { name, text in text.map { (name, $0) } }
    }

    var json: JSON {
        var object: [String: JSON] = [
            "station": .string(station), "entry": .string(entry), "kind": .string(kind), "time": .string(time.iso8601),
        ]
        for (name, text) in details { object[name] = .string(text) }
        return .object(object)
    }
}
