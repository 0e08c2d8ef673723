// The addresses for admins who work cases off.

import Hummingbird
import Logging
import StationCore

extension PoolRoutes {
    /// The most bytes of what is said about a case.
    static let maximumCaseBytes = 4096

    func addCases(to router: Router<PoolContext>) {
        router.get("v1/cases") { request, _ -> Response in
            try await pool.admitAdmin(token: request.token)
            let query = request.uri.queryParameters
            let station: StationID? = try query.identifier("station")
            let (after, limit) = try page(query)
            let cases = try await pool.store.cases(
                CaseQuery(openOnly: try openOnly(query), station: station, after: after, limit: limit))
            var object: [String: JSON] = ["cases": .array(cases.map(\.json))]
            if cases.count == limit, let last = cases.last { object["next"] = .integer(last.number) }
            return .json(.object(object))
        }
        router.get("v1/cases/:number") { request, context -> Response in
            try await pool.admitAdmin(token: request.token)
            let number = try caseNumber(context)
            guard let found = try await pool.store.poolCase(number) else {
                throw Problem.notFound("There is no case \(number).")
            }
            return .json(found.json)
        }
        router.post("v1/cases/:number/take") { request, context -> Response in
            try await work(request, context, members: ["by"]) { number, words in
                try await pool.store.takeOn(number, by: words.by)
            }
        }
        router.post("v1/cases/:number/close") { request, context -> Response in
            try await work(request, context, members: ["by", "action", "note"]) { number, words in
                try await pool.store.close(number, words, at: pool.now)
            }
        }
    }

    /// Reads what somebody says about a case, and does it.
    private func work(
        _ request: Request, _ context: PoolContext, members: Set<String>,
        _ body: (Int64, CaseClosing) async throws -> PoolCase
    ) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let number = try caseNumber(context)
        let bytes = try await self.body(of: request, mediaTypes: ["application/json"], most: Self.maximumCaseBytes) {
            $0
        }
        let object: [String: JSON]
        do { object = try JSON(parsing: bytes).object ?? [:] } catch {
            throw Problem.unreadable("The body is no JSON of the kind that the pool uses: \(error).")
        }
        guard Set(object.keys).isSubset(of: members) else {
            throw Problem.unreadable("The body is an object with no other members than \(members.sorted()).")
        }
        do {
            let changed = try await body(number, try CaseClosing(object))
            pool.logger.notice(
                "a case was worked on", metadata: ["case": "\(number)", "state": "\(changed.state.rawValue)"])
            return .json(changed.json)
        } catch let refusal as CaseRefusal {
            throw Problem(refusal)
        }
    }

    private func caseNumber(_ context: PoolContext) throws -> Int64 {
        guard let text = context.parameters.get("number"), let number = Int64(text), number > 0,
            number <= JSON.maximumInteger
        else { throw Problem.notFound("A case has a number from 1 on.") }
        return number
    }
}

extension CaseClosing {
    /// What somebody says about a case, in JSON.
    ///
    /// Throws: ``Problem``
    fileprivate init(_ object: [String: JSON]) throws {
        guard let by = object["by"]?.string.flatMap({ AdminID($0) }) else {
            throw Problem.unreadable("'by' says who: \(HouseText.identifierShape).")
        }
        self.init(by: by)
        if let action = object["action"] {
            guard let action = action.string.flatMap({ CaseAction(rawValue: $0) }) else {
                let known = CaseAction.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.unreadable("'action' is one of \(known).")
            }
            self.action = action
        }
        if let note = object["note"] {
            guard let note = note.string.flatMap({ HouseText.name($0) }) else {
                throw Problem.unreadable("'note' is \(HouseText.nameShape).")
            }
            self.note = note
        }
    }
}

extension Problem {
    /// Why nothing was done about a case.
    fileprivate init(_ refusal: CaseRefusal) {
        switch refusal.reason {
        case .unknown: self = .notFound(refusal.description)
        case .closed:
            self.init(
                status: .conflict, kind: .caseClosed, title: "The case is closed", detail: refusal.description)
        case .impossible:
            self.init(
                status: .conflict, kind: .impossibleAction, title: "That can't be done for this case",
                detail: refusal.description)
        }
    }
}
