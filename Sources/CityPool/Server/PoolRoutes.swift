// The pool's addresses. What a station asks needs its token, what people ask needs an admin's; who may come in is
// decided before a byte of a body is read.

import Groundwork
import Hummingbird
import Logging
import NIOCore
import StationCore

/// The context of a request to the pool.
struct PoolContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    init(source: Source) { coreContext = .init(source: source) }
}

/// The pool's addresses.
struct PoolRoutes: Sendable {
    let pool: Pool
    /// For those who have shown a token.
    let gate: IntakeGate
    /// For everybody else, so that nobody can keep the stations out.
    let publicGate = IntakeGate(places: 8)
    let watch: RegisterWatch

    /// The longest time that a station may wait for a change of the register, in seconds: shorter than what routers and
    /// proxies on the way put up with.
    static let longestWait: UInt64 = 55

    /// The most bytes of a register.
    static let maximumRegisterBytes = YAMLFile.maximumBytes
    /// How many stored entries are fetched and sent at a time.
    static let pageCount = 500

    func router() -> Router<PoolContext> {
        let router = Router(context: PoolContext.self, options: [.autoGenerateHeadEndpoints])
        let methods = MethodTable()
        router.add(middleware: ProblemMiddleware(logger: pool.logger, methods: methods))
        router.get("health") { _, _ in try await health() }
        router.get("v1/openapi.yaml") { _, _ in
            Response(PackageResources.city_pool_openapi_yaml, type: "application/yaml")
        }
        router.post("v1/stations/:id/entries") { request, context in try await postEntries(request, context) }
        router.get("v1/stations/:id/entries") { request, context in try await getEntries(request, context) }
        router.get("v1/stations/:id/receipt") { request, context in try await getReceipt(request, context) }
        router.get("v1/stations/:id/register") { request, context in try await getRegister(request, context) }
        router.get("v1/stations/:id/time") { request, context in try await getTime(request, context) }
        router.get("v1/key") { _, _ in try await getKey() }
        router.post("v1/stations/:id/join") { request, context in try await postJoin(request, context) }
        router.post("v1/stations/:id/report") { request, context in try await postReport(request, context) }
        router.put("v1/register") { request, context in try await putRegister(request, context) }
        router.get("v1/loans") { request, _ in try await getLoans(request) }
        router.get("v1/items") { request, _ in try await getItems(request) }
        router.get("v1/proposals") { request, _ in try await getProposals(request) }
        addInspection(to: router)
        addBookings(to: router)
        addAvailability(to: router)
        addCases(to: router)
        methods.learn(router)
        return router
    }

    /// All addresses, each with a method, as the contract writes them.
    var addresses: [String] { router().routes.map { "\($0.method.rawValue) \($0.path)" } }

    private func health() async throws -> Response {
        _ = try await pool.store.registerVersion()
        return .json(.object(["status": .string("ok"), "version": .string(programVersion)]))
    }

    // MARK: - Stations

    private func postEntries(_ request: Request, _ context: PoolContext) async throws -> Response {
        let account = try await pool.station(context.parameters.get("id"), token: request.token)
        let body = try await body(of: request, mediaTypes: [EntryBatch.mediaType], most: EntryBatch.maximumBytes) {
            try await pool.take($0, of: account)
        }
        return Response(body.body, type: "application/json")
    }

    private func getRegister(_ request: Request, _ context: PoolContext) async throws -> Response {
        let account = try await pool.station(context.parameters.get("id"), token: request.token)
        let query = request.uri.queryParameters
        let wait = Duration.seconds(try query.number("wait", 0...Self.longestWait) ?? 0)
        let asked = query.get("since")
        guard var version = try await pool.store.registerVersion() else {
            throw Problem.noRegister("Load one with 'city-pool register load FILE'.")
        }
        func isKnown() -> Bool { asked == version.description || request.headers[.ifNoneMatch] == version.tag }
        if isKnown(), wait > .zero {
            version = try await watch.version(otherThan: version, atMost: wait) ?? version
        }
        if isKnown() {
            return Response(status: .notModified, headers: [.eTag: version.tag])
        }
        // The gate bounds how many registers are in memory at once.
        return try await gate.pass {
            guard let register = try await pool.store.stationRegister(at: pool.now),
                let snapshot = register.house.snapshot(
                    for: account, version: register.version, with: register.bookings,
                    revokedPasses: register.revokedPasses[account.id] ?? [])
            else {
                throw Problem.noRegister("The register speaks of no station '\(account.id)'; add it under 'stations'.")
            }
            let payload = snapshot.json.canonical
            let text = SignedRegister.noteText(station: account.id, version: register.version, payload: payload)
            let signed = SignedRegister(payload: payload, note: try await pool.signed(text))
            return Response(signed.body, type: "application/json", headers: [.eTag: register.version.tag])
        }
    }

