// Speaks to the pool over HTTP. Whatever is not exactly the contract's answer is an error with a reason; what the reason
// means for the next attempt is the uplink's to decide.

internal import AsyncHTTPClient
internal import Foundation
internal import Groundwork
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import StationCore

/// Why the pool gave no answer that counts.
struct PoolError: Error, CustomStringConvertible {
    /// What it means for the next attempt.
    var failure: Uplink.Failure
    var description: String
    /// The receipt, signed by the pool's key, that goes with its word that it has another history of the journal.
    var history: (receipt: Receipt, note: String)?

    init(_ description: String, _ failure: Uplink.Failure = .temporary) {
        self.description = description
        self.failure = failure
    }
}

/// A client of the pool's station interface.
final class PoolClient: Sendable {
    /// The most bytes that an answer may have.
    private static let maximumAnswer = 1 << 20
    private static let maximumRegister = 64 << 20

    private let configuration: StationConfiguration.PoolConfiguration
    private let key: NoteKey
    private let station: StationID
    private let source: EntrySource
    private let token: String
    private let http: HTTPClient
    private let patience: TimeAmount

    /// A client for a station.
    ///
    /// - Parameter patience: how long an answer may take.
    /// - Throws: ``SecretError`` or NIOSSL's errors where token or certificates can't be used.
    init(
        _ configuration: StationConfiguration.PoolConfiguration, station: StationID, source: EntrySource,
        patience: Duration = .seconds(30)
    ) throws {
        self.configuration = configuration
        key = try configuration.joinedKey()
        self.station = station
        self.source = source
        self.patience = TimeAmount(patience)
        token = try SecretFile.read(SecretFile.credential("pool-token") ?? configuration.tokenFile)
        http = try Self.http(
            configuration, answersWithin: self.patience + .seconds(RegisterService.interval.components.seconds))
    }

