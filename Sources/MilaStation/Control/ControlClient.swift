// Asks a running station over its control socket.

internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import StationCore

/// A client of the control socket.
struct ControlClient {
    private let socket: String

    /// The client of a station that runs, or `nil` where none answers at this socket.
    static func connect(_ socket: String) -> ControlClient? {
        switch UnixSocket.connect(socket, type: UnixSocket.stream) {
        case .success(let descriptor):
            close(descriptor)
            return ControlClient(socket: socket)
        case .failure:
            return nil
        }
    }

    /// The body of an answer.
    func get(_ path: String, maximum: Int = 1 << 20) async throws -> [UInt8] {
        try await request(path, method: .GET) { body in
            Array((try await body.collect(upTo: maximum)).readableBytesView)
        }
    }

    /// Has an order carried out; gives the number of the entry that says so.
    ///
    /// Throws: ``AdminRefusal`` where the station refuses.
    func order(_ order: AdminOrder) async throws -> EntryNumber {
        let answer = try await request(
            "v1/lockers/\(order.locker)/\(order.action.word)", method: .POST, body: order.body
        ) { Array((try await $0.collect(upTo: 1 << 20)).readableBytesView) }
        guard let number = try JSON(parsing: answer).object?["entry"]?.string.flatMap({ EntryNumber($0) }) else {
            throw JournalTrouble("the station's answer names no entry")
        }
        return number
    }

    /// How the opening that an entry ordered goes.
    func opening(_ number: EntryNumber) async throws -> OpeningReport {
        guard let report = OpeningReport(try JSON(parsing: try await get("v1/openings/\(number)"))) else {
            throw JournalTrouble("the station's answer is no report of an opening")
        }
        return report
    }

    /// The lines of an answer, one by one.
    func lines(_ path: String, _ take: @escaping ([UInt8]) throws -> Void) async throws {
        try await request(path, method: .GET) { body in
            var line: [UInt8] = []
            for try await buffer in body {
                var rest = buffer.readableBytesView[...]
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    line += rest[..<end]
                    try take(line)
                    line.removeAll(keepingCapacity: true)
                    rest = rest[(end + 1)...]
                }
                line += rest
            }
        }
    }

    /// What an answer that is no success says, as Hummingbird wraps it: `{"error":{"message":"…"}}`.
    private static func message(in body: ByteBuffer) -> String {
        let text = (try? JSON(parsing: Array(body.readableBytesView)))?.object?["error"]?.object?["message"]?.string
        return text ?? String(buffer: body)
    }

    private func request<Value>(
        _ path: String, method: HTTPMethod, body: [UInt8]? = nil,
        _ read: (HTTPClientResponse.Body) async throws -> Value
    ) async throws -> Value {
        let address = try ControlSocket.Address(of: socket)
        defer { address.close() }
        guard let host = address.path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
            throw POSIXError(.EINVAL)
        }
        var request = HTTPClientRequest(url: "http+unix://\(host)/\(path)")
        request.method = method
        if let body { request.body = .bytes(body) }
        // A pool of connections knows them by their address, and the same descriptor is another station's the next
        // time: this request shares its client with nobody.
        return try await HTTPClient.withHTTPClient { client in
            let response = try await client.execute(request, timeout: .seconds(600))
            guard response.status == .ok else {
                let detail = Self.message(in: try await response.body.collect(upTo: 4096))
                if response.status == .conflict, let reason = Refusal(rawValue: detail) {
                    throw AdminRefusal(reason: reason)
                }
                throw JournalTrouble("the station answered \(response.status.code): \(detail)")
            }
            return try await read(response.body)
        }
    }
}
