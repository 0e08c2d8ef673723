// The addresses for admins who look after stations: which there are, when they were heard of last, and what of their
// entries was not applied.

import Hummingbird
import StationCore

extension PoolRoutes {
    func addInspection(to router: Router<PoolContext>) {
        router.get("v1/stations") { request, _ -> Response in
            try await pool.admitAdmin(token: request.token)
            return .json(.object(["stations": .array(try await pool.store.stations().map(\.json))]))
        }
        router.get("v1/stations/:id/set-aside") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            let (id, query) = (try stationID(context), request.uri.queryParameters)
            let after = query.get("after").map { EntryNumber($0) }
            if after == .some(nil) { throw Problem.unreadable("'after' is the id of an entry: EPOCH-SEQUENCE.") }
            let limit = Int(try query.number("limit", 1...100) ?? 100)
            try await requireStation(id)
            let entries = try await pool.store.setAside(of: id, after: after ?? nil, limit: limit)
            var object: [String: JSON] = ["entries": .array(entries.map(\.json))]
            if entries.count == limit, let last = entries.last { object["next"] = .string(last.number.description) }
            return .json(.object(object))
        }
        router.get("v1/stations/:id/checkpoint") { request, context -> Response in
            Response(Array(try await report(request, context).checkpoint.utf8), type: "text/plain; charset=utf-8")
        }
        router.get("v1/stations/:id/status") { request, context -> Response in
            Response(try await report(request, context).status, type: "application/json")
        }
        router.get("v1/stations/:id/forks") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            let id = try stationID(context)
            try await requireStation(id)
            return .json(.object(["forks": .array(try await pool.store.forks(of: id).map(\.json))]))
        }
    }

    /// What a station said of itself last.
    private func report(_ request: Request, _ context: PoolContext) async throws -> KeptReport {
        try await pool.admitAdmin(token: request.token)
        let id = try stationID(context)
        try await requireStation(id)
        guard let report = try await pool.store.report(of: id) else {
            throw Problem.notFound("The station '\(id)' has not said anything of itself yet.")
        }
        return report
    }

    private func requireStation(_ id: StationID) async throws {
        guard try await pool.store.station(id) != nil else { throw Problem.noSuchStation }
    }
}

extension StationSummary {
    fileprivate var json: JSON {
        var object: [String: JSON] = [
            "id": .string(id.text), "source": .string(source.description), "entries": .integer(Int64(entries)),
            "setaside": .integer(Int64(rejected)), "forks": .integer(Int64(forks)),
        ]
        if let key { object["key"] = .string(key.description) }
        if let lastReport { object["lastreport"] = .string(lastReport.iso8601) }
        if let lastContact { object["lastcontact"] = .string(lastContact.iso8601) }
        return .object(object)
    }
}

extension SetAsideEntry {
    fileprivate var json: JSON {
        .object([
            "id": .string(number.description), "reason": .string(reason),
            "document": .string(String(decoding: document, as: UTF8.self)),
        ])
    }
}

extension ForkedEntry {
    fileprivate var json: JSON {
        .object([
            "id": .string(number.description), "hash": .string(hash.description),
            "received": .string(received.iso8601), "document": .string(String(decoding: document, as: UTF8.self)),
        ])
    }
}