    /// A client for the pool's address, with the certificates that the configuration names.
    static func http(
        _ configuration: StationConfiguration.PoolConfiguration, answersWithin limit: TimeAmount
    ) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let file = configuration.authorityFile { tls.trustRoots = .file(file) }
        if let certificate = configuration.certificateFile, let key = configuration.certificateKeyFile {
            _ = try SecretFile.read(key)
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        var client = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        client.timeout = .init(connect: .seconds(10), read: limit)
        client.connectionPool.idleTimeout = .seconds(60)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: client)
    }

    /// Closes all connections.
    func close() async throws { try await http.shutdown() }

    /// What the pool says of a batch: how far it has come, verified, and what it set aside.
    struct Acknowledgement: Sendable {
        /// The last entry that the pool has, with all before it; `nil` where it has none of this station.
        var receipt: Receipt?
        var note: String
        var rejected: [BatchAnswer.Rejection]
    }

    /// Sends a batch.
    ///
    /// Throws: ``PoolError``.
    func send(batch: [UInt8]) async throws -> Acknowledgement {
        var request = request("entries")
        request.method = .POST
        request.headers.add(name: "content-type", value: EntryBatch.mediaType)
        request.body = .bytes(batch)
        let (response, body) = try await answer(to: request, maximum: Self.maximumAnswer)
        guard response.status == .ok else {
            var refusal = refusal(response)
            if response.status == .conflict, let note = (try? JSON(parsing: body))?["receipt"]?.string {
                refusal.history = try? (receipt(note), note)
            }
            throw refusal
        }
        let answer: BatchAnswer
        do { answer = try BatchAnswer(body: body) } catch {
            throw PoolError("status 200, but no answer of a pool: \(error)")
        }
        guard !answer.receipt.isEmpty else { return Acknowledgement(note: "", rejected: answer.rejected) }
        return Acknowledgement(
            receipt: try receipt(answer.receipt), note: answer.receipt, rejected: answer.rejected)
    }

    /// The receipt in a note that the pool's key has signed.
    private func receipt(_ encoded: String) throws(PoolError) -> Receipt {
        guard let note = SignedNote(encoded), key.signed(note),
            let receipt = Receipt(text: note.text), receipt.source == source
        else { throw PoolError("the receipt is not signed by this pool's key, or not for this station") }
        return receipt
    }

    /// The register, where it differs from a version.
    ///
    /// - Parameter wait: how many seconds the pool may hold its answer back while there is nothing new.
    /// - Returns: the verified snapshot, or `nil` where there is nothing new.
    /// - Throws: ``PoolError``.
    func register(since version: RegisterVersion?, wait: Int64 = 0) async throws -> RegisterSnapshot? {
        var path = "register"
        if let version {
            path += "?since=" + version.description.replacing("/", with: "%2F")
            if wait > 0 { path += "&wait=\(wait)" }
        }
        let (response, body) = try await answer(
            to: request(path), maximum: Self.maximumRegister, after: .seconds(wait))
        if response.status == .notModified { return nil }
        guard response.status == .ok else { throw refusal(response) }
        do {
            let signed = try SignedRegister(body: body)
            let snapshot = try RegisterSnapshot(JSON(parsing: signed.payload))
            guard let note = SignedNote(signed.note), key.signed(note), snapshot.station == station,
                note.text
                    == SignedRegister.noteText(
                        station: station, version: snapshot.version, payload: signed.payload)
            else { throw PoolError("the register is not signed by this pool's key, or not for this station") }
            return snapshot
        } catch let error as PoolError {
            throw error
        } catch {
            throw PoolError("status 200, but no register: \(error)")
        }
    }

    /// What time it is by the pool's clock: signed by the pool for this very question.
    ///
    /// Throws: ``PoolError``.
    func time() async throws -> WallTime {
        guard let nonce = Nonce(Randomness.bytes(Nonce.byteCount)) else {
            preconditionFailure("a nonce has \(Nonce.byteCount) bytes")
        }
        let (response, body) = try await answer(to: request("time?nonce=\(nonce)"), maximum: SignedNote.maximumBytes)
        guard response.status == .ok else { throw refusal(response) }
        guard let note = SignedNote(String(decoding: body, as: UTF8.self)), key.signed(note),
            let word = TimeNote(text: note.text), word.source == source, word.nonce == nonce
        else { throw PoolError("the time is not signed by this pool's key, or not for this station's question") }
        return word.time
    }

    /// Tells the pool what the station says of itself.
    ///
    /// Throws: ``PoolError``.
    func send(_ report: StationReport) async throws {
        var request = request("report")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(report.body)
        let (response, _) = try await answer(to: request, maximum: Self.maximumAnswer)
        guard response.status == .noContent else { throw refusal(response) }
    }

    private func request(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "\(configuration.url)/v1/stations/\(station)/\(path)")
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        request.headers.add(name: "user-agent", value: "mila-station/\(programVersion)")
        return request
    }

    /// - Parameter wait: how long the answer may be held back, beside the time that any may take.
    private func answer(
        to request: HTTPClientRequest, maximum: Int, after wait: TimeAmount = .zero
    ) async throws -> (HTTPClientResponse, [UInt8]) {
        do { return try await Self.answer(to: request, from: http, maximum: maximum, within: patience + wait) } catch {
            throw PoolError("no answer: \(error)")
        }
    }

    /// What a server answers, head and body, within a time.
    ///
    /// Throws: ``PoolError`` where that takes longer, and what the client throws.
    static func answer(
        to request: HTTPClientRequest, from http: HTTPClient, maximum: Int, within limit: TimeAmount
    ) async throws -> (HTTPClientResponse, [UInt8]) {
        try await withThrowingTaskGroup { group in
            group.addTask {
                let response = try await http.execute(request, timeout: limit)
                return (response, Array((try await response.body.collect(upTo: maximum)).readableBytesView))
            }
            // The client's own limit ends with the answer's head: a body that drips would hold the station for hours.
            group.addTask {
                try await Task.sleep(for: .nanoseconds(limit.nanoseconds))
                throw PoolError("it took longer than \(limit.nanoseconds / 1_000_000_000) s")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { preconditionFailure("there are two tasks") }
            return answer
        }
    }

    private func refusal(_ response: HTTPClientResponse) -> PoolError {
        switch response.status.code {
        case 401, 403: PoolError("the pool does not accept this station's token (\(response.status.code))", .refused)
        case 409: PoolError("the pool has another history of this journal (409): it was copied or restored", .refused)
        case 429, 503:
            PoolError(
                "the pool asks for patience (\(response.status.code))",
                response.headers.first(name: "retry-after").flatMap { Int($0) }.map { .askedToWait(seconds: $0) }
                    ?? .temporary)
        default: PoolError("the pool answered \(response.status.code)")
        }
    }
}
