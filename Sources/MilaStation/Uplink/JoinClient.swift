// Joins a pool: compares the pool's key with the code, shows the station's own, and gets a token.

internal import AsyncHTTPClient
internal import Foundation
internal import Groundwork
internal import NIOCore
internal import NIOHTTP1
internal import StationCore

/// What a station does with a join code.
struct JoinClient {
    /// How long the pool may take for each answer.
    private static let patience = TimeAmount.seconds(30)

    let configuration: StationConfiguration
    let key: SigningKey

    /// What the station has once it has joined.
    struct Membership {
        /// The pool's key, which the code named.
        var poolKey: NoteKey
        /// The station's token.
        var token: String
    }

    /// Joins.
    ///
    /// Throws: ``PoolError`` where the pool is another one than the code names, does not answer, or refuses.
    func join(with code: JoinCode) async throws -> Membership {
        let http = try PoolClient.http(configuration.pool, answersWithin: Self.patience)
        do {
            let membership = try await join(with: code, http)
            try await http.shutdown()
            return membership
        } catch {
            try? await http.shutdown()  // The first error is the one to tell.
            throw error
        }
    }

    private func join(with code: JoinCode, _ http: HTTPClient) async throws -> Membership {
        let poolKey = try await poolKey(http)
        // A wrong address gets no secret. That nobody else pretends to be the pool is for TLS to see to.
        guard code.names(poolKey) else {
            throw PoolError(
                "\(configuration.pool.url) is not the pool that the code was made by: its key is another one", .refused)
        }
        let source = configuration.source
        let wish = JoinNote(source: source, key: key.noteKey, invitation: JoinCode.hash(of: code.secret))
        var request = HTTPClientRequest(
            url: "\(configuration.pool.url)/v1/stations/\(configuration.station)/join")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(JoinRequest(secret: code.secret, note: try key.sign(wish.text).encoded).body)
        let text = try await answer(to: request, http)
        guard let note = SignedNote(text), poolKey.signed(note), let welcome = WelcomeNote(text: note.text),
            welcome.source == source, welcome.key == key.noteKey
        else { throw PoolError("the welcome is not signed by this pool's key, or not for this station") }
        return Membership(poolKey: poolKey, token: welcome.token)
    }

    private func poolKey(_ http: HTTPClient) async throws -> NoteKey {
        let text = try await answer(to: HTTPClientRequest(url: "\(configuration.pool.url)/v1/key"), http)
        guard let key = NoteKey(text.trimmingCharacters(in: .newlines)) else {
            throw PoolError("\(configuration.pool.url) answered, but not with a pool's key")
        }
        return key
    }

    private func answer(to request: HTTPClientRequest, _ http: HTTPClient) async throws -> String {
        let (status, body): (HTTPResponseStatus, [UInt8])
        do {
            let (response, bytes) = try await PoolClient.answer(
                to: request, from: http, maximum: JoinRequest.maximumBytes, within: Self.patience)
            (status, body) = (response.status, bytes)
        } catch {
            throw PoolError("\(configuration.pool.url) does not answer: \(error)")
        }
        guard status == .ok else {
            let detail = (try? JSON(parsing: body))?["detail"]?.string.map { ": " + LogText.safe($0) } ?? ""
            let isRefusal = (400..<500).contains(status.code) && ![408, 429].contains(status.code)
            throw PoolError("the pool answered \(status.code)\(detail)", isRefusal ? .refused : .temporary)
        }
        return String(decoding: body, as: UTF8.self)
    }
}