    private func getTime(_ request: Request, _ context: PoolContext) async throws -> Response {
        let account = try await pool.station(context.parameters.get("id"), token: request.token)
        guard let nonce = request.uri.queryParameters.get("nonce").flatMap({ Nonce($0) }) else {
            throw Problem.unreadable("'nonce' is 16 bytes as 22 characters of base64url, drawn anew for each question.")
        }
        let word = TimeNote(source: account.source, nonce: nonce, time: pool.now)
        return Response(Array(try await pool.signed(word.text).utf8), type: "text/plain; charset=utf-8")
    }

    private func postReport(_ request: Request, _ context: PoolContext) async throws -> Response {
        let account = try await pool.station(context.parameters.get("id"), token: request.token)
        try await body(of: request, mediaTypes: ["application/json"], most: StationReport.maximumBytes) { bytes in
            guard let report = StationReport(body: bytes) else {
                throw Problem.unreadable("A report has 'checkpoint', a signed note, and 'status', an object.")
            }
            try await pool.keep(report, of: account)
        }
        return Response(status: .noContent)
    }

    // MARK: - Joining

    /// The pool's public key: what a station is to trust it compares with its join code.
    private func getKey() async throws -> Response {
        guard let key = try await pool.key()?.noteKey else {
            throw Problem.notFound("This pool has no key yet; it is made with the first station.")
        }
        return Response(Array("\(key)\n".utf8), type: "text/plain; charset=utf-8")
    }

    /// Needs no token: the code's secret takes its place.
    private func postJoin(_ request: Request, _ context: PoolContext) async throws -> Response {
        let id = context.parameters.get("id").flatMap { StationID($0) }
        let welcome = try await body(
            of: request, mediaTypes: ["application/json"], most: JoinRequest.maximumBytes, through: publicGate
        ) { bytes in
            guard let request = JoinRequest(body: bytes) else {
                throw Problem.unreadable("A request to join has the members 'note' and 'secret'.")
            }
            return try await pool.welcome(id, request)
        }
        return Response(Array(welcome.utf8), type: "text/plain; charset=utf-8")
    }

    // MARK: - Admins

    private func getEntries(_ request: Request, _ context: PoolContext) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let (station, query) = (try stationID(context), request.uri.queryParameters)
        let after = try query.number("after", 0...EntryNumber.maximumSequence) ?? 0
        let limit = try query.number("limit", 1...EntryNumber.maximumSequence) ?? EntryNumber.maximumSequence
        let store = pool.store
        guard let head = try await head(of: station, query) else {
            throw Problem.notFound("No entry of station '\(station)' is stored, or none of this epoch.")
        }
        // The head of this moment ends the answer, so that a station that goes on writing does not keep it open.
        let last = min(head.sequence, after > head.sequence ? head.sequence : after + min(limit, head.sequence))
        let body = ResponseBody { writer in
            var next = after
            while next < last {
                let count = Int(min(UInt64(Self.pageCount), last - next))
                let page = try await store.entries(of: station, epoch: head.epoch, after: next, limit: count)
                guard !page.isEmpty else { break }
                var buffer = ByteBuffer()
                for document in page {
                    buffer.writeBytes(document)
                    buffer.writeInteger(UInt8(ascii: "\n"))
                }
                try await writer.write(buffer)
                next += UInt64(page.count)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
    }

    private func getReceipt(_ request: Request, _ context: PoolContext) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let station = try stationID(context)
        guard let account = try await pool.store.station(station) else { throw Problem.noSuchStation }
        guard let head = try await head(of: station, request.uri.queryParameters) else {
            throw Problem.notFound("No entry of station '\(station)' is stored, or none of this epoch.")
        }
        let receipt = Receipt(source: account.source, head: head, incarnation: pool.incarnation)
        return Response(Array(try await pool.signed(receipt.text).utf8), type: "text/plain; charset=utf-8")
    }

    private func putRegister(_ request: Request, _ context: PoolContext) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let version = try await body(
            of: request, mediaTypes: ["application/yaml", "application/json"], most: Self.maximumRegisterBytes
        ) { bytes in
            do {
                return try await pool.store.replace(with: try await HouseYAML.reading(bytes, name: "register"))
            } catch let problems as FileProblems {
                throw Problem(problems)
            }
        }
        pool.logger.notice("the register was replaced", metadata: ["version": "\(version)"])
        return .json(.object(["version": .string(version.description)]))
    }

    private func getLoans(_ request: Request) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let query = request.uri.queryParameters
        let (station, openOnly): (StationID?, _) = (try query.identifier("station"), try openOnly(query))
        let (after, limit) = try page(query)
        let loans = try await pool.store.loans(
            LoanQuery(station: station, openOnly: openOnly, after: after, limit: limit))
        var object: [String: JSON] = ["loans": .array(loans.map(\.json))]
        if loans.count == limit, let last = loans.last { object["next"] = .integer(last.position) }
        return .json(.object(object))
    }

    private func getProposals(_ request: Request) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        let (after, limit) = try page(request.uri.queryParameters)
        let proposals = try await pool.store.proposals(after: after, limit: limit)
        var object: [String: JSON] = ["proposals": .array(proposals.map(\.json))]
        if proposals.count == limit, let last = proposals.last { object["next"] = .integer(last.position) }
        return .json(.object(object))
    }

    private func getItems(_ request: Request) async throws -> Response {
        try await pool.admitAdmin(token: request.token)
        return .json(.object(["items": .array(try await pool.store.items().map(\.json))]))
    }

    // MARK: - Parts of requests

    /// Whether a list is to leave out what is over.
    func openOnly(_ query: Parameters) throws -> Bool {
        switch query.get("state") ?? "open" {
        case "open": true
        case "all": false
        default: throw Problem.unreadable("'state' is 'open' or 'all'.")
        }
    }

    /// Which part of a long list is asked for.
    func page(_ query: Parameters) throws -> (after: Int64, limit: Int) {
        let after = try query.number("after", 0...UInt64(JSON.maximumInteger)) ?? 0
        return (Int64(after), Int(try query.number("limit", 1...1000) ?? 1000))
    }

    func stationID(_ context: PoolContext) throws -> StationID {
        guard let id = context.parameters.get("id").flatMap({ StationID($0) }) else { throw Problem.noSuchStation }
        return id
    }

    private func head(of station: StationID, _ query: Parameters) async throws -> JournalHead? {
        guard let text = query.get("epoch") else { return try await pool.store.newestHead(of: station) }
        guard let epoch = Epoch(text) else { throw Problem.unreadable("'epoch' is 16 lower-case hex digits.") }
        return try await pool.store.head(of: station, epoch: epoch)
    }

    /// Reads a body, if its form and length are right and there is room for it, and does something with it.
    func body<Result>(
        of request: Request, mediaTypes: [String], most: Int, through gate: IntakeGate? = nil,
        _ use: ([UInt8]) async throws -> Result
    ) async throws -> Result {
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard let type, mediaTypes.contains(type) else {
            throw Problem.wrongMediaType(mediaTypes.joined(separator: " or "))
        }
        if let length = request.headers[.contentLength], Int(length).map({ $0 > most }) ?? true {
            throw Problem.tooLarge(most)
        }
        return try await (gate ?? self.gate).pass {
            let buffer: ByteBuffer
            do { buffer = try await request.body.collect(upTo: most) } catch is NIOTooManyBytesError {
                throw Problem.tooLarge(most)
            }
            return try await use(Array(buffer.readableBytesView))
        }
    }
}
